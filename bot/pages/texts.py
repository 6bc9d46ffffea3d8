"""Reads the text of an element, only as far as needed.

In nested elements, the whole text of each would repeat the page's text once per level. Only the
first letters are used, so only those are collected.
"""

from selectolax.lexbor import LexborNode

MAX_WORDS = 1000
_VISITED = 400


def words(node: LexborNode, visited: int = _VISITED) -> str | None:
    """Return the first words of an element, single-spaced, or None if it has none."""
    said, _ = label(node, visited)
    return said


def label(node: LexborNode, visited: int = _VISITED) -> tuple[str | None, str | None]:
    """Return the first words of an element, and the `alt` text of its first picture."""
    pieces: list[str] = []
    length, shown = 0, None
    waiting = [node.child] if node.child is not None else []
    while waiting and visited and length < MAX_WORDS:
        visited -= 1
        inner = waiting.pop()
        if inner.next is not None:
            waiting.append(inner.next)
        if inner.tag == "-text":
            piece = (inner.text_content or "")[:MAX_WORDS]
            pieces.append(piece)
            length += len(piece) + 1
        elif inner.child is not None:
            waiting.append(inner.child)
        elif shown is None and inner.tag == "img":
            shown = inner.attributes.get("alt")
    return " ".join(" ".join(pieces)[:MAX_WORDS].split()) or None, shown
