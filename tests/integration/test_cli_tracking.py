"""Tracking from the command line: a sequence of processes, and the details of each command."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.worlds.ahrefs_world import OWN_SITE
from fakes.worlds.tracked import competitor, keyword, our_page, spell
from support.tracking_cli import FIRST, TrackingCli, link

DOCUMENTED = json.loads(
    (Path(__file__).parents[2] / "docs" / "digest.schema.json").read_text("utf-8")
)


@pytest.fixture
def cli(monkeypatch, tmp_path) -> Iterator[TrackingCli]:
    monkeypatch.chdir(tmp_path)
    with in_thread(AhrefsServer()) as server:
        yield TrackingCli(server, tmp_path)


def test_weekly_digests_work_across_processes_that_share_only_the_database(cli):
    ours = ("--site", OWN_SITE, "--page", our_page(0))
    said = cli.process("track", keyword(0), *ours, *cli.as_of)
    assert "12 referring domains needed, you have 12, 0 to go" in said
    first = json.loads(cli.process("digest", *cli.as_of, "--json"))
    assert (first["week"], first["channel"], first["changed"]) == ("2026-W48", "cli", False)

    day = (FIRST + timedelta(days=3)).date()
    cli.next_week(
        link(competitor(0, 1), "trackers.example", day),
        link(competitor(0, 1), "lists.example", day),
        link(competitor(0, 1), "reviews.example", day),
        link(our_page(0), "friend.example", day),
    )
    assert "13 referring domains needed, you have 13" in cli.process("refresh", *cli.as_of)
    week = json.loads(cli.process("digest", *cli.as_of, "--json"))
    jsonschema.validate(week, DOCUMENTED, jsonschema.Draft202012Validator)
    (line,) = week["keywords"]
    assert (line["need_change"], line["have_change"], line["gap_change"]) == (1, 1, 0)
    assert {new["domain"] for new in week["new_competitor_links"]} == {
        "trackers.example",
        "lists.example",
        "reviews.example",
    }
    assert [won["domain"] for won in week["won"]] == ["friend.example"]
    assert [cost["provider"] for cost in week["cost"]] == ["ahrefs"]
    assert 0 < week["cost"][0]["units"] <= 300
    assert week["changed"]
    assert json.loads(cli.process("digest", *cli.as_of, "--json")) == week

    cli.next_week()
    cli.process("refresh", *cli.as_of)
    assert "Nothing changed since the last digest" in cli.process("digest", *cli.as_of)
    history = json.loads(cli.process("history", keyword(0), "--json"))
    assert [shot["need"] for shot in history["snapshots"]] == [12, 13, 13]
    assert history["snapshots"][1]["competitors"][0] == {
        "url": competitor(0, 1),
        "domain": "rival0-1.example",
        "referring_domains": 15,
    }
    assert history["snapshots"][1]["rivals"] == history["snapshots"][1]["competitors"]


def test_tracking_says_the_price_first_and_then_what_it_takes(cli):
    result = cli.track()
    assert result.stderr.startswith("At most ")
    assert "“tracked keyword 0” (ledgerly.example, US (en)): 12 referring domains" in result.stdout
    assert "Cost: ahrefs " in result.stdout


def test_a_price_over_the_owners_threshold_is_asked_about_and_no_means_no(cli):
    cli.environment["LINKGAP_CONFIRM_OVER"] = "10"
    ours = (keyword(0), "--site", OWN_SITE, *cli.as_of)
    assert "Spend that?" in cli.run("track", *ours, answer="n\n", code=1).stderr
    assert cli.server.ledger == []
    assert "No keyword is tracked" in cli.run("list").stdout
    cli.run("track", *ours, answer="y\n")
    assert cli.server.spent > 0


def test_a_recently_read_tracked_keyword_is_not_bought_again(cli):
    cli.track()
    spent = cli.server.spent
    assert "nothing was bought" in cli.track().stdout
    assert cli.server.spent == spent


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("track",), "Name a KEYWORD or a file with --csv"),
        (("track", "crm"), "Whose page is it for? Add --site"),
        (("track", "", "--site", OWN_SITE), "Which keyword?"),
        (("track", "crm", "--site", OWN_SITE, "--via", "nobody"), "a vendor “nobody”"),
        (("track", "crm", "--site", OWN_SITE, "--at", "5"), "not in the range 6<=x<=22"),
        (("track", "--csv", "nowhere.csv"), "nowhere.csv"),
        (("untrack", "crm"), "“crm” is not tracked in cli."),
        (("history", "crm"), "“crm” is not tracked in cli."),
        (("track", "crm", "--pause"), "“crm” is not tracked in cli."),
        (("refresh", "--keyword", "crm"), "“crm” is not tracked in cli."),
        (("list", "--json", "--csv"), "Choose --json or --csv"),
        (("digest", "--as-of", "next week"), "“next week” is no moment. Write it like 2026-"),
        (("refresh", "--as-of", "1815-06-18"), "is not between the years 2000 and 2200"),
    ],
)
def test_an_invalid_argument_exits_with_2_and_costs_nothing(cli, arguments, sentence):
    result = cli.run(*arguments, code=2)
    assert sentence in result.stderr
    assert result.stdout == ""
    assert cli.server.ledger == []


def test_a_name_that_two_sites_share_has_to_be_qualified(cli):
    for site in (OWN_SITE, "other.example"):
        cli.run("track", keyword(0), "--site", site, *cli.as_of)
    refused = cli.run("untrack", keyword(0), code=2).stderr
    assert "is tracked 2 times in cli: ledgerly.example, US (en); other.example" in refused
    assert "Say which one with --site" in refused
    cli.run("untrack", keyword(0), "--site", "other.example")
    assert [row["site"] for row in rows_of(cli)] == [OWN_SITE]


def test_a_keyword_in_other_letter_case_is_not_bought_again(cli):
    cli.track()
    bought = list(cli.server.ledger)
    ours = ("--site", OWN_SITE, "--page", our_page(0), *cli.as_of)
    said = cli.run("track", keyword(0).upper(), *ours).stdout
    assert "It was tracked already and read within the last six days" in said
    assert cli.server.ledger == bought
    rows = f"sep=;\nkeyword\n{keyword(1)}\n*{keyword(1).title()}*\n"
    (cli.folder / "all.csv").write_text(rows, "utf-8")
    noted = cli.run("track", "--csv", "all.csv", "--site", OWN_SITE, *cli.as_of).stderr
    assert "Line 4: the same keyword as in line 3." in noted
    assert [row["keyword"] for row in rows_of(cli)] == [keyword(0), keyword(1)]


def test_a_keyword_kept_in_two_spellings_is_named_by_its_spelling(cli):
    cli.track(0)
    cli.track(1)
    with closing(sqlite3.connect(cli.folder / "linkgap.db")) as db, db:
        spell(keyword(1), keyword(0).upper())(db)
    refused = cli.run("untrack", keyword(0).title(), code=2).stderr
    assert "“TRACKED KEYWORD 0” ledgerly.example, US (en); “tracked keyword 0” l" in refused
    assert "Say which one by its spelling" in refused
    cli.run("untrack", keyword(0).upper())
    assert [row["keyword"] for row in rows_of(cli)] == [keyword(0)]


def rows_of(cli, *more):
    return json.loads(cli.run("list", "--json", *more).stdout)["keywords"]


def test_a_mistyped_keyword_gets_a_proposal(cli):
    cli.track()
    for typed in ("traced keyword 0", "TRACED KEYWORD 0"):
        said = cli.run("untrack", typed, code=2).stderr
        assert "Did you mean “tracked keyword 0”?" in said


def test_a_channel_has_keywords_of_its_own(cli):
    cli.track(0, "--channel", "C1", "--on", "tue", "--at", "10")
    assert rows_of(cli) == []
    (row,) = rows_of(cli, "--channel", "C1")
    assert "T10:00:00+00:00" in row["next_digest"]
    assert cli.refresh()["keywords"] == []


def test_moving_the_digest_of_a_channel_that_tracks_is_said(cli):
    assert "digest moves" not in cli.track(0, "--on", "tue").stdout
    said = cli.track(1, "--on", "wed", "--at", "10").stdout
    assert "The channel's digest moves from Tuesday at 09:00 to Wednesday at 10:00." in said
    assert "digest moves" not in cli.track(2, "--on", "wed").stdout


def test_the_list_comes_back_as_the_file_it_was_exported_to(cli):
    cli.track(0)
    cli.track(1)
    cli.run("track", keyword(1), "--pause")
    named = ("--vs", competitor(2, 1), "--vs", competitor(2, 2), "--via", "ahrefs")
    cli.track(2, *named, "--serp", "ahrefs")
    exported = cli.run("list", "--csv").stdout_bytes
    (cli.folder / "all.csv").write_bytes(exported)
    said = cli.run("track", "--csv", "all.csv", "--channel", "other", *cli.as_of)
    assert "3 keywords of all.csv tracked in other, 2 read now." in said.stdout
    assert cli.run("list", "--csv", "--channel", "other").stdout_bytes == exported
    assert (
        exported.decode()
        .splitlines()[3]
        .endswith(f",no,{competitor(2, 1)} {competitor(2, 2)},ahrefs,ahrefs")
    )


def test_a_paused_keyword_has_no_next_digest(cli):
    cli.track(0)
    cli.track(1)
    cli.run("track", keyword(1), "--pause")
    assert [bool(row["next_digest"]) for row in rows_of(cli)] == [True, False]


def test_the_united_kingdom_is_uk_to_every_command_that_takes_a_country(cli):
    ours = ("--site", OWN_SITE, *cli.as_of)
    for country in ("us", "uk"):
        cli.run("track", keyword(0), "--in", country, *ours)
    cli.run("history", keyword(0), "--in", "UK")
    cli.run("untrack", keyword(0), "--in", "uk")
    assert [row["market"]["country"] for row in rows_of(cli)] == ["us"]
    cli.run("track", f"{keyword(0)} in:gb", *ours)
    cli.run("untrack", f"{keyword(0)} in:uk")
    assert [row["market"]["country"] for row in rows_of(cli)] == ["us"]


def test_every_bad_row_of_a_file_is_named_and_every_good_one_tracked(cli):
    lines = [
        "keyword;site;page;country;paused",
        f"{keyword(0)};{OWN_SITE};{our_page(0)};us;no",
        f";{OWN_SITE};;;",
        "",
        f"crm;{OWN_SITE};;atlantis;",
        f"crm;{OWN_SITE};https://other.example/;;",
        f"crm;{OWN_SITE};;;perhaps",
        f"crm;{OWN_SITE};;;;;",
        "crm;;;;",
        f"{keyword(0)};{OWN_SITE};;;",
        f"{keyword(1)};{OWN_SITE};none;;yes",
    ]
    (cli.folder / "all.csv").write_text("\n".join(lines), "utf-8")
    result = cli.run("track", "--csv", "all.csv", *cli.as_of, code=1)
    said = result.stderr.splitlines()
    assert [line.split(":")[0] for line in said if line.startswith("Line ")] == [
        *("Line 10", "Line 3", "Line 5", "Line 6", "Line 7", "Line 8", "Line 9"),
    ]
    assert said[-1].startswith("At most ")
    assert "2 keywords of all.csv tracked in cli, 1 read now; 6 rows refused." in result.stdout
    assert [(row["keyword"], row["paused"]) for row in rows_of(cli)] == [
        (keyword(0), False),
        (keyword(1), True),
    ]


def test_a_channel_takes_500_keywords_and_names_the_rows_beyond(cli):
    rows = "".join(f"crm {number},yes\n" for number in range(501))
    (cli.folder / "all.csv").write_text(f"keyword,paused\n{rows}", "utf-8")
    result = cli.run("track", "--csv", "all.csv", "--site", OWN_SITE, code=1)
    assert result.stderr == "Line 502: 500 keywords is the most in a channel.\n"
    assert len(rows_of(cli)) == 500


@pytest.mark.parametrize("text", ["", "best crm\n", 'keyword\n"open\n', "keyword\n;\n"])
def test_a_file_with_nothing_to_track_exits_with_2(cli, text):
    (cli.folder / "all.csv").write_text(text, "utf-8")
    cli.run("track", "--csv", "all.csv", "--site", OWN_SITE, code=2)
    assert rows_of(cli) == []


def test_only_what_is_due_is_read_and_all_is_read_on_demand(cli):
    cli.track()
    assert cli.refresh()["keywords"] == []
    assert "Nothing is due." in cli.run("refresh", *cli.as_of).stdout
    cli.now += timedelta(days=2)
    assert cli.refresh("--all")["keywords"][0]["need"] == 12
    cli.now += timedelta(days=6)
    read = cli.refresh("--due", "--keyword", keyword(0))
    assert [one["taken_at"] for one in read["keywords"]] == [cli.now.isoformat()]
    assert read["cost"][0]["units"] > 0


def test_a_keyword_that_is_paused_is_skipped_by_refresh(cli):
    cli.track()
    cli.run("track", keyword(0), "--pause")
    cli.next_week()
    assert cli.refresh("--all")["keywords"] == []
    assert cli.digest()["paused"] == 1
    cli.run("track", keyword(0), "--resume")
    assert len(cli.refresh()["keywords"]) == 1


def test_when_nothing_can_be_read_it_is_4_and_every_keyword_says_why(cli):
    cli.track()
    cli.next_week()
    cli.server.key = "another"
    (one,) = cli.refresh(code=4)["keywords"]
    assert one["need"] is None
    assert "ahrefs refused the API key" in one["fault"]
    result = cli.run("refresh", *cli.as_of, code=4)
    assert "“tracked keyword 0” (ledgerly.example, US (en)) was not read." in result.stdout
    assert "None of 1 keyword could be read." in result.stderr
    assert "ahrefs refused the API key" in cli.run("list").stdout
    assert cli.digest()["unread"][0]["keyword"] == keyword(0)


def test_a_keyword_that_cannot_be_read_at_first_is_tracked_all_the_same(cli):
    cli.server.fail_next("serp-overview/serp-overview", 401)
    result = cli.track(code=4)
    assert "was not read. ahrefs refused the API key" in result.stdout
    assert "`linkgap refresh` tries again" in result.stderr
    assert cli.refresh()["keywords"][0]["need"] == 12


def test_a_cap_of_zero_reads_no_tracked_keyword(cli, monkeypatch):
    monkeypatch.setenv("LINKGAP_RUN_CAP", "0")
    before = cli.server.spent
    cli.track(code=4)
    cli.next_week()
    cli.refresh(code=4)
    assert cli.server.spent == before


def test_a_dry_run_leaves_no_trace_and_a_digest_is_the_next_ones_baseline(cli):
    cli.track()
    cli.next_week(link(competitor(0, 1), "one.example", (FIRST + timedelta(days=3)).date()))
    cli.refresh()
    told = cli.digest("--dry-run")
    assert [new["domain"] for new in told["new_competitor_links"]] == ["one.example"]
    assert cli.digest() == told
    cli.next_week(link(competitor(0, 1), "two.example", (FIRST + timedelta(days=9)).date()))
    cli.refresh()
    for _ in range(2):
        week = cli.digest()
        assert [new["domain"] for new in week["new_competitor_links"]] == ["two.example"]


def test_within_a_week_the_start_stays_and_the_end_advances(cli):
    cli.track()
    cli.digest()
    for days, domain in ((7, "one.example"), (2, "two.example")):
        cli.next_week(link(competitor(0, 1), domain, (cli.now + timedelta(days=1)).date()))
        cli.now += timedelta(days=days - 7)
        cli.refresh("--all")
        week = cli.digest()
    assert week["week"] == "2026-W49"
    assert {new["domain"] for new in week["new_competitor_links"]} == {"one.example", "two.example"}
    cli.next_week()
    assert cli.digest()["new_competitor_links"] == []


def test_a_moment_before_all_stored_reads_has_nothing_to_report(cli):
    cli.track()
    cli.digest()
    cli.now -= timedelta(days=30)
    past = cli.digest()
    assert (past["keywords"], past["changed"]) == ([], False)
    assert "Nothing tracked here was read up to then" in cli.run("digest", *cli.as_of).stdout
    cli.now += timedelta(days=37)
    assert cli.digest()["since"] == FIRST.isoformat().replace("+00:00", "Z")


def test_a_moment_without_an_offset_is_utc(cli):
    cli.track()
    for moment in ("2026-11-24T10:00", "2026-11-24T11:00+01:00", "2026-11-24T10:00:00Z"):
        said = cli.run("digest", "--as-of", moment, "--dry-run", "--json").stdout
        assert json.loads(said)["taken_at"] == "2026-11-24T10:00:00Z"


def test_showing_a_workspaces_digest_changes_nothing(cli):
    cli.digest("--team", "T1", "--channel", "C1")
    cli.track()
    cli.digest()
    assert cli.run("digest", "--team", "T1", *cli.as_of).exit_code == 0
    assert cli.digest("--team", "T1")["keywords"] == []
    told = cli.run("list", "--team", "T1").stdout
    assert "No keyword is tracked." in told


def test_the_week_is_that_of_the_channels_time_zone(cli):
    cli.track()
    cli.run("settings", "--channel", "cli", "time_zone=Pacific/Auckland")
    said = cli.run("digest", "--as-of", "2026-11-29T20:00Z", "--json", "--dry-run").stdout
    assert json.loads(said)["week"] == "2026-W49"


def test_quiet_says_that_a_week_of_competitors_alone_is_not_posted(cli):
    cli.run("track", keyword(0), "--site", OWN_SITE, *cli.as_of)
    cli.digest()
    cli.next_week(link(competitor(0, 1), "one.example", (FIRST + timedelta(days=3)).date()))
    cli.refresh()
    assert "nothing would be posted" not in cli.run("digest", *cli.as_of).stdout
    cli.run("settings", "--channel", "cli", "quiet=yes")
    assert "Quiet is on and nothing of yours changed" in cli.run("digest", *cli.as_of).stdout


def test_the_key_is_never_printed(cli):
    cli.server.key = "another"
    result = cli.track(code=4)
    assert cli.environment["LINKGAP_AHREFS_API_KEY"] not in result.output
