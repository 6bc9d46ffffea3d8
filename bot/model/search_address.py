"""The address of a page of search results, pasted as a keyword: its query and its market."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_HOSTS = (
    (re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?"), ("gl", "hl")),
    (re.compile(r"(?:[a-z]{2,3}\.)?(?:www\.)?bing\.com"), ("cc", "setlang")),
    (re.compile(r"(?:www\.|html\.|lite\.)?duckduckgo\.com"), ("gl", "hl")),
)
_CODE = re.compile(r"([a-z]{2})(?:[-_]|\Z)")
_ADDRESS = re.compile(r"\Ahttps?://\S+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched for; `country` and `language` only if the address says them."""

    keyword: str
    country: str | None = None
    language: str | None = None


def searched(text: str) -> Searched | None:
    """Return what a pasted address searches for, or None if it is no page of search results."""
    text = text.strip()
    if not _ADDRESS.match(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    names = next((names for pattern, names in _HOSTS if pattern.fullmatch(host)), None)
    if names is None:
        return None
    # Google keeps a refined search behind the #.
    said = {**parse_qs(parts.query), **parse_qs(parts.fragment)}
    keyword = " ".join(said.get("q", [""])[0].split())
    country, language = (_code(said.get(name, [""])[0]) for name in names)
    region = said.get("kl", [""])[0].partition("-")
    return Searched(keyword, country or _code(region[0]), language or _code(region[2]))


def is_search_address(text: str) -> bool:
    """Say whether the text is the address of a page of search results, and nothing else."""
    return searched(text) is not None


def is_address(text: str) -> bool:
    """Say whether the text is one web address and nothing else."""
    return _ADDRESS.match(text.strip()) is not None


def _code(text: str) -> str | None:
    """Return `en` of `en-GB`; anything without two letters in front says nothing."""
    found = _CODE.match(text.lower())
    return found[1] if found else None
