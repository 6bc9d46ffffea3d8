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
_HEAD = ("#", "Domain", "Score", "Authority", "Links to", "Link", "Traffic", "Absence", "Why")
"""In the order of their weight: a narrow window cuts off the right edge. “Why” repeats the rest."""
_WHY = 120  # two lines of a cell; a third would make every row tall
_AUTHORITY = _HEAD.index("Authority")


def prospects(report: Report, limit: int = LISTED) -> Message:
    """Return the thread message with the best prospects; its table is the only one."""
    said, listed = _sentence(report, limit), best(report, limit)
    if not listed:
        return _without_table(report, said)
    scale = _scale(listed)
    rows = fitting([_row(n, p, scale) for n, p in enumerate(listed, 1)])
    return message(sentences.marked(report, said), _table(said, rows, scale))


def best(report: Report, limit: int = LISTED) -> tuple[Prospect, ...]:
    """Return the best prospects; a domain that an index marks as spam is never among them."""
    return tuple(one for one in report.prospects if not one.spam)[:limit]


def all_prospects(report: Report) -> list[Message]:
    """Return every prospect in as few messages as Slack allows, at most `MAX_PAGES`."""
    if not report.prospects:
        return [prospects(report)]
    scale = _scale(report.prospects)
    rows = [_row(n, p, scale) for n, p in enumerate(report.prospects, 1)]
    made, at = list[Message](), 0
    while at < len(rows) and len(made) < MAX_PAGES:
        page = fitting(rows[at : at + MAX_DATA_ROWS - 1])
        first, at = at + 1, at + len(page)
        last = len(made) + 1 == MAX_PAGES and at < len(rows)
        said = f"Prospects {first:,} to {at:,} of {len(rows):,}."
        said += " The CSV file in this thread has the rest." if last else ""
        made.append(message(sentences.marked(report, said), _table(said, page, scale)))
    return made


def _without_table(report: Report, said: str) -> Message:
    blocks = render("note", lines=[said], small=[], buttons=[])
    return message(sentences.marked(report, said), blocks)


def _table(caption: str, rows: Sequence[Sequence[Cell]], scale: str | None) -> list[Block]:
    head = [*_HEAD]
    head[_AUTHORITY] = sentences.authority_head(scale)
    return render("prospects", caption=caption, head=head, rows=rows)


def _scale(listed: Sequence[Prospect]) -> str | None:
    """Return the scale that all authorities share, or None."""
    return sentences.one_scale(p.authority_scale for p in listed if p.authority is not None)


def prospects_sentence(report: Report) -> str:
    """Return the sentence above the best prospects."""
    return _sentence(report, LISTED)


def _sentence(report: Report, limit: int) -> str:
    listed = len(best(report, limit))
    parts = [sentences.prospects_found(report, listed), sentences.unchecked(report)]
    parts.append(sentences.left_out(report.dropped))
    return " ".join(part for part in parts if part)


def _row(place: int, prospect: Prospect, scale: str | None) -> list[Cell]:
    page = prospect.example_page
    url = page if page and linkable(page) else None
    authority = numbered(prospect.authority)
    if not scale:
        words = sentences.authority(prospect.authority, prospect.authority_scale)
        authority = Cell(words, value=authority.value)
    return [
        Cell(str(place), value=place),
        Cell(words_or_unknown(prospect.domain, 80), url=url),
        numbered(prospect.score),
        authority,
        Cell(sentences.levels(prospect)),
        Cell(prospect.link.value if prospect.link else UNKNOWN),
        numbered(prospect.traffic),
        Cell(prospect.absence.value),
        Cell(words_or_unknown(", ".join(prospect.reasons), _WHY)),
    ]
