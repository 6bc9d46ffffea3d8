"""`linkgap outreach` and `linkgap forget` as users run them."""

import asyncio
import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes.worlds.reports import EXAMPLE, prospect
from support.clock import FakeClock

from bot.cli import main
from bot.model.approach import Angle, AngleKind, Contact, ProspectReading, Way
from bot.model.report import Report, to_json
from bot.outreach.lists import BUZZSTREAM
from bot.store import outreach_readings, reports
from bot.store.connect import Database

SITE = "own.example"
ISSUE_COLUMNS = (
    *("domain", "linking_page", "title", "kind", "why", "score", "links_to_pages"),
    *("links_to_sites", "follow", "authority", "authority_scale", "traffic", "anchor"),
    *("keywords", "our_page", "our_position", "contact_page", "email", "language", "owner"),
    *("status", "since", "note"),
)


def answer(keyword: str, *names: str, **changes: object) -> Report:
    found = tuple(
        replace(prospect(at), domain=name, score=90.0 - at, **changes)
        for at, name in enumerate(names)
    )
    return replace(
        EXAMPLE, keyword=keyword, site=SITE, page=f"https://{SITE}/crm", position=7, prospects=found
    )


@pytest.fixture
def linkgap(monkeypatch, tmp_path):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0, **env: str) -> Result:
        result = CliRunner(env=env).invoke(main, arguments)
        assert result.exit_code == code, result.output
        return result

    return run


def keep(*answers: Report, reading: ProspectReading | None = None) -> None:
    """Store answers of the command line, as `linkgap gap` does."""

    async def store() -> None:
        clock = FakeClock()
        database = await Database.open(Path("linkgap.db"), clock)
        for number, one in enumerate(answers):
            await database.run(
                lambda db, number=number, one=one: reports.save(
                    db,
                    run_id=str(number),
                    team="cli",
                    channel=None,
                    question="{}",
                    report=to_json(one),
                    at=clock.now(),
                )
            )
        if reading:
            await database.run(lambda db: outreach_readings.keep(db, "cli", [reading], clock.now()))
        await database.close()

    asyncio.run(store())


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_list_is_one_over_all_keywords_with_all_of_them_named(linkgap):
    theirs = ("https://rival.example/a", "rival.example")
    keep(
        answer("crm", "a.example", "b.example", links_to=theirs[:1]),
        answer("best crm", "b.example", "c.example", links_to=theirs, example_title="Tools"),
    )
    found = rows(linkgap("outreach", "--csv").stdout)
    assert [one["domain"] for one in found] == ["a.example", "b.example", "c.example"]
    both = found[1]
    assert both["keywords"] == "best crm; crm"
    assert (both["links_to_pages"], both["links_to_sites"]) == ("1", "1")
    assert both["links_to"] == "https://rival.example/a; rival.example"
    assert (both["title"], both["our_page"], both["our_position"]) == (
        "Tools",
        f"https://{SITE}/crm",
        "7",
    )
    only = rows(linkgap("outreach", "--keyword", "CRM", "--csv").stdout)
    assert [one["domain"] for one in only] == ["a.example", "b.example"]


def test_the_columns_are_those_of_the_issue_and_no_cell_is_a_formula(linkgap):
    clock = FakeClock()
    reading = ProspectReading(
        "a.example",
        "https://a.example/tools",
        angle=Angle(AngleKind.RESOURCE_LIST, "Ask for a place.", ()),
        contacts=(
            Contact("https://a.example/about", clock.now(), Way.MAILTO, address="kim@a.example"),
            Contact("https://a.example/about", clock.now(), Way.WRITTEN, address="info@a.example"),
        ),
        language="en",
        title="=2+3",
    )
    keep(answer("=cmd()", "a.example", anchor="@SUM(1)"), reading=reading)
    linkgap("outreach", "suppress", "kim@a.example")
    linkgap(
        *("outreach", "set", "a.example", "claimed", "--as", "U0ANNA", "--site", SITE),
        *("--note", "+1 for it", "--method", "exchange"),
    )
    [one] = rows(linkgap("outreach", "--csv").stdout)
    assert tuple(one)[: len(ISSUE_COLUMNS)] == ISSUE_COLUMNS
    assert (one["title"], one["anchor"], one["keywords"], one["note"]) == (
        "'=2+3",
        "'@SUM(1)",
        "'=cmd()",
        "'+1 for it",
    )
    assert (one["kind"], one["language"], one["owner"], one["status"], one["method"]) == (
        "resource_list",
        "en",
        "U0ANNA",
        "claimed",
        "exchange",
    )
    assert (one["email"], one["contact_page"]) == ("info@a.example", "https://a.example/about")


