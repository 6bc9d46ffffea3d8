"""Teams, their sites (clients) and channels. The command line is a team of its own."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlite_utils

from bot.store import outreach_aliases
from bot.store.times import from_text, to_text

CLI_TEAM = "cli"


@dataclass(frozen=True, slots=True)
class Site:
    """A client's site; if country or language is None, the team's or the environment's applies."""

    id: int
    domain: str
    aliases: tuple[str, ...]
    country: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A Slack channel: its default site's domain and IANA time zone, None where nobody set one."""

    channel: str
    site: str | None
    time_zone: str | None


def ensure_team(db: sqlite_utils.Database, team: str, at: datetime) -> None:
    """Make sure the team exists; every other row points at one."""
    db.execute(
        "INSERT INTO teams (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (team, to_text(at)),
    )


def teams(db: sqlite_utils.Database) -> list[str]:
    """Return all teams by id."""
    return [team for (team,) in db.execute("SELECT id FROM teams ORDER BY id")]


def ensure_site(db: sqlite_utils.Database, team: str, domain: str, at: datetime) -> Site:
    """Return the team's site with that registrable domain; it is created on first use."""
    ensure_team(db, team, at)
    db.execute(
        "INSERT INTO sites (team, domain, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (team, domain, to_text(at)),
    )
    return _sites(db, team, domain)[0]


def sites(db: sqlite_utils.Database, team: str) -> list[Site]:
    """Return the team's sites by domain."""
    return _sites(db, team)


def set_market(
    db: sqlite_utils.Database, team: str, domain: str, country: str | None, language: str | None
) -> None:
    """Set the site's market; None removes a value, so that the team's applies."""
    db.execute(
        "UPDATE sites SET country = ?, language = ? WHERE team = ? AND domain = ?",
        (country, language, team, domain),
    )


def set_aliases(
    db: sqlite_utils.Database, team: str, domain: str, aliases: tuple[str, ...]
) -> None:
    """Replace the site's other registrable domains."""
    db.execute(
        "DELETE FROM site_aliases WHERE site_id IN "
        "(SELECT id FROM sites WHERE team = ? AND domain = ?)",
        (team, domain),
    )
    db.conn.executemany(
        "INSERT INTO site_aliases (site_id, domain) "
        "SELECT id, ? FROM sites WHERE team = ? AND domain = ?",
        [(alias, team, domain) for alias in dict.fromkeys(aliases) if alias != domain],
    )
    for alias in dict.fromkeys(aliases):
        if alias != domain:
            outreach_aliases.take_over(db, team, domain, alias)


def set_channel(
    db: sqlite_utils.Database,
    team: str,
    channel: str,
    at: datetime,
    *,
    site: str | None = None,
    time_zone: str | None = None,
) -> Channel:
    """Set a channel's default site (created if new) or time zone; None leaves a value unchanged.

    Raises `zoneinfo.ZoneInfoNotFoundError` for a zone that is not in the IANA list.
    """
    ensure_team(db, team, at)
    zone = ZoneInfo(time_zone).key if time_zone else None
    site_id = ensure_site(db, team, site, at).id if site else None
    db.execute(
        "INSERT INTO channels (team, channel, site_id, time_zone, created_at) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (team, channel) DO UPDATE SET "
        "site_id = coalesce(excluded.site_id, site_id), "
        "time_zone = coalesce(excluded.time_zone, time_zone)",
        (team, channel, site_id, zone, to_text(at)),
    )
    return channel_of(db, team, channel)


def unset_channel(
    db: sqlite_utils.Database,
    team: str,
    channel: str,
    *,
    site: bool = False,
    time_zone: bool = False,
) -> None:
    """Clear a channel's default site or its time zone."""
    db.execute(
        "UPDATE channels SET site_id = iif(?, NULL, site_id), "
        "time_zone = iif(?, NULL, time_zone) WHERE team = ? AND channel = ?",
        (site, time_zone, team, channel),
    )


def channels(db: sqlite_utils.Database, team: str) -> list[Channel]:
    """Return the team's channels that have any setting."""
    rows = db.execute(
        "SELECT channel, sites.domain, time_zone FROM channels "
        "LEFT JOIN sites ON sites.id = site_id WHERE channels.team = ? ORDER BY channel",
        (team,),
    )
    return [Channel(*row) for row in rows]


def channel_of(db: sqlite_utils.Database, team: str, channel: str) -> Channel:
    """Return a channel's settings; all None for a channel without any."""
    row = db.execute(
        "SELECT sites.domain, time_zone FROM channels LEFT JOIN sites ON sites.id = site_id "
        "WHERE channels.team = ? AND channel = ?",
        (team, channel),
    ).fetchone()
    return Channel(channel, *(row or (None, None)))


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why nothing can be posted in a channel, in a sentence, and since when."""

    why: str
    since: datetime


def stopped(db: sqlite_utils.Database, team: str, channel: str) -> Stopped | None:
    """Return why nothing can be posted in a channel; None if no obstacle is known."""
    row = db.execute(
        "SELECT stopped_for, stopped_at FROM channels WHERE team = ? AND channel = ?",
        (team, channel),
    ).fetchone()
    return Stopped(row[0], from_text(row[1])) if row and row[0] else None


def set_stopped(
    db: sqlite_utils.Database, team: str, channel: str, why: str | None, at: datetime
) -> None:
    """Record why nothing can be posted in a channel, and since when; None: it works again."""
    set_channel(db, team, channel, at)
    db.execute(
        "UPDATE channels SET stopped_for = ?, stopped_at = iif(? IS NULL, NULL, "
        "coalesce(stopped_at, ?)) WHERE team = ? AND channel = ?",
        (why, why, to_text(at), team, channel),
    )


def set_owner(
    db: sqlite_utils.Database, team: str, channel: str, person: str, at: datetime
) -> None:
    """Record who set up a channel, if nobody is recorded yet; this person is told of problems."""
    set_channel(db, team, channel, at)
    db.execute(
        "UPDATE channels SET set_up_by = coalesce(set_up_by, ?) WHERE team = ? AND channel = ?",
        (person, team, channel),
    )


def owner_of(db: sqlite_utils.Database, team: str, channel: str) -> str | None:
    """Return who set a channel up; None if nobody did."""
    row = db.execute(
        "SELECT set_up_by FROM channels WHERE team = ? AND channel = ?", (team, channel)
    ).fetchone()
    return row[0] if row else None


def _sites(db: sqlite_utils.Database, team: str, domain: str | None = None) -> list[Site]:
    rows = db.execute(
        "SELECT id, sites.domain, country, language, group_concat(site_aliases.domain, ' ') "
        "FROM sites LEFT JOIN site_aliases ON site_id = id "
        "WHERE team = :team AND (:domain IS NULL OR sites.domain = :domain) "
        "GROUP BY id ORDER BY sites.domain",
        {"team": team, "domain": domain},
    )
    return [
        Site(id_, name, tuple(sorted((others or "").split())), country, language)
        for id_, name, country, language, others in rows
    ]
