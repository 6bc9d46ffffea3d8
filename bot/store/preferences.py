"""Settings that a team, site or channel overrides: one text per setting and level.

`bot.settings.levels` knows what a text means and whether it may be set at that level.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from bot.store.times import from_text, to_text
from bot.store.workspace import ensure_team


@dataclass(frozen=True, slots=True)
class Preference:
    """One value. `level` is team, site or channel; `of` the domain or channel id, "" for a team.

    `set_by` is a Slack user id or a word for the command line.
    """

    level: str
    of: str
    name: str
    value: str
    set_by: str | None
    set_at: datetime


def of_team(db: sqlite_utils.Database, team: str) -> list[Preference]:
    """Return all overrides of a team, at all levels."""
    rows = db.execute(
        "SELECT level, of, name, value, set_by, set_at FROM preferences WHERE team = ? "
        "ORDER BY level, of, name",
        (team,),
    )
    return [
        Preference(level, of, name, value, set_by, from_text(set_at))
        for level, of, name, value, set_by, set_at in rows
    ]


def all_teams(db: sqlite_utils.Database) -> dict[str, tuple[Preference, ...]]:
    """Return all overrides of every team of the file, for `linkgap doctor`."""
    teams = [team for (team,) in db.execute("SELECT DISTINCT team FROM preferences ORDER BY team")]
    return {team: tuple(of_team(db, team)) for team in teams}


def keep(db: sqlite_utils.Database, team: str, preference: Preference) -> None:
    """Set a value, or replace it."""
    ensure_team(db, team, preference.set_at)
    db.execute(
        "INSERT INTO preferences (team, level, of, name, value, set_by, set_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (team, level, of, name) DO UPDATE SET "
        "value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at",
        (
            team,
            preference.level,
            preference.of,
            preference.name,
            preference.value,
            preference.set_by,
            to_text(preference.set_at),
        ),
    )


def forget(db: sqlite_utils.Database, team: str, level: str, of: str, name: str) -> None:
    """Remove a value, so that the next level up applies again."""
    db.execute(
        "DELETE FROM preferences WHERE team = ? AND level = ? AND of = ? AND name = ?",
        (team, level, of, name),
    )
