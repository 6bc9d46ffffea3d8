"""Who links to a target, as intervals between reads.

A referring domain's interval opens with the read that first showed it and closes with the first
complete read that does not. A domain that comes back opens a second interval. A read that was cut
off opens and confirms intervals but never closes one, as a link that it does not show may still
exist. A read without changes adds one row.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlite_utils

from bot.model.links import (
    Authority,
    LinkKind,
    Profile,
    ReferringDomain,
    Scale,
    Target,
)
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_site, ensure_team


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one read changed: its id, and how many intervals it opened and closed."""

    read_id: int
    opened: int
    closed: int


# authority, scale, link, trust, traffic, first_seen: the columns of one referring domain.
Facts = tuple[float | None, str | None, str | None, float | None, int | None, str | None]


def record_read(
    db: sqlite_utils.Database,
    team: str,
    site: str | None,
    profile: Profile,
    at: datetime,
    *,
    asked_since: date | None = None,
) -> Recorded | None:
    """Merge one read of a profile into the stored one, for a team and one of its sites (or none).

    `asked_since` is the day from which new linkers were asked for, if they were.

    Returns None and writes nothing if a newer read of the same profile is already stored: an old
    answer from a cache adds nothing.
    """
    profile_id = ensure_profile(db, team, site, profile, at)
    latest = _latest_read(db, profile_id)
    if latest is not None and profile.as_of < latest:
        return None
    read_id: int = db.execute(
        "INSERT INTO profile_reads (profile_id, as_of, recorded_at, complete, row_count, "
        "asked_since) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (
            *(profile_id, to_text(profile.as_of), to_text(at)),
            *(profile.complete, len(profile.rows)),
            asked_since.isoformat() if asked_since else None,
        ),
    ).fetchone()[0]
    known = _open_intervals(db, profile_id)
    seen = {row.domain: _facts(row) for row in reversed(profile.rows)}
    closed = [known[domain][0] for domain in known.keys() - seen.keys()] if profile.complete else []
    db.conn.executemany(
        "UPDATE referring_domains SET closed_by_read = ? "
        "WHERE profile_id = ? AND domain_id = ? AND closed_by_read IS NULL",
        [(read_id, profile_id, domain_id) for domain_id in closed],
    )
    _refresh(db, profile_id, known, seen)
    opened = [domain for domain in seen if domain not in known]
    db.conn.executemany(
        "INSERT INTO domains (name) VALUES (?) ON CONFLICT DO NOTHING",
        [(domain,) for domain in opened],
    )
    db.conn.executemany(
        "INSERT INTO referring_domains (profile_id, domain_id, opened_by_read, authority, scale, "
        "link, trust, traffic, first_seen) "
        "SELECT ?, id, ?, ?, ?, ?, ?, ?, ? FROM domains WHERE name = ?",
        [(profile_id, read_id, *seen[domain], domain) for domain in opened],
    )
    return Recorded(read_id, len(opened), len(closed))


def ensure_profile(
    db: sqlite_utils.Database, team: str, site: str | None, profile: Profile, at: datetime
) -> int:
    """Return the id of a profile, creating it on first use."""
    found = find_profile(db, team, site, profile.provider, profile.target)
    if found is not None:
        return found
    ensure_team(db, team, at)
    site_id = ensure_site(db, team, site, at).id if site else None
    db.execute(
        "INSERT INTO providers (name) VALUES (?) ON CONFLICT DO NOTHING", (profile.provider,)
    )
    key = (profile.target.scope, profile.target.value)
    db.execute("INSERT INTO targets (scope, value) VALUES (?, ?) ON CONFLICT DO NOTHING", key)
    profile_id: int = db.execute(
        "INSERT INTO profiles (team, site_id, target_id, provider_id) "
        "SELECT ?, ?, targets.id, providers.id FROM targets, providers "
        "WHERE targets.scope = ? AND targets.value = ? AND providers.name = ? RETURNING id",
        (team, site_id, *key, profile.provider),
    ).fetchone()[0]
    return profile_id


def find_profile(
    db: sqlite_utils.Database, team: str, site: str | None, provider: str, target: Target
) -> int | None:
    """Return the id of a profile; None when it was never read."""
    row = db.execute(
        "SELECT profiles.id FROM profiles "
        "JOIN targets ON targets.id = target_id "
        "JOIN providers ON providers.id = provider_id "
        "LEFT JOIN sites ON sites.id = site_id "
        "WHERE scope = ? AND value = ? AND providers.name = ? AND profiles.team = ? "
        "AND sites.domain IS ?",
        (target.scope, target.value, provider, team, site),
    ).fetchone()
    return row[0] if row else None


def _latest_read(db: sqlite_utils.Database, profile_id: int) -> datetime | None:
    """Return the moment of the latest read of a profile."""
    row = db.execute(
        "SELECT max(as_of) FROM profile_reads WHERE profile_id = ?", (profile_id,)
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def _open_intervals(db: sqlite_utils.Database, profile_id: int) -> dict[str, tuple[int, Facts]]:
    rows = db.execute(
        "SELECT name, domain_id, authority, scale, link, trust, traffic, first_seen "
        "FROM referring_domains JOIN domains ON domains.id = domain_id "
        "WHERE profile_id = ? AND closed_by_read IS NULL",
        (profile_id,),
    )
    return {name: (domain_id, tuple(facts)) for name, domain_id, *facts in rows}


def _refresh(
    db: sqlite_utils.Database,
    profile_id: int,
    known: dict[str, tuple[int, Facts]],
    seen: dict[str, Facts],
) -> None:
    """Write the facts that changed; facts that this read did not ask for stay as they are."""
    changed = []
    for domain, (domain_id, before) in known.items():
        after = seen.get(domain, before)
        if after == before:
            continue
        merged = tuple(old if new is None else new for new, old in zip(after, before, strict=True))
        if merged != before:
            changed.append((*merged, profile_id, domain_id))
    db.conn.executemany(
        "UPDATE referring_domains SET authority = ?, scale = ?, link = ?, trust = ?, traffic = ?, "
        "first_seen = ? WHERE profile_id = ? AND domain_id = ? AND closed_by_read IS NULL",
        changed,
    )


def _facts(row: ReferringDomain) -> Facts:
    value, scale = (row.authority.value, row.authority.scale) if row.authority else (None, None)
    first_seen = row.first_seen.isoformat() if row.first_seen else None
    return (value, scale, row.link, row.trust, row.traffic, first_seen)


def referring_domain(domain: str, facts: Facts) -> ReferringDomain:
    """Return a row of the table as a `ReferringDomain`."""
    authority, scale, link, trust, traffic, first_seen = facts
    return ReferringDomain(
        domain=domain,
        authority=Authority(authority, Scale(scale)) if authority is not None and scale else None,
        link=LinkKind(link) if link else None,
        trust=trust,
        traffic=traffic,
        first_seen=date.fromisoformat(first_seen) if first_seen else None,
    )
