"""Signals from the site around a page, as the labels of its links show it."""

# ruff: noqa: RUF001 - patterns of addresses, signs of menus

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from bot.pages.document import Document
from bot.pages.kind.evidence import Signal
from bot.pages.kind.structure import linked_headings

_LONGEST = 32
_LOCALE = 2
_INDEX = 4  # articles of a blog's home page
_TRIM = " .:»›>→|•·–-*+▾▼()0123456789"
_PROFILES = re.compile(
    r"/(?:users?|members?|profiles?|u|people|memberlist|userinfo|mitglied(?:er)?|author|@[\w.-]+)(?:/|\.php|[-=?])"
    r"|/@[\w.-]+/?$|[?&](?:u|uid|user|author|action=profile;u)=",
    re.IGNORECASE,
)
_POSTS = re.compile(
    r"#(?:post|p|comment|c|msg|reply|answer)[-_]?\d|[?&]p(?:ost)?=\d", re.IGNORECASE
)


def surroundings(document: Document) -> Iterator[Signal]:
    """Yield signals from the labels and targets of the page's links."""
    labels = {
        label
        for anchor in document.anchors
        if len(anchor.text) <= _LONGEST and (label := anchor.text.strip(_TRIM).lower())
    }
    offered = {sort: len(labels & known) for sort, known in _labels().items()}
    if offered["news"] > 5:
        yield Signal({"news": 1.5}, "its site has the sections of a newspaper")
    elif offered["news"] > 3:
        yield Signal({"news": 1}, "its site has some sections of a newspaper")
    if offered["shop"] > 1:
        yield Signal({"product": 1, "category": 1}, "its site has the links of a shop")
    if offered["forum"] > 5:
        yield Signal({"forum": 2}, "its site has the links of a forum")
    elif offered["forum"] > 3:
        yield Signal({"forum": 1}, "its site has some links of a forum")
    if offered["docs"] > 5:
        yield Signal({"guide": 1.5}, "its site has the links of a documentation")
    if offered["offer"] > 3 and offered["news"] < 4:
        weight = 1.5 if _is_near_home(document) else 0.5
        yield Signal({"product": weight}, "its site has the links of a firm that sells")
    # Two letters are more often a country or a language than a section.
    parts = (part.replace("-", " ") for part in document.path.split("/")[1:4])
    sections = {part for part in parts if len(part) > _LOCALE}
    section = (document.meta("article:section") or "").lower()
    if (sections | {section}) & _labels()["news"]:
        yield Signal({"news": 1}, "it stands in a section of a newspaper")
    if document.is_home:
        yield from _home(document, offered)
    yield from _members(document)


def _home(document: Document, offered: dict[str, int]) -> Iterator[Signal]:
    """Yield what a home page is: a shop's or a blog's is a range, a newspaper's is news.

    Any other sells.
    """
    if offered["shop"] > 1:
        yield Signal({"category": 3}, "it is the home page of a shop")
    elif offered["news"] > 3:
        yield Signal({"news": 1, "category": 1}, "it is the home page of a newspaper")
    elif offered["forum"] > 3:
        yield Signal({"forum": 1}, "it is the home page of a forum")
    elif offered["offer"] < _INDEX and linked_headings(document) > _INDEX and _dated(document):
        yield Signal({"category": 2, "news": 0.5}, "it is the home page of a blog or magazine")
    else:
        yield Signal({"product": 2.0, "other": 1}, "it is a home page")


def _dated(document: Document) -> bool:
    """Say whether the page shows several articles or days: what a firm sells has none."""
    return len(document.tree.css("time, article")) > _INDEX


def _members(document: Document) -> Iterator[Signal]:
    people = {anchor.url for anchor in document.anchors if _PROFILES.search(anchor.url)}
    posts = {anchor.url for anchor in document.anchors if _POSTS.search(anchor.url)}
    if len(people) > 4 and len(posts) > 2:
        yield Signal({"forum": 2}, f"it links to {len(people)} members and to single posts")
    elif len(people) > 4:
        yield Signal({"forum": 1}, f"it links to {len(people)} members")


def _is_near_home(document: Document) -> bool:
    return document.path.strip("/").count("/") < 2


@lru_cache(maxsize=1)
def _labels() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    text = files("bot.pages.kind").joinpath("site_words.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            sort, labels = line.split(":", 1)
            found.setdefault(sort, set()).update(label.strip() for label in labels.split(","))
    return {sort: frozenset(labels) for sort, labels in found.items()}
