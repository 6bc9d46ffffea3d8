"""Signals from the words in a page's address, title and text."""

import re
from collections import defaultdict
from collections.abc import Iterator

from bot.pages.document import Document
from bot.pages.kind import patterns
from bot.pages.kind.evidence import Signal

_SHORT = 250
# A newspaper's guide, list or review looks like its news, except for its title.
_NO_REPORTS, _PLAIN = frozenset({"list", "guide", "review"}), 3
_TEXT: tuple[tuple[re.Pattern[str], int, dict[str, float], str], ...] = (
    (patterns.QUOTED, 3, {"news": 1.5}, "it reports what people said"),
    (patterns.DATELINE, 1, {"news": 2.0}, "it speaks of a press release or press contact"),
    (patterns.QUOTED, 8, {"news": 1.0}, "it quotes many people"),
    (patterns.WIRED, 1, {"news": 2.0}, "it names a news agency"),
    (patterns.DEFINED, 4, {"other": 3.0}, "it explains a word"),
    (patterns.LEGAL, 8, {"other": 3.0}, "it is written by lawyers"),
    (patterns.ATTENDED, 2, {"other": 2.5}, "it announces an event"),
    (patterns.VERDICT, 1, {"review": 1.0}, "it weighs pros and cons or gives a verdict"),
    (patterns.POSTED_BY, 6, {"forum": 2.5}, "it shows members' posts"),
    (patterns.LATELY, 6, {"forum": 1.5}, "it says of many posts how long ago they were written"),
    (patterns.STOCK, 2, {"product": 1.5}, "it speaks of stock, delivery or billing"),
    (patterns.SORTED, 2, {"category": 1.5}, "it can be sorted or filtered"),
    (patterns.PLAYED, 4, {"video": 1.5}, "it counts views or subscribers"),
    (patterns.COOKED, 1, {"guide": 1.5}, "it lists ingredients"),
    (patterns.TAUGHT, 3, {"guide": 1.5}, "it instructs"),
    (patterns.FOLLOWED, 4, {"profile": 0.5}, "it speaks of people, an address or followers"),
)
LONGEST_PATH = 400
"""Longest part of a path that is searched, in characters."""
_SIGNS = re.compile(r"[\W_]+")
_WORDS, _AGAIN = 2, 0.5
_SOME_PRICES, _MANY_PRICES, _SHELF = 4, 11, 5
_BARE = 120
_WAYS, _BRIEF = 2, 400
_SEARCH = "input[type=search], input[name=q], input[name=query], textarea[name=q]"
# As above, but counting different words: one word often used says little.
_MANY: tuple[tuple[re.Pattern[str], int, dict[str, float], str], ...] = (
    (patterns.HIRED, 4, {"other": 2.5}, "it describes a job"),
    (patterns.PERSON, 4, {"profile": 1.5}, "it tells what somebody does and where"),
    (patterns.COMPANY, 4, {"profile": 1.5}, "it gives the facts of a firm"),
    (patterns.RELEASED, 5, {"product": 2}, "it speaks of releases, licence and downloads"),
)


def wording(document: Document) -> Iterator[Signal]:
    """Yield signals from address, title, first heading and text."""
    yield from _matches(patterns.IN_HOST, document.host)
    yield from _named(document)
    bare = document.words < _BARE and len(document.prose) < 2
    if bare and not document.h1 and document.tree.css_first(_SEARCH) is not None:
        yield Signal({"tool": 3.5}, "it is little more than a search field")
    yield from _from_text(document)
    yield from _from_people(document)


def _named(document: Document) -> Iterator[Signal]:
    """Yield signals from the names of the page: its address, its title and its first heading.

    These mostly repeat each other. A word that was found in one place before only adds a little; a
    different word for the same kind is a signal of its own.
    """
    heard: defaultdict[str, dict[str, float]] = defaultdict(dict)
    places = (
        (patterns.IN_TITLE, document.title or ""),
        (patterns.IN_TITLE, document.h1 or ""),
        (patterns.IN_PATH, document.path[:LONGEST_PATH]),
    )
    for rows, text in places:
        before = {kind: dict(words) for kind, words in heard.items()}
        for row, found in _found(rows, text):
            word, known = _SIGNS.sub("", found.lower()).rstrip("s"), heard[row.kind]
            told = [
                weight
                for other, weight in before.get(row.kind, {}).items()
                if word in other or other in word
            ]
            weight = row.weight
            if told:
                weight = max(row.weight - max(told), 0) + _AGAIN
            elif len(known) >= _WORDS:
                continue
            elif not known and rows is patterns.IN_TITLE and _is_no_headline(row):
                yield Signal({"news": -1.5}, f"its title is no headline but that of a {row.kind}")
            known[word] = max(known.get(word, 0), row.weight)
            yield Signal({row.kind: weight}, row.words.format(found))


def _is_no_headline(row: patterns.Pattern) -> bool:
    return row.kind in _NO_REPORTS and row.weight >= _PLAIN


def _matches(rows: tuple[patterns.Pattern, ...], text: str) -> Iterator[Signal]:
    for row, found in _found(rows, text):
        yield Signal({row.kind: row.weight}, row.words.format(found))


def _found(rows: tuple[patterns.Pattern, ...], text: str) -> Iterator[tuple[patterns.Pattern, str]]:
    for row in rows:
        found = row.pattern.search(text)
        if found:
            yield row, found.group().strip(" /-_.")


def _from_text(document: Document) -> Iterator[Signal]:
    text = document.sample
    yield from _from_prices(document)
    if document.words < _SHORT and patterns.CHALLENGED.search(text):
        yield Signal({"other": 4}, "it is an error message or a check for robots")
    if len({found.lower() for found in patterns.OFFER.findall(text)}) > 1:
        yield Signal({"product": 2}, "it asks readers to start, call or get a quote")
    for pattern, least, weights, said in _TEXT:
        if len(pattern.findall(text)) >= least:
            yield Signal(weights, said)
    for pattern, least, weights, said in _MANY:
        if len({found.lower() for found in pattern.findall(text)}) >= least:
            yield Signal(weights, said)


def _from_prices(document: Document) -> Iterator[Signal]:
    prices = len(patterns.PRICE.findall(document.sample))
    if prices > _MANY_PRICES:
        yield Signal({"category": 1.5}, f"it names {prices} prices")
    elif prices > _SOME_PRICES:
        yield Signal({"category": 1, "product": 0.5}, f"it names {prices} prices")
    elif prices:
        yield Signal({"product": 1}, f"it names {prices} prices")
    if prices > _SOME_PRICES and _names_several(document.h1 or ""):
        yield Signal({"category": 1.5}, f"it is called “{document.h1}” and names prices")


def _names_several(heading: str) -> bool:
    """Say whether a heading is a short plural, like a shop's category: “Running Shoes”."""
    *_, last = heading.lower().split()[:_SHELF] or [""]
    return (
        len(heading.split()) < _SHELF
        and last.isalpha()
        and last.endswith("s")
        and not last.endswith(("ss", "us"))
    )


def _from_people(document: Document) -> Iterator[Signal]:
    text = document.sample
    ways = {found.lower() for found in patterns.REACHED.findall(text)}
    if len(ways) > _WAYS and text.count(" ") < _BRIEF:
        yield Signal({"profile": 1.5}, "it says how to reach somebody")
    if any(map(patterns.BORN.search, document.prose[:2])):
        yield Signal({"profile": 2}, "it begins with who somebody is")
