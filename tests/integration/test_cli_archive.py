"""Links to pages without any key: `linkgap index pages`, and an answer that leads with them."""

import json
import os

import pytest
from click.testing import CliRunner
from fakes.servers.crawl_host import CrawlHost
from fakes.servers.in_thread import in_thread
from fakes.servers.serp_server import KEY, SerpServer
from fakes.worlds.ahrefs_world import Result, World
from support.small_archive import CRAWL, SmallArchive, page

from bot.cli import main

RIVAL, OTHER = "https://rival.example/a", "https://other.example/b"
ARCHIVE = SmallArchive(
    {f"https://blog-{number}.example/list": page(RIVAL, OTHER) for number in (1, 2, 4)}
    | {f"https://blog-{number}.example/": page("https://rival.example/") for number in (3, 5, 6)}
)
SYNC = "index sync --watch rival.example --watch other.example --watch ours.example"
SEARCHED = World(
    serps={"crm": tuple(Result(url, "A title") for url in (RIVAL, OTHER, "https://ours.example/c"))}
)
GAP = f"gap crm --vs {RIVAL} --vs {OTHER} --site ours.example --no-gates"


@pytest.fixture(scope="module")
def host():
    with in_thread(CrawlHost()) as server:
        server.publish()
        server.files |= ARCHIVE.files()
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def run(host, home, monkeypatch):
    for name in os.environ:
        if name.startswith("LINKGAP_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(home)
    environment = {
        "LINKGAP_COMMONCRAWL_BASE_URL": host.base_url,
        "LINKGAP_COMMONCRAWL_LIST_URL": host.base_url,
        "LINKGAP_COMMONCRAWL_MEMORY_MB": "256",
    }

    def run(words, code=0, **more):
        result = CliRunner(env=environment | more).invoke(main, words.split())
        assert result.exit_code == code, result.output
        return result.output

    if not (home / "linkgap-index").exists():
        run(SYNC)
    host.asked.clear()
    return run


def test_an_answer_without_any_key_estimates_the_links_to_pages_and_calls_it_no_count(run):
    output = run(f"{GAP} --json")
    report = json.loads(output[output.index("{") :])
    rival, other = report["archive"]
    assert (rival["url"], rival["seen"], rival["crawl"]) == (RIVAL, 3, CRAWL)
    assert rival["low"] <= rival["about"] <= rival["high"]
    assert other["seen"] == 1
    assert report["need"]["needed"] is None
    assert {one["referring_domains"] for one in report["competitors"]} == {None}
    assert {one["mean"] for one in report["need"]["by_index"]} == {None}
    (source,) = [one for one in report["sources"] if "sample of the archive" in one["what"]]
    assert source["state"] == "partial"
    said = " ".join(run(GAP).split())
    assert "sites could link to you: they link to rivals. The pages you named for “crm”:" in said
    assert "an estimate from a sample of archived pages" in said
    assert f"estimate {rival['about']} ({rival['low']}–{rival['high']})" in said
    assert "at least 3 seen. An estimate, no count: from" in said


def test_an_answer_takes_no_sample_where_that_is_set_or_the_cheaper_plan_is_taken(run, host):
    output = run(f"{GAP} --json", LINKGAP_COMMONCRAWL_ARCHIVE="no")
    assert json.loads(output[output.index("{") :])["archive"] == []
    assert host.asked == []
    output = run(f"{GAP} --light --json")
    report = json.loads(output[output.index("{") :])
    assert report["archive"] == []
    assert "The cheaper plan leaves it out." in {one["note"] for one in report["sources"]}


@pytest.mark.parametrize("engine", ["searxng", "brave"])
def test_a_search_without_a_bill_completes_an_answer_without_any_key(run, engine):
    with in_thread(SerpServer(world=SEARCHED)) as server:
        found = {
            "searxng": {"LINKGAP_SEARXNG_URL": server.searxng_url},
            "brave": {"LINKGAP_BRAVE_API_KEY": KEY, "LINKGAP_BRAVE_BASE_URL": server.base_url},
        }[engine]
        output = run("gap crm --site ours.example --no-gates --yes --json", **found)
        report = json.loads(output[output.index("{") :])
        assert server.ledger == [engine]
    assert [one["url"] for one in report["competitors"]] == [RIVAL, OTHER]
    assert [one["seen"] for one in report["archive"]] == [3, 1, 0]  # and ours
    assert report["position"] == 3
    assert {one["absence"] for one in report["prospects"]} == {"proven"}
    assert not report["sample"]
    said = run("doctor", LINKGAP_SITE="ours.example", **found)
    assert "Free start" not in said
    assert "No source" not in said


def test_with_an_index_and_no_search_nothing_is_invented(run):
    assert "no search results to be had" in run("gap crm --site ours.example", code=3)
    said = run("doctor", code=1)
    assert "a question that names no pages is refused" in said
    assert "sample data" not in said


def test_pages_are_estimated_by_name(run):
    said = run(f"index pages {RIVAL}")
    assert said.startswith("Links to rival.example/a: about ")
    (told,) = json.loads(run(f"index pages {RIVAL} --crawl {CRAWL} --json"))
    assert (told["seen"], told["release"]) == (3, "cc-main-2026-jul-aug-sep")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("rival.example/a", 2, "no web address"),
        (f"{RIVAL} --crawl latest", 2, "is no crawl"),
        ("https://a.github.io/x", 4, "all sites below github.io as one"),
        ("https://www.reddit.com/r/crm", 4, "a platform"),
        ("https://nowhere.example/x", 4, "not in cc-main-2026-jul-aug-sep"),
        ("https://blog-1.example/x", 4, "linkgap index add blog-1.example"),
        (f"{RIVAL} --crawl CC-MAIN-2020-10", 4, "404"),
    ],
)
def test_a_page_that_cannot_be_estimated_is_told_with_the_reason_and_is_not_zero(
    run, words, code, said
):
    assert said in run(f"index pages {words}", code=code)


def test_without_an_index_it_says_how_to_make_one(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "linkgap index sync" in run(f"index pages {RIVAL}", code=4)
