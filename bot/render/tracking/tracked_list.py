"""`/gap list`: what is tracked here, its gap, its next refresh, and the actions on it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from bot.model.tracking import Snapshot, TrackedKeyword
from bot.render.notes import Button
from bot.render.report.terminal import lines_of, table_of
from bot.render.slack.blocks import Block, render
from bot.render.slack.limits import message_faults
from bot.render.slack.message import Message, message
from bot.render.tracking.tracked_words import missing, quoted, ranked, seen_at, signed
from bot.render.words import Calendar, counted, number, ours, shown, words_or_unknown

PER_PAGE = 10
_NOTICE = 200
_LONGEST = (60, 20)  # length of a keyword; the second if a page of hostile words does not fit


@dataclass(frozen=True, slots=True)
class ListRow:
    """A tracked keyword, its latest read, the change since the one before, and its next refresh.

    `fault` says why the last refresh failed, if it did.
    """

    tracked: TrackedKeyword
    latest: Snapshot | None
    gap_change: int | None
    next_run: datetime | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Where:
    """What holds for most rows of a page and is shown once: words, and a moment after them."""

    words: str
    next_run: datetime | None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A row in words; the options of its menu are (words, value)."""

    keyword: str
    standing: str
    where: _Where | None
    options: tuple[tuple[str, str], ...]


def tracked_list(
    rows: Sequence[ListRow],
    *,
    page: int,
    of: int,
    channel_note: str,
    total: int | None = None,
    done: str = "",
) -> Message:
    """Return one page of the list: `rows` are that page's, at most ten; pages count from 1.

    `total` is how many are tracked on all pages. The menu of a row is `tracked_menu`, its values
    are `edit_tracking:<id>`, `pause_tracking:<id>` or `resume_tracking:<id>`, `untrack:<id>`.
    `done` confirms what was just chosen there (`list_notice`).
    """
    rows = rows[:PER_PAGE]
    lead = _lead(len(rows) if of <= 1 else total, page, of)
    shared = _shared(rows)
    blocks = list[Block]()
    for longest in _LONGEST:
        blocks = render(
            "tracked_list",
            lead=lead,
            done=ours(done, _NOTICE),
            note=shown(channel_note, 300),
            shared=shared or "",
            all_share=all(_where(row) == shared for row in rows),
            rows=[_drawn(row, longest, shared) for row in rows],
            buttons=_buttons(page, of),
        )
        if not message_faults("fits", blocks):
            break
    return message(f"{ours(done, _NOTICE)} {lead}".strip(), blocks)


def list_notice(action: str, keyword: str) -> str:
    """Return what a choice in a row's menu has done."""
    done = {
        "untrack": "is no longer tracked here. Its history is kept, and it costs nothing.",
        "pause_tracking": "is paused. It is not read, and costs nothing, until you resume it.",
        "resume_tracking": "is tracked again from the next weekly read on.",
        "edit_tracking": "has a new page from the next weekly read on.",
    }
    return f"{quoted(keyword)} {done[action]}"


def _lead(total: int | None, page: int, of: int) -> str:
    if total == 0:
        return "No keyword is tracked here yet. Start with `/gap track best crm`."
    tracked = "Tracked keywords" if total is None else counted(total, "tracked keyword")
    return f"{tracked}, page {page:,} of {of:,}." if of > 1 else f"{tracked}."


def _buttons(page: int, of: int) -> list[Button]:
    made = [Button("Track more", "track_more", "list")]
    if page > 1:
        made.append(Button("Previous page", "tracked_page_back", str(page - 1)))
    if page < of:
        made.append(Button("Next page", "tracked_page", str(page + 1)))
    return made


def _where(row: ListRow) -> _Where:
    asked = row.tracked.question
    market = f"{shown(asked.market.country, 2).upper()} ({shown(asked.market.language, 2)})"
    site = words_or_unknown(asked.site, 40) if asked.site else "no site"
    next_run = None if row.tracked.paused else row.next_run
    planned = "next read" if next_run else "next read not planned"
    return _Where(f"{site} · {market} · {'paused' if row.tracked.paused else planned}", next_run)


def _shared(rows: Sequence[ListRow]) -> _Where | None:
    """Return what holds for most rows of a page, so that it is shown once above them."""
    for where, count in Counter(map(_where, rows)).most_common(1):
        return where if count > len(rows) / 2 else None
    return None


def _drawn(row: ListRow, longest: int, shared: _Where | None) -> _Drawn:
    turn = ("Resume", "resume_tracking") if row.tracked.paused else ("Pause", "pause_tracking")
    menu = (("Edit", "edit_tracking"), turn, ("Untrack", "untrack"))
    where = _where(row)
    return _Drawn(
        keyword=words_or_unknown(row.tracked.question.keyword, longest),
        standing=_standing(row),
        where=None if where == shared else where,
        options=tuple((words, f"{action}:{row.tracked.id}") for words, action in menu),
    )


def _standing(row: ListRow) -> str:
    """Return gap, change and position, and why the last try failed."""
    failed = f"last try failed: {shown(row.fault, 120).rstrip('. ')}" if row.fault else ""
    return " · ".join(part for part in (_as_read(row), failed) if part)


def _as_read(row: ListRow) -> str:
    latest = row.latest
    if latest is None:
        return "not read yet"
    if latest.gap is None:
        unnamed = latest.have is None and row.tracked.question.page is None
        gap = f"gap unknown{': your page is unknown' if unnamed else ''}"
    else:
        gap = missing(latest.gap).replace(" is ", " ").replace(" are ", " ")
    change = f"change {signed(row.gap_change)}" if latest.gap is not None else ""
    return " · ".join(part for part in (gap, change, seen_at(latest)) if part)


def tracked_terminal(rows: Sequence[ListRow], calendar: Calendar) -> Group:
    """Return all rows as a table for a terminal; moments by the channel's calendar."""
    if not rows:
        return Group(Text("No keyword is tracked. Start with `linkgap track KEYWORD`."))
    names = ("Keyword", "Site", "Gap", "Change", "Position", "Next read")
    table = table_of(*names, right=(2, 3, 4))
    for row in rows:
        asked, latest = row.tracked.question, row.latest
        table.add_row(
            Text(words_or_unknown(asked.keyword, 200)),
            Text(words_or_unknown(asked.site or "", 80)),
            Text(number(latest.gap) if latest else "not read"),
            Text(signed(row.gap_change) if latest else ""),
            Text(ranked(latest.position, None) if latest else ""),
            Text("paused" if row.tracked.paused else _next(row.next_run, calendar)),
        )
    lead: list[RenderableType] = lines_of([f"{counted(len(rows), 'tracked keyword')}."])
    return Group(*lead, table)


def _next(moment: datetime | None, calendar: Calendar) -> str:
    return calendar.moment(moment) if moment else "not planned"
