"""`linkgap index`, as users run it, against a data host on this machine; and an answer from it."""

import json
import os

import pytest
from click.testing import CliRunner
from fakes.servers.crawl_host import CrawlHost
from fakes.servers.in_thread import in_thread
from pydantic import TypeAdapter
from support.small_graph import RELEASE, WORLD, SmallGraph

from bot.cli import main
from bot.model.tracking import Digest
from bot.render.tracking.digest_message import small_print


@pytest.fixture(scope="module")
def host():
    with in_thread(CrawlHost()) as server:
        server.publish()
        yield server


@pytest.fixture
def run(host, tmp_path, monkeypatch):
    for name in os.environ:
        if name.startswith("LINKGAP_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    host.asked.clear()
    environment = {
        "LINKGAP_COMMONCRAWL_BASE_URL": host.base_url,
        "LINKGAP_COMMONCRAWL_LIST_URL": host.base_url,
        "LINKGAP_COMMONCRAWL_MEMORY_MB": "256",
    }

    def run(words, code=0, **more):
        result = CliRunner(env=environment | more).invoke(main, words.split())
        assert result.exit_code == code, result.output
        return result.output

    return run


GAP = (
    "gap crm --vs https://rival.example/a --vs https://other.example/b --site ours.example "
    "--no-gates --json"
)


def test_a_newcomer_without_any_key_gets_a_real_gap_with_its_absence_proven(run, host):
    said = run(
        "index sync --watch rival.example --watch other.example", LINKGAP_SITE="ours.example"
    )
    assert f"{RELEASE} answers now: 15 domains, 17 links, who links to 3 domains." in said
    assert [one.path.rpartition("/")[2] for one in host.asked][:2] == [
        "graphinfo.json",
        f"{RELEASE}-domain.stats",
    ]
    output = run(GAP)
    report = json.loads(output[output.index("{") :])
    both = WORLD.linkers("rival.example") | WORLD.linkers("other.example")
    expected = both - WORLD.linkers("ours.example")
    expected -= {"rival.example", "ours.example", "gravatar.com", "github.io"}
    assert {one["domain"] for one in report["prospects"]} == expected
    assert {one["absence"] for one in report["prospects"]} == {"proven"}
    assert {one["level"] for one in report["prospects"]} == {"site"}
    assert report["need"]["needed"] is None
    assert {one["referring_domains"] for one in report["competitors"]} == {None}
    assert {one["authority_scale"] for one in report["competitors"]} == {"CC"}
    asked = [one for one in report["sources"] if one["capability"]]
    assert {one["state"] for one in asked} == {"ok"}
    assert report["cost"] == []
    host.asked.clear()
    again = run("index sync --watch blog-1.example")
    assert "who links to 4 domains" in again
    assert not [one for one in host.asked if one.path.endswith(".gz")]
    assert json.loads(run("index status --json"))["watched"][0] == "blog-1.example"
    assert "who links to 5 domains" in run("index add blog-2.example")
    run("index drop --yes")
    assert "There is no index" in run("index status", code=4)


def test_every_site_of_a_full_index_is_answered_and_its_downloads_are_gone(run, tmp_path):
    run("index sync --full")
    assert not any((tmp_path / "linkgap-index" / "downloads").glob("*.gz"))
    assert json.loads(run("index status --json"))["shape"] == "full"
    assert "Sorting" not in run("index sync --full")
    assert "Sorting" in run("index sync --full --names")
    report = json.loads((output := run(GAP))[output.index("{") :])
    assert "blog-2.example" in {one["domain"] for one in report["prospects"]}


def test_a_release_is_named_and_a_vanished_one_is_told(run, host):
    assert "There is no release" in run("index sync --release cc-main-2020-x --full", code=2)
    gone = SmallGraph(frozenset({("a.example", "b.example")}))
    files = dict(host.files)
    host.publish(gone, "cc-main-2026-aug-sep-oct")
    path = "projects/hyperlinkgraph/cc-main-2026-aug-sep-oct/domain/"
    del host.files[f"{path}cc-main-2026-aug-sep-oct-domain-edges.txt.gz"]
    assert "does not exist" in run("index sync --full", code=1)
    host.files = files


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("index sync", "No site is known yet"),
        ("index sync --watch a.github.io", "all its neighbours"),
        ("index add rival.example", "There is no index yet"),
        ("index sync --release cc-main-2026-feb-mar-apr --full", "not sorted"),
    ],
)
def test_what_cannot_be_done_is_told(run, words, said):
    assert said in run(words, code=2)


