"""Compiles long lists of words into patterns that fail fast, by grouping words by their letters.

`re` tries the words of `one|two|three|…` one after the other at every position of a text, mostly in
vain. Written as `o(?:ne)|t(?:wo|hree)`, with a check of the first letter, the pattern finds the
same words in the same order of preference, and hostile texts cannot make it slow.
"""

import re
from itertools import groupby

_HEAD = re.compile(r"\((?:\?(?:P<\w+>|[aiLmsux-]+:|<?[=!]|[:>]))?")
_TIMES = re.compile(r"(?:[*+?]|\{\d{0,4},?\d{0,4}\})[+?]?")
_MANY = 4

Unit = str
Alternative = tuple[Unit, ...]


def compiled(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return the compiled pattern, with its lists of words grouped by letter."""
    return re.compile(quick(pattern), flags)


def quick(pattern: str) -> str:
    """Return an equivalent pattern, with its lists of words grouped by letter."""
    alternatives, _ = _read(pattern, 0)
    return _joined(alternatives)


def _read(text: str, at: int) -> tuple[list[Alternative], int]:
    """Read alternatives up to the end of their group; returns them and their end."""
    found: list[Alternative] = []
    units: list[Unit] = []
    while at < len(text) and text[at] != ")":
        if text[at] == "|":
            found.append(tuple(units))
            units, at = [], at + 1
            continue
        unit, at = _unit(text, at)
        times = _TIMES.match(text, at)
        if times:
            unit, at = unit + times.group(), times.end()
        units.append(unit)
    return [*found, tuple(units)], at


def _unit(text: str, at: int) -> tuple[Unit, int]:
    """Read one letter, escape, set or group."""
    if text[at] == "\\":
        return text[at : at + 2], at + 2
    if text[at] == "[":
        end = at + 2 + (text[at + 1] == "^")  # a closing bracket that comes first is a member
        while text[end] != "]":
            end += 1 + (text[end] == "\\")
        return text[at : end + 1], end + 1
    head = _HEAD.match(text, at)
    if head:
        inner, end = _read(text, head.end())
        return f"{head.group()}{_joined(inner)})", end + 1
    return text[at], at + 1


def _joined(alternatives: list[Alternative]) -> str:
    if len(alternatives) < _MANY:
        return "|".join(map("".join, alternatives))
    # An alternative without a first letter may match where a word does, so it keeps its position.
    parts = []
    for worded, some in groupby(alternatives, key=lambda each: _letter(each) is not None):
        those = list(some)
        parts.append(_by_letter(those) if worded else "|".join(map("".join, those)))
    return "|".join(parts)


def _by_letter(words: list[Alternative]) -> str:
    buckets: dict[str, list[Alternative]] = {}
    for word in words:
        buckets.setdefault(_letter(word) or "", []).append(word[1:])
    several = len(buckets) > 1 and len(words) >= _MANY
    firsts = f"(?=[{''.join(buckets)}])" if several else ""
    said = (
        letter + (f"(?:{_joined(rests)})" if len(rests) > 1 else "".join(rests[0]))
        for letter, rests in buckets.items()
    )
    return f"{firsts}(?:{'|'.join(said)})"


def _letter(word: Alternative) -> str | None:
    """Return the letter that a word begins with, or None if it begins with anything else."""
    first = word[0] if word else ""
    return first if len(first) == 1 and first.isalnum() else None
