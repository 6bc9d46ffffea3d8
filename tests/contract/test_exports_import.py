"""`linkgap import`: what happens to each file and row, and to earlier imports."""

import asyncio
import gzip
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from support.exports_home import (
    AHREFS,
    AHREFS_DOMAINS,
    FIXTURES,
    GUIDE,
    OURS,
    SITE,
    asker,
    imports,
    invoke,
    links,
    move_in,
    table_sizes,
)

from bot.common.clock import SystemClock
from bot.exports.parse import read_file
from bot.model.links import LinkKind, Metrics, Scope, Target, best_kind
from bot.providers.base import (
    Capability,
    MetricsQuery,
    ReferringQuery,
)
from bot.store.connect import Database
from bot.store.import_reads import open_read_only
from bot.store.imports import add_rows, begin_import, finish_import, list_imports


@pytest.fixture
def home(tmp_path, monkeypatch):
    return move_in(tmp_path, monkeypatch)


@pytest.fixture
def run(home):
    del home  # the command now runs there
    return invoke


@pytest.fixture
def ask(home):
    return asker(home)


def test_importing_a_file_again_replaces_it(run, home):
    run(AHREFS)
    before = table_sizes(home)
    renamed = home / "copy.csv.gz"
    renamed.write_bytes(gzip.compress(AHREFS.read_bytes()))
    assert f"takes the place of {AHREFS.name}" in " ".join(run(renamed).split())
    assert table_sizes(home) == before


def test_a_newer_complete_file_closes_the_older_and_a_sample_never_does(run, home):
    row = "5,https://{}.example/,https://rival.example/{},false,2025-01-01"
    old = links(home / "old.csv", row.format("a", ""), row.format("a", "x"))
    new = links(home / "new.csv", row.format("b", ""), row.format("b", "x"))
    run(old)
    assert "takes the place of old.csv" in run(new)
    broken = links(home / "part.csv", row.format("c", ""), row.format("c", "x"), "x")
    assert "takes the place" not in run(broken)
    assert [one.facts.file_name for one in imports(home)] == ["part.csv", "new.csv"]


def test_files_of_one_command_never_close_each_other(run, home):
    row = "5,https://{}.example/,https://rival.example/{},false,2025-01-01"
    one = links(home / "part1.csv", row.format("a", ""), row.format("a", "x"))
    two = links(home / "part2.csv", row.format("b", ""), row.format("b", "x"))
    run(one, two)
    assert len(imports(home)) == 2


def test_the_table_says_what_happened_to_every_row(run):
    words = run(FIXTURES / "majestic.csv.gz", FIXTURES / "gsc-sites.csv", "--for", "rival.example")
    assert "1 broken row left out. The first: line 6: “https://bad one.example/c d”" in words
    assert "gsc-sites.csv: this is a sample, not all links" in words


def test_a_rejected_file_stops_no_other_and_shows_in_the_exit_code(run, home):
    (home / "bad.pdf").write_bytes(b"%PDF-1.4")
    words = run(home / "bad.pdf", AHREFS, code=1)
    assert "Not imported: bad.pdf is no CSV export: it looks like a PDF." in words
    assert [one.facts.file_name for one in imports(home)] == [AHREFS.name]


def test_a_refusal_at_the_last_row_leaves_nothing_behind(run, home):
    run(AHREFS, "--for", "ledgerly.example", code=1)
    assert set(table_sizes(home).values()) == {0}


def test_json_has_every_count(run, home):
    (home / "bad.csv").write_bytes(b"")
    told = json.loads(
        run(FIXTURES / "majestic.csv.gz", home / "bad.csv", "--json", code=1),
    )
    assert told == [
        {
            "file": str(FIXTURES / "majestic.csv.gz"),
            "state": "imported",
            "tool": "Majestic",
            "kind": "backlinks",
            "targets": [{"scope": "site", "target": "rival.example", "complete": False}],
            "rows": {"read": 6, "kept": 3, "lost": 2, "broken": 1, "own": 0, "salvaged": 0},
            "sample": False,
            "broken_examples": [
                {"line": 6, "reason": "“https://bad one.example/c d” is no web address"},
            ],
            "replaced": [],
            "notes": [],
        },
        {
            "file": str(home / "bad.csv"),
            "state": "refused",
            "error": "bad.csv is empty. Download it again and check its size.",
        },
    ]


