"""What became of a wish on the board, in a sentence for whoever clicked."""

from dataclasses import dataclass

from bot.model.outreach import Entry, Outcome, Refusal, Status
from bot.render.outreach.people import STATES, slack_id
from bot.render.words import Calendar, words_or_unknown

_DONE = {
    Status.NEW: "You gave it back; everybody may claim it.",
    Status.CLAIMED: "It is yours.",
    Status.CONTACTED: "Noted: you wrote to them.",
    Status.REPLIED: "Noted: they replied.",
    Status.DECLINED: "Noted: they declined. It is not offered again for this site.",
    Status.NOT_FOR_US: "Noted: not for us. It is not offered again for this site.",
}
ELSEWHERE = "For another client of yours somebody holds them already, or wrote to them."
NEVER = "It is on the list Never contact now, for the whole team. Only an owner takes it back."
NEVER_BEFORE = "It was on the list Never contact already."
GONE = "Nothing is shown of this one: it is on the list Never contact, or its data is gone."


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with a Slack user in it; `person` "": with nobody who can be mentioned."""

    before: str
    person: str = ""
    after: str = ""


NOTHING = Told("")


def told(outcome: Outcome, wanted: Status, calendar: Calendar) -> Told:
    """Return what became of a wish: done, or why not, with who holds it and since when."""
    if outcome.repeated:
        return Told("This click was counted before.")
    if outcome.refused is not None:
        return because(outcome.refused, outcome.entry, calendar, "Not done: ")
    return Told(_DONE.get(wanted, "Done.") if outcome.changed else "It was so already.")


def because(why: Refusal, entry: Entry, calendar: Calendar, lead: str = "") -> Told:
    """Return why a change was refused, behind some words."""
    since = calendar.day(entry.since)
    if why in (Refusal.HELD, Refusal.ASKED):
        after = f" has held it since {since}."
        if why is Refusal.ASKED:
            after = f" has it as {STATES[entry.status]} since {since}; nobody is written to twice."
        person = slack_id(entry.owner)
        name = "" if person else words_or_unknown(entry.owner or "somebody", 40)
        return Told(f"{lead}{name}", person, after)
    return Told(
        lead
        + {
            Refusal.ENDED: f"it has been {STATES[entry.status]} since {since}.",
            Refusal.SUPPRESSED: "it is on the list Never contact.",
            Refusal.ONLY_SEEN: "it is won only once I have seen the link on the page.",
            Refusal.BY_TIME: "a claim becomes free by time alone.",
        }[why]
    )
