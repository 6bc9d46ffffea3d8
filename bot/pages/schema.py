"""schema.org statements of a page: JSON-LD and microdata, as plain nodes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

_MAX_NODES = 5000
_MAX_DEPTH = 12
_MAX_ITEMS = 1000
_MAX_TYPES, _MAX_PARENTS, _MAX_TYPE = 20, 60, 100
_MAX_TEXT = 4000
_MAX_ABOVE = 60
_OPENING = re.compile(r"\A(?://\s{0,20})?(?:<!--|<!\[CDATA\[)")
_CLOSING = re.compile(r"(?://\s{0,20})?(?:-->|\]\]>)\s{0,20};?\Z")
_ENDING = 60


@dataclass(frozen=True, slots=True)
class Node:
    """One typed statement. `depth` 0 is about the page itself, greater depths about a part of it.

    `parents` are the types of the statements that contain it.
    """

    types: tuple[str, ...]
    values: dict[str, object]
    depth: int
    parents: tuple[str, ...]


def json_ld(tree: LexborHTMLParser) -> list[Node]:
    """Return the JSON-LD nodes of a page, outermost first; malformed blocks are skipped."""
    nodes: list[Node] = []
    for script in tree.css('script[type*="ld+json" i]'):
        text = _unwrapped(script.text().strip())
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _walk(data):
            nodes.append(node)
            if len(nodes) >= _MAX_NODES:
                return nodes
    return nodes


def _unwrapped(text: str) -> str:
    """Strip the comment or CDATA marks that old editors put around a block."""
    end = _CLOSING.search(text, max(0, len(text) - _ENDING))
    opening = _OPENING.match(text)
    return text[opening.end() if opening else 0 : end.start() if end else len(text)]


def _walk(data: object) -> Iterator[Node]:
    """Yield the typed objects of a block in document order, without recursion."""
    waiting: list[tuple[object, int, tuple[str, ...]]] = [(data, 0, ())]
    while waiting:
        part, depth, parents = waiting.pop()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(part, list):
            waiting += ((each, depth, parents) for each in reversed(part))
        elif isinstance(part, dict):
            types = types_of(part)
            if types:
                yield Node(types, part, depth, parents)
                depth, parents = depth + 1, (*parents, *types)
            for name, value in reversed(part.items()):
                if isinstance(value, dict | list):
                    top = name in ("@graph", "mainEntity", "mainEntityOfPage") and depth <= 1
                    waiting.append((value, 0 if top else depth, parents[:_MAX_PARENTS]))


def types_of(data: dict[str, object]) -> tuple[str, ...]:
    """Return the types of a JSON-LD object, without their prefixes."""
    said = data.get("@type")
    found = said if isinstance(said, list) else [said]
    return tuple(_bare(each) for each in found[:_MAX_TYPES] if isinstance(each, str) and each)


def _bare(name: str) -> str:
    return (
        name[:_MAX_TYPE]
        .strip()
        .rstrip("/")
        .rsplit("/", 1)[-1]
        .rsplit(":", 1)[-1]
        .rsplit("#", 1)[-1]
    )


def microdata(tree: LexborHTMLParser) -> list[Node]:
    """Return the microdata items of a page by type and depth; their values are not read."""
    found = []
    for item in tree.css("[itemtype]")[:_MAX_ITEMS]:
        said = _bare(item.attributes.get("itemtype") or "")
        if said:
            depth = 1 if item.attributes.get("itemprop") else 0
            found.append(Node((said,), {}, depth, _around(item)))
    return found


def _around(item: LexborNode) -> tuple[str, ...]:
    """Return the types of the items that contain an item, nearest first."""
    types, parent = [], item.parent
    for _ in range(_MAX_ABOVE):
        if parent is None:
            break
        kind = parent.attributes.get("itemtype")
        if kind:
            types.append(_bare(kind))
        parent = parent.parent
    return tuple(types)


def text_of(value: object, depth: int = 3) -> str | None:
    """Return the text of a JSON-LD value: the string, its name, or the first of several."""
    if depth < 0:
        return None
    if isinstance(value, list):
        return next((text for each in value[:20] if (text := text_of(each, depth - 1))), None)
    if isinstance(value, dict):
        return text_of(value.get("name"), depth - 1) or text_of(value.get("@value"), depth - 1)
    if isinstance(value, str):
        return " ".join(unescape(value[:_MAX_TEXT]).split()) or None
    return None
