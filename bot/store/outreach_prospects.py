"""Where prospects were seen: the best of each kept answer, one row per keyword and market.

An answer is deleted after a while; who was claimed or written to stays known with why.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlite_utils
from pydantic import TypeAdapter

from bot.model.links import Market
from bot.model.outreach import NO_SITE, Sighting
from bot.model.report import Prospect
from bot.store.outreach import canonical_site
from bot.store.times import from_text, to_text

MOST_OF_A_REPORT = 500
"""So many of the best prospects of an answer are remembered."""
_PROSPECT = TypeAdapter(Prospect)
_SEEN = (
    "INSERT INTO outreach_seen (outreach, keyword, country, language, taken_at, page, position, "
    "prospect) SELECT number, ?, ?, ?, ?, ?, ?, ? FROM outreach "
    "WHERE team = ? AND site = ? AND domain = ? ON CONFLICT "
)
_NEWER = (
    "DO UPDATE SET taken_at = excluded.taken_at, page = excluded.page, "
    "position = excluded.position, prospect = excluded.prospect "
    "WHERE excluded.taken_at >= taken_at"
)


def remember_report(db: sqlite_utils.Database, team: str, report: str, at: datetime) -> None:
    """Remember the best prospects of an answer (`report` is its JSON) for its site."""
    # Each call that is given the JSON reads all of it, and it may be very long.
    best = [
        (domain, prospect)
        for prospect, domain, trust in db.execute(
            "SELECT value, json_extract(value, '$.domain'), json_extract(value, '$.trust') "
            "FROM json_each(?, '$.prospects') LIMIT ?",
            (report, MOST_OF_A_REPORT),
        ).fetchall()
        if trust != 0
    ]
    about = db.execute(
        "SELECT json_extract(?, '$.site', '$.keyword', '$.market.country', '$.market.language', "
        "'$.page', '$.position')",
        (report,),
    ).fetchone()
    site, keyword, country, language, page, position = json.loads(about[0])
    seen = (keyword, country, language, to_text(at), page, position)
    _add(db, team, canonical_site(db, team, site), [(*one, seen) for one in best], _NEWER)


def remember(
    db: sqlite_utils.Database, team: str, site: str | None, found: Iterable[Sighting]
) -> None:
    """Remember prospects that came from elsewhere than an answer, such as those of a digest.

    What an answer said of the same domain and keyword stays.
    """
    rows = [
        (
            one.prospect.domain,
            _PROSPECT.dump_json(one.prospect).decode(),
            (
                *(one.keyword, one.market.country, one.market.language),
                *(to_text(one.taken_at), one.page, one.position),
            ),
        )
        for one in found
    ]
    _add(db, team, canonical_site(db, team, site), rows, "DO NOTHING")


def _add(
    db: sqlite_utils.Database,
    team: str,
    site: str,
    rows: Sequence[tuple[str, str, tuple[object, ...]]],
    otherwise: str,
) -> None:
    """Add entries and where they were seen: (domain, prospect, keyword … taken_at, page, rank)."""
    db.conn.executemany(
        "INSERT INTO outreach (team, site, domain, since, touched_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [(team, site, domain, seen[3], seen[3]) for domain, _, seen in rows],
    )
    db.conn.executemany(
        _SEEN + otherwise,
        [(*seen, prospect, team, site, domain) for domain, prospect, seen in rows],
    )


def sightings(
    db: sqlite_utils.Database,
    team: str,
    *,
    site: str | None = None,
    domain: str | None = None,
    keyword: str | None = None,
) -> dict[str, tuple[Sighting, ...]]:
    """Return where entries of the team were seen, by the entry's id, the best score first.

    None: of every site, domain or keyword. "" is the site of questions that named none. Of those
    that were seen for a keyword, all that was seen is returned.
    """
    rows = db.execute(
        "SELECT id, keyword, outreach_seen.country, outreach_seen.language, taken_at, page, "
        "position, prospect FROM outreach JOIN outreach_seen ON outreach = number "
        "WHERE team = :team AND (:site IS NULL OR site = :site) "
        "AND (:domain IS NULL OR domain = :domain) "
        "AND (:keyword IS NULL OR number IN (SELECT outreach FROM outreach_seen "
        "WHERE casefold(keyword) = casefold(:keyword))) "
        "ORDER BY json_extract(prospect, '$.score') DESC, keyword",
        {
            "team": team,
            "site": canonical_site(db, team, site) if site not in (None, NO_SITE) else site,
            "domain": domain,
            "keyword": keyword,
        },
    )
    found: dict[str, list[Sighting]] = {}
    for id_, words, country, language, taken_at, page, position, prospect in rows:
        found.setdefault(id_, []).append(
            Sighting(
                words,
                Market(country, language),
                from_text(taken_at),
                _PROSPECT.validate_json(prospect),
                page,
                position,
            )
        )
    return {id_: tuple(seen) for id_, seen in found.items()}
