"""Sentences of the docs that were once untrue, each held against what the code does."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from unittest.mock import create_autospec

import pytest
from click.testing import CliRunner
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE
from support.vendors.vendor_bench import CASES, built

from benchmarks.units import as_read
from bot.cli import main
from bot.model.question import Defaults, parse
from bot.providers.base import Capability, Remote, Vendor
from bot.settings.catalogue import BY_NAME
from bot.settings.environment import Settings
from bot.store.connect import OLDEST_SQLITE
from bot.tracking.who_left import MOST_PAGES_READ
from bot.wiring import core
from handlers.commands import FORMS, answer_to
from handlers.request import Place
from handlers.services import Services

ROOT = Path(__file__).parents[2]
A_DAY = 86_400


def page(name: str) -> str:
    return " ".join((ROOT / name).read_text("utf-8").split())


def paid_calls(name, monkeypatch, tmp_path):
    vendor = built(name, monkeypatch, tmp_path)
    assert isinstance(vendor, Vendor)
    for capability, adapter in vendor.capabilities.items():
        assert isinstance(adapter, Remote)
        for call in adapter.plan(CASES[name].cases[capability].query):
            if call.worst.units:
                yield vendor, call


@pytest.mark.parametrize("name", CASES)
def test_answers_are_kept_a_day_at_most_and_only_braves_are_never_kept(name, monkeypatch, tmp_path):
    calls = list(paid_calls(name, monkeypatch, tmp_path))
    assert {call.keep_seconds for _, call in calls} <= {0, A_DAY}
    never = {vendor.title for vendor, call in calls if not call.keep_seconds}
    assert never <= {"Brave Search"}
    assert "Brave Search's terms do not allow storing its answers" in page("docs/costs.md")
    assert "Brave Search's do not" in page("README.md")
    assert "24 hours at most" in page("docs/settings.md")


async def test_what_the_level_saves_is_what_the_ledger_says(monkeypatch, tmp_path):
    async with AhrefsServer() as server:
        monkeypatch.setenv("LINKGAP_AHREFS_API_KEY", KEY)
        monkeypatch.setenv("LINKGAP_AHREFS_BASE_URL", server.base_url)
        settings = Settings(_env_file=None, db=tmp_path / "linkgap.db", level="page")
        async with core(settings) as product:
            question = parse(f"{KEYWORD} site:{OWN_SITE} gates:off", Defaults())
            report = await product.analysis.run(question, run_id="r1", team="T1")
    assert report.cost[0].units == 1_167
    assert "1,487 units or 1,167" in page("docs/settings.md")
    assert "with `page` the same run costs 1,167 units" in page("docs/costs.md")
    assert not BY_NAME["level"].money


async def test_the_weeks_of_the_readme_are_those_of_the_benchmark_and_of_the_page():
    alone = await as_read(1, ours_too=True)
    assert (round(alone["still"]), round(alone["moved"])) == (100, 350)
    assert "93 to 301 units if you track 30, and 100 to 350 if you track one" in page("README.md")
    assert "costs 350 alone and 301 of 30 together" in page("docs/tracking.md")


def test_how_many_pages_of_lost_links_are_read_is_what_the_pages_say():
    assert MOST_PAGES_READ == 20
    for name in ("README.md", "docs/privacy.md"):
        assert f"up to {MOST_PAGES_READ} pages" in page(name)
    assert "At most twenty pages of lost links" in page("docs/tracking.md")


@pytest.mark.parametrize("words", ["settings", "track", ""])
async def test_a_mention_opens_none_of_the_forms_that_the_page_names(words):
    services = create_autospec(Services, instance=True)
    note = await answer_to(services, Place("T1", "C1", "U1"), words, "event")
    assert note is not None
    assert "A mention opens no form" in note.text
    assert "Three words open a form, only from `/gap`" in page("docs/asking.md")
    assert len(FORMS) == 3


def test_only_slack_warns_about_a_vendors_own_allowance(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with in_thread(AhrefsServer()) as server:
        env = {"LINKGAP_AHREFS_API_KEY": KEY, "LINKGAP_AHREFS_BASE_URL": server.base_url}
        words = ["gap", KEYWORD, "--site", OWN_SITE, "--no-gates", "--light"]
        assert CliRunner(env=env).invoke(main, words).exit_code == 0
        assert server.ledger
        assert not [one for one in server.ledger if "limits-and-usage" in str(one)]
    assert "In Slack it also warns about a vendor's own allowance" in page("docs/costs.md")


def test_the_vendors_without_a_free_call_are_those_of_the_page(monkeypatch, tmp_path):
    vendors = {name: built(name, monkeypatch, tmp_path) for name in CASES}
    silent = {
        name
        for name, vendor in vendors.items()
        if isinstance(vendor, Vendor)
        and vendor.contract is None
        and not vendor.can(Capability.BALANCE)
    }
    assert silent == {"brave", "searxng", "semrush_v4", "serpapi", "serper"}
    told = "(Brave, SearXNG, SerpApi, Serper, and Semrush with a key of version 4 alone)"
    assert f"no free call for that {told}" in page("docs/operations.md")


def test_the_oldest_sqlite_is_named_where_people_install():
    oldest = "SQLite {}.{}".format(*OLDEST_SQLITE[:2])
    assert oldest in page("docs/operations.md")
    assert "SQLite is {}.{} or later".format(*OLDEST_SQLITE[:2]) in page("README.md")


def test_an_index_alone_is_refused_where_the_readme_says_so(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    asked = CliRunner(env={"LINKGAP_MOZ_TOKEN": "a-token"}).invoke(main, ["gap", "best crm"])
    assert (asked.exit_code, "vs:URL" in asked.output) == (3, True)
    assert "a link index alone answers only questions that name pages with `vs:`" in page(
        "README.md"
    )


def test_no_figure_of_a_page_is_a_week_of_questions_without_their_proof():
    """Two sets of figures for a week stood side by side once: with and without the proof."""
    for name in ("README.md", "docs/costs.md", "docs/tracking.md"):
        assert not re.search(r"\b(82|83|232|234|236) units", page(name)), name


def test_every_library_that_is_installed_is_under_a_licence_that_the_note_names():
    note = page("docs/decisions/0051-licence.md")
    allowed = {"MIT", "BSD", "Apache", "MPL", "PSF", "CNRI", "Public Domain"}
    assert all(name in note for name in ("MIT", "BSD", "Apache 2.0", "MPL 2.0", "public domain"))
    locked = re.findall(r"^([\w.-]+)==", page_lines("requirements/app.lock"), re.MULTILINE)
    strange = [name for name in locked if not any(one in licence(name) for one in allowed)]
    assert strange == []


def page_lines(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def licence(name: str) -> str:
    """Return what a package says of its licence; one for another system is not installed."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return "MIT"
    kinds = [one for one in told.get_all("Classifier") or [] if one.startswith("License")]
    return " ".join([str(told["License-Expression"]), str(told["License"])[:40], *kinds])


@pytest.mark.parametrize("name", ["docs/privacy.md", "docs/operations.md", "docs/settings.md"])
def test_how_long_things_are_kept_is_the_same_everywhere(name):
    text = page(name)
    days = {Settings.model_fields[f"keep_{what}_days"].default for what in ("answers", "spend")}
    assert days == {180, 800}
    assert all(str(one) in text for one in days)
