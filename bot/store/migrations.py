"""Database migrations: named steps, applied in order, never edited after a release.

A change to a table is a new step at the end. Every table is STRICT; moments are UTC ISO text, money
is integer micro-dollars, units are integers, JSON is text.
"""

import sqlite3

import sqlite_utils

from bot.common.errors import ConfigError
from bot.store import (
    migrations_outreach,
    migrations_recount,
    migrations_reminders,
    migrations_tracking,
)
from bot.store.imports import create_tables

STEPS = sqlite_utils.Migrations("linkgap")


@STEPS()
def workspace(db: sqlite_utils.Database) -> None:
    """Add teams (a Slack team, or the command line) with their sites and channels."""
    db.executescript("""
        CREATE TABLE teams (
            id TEXT PRIMARY KEY,
            created_at TEXT NOT NULL
        ) STRICT;

        CREATE TABLE sites (
            id INTEGER PRIMARY KEY,
            team TEXT NOT NULL REFERENCES teams (id),
            domain TEXT NOT NULL,
            country TEXT,
            language TEXT,
            created_at TEXT NOT NULL,
            UNIQUE (team, domain),
            UNIQUE (team, id)
        ) STRICT;

        CREATE TABLE site_aliases (
            site_id INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
            domain TEXT NOT NULL,
            PRIMARY KEY (site_id, domain)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE channels (
            team TEXT NOT NULL REFERENCES teams (id),
            channel TEXT NOT NULL,
            site_id INTEGER,
            time_zone TEXT,
            created_at TEXT NOT NULL,
            PRIMARY KEY (team, channel),
            FOREIGN KEY (team, site_id) REFERENCES sites (team, id)
        ) STRICT;
        CREATE INDEX channels_by_site ON channels (team, site_id);
    """)


@STEPS()
def jobs(db: sqlite_utils.Database) -> None:
    """Add jobs and deliveries: accepted work, and what was already posted for it."""
    db.executescript("""
        CREATE TABLE jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            team TEXT NOT NULL REFERENCES teams (id),
            kind TEXT NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('queued', 'running', 'done', 'failed', 'interrupted')),
            payload TEXT NOT NULL CHECK (json_valid(payload)),
            dedupe_key TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            UNIQUE (team, dedupe_key)
        ) STRICT;
        CREATE INDEX jobs_unfinished ON jobs (state) WHERE state IN ('queued', 'running');

        CREATE TABLE deliveries (
            job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            step TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('sending', 'posted')),
            ts TEXT,
            begun_at TEXT NOT NULL,
            posted_at TEXT,
            PRIMARY KEY (job_id, step)
        ) STRICT, WITHOUT ROWID;
    """)


@STEPS()
def ledger(db: sqlite_utils.Database) -> None:
    """Add the ledger: every request to a vendor, reserved before it is sent and settled after."""
    db.executescript("""
        CREATE TABLE spend (
            id INTEGER PRIMARY KEY,
            run_id TEXT NOT NULL,
            team TEXT NOT NULL REFERENCES teams (id),
            provider TEXT NOT NULL,
            capability TEXT NOT NULL,
            pool TEXT CHECK (pool IS NOT NULL OR outcome = 'cached'),
            reserved_units INTEGER NOT NULL CHECK (reserved_units >= 0),
            reserved_micro_usd INTEGER CHECK (reserved_micro_usd >= 0),
            units INTEGER CHECK (units >= 0),
            micro_usd INTEGER CHECK (micro_usd >= 0),
            outcome TEXT NOT NULL,
            reserved_at TEXT NOT NULL,
            settled_at TEXT
        ) STRICT;
        CREATE INDEX spend_by_run ON spend (team, run_id, provider, pool);
        CREATE INDEX spend_by_team ON spend (team, reserved_at);
        CREATE INDEX spend_unsettled ON spend (outcome) WHERE outcome = 'reserved';
    """)


@STEPS()
def answers(db: sqlite_utils.Database) -> None:
    """Add the cache of raw vendor answers, compressed, until they expire."""
    db.executescript("""
        CREATE TABLE answers (
            team TEXT NOT NULL REFERENCES teams (id),
            key TEXT NOT NULL,
            provider TEXT NOT NULL,
            status INTEGER NOT NULL,
            headers TEXT NOT NULL,
            body BLOB NOT NULL,
            taken_at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            PRIMARY KEY (team, key)
        ) STRICT;
        CREATE INDEX answers_by_expiry ON answers (expires_at);
    """)


