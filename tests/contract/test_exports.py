"""From `linkgap import` to what the vendor answers."""

import asyncio
import gzip
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes.clock import FakeClock

from bot.cli.import_ import command
from bot.clock import SystemClock
from bot.errors import Unavailable
from bot.exports.parse import read_file
from bot.model import Authority, Link, Metrics, Scale, Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
)
from bot.providers.exports import build
from bot.settings import Settings
from bot.store.connect import Database
from bot.store.import_reads import open_read_only
from bot.store.imports import add_rows, begin_import, finish_import, list_imports

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
AHREFS = FIXTURES / "rival.example-backlinks-subdomains_2026-10-18_15-44-46.csv"
AHREFS_DOMAINS = FIXTURES / "rival.example-refdomains-subdomains_2026-10-18_15-44-46.csv"
SEMRUSH = FIXTURES / "rival.example-backlinks.csv"
SITE = Target(Scope.SITE, "rival.example")
GUIDE = Target(Scope.PAGE, "http://rival.example/guide/#top")
OURS = Target(Scope.SITE, "ledgerly.example")
LINKS = "Page ascore,Source url,Target url,Nofollow,First seen\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Give the command a folder and a database file of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", str(tmp_path / "linkgap.db"))
    monkeypatch.delenv("LINKGAP_SITE", raising=False)
    return tmp_path


@pytest.fixture
def run(home):
    def invoke(*arguments: object, code: int = 0) -> str:
        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        assert result.exit_code == code, (home, result.output)
        return result.output

    return invoke


@pytest.fixture
def ask(home):
    vendor = build(Settings(db=home / "linkgap.db"), FakeClock())

    def answer(capability: Capability, query: object):
        return vendor.capabilities[capability].read(query)

    return answer


def imports(home: Path):
    with closing(open_read_only(home / "linkgap.db")) as db:
        return list_imports(db)


def table_sizes(home: Path) -> dict[str, int]:
    with closing(open_read_only(home / "linkgap.db")) as db:
        return {
            name: db[name].count
            for name in ("imports", "import_targets", "import_rows", "import_pages")
        }


def links(path: Path, *rows: str) -> Path:
    path.write_text(LINKS + "".join(f"{row}\n" for row in rows))
    return path


def test_a_sites_linkers_come_strongest_first_with_their_best_link(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    assert [(row.domain, row.authority, row.link, row.traffic) for row in page.rows] == [
        ("alpha.example", Authority(71.0, Scale.DR), "follow", 1240),
        ("beta.example", Authority(40.0, Scale.DR), "ugc", 1240),
        ("gamma.example", Authority(40.0, Scale.DR), "sponsored", 1240),
    ]
    assert page.complete
    assert page.rows[0].first_seen == date(2025, 3, 1)
    assert page.rows[2].trust == 0.0
    assert page.note is not None
    assert page.note.startswith("Imported files: Ahrefs backlinks of 20")


def test_a_page_matches_in_any_spelling_and_only_its_own_links(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(GUIDE, 10))
    assert [(row.domain, row.link) for row in page.rows] == [
        ("alpha.example", "nofollow"),
        ("beta.example", "ugc"),
        ("gamma.example", "sponsored"),
    ]
    assert page.complete


def test_a_cut_answer_is_not_complete(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 2))
    assert [row.domain for row in page.rows] == ["alpha.example", "beta.example"]
    assert not page.complete


def test_only_new_linkers_are_given_since_a_day_and_undated_ones_are_said(run, ask, home):
    run(links(home / "a.csv", "5,https://old.example/,https://rival.example/,false,2025-01-01"))
    run(links(home / "b.csv", "5,https://new.example/,https://rival.example/x,false,2026-02-01"))
    run(links(home / "c.csv", "5,https://when.example/,https://rival.example/y,false,"))
    query = ReferringQuery(SITE, 10, since=date(2026, 2, 1))
    page = ask(Capability.REFERRING_DOMAINS, query)
    assert [row.domain for row in page.rows] == ["new.example"]
    assert not page.complete
    assert "1 domains have no date" in page.note
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10, since=date(2025, 2, 1)))
    assert [row.domain for row in page.rows] == ["new.example"]


