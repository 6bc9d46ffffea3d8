"""One grammar everywhere: the same words mean the same question wherever they are typed."""

import json
from collections.abc import AsyncIterator, Iterator

import pytest
from click.testing import CliRunner
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.slack.gap_bot import Bot, gap_bot
from support.tracking_cli import TrackingCli

from bot.cli import main
from bot.settings.levels import Place

OURS, CLIENT, OTHER = "ledgerly.example", "client.example", "other.example"
CRM = "https://client.example/crm"

# The words, the same in fields, and what they mean: keyword, site, country, language, page.
# The client's market is set to Germany; the other site has no settings.
CASES = [
    ("crm a", {}, ("crm a", OURS, "us", "en", None)),
    ("crm b site:client.example", {"site": CLIENT}, ("crm b", CLIENT, "de", "de", None)),
    ("crm c site:other.example", {"site": OTHER}, ("crm c", OTHER, "us", "en", None)),
    (f"crm d page:{CRM}", {"site": "", "page": CRM}, ("crm d", CLIENT, "de", "de", CRM)),
    (
        "crm e in:fr site:client.example",
        {"site": CLIENT, "in": "fr"},
        ("crm e", CLIENT, "fr", "de", None),
    ),
    ("*crm f* in:uk lang:fr", {"in": "uk", "lang": "fr"}, ("crm f", OURS, "gb", "fr", None)),
    (
        '"crm g in:de" site:client.example',
        {"site": CLIENT},
        ("crm g in:de", CLIENT, "de", "de", None),
    ),
]
WORDS = [words for words, _, _ in CASES]
MEANT = sorted((meaning for _, _, meaning in CASES), key=str)


def meaning(question) -> tuple[str | None, ...]:
    market = question.market
    return question.keyword, question.site, market.country, market.language, question.page


def meanings(questions) -> list[tuple[str | None, ...]]:
    return sorted(map(meaning, questions), key=str)


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OURS) as it:
        it.join("seo")
        market = {"country": "de", "lang": "de"}
        team = it.playground.workspace.team_id
        await it.services.channels.save(team, Place.site(CLIENT), market, by=None)
        yield it


async def test_the_words_mean_the_same_in_a_command(bot):
    for words in WORDS:
        await bot.gap(words)
    assert meanings(bot.analysis.asked) == MEANT


async def test_the_words_mean_the_same_in_a_mention(bot):
    for words in WORDS:
        await bot.mention(words)
    assert meanings(bot.analysis.asked) == MEANT


async def test_the_words_mean_the_same_in_a_form(bot):
    names = {"in": "country", "lang": "language"}
    for _, fields, (keyword, *_) in CASES:
        await bot.playground.slash("ana", "seo", "/gap")
        await bot.settle()
        emptied = {"country": "", "language": ""}
        typed = {names.get(name, name): text for name, text in fields.items()}
        await bot.playground.submit_view("ana", {"keyword": keyword, **emptied, **typed})
        await bot.settle()
    assert meanings(bot.analysis.asked) == MEANT


async def test_the_words_mean_the_same_in_track(bot):
    for words in WORDS:
        await bot.gap(f"track {words}")
    assert meanings(one.question for one in await bot.tracked()) == MEANT


async def test_the_words_mean_the_same_in_the_form_for_many(bot):
    await bot.playground.slash("ana", "seo", "/gap", "track")
    await bot.settle()
    await bot.playground.submit_view("ana", {"keywords": "\n".join(WORDS)})
    await bot.settle()
    await bot.click(bot.seen()[-1], "Confirm")
    assert meanings(one.question for one in await bot.tracked()) == MEANT


async def test_a_tracked_keyword_is_found_by_the_words_that_tracked_it(bot):
    for words in WORDS:
        await bot.gap(f"track {words}")
    for left, words in enumerate(reversed(WORDS)):
        await bot.gap(f"untrack {words}")
        assert len(await bot.tracked()) == len(WORDS) - 1 - left


async def test_a_named_site_brings_its_market_also_when_choosing_a_tracked_keyword(bot):
    for market in ("", " in:us lang:en"):
        await bot.gap(f"track best crm site:client.example{market}")
    await bot.gap("untrack best crm site:client.example")
    [left] = await bot.tracked()
    assert left.question.market.country == "us"


@pytest.fixture
def cli(monkeypatch, tmp_path) -> Iterator[TrackingCli]:
    """An installation with a tiny budget: these tests look only at what is asked."""
    monkeypatch.chdir(tmp_path)
    environment = {"LINKGAP_SITE": OURS, "LINKGAP_RUN_CAP": "0"}
    with in_thread(AhrefsServer()) as server:
        it = TrackingCli(server, tmp_path, environment=environment)
        it.run("settings", "--site", CLIENT, "country=de", "lang=de")
        yield it


