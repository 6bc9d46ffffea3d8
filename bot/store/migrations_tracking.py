"""The tables of tracked keywords: one step of the migrations."""

import sqlite_utils


def create_tables(db: sqlite_utils.Database) -> None:
    """Add tracked keywords, snapshots, linking pages, losses and claims of posts.

    Deliveries no longer belong to jobs only: a digest has no job row.
    """
    db.executescript("""
        CREATE TABLE tracked_keywords (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            team TEXT NOT NULL REFERENCES teams (id),
            channel TEXT NOT NULL,
            site_id INTEGER NOT NULL,
            keyword TEXT NOT NULL,
            country TEXT NOT NULL,
            language TEXT NOT NULL,
            question TEXT NOT NULL CHECK (json_valid(question)),
            paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
            created_by TEXT,
            created_at TEXT NOT NULL,
            last_read_at TEXT,
            last_fault TEXT,
            ended_at TEXT,
            UNIQUE (team, channel, site_id, keyword, country, language),
            FOREIGN KEY (team, site_id) REFERENCES sites (team, id)
        ) STRICT;
        CREATE INDEX tracked_keywords_by_site ON tracked_keywords (team, site_id);

        CREATE TABLE ranked_pages (
            id INTEGER PRIMARY KEY,
            url TEXT NOT NULL UNIQUE,
            domain TEXT NOT NULL,
            title TEXT NOT NULL
        ) STRICT;

        CREATE TABLE snapshots (
            tracked INTEGER NOT NULL REFERENCES tracked_keywords (number) ON DELETE CASCADE,
            taken_at TEXT NOT NULL,
            run_id TEXT NOT NULL,
            link_index TEXT NOT NULL,
            reread INTEGER NOT NULL CHECK (reread IN (0, 1)),
            even_field INTEGER,
            multiplier REAL NOT NULL,
            needed INTEGER,
            have INTEGER,
            gap INTEGER,
            page TEXT,
            position INTEGER,
            serp TEXT NOT NULL CHECK (json_valid(serp)),
            rivals TEXT NOT NULL CHECK (json_valid(rivals)),
            PRIMARY KEY (tracked, taken_at)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE linking_pages (
            profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            domain_id INTEGER NOT NULL REFERENCES domains (id),
            url TEXT NOT NULL,
            title TEXT,
            anchor TEXT,
            PRIMARY KEY (profile_id, domain_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX linking_pages_by_domain ON linking_pages (domain_id);

        CREATE TABLE losses (
            profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            domain_id INTEGER NOT NULL REFERENCES domains (id),
            seen_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('lost', 'still_there', 'unchecked')),
            url TEXT,
            PRIMARY KEY (profile_id, domain_id, seen_at)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX losses_by_domain ON losses (domain_id);

        CREATE TABLE posts (
            team TEXT NOT NULL REFERENCES teams (id),
            channel TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('digest', 'alert')),
            period TEXT NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('claimed', 'posted', 'nothing', 'unknown', 'held')),
            owner TEXT NOT NULL,
            lease_until TEXT NOT NULL,
            as_of TEXT,
            ts TEXT,
            ended_at TEXT,
            PRIMARY KEY (team, channel, kind, period)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE channels ADD COLUMN set_up_by TEXT;
        ALTER TABLE channels ADD COLUMN stopped_for TEXT;
        ALTER TABLE channels ADD COLUMN stopped_at TEXT;

        CREATE TABLE deliveries_of_all (
            job_id TEXT NOT NULL,
            step TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('sending', 'posted')),
            ts TEXT,
            begun_at TEXT NOT NULL,
            posted_at TEXT,
            PRIMARY KEY (job_id, step)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO deliveries_of_all SELECT * FROM deliveries;
        DROP TABLE deliveries;
        ALTER TABLE deliveries_of_all RENAME TO deliveries;

        CREATE VIEW latest_snapshots AS
        SELECT tracked_keywords.team, channel, sites.domain AS site, keyword,
            tracked_keywords.country, tracked_keywords.language, needed, have, gap, position, page,
            max(taken_at) AS taken_at
        FROM snapshots
        JOIN tracked_keywords ON number = tracked
        JOIN sites ON sites.id = site_id
        WHERE ended_at IS NULL
        GROUP BY tracked;
    """)