def test_a_lists_target_comes_from_the_option_its_name_or_our_site(run, home, monkeypatch):
    run(AHREFS_DOMAINS)
    run(FIXTURES / "gsc-sites.csv", code=1)
    monkeypatch.setenv("LINKGAP_SITE", "https://www.ledgerly.example")
    run(FIXTURES / "gsc-sites.csv")
    run(FIXTURES / "semrush-domains.csv", code=1)
    run(FIXTURES / "semrush-domains.csv", "--for", "https://rival.example/guide")
    covered = [one.outcome.covers[0].target for one in imports(home)]
    assert covered == [Target(Scope.PAGE, "https://rival.example/guide"), OURS, SITE]


def test_a_domain_list_for_a_page_answers_for_the_page(run, ask):
    run(FIXTURES / "semrush-domains.csv", "--for", "https://rival.example/guide")
    page = ask(Capability.PAGE_METRICS, MetricsQuery((GUIDE,)))
    assert page.rows == (Metrics(GUIDE, 2, 1242),)
    assert page.complete


@pytest.mark.parametrize("about", ["http://192.0.2.1/x", "https://me:pw@rival.example/", "none"])
def test_a_target_that_is_no_site_or_page_is_refused_before_anything(run, home, about):
    run(AHREFS, "--for", about, code=2)
    assert not (home / "linkgap.db").exists()


def test_a_target_without_a_path_is_a_site(run, home):
    run(FIXTURES / "semrush-domains.csv", "--for", "https://www.rival.example")
    assert imports(home)[0].outcome.covers[0].target == SITE


def test_an_import_that_was_cut_short_is_never_seen_and_removed_a_day_later(home):
    async def scenario() -> tuple[int, int, int]:
        database = await Database.open(home / "linkgap.db", SystemClock())
        parsed = read_file(AHREFS)
        now = datetime(2026, 11, 1, tzinfo=UTC)
        left = await database.run(lambda db: begin_import(db, parsed.facts, now))
        await database.run(lambda db: add_rows(db, left, parsed.rows(None)))
        seen = len(await database.read(list_imports))
        later = now + timedelta(days=2)
        again = await database.run(lambda db: begin_import(db, parsed.facts, later))
        rows = await database.read(lambda db: db["import_rows"].count)
        await database.run(lambda db: finish_import(db, again, parsed.outcome(None)))
        after = len(await database.read(list_imports))
        await database.close()
        return seen, rows, after

    assert asyncio.run(scenario()) == (0, 0, 1)


def test_rows_of_an_import_under_way_are_not_answered(run, ask, home):
    run(AHREFS)
    query = ReferringQuery(SITE, 10)
    before = ask(Capability.REFERRING_DOMAINS, query)

    async def begin() -> None:
        database = await Database.open(home / "linkgap.db", SystemClock())
        parsed = read_file(FIXTURES / "semrush-old.csv")
        now = SystemClock().now()
        begun = await database.run(lambda db: begin_import(db, parsed.facts, now))
        await database.run(lambda db: add_rows(db, begun, parsed.rows(None)))
        await database.close()

    asyncio.run(begin())
    assert ask(Capability.REFERRING_DOMAINS, query) == before


def test_the_database_cannot_be_written_through_a_reader(run, home):
    run(AHREFS)
    with (
        closing(open_read_only(home / "linkgap.db")) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        db.execute("DELETE FROM imports")


@pytest.mark.parametrize(
    ("marks", "best"),
    [
        (("ugc", "sponsored"), LinkKind.SPONSORED),
        (("nofollow", "ugc"), LinkKind.UGC),
        (("sponsored", "nofollow", ""), LinkKind.FOLLOW),
    ],
)
def test_of_several_links_of_a_domain_the_kind_counts_that_counts_everywhere(
    run, home, marks, best
):
    names = "Page ascore,Source url,Target url,Nofollow,Ugc,Sponsored,First seen"
    flags = (
        ",".join(str(mark == name).lower() for name in ("nofollow", "ugc", "sponsored"))
        for mark in marks
    )
    rows = [
        f"5,https://a.example/{at},https://rival.example/,{said},2025-01-01"
        for at, said in enumerate(flags)
    ]
    (home / "all.csv").write_text("\n".join((names, *rows, "")), "utf-8")
    run(home / "all.csv")
    found = asker(home)(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    assert [row.link for row in found.rows] == [best]
    assert best_kind(LinkKind(mark or "follow") for mark in marks) is best
