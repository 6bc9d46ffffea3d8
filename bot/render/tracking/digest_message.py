"""The main message of a digest: the sentence, the keywords that moved, the chart, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.gap.changes import TOP3, TOP10
from bot.model.tracking import Digest, GapPoint, KeywordLine, NewCompetitorLink, Unread
from bot.render.report import sentences
from bot.render.slack.blocks import Block, render
from bot.render.slack.charts import FEWEST, POINTS, SERIES, Chart, chart
from bot.render.slack.limits import message_faults
from bot.render.slack.message import Message, message, paragraphs
from bot.render.tracking.digest_ledger import ledger_words
from bot.render.tracking.suggestions import MOST
from bot.render.tracking.tracked_words import eta, quoted, ranked, signed
from bot.render.words import (
    UNKNOWN,
    counted,
    listed,
    number,
    ours,
    short_url,
    shown,
    words_or_unknown,
)

_ROWS = 10
_SMALLER = ((_ROWS, SERIES), (8, 4), (4, 2), (1, 1), (1, 0))  # rows and lines, tried in order
_NAMED = 3
_TO_SCALE = 0.1  # share of the total: a smaller line would lie on the chart's base line
FIRST_READ = "first read"
_ELSEWHERE = {"thread": "the thread of the digest", "csv_file": "the CSV file of the digest"}


@dataclass(frozen=True, slots=True)
class Row:
    """One keyword in words, for every interface."""

    keyword: str
    gap: str
    change: str
    position: str
    eta: str


def digest_message(digest: Digest, *, alone: bool = False) -> Message:
    """Return the digest's main message; thread and files hold what is shortened here.

    `alone`: the message is shown without its thread and files.
    """
    said = ours(digest.sentence, 600) or UNKNOWN
    mark = f" {sentences.SAMPLE}" if digest.sample else ""
    text = f"{said}{mark}"
    blocks = list[Block]()
    for most_rows, most_lines in _SMALLER:
        blocks = _drawn(digest, said, most_rows, most_lines, alone=alone)
        if not message_faults("fits", blocks):
            break
    return message(text, blocks)


def _drawn(
    digest: Digest, said: str, most_rows: int, most_lines: int, *, alone: bool
) -> list[Block]:
    shown_rows = rows(digest)[:most_rows]
    return render(
        "digest",
        sentence=said,
        rows=shown_rows,
        folded=folded(
            len(digest.keywords) - len(shown_rows),
            "they are in `/gap list`"
            if alone
            else "they are in the CSV file in the thread and in `/gap list`",
        ),
        todo=paragraphs([f"• {ours(one, 300)}" for one in digest.suggestions[:MOST]]),
        chart=gap_chart(digest.gap_history, most_lines) or "",
        taken_at=digest.taken_at,
        cost=sentences.cost(digest.cost),
        small=small_print(digest, **_ELSEWHERE) if alone else small_print(digest),
        week=shown(digest.week, 20),
    )


def rows(digest: Digest) -> list[Row]:
    """Return every keyword: whom the sentence names, who crossed a top, then the biggest change."""
    sites = len({line.site for line in digest.keywords}) > 1
    markets = len({(line.country, line.language) for line in digest.keywords}) > 1
    first = digest.since is None
    return [
        _row(line, _whose(line, sites=sites, markets=markets), first=first)
        for line in sorted(
            digest.keywords,
            key=lambda line: (
                quoted(line.keyword) not in digest.sentence,
                not _crossed(line),
                _movement(line),
            ),
        )
    ]


def _whose(line: KeywordLine, *, sites: bool, markets: bool) -> str:
    """Return ` (client.example, DE-de)`, but only what differs within the channel."""
    named = [words_or_unknown(line.site, 40)] if sites and line.site else []
    if markets:
        named.append(f"{shown(line.country, 2).upper()}-{shown(line.language, 2)}")
    return f" ({', '.join(named)})" if named else ""


def _crossed(line: KeywordLine) -> bool:
    """Say whether it entered or left the top 3 or the top 10."""
    now, before = line.position, line.position_before
    if now is None or before is None:
        return False
    return any((now <= top) != (before <= top) for top in (TOP3, TOP10))


def _movement(line: KeywordLine) -> tuple[int, int, int, int, str]:
    moved = (line.gap_change, line.position_change)
    by_gap, by_rank = (0 if change is None else -abs(change) for change in moved)
    return by_gap, by_rank, -line.competitors_gained, -(line.gap or 0), line.keyword


def _row(line: KeywordLine, whose: str, *, first: bool) -> Row:
    unknown = FIRST_READ if first and line.gap_change is None else signed(line.gap_change)
    return Row(
        keyword=f"{words_or_unknown(line.keyword, 60)}{whose}",
        gap=number(line.gap),
        change=unknown,
        position=ranked(line.position, line.position_change),
        eta=eta(line),
    )


def folded(count: int, where: str) -> str:
    """Return `and 470 more: they are in …`, or nothing when nothing is left out."""
    if count <= 0:
        return ""
    return f"and {count:,} more: {where if count > 1 else where.replace('they are', 'it is')}."


def gap_chart(history: Sequence[GapPoint], most_lines: int = SERIES) -> Chart | None:
    """Return the remaining gap of the last 20 days read: the total and at most five movers.

    A mover is drawn if it changed, was read on all those days, and is large enough beside the total
    to be seen. With one keyword its own line is the total.
    """
    by_keyword: dict[str | None, dict[date, int]] = {}
    for point in history:
        by_keyword.setdefault(point.keyword, {})[point.day] = point.gap
    total = by_keyword.pop(None, {})
    keywords = {name: points for name, points in by_keyword.items() if name is not None}
    if most_lines < 1:
        return None
    if len(keywords) == 1:
        return _chart_of(dict(keywords))
    if not total:
        return None
    days = sorted(total)[-POINTS:]
    floor = _TO_SCALE * max(total[day] for day in days)
    movers = [
        (abs(points[days[-1]] - points[days[0]]), name)
        for name, points in keywords.items()
        if all(day in points for day in days)
        and len({points[day] for day in days}) > 1
        and max(points[day] for day in days) >= floor
    ]
    best = sorted(movers, key=lambda one: (-one[0], one[1]))[: most_lines - 1]
    return _chart_of({"Total": total, **_apart(keywords, best)})


def _apart(
    keywords: dict[str, dict[date, int]], best: Sequence[tuple[int, str]]
) -> dict[str, dict[date, int]]:
    """Return the movers; a keyword named “Total” is renamed, because the total has that name."""
    return {name if name != "Total" else "Total (keyword)": keywords[name] for _, name in best}


def _chart_of(series: dict[str, dict[date, int]]) -> Chart | None:
    days = sorted(next(iter(series.values())))[-POINTS:]
    if len(days) < FEWEST:
        return None
    return chart("Remaining gap", "Missing links", series, days)


def small_print(
    digest: Digest, *, thread: str = "the thread", csv_file: str = "the CSV file"
) -> list[str]:
    """Return the caveats of the numbers, one line each; callers name the thread and CSV file."""
    lines = [
        ledger_words(digest.ledger),
        _our_pages(digest.keywords, csv_file),
        _targets(digest.keywords, thread),
        _forecasts(digest.keywords),
        _unread(_worth_telling(digest), csv_file),
        _read_again(digest.read_again, csv_file),
        _both(digest.links_to_both, thread),
        _unproven(len(digest.unproven), csv_file),
        _nobody_asked(digest.new_competitor_links),
        _unchecked(digest.unchecked_losses),
        _paused(digest.paused),
    ]
    lines.append(sentences.SAMPLE if digest.sample else "")
    return [line for line in lines if line]


def _our_pages(lines: Sequence[KeywordLine], where: str) -> str:
    """Name both pages where another one of ours is counted than before."""
    changed = [line for line in lines if line.page_before]
    if not changed:
        return ""
    named = [
        f"{quoted(line.keyword)}: {short_url(line.page or '', 60) or UNKNOWN} "
        f"(gap {number(line.gap)}) instead of {short_url(line.page_before or '', 60) or UNKNOWN} "
        f"(gap {number(line.gap_before)})"
        for line in changed[:_NAMED]
    ]
    more = f"; {len(changed) - _NAMED:,} more, which {where} names" if changed[_NAMED:] else ""
    return f"Another page of yours is counted now for {'; '.join(named)}{more}."


def _targets(lines: Sequence[KeywordLine], where: str) -> str:
    """Announce that the need is now counted on other pages; the thread names them."""
    changed = [line for line in lines if line.entered or line.left]
    if not changed:
        return ""
    named = [quoted(line.keyword) for line in changed[:_NAMED]]
    if len(changed) > _NAMED:
        named.append(f"{len(changed) - _NAMED:,} more")
    return f"Other pages are the target now for {listed(named)}: {where} says which."


def _forecasts(lines: Sequence[KeywordLine]) -> str:
    checks = [line.forecast_check for line in lines if line.forecast_check]
    if not checks:
        return ""
    right = sum(check.right for check in checks)
    if len(checks) == 1:
        [one] = checks
        verdict = "right" if one.right else "wrong"
        return (
            f"The forecast of {one.made_at:%Y-%m-%d} was {verdict}: "
            f"it foresaw a gap of {one.foreseen:,}, and it is {one.found:,}; "
            f"“no change” would have said {one.no_change:,}."
        )
    were = "was" if right == 1 else "were"
    nearer = sum(check.nearer is True for check in checks)
    farther = sum(check.nearer is False for check in checks)
    return (
        f"Of {len(checks):,} earlier forecasts for this week, {right:,} {were} right; {nearer:,} "
        f"came nearer than “no change” would have, {farther:,} less near."
    )


def _worth_telling(digest: Digest) -> Sequence[Unread]:
    """Return who could not be read and is not known to be so; all where nothing was read."""
    if digest.nothing_read:
        return digest.unread
    return [one for one in digest.unread if not one.told_before]


def _read_again(again: Sequence[Unread], where: str) -> str:
    if not again:
        return ""
    named = [
        f"{quoted(one.keyword)}{f' (not since {one.since:%Y-%m-%d})' if one.since else ''}"
        for one in again[:_NAMED]
    ]
    if len(again) > _NAMED:
        named.append(f"{len(again) - _NAMED:,} more, which {where} names")
    return f"Read again: {listed(named)}."


def _unread(unread: Sequence[Unread], where: str) -> str:
    if not unread:
        return ""
    named = [f"{quoted(one.keyword)}{_because(one.reason)}" for one in unread[:_NAMED]]
    if len(unread) > _NAMED:
        named.append(f"{len(unread) - _NAMED:,} more, which {where} names")
    return f"Not read this week: {listed(named)}."


def _because(reason: str) -> str:
    said = shown(reason, 100).rstrip(". ")
    return f" ({said})" if said else ""


def _both(links: Sequence[NewCompetitorLink], where: str) -> str:
    """Name who links to us as well: nobody to write to, and worth knowing."""
    if not links:
        return ""
    named = [words_or_unknown(link.domain, 60) for link in links[:_NAMED]]
    if len(links) > _NAMED:
        named.append(f"{len(links) - _NAMED:,} more, which {where} names")
    one = len(links) == 1
    return (
        f"{listed(named)} {'links' if one else 'link'} to you already, and now to a competitor too."
    )


def _unproven(count: int, where: str) -> str:
    if count <= 0:
        return ""
    return (
        f"{counted(count, 'more domain')} began to link to competitors; whether "
        f"{'it links' if count == 1 else 'they link'} to you could not be checked, so {where} "
        f"alone names {'it' if count == 1 else 'them'}."
    )


def _nobody_asked(links: Sequence[NewCompetitorLink]) -> str:
    if all(link.absence_proven for link in links):
        return ""
    return (
        "Who links to you cannot be looked up here, so some of the new domains may link to you: "
        "import your own referring domains to have them left out."
    )


def _unchecked(count: int) -> str:
    if count <= 0:
        return ""
    it, is_ = ("it", "is") if count == 1 else ("they", "are")
    return (
        f"{counted(count, 'link')} to you left the index; whether {it} still "
        f"{'links' if count == 1 else 'link'} could not be seen, so {it} {is_} not counted as lost."
    )


def _paused(count: int) -> str:
    return f"{counted(count, 'keyword')} {'is' if count == 1 else 'are'} paused." if count else ""
