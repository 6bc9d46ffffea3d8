"""The main message of a digest: the sentence, the keywords that moved, the chart, what to do."""

from collections.abc import Iterator, Sequence

from bot.model.tracking import ClientWeek, Digest, KeywordLine, NewCompetitorLink, Unread
from bot.render.report import sentences
from bot.render.slack.blocks import Block, render
from bot.render.slack.charts import SERIES
from bot.render.slack.limits import message_faults
from bot.render.slack.message import Message, message, paragraphs
from bot.render.tracking.digest_charts import digest_charts
from bot.render.tracking.digest_ledger import ledger_words
from bot.render.tracking.digest_sentence import LONGEST, apart, reasons
from bot.render.tracking.digest_span import calendar_of
from bot.render.tracking.digest_table import HEAD, ROWS, rows
from bot.render.tracking.suggestions import MOST
from bot.render.tracking.tracked_words import quoted
from bot.render.words import (
    UNKNOWN,
    Calendar,
    counted,
    listed,
    number,
    ours,
    short_url,
    shown,
    words_or_unknown,
)

_SMALLER = ((ROWS, SERIES), (8, 4), (4, 2), (1, 1), (1, 0))  # rows and lines, tried in order
_NAMED = 3
_CLIENTS = 6
METHOD_CHANGED = (
    "The method changed: the need of earlier reads was counted again by the new rule. It may "
    "differ from what an earlier digest said; no change of it here comes from that."
)
_ELSEWHERE = {"thread": "the thread of the digest", "csv_file": "the CSV file of the digest"}


def digest_message(digest: Digest, *, alone: bool = False) -> Message:
    """Return the digest's main message; thread and files hold what is shortened here.

    `alone`: the message is shown without its thread and files.
    """
    said = ours(digest.sentence, LONGEST) or UNKNOWN
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
    table = rows(digest, most_rows)
    where = "`/gap list` has" if alone else "The CSV file in the thread and `/gap list` have"
    return render(
        "digest",
        sentence=said,
        clients=[
            (words_or_unknown(one.site, 60), ours(one.sentence, LONGEST))
            for one in [*filter(_adds, digest.clients)][: min(most_rows, _CLIENTS)]
        ],
        head=HEAD,
        rows=table,
        folded=f"{where} every keyword." if any(row.folds for row in table) else "",
        effect=ours(digest.effect or "", LONGEST),
        todo=paragraphs([f"• {ours(one, 300)}" for one in digest.suggestions[:MOST]]),
        charts=digest_charts(digest, most_lines),
        taken_at=digest.taken_at,
        cost=sentences.cost(digest.cost),
        small=small_print(digest, **_ELSEWHERE) if alone else small_print(digest),
        week=shown(digest.week, 20),
    )


def _adds(client: ClientWeek) -> bool:
    """Say whether it says more than the headline and the table: a reason, a rank or links."""
    return any(sign in client.sentence for sign in ("; ", " (", ": "))


def small_print(
    digest: Digest, *, thread: str = "the thread", csv_file: str = "the CSV file"
) -> list[str]:
    """Return the caveats of the numbers, one line each; callers name the thread and CSV file."""
    calendar = calendar_of(digest)
    lines = [
        *_too_long_for_a_headline(digest),
        METHOD_CHANGED if digest.recounted else "",
        ledger_words(digest.ledger),
        _our_pages(digest.keywords, csv_file),
        _targets(digest.keywords, thread),
        _forecasts(digest.keywords, calendar),
        _unread(_worth_telling(digest), csv_file),
        _read_again(digest.read_again, csv_file, calendar),
        _both(digest.links_to_both, thread),
        _unproven(len(digest.unproven), csv_file),
        _nobody_asked(digest.new_competitor_links),
        _unchecked(digest.unchecked_losses),
        _paused(digest.paused),
        _by_release(digest.by_release),
    ]
    lines.append(sentences.SAMPLE if digest.sample else "")
    return [line for line in lines if line]


def _too_long_for_a_headline(digest: Digest) -> Iterator[str]:
    """Yield why a gap moved and who is not counted, where a sentence had no room for it."""
    if digest.nothing_read:
        return
    told: dict[str | None, str] = {one.site: one.sentence for one in digest.clients}
    told = told or {None: digest.sentence}
    for site, sentence in told.items():
        lines = [line for line in digest.keywords if site in (None, line.site)]
        whose = f"{words_or_unknown(site, 40)}: " if site else ""
        if (why := reasons(lines)) not in sentence:
            said = why.strip(" ()")
            yield f"{whose or said[:1].upper()}{said if whose else said[1:]}."
        if (there := apart(lines)) not in sentence and "no longer counted" not in sentence:
            yield f"{whose}{there.strip(' ()')}."


def _by_release(indexes: Sequence[str]) -> str:
    """Say where new and lost links are not told, and why."""
    if not indexes:
        return ""
    names = listed(shown(one, 40) for one in indexes)
    return (
        f"Links are read by release at {names}: each is drawn from other crawls, so two are never "
        "subtracted, and new or lost links are unknown."
    )


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
    return f"The target pages changed for {listed(named)}: {where} says which."


def _forecasts(lines: Sequence[KeywordLine], calendar: Calendar) -> str:
    checks = [line.forecast_check for line in lines if line.forecast_check]
    if not checks:
        return ""
    right = sum(check.right for check in checks)
    if len(checks) == 1:
        [one] = checks
        verdict = "right" if one.right else "wrong"
        return (
            f"The forecast of {calendar.day(one.made_at)} was {verdict}: "
            f"it predicted a gap of {one.foreseen:,}, and the gap is {one.found:,}; "
            f"“no change” would have been {one.no_change:,}."
        )
    were = "was" if right == 1 else "were"
    nearer = sum(check.nearer is True for check in checks)
    farther = sum(check.nearer is False for check in checks)
    off = f"{farther or 'none'} {'was' if farther == 1 else 'were'} further off"
    return (
        f"Of {len(checks):,} forecasts for this week, {right:,} {were} right; "
        f"{nearer:,} came closer than “no change” would have, and {off}."
    )


def _worth_telling(digest: Digest) -> Sequence[Unread]:
    """Return who could not be read and is not known to be so; all where nothing was read."""
    if digest.nothing_read:
        return digest.unread
    return [one for one in digest.unread if not one.told_before]


def _read_again(again: Sequence[Unread], where: str, calendar: Calendar) -> str:
    if not again:
        return ""
    named = [
        f"{quoted(one.keyword)}{f' (not since {calendar.day(one.since)})' if one.since else ''}"
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
        "LinkGap cannot look up who links to you here, so some of the new domains may link to you "
        "already. Import your own referring domains to leave them out."
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
