"""What speaks for each kind of page in its address, its title and the words on it."""

import re
from collections import Counter
from collections.abc import Iterator

from bot.pages.document import Document
from bot.pages.kind import patterns
from bot.pages.kind.evidence import Signal

_SHORT = 250
# A newspaper's guide, list or review stands among its news and looks like them but for its title.
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
"""Letters of a path that are searched for words."""
_BARE = 120
_WAYS, _BRIEF = 2, 400
_SEARCH = "input[type=search], input[name=q], input[name=query], textarea[name=q]"
# The same, but so many different ones: one word often used says little.
_MANY: tuple[tuple[re.Pattern[str], int, dict[str, float], str], ...] = (
    (patterns.HIRED, 4, {"other": 2.5}, "it describes a job"),
    (patterns.COMPANY, 4, {"profile": 1.5}, "it gives the facts of a firm"),
    (patterns.RELEASED, 5, {"product": 2}, "it speaks of releases, licence and downloads"),
)


def wording(document: Document) -> Iterator[Signal]:
    """Yield what address, title, first heading and text speak for."""
    yield from _matches(patterns.IN_HOST, document.host)
    yield from _matches(patterns.IN_PATH, document.path[:LONGEST_PATH])
    title, heading = document.title or "", document.h1 or ""
    seen: Counter[str] = Counter()
    for signal in (*_matches(patterns.IN_TITLE, title), *_matches(patterns.IN_TITLE, heading)):
        ((kind, weight),) = signal.weights.items()
        seen[kind] += 1
        if seen[kind] <= 2:
            yield signal
        if seen[kind] == 1 and kind in _NO_REPORTS and weight >= _PLAIN:
            yield Signal({"news": -1.5}, f"its title is no headline but that of a {kind}")
    bare = document.words < _BARE and len(document.prose) < 2
    if bare and not document.h1 and document.tree.css_first(_SEARCH) is not None:
        yield Signal({"tool": 1.5}, "it is little more than a search field")
    if document.is_home:
        yield Signal({"product": 1.5, "other": 1}, "it is a home page")
    yield from _from_text(document)
    yield from _from_people(document)


def _matches(rows: tuple[patterns.Pattern, ...], text: str) -> Iterator[Signal]:
    for row in rows:
        found = row.pattern.search(text)
        if found:
            yield Signal({row.kind: row.weight}, row.words.format(found.group().strip(" /-_.")))


def _from_text(document: Document) -> Iterator[Signal]:
    text = document.sample
    prices = len(patterns.PRICE.findall(text))
    if prices > 11:
        yield Signal({"category": 1.5}, f"it names {prices} prices")
    elif prices:
        yield Signal({"product": 1}, f"it names {prices} prices")
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


def _from_people(document: Document) -> Iterator[Signal]:
    text = document.sample
    ways = {found.lower() for found in patterns.REACHED.findall(text)}
    if len(ways) > _WAYS and text.count(" ") < _BRIEF:
        yield Signal({"profile": 1.5}, "it says how to reach somebody")
    if any(map(patterns.BORN.search, document.prose[:2])):
        yield Signal({"profile": 2}, "it begins with who somebody is")