def test_a_served_index_is_not_made_here(run):
    said = run("index sync --full", code=3, LINKGAP_INDEX="https://index.example/full")
    assert "read in place" in said


def test_the_answer_leads_with_the_gap_and_says_how_to_count_pages(run):
    run("index sync --full")
    said = " ".join(run(GAP.removesuffix(" --json")).split())
    assert "sites could link to you: they link to rivals." in said
    assert "is unknown, because the open index knows sites and no pages." in said
    assert "linkgap import" in said
    assert "nine cents" in said
    assert "unknown; its site 8" in said
    assert "link counts of pages: not asked (It knows sites, and no pages.)" in said


OTHER = "https://other.example/b"


def counts(output):
    report = json.loads(output[output.index("{") :])
    return {one["url"]: one["referring_domains"] for one in report["competitors"]}


def test_pages_that_somebody_imported_are_counted_also_once_an_index_is_here(run, tmp_path):
    rows = "".join(f"friend{at}.example,40,1\n" for at in range(7))
    (tmp_path / "links.csv").write_text(f"Domain,DR,Links to target\n{rows}")
    run("import links.csv --for https://rival.example/a")
    assert counts(run(GAP)) == {"https://rival.example/a": 7, OTHER: None}
    run("index sync --full")
    assert counts(run(GAP)) == {"https://rival.example/a": 7, OTHER: None}
    assert set(counts(run(GAP, LINKGAP_VIA="commoncrawl")).values()) == {None}


def test_a_tracked_keyword_is_read_by_release_and_no_link_is_called_new_or_lost(
    run, host, tmp_path
):
    run("index sync --watch rival.example --watch other.example --watch ours.example")
    tracked = "--vs https://rival.example/a --vs https://other.example/b --site ours.example"
    run(f"track crm {tracked} --yes --as-of 2026-10-05T09:00:00Z")
    before = dict(host.files)
    grown = {("late.example", "rival.example"), *WORLD.links} - {
        ("blog-3.example", "rival.example")
    }
    host.publish(SmallGraph(frozenset(grown)), "cc-main-2026-aug-sep-oct")
    run("index sync")
    kept = {path.name for path in (tmp_path / "linkgap-index" / "downloads").iterdir()}
    assert kept == {"cc-main-2026-aug-sep-oct-domain-edges.txt.gz"}
    run("refresh --all --as-of 2026-10-12T09:00:00Z")
    told = run("digest --dry-run --json --as-of 2026-10-12T10:00:00Z")
    host.files = before
    digest = TypeAdapter(Digest).validate_json(told)
    assert digest.by_release == ("commoncrawl",)
    assert (digest.new_competitor_links, digest.won, digest.lost) == ((), (), ())
    said = " ".join(small_print(digest, thread="", csv_file=""))
    assert "read by release at commoncrawl" in said
    assert "new or lost links are unknown" in said


def test_an_index_to_be_served_is_built_apart_and_has_names(run, tmp_path):
    said = run("index build --out served")
    assert "every site both ways" in said
    marker = json.loads((tmp_path / "served" / "index.json").read_text())
    assert (marker["named"], marker["edges"]) == (True, None)
    assert not [*(tmp_path / "served" / "downloads").iterdir()]
    WORLD.write(tmp_path / "files")
    run("index build --out served --from files --no-names")
    assert json.loads((tmp_path / "served" / "index.json").read_text())["named"] is False
    assert len([*(tmp_path / "served").glob("build-*")]) == 1