def test_a_complete_file_answers_what_is_new_completely(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10, since=date(2025, 3, 2)))
    assert (page.rows, page.complete) == ((), True)


def test_counts_are_of_live_domains_and_a_target_without_a_file_is_left_out(run, ask):
    run(AHREFS)
    page = ask(Capability.SITE_METRICS, MetricsQuery((SITE, GUIDE, OURS)))
    assert page.rows == (
        Metrics(SITE, referring_domains=3, backlinks=4),
        Metrics(GUIDE, referring_domains=3, backlinks=3),
    )
    assert not page.complete
    assert page.note.endswith(
        "No export for ledgerly.example imported yet: `linkgap import FILE --for ledgerly.example`."
    )


def test_a_page_without_links_in_a_whole_sites_file_truly_has_none(run, ask):
    run(AHREFS)
    lonely = Target(Scope.PAGE, "https://rival.example/lonely")
    assert ask(Capability.PAGE_METRICS, MetricsQuery((lonely,))).rows == (Metrics(lonely, 0, 0),)


def test_an_export_without_a_row_is_a_true_zero_for_the_site_in_its_name(run, ask, home):
    run(links(home / "rival.example-backlinks.csv"))
    assert ask(Capability.SITE_METRICS, MetricsQuery((SITE,))).rows == (Metrics(SITE, 0, 0),)


@pytest.mark.parametrize("name", ["semrush-domains.csv", "gsc-sites.csv"])
def test_a_list_of_domains_says_nothing_about_single_pages(run, ask, name):
    run(FIXTURES / name, "--for", "rival.example")
    with pytest.raises(Unavailable, match=r"No export for http://rival\.example/guide/"):
        ask(Capability.PAGE_METRICS, MetricsQuery((GUIDE,)))


def test_a_file_that_groups_similar_links_proves_nothing_for_single_pages(run, ask, home):
    content = AHREFS.read_text("utf-16")
    path = home / AHREFS.name
    path.write_text(content.replace('"1"\n', '"7"\n'), "utf-16", newline="\r\n")
    run(path)
    assert ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10)).complete
    assert not ask(Capability.REFERRING_DOMAINS, ReferringQuery(GUIDE, 10)).complete


def test_majestic_gives_the_pages_own_authority_and_says_what_it_stands_for(run, ask):
    run(FIXTURES / "majestic.csv.gz")
    page = ask(Capability.PAGE_METRICS, MetricsQuery((GUIDE,)))
    assert page.rows == (Metrics(GUIDE, 1, 1, Authority(30.0, Scale.TF)),)
    assert not page.complete
    assert "2 rows could not be read" in page.note
    assert "Authority of Majestic is the linking page's" in page.note


@pytest.mark.parametrize("about", ["ledgerly.example", "https://ledgerly.example/any"])
def test_search_console_counts_for_a_page_are_used_where_nothing_better_is(run, ask, about):
    run(FIXTURES / "gsc-pages.csv", "--for", about)
    ours = Target(Scope.PAGE, "https://www.ledgerly.example/p")
    other = Target(Scope.PAGE, "https://ledgerly.example/q")
    page = ask(Capability.PAGE_METRICS, MetricsQuery((ours, other)))
    assert page.rows == (Metrics(ours, 31, 1240),)
    assert not page.complete
    assert "a sample" in page.note


def test_absence_is_proven_by_a_complete_file_and_by_no_sample(run, ask):
    query = BetweenQuery(("beta.example", "nobody.example"), SITE)
    run(FIXTURES / "gsc-sites-hebrew.csv", "--for", "rival.example")
    sample = ask(Capability.LINKS_BETWEEN, query)
    assert ([row.domain for row in sample.rows], sample.complete) == (["beta.example"], False)
    run(AHREFS)
    whole = ask(Capability.LINKS_BETWEEN, query)
    assert ([row.domain for row in whole.rows], whole.complete) == (["beta.example"], True)


def test_broken_rows_take_the_proof_away(run, ask, home):
    good = "5,https://a.example/,https://rival.example/,false,2025-01-01"
    path = links(home / "rival.example-backlinks.csv", good, good, "x")
    assert "1 broken rows were left out. The first: line 4" in run(path)
    assert not ask(Capability.LINKS_BETWEEN, BetweenQuery(("b.example",), SITE)).complete


