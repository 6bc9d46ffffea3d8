"""The thread below a digest: the links behind the numbers, one table per message.

A part without rows is left out. Rows that do not fit are counted in the caption and are in the CSV.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from bot.model.tracking import (
    Digest,
    ForecastCheck,
    GapReasons,
    KeywordLine,
    NewCompetitorLink,
    OwnLink,
)
from bot.render.notes import note_of
from bot.render.report import sentences
from bot.render.slack.blocks import render
from bot.render.slack.cells import Cell, numbered, pages
from bot.render.slack.message import Message, message
from bot.render.tracking.digest_charts import thread_charts
from bot.render.tracking.digest_span import calendar_of
from bot.render.tracking.digest_why import why_words
from bot.render.tracking.tracked_words import quoted, signed
from bot.render.words import UNKNOWN, Calendar, counted, linkable, short_url, words_or_unknown

ROWS = 50
PAGES = 4
_CHARTS = 10
_NEW = ("Keyword", "Domain", "Score", "Links to", "Since", "Authority", "Link", "Why")
_OWN = ("Keyword", "Domain", "Links to", "Since", "Authority")
_LOST = ("Keyword", "Domain", "Linked to", "Since", "Authority")
_TARGETS = ("Keyword", "Came in", "Went out")
_WHY = ("Keyword", "Change", "Competitors' links", "Pages in the top 3", "Yours", "Why")
_FORECASTS = ("Keyword", "Made on", "Foreseen gap", "Gap now", "No change", "Forecast")
_Step = tuple[str, Message]
_Caption = Callable[[int, int, int], str]  # first row, last row, all rows
_Part = tuple[str, _Caption, Sequence[str], Sequence[Sequence[Cell]]]


def digest_thread(digest: Digest) -> tuple[_Step, ...]:
    """Return the messages of the thread in order, each with a stable step name."""
    lines, calendar = digest.keywords, calendar_of(digest)
    targets = [line for line in lines if line.entered or line.left]
    checks = [(line, line.forecast_check) for line in lines if line.forecast_check]
    reasons = sorted(
        ((line, line.why) for line in lines if line.why and why_words(line.why)),
        key=lambda one: (-abs(one[1].change), one[0].keyword),
    )
    best = sorted(digest.new_competitor_links, key=lambda one: (-one.score, one.domain))
    proven = all(link.absence_proven for link in best)
    new_caption = _new_caption if proven else _caption("New links to competitors", "best first")
    both = "New links to competitors from domains that link to you already"
    parts: tuple[_Part, ...] = (
        ("new_links", new_caption, _NEW, [_new(link, calendar) for link in best]),
        (
            "both",
            _caption(both, "best first"),
            _NEW,
            [_new(link, calendar) for link in digest.links_to_both],
        ),
        ("won", _caption("Links won", "strongest first"), _OWN, _own(digest.won, calendar)),
        ("lost", _caption("Links lost", "strongest first"), _LOST, _own(digest.lost, calendar)),
        (
            "why",
            _caption("Why the gaps moved, in links that add up", "largest change first"),
            _WHY,
            [_why(*one) for one in reasons],
        ),
        (
            "targets",
            _caption("Keywords whose need is counted on other pages now", "by name"),
            _TARGETS,
            [_target(line) for line in sorted(targets, key=lambda one: one.keyword)],
        ),
        (
            "forecasts",
            _caption("Earlier forecasts for this week", "wrong ones first"),
            _FORECASTS,
            [_check(*one, calendar) for one in sorted(checks, key=lambda one: one[1].right)],
        ),
    )
    mark = f" {sentences.SAMPLE}" if digest.sample else ""
    tables = [step for part in parts for step in _tables(*part, mark=mark)]
    return (*tables, *_charts(digest), *_cost(digest))


def _charts(digest: Digest) -> Iterator[_Step]:
    """Yield the charts for which the main message has no room, each in a message."""
    for turn, drawn in enumerate(islice(thread_charts(digest), _CHARTS), 1):
        said = f"{drawn.chart.title}."
        yield (
            f"chart_{turn}",
            message(said, render("history", lead=said, charts=[drawn.chart], small=[*drawn.marks])),
        )


def _tables(
    name: str,
    caption: _Caption,
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    mark: str,
) -> Iterator[_Step]:
    """Yield one table per message, at most `PAGES`; the last one says what it leaves out."""
    at = 0
    named_by = head.index("Domain") if "Domain" in head else 0
    for turn, page in enumerate(islice(pages(rows, ROWS), PAGES), 1):
        first, at = at + 1, at + len(page)
        rest = len(rows) - at if turn == PAGES else 0
        said = caption(first, at, len(rows))
        said += f" The other {rest:,} are in the CSV file.{mark}" if rest else mark
        ordered = _by_keyword(page) if name == "new_links" else page
        table = render("prospects", caption=said, head=head, rows=ordered, named_by=named_by)
        yield f"{name}_{turn}", message(said, table)


def _new_caption(first: int, last: int, total: int) -> str:
    said = _caption("New links to competitors", "best first")(first, last, total)
    return f"{said} These domains do not link to you." if first == 1 else said


def _caption(what: str, order: str) -> _Caption:
    def said(first: int, last: int, total: int) -> str:
        if (first, last) == (1, total):
            return f"{what}: {total:,}{f', {order}' if total > 1 else ''}."
        return f"{what}: {first:,} to {last:,} of {total:,}, {order}."

    return said


def _by_keyword(rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Return the rows grouped by keyword, the keyword of the best link first."""
    place: dict[str, int] = {}
    for row in rows:
        place.setdefault(row[0].words, len(place))
    return sorted(rows, key=lambda row: place[row[0].words])


