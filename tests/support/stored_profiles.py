"""What the database knows of a profile: the open intervals of all reads so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.model.links import Profile, ReferringDomain, Target
from bot.store.profiles import find_profile, referring_domain
from bot.store.times import from_text


@dataclass(frozen=True, slots=True)
class Stored:
    """The profile as all reads so far know it.

    `profile.complete` and `profile.as_of` come from the latest read; `last_confirmed` is the time
    of the latest complete one (None: every read was cut off).
    """

    profile: Profile
    last_confirmed: datetime | None


def current(
    db: sqlite_utils.Database, team: str, site: str | None, provider: str, target: Target
) -> Stored | None:
    """Return the profile as known now, strongest first; None if it was never read."""
    profile_id = find_profile(db, team, site, provider, target)
    latest = db.execute(
        "SELECT as_of, complete, (SELECT max(as_of) FROM profile_reads "
        "WHERE profile_id = latest.profile_id AND complete) FROM profile_reads AS latest "
        "WHERE profile_id = ? ORDER BY as_of DESC, id DESC LIMIT 1",
        (profile_id,),
    ).fetchone()
    if latest is None:
        return None
    as_of, complete, confirmed = latest
    rows = db.execute(
        "SELECT name, authority, scale, link, trust, traffic, first_seen "
        "FROM referring_domains JOIN domains ON domains.id = domain_id "
        "WHERE profile_id = ? AND closed_by_read IS NULL",
        (profile_id,),
    )
    found = _strongest_first(referring_domain(name, tuple(facts)) for name, *facts in rows)
    profile = Profile(target, provider, found, complete=bool(complete), as_of=from_text(as_of))
    return Stored(profile, from_text(confirmed) if confirmed else None)


def _strongest_first(rows: Iterable[ReferringDomain]) -> tuple[ReferringDomain, ...]:
    def rank(row: ReferringDomain) -> tuple[float, str]:
        return (-row.authority.value if row.authority else 1.0, row.domain)

    return tuple(sorted(rows, key=rank))
