"""The follow-up reminder: one direct message about all whose answer is due, with buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.outreach import Entry, Status
from bot.render.notes import Button
from bot.render.slack.blocks import render
from bot.render.slack.message import Message, message
from bot.render.words import counted, listed, words_or_unknown

ROWS = 8
"""So many stand with buttons of their own; the others are named."""
_NAMED = 20
_SAID = {
    Status.REPLIED: "replied",
    Status.DECLINED: "declined",
    Status.WON: "won: a live link was seen",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a reminder, as it stands now; `then` says when it is asked about again."""

    entry: Entry
    put_off: bool = False
    then: int | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    domain: str
    whose: str
    said: str
    contacted: datetime | None
    buttons: Sequence[Button] = ()


def reminder(lines: Sequence[Line], *, stopped: bool = False) -> Message:
    """Return the message; an entry that was answered for says so in place of its buttons.

    `stopped`: the person wants no more of them.
    """
    asked = [one for one in lines if one.entry.status is Status.CONTACTED]
    names = [words_or_unknown(one.entry.domain, 60) for one in lines]
    lead = (
        f"Did {names[0]} answer?"
        if len(lines) == 1
        else f"Did they answer? You contacted {counted(len(lines), 'site')} a while ago."
    )
    if not lines:  # all of them are on the list Never contact by now
        lead = "Nobody is to be asked about any more."
    more = names[ROWS:]
    small = []
    if more:
        rest = [f"{len(more) - _NAMED:,} more"] if len(more) > _NAMED else []
        small.append(f"Also without an answer: {listed([*more[:_NAMED], *rest])}.")
    if stopped:
        small.append("You get no more reminders.")
    else:
        small.append("Only you get this, in your working hours. Nothing is sent to anybody.")
    off = Button("Remind me again", "reminder_resume", "resume")
    on = Button("Stop reminders", "reminder_stop", "stop")
    rows = [_row(one, place) for place, one in enumerate(lines[:ROWS])]
    blocks = render(
        "reminder",
        lead=lead if asked or not lines else "All of them are answered for.",
        rows=rows,
        small=small,
        buttons=[off if stopped else on],
    )
    return message(lead, blocks)


def _row(one: Line, place: int) -> _Row:
    entry = one.entry
    whose = f" for {words_or_unknown(entry.site, 60)}" if entry.site else ""
    domain = words_or_unknown(entry.domain, 60)
    if entry.status is not Status.CONTACTED:
        said = _SAID.get(entry.status, "not asked about any more")
        return _Row(domain, whose, said, None)
    if one.put_off:
        again = f"you are asked again {one.then} days after the contact" if one.then else ""
        said = f"not yet; {again or 'this was the last reminder'}"
        return _Row(domain, whose, said, None)
    buttons = (
        Button("They replied", f"reminder_replied_{place}", entry.id),
        Button("Declined", f"reminder_declined_{place}", entry.id),
        Button("Not yet", f"reminder_not_yet_{place}", entry.id),
    )
    return _Row(domain, whose, "contacted", entry.contacted_at, buttons)
