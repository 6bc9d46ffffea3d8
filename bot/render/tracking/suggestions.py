"""At most three things to do this week, each naming a domain or keyword; none: no line.

Nothing is proposed twice for the same reason: a domain that now links to one more page, a gap that
grew and a further loss are new reasons.
"""

import re
from collections.abc import Collection, Sequence

from bot.model.page_key import page_key
from bot.model.question import NO_PAGE
from bot.model.tracking import (
    KeywordLine,
    NewCompetitorLink,
    Outlook,
    OwnLink,
    ToDo,
    ToDoKind,
)
from bot.render.report.sentences import authority
from bot.render.tracking.tracked_words import missing, needs, quoted, ranks_in_top3
from bot.render.words import UNKNOWN, number, short_url, shown, words_or_unknown

MOST = 3
_WORTH_A_SECOND = 60  # of 100: below this, one e-mail a week is enough

_FROM_TITLE = re.compile(r", from “[^”]*”")

Proposed = tuple[ToDoKind, str, str]
"""What was proposed before: the kind, what it was about, and why."""


def to_do(
    lines: Sequence[KeywordLine],
    new_links: Sequence[NewCompetitorLink],
    won: Sequence[OwnLink],
    lost: Sequence[OwnLink],
    *,
    before: Collection[Proposed] = (),
) -> tuple[ToDo, ...]:
    """Return whom to write to, which lost link to win back and which keyword to focus on.

    `before` is what was proposed in other weeks. Of the best domains to write to, those come first
    whose linking page is known.
    """
    best = worth_a_letter(new_links, won, lost, before=before)
    known = sorted(best, key=lambda link: link.page is None)[:MOST]
    clients = len({line.site for line in lines}) > 1
    letters = [
        _letter(link, names_client=clients)
        for place, link in enumerate(known)
        if place == 0 or link.score >= _WORTH_A_SECOND
    ]
    first = [
        _win_back(lost, before),
        *letters[:1],
        _losing(lines, before),
        _pageless(lines, before),
    ]
    made = [one for one in first if one]
    return (*made, *letters[1:])[:MOST]


def worth_a_letter(
    new_links: Sequence[NewCompetitorLink],
    won: Sequence[OwnLink],
    lost: Sequence[OwnLink],
    *,
    before: Collection[Proposed] = (),
) -> list[NewCompetitorLink]:
    """Return each domain that may be written to once, best first.

    That is without those that won or lost a link, and without those proposed for it already.
    """
    ours = {link.domain for link in (*won, *lost)}
    best: dict[str, NewCompetitorLink] = {}
    for link in sorted(new_links, key=lambda one: (-one.score, one.domain)):
        if link.domain not in ours and _proposal(link) not in before:
            best.setdefault(link.domain, link)
    return list(best.values())


def _proposal(link: NewCompetitorLink) -> Proposed:
    return ToDoKind.WRITE, link.domain, page_key(link.competitor)


def _letter(link: NewCompetitorLink, *, names_client: bool) -> ToDo:
    competitor = short_url(link.competitor, 50) or UNKNOWN
    # The title of its page is in the sentence already.
    why = shown(_FROM_TITLE.sub("", link.why) if link.title and link.page else link.why, 80)
    to = f"{competitor}{_with(link.anchor)}"
    to += ", not to you" if link.absence_proven else " (to you: unknown)"
    kind, _, reason = _proposal(link)
    whose = f" for {shown(link.site, 40)}" if names_client and link.site else ""
    return ToDo(
        kind=kind,
        words=(
            f"Write to {words_or_unknown(link.domain, 60)} about {quoted(link.keyword)}{whose}: "
            f"{_where(link)} now links to {to} (score {number(link.score)}"
            f"{f': {why}' if why else ''})."
        ),
        keyword=link.keyword,
        reason=reason,
        domain=link.domain,
        page=link.page,
        title=link.title,
        anchor=link.anchor,
        competitor=link.competitor,
    )


def _where(link: NewCompetitorLink) -> str:
    """Return the linking page by title and address, as far as both are known."""
    page = short_url(link.page, 60) if link.page else ""
    title = shown(link.title or "", 50)
    if not page:
        return "it"
    return f"its page “{title}” ({page})" if title else f"its page {page}"


def _with(anchor: str | None) -> str:
    said = shown(anchor or "", 40)
    return f" with “{said}”" if said else ""


def _win_back(lost: Sequence[OwnLink], before: Collection[Proposed]) -> ToDo | None:
    if not lost:
        return None

    def reason(link: OwnLink) -> str:
        return f"{page_key(link.target)} {link.first_seen or ''}".rstrip()

    open_still = [
        link for link in lost if (ToDoKind.WIN_BACK, link.domain, reason(link)) not in before
    ]
    if not open_still:
        return None
    link = max(open_still, key=lambda one: (one.authority is not None, one.authority or 0.0))
    value = authority(link.authority, link.authority_scale)
    strong = f" ({value})" if value != UNKNOWN else ""
    target = short_url(link.target, 60) or UNKNOWN
    page = short_url(link.page, 60) if link.page else ""
    return ToDo(
        kind=ToDoKind.WIN_BACK,
        words=(
            f"Win back {words_or_unknown(link.domain, 60)}{strong}: its link to {target} is gone"
            f"{f' from {page}' if page else ''}."
        ),
        keyword=link.keyword,
        reason=reason(link),
        domain=link.domain,
        page=link.page,
    )


def _losing(lines: Sequence[KeywordLine], before: Collection[Proposed]) -> ToDo | None:
    """Return the widest gap that does not close at the current pace.

    A keyword that ranks in the top 3 is there already. One that was proposed comes again once its
    gap is wider than any that it was proposed with.
    """
    told: dict[str, int] = {}
    for kind, subject, reason in before:
        if kind is ToDoKind.TURN_TO:
            told[subject] = max(int(reason), told.get(subject, 0))
    behind = [
        (line.gap, line)
        for line in lines
        if line.outlook is Outlook.NOT_AT_THIS_PACE and line.gap and line.page != NO_PAGE
        if not ranks_in_top3(line) and line.gap > told.get(line.id, 0)
    ]
    if not behind:
        return None
    gap, line = max(behind, key=lambda one: one[0])
    how = needs(line)
    slow = f"It {how}." if how else "The gap isn't closing."
    said = f"Focus on {quoted(line.keyword)}: {missing(gap)}. {slow}"
    return _about(ToDoKind.TURN_TO, line, said, str(gap))


def _pageless(lines: Sequence[KeywordLine], before: Collection[Proposed]) -> ToDo | None:
    """Return the keyword that needs a page before links, or its page named to get a number.

    Each is proposed once, the one that needs most first.
    """
    for kind, without, said in (
        (
            ToDoKind.MAKE_PAGE,
            [line for line in lines if line.page == NO_PAGE],
            "Make a page for {}: links need one to go to.",
        ),
        (
            ToDoKind.NAME_PAGE,
            [line for line in lines if line.page is None and line.have is None],
            "Name your page for {}: the gap is unknown.",
        ),
    ):
        new = [line for line in without if (kind, line.id, "") not in before]
        if new:
            line = max(new, key=lambda one: one.need or 0)
            return _about(kind, line, said.format(f"{quoted(line.keyword)}{_more(without)}"), "")
    return None


def _about(kind: ToDoKind, line: KeywordLine, words: str, reason: str) -> ToDo:
    return ToDo(kind=kind, words=words, keyword=line.keyword, reason=reason, id=line.id)


def _more(lines: Sequence[KeywordLine]) -> str:
    return f" (and {len(lines) - 1:,} more without one)" if len(lines) > 1 else ""