def as_meant(row) -> tuple[str | None, ...]:
    market = row["market"]
    return row["keyword"], row["site"], market["country"], market["language"], row["page"]


def reported(cli, *arguments: str) -> tuple[str | None, ...]:
    return as_meant(json.loads(cli.run("gap", *arguments, "--json", code=4).stdout))


def test_the_words_mean_the_same_on_the_command_line(cli):
    assert sorted((reported(cli, words) for words in WORDS), key=str) == MEANT


def test_the_words_mean_the_same_as_command_line_options(cli):
    for _, fields, meant in (CASES[3], CASES[4], CASES[6]):
        keyword = f'"{meant[0]}"'  # in quotes, everything is the keyword
        options = [word for name, text in fields.items() if text for word in (f"--{name}", text)]
        assert reported(cli, keyword, *options) == meant


def test_the_words_mean_the_same_in_track_and_untrack_on_the_command_line(cli):
    some = (CASES[3], CASES[4])
    for words, _, _ in some:
        cli.run("track", words, *cli.as_of, code=4)
    assert [as_meant(row) for row in listed(cli)] == [meant for _, _, meant in some]
    for words, _, _ in some:
        cli.run("untrack", words)
    assert listed(cli) == []


def listed(cli):
    return json.loads(cli.run("list", "--json").stdout)["keywords"]


def test_a_column_of_a_file_is_not_parsed_as_a_command(cli):
    (cli.folder / "all.csv").write_text(f"keyword;site\ncrm in:fr;{CLIENT}\n", "utf-8")
    cli.run("track", "--csv", "all.csv", *cli.as_of, code=4)
    assert [as_meant(row) for row in listed(cli)] == [("crm in:fr", CLIENT, "de", "de", None)]


def test_the_day_and_hour_of_the_digest_are_read_from_the_words_too(cli):
    cli.run("track", "best crm weekly on:tue at:10:00", *cli.as_of, code=4)
    (row,) = listed(cli)
    assert row["keyword"] == "best crm"
    said = json.loads(cli.run("settings", "--channel", "cli", "--json").stdout)["settings"]
    values = {one["name"]: one["value"] for one in said}
    assert (values["digest_day"], values["digest_hour"]) == ("tue", "10")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("gap", "crm site:a.example", "--site", "b.example"), "`site:` and --site are both given"),
        (("gap", "crm site:a.example", "--site", "a.example"), "`site:` and --site are both given"),
        (("gap", "crm page:none", "--page", "none"), "`page:` and --page are both given"),
        (("gap", "crm in:de", "--in", "de"), "`in:` and --in are both given"),
        (("gap", "crm lang:de", "--lang", "de"), "`lang:` and --lang are both given"),
        (("gap", "crm serp:a", "--serp", "a"), "`serp:` and --serp are both given"),
        (("gap", "crm fresh:yes", "--fresh"), "`fresh:` and --fresh are both given"),
        (("gap", "crm gates:no", "--gates"), "`gates:` and --gates, --no-gates or --first-page"),
        (("gap", "crm gates:no", "--first-page"), "--no-gates or --first-page are both given"),
        (("track", "crm on:mon", "--on", "tue"), "`on:` and --on are both given"),
        (("track", "crm at:9", "--at", "9"), "`at:` and --at are both given"),
        (("untrack", "crm site:a.example", "--site", "b.example"), "`site:` and --site are both"),
        (("history", "crm in:de", "--in", "de"), "If `in:` belongs to the keyword, put the keyw"),
        (("gap", "crm seite:a.example"), "I do not know the option `seite:`."),
        (("track", "crm at:5"), "`at:` takes a full hour from 06:00 to 22:00"),
    ],
)
def test_a_value_given_in_words_and_by_an_option_is_rejected(tmp_path, arguments, sentence):
    result = CliRunner(env={"LINKGAP_DB": str(tmp_path / "no.db")}).invoke(main, arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_pages_and_vendors_in_words_and_by_options_add_up(cli):
    vs = ("--vs", "https://b.example/")
    words = "crm vs:https://a.example/ via:ahrefs"
    report = json.loads(cli.run("gap", words, *vs, "--json", code=4).stdout)
    asked = {source["what"] for source in report["sources"]}
    assert {"referring domains of a.example", "referring domains of b.example"} <= asked