def test_a_link_is_shown_with_its_page_anchor_and_kind(run, ask):
    run(AHREFS)
    query = LinksQuery(SITE, ("alpha.example", "nobody.example"))
    page = ask(Capability.LINKS, query)
    assert page.rows == (
        Link(
            "alpha.example",
            "https://blog.alpha.example/tools",
            "https://rival.example/",
            "A page, with; marks\nand a second line",
            'the "guide"',
            page.rows[0].kind,
            date(2025, 3, 1),
        ),
    )
    assert page.rows[0].kind == "follow"


def test_two_tools_are_read_together_and_their_scales_stay_apart(run, ask):
    run(AHREFS, SEMRUSH, FIXTURES / "moz.csv")
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    scales = {row.domain: (row.authority.value, row.authority.scale) for row in page.rows}
    assert scales == {
        "alpha.example": (71.0, Scale.DR),
        "beta.example": (40.0, Scale.DR),
        "gamma.example": (40.0, Scale.DR),
    }


def test_the_scale_that_covers_most_leads_and_unknown_authority_comes_last(run, ask, home):
    run(FIXTURES / "moz.csv")
    run(links(home / "s.csv", "99,https://z.example/,https://rival.example/,false,2025-01-01"))
    run(FIXTURES / "gsc-sites.csv", "--for", "rival.example")
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    assert [(row.domain, row.authority and row.authority.scale) for row in page.rows] == [
        ("alpha.example", Scale.DA),
        ("beta.example", Scale.DA),
        ("z.example", Scale.AS),
        ("ledgerly.example", None),
    ]


def test_an_intersect_file_gives_linkers_but_no_counts(run, ask):
    run(FIXTURES / "ahrefs-intersect.csv")
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    assert ([row.domain for row in page.rows], page.complete) == (["alpha.example"], False)
    with pytest.raises(Unavailable):
        ask(Capability.SITE_METRICS, MetricsQuery((SITE,)))


@pytest.mark.parametrize("present", [False, True])
def test_without_a_file_about_it_the_cure_is_named(ask, home, present):
    if present:
        sqlite3.connect(home / "linkgap.db").close()
    for capability, query in (
        (Capability.REFERRING_DOMAINS, ReferringQuery(GUIDE, 5)),
        (Capability.PAGE_METRICS, MetricsQuery((GUIDE,))),
    ):
        with pytest.raises(Unavailable) as failure:
            ask(capability, query)
        assert str(failure.value) == (
            f"No export for {GUIDE.value} imported yet: `linkgap import FILE --for {GUIDE.value}`"
        )


def test_a_damaged_database_is_unavailable_and_not_empty(ask, home):
    (home / "linkgap.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Unavailable, match="exports is not reachable"):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 5))


def test_a_database_that_cannot_be_opened_is_unavailable(ask, home):
    (home / "linkgap.db").mkdir()
    with pytest.raises(Unavailable, match="exports is not reachable"):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 5))


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


def test_the_table_says_what_became_of_every_row(run):
    words = run(FIXTURES / "majestic.csv.gz", FIXTURES / "gsc-sites.csv", "--for", "rival.example")
    assert "2 broken rows were left out. The first: line 6: “https://bad one.example/c d”" in words
    assert "gsc-sites.csv: this is a sample, not all links" in words


def test_a_refused_file_stops_no_other_and_is_told_by_the_exit_code(run, home):
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
            "rows": {"read": 6, "kept": 2, "lost": 2, "broken": 2, "own": 0},
            "sample": False,
            "broken_examples": [
                {"line": 6, "reason": "“https://bad one.example/c d” is no web address"},
                {"line": 7, "reason": "“https://user@bad.example/” is no web address"},
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


def test_what_a_list_is_about_comes_from_the_option_its_name_or_our_site(run, home, monkeypatch):
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


def test_the_file_may_not_be_written_through_the_reading_door(run, home):
    run(AHREFS)
    with (
        closing(open_read_only(home / "linkgap.db")) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        db.execute("DELETE FROM imports")