def _new(link: NewCompetitorLink, calendar: Calendar) -> list[Cell]:
    others = len(set(link.keywords) - {link.keyword})
    more = f"; matters for {counted(others, 'more keyword', 'more keywords')}" if others else ""
    return [
        Cell(words_or_unknown(link.keyword, 60)),
        _domain(link.domain, link.page),
        numbered(link.score),
        Cell(short_url(link.competitor, 80) or UNKNOWN),
        Cell(calendar.day(link.first_seen) if link.first_seen else UNKNOWN),
        _authority(link),
        Cell(link.link.value if link.link else UNKNOWN),
        Cell(f"{words_or_unknown(link.why, 160)}{more}"),
    ]


def _own(links: Sequence[OwnLink], calendar: Calendar) -> list[list[Cell]]:
    strongest = sorted(links, key=lambda one: (one.authority is None, -(one.authority or 0)))
    return [
        [
            Cell(words_or_unknown(link.keyword, 60) if link.keyword else "the whole site"),
            _domain(link.domain, link.page),
            Cell(short_url(link.target, 80) or UNKNOWN),
            Cell(calendar.day(link.first_seen) if link.first_seen else UNKNOWN),
            _authority(link),
        ]
        for link in strongest
    ]


def _domain(domain: str, page: str | None) -> Cell:
    return Cell(words_or_unknown(domain, 80), url=page if page and linkable(page) else None)


def _authority(link: NewCompetitorLink | OwnLink) -> Cell:
    words = sentences.authority(link.authority, link.authority_scale)
    return Cell(words, value=numbered(link.authority).value)


def _target(line: KeywordLine) -> list[Cell]:
    return [
        Cell(words_or_unknown(line.keyword, 60)),
        *(Cell(_urls(urls)) for urls in (line.entered, line.left)),
    ]


def _urls(urls: Sequence[str]) -> str:
    return ", ".join(short_url(url, 80) or UNKNOWN for url in urls[:5]) or "none"


def _why(line: KeywordLine, why: GapReasons) -> list[Cell]:
    moved = (why.change, why.competitors_links, why.pages, why.ours)
    return [
        Cell(words_or_unknown(line.keyword, 60)),
        *(Cell(signed(value), value=value) for value in moved),
        Cell(why_words(why)),
    ]


def _check(line: KeywordLine, check: ForecastCheck, calendar: Calendar) -> list[Cell]:
    return [
        Cell(words_or_unknown(line.keyword, 60)),
        Cell(calendar.day(check.made_at)),
        numbered(check.foreseen),
        numbered(check.found),
        numbered(check.no_change),
        Cell("right" if check.right else "wrong"),
    ]


def _cost(digest: Digest) -> Iterator[_Step]:
    """Say what the week's refreshes were charged, and for how many keywords."""
    if digest.cost:
        read = len(digest.keywords)
        whom = f"{read:,} keywords" if read != 1 else quoted(digest.keywords[0].keyword)
        parts = "\n".join(f"• {sentences.cost_part(line)}" for line in digest.cost[:10])
        yield "cost", note_of([f"What reading {whom} cost:\n{parts}"], [], sample=digest.sample)
