"""Answers as they may be shown: without whom nobody may be told to contact for their site.

Every door reads a run's answer here, whatever was decided since it was given.
"""

import sqlite_utils

from bot.gap.offered import offered
from bot.model.report import Report, from_json
from bot.store import reports, suppressions
from bot.store.connect import Database


async def shown(database: Database, report: Report, team: str) -> Report:
    """Return an answer as it may be shown to a team now."""
    withheld = await database.read(lambda db: suppressions.withheld(db, team, report.site))
    return offered(report, withheld)


async def answer_of(database: Database, run_id: str, team: str) -> Report | None:
    """Return a run's answer as it may be shown now; None if this team has no such answer."""

    def read(db: sqlite_utils.Database) -> Report | None:
        found = reports.load(db, run_id, team)
        if found is None:
            return None
        report = from_json(found.report)
        return offered(report, suppressions.withheld(db, team, report.site))

    return await database.read(read)
