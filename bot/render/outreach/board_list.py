"""A page of the board: who could give a link, why, and who has it; a button a row opens one.

The twin, for where Slack refuses buttons in a table, has the same actions: a menu opens one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.gap.placed_rate import PlacedRates
from bot.model.approach import NAMED, Angle, AngleKind
from bot.model.outreach import Entry
from bot.model.report import Prospect
from bot.render.outreach import outcome, people
from bot.render.report.sentences import SAMPLE
from bot.render.slack.blocks import render
from bot.render.slack.limits import MAX_MESSAGE
from bot.render.slack.message import Message, message
from bot.render.words import clip, counted, linkable, number, ours, shown, words_or_unknown

A_PAGE = 25
HEAD = ("Domain", "Work", "Why", "Score", "Owner")
"""All fit 700 pixels; in a narrower window the button is still there, beside the domain."""
EASIEST = "Easiest ask: dead link"
_SHORT = {
    AngleKind.RESOURCE_LIST: "List: get added",
    AngleKind.COMPARISON: "Comparison: join it",
    AngleKind.GUEST_POST: "Guest post: offer one",
    AngleKind.NEWS_MENTION: "News: offer figures",
    AngleKind.INTERVIEW: "Interview: offer one",
    AngleKind.FORUM: "Forum: answer openly",
    AngleKind.DIRECTORY: "Directory: get listed",
    AngleKind.BROKEN_LINK: EASIEST,
    AngleKind.ARTICLE: "Article: be its source",
    AngleKind.OTHER: "Another kind of page",
}
"""What to ask for, in the width of a cell; the modal says it in full."""
_DOMAIN, _WHY = 40, 24
_A_TEXT = 2_200


@dataclass(frozen=True, slots=True)
class Line:
    """What a row is drawn from; `prospect` None: nothing is known but the domain."""

    entry: Entry
    score: float
    prospect: Prospect | None
    angle: Angle | None = None


@dataclass(frozen=True, slots=True)
class BoardPage:
    """What a page is drawn from: `said` is its sentence.

    `links` is how many links are needed, `rest` how many could follow.
    """

    id: str
    said: str
    lines: Sequence[Line]
    rest: int
    links: int | None = None
    rates: PlacedRates | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    id: str
    domain: str
    url: str
    why: str
    score: float | None
    score_words: str
    owner: str
    owner_id: str
    state: str

    @property
    def option(self) -> str:
        """Return the row's words in a menu."""
        return clip(f"{self.number}. {self.domain}", 75)

    @property
    def label(self) -> str:
        """Return what a screen reader says for the row's button."""
        return clip(f"Open {self.domain}", 75)


def board_page(page: BoardPage) -> Message:
    """Return the message of a page."""
    rows = [_row(place, line) for place, line in enumerate(page.lines[:A_PAGE], 1)]
    said = _said(page)
    foot = {
        "small": grey(page),
        "rest": min(page.rest, A_PAGE),
        "page_id": page.id,
    }
    blocks = render("outreach_list", caption=said, head=HEAD, rows=rows, **foot)
    twin = render("outreach_list_plain", caption=said, rows=rows, texts=[*_texts(rows)], **foot)
    if len(json.dumps(twin, ensure_ascii=False)) > MAX_MESSAGE:
        bare = [replace(row, domain=clip(row.domain, 20), why="–", owner="") for row in rows]
        texts = [*_texts(bare)]
        twin = render("outreach_list_plain", caption=said, rows=bare, texts=texts, **foot)
    return message(f"{said} {SAMPLE}" if page.sample else said, blocks, twin)


def grey(page: BoardPage) -> str:
    """Return what came of asking so far, from the first outcome on; else nothing."""
    if page.rates is None:
        return ""
    told = [f"Links from those asked: {outcome.placed_rate(page.rates.team)}"]
    if page.links:
        needed = outcome.to_ask(page.links, page.rates.team)
        told.append(needed[0].lower() + needed[1:])
    kinds = sorted(
        ((kind, one) for kind, one in page.rates.kinds.items() if one.differs),
        key=lambda each: -each[1].rate,
    )
    names = {kind.value: words for kind, words in NAMED.items()}
    told += [f"{names[kind]}: {outcome.placed_rate(one)}" for kind, one in kinds if kind in names]
    return f"{'; '.join(told)}."


def _said(page: BoardPage) -> str:
    easy = sum(bool(line.angle and line.angle.easiest) for line in page.lines[:A_PAGE])
    told = ours(page.said, 1_500) or "Prospects."
    if easy:
        told += f" {counted(easy, 'page')} with a dead link to a competitor: the easiest ask."
    return told


def _row(number_: int, line: Line) -> _Row:
    entry, known = line.entry, line.prospect
    page = known.example_page if known else None
    mentioned = people.slack_id(entry.owner) if people.holds(entry) else ""
    return _Row(
        number=number_,
        id=entry.id,
        domain=words_or_unknown(entry.domain, _DOMAIN),
        url=page if page and linkable(page) else "",
        why=short_why(line) or "–",
        score=round(line.score, 1),
        score_words=number(line.score),
        owner=people.owner(entry),
        owner_id=mentioned,
        state=people.state(entry) if mentioned else "",
    )


def short_why(line: Line) -> str:
    """Return what to ask for, where the page was read, else why it is on the list."""
    if line.angle is not None:
        return EASIEST if line.angle.easiest else _SHORT[line.angle.kind]
    if line.prospect is None:
        return ""
    first, *others = [*line.prospect.reasons, ""]
    told = shown(first, _WHY)
    for reason in others:
        if reason and len(f"{told}, {reason}") <= _WHY:
            told = f"{told}, {shown(reason, _WHY)}"
    return told


def _texts(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Yield the rows in parts that each fit a section, however much has to be escaped."""
    part: list[_Row] = []
    room = _A_TEXT
    for row in rows:
        size = _escaped(row.domain) + _escaped(row.why) + _escaped(row.owner) + 60
        if part and size > room:
            yield part
            part, room = [], _A_TEXT
        part.append(row)
        room -= size
    if part:
        yield part


def _escaped(text: str) -> int:
    return len(text) + 4 * sum(text.count(sign) for sign in "&<>")
