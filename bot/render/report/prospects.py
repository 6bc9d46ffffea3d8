"""The list of prospects: the best in the thread, all of them on request, the rest in the CSV."""

from collections.abc import Sequence

from bot.model.report import Prospect, Report
from bot.render.report import sentences
from bot.render.slack.blocks import Block, render
from bot.render.slack.cells import Cell, fitting, numbered
from bot.render.slack.limits import MAX_DATA_ROWS
from bot.render.slack.message import Message, message
from bot.render.words import UNKNOWN, linkable, words_or_unknown

LISTED = 25
MAX_PAGES = 4
_HEAD = ("#", "Domain", "Score", "Links to", "Authority", "Traffic", "Link", "Absence", "Why")


def prospects(report: Report, limit: int = LISTED) -> Message:
    """Return the thread message with the best prospects; its table is the only one."""
    said = _sentence(report, limit)
    if not best(report, limit):
        return _without_table(said)
    rows = fitting([_row(n, p) for n, p in enumerate(best(report, limit), 1)])
    return message(said, _table(said, rows))


def best(report: Report, limit: int = LISTED) -> tuple[Prospect, ...]:
    """Return the best prospects; a domain that an index marks as spam is never among them."""
    return tuple(one for one in report.prospects if not one.spam)[:limit]


def all_prospects(report: Report) -> list[Message]:
    """Return every prospect in as few messages as Slack allows, at most `MAX_PAGES`."""
    if not report.prospects:
        return [prospects(report)]
    rows = [_row(n, p) for n, p in enumerate(report.prospects, 1)]
    made, at = list[Message](), 0
    while at < len(rows) and len(made) < MAX_PAGES:
        page = fitting(rows[at : at + MAX_DATA_ROWS - 1])
        first, at = at + 1, at + len(page)
        last = len(made) + 1 == MAX_PAGES and at < len(rows)
        said = f"Prospects {first:,} to {at:,} of {len(rows):,}."
        said += " The CSV file in this thread has the rest." if last else ""
        said += f" {sentences.SAMPLE}" if report.sample else ""
        made.append(message(said, _table(said, page)))
    return made


def _without_table(said: str) -> Message:
    return message(said, render("note", lines=[said], small=[], buttons=[]))


def _table(caption: str, rows: Sequence[Sequence[Cell]]) -> list[Block]:
    return render("prospects", caption=caption, head=_HEAD, rows=rows)


def _sentence(report: Report, limit: int) -> str:
    listed = len(best(report, limit))
    parts = [sentences.prospects_found(report, listed), sentences.unchecked(report)]
    parts.append(sentences.left_out(report.dropped))
    parts.append(sentences.SAMPLE if report.sample else None)
    return " ".join(part for part in parts if part)


def _row(place: int, prospect: Prospect) -> list[Cell]:
    page = prospect.example_page
    url = page if page and linkable(page) else None
    authority = sentences.authority(prospect.authority, prospect.authority_scale)
    return [
        Cell(str(place), value=place),
        Cell(words_or_unknown(prospect.domain, 80), url=url),
        numbered(prospect.score),
        Cell(sentences.levels(prospect)),
        Cell(authority, value=numbered(prospect.authority).value),
        numbered(prospect.traffic),
        Cell(prospect.link.value if prospect.link else UNKNOWN),
        Cell(prospect.absence.value),
        Cell(words_or_unknown(", ".join(prospect.reasons), 160)),
    ]