def test_a_contact_page_of_whom_nobody_may_contact_is_in_no_file(linkgap):
    now, about = FakeClock().now(), "https://a.example/about"
    form = Contact(about, now, Way.FORM, form_url="https://www.group.example/contact")
    own = Contact(about, now, Way.WRITTEN, address="info@a.example")
    reading = ProspectReading("a.example", None, contacts=(form, own))
    keep(answer("crm", "a.example"), reading=reading)
    [before] = rows(linkgap("outreach", "--csv").stdout)
    assert before["contact_page"] == form.form_url
    linkgap("outreach", "suppress", "group.example")
    for door in ("--csv", "--json"):
        assert "group.example" not in linkgap("outreach", door).stdout
    [after] = rows(linkgap("outreach", "--csv").stdout)
    assert (after["contact_page"], after["email"]) == (about, "info@a.example")


def test_json_has_the_same_and_unknown_is_null(linkgap):
    keep(answer("crm", "a.example", traffic=None))
    [one] = json.loads(linkgap("outreach", "--json").stdout)
    assert (one["domain"], one["status"], one["traffic"], one["verification"]) == (
        "a.example",
        "new",
        None,
        None,
    )
    assert one["keywords"] == ["crm"]


def test_buzzstream_gets_its_columns_in_its_order(linkgap):
    keep(answer("crm", "a.example", example_page="https://a.example/tools", anchor="best"))
    set_ = ("outreach", "set", "a.example", "contacted", "--as", "U0ANNA", "--site", SITE)
    linkgap(*set_, "--method", "self_submitted")
    head, row = csv.reader(io.StringIO(linkgap("outreach", "--for", "buzzstream").stdout[1:]))
    assert tuple(head) == BUZZSTREAM
    assert row == [
        *("a.example", "a.example", "https://a.example/tools", f"https://{SITE}/crm", "best"),
        *("", "", "Self Submit", ""),
    ]


def test_a_person_who_holds_it_is_named_to_whoever_comes_later(linkgap):
    linkgap("outreach", "set", "a.example", "claimed", "--as", "U0ANNA", "--site", SITE)
    refused = linkgap(
        "outreach", "set", "A.example.", "claimed", "--as", "U0BEN", "--site", SITE, code=1
    )
    assert "a.example was left as it is: U0ANNA holds it since " in refused.stderr
    other = linkgap(
        "outreach", "set", "a.example", "claimed", "--as", "U0BEN", "--site", "b.example"
    )
    assert "For another client somebody is in touch with it already." in other.stdout
    assert SITE not in other.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a.example", "won", "--as", "U1"), "set by LinkGap alone"),
        (("a.example", "lost", "--as", "U1"), "set by LinkGap alone"),
        (("a.example", "maybe", "--as", "U1"), "Write one of claimed, contacted"),
        (("co.uk", "claimed", "--as", "U1"), "is no domain"),
        (("a.example", "claimed"), "Say who decided it with --as"),
    ],
)
def test_what_cannot_be_read_changes_nothing_and_says_what_to_write(linkgap, words, said):
    assert said in linkgap("outreach", "set", *words, code=2).stderr
    assert "No prospects here" in linkgap("outreach").stdout


def test_decisions_that_were_made_elsewhere_are_taken_once(linkgap, tmp_path):
    (tmp_path / "theirs.csv").write_text(
        "Website;Relationship Stage;Notes;Acquisition Method\r\n"
        "https://www.a.example/x;Attempting to Reach;first mail;Organic\r\n"
        "b.example;Rejected;;\r\n"
        "c.example;claimed;;\r\n",
        "utf-16",
    )
    linkgap("outreach", "set", "c.example", "claimed", "--as", "U0BEN", "--site", SITE)
    take = ("outreach", "import", "theirs.csv", "--as", "U0ANNA", "--site", SITE)
    first = linkgap(*take).stdout
    assert "2 decisions taken, 0 known already, 1 left out." in first
    assert "c.example was left as it is: U0BEN holds it" in first
    assert "0 decisions taken, 2 known already, 1 left out." in linkgap(*take).stdout
    kept = {one["domain"]: one for one in rows(linkgap("outreach", "--csv").stdout)}
    assert (kept["a.example"]["status"], kept["a.example"]["note"]) == ("contacted", "first mail")
    assert kept["a.example"]["method"] == "organic"
    assert kept["b.example"]["status"] == "declined"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,status\na.example,claimed\n", "must name the columns"),
        ("domain,status\na.example,claimed\nb.example,perhaps\n", "line 3: “perhaps” is no status"),
        ("domain,status\na.example,won\n", "set by LinkGap alone"),
        ("domain,status\nnothing,claimed\n", "line 2: “nothing” is no domain"),
        ("domain,status\na.example,claimed\na.example,declined\n", "Keep one of them"),
        ("domain,status,method\na.example,claimed,magic\n", "is no method"),
    ],
)
def test_a_file_with_a_line_that_is_not_understood_is_refused_as_a_whole(
    linkgap, tmp_path, text, said
):
    (tmp_path / "theirs.csv").write_text(text, "utf-8")
    refused = linkgap("outreach", "import", "theirs.csv", "--as", "U0ANNA", code=2).stderr
    assert said in refused
    assert "No prospects here" in linkgap("outreach").stdout


