"""At most three things to do this week, each naming a domain or keyword; none: no line."""

from collections.abc import Sequence

from bot.model.question import NO_PAGE
from bot.model.tracking import KeywordLine, NewCompetitorLink, Outlook, OwnLink
from bot.render.report.sentences import authority
from bot.render.tracking.tracked_words import missing, needs, quoted, ranks_in_top3
from bot.render.words import UNKNOWN, number, short_url, shown, words_or_unknown

MOST = 3
_WORTH_A_SECOND = 60  # of 100: below this, one e-mail a week is enough


def suggestions(
    lines: Sequence[KeywordLine],
    new_links: Sequence[NewCompetitorLink],
    won: Sequence[OwnLink],
    lost: Sequence[OwnLink],
) -> tuple[str, ...]:
    """Return whom to write to, which lost link to win back and which keyword to focus on."""
    letters = _letters(new_links, {link.domain for link in (*won, *lost)})
    first = [_win_back(lost), *letters[:1], _losing(lines), _pageless(lines)]
    made = [said for said in first if said]
    return tuple([*made, *letters[1:]][:MOST])


def _letters(new_links: Sequence[NewCompetitorLink], ours: set[str]) -> list[str]:
    """Return the best domains to write to, one line each, without those that won or lost a link."""
    best: dict[str, NewCompetitorLink] = {}
    for link in sorted(new_links, key=lambda one: (-one.score, one.domain)):
        if link.domain not in ours:
            best.setdefault(link.domain, link)
    return [
        _letter(link)
        for place, link in enumerate(list(best.values())[:MOST])
        if place == 0 or link.score >= _WORTH_A_SECOND
    ]


def _letter(link: NewCompetitorLink) -> str:
    competitor = short_url(link.competitor, 60) or UNKNOWN
    why = shown(link.why, 80)
    to = f"{competitor}, not to you" if link.absence_proven else f"{competitor} (to you: unknown)"
    return (
        f"Write to {words_or_unknown(link.domain, 60)} about {quoted(link.keyword)}: it now links "
        f"to {to} (score {number(link.score)}{f': {why}' if why else ''})."
    )


def _win_back(lost: Sequence[OwnLink]) -> str:
    if not lost:
        return ""
    link = max(lost, key=lambda one: (one.authority is not None, one.authority or 0.0))
    value = authority(link.authority, link.authority_scale)
    strong = f" ({value})" if value != UNKNOWN else ""
    target = short_url(link.target, 60) or UNKNOWN
    return f"Win back {words_or_unknown(link.domain, 60)}{strong}: its link to {target} is gone."


def _losing(lines: Sequence[KeywordLine]) -> str:
    """Return the widest gap that does not close at the current pace.

    A keyword that ranks in the top 3 is there already.
    """
    behind = [
        (line.gap, line)
        for line in lines
        if line.outlook is Outlook.NOT_AT_THIS_PACE and line.gap and line.page != NO_PAGE
        if not ranks_in_top3(line)
    ]
    if not behind:
        return ""
    gap, line = max(behind, key=lambda one: one[0])
    how = needs(line)
    slow = f"it {how}" if how else "it does not close at this pace"
    return f"Turn to {quoted(line.keyword)}: {missing(gap)}, and {slow}."


def _pageless(lines: Sequence[KeywordLine]) -> str:
    """Return the keyword that needs a page before links, or its page named to get a number."""
    without = [line for line in lines if line.page == NO_PAGE]
    if without:
        line = max(without, key=lambda one: one.need or 0)
        return f"Make a page for {quoted(line.keyword)}{_more(without)}: links need one to go to."
    unnamed = [line for line in lines if line.page is None and line.have is None]
    if unnamed:
        line = max(unnamed, key=lambda one: one.need or 0)
        return f"Name your page for {quoted(line.keyword)}{_more(unnamed)}: the gap is unknown."
    return ""


def _more(lines: Sequence[KeywordLine]) -> str:
    return f" (and {len(lines) - 1:,} more without one)" if len(lines) > 1 else ""
