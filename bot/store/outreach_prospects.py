"""Where prospects were seen: the best of each kept answer, one row per keyword and market.

An answer is deleted after a while; who was claimed or written to stays known with why.
"""

from collections.abc import Iterable
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
_ENTRIES = (
    "INSERT INTO outreach (team, site, domain, since, touched_at) "
    "SELECT :team, :site, json_extract(value, '$.domain'), :at, :at "
    "FROM json_each(:report, '$.prospects') "
    "WHERE key < :most AND json_extract(value, '$.trust') IS NOT 0 ON CONFLICT DO NOTHING"
)
_SEEN = (
    "INSERT INTO outreach_seen (outreach, keyword, country, language, taken_at, page, position, "
    "prospect) SELECT number, json_extract(:report, '$.keyword'), "
    "json_extract(:report, '$.market.country'), json_extract(:report, '$.market.language'), "
    ":at, json_extract(:report, '$.page'), json_extract(:report, '$.position'), value "
    "FROM json_each(:report, '$.prospects') JOIN outreach ON team = :team AND site = :site "
    "AND domain = json_extract(value, '$.domain') "
    "WHERE key < :most AND json_extract(value, '$.trust') IS NOT 0 "
    "ON CONFLICT DO UPDATE SET taken_at = excluded.taken_at, page = excluded.page, "
    "position = excluded.position, prospect = excluded.prospect "
    "WHERE excluded.taken_at >= taken_at"
)


def remember_report(db: sqlite_utils.Database, team: str, report: str, at: datetime) -> None:
    """Remember the best prospects of an answer (`report` is its JSON) for its site."""
    ((site,),) = db.execute("SELECT json_extract(?, '$.site')", (report,))
    found = {
        "team": team,
        "site": canonical_site(db, team, site),
        "report": report,
        "at": to_text(at),
        "most": MOST_OF_A_REPORT,
    }
    db.execute(_ENTRIES, found)
    db.execute(_SEEN, found)


def remember(
    db: sqlite_utils.Database, team: str, site: str | None, seen: Iterable[Sighting]
) -> None:
    """Remember prospects that came from elsewhere than an answer, such as those of a digest."""
    whose = canonical_site(db, team, site)
    for one in seen:
        at = to_text(one.taken_at)
        db.execute(
            "INSERT INTO outreach (team, site, domain, since, touched_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (team, whose, one.prospect.domain, at, at),
        )
        db.execute(
            "INSERT INTO outreach_seen (outreach, keyword, country, language, taken_at, page, "
            "position, prospect) SELECT number, ?, ?, ?, ?, ?, ?, ? FROM outreach "
            "WHERE team = ? AND site = ? AND domain = ? ON CONFLICT DO NOTHING",
            (
                *(one.keyword, one.market.country, one.market.language, at),
                *(one.page, one.position, _PROSPECT.dump_json(one.prospect).decode()),
                *(team, whose, one.prospect.domain),
            ),
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

    None: of every site, domain or keyword. "" is the site of questions that named none.
    """
    rows = db.execute(
        "SELECT id, keyword, outreach_seen.country, outreach_seen.language, taken_at, page, "
        "position, prospect FROM outreach JOIN outreach_seen ON outreach = number "
        "WHERE team = :team AND (:site IS NULL OR site = :site) "
        "AND (:domain IS NULL OR domain = :domain) "
        "AND (:keyword IS NULL OR casefold(keyword) = casefold(:keyword)) "
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
