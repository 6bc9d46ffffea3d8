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
_MAX_ABOVE = 60
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)


@dataclass(frozen=True, slots=True)
class Node:
    """One typed statement. `depth` 0: it speaks of the page itself, deeper: of a part of it.

    `parents` are the types of the statements it is a part of.
    """

    types: tuple[str, ...]
    values: dict[str, object]
    depth: int
    parents: tuple[str, ...]


def json_ld(tree: LexborHTMLParser) -> list[Node]:
    """Return the JSON-LD nodes of a page, outermost first; malformed blocks are left out."""
    nodes: list[Node] = []
    for script in tree.css('script[type*="ld+json" i]'):
        text = _WRAPPING.sub("", script.text())
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _walk(data, 0, ()):
            nodes.append(node)
            if len(nodes) >= _MAX_NODES:
                return nodes
    return nodes


def _walk(data: object, depth: int, parents: tuple[str, ...]) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(data, list):
        for part in data:
            yield from _walk(part, depth, parents)
    elif isinstance(data, dict):
        types = types_of(data)
        if types:
            yield Node(types, data, depth, parents)
            depth, parents = depth + 1, (*parents, *types)
        for name, value in data.items():
            if isinstance(value, dict | list):
                top = name in ("@graph", "mainEntity", "mainEntityOfPage")
                yield from _walk(value, 0 if top and depth <= 1 else depth, parents)


def types_of(data: dict[str, object]) -> tuple[str, ...]:
    """Return the bare names of the types that a JSON-LD object gives itself."""
    said = data.get("@type")
    found = said if isinstance(said, list) else [said]
    return tuple(_bare(each) for each in found if isinstance(each, str) and each)


def _bare(name: str) -> str:
    return name.strip().rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1].rsplit("#", 1)[-1]


def microdata(tree: LexborHTMLParser) -> list[Node]:
    """Return the microdata items of a page by type and place; their values stay in the markup."""
    found = []
    for item in tree.css("[itemtype]")[:_MAX_ITEMS]:
        said = _bare(item.attributes.get("itemtype") or "")
        if said:
            depth = 1 if item.attributes.get("itemprop") else 0
            found.append(Node((said,), {}, depth, _around(item)))
    return found


def _around(item: LexborNode) -> tuple[str, ...]:
    """Return the types of the items an item stands in, nearest first."""
    types, parent = [], item.parent
    for _ in range(_MAX_ABOVE):
        if parent is None:
            break
        kind = parent.attributes.get("itemtype")
        if kind:
            types.append(_bare(kind))
        parent = parent.parent
    return tuple(types)


def text_of(value: object) -> str | None:
    """Return the words of a JSON-LD value: itself, its name, or the first of several."""
    if isinstance(value, list):
        return next((text for text in map(text_of, value[:20]) if text), None)
    if isinstance(value, dict):
        return text_of(value.get("name")) or text_of(value.get("@value"))
    if isinstance(value, str):
        return " ".join(unescape(value).split()) or None
    return None
