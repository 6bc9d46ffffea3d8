"""Delete personal data on request: of a person, of a whole team, or of a domain's people.

What a team decided stays with it, so that nobody writes twice: a person becomes a former colleague,
and a domain keeps its status and its place on the list Never contact.
"""

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
    found["notes that name them"] = len(_notes_about(db, person))
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
    for number, note in _notes_about(db, person):
        db.execute(
            "UPDATE outreach SET note = ? WHERE number = ?",
            (note, number),
        )
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
    return {
        "readings with contacts": _count(db, "outreach_readings", "domain = ?", (domain,)),
        "drafts": _count(db, "outreach_drafts", "domain = ?", (domain,)),
        "notes": _count(db, "outreach", "domain = ? AND note <> ''", (domain,)),
    }


def forget_domain(db: sqlite_utils.Database, domain: str) -> None:
    """Delete contacts, drafts and notes; status and Never contact stay, so that nobody writes."""
    db.execute("DELETE FROM outreach_readings WHERE domain = ?", (domain,))
    db.execute("DELETE FROM outreach_drafts WHERE domain = ?", (domain,))
    db.execute("UPDATE outreach SET note = '' WHERE domain = ?", (domain,))


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


def _notes_about(db: sqlite_utils.Database, person: str) -> list[tuple[int, str]]:
    """Return the notes that name a person, as they are without the name."""
    rows = db.execute(
        "SELECT number, note FROM outreach WHERE instr(note, ?) > 0", (person,)
    ).fetchall()
    new = [(number, note, _renamed(note, person)) for number, note in rows]
    return [(number, without) for number, note, without in new if without != note]


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
