"""The database schema: what every table and every foreign key must fulfil."""

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlite_utils

from bot.common.errors import ConfigError
from bot.store.migrations import migrate
from bot.store.times import from_text, to_text


@pytest.fixture
def db():
    db = sqlite_utils.Database(memory=True, strict=True)
    migrate(db, "memory")
    yield db
    db.close()


def schema(db: sqlite_utils.Database) -> list[tuple[str, ...]]:
    return db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()


def test_every_table_is_strict(db):
    assert [table.name for table in db.tables if not table.strict] == []
    assert len(db.tables) > 10


def test_applying_twice_changes_nothing(db):
    before, steps = schema(db), list(db["_sqlite_migrations"].rows)
    migrate(db, "memory")
    assert schema(db) == before
    assert list(db["_sqlite_migrations"].rows) == steps


def test_a_step_that_fails_takes_the_steps_before_it_back():
    db = sqlite_utils.Database(memory=True)
    db["_sqlite_migrations"].insert(
        {"migration_set": "linkgap", "name": "workspace", "applied_at": "2026-01-01"}
    )
    db["reports"].insert({"in": "the way"})
    before = schema(db)
    with pytest.raises(sqlite3.OperationalError, match="reports already exists"):
        migrate(db, "memory")
    assert [row for row in schema(db) if row[1] in {"jobs", "spend", "domains"}] == []
    assert {row for row in before if row[1] == "reports"} <= set(schema(db))
    db.close()


def test_a_value_stored_as_purse_applies_as_list_budget(db):
    db["_sqlite_migrations"].delete_where("name = 'list_budget'")
    db["teams"].insert({"id": "T1", "created_at": "2026-01-01T00:00:00+00:00"})
    for level, of, name, value in (
        ("team", "", "purse", "500"),
        ("site", "a.example", "purse", "400"),
        ("channel", "C1", "purse", "300"),
        ("channel", "C1", "list_budget", "200"),
        ("team", "", "window", "4"),
    ):
        db["preferences"].insert(
            {"team": "T1", "level": level, "of": of, "name": name, "value": value}
            | {"set_by": None, "set_at": "2026-01-01T00:00:00+00:00"}
        )
    migrate(db, "memory")
    rows = db.execute("SELECT level, name, value FROM preferences ORDER BY 1, 2").fetchall()
    assert rows == [
        ("channel", "list_budget", "200"),
        ("site", "list_budget", "400"),
        ("team", "list_budget", "500"),
        ("team", "window", "4"),
    ]


def test_earlier_reads_of_the_sample_are_known_by_their_index(db):
    db.execute("ALTER TABLE snapshots DROP COLUMN sample")
    db["_sqlite_migrations"].delete_where("name = 'sample_snapshots'")
    db.execute("PRAGMA foreign_keys = OFF")
    for at, index in enumerate(("sample", "ahrefs")):
        db.execute(
            "INSERT INTO snapshots (tracked, taken_at, run_id, link_index, reread, multiplier, "
            "serp, rivals) VALUES (?, '2026-01-01', 'r', ?, 1, 1.0, '[]', '[]')",
            (at, index),
        )
    migrate(db, "memory")
    kept = db.execute("SELECT link_index, sample FROM snapshots ORDER BY tracked").fetchall()
    assert kept == [("sample", 1), ("ahrefs", 0)]


def test_an_empty_file_is_welcome_and_a_strangers_is_not():
    db = sqlite_utils.Database(memory=True)
    db["photos"].insert({"id": 1})
    with pytest.raises(ConfigError, match="belongs to another program"):
        migrate(db, "photos.db")
    assert db.table_names() == ["photos"]
    db.close()


def test_every_foreign_key_is_indexed(db):
    for table in db.tables:
        leading = [index.columns for index in table.indexes]
        leading.append(table.pks)
        for key in table.foreign_keys:
            wanted = list(key.columns)
            assert any(columns[: len(wanted)] == wanted for columns in leading), (
                f"{table.name}.{wanted}"
            )


def test_every_view_can_be_opened(db):
    for view in db.view_names():
        assert db.execute(f"SELECT * FROM {view}").fetchall() == []  # noqa: S608 - our own names
    assert set(db.view_names()) == {
        "spend_by_day",
        "current_referring_domains",
        "runs_with_verdict",
        "latest_snapshots",
    }


def test_no_column_holds_a_floating_amount_of_money(db):
    money = [
        (table.name, column.name, column.type)
        for table in db.tables
        for column in table.columns
        if re.search("usd|units|cost", column.name)
    ]
    assert {kind for _, _, kind in money} == {"INTEGER"}


def test_stored_times_sort_as_text_in_order_and_are_restored_exactly():
    paris = timezone(timedelta(hours=2))
    moments = [
        datetime(2026, 10, 25, 1, 30, tzinfo=paris),
        datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 0, 0, 1, tzinfo=UTC),
    ]
    texts = [to_text(moment) for moment in moments]
    assert texts == sorted(texts)
    assert [from_text(text) for text in texts] == moments


def test_prospects_of_kept_answers_are_remembered_when_outreach_comes():
    db = sqlite_utils.Database(memory=True, strict=True)
    migrate(db, "memory")
    report = {
        "page": "https://ours.example/crm",
        "position": 7,
        "prospects": [
            {"domain": "a.example", "score": 9.5, "trust": None},
            {"domain": "spam.example", "score": 1.0, "trust": 0},
        ],
    }
    for table in ("outreach_seen", "outreach_history", "outreach_readings", "outreach_drafts"):
        db[table].drop()
    for table in ("outreach", "suppressions"):
        db[table].drop()
    db.execute("ALTER TABLE teams DROP COLUMN left_at")
    db["_sqlite_migrations"].delete_where("name = 'outreach'")
    at = "2026-01-01T00:00:00+00:00"
    db["teams"].insert({"id": "T1", "created_at": at})
    db["sites"].insert({"id": 1, "team": "T1", "domain": "ours.example", "created_at": at})
    db["site_aliases"].insert({"site_id": 1, "domain": "old.example"})
    for run, site in (("r1", "old.example"), ("r2", None)):
        db["reports"].insert(
            {"run_id": run, "team": "T1", "keyword": "crm", "country": "us", "language": "en"}
            | {"site": site, "verdict": "x", "taken_at": at, "question": "{}"}
            | {"report": json.dumps(report)}
        )
    migrate(db, "memory")
    seen = db.execute(
        "SELECT site, domain, status, keyword, page, position FROM outreach "
        "JOIN outreach_seen ON outreach = number ORDER BY site"
    ).fetchall()
    rest = ("a.example", "new", "crm", "https://ours.example/crm", 7)
    assert seen == [("", *rest), ("ours.example", *rest)]
    db.close()
