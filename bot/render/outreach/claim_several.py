"""The modal in which several prospects are claimed at once, 25 a page."""

from collections.abc import Sequence

from bot.model.outreach import Outcome, Refusal
from bot.render.outreach.board_list import Line, short_why
from bot.render.outreach.refusals import ELSEWHERE, Told, because
from bot.render.slack.blocks import render
from bot.render.slack.message import View, checked
from bot.render.words import Calendar, clip, counted, number, words_or_unknown

FORM = "claim_form"
_A_GROUP = 10  # Slack takes so many boxes in one element
_NAMED = 12


def claim_view(
    page_id: str,
    free: Sequence[Line],
    *,
    rest: int,
    private_metadata: str,
    told: Sequence[Told] = (),
) -> View:
    """Return the modal with who is free on a page, each with its score and why."""
    groups = [
        {
            "label": "Whom do you want to write to?" if at == 0 else f"From {at + 1} on",
            "options": [_option(line) for line in free[at : at + _A_GROUP]],
        }
        for at in range(0, len(free), _A_GROUP)
    ]
    lines = [*told] or ([] if free else [Told("Everybody on this page has an owner already.")])
    blocks = render(
        "outreach_claim",
        told=lines,
        groups=groups,
        rest=rest,
        page_id=page_id,
        stamp=page_id[-12:],
    )
    submit = "Claim" if free else ""
    return checked(View(FORM, "Claim several", submit, blocks, private_metadata, close="Close"))


def claimed_lines(done: Sequence[Outcome], calendar: Calendar) -> list[Told]:
    """Return what became of the claims: how many are yours, and who holds the others."""
    mine = [one for one in done if one.refused is None]
    said = [
        Told(f"{counted(len(mine), 'prospect')} {'is' if len(mine) == 1 else 'are'} yours now.")
    ]
    never = sum(one.refused is Refusal.SUPPRESSED for one in done)
    refused = [(one, one.refused) for one in done if one.refused is not None]
    others = [(one, why) for one, why in refused if why is not Refusal.SUPPRESSED]
    for one, why in others[:_NAMED]:
        lead = f"Not {words_or_unknown(one.entry.domain, 60)}: "
        said.append(because(why, one.entry, calendar, lead))
    if others[_NAMED:]:
        said.append(Told(f"{len(others) - _NAMED:,} more were not free either."))
    if never:  # by now; they are named nowhere any more
        said.append(Told(f"On the list Never contact by now: {never:,}."))
    if any(one.elsewhere for one in mine):
        said.append(Told(f"Some of yours: {ELSEWHERE[0].lower()}{ELSEWHERE[1:]}"))
    return said


def _option(line: Line) -> dict[str, object]:
    domain = words_or_unknown(line.entry.domain, 55)
    option: dict[str, object] = {
        "text": {"type": "plain_text", "text": clip(f"{domain} · {number(line.score)}", 75)},
        "value": line.entry.id,
    }
    if why := short_why(line):
        option["description"] = {"type": "plain_text", "text": clip(why, 75)}
    return option
