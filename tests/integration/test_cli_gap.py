"""`linkgap gap` as users run it: what is printed where, and its exit codes."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE

from bot.cli import main

DOCUMENTED = json.loads(
    (Path(__file__).parents[2] / "docs" / "report.schema.json").read_text("utf-8")
)
OURS = ("--site", "ledgerly.example", "--page", OWN_PAGE)


@pytest.fixture
def ahrefs():
    with in_thread(AhrefsServer()) as server:
        yield server


@pytest.fixture
def gap(monkeypatch, tmp_path, ahrefs):
    """Run the command in an empty folder with Ahrefs connected."""
    monkeypatch.chdir(tmp_path)
    environment = {"LINKGAP_AHREFS_API_KEY": KEY, "LINKGAP_AHREFS_BASE_URL": ahrefs.base_url}

    def run(*arguments: str, **changes: str | None) -> Result:
        return CliRunner(env=environment | changes).invoke(main, ["gap", *arguments])

    return run


def test_json_is_as_documented_and_alone_on_stdout(gap):
    result = gap(KEYWORD, *OURS, "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    jsonschema.validate(report, DOCUMENTED, jsonschema.Draft202012Validator)
    assert report["need"]["per_page"] == [55, 1, 15]
    assert report["need"]["even_field"] == 24
    assert (report["market"], report["site"]) == (
        {"country": "us", "language": "en"},
        "ledgerly.example",
    )


def test_progress_and_price_go_to_stderr(gap):
    result = gap(KEYWORD, *OURS, "--json")
    assert "At most 1,500 Ahrefs units." in result.stderr
    assert "Reading who links to the top 3" in result.stderr
    assert "Reading" not in result.stdout


def test_the_prospects_come_as_csv_and_the_report_shows_their_linking_pages(gap):
    rows = list(csv.DictReader(io.StringIO(gap(KEYWORD, *OURS, "--csv").stdout[1:])))
    report = json.loads(gap(KEYWORD, *OURS, "--json").stdout)
    assert [row["domain"] for row in rows] == [one["domain"] for one in report["prospects"]]
    pages = [row["example_page"] for row in rows[:25] if row["example_page"]]
    said = "".join(gap(KEYWORD, *OURS, COLUMNS="200").stdout.split())
    assert pages
    assert all(page in said for page in pages)
    refused = gap(KEYWORD, *OURS, "--csv", "--json")
    assert (refused.exit_code, "not for both" in refused.stderr) == (2, True)


def test_people_get_a_readable_report(gap):
    result = gap(KEYWORD, *OURS)
    assert result.exit_code == 0
    assert "fincompare.example" in result.stdout
    assert "55" in result.stdout
    assert not result.stdout.lstrip().startswith("{")


def test_the_key_is_never_printed(gap, ahrefs):
    ahrefs.key = "another"
    for arguments in ((KEYWORD, "--json"), (KEYWORD,)):
        result = gap(*arguments)
        assert result.exit_code == 4
        assert KEY not in result.output


def test_a_partial_report_is_an_answer(gap, ahrefs):
    ahrefs.fail_next("all-backlinks", 403, times=9)
    result = gap(KEYWORD, *OURS, "--json")
    assert result.exit_code == 0
    states = {source["state"] for source in json.loads(result.stdout)["sources"]}
    assert "unavailable" in states


def test_no_answer_is_4_with_the_report_and_the_reason(gap, ahrefs):
    ahrefs.fail_next("serp-overview/serp-overview", 401)
    result = gap(KEYWORD, "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["need"]["needed"] is None
    ahrefs.fail_next("serp-overview/serp-overview", 401)
    assert "is unknown: the search results could not be read." in " ".join(
        gap(KEYWORD).stdout.split()
    )
    assert "Error: ahrefs refused the API key." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["", "--json"], "Which keyword?"),
        (["x" * 500], "That keyword has 500 characters"),
        ([KEYWORD, "--in", "atlantis"], "I do not know the country “atlantis”."),
        ([KEYWORD, "--site", "10.0.0.1"], "10.0.0.1 is an IP address."),
        ([KEYWORD, "--page", "https://a:b@x.example/"], "carries a user name or password"),
        ([KEYWORD, "--via", "nobody"], "I do not know a vendor “nobody”."),
        ([KEYWORD, "--serp", "exports"], "Imported files has no search results"),
        ([KEYWORD, "--unknown"], "No such option"),
        ([], "Missing argument 'KEYWORD'"),
    ],
)
def test_an_invalid_question_exits_with_2_and_costs_nothing(gap, ahrefs, arguments, sentence):
    result = gap(*arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""
    assert ahrefs.ledger == []


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("LINKGAP_RUN_CAP", "much", "LINKGAP_RUN_CAP: Input should be a valid integer"),
        ("LINKGAP_AHREFS_API_KEY", "two words", "LINKGAP_AHREFS_API_KEY: holds a space"),
        ("LINKGAP_VIA", "nobody", "LINKGAP_VIA: no vendor is called nobody"),
        ("LINKGAP_DB", "/no/such/folder/x.db", "LINKGAP_DB: the folder /no/such/folder does not"),
    ],
)
def test_an_installation_that_is_not_set_up_is_3(gap, variable, value, sentence):
    result = gap(KEYWORD, **{variable: value})
    assert result.exit_code == 3
    assert f"Error: {sentence}" in result.stderr
    assert "two words" not in result.output


def test_a_cap_of_zero_sends_nothing(gap, ahrefs):
    result = gap(KEYWORD, LINKGAP_RUN_CAP="0")
    assert result.exit_code == 4
    assert "The cap of 0 ahrefs units per run stopped this" in result.stderr
    assert ahrefs.ledger == []


def test_without_a_key_the_sample_answers_free_and_says_so(gap):
    result = gap(KEYWORD, "--site", "ledgerly.example", LINKGAP_AHREFS_API_KEY=None)
    assert result.exit_code == 0
    assert "This costs nothing." in result.stderr
    assert "sample data" in result.stdout.lower()


def test_who_named_no_page_hears_the_option_that_names_it(gap):
    keyless = {"LINKGAP_AHREFS_API_KEY": None}
    assert gap(KEYWORD, **keyless).stderr.endswith(
        "Name your site with `--site`, and your page with `--page`.\n"
    )
    known_site = gap(KEYWORD, "--site", "example.com", **keyless)
    assert known_site.stderr.endswith("Name your page with `--page`.\n")
    assert "Name your" not in gap(KEYWORD, *OURS, **keyless).stderr
    assert "Name your" not in gap(KEYWORD, "--json", **keyless).stderr


def test_options_of_the_command_win_over_the_environment(gap):
    result = gap(
        *(KEYWORD, "--in", "de", "--lang", "de", "--site", "a.example", "--json"),
        LINKGAP_COUNTRY="fr",
        LINKGAP_LANG="fr",
        LINKGAP_SITE="b.example",
    )
    report = json.loads(result.stdout)
    assert (report["market"]["country"], report["site"]) == ("de", "a.example")


def test_pages_named_by_hand_are_compared_without_a_search(gap, ahrefs):
    result = gap(
        *(KEYWORD, *OURS, "--json", "--via", "ahrefs, ", "--no-gates"),
        *("--vs", "bookwise.example/blog/accounting-software-for-startups"),
    )
    assert json.loads(result.stdout)["need"]["per_page"] == [15]
    assert not any("serp" in entry.path for entry in ahrefs.ledger)


def test_the_second_time_is_free_unless_fresh_is_wanted(gap, ahrefs):
    gap(KEYWORD, *OURS)
    spent = ahrefs.spent
    assert json.loads(gap(KEYWORD, *OURS, "--json").stdout)["cost"] == []
    assert ahrefs.spent == spent
    gap(KEYWORD, *OURS, "--fresh")
    assert ahrefs.spent == 2 * spent


def test_the_help_documents_the_exit_codes():
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "Exit codes: 0 an answer, also a partial one" in result.stdout