@STEPS()
def profiles(db: sqlite_utils.Database) -> None:
    """Add profiles: who links to whom, as intervals between reads; unchanged reads add one row."""
    db.executescript("""
        CREATE TABLE providers (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE targets (
            id INTEGER PRIMARY KEY,
            scope TEXT NOT NULL CHECK (scope IN ('page', 'site')),
            value TEXT NOT NULL,
            UNIQUE (value, scope)
        ) STRICT;

        CREATE TABLE domains (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE profiles (
            id INTEGER PRIMARY KEY,
            team TEXT NOT NULL REFERENCES teams (id),
            site_id INTEGER,
            target_id INTEGER NOT NULL REFERENCES targets (id),
            provider_id INTEGER NOT NULL REFERENCES providers (id),
            FOREIGN KEY (team, site_id) REFERENCES sites (team, id)
        ) STRICT;
        CREATE UNIQUE INDEX profiles_one_each
            ON profiles (target_id, provider_id, team, coalesce(site_id, 0));
        CREATE INDEX profiles_by_site ON profiles (team, site_id);
        CREATE INDEX profiles_by_provider ON profiles (provider_id);

        CREATE TABLE profile_reads (
            id INTEGER PRIMARY KEY,
            profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            as_of TEXT NOT NULL,
            recorded_at TEXT NOT NULL,
            complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
            row_count INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX profile_reads_by_profile ON profile_reads (profile_id, as_of);

        CREATE TABLE referring_domains (
            profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
            domain_id INTEGER NOT NULL REFERENCES domains (id),
            opened_by_read INTEGER NOT NULL REFERENCES profile_reads (id),
            closed_by_read INTEGER REFERENCES profile_reads (id),
            authority REAL,
            scale TEXT,
            link TEXT,
            trust REAL,
            traffic INTEGER,
            first_seen TEXT,
            PRIMARY KEY (profile_id, domain_id, opened_by_read)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX referring_domains_by_domain ON referring_domains (domain_id);
        CREATE INDEX referring_domains_opened ON referring_domains (opened_by_read);
        CREATE INDEX referring_domains_closed ON referring_domains (closed_by_read)
            WHERE closed_by_read IS NOT NULL;
    """)


@STEPS()
def reports(db: sqlite_utils.Database) -> None:
    """Add reports: complete answers, with the columns that people sort and filter by."""
    db.executescript("""
        CREATE TABLE reports (
            run_id TEXT NOT NULL,
            team TEXT NOT NULL REFERENCES teams (id),
            channel TEXT,
            keyword TEXT NOT NULL,
            country TEXT NOT NULL,
            language TEXT NOT NULL,
            site TEXT,
            verdict TEXT NOT NULL,
            needed INTEGER,
            have INTEGER,
            gap INTEGER,
            taken_at TEXT NOT NULL,
            question TEXT NOT NULL CHECK (json_valid(question)),
            report TEXT NOT NULL CHECK (json_valid(report)),
            PRIMARY KEY (team, run_id)
        ) STRICT;
        CREATE INDEX reports_by_keyword ON reports (team, keyword, taken_at);
        CREATE INDEX reports_by_channel ON reports (team, channel, taken_at);
    """)


@STEPS()
def imports(db: sqlite_utils.Database) -> None:
    """Add imports of the user's own export files."""
    create_tables(db)


@STEPS()
def views(db: sqlite_utils.Database) -> None:
    """Add three views for an owner who opens the file in Datasette."""
    db.executescript("""
        CREATE VIEW spend_by_day AS
        SELECT substr(reserved_at, 1, 10) AS day, team, provider, pool, count(*) AS requests,
            sum(outcome = 'cached') AS from_cache, sum(units) AS units,
            sum(reserved_units) AS worst_case_units, sum(micro_usd) / 1e6 AS usd
        FROM spend GROUP BY day, team, provider, pool;

        CREATE VIEW current_referring_domains AS
        SELECT profiles.team, sites.domain AS site, targets.value AS target, targets.scope,
            providers.name AS provider, domains.name AS domain, authority, scale, link, traffic,
            first_seen, reads.as_of AS in_profile_since
        FROM referring_domains
        JOIN domains ON domains.id = domain_id
        JOIN profiles ON profiles.id = referring_domains.profile_id
        JOIN targets ON targets.id = target_id
        JOIN providers ON providers.id = provider_id
        JOIN profile_reads AS reads ON reads.id = opened_by_read
        LEFT JOIN sites ON sites.id = profiles.site_id
        WHERE closed_by_read IS NULL;

        CREATE VIEW runs_with_verdict AS
        SELECT run_id, team, channel, keyword, country, language, site, verdict, needed, have, gap,
            taken_at,
            (
                SELECT sum(units) FROM spend
                WHERE spend.team = reports.team AND spend.run_id = reports.run_id
            ) AS units
        FROM reports;
    """)


