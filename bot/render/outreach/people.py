"""How an entry of the board is told: who has it, how it stands, what the bot saw of its link."""

import re

from bot.model.outreach import FORMER, Entry, Method, Status, Verification, Verified
from bot.render.words import Calendar, shown, words_or_unknown

NOBODY = "nobody"
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
STATES = {
    Status.NEW: "new",
    Status.CLAIMED: "claimed",
    Status.CONTACTED: "contacted",
    Status.REPLIED: "replied",
    Status.WON: "won",
    Status.DECLINED: "declined",
    Status.STALE: "free again",
    Status.NOT_FOR_US: "not for us",
}
METHODS = {
    Method.ORGANIC: "Organic",
    Method.EXCHANGE: "Exchange",
    Method.SELF_SUBMITTED: "Self-submitted",
    Method.PURCHASE: "Purchase",
    Method.OTHER: "Other",
}
TELLING = frozenset({Method.EXCHANGE, Method.PURCHASE})
"""What is told beside a link: search engines' policies treat these differently."""
_SEEN = {
    Verified.LIVE: "the link is live",
    Verified.COUNTED: "the link is live and a link index names it",
    Verified.NOT_THERE: "the page has no link to you",
    Verified.LOST: "the link is lost",
    Verified.UNREADABLE: "the page could not be read",
}


def slack_id(owner: str | None) -> str:
    """Return a Slack user id, or "" for nobody and for a name."""
    return owner if owner is not None and _PERSON.fullmatch(owner) else ""


def holds(entry: Entry) -> bool:
    """Say whether somebody has it: what is new or free again has no owner to tell."""
    return entry.owner is not None and entry.status not in (Status.NEW, Status.STALE)


def state(entry: Entry) -> str:
    """Return how it stands beside its owner: nothing for a claim, `won (purchase)` for a link."""
    words = "" if entry.status is Status.CLAIMED else STATES[entry.status]
    if entry.method in TELLING:
        words = f"{words} ({METHODS[entry.method].lower()})".strip()
    return words


def owner(entry: Entry) -> str:
    """Return who has it as words, for where a mention cannot stand."""
    if not holds(entry):
        return NOBODY if entry.status is Status.NEW else STATES[entry.status]
    who = FORMER if entry.owner == FORMER else words_or_unknown(entry.owner or "", 40)
    return " ".join(filter(None, (who, state(entry))))


def link_seen(seen: Verification, entry: Entry, calendar: Calendar) -> str:
    """Return what the bot saw of the link: `the link is live (follow, “best tools”), 3 Nov`."""
    of_it = [seen.link.value] if seen.link else []
    if seen.anchor:
        of_it.append(f"“{shown(seen.anchor, 80)}”")
    if entry.method in TELLING:
        of_it.append(METHODS[entry.method].lower())
    told = f" ({', '.join(of_it)})" if of_it else ""
    return f"{_SEEN[seen.state]}{told}, {calendar.day(seen.at)}"
