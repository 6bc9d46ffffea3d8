"""Delete personal data on request: of a person, of a whole team, or of a domain's people.

What a team decided stays with it, so that nobody writes twice: a person becomes a former colleague,
and a domain keeps its status and its place on the list Never contact.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial

import sqlite_utils

from bot.model.outreach import FORMER
from bot.store.connect import Database
from bot.store.times import to_text

_RENAMED = (
    ("outreach", "owner"),
    ("outreach_history", "who"),
    ("suppressions", "by"),
    ("suppressions", "lifted_by"),
    ("spend", "person"),
)
_EMPTIED = (
    ("tracked_keywords", "created_by"),
    ("channels", "set_up_by"),
    ("preferences", "set_by"),
)
_TEXTS = (
    ("outreach", "note", "1"),
    ("suppressions", "reason", "1"),
    ("suppressions", "lifted_for", "1"),
    ("outreach_history", "now", "event IN ('suppressed', 'lifted')"),
)
"""Where people write about people: table, column, and in which rows."""
_BIG = ("profiles", "tracked_keywords")
"""What a row of these brings along may be very much: each goes in a transaction of its own."""

Found = Mapping[str, int]
"""How many rows of what, in words."""


def of_person(db: sqlite_utils.Database, person: str) -> Found:
    """Return what names a person, in all teams."""
    named = {
        "claims, decisions and lines of history": (*_RENAMED[:4],),
        "rows of spend": _RENAMED[4:],
        "settings and tracked keywords that they set up": _EMPTIED,
    }
    found = {
        words: sum(_count(db, table, f'"{column}" = ?', (person,)) for table, column in places)
        for words, places in named.items()
    }
    found["drafts"] = _count(db, "outreach_drafts", "person = ?", (person,))
    found["wishes for no reminders"] = _count(db, "outreach_unreminded", "person = ?", (person,))
    found["notes that name them"] = sum(len(rows) for rows in _texts_about(db, person).values())
    if _SLACK_ID.fullmatch(person):
        quoted = f'"{person}"'
        found["questions"] = _count(db, "jobs", f"instr(payload, ?) > 0 AND {_ENDED}", (quoted,))
    return found


def forget_person(db: sqlite_utils.Database, person: str) -> None:
    """Make a person a former colleague everywhere, and delete their drafts.

    Work that is not done yet keeps its asker; ask again once it is done.
    """
    for table, column in _RENAMED:
        db.execute(f'UPDATE {table} SET "{column}" = ? WHERE "{column}" = ?', (FORMER, person))  # noqa: S608
    for table, column in _EMPTIED:
        db.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = ?", (person,))  # noqa: S608
    db.execute("DELETE FROM outreach_drafts WHERE person = ?", (person,))
    db.execute("DELETE FROM outreach_unreminded WHERE person = ?", (person,))
    for (table, column), rows in _texts_about(db, person).items():
        db.conn.executemany(f"UPDATE {table} SET {column} = ? WHERE number = ?", rows)  # noqa: S608
    if not _SLACK_ID.fullmatch(person):
        return  # a question may be about the same word
    quoted = f'"{person}"'
    db.execute(
        "UPDATE jobs SET payload = replace(payload, ?, ?) "  # noqa: S608 - words from here
        f"WHERE instr(payload, ?) > 0 AND {_ENDED}",
        (quoted, f'"{FORMER}"', quoted),
    )


def of_domain(db: sqlite_utils.Database, domain: str) -> Found:
    """Return what is kept about the people of a domain, in all teams."""
    reasons = _count(db, "suppressions", f"{_OF_DOMAIN} AND {_WITH_REASON}", _like(domain))
    return {
        "readings with contacts": _count(db, "outreach_readings", "domain = ?", (domain,)),
        "readings of other domains with its addresses": len(_elsewhere(db, domain)),
        "drafts": _count(db, "outreach_drafts", "domain = ?", (domain,)),
        "notes": _count(db, "outreach", "domain = ? AND note <> ''", (domain,)) + reasons,
    }


def forget_domain(db: sqlite_utils.Database, domain: str) -> None:
    """Delete contacts, drafts and notes; status and Never contact stay, so that nobody writes.

    An address on the list Never contact is all that keeps people from writing to it.
    """
    db.execute("DELETE FROM outreach_readings WHERE domain = ?", (domain,))
    db.execute("DELETE FROM outreach_drafts WHERE domain = ?", (domain,))
    db.execute("UPDATE outreach SET note = '' WHERE domain = ?", (domain,))
    db.conn.executemany(
        "UPDATE outreach_readings SET reading = ? WHERE team = ? AND domain = ?",
        _elsewhere(db, domain),
    )
    whose = _like(domain)
    db.execute(
        "UPDATE suppressions SET reason = '', "  # noqa: S608 - words from here
        f"lifted_for = iif(lifted_for IS NULL, NULL, '') WHERE {_OF_DOMAIN}",
        whose,
    )
    db.execute(
        "UPDATE outreach_history SET now = NULL WHERE event IN ('suppressed', 'lifted') "
        "AND (domain = ? OR domain LIKE ? ESCAPE '!' OR domain LIKE ? ESCAPE '!')",
        whose,
    )


_OF_DOMAIN = "(what = ? OR what LIKE ? ESCAPE '!' OR what LIKE ? ESCAPE '!')"
_WITH_REASON = "(reason <> '' OR coalesce(lifted_for, '') <> '')"


def _like(domain: str) -> tuple[str, str, str]:
    """Return a domain, and the patterns of the addresses at it and below it."""
    quoted = domain.replace("_", "!_").replace("%", "!%")
    return domain, f"%@{quoted}", f"%@%.{quoted}"


def _elsewhere(db: sqlite_utils.Database, domain: str) -> list[tuple[str, str, str]]:
    """Return readings of other domains that hold addresses at a domain, as they are without."""
    rows = db.execute(
        "SELECT reading, team, domain FROM outreach_readings "
        "WHERE domain <> ? AND instr(lower(reading), ?) > 0",
        (domain, domain),
    ).fetchall()
    found = []
    for text, team, other in rows:
        reading = json.loads(text)
        kept = [one for one in reading["contacts"] if not _is_at(one.get("address"), domain)]
        if len(kept) < len(reading["contacts"]):
            found.append((json.dumps(reading | {"contacts": kept}), team, other))
    return found


def _is_at(address: str | None, domain: str) -> bool:
    host = (address or "").rpartition("@")[2].lower()
    return host == domain or host.endswith(f".{domain}")


def of_team(db: sqlite_utils.Database, team: str) -> Found:
    """Return how many rows a team has, by table; empty if there is no such team."""
    tables = {table: _count(db, table, "team = ?", (team,)) for table in _of_teams(db)}
    return {table.replace("_", " "): count for table, count in tables.items() if count}


async def forget_team(database: Database, team: str) -> None:
    """Delete everything of a team. What a kill interrupts goes on where it is asked for again."""
    for table in _BIG:
        one = partial(_delete_one, table=table, team=team)
        while await database.run(one):
            pass
    await database.run(lambda db: _delete_team(db, team))


def leave(db: sqlite_utils.Database, team: str, at: datetime) -> None:
    """Note that a team has removed the app; an earlier note stays."""
    db.execute("UPDATE teams SET left_at = coalesce(left_at, ?) WHERE id = ?", (to_text(at), team))


def left_before(db: sqlite_utils.Database, at: datetime) -> list[str]:
    """Return the teams that removed the app before a moment and have asked nothing since."""
    db.execute(
        "UPDATE teams SET left_at = NULL WHERE left_at IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM jobs WHERE jobs.team = teams.id AND jobs.created_at > teams.left_at)"
    )
    rows = db.execute("SELECT id FROM teams WHERE left_at < ? ORDER BY id", (to_text(at),))
    return [team for (team,) in rows.fetchall()]


_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_WORD = re.compile(r"\w+")


def _renamed(note: str, person: str) -> str:
    """Return a note without a person's name, which is a word of its own."""
    if not _WORD.fullmatch(person):
        return note.replace(person, FORMER)
    return _WORD.sub(lambda word: FORMER if word[0] == person else word[0], note)