@STEPS()
def payers(db: sqlite_utils.Database) -> None:
    """Add person, site and channel to every request: caps count by these columns."""
    db.executescript("""
        ALTER TABLE spend ADD COLUMN person TEXT;
        ALTER TABLE spend ADD COLUMN site TEXT;
        ALTER TABLE spend ADD COLUMN channel TEXT;
        CREATE INDEX spend_by_person ON spend (team, person, reserved_at);
        CREATE INDEX spend_by_site ON spend (team, site, reserved_at);
        CREATE INDEX spend_by_channel ON spend (team, channel, reserved_at);
        CREATE INDEX spend_by_provider ON spend (provider, reserved_at);
    """)


@STEPS()
def tracking(db: sqlite_utils.Database) -> None:
    """Add tracked keywords, and what was posted about them."""
    migrations_tracking.create_tables(db)


@STEPS()
def preferences(db: sqlite_utils.Database) -> None:
    """Add settings of a team, a site or a channel that override the environment."""
    db.executescript("""
        CREATE TABLE preferences (
            team TEXT NOT NULL REFERENCES teams (id),
            level TEXT NOT NULL CHECK (level IN ('team', 'site', 'channel')),
            of TEXT NOT NULL CHECK ((level = 'team') = (of = '')),
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            set_by TEXT,
            set_at TEXT NOT NULL,
            PRIMARY KEY (team, level, of, name)
        ) STRICT;
    """)


@STEPS()
def capped_mean(db: sqlite_utils.Database) -> None:
    """Recount stored reads by the current rule, and rekey imported pages."""
    migrations_recount.recount_snapshots(db)
    migrations_recount.rename_pages(db)


@STEPS()
def list_budget(db: sqlite_utils.Database) -> None:
    """Rename the setting `purse` to its new name; if both are set, the new one stays."""
    db.execute("UPDATE OR IGNORE preferences SET name = 'list_budget' WHERE name = 'purse'")
    db.execute("DELETE FROM preferences WHERE name = 'purse'")


@STEPS()
def sample_snapshots(db: sqlite_utils.Database) -> None:
    """Add whether a read was sample data; for earlier reads, their index tells."""
    db.executescript("""
        ALTER TABLE snapshots ADD COLUMN sample INTEGER NOT NULL DEFAULT 0
            CHECK (sample IN (0, 1));
        UPDATE snapshots SET sample = 1 WHERE link_index = 'sample';
    """)


@STEPS()
def recounts(db: sqlite_utils.Database) -> None:
    """Add up to which read the need was recounted, so that a digest can say so once."""
    db.executescript("CREATE TABLE recounts (until TEXT NOT NULL) STRICT;")
    db.execute(
        "INSERT INTO recounts (until) SELECT last FROM "
        "(SELECT max(taken_at) AS last FROM snapshots) WHERE last IS NOT NULL"
    )


@STEPS()
def asked_since(db: sqlite_utils.Database) -> None:
    """Add since which day a read asked for new linkers; unknown for earlier reads."""
    db.executescript("ALTER TABLE profile_reads ADD COLUMN asked_since TEXT;")


@STEPS()
def absences(db: sqlite_utils.Database) -> None:
    """Add which domains were proven not to link to a site, and when."""
    db.executescript("""
        CREATE TABLE absences (
            team TEXT NOT NULL,
            site_id INTEGER NOT NULL,
            domain_id INTEGER NOT NULL REFERENCES domains (id),
            proven_at TEXT NOT NULL,
            PRIMARY KEY (team, site_id, domain_id),
            FOREIGN KEY (team, site_id) REFERENCES sites (team, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX absences_by_domain ON absences (domain_id);
    """)


@STEPS()
def proposals(db: sqlite_utils.Database) -> None:
    """Add what digests proposed to do."""
    db.executescript("""
        CREATE TABLE proposals (
            team TEXT NOT NULL REFERENCES teams (id),
            channel TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            reason TEXT NOT NULL,
            period TEXT NOT NULL,
            proposed_at TEXT NOT NULL,
            PRIMARY KEY (team, channel, kind, subject, reason)
        ) STRICT, WITHOUT ROWID;
    """)


@STEPS()
def digest_times(db: sqlite_utils.Database) -> None:
    """Add since when a channel hears of its week at its day and hour."""
    db.executescript("""
        CREATE TABLE digest_times (
            team TEXT NOT NULL REFERENCES teams (id),
            channel TEXT NOT NULL,
            said TEXT NOT NULL,
            since TEXT,
            PRIMARY KEY (team, channel)
        ) STRICT, WITHOUT ROWID;
    """)


@STEPS()
def read_claims(db: sqlite_utils.Database) -> None:
    """Add which run reads a tracked keyword at this moment."""
    db.executescript("""
        CREATE TABLE read_claims (
            tracked INTEGER PRIMARY KEY REFERENCES tracked_keywords (number) ON DELETE CASCADE,
            run_id TEXT NOT NULL,
            lease_until TEXT NOT NULL
        ) STRICT;
        CREATE INDEX read_claims_by_run ON read_claims (run_id);
    """)


