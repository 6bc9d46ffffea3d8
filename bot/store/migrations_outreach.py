"""The tables of outreach: one step of the migrations."""

import json

import sqlite_utils

_MOST = 500
"""Of each kept answer so many prospects are remembered; spam is none."""


def create_tables(db: sqlite_utils.Database) -> None:
    """Add entries with their history and where they were seen, Never contact, readings, drafts.

    What kept answers already found is remembered.
    """
    db.executescript("""
        CREATE TABLE outreach (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
            team TEXT NOT NULL REFERENCES teams (id),
            site TEXT NOT NULL,
            domain TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'claimed', 'contacted',
                'replied', 'won', 'declined', 'stale', 'not_for_us')),
            owner TEXT,
            since TEXT NOT NULL,
            touched_at TEXT NOT NULL,
            contacted_at TEXT,
            method TEXT,
            note TEXT NOT NULL DEFAULT '',
            verified TEXT,
            verified_at TEXT,
            verified_page TEXT,
            verified_link TEXT,
            verified_anchor TEXT,
            UNIQUE (team, site, domain)
        ) STRICT;
        CREATE INDEX outreach_by_domain ON outreach (team, domain);
        CREATE INDEX outreach_by_owner ON outreach (team, owner);

        CREATE TABLE outreach_history (
            number INTEGER PRIMARY KEY,
            team TEXT NOT NULL REFERENCES teams (id),
            site TEXT NOT NULL,
            domain TEXT NOT NULL,
            at TEXT NOT NULL,
            event TEXT NOT NULL,
            was TEXT,
            now TEXT,
            who TEXT,
            door TEXT NOT NULL,
            click TEXT
        ) STRICT;
        CREATE INDEX outreach_history_by_domain ON outreach_history (team, domain, site);
        CREATE INDEX outreach_history_by_who ON outreach_history (team, who);
        CREATE UNIQUE INDEX outreach_clicks ON outreach_history (team, click, site, domain)
            WHERE click IS NOT NULL;
        CREATE TRIGGER outreach_history_stays
            BEFORE UPDATE OF team, site, domain, at, event ON outreach_history
            BEGIN SELECT raise(ABORT, 'the history of outreach is never edited'); END;

        CREATE TABLE outreach_seen (
            outreach INTEGER NOT NULL REFERENCES outreach (number) ON DELETE CASCADE,
            keyword TEXT NOT NULL,
            country TEXT NOT NULL,
            language TEXT NOT NULL,
            taken_at TEXT NOT NULL,
            page TEXT,
            position INTEGER,
            prospect TEXT NOT NULL CHECK (json_valid(prospect)),
            PRIMARY KEY (outreach, keyword, country, language)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE suppressions (
            number INTEGER PRIMARY KEY,
            team TEXT NOT NULL REFERENCES teams (id),
            what TEXT NOT NULL,
            by TEXT,
            at TEXT NOT NULL,
            reason TEXT NOT NULL,
            lifted_at TEXT,
            lifted_by TEXT,
            lifted_for TEXT
        ) STRICT;
        CREATE UNIQUE INDEX suppressions_in_force ON suppressions (team, what)
            WHERE lifted_at IS NULL;

        CREATE TABLE outreach_readings (
            team TEXT NOT NULL REFERENCES teams (id),
            domain TEXT NOT NULL,
            reading TEXT NOT NULL CHECK (json_valid(reading)),
            at TEXT NOT NULL,
            PRIMARY KEY (team, domain)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX outreach_readings_by_time ON outreach_readings (team, at);

        CREATE TABLE outreach_drafts (
            team TEXT NOT NULL REFERENCES teams (id),
            person TEXT NOT NULL,
            site TEXT NOT NULL,
            domain TEXT NOT NULL,
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (team, person, site, domain)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE teams ADD COLUMN left_at TEXT;
    """)
    for team, run_id in db.execute("SELECT team, run_id FROM reports ORDER BY taken_at").fetchall():
        _remember(db, team, run_id)


def _remember(db: sqlite_utils.Database, team: str, run_id: str) -> None:
    """Remember the prospects of one answer; answers come in the order of time."""
    (about,) = db.execute(
        "SELECT json_array(coalesce((SELECT min(sites.domain) FROM sites JOIN site_aliases "
        "ON site_id = id WHERE sites.team = reports.team AND site_aliases.domain = reports.site), "
        "reports.site, ''), keyword, country, language, taken_at, json_extract(report, '$.page'), "
        "json_extract(report, '$.position')) FROM reports WHERE team = ? AND run_id = ?",
        (team, run_id),
    ).fetchone()
    site, *seen = json.loads(about)
    best = db.execute(
        "SELECT one.value, json_extract(one.value, '$.domain'), "
        "json_extract(one.value, '$.trust') FROM reports, json_each(report, '$.prospects') AS one "
        "WHERE reports.team = ? AND run_id = ? LIMIT ?",
        (team, run_id, _MOST),
    ).fetchall()
    for prospect, domain, trust in best:
        if trust == 0:
            continue
        db.execute(
            "INSERT INTO outreach (team, site, domain, since, touched_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (team, site, domain, seen[3], seen[3]),
        )
        db.execute(
            "INSERT OR REPLACE INTO outreach_seen (outreach, keyword, country, language, "
            "taken_at, page, position, prospect) SELECT number, ?, ?, ?, ?, ?, ?, ? FROM outreach "
            "WHERE team = ? AND site = ? AND domain = ?",
            (*seen, prospect, team, site, domain),
        )


def create_lists(db: sqlite_utils.Database) -> None:
    """Add the lists that were posted: their order, and where their pages stand."""
    db.executescript("""
        CREATE TABLE outreach_lists (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
            team TEXT NOT NULL REFERENCES teams (id),
            source TEXT NOT NULL,
            site TEXT NOT NULL,
            said TEXT NOT NULL,
            keyword TEXT,
            links INTEGER,
            sample INTEGER NOT NULL CHECK (sample IN (0, 1)),
            made_at TEXT NOT NULL,
            UNIQUE (team, source)
        ) STRICT;
        CREATE INDEX outreach_lists_by_time ON outreach_lists (made_at);
        CREATE TABLE outreach_listed (
            list INTEGER NOT NULL REFERENCES outreach_lists (number) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            score REAL NOT NULL,
            outreach INTEGER NOT NULL REFERENCES outreach (number) ON DELETE CASCADE,
            page INTEGER,
            PRIMARY KEY (list, place)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX outreach_listed_by_entry ON outreach_listed (outreach);
        CREATE TABLE outreach_pages (
            list INTEGER NOT NULL REFERENCES outreach_lists (number) ON DELETE CASCADE,
            page INTEGER NOT NULL,
            channel TEXT,
            ts TEXT,
            PRIMARY KEY (list, page)
        ) STRICT, WITHOUT ROWID;
    """)
