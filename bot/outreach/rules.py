"""The rules of outreach, pure: what a person may do with an entry, and when a claim is over.

One contact per domain and site. A refusal is a value that says why, never an exception.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model.outreach import ASKED, FORMER, Entry, Refusal, Status

ENDED = frozenset({Status.WON, Status.DECLINED})
BY_PEOPLE = frozenset(
    {Status.NEW, Status.CLAIMED, Status.CONTACTED, Status.REPLIED, Status.DECLINED}
    | {Status.NOT_FOR_US}
)
"""What a person may set; NEW gives a claim back. WON is seen on the page, STALE comes by time."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of status for the history; `who` None: time, or the bot."""

    was: Status
    now: Status
    at: datetime
    who: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The entry after a wish, with the steps that led there; no step: nothing to write."""

    entry: Entry
    steps: tuple[Step, ...] = ()
    refused: Refusal | None = None


def as_of(entry: Entry, at: datetime, claim_days: int) -> Entry:
    """Return the entry as it stands at a moment: a claim that nobody touched in time is stale."""
    over = entry.touched_at + timedelta(days=claim_days)
    if entry.status is not Status.CLAIMED or at < over:
        return entry
    return replace(entry, status=Status.STALE, since=over)


def may_be_offered(entry: Entry | None, person: str | None = None) -> bool:
    """Say whether a domain may be proposed for its site, of an entry `as_of` now.

    What somebody else holds is not proposed to a `person`; None: to nobody in particular.
    """
    if entry is None or entry.status in (Status.NEW, Status.STALE):
        return True
    return entry.status is Status.CLAIMED and person in (None, entry.owner)


def may_write(entry: Entry, person: str) -> bool:
    """Say whether a person may write to a domain, of an entry `as_of` now.

    Whoever wrote may write again, such as a thank-you; a colleague would be the second to ask.
    """
    if entry.status in (Status.NEW, Status.STALE):
        return True
    if entry.status in (Status.DECLINED, Status.NOT_FOR_US):
        return False
    return entry.owner in (person, FORMER, None)


def decide(
    entry: Entry,
    wanted: Status,
    *,
    person: str,
    at: datetime,
    claim_days: int,
    suppressed: bool = False,
) -> Decision:
    """Return what becomes of a person's wish to give an entry a status.

    `suppressed`: the domain is on the list Never contact, so that nobody begins anything new.
    """
    now = as_of(entry, at, claim_days)
    refused = _refused(now, wanted, person, suppressed=suppressed)
    if refused is not None:
        return Decision(now, refused=refused)
    if now.status is wanted and wanted is not Status.CLAIMED:
        return Decision(now)
    steps = [Step(wanted, wanted, at, person)] if now.status is wanted else []
    if now.status is not entry.status:
        steps.append(Step(entry.status, now.status, now.since, None))
    if now.status is not wanted:
        steps.append(Step(now.status, wanted, at, person))
    return Decision(_moved(now, wanted, person, at), tuple(steps))


def seen_won(entry: Entry, at: datetime) -> Decision:
    """Return the entry after the bot saw a live link on the page: won, whatever people said."""
    if entry.status is Status.WON:
        return Decision(entry)
    won = replace(entry, status=Status.WON, since=at, touched_at=at)
    return Decision(won, (Step(entry.status, Status.WON, at, None),))


def _refused(now: Entry, wanted: Status, person: str, *, suppressed: bool) -> Refusal | None:
    if wanted not in BY_PEOPLE:
        return Refusal.ONLY_SEEN if wanted is Status.WON else Refusal.BY_TIME
    if now.status in ENDED:
        return None if wanted is now.status else Refusal.ENDED
    if now.status in ASKED:
        # Whoever hears the answer may note it; nobody writes a second time.
        goes_on = (Status.REPLIED, Status.DECLINED)
        same = wanted is now.status and person == now.owner
        return None if wanted in goes_on or same else Refusal.ASKED
    if now.status is Status.CLAIMED and now.owner not in (person, FORMER):
        return Refusal.HELD
    if suppressed and wanted not in (Status.NEW, Status.NOT_FOR_US, Status.DECLINED):
        return Refusal.SUPPRESSED
    return None


def _moved(now: Entry, wanted: Status, person: str, at: datetime) -> Entry:
    keeps = now.status in ASKED or (now.status is Status.CLAIMED and wanted is Status.CLAIMED)
    owner = now.owner if keeps and now.owner not in (None, FORMER) else person
    contacted = now.contacted_at
    if wanted in (Status.CONTACTED, Status.REPLIED) and contacted is None:
        contacted = at
    return replace(
        now,
        status=wanted,
        owner=None if wanted is Status.NEW else owner,
        since=now.since if now.status is wanted else at,
        touched_at=at,
        contacted_at=contacted,
    )
