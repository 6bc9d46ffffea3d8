"""What changed in profiles since a moment: who started to link, and who stopped.

No extra rows are stored for this: an interval that a later read opened is new. The first read of a
profile shows links that already existed. A read that was cut off shows only a part, so an interval
that it opens is new only if the index first saw the link on or after the day from which new linkers
were asked for. That is the day of the previous read, not of the previous digest, because a week may
have passed without a read.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlite_utils

from bot.common.domains import registrable
from bot.model.links import Link, ReferringDomain, Target
from bot.store.profiles import find_profile, referring_domain
from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_site


@dataclass(frozen=True, slots=True)
class ProfileOf:
    """Identifies a profile: the team and site it belongs to, the index and the target."""

    team: str
    site: str
    provider: str
    target: Target


LOST, STILL_THERE, UNCHECKED = "lost", "still_there", "unchecked"


@dataclass(frozen=True, slots=True)
class Loss:
    """A domain that left a profile. `state` is `lost` once its page was read without the link."""

    domain: str
    target: str
    state: str
    url: str | None
    seen_at: datetime
    facts: ReferringDomain


def opened(
    db: sqlite_utils.Database,
    of: ProfileOf,
    *,
    after: datetime,
    until: datetime,
) -> tuple[tuple[ReferringDomain, Link | None], ...]:
    """Return the domains that started to link between two moments and still link as far as known.

    Each comes with the linking page, if that was bought.
    """
    profile_id = _id(db, of)
    if profile_id is None:
        return ()
    rows = db.execute(
        "SELECT name, page.url, page.title, page.anchor, authority, scale, link, trust, traffic, "
        "first_seen FROM profile_reads AS read "
        "JOIN referring_domains AS row ON row.opened_by_read = read.id "
        "JOIN domains ON domains.id = row.domain_id LEFT JOIN linking_pages AS page "
        "ON page.profile_id = row.profile_id AND page.domain_id = row.domain_id "
        "WHERE read.profile_id = :profile AND row.profile_id = :profile "
        "AND read.as_of > :after AND read.as_of <= :until AND closed_by_read IS NULL "
        "AND read.id > (SELECT min(id) FROM profile_reads WHERE profile_id = :profile) "
        "AND (first_seen >= coalesce(read.asked_since, (SELECT max(substr(as_of, 1, 10)) "
        "FROM profile_reads AS asked WHERE asked.profile_id = :profile AND asked.id < read.id "
        "AND asked_since IS NOT NULL), substr(:after, 1, 10)) "
        "OR (SELECT complete FROM profile_reads AS before "
        "WHERE before.profile_id = :profile AND before.id < read.id ORDER BY id DESC LIMIT 1)) "
        "ORDER BY name",
        {"profile": profile_id, "after": to_text(after), "until": to_text(until)},
    )
    return tuple(
        (
            referring_domain(name, tuple(facts)),
            Link(name, url, of.target.value, title, anchor) if url else None,
        )
        for name, url, title, anchor, *facts in rows
    )


def last_asked(db: sqlite_utils.Database, of: ProfileOf) -> datetime | None:
    """Return when a question for a target's new linkers was last answered; None: never."""
    (at,) = db.execute(
        "SELECT max(as_of) FROM profile_reads WHERE profile_id = ? AND asked_since IS NOT NULL",
        (_id(db, of),),
    ).fetchone()
    return from_text(at) if at else None


def first_asked_since(db: sqlite_utils.Database, of: ProfileOf) -> date | None:
    """Return the earliest day from which on it was asked who is new to a target; None: never."""
    (day,) = db.execute(
        "SELECT min(asked_since) FROM profile_reads WHERE profile_id = ?", (_id(db, of),)
    ).fetchone()
    return date.fromisoformat(day) if day else None


def known_days(
    db: sqlite_utils.Database, of: ProfileOf, *, since: date, before: datetime
) -> list[date]:
    """Return the first days of the known links to a target from a day on, the latest first.

    Only what was read `before` a moment is known.
    """
    rows = db.execute(
        "SELECT first_seen FROM referring_domains AS row "
        "JOIN profile_reads AS read ON read.id = opened_by_read WHERE row.profile_id = ? "
        "AND closed_by_read IS NULL AND first_seen >= ? AND read.as_of < ? "
        "ORDER BY first_seen DESC",
        (_id(db, of), since.isoformat(), to_text(before)),
    )
    return [date.fromisoformat(day) for (day,) in rows]


def closed(db: sqlite_utils.Database, of: ProfileOf, *, by: int) -> tuple[ReferringDomain, ...]:
    """Return the domains whose intervals a complete read closed, by the read's id."""
    profile_id = _id(db, of)
    rows = db.execute(
        "SELECT name, authority, scale, link, trust, traffic, first_seen FROM referring_domains "
        "JOIN domains ON domains.id = domain_id WHERE profile_id = ? AND closed_by_read = ? "
        "ORDER BY name",
        (profile_id, by),
    )
    return tuple(referring_domain(name, tuple(facts)) for name, *facts in rows)