def _texts_about(
    db: sqlite_utils.Database, person: str
) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Return the notes and reasons that name a person, by column, as they are without the name."""
    found = {}
    for table, column, where in _TEXTS:
        rows = db.execute(
            f"SELECT {column}, number FROM {table} WHERE instr({column}, ?) > 0 AND {where}",  # noqa: S608
            (person,),
        ).fetchall()
        new = [(_renamed(text, person), text, number) for text, number in rows]
        found[table, column] = [(one, number) for one, text, number in new if one != text]
    return found


_ENDED = "state NOT IN ('queued', 'running')"


def _count(db: sqlite_utils.Database, table: str, where: str, values: tuple[object, ...]) -> int:
    ((found,),) = db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values)  # noqa: S608
    return int(found)


def _of_teams(db: sqlite_utils.Database) -> list[str]:
    """Return the tables with rows of teams."""
    return [table.name for table in db.tables if "team" in table.columns_dict]


def _delete_one(db: sqlite_utils.Database, table: str, team: str) -> int:
    key = "id" if table == "profiles" else "number"
    return db.execute(
        f"DELETE FROM {table} WHERE {key} IN "  # noqa: S608 - words from here
        f"(SELECT {key} FROM {table} WHERE team = ? LIMIT 1)",
        (team,),
    ).rowcount


def _delete_team(db: sqlite_utils.Database, team: str) -> None:
    # Tables point at each other; at the end of the transaction all of it must fit together.
    db.execute("PRAGMA defer_foreign_keys = ON")
    db.execute(
        "DELETE FROM deliveries WHERE job_id IN (SELECT id FROM jobs WHERE team = :team UNION "
        "SELECT kind || ':' || team || ':' || channel || ':' || period FROM posts "
        "WHERE team = :team)",
        {"team": team},
    )
    for table in _of_teams(db):
        db.execute(f"DELETE FROM {table} WHERE team = ?", (team,))  # noqa: S608 - our own names
    db.execute("DELETE FROM teams WHERE id = ?", (team,))
