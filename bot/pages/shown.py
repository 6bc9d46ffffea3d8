"""The text of a page as its readers see it, where it matters which letters stand side by side.

Elements in a line stand directly beside each other, and what is hidden is left out. An address is
only what stands in one piece: the seams between elements are kept, so that no two pieces are taken
for one.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

_UNSEEN = frozenset({"script", "style", "template", "svg", "select", "datalist", "head", "object"})
_IN_LINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    }
)
_HIDING = re.compile(
    r"(?:display\s{0,9}+:\s{0,9}+none|visibility\s{0,9}+:\s{0,9}+(?:hidden|collapse)"
    r"|unicode-bidi\s{0,9}+:\s{0,9}+bidi-override"
    r"|(?:font-size|opacity)\s{0,9}+:\s{0,9}+0(?:\.0{1,9}+)?(?:px|em|rem|pt|%)?\s{0,9}+(?:;|!|\Z))",
    re.IGNORECASE,
)
_STYLE = 500
# Letters that take no room: a reader sees nothing, and a search would end there.
_NO_ROOM = dict.fromkeys(
    (
        *(0xAD, 0x34F, 0x61C, 0xFEFF),
        *(*range(0x200B, 0x2010), *range(0x2060, 0x206A), *range(0xFE00, 0xFE10)),
    )
)
# What is written from right to left by order reads otherwise than it is stored.
_TURNED = ("\u202d", "\u202e")
_SEAM = "\x1f"

MOST = 500_000
"""Most letters of a page that are looked at."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The visible text, where its seams are, and the elements that can be seen."""

    text: str
    seams: tuple[int, ...]
    elements: frozenset[int]

    def in_one_piece(self, start: int, end: int) -> bool:
        """Say whether no seam is inside a part of the text."""
        following = bisect_right(self.seams, start)
        return following == len(self.seams) or self.seams[following] >= end

    def shows(self, node: LexborNode) -> bool:
        """Say whether a link can be seen."""
        return node.mem_id in self.elements


def shown(tree: LexborHTMLParser) -> Shown:
    """Walk what can be seen once, without recursion."""
    body = tree.body
    pieces: list[str] = []
    elements: set[int] = set()
    room = MOST
    waiting: list[LexborNode | str] = [body] if body is not None else []
    while waiting and room > 0:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        if node.next is not None and node is not body:
            waiting.append(node.next)
        tag = node.tag or ""
        if tag == "-text":
            piece = _folded(node.text_content or "")[:room]
            pieces.append(piece)
            room -= len(piece)
        elif tag not in _UNSEEN and tag[:1] not in ("-", "!") and not _hidden(node):
            elements.add(node.mem_id)
            edge = _SEAM if tag in _IN_LINE else "\n"
            pieces.append(edge)
            waiting.append(edge)
            if node.child is not None:
                waiting.append(node.child)
    return _without_seams("".join(pieces), frozenset(elements))


def _hidden(node: LexborNode) -> bool:
    said = node.attributes
    if not said:
        return False
    return "hidden" in said or bool(_HIDING.search((said.get("style") or "")[:_STYLE]))


def _folded(text: str) -> str:
    """Fold blanks as a browser does; a blank at an edge stays."""
    if any(map(text.__contains__, _TURNED)):
        return " "
    if not text.isascii():
        text = text.translate(_NO_ROOM)
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return " " * text[0].isspace() + words + " " * text[-1].isspace()


def _without_seams(text: str, elements: frozenset[int]) -> Shown:
    seams: list[int] = []
    parts = text.split(_SEAM)
    at = 0
    for part in parts[:-1]:
        at += len(part)
        seams.append(at)
    return Shown("".join(parts), tuple(seams), elements)