def own_profiles(
    db: sqlite_utils.Database,
    team: str,
    site: str,
    own: Collection[str],
    *,
    read_since: datetime | None = None,
) -> frozenset[int]:
    """Return the ids of all profiles of pages of our `own` domains, in any index.

    Our page may have had another URL before. `read_since`: only those read completely since then.
    """
    rows = db.execute(
        "SELECT profiles.id, value FROM profiles JOIN targets ON targets.id = target_id "
        "JOIN sites ON sites.id = site_id WHERE profiles.team = :team AND sites.domain = :site "
        "AND (:since IS NULL OR EXISTS (SELECT 1 FROM profile_reads WHERE profile_id = profiles.id "
        "AND complete AND as_of >= :since))",
        {"team": team, "site": site, "since": to_text(read_since) if read_since else None},
    )
    return frozenset(profile_id for profile_id, value in rows if registrable(value) in own)


def linking_to(
    db: sqlite_utils.Database, profiles: Collection[int], domains: Iterable[str]
) -> frozenset[str]:
    """Return which of these domains link to any of these profiles (`own_profiles`)."""

    def pages_of(domain: str) -> Iterable[tuple[int]]:
        # The plus keeps SQLite from the index of all open intervals, which are nearly all rows.
        return db.execute(
            "SELECT profile_id FROM referring_domains WHERE +closed_by_read IS NULL "
            "AND domain_id = (SELECT id FROM domains WHERE name = ?)",
            (domain,),
        )

    return frozenset(
        domain for domain in domains if any(page in profiles for (page,) in pages_of(domain))
    )


def note_absent(
    db: sqlite_utils.Database, team: str, site: str, domains: Iterable[str], at: datetime
) -> None:
    """Record that domains certainly did not link to a team's site at a moment."""
    site_id, names = ensure_site(db, team, site, at).id, list(domains)
    db.conn.executemany(
        "INSERT INTO domains (name) VALUES (?) ON CONFLICT DO NOTHING", [(name,) for name in names]
    )
    db.conn.executemany(
        "INSERT OR REPLACE INTO absences (team, site_id, domain_id, proven_at) "
        "SELECT ?, ?, id, ? FROM domains WHERE name = ?",
        [(team, site_id, to_text(at), name) for name in names],
    )


def absent(db: sqlite_utils.Database, team: str, site: str, *, since: datetime) -> frozenset[str]:
    """Return the domains that were proven not to link to a site since a moment."""
    rows = db.execute(
        "SELECT name FROM absences JOIN domains ON domains.id = domain_id "
        "JOIN sites ON sites.team = absences.team AND sites.id = site_id "
        "WHERE absences.team = ? AND sites.domain = ? AND proven_at >= ?",
        (team, site, to_text(since)),
    )
    return frozenset(name for (name,) in rows)


def keep_page(db: sqlite_utils.Database, of: ProfileOf, link: Link) -> None:
    """Store the page on which a domain links to a target; ignore unknown profiles and domains."""
    db.execute(
        "INSERT OR REPLACE INTO linking_pages (profile_id, domain_id, url, title, anchor) "
        "SELECT ?, id, ?, ?, ? FROM domains WHERE name = ?",
        (
            _id(db, of),
            *(link.source_url, link.title, link.anchor, link.domain),
        ),
    )


def page_of(db: sqlite_utils.Database, of: ProfileOf, domain: str) -> Link | None:
    """Return the page on which a domain links to a target; None if it was never bought."""
    row = db.execute(
        "SELECT url, title, anchor FROM linking_pages JOIN domains ON domains.id = domain_id "
        "WHERE profile_id = ? AND name = ?",
        (_id(db, of), domain),
    ).fetchone()
    if row is None:
        return None
    url, title, anchor = row
    return Link(domain, url, of.target.value, title, anchor)


def note_loss(
    db: sqlite_utils.Database,
    of: ProfileOf,
    *,
    domain: str,
    state: str,
    url: str | None,
    at: datetime,
) -> None:
    """Record that a domain left a profile, and what its page showed when we read it."""
    db.execute("INSERT INTO domains (name) VALUES (?) ON CONFLICT DO NOTHING", (domain,))
    db.execute(
        "INSERT OR REPLACE INTO losses (profile_id, domain_id, seen_at, state, url) "
        "SELECT ?, id, ?, ?, ? FROM domains WHERE name = ?",
        (_id(db, of), to_text(at), state, url, domain),
    )


def losses(
    db: sqlite_utils.Database,
    of: ProfileOf,
    *,
    after: datetime,
    until: datetime,
) -> tuple[Loss, ...]:
    """Return the domains that left a target's profile between two moments, with their states."""
    rows = db.execute(
        "SELECT name, state, url, seen_at, authority, scale, link, trust, traffic, first_seen "
        "FROM losses JOIN domains ON domains.id = losses.domain_id "
        "LEFT JOIN referring_domains AS row ON row.profile_id = losses.profile_id "
        "AND row.domain_id = losses.domain_id AND row.opened_by_read = (SELECT max(opened_by_read) "
        "FROM referring_domains WHERE profile_id = losses.profile_id "
        "AND domain_id = losses.domain_id) "
        "WHERE losses.profile_id = ? AND seen_at > ? AND seen_at <= ? ORDER BY name",
        (
            _id(db, of),
            *(to_text(after), to_text(until)),
        ),
    ).fetchall()
    return tuple(
        Loss(
            name,
            of.target.value,
            state,
            url,
            from_text(seen),
            referring_domain(name, tuple(facts)),
        )
        for name, state, url, seen, *facts in rows
    )


def _id(db: sqlite_utils.Database, of: ProfileOf) -> int | None:
    return find_profile(db, of.team, of.site, of.provider, of.target)