def test_never_contact_goes_out_and_comes_in_and_only_an_owner_lifts_it(linkgap, tmp_path):
    keep(answer("crm", "a.example", "b.example"))
    linkgap("outreach", "suppress", "a.example", "Kim+x@b.example", "--reason", "said no")
    exported = linkgap("outreach", "suppress", "--export").stdout
    assert [one["domain"] for one in rows(exported)] == ["a.example", "kim@b.example"]
    assert "a.example" not in linkgap("outreach", "--csv").stdout
    (tmp_path / "never.csv").write_text(exported, "utf-8")
    again = linkgap("outreach", "suppress", "never.csv", "c.example").stdout
    assert "1 added, 2 on the list already." in again
    other = linkgap("outreach", "suppress", "never.csv", LINKGAP_DB="other.db").stdout
    assert "2 added" in other
    lift = (
        "outreach",
        "suppress",
        "--lift",
        "a.example",
        "--as",
        "U0WNER",
        "--reason",
        "they asked",
    )
    assert "LINKGAP_OWNERS" in linkgap(*lift, code=1).stderr
    assert "may be contacted again" in linkgap(*lift, LINKGAP_OWNERS="U0WNER").stdout
    assert "a.example" in linkgap("outreach", "--csv").stdout


def test_a_word_that_names_nobody_suppresses_nobody(linkgap):
    refused = linkgap("outreach", "suppress", "a.example", "nonsense", code=2)
    assert "“nonsense” is neither a domain" in refused.stderr
    assert "0 names on the list" in linkgap("outreach", "suppress").stdout


def test_a_misspelt_file_is_no_domain(linkgap):
    said = linkgap("outreach", "suppress", "said-no.example", "List.CSV", code=2).output
    assert "There is no file “List.CSV”. Nothing was changed." in said
    assert "0 names on the list" in linkgap("outreach", "suppress").stdout


def test_a_person_is_forgotten_only_with_yes(linkgap):
    linkgap("outreach", "set", "a.example", "contacted", "--as", "U0ANNA", "--site", SITE)
    told = linkgap("forget", "--person", "U0ANNA").stdout
    assert "Would go: 2 claims, decisions and lines of history." in told
    assert "U0ANNA" in linkgap("outreach", "--csv").stdout
    assert linkgap("forget", "--person", "U0ANNA", "--yes").stdout.startswith("Deleted: 2 claims")
    assert rows(linkgap("outreach", "--csv").stdout)[0]["owner"] == "a former colleague"
    assert "Nothing is kept about U0ANNA." in linkgap("forget", "--person", "U0ANNA").stdout


def test_forget_wants_to_know_whom(linkgap):
    assert "Name one of" in linkgap("forget", "--yes", code=2).stderr
    assert "Name one of" in linkgap("forget", "--person", "U1", "--team", "T1", code=2).stderr
    assert "is no domain" in linkgap("forget", "--domain", "nothing", code=2).stderr


def test_options_before_a_command_are_not_swallowed(linkgap):
    said = linkgap("outreach", "--site", SITE, "suppress", code=2).stderr
    assert "Write the options after the word suppress" in said


def test_the_list_for_people_shows_linking_pages_and_hostile_words_as_they_are(linkgap):
    page = "https://a.example/\x1b[31mtools"
    keep(answer("crm", "a.example", example_page=page))
    linkgap("outreach", "set", "a.example", "claimed", "--as", "[bold]Kim", "--site", SITE)
    said = linkgap("outreach", COLUMNS="140").stdout
    assert "https://a.example/" in said
    assert "[bold]Kim" in said
    assert "\x1b" not in said
