"""The tables of follow-up reminders: one step of the migrations."""

import sqlite_utils


def create_tables(db: sqlite_utils.Database) -> None:
    """Add which reminders were sent, and who wants none."""
    db.executescript("""
        CREATE TABLE outreach_reminders (
            number INTEGER PRIMARY KEY,
            team TEXT NOT NULL REFERENCES teams (id),
            outreach INTEGER NOT NULL REFERENCES outreach (number) ON DELETE CASCADE,
            days INTEGER NOT NULL,
            begun_at TEXT NOT NULL,
            ts TEXT,
            put_off INTEGER NOT NULL DEFAULT 0 CHECK (put_off IN (0, 1)),
            UNIQUE (outreach, days)
        ) STRICT;
        CREATE INDEX outreach_reminders_by_message ON outreach_reminders (team, ts);

        CREATE TABLE outreach_unreminded (
            team TEXT NOT NULL REFERENCES teams (id),
            person TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (team, person)
        ) STRICT, WITHOUT ROWID;
    """)