@STEPS()
def processes(db: sqlite_utils.Database) -> None:
    """Add the leases of processes, and which of them works on a job or has reserved a cost."""
    db.executescript("""
        CREATE TABLE processes (
            owner TEXT PRIMARY KEY,
            lease_until TEXT NOT NULL,
            life TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE jobs ADD COLUMN owner TEXT;
        ALTER TABLE spend ADD COLUMN owner TEXT;
    """)


@STEPS()
def believable_bills(db: sqlite_utils.Database) -> None:
    """Set bills that cannot be right to the worst case: with one of them no sum can be made.

    The bounds are those of `bot.providers.bills`, as they are for bills that arrive from now on.
    """
    db.execute("""
        UPDATE spend SET units = reserved_units, micro_usd = reserved_micro_usd
        WHERE units NOT BETWEEN 0 AND max(1000000, 1000.0 * reserved_units)
            OR micro_usd NOT BETWEEN 0 AND max(1000000000, 1000.0 * coalesce(reserved_micro_usd, 0))
    """)


@STEPS()
def loss_looks(db: sqlite_utils.Database) -> None:
    """Add when an index was last asked who left a page of ours, and the page's count then."""
    db.executescript("""
        CREATE TABLE loss_looks (
            profile_id INTEGER PRIMARY KEY REFERENCES profiles (id) ON DELETE CASCADE,
            looked_at TEXT NOT NULL,
            count INTEGER,
            is_first INTEGER NOT NULL CHECK (is_first IN (0, 1))
        ) STRICT;
    """)


@STEPS()
def failures(db: sqlite_utils.Database) -> None:
    """Add since when keywords cannot be read; of one that failed before, since its last read."""
    db.executescript("""
        CREATE TABLE failures (
            tracked INTEGER NOT NULL REFERENCES tracked_keywords (number) ON DELETE CASCADE,
            since TEXT NOT NULL,
            until TEXT,
            reason TEXT NOT NULL,
            run_id TEXT NOT NULL,
            again INTEGER NOT NULL CHECK (again IN (0, 1)),
            tries INTEGER NOT NULL,
            tried_at TEXT NOT NULL,
            PRIMARY KEY (tracked, since)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO failures (tracked, since, reason, run_id, again, tries, tried_at)
        SELECT number, coalesce(last_read_at, created_at), last_fault, '', 0, 0,
            coalesce(last_read_at, created_at)
        FROM tracked_keywords WHERE last_fault IS NOT NULL;
    """)


@STEPS()
def outreach(db: sqlite_utils.Database) -> None:
    """Add what teams do about prospects, and whom they never contact."""
    migrations_outreach.create_tables(db)


@STEPS()
def outreach_reminders(db: sqlite_utils.Database) -> None:
    """Add which follow-up reminders were sent, and who wants none."""
    migrations_reminders.create_tables(db)


@STEPS()
def outreach_lists(db: sqlite_utils.Database) -> None:
    """Add the lists of prospects that were posted."""
    migrations_outreach.create_lists(db)


def migrate(db: sqlite_utils.Database, name: str) -> None:
    """Apply missing migrations, all or nothing; two processes may try at the same moment.

    `name` is the file's name in messages. Raises `ConfigError` if a newer LinkGap wrote the file,
    or if it has another program's tables.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    with db.conn:
        refuse_unknown(db, name)
        STEPS.apply(_ByLine(db.conn, strict=db.strict, execute_plugins=False))


def refuse_unknown(db: sqlite_utils.Database, name: str) -> None:
    """Raise `ConfigError` when a newer LinkGap or another program wrote this file."""
    applied = {step.name for step in STEPS.applied(db)}
    if not applied and db.table_names():
        raise ConfigError(
            f"LINKGAP_DB: {name} belongs to another program: LinkGap found tables it did not "
            "make. Name a file of its own."
        )
    known = {step.name for step in STEPS.pending(sqlite_utils.Database(memory=True))}
    newer = sorted(applied - known)
    if newer:
        raise ConfigError(
            f"LINKGAP_DB: {name} was changed by a newer LinkGap ({', '.join(newer)}). "
            "Update this one, or restore a backup."
        )


class _ByLine(sqlite_utils.Database):
    """Splits scripts at the ends of their lines.

    `sqlite_utils` looks for the end of a statement after every letter, so a new file took 50 ms
    longer to create. `sqlite3` would commit the transaction.
    """

    def executescript(self, sql: str) -> sqlite3.Cursor:
        """Run statements, the last of which ends the text, within the open transaction."""
        cursor, statement = self.conn.cursor(), ""
        for line in sql.splitlines():
            statement += f"{line}\n"
            if sqlite3.complete_statement(statement):
                cursor.execute(statement)
                statement = ""
        if statement.strip():
            raise sqlite3.OperationalError(f"a statement without an end: {statement.strip()}")
        return cursor
