"""Whom nobody may contact, or who was asked already, is in no list of any door."""

import ast
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.slack.gap_bot import gap_bot
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, OWN_SITE, worked_example_world
from fakes.worlds.reports import EXAMPLE, prospect
from fakes.worlds.tracked import competitor, keyword
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from support.tracking_cli import TrackingCli, link

import bot
from bot.gap.offered import offered
from bot.model.outreach import By, Status, Whom, Withheld
from bot.model.report import Unproven, to_json
from bot.outreach.board import Board
from bot.render.csv_file import csv_of
from bot.render.report.method import method
from bot.render.report.prospects import all_prospects, prospects
from bot.render.report.result import result
from bot.render.report.terminal import text_report

NAMES = [f"name{number:02}.example" for number in range(12)]
REPORT = replace(
    EXAMPLE,
    prospects=tuple(
        replace(prospect(at), domain=name, example_page=f"https://{name}/tools")
        for at, name in enumerate(NAMES[:9])
    ),
    unproven=tuple(Unproven(name, ("https://one.example/best",)) for name in NAMES[9:]),
)
BY = By("U0ANNA", "slack")


def drawn(report) -> str:
    """Return all that any door shows of a report."""
    terminal = Console(file=StringIO(), width=200)
    terminal.print(text_report(report))
    messages = [prospects(report), *all_prospects(report), method(report), result(report, "r", [])]
    blocks = json.dumps([[one.blocks, one.text, one.plain.blocks] for one in messages])
    return blocks + csv_of(report).decode() + to_json(report) + terminal.file.getvalue()


@settings(max_examples=settings().max_examples // 5)
@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_no_door_shows_whom_nobody_may_contact_and_all_show_the_others(never, asked):
    out = never | asked
    kept = offered(REPORT, Withheld(frozenset(never), frozenset(asked)))
    text = drawn(kept)
    assert not [name for name in out if name in text]
    assert all(name in text for name in {*NAMES} - out)
    assert (kept.dropped or {}).get("withheld", 0) == len(out)
    assert ("to be contacted" in text) == bool(out)


def test_an_answer_is_read_in_one_place_so_that_no_door_can_forget_to_filter():
    readers = set()
    for file in Path(bot.__path__[0]).parent.glob("[bh]*/**/*.py"):
        text = file.read_text("utf-8")
        if "from_json" not in text and "reports.load" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module == "bot.model.report":
                readers |= {file.name for one in node.names if one.name == "from_json"}
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "reports.load":
                readers.add(file.name)
    assert readers == {"answers.py"}


@pytest.fixture
def cli(monkeypatch, tmp_path) -> Iterator[TrackingCli]:
    monkeypatch.chdir(tmp_path)
    with in_thread(AhrefsServer()) as server:
        yield TrackingCli(server, tmp_path)


@pytest.fixture
def asked(cli) -> TrackingCli:
    """Return the command line in the world of the worked example, which has prospects."""
    cli.server.world = worked_example_world()
    return cli


CLIENT = ("--site", "ledgerly.example")
ASK = ("gap", KEYWORD, *CLIENT, "--page", OWN_PAGE, "--no-gates")


@pytest.mark.parametrize(
    "decision",
    [
        ("suppress",),
        ("set", "contacted"),
    ],
)
def test_the_terminal_the_json_and_the_csv_of_a_question_leave_them_out(asked, decision):
    before = json.loads(asked.run(*ASK, "--json").stdout)
    name = before["prospects"][0]["domain"]
    command, *status = decision
    more = ("--as", "Anna", *CLIENT) if status else ()
    asked.run("outreach", command, name, *status, *more)
    after = json.loads(asked.run(*ASK, "--json").stdout)
    assert after["dropped"]["withheld"] == 1
    assert len(after["prospects"]) == len(before["prospects"]) - 1
    assert name not in asked.run(*ASK, "--csv").stdout
    listed = asked.run("outreach", "--status", "new", "--csv").stdout
    assert name not in listed
    assert after["prospects"][0]["domain"] in listed


def test_for_another_client_who_was_asked_is_still_offered(asked):
    ask = ("gap", KEYWORD, "--no-gates", "--json")
    name = json.loads(asked.run(*ask, *CLIENT).stdout)["prospects"][0]["domain"]
    asked.run("outreach", "set", name, "contacted", "--as", "Anna", *CLIENT)
    assert name not in asked.run(*ask, *CLIENT).stdout
    assert name in asked.run(*ask, "--site", "other-client.example").stdout


def test_nothing_is_spent_on_whom_nobody_may_contact(asked):
    first = json.loads(asked.run(*ASK, "--json", "--fresh").stdout)
    asked.run("outreach", "suppress", *(one["domain"] for one in first["prospects"]))
    again = json.loads(asked.run(*ASK, "--json", "--fresh").stdout)
    assert again["prospects"] == []
    cost = [sum(line["units"] for line in one["cost"]) for one in (first, again)]
    assert cost[1] < cost[0]


@pytest.mark.parametrize("decision", [("suppress",), ("set", "contacted", "--as", "Anna")])
def test_no_digest_and_no_proposal_names_them(cli, decision):
    cli.track()
    cli.digest()
    day = (cli.now + timedelta(days=3)).date()
    cli.next_week(
        link(competitor(0, 1), "fan1.example", day), link(competitor(0, 2), "fan2.example", day)
    )
    cli.refresh()
    assert "fan1.example" in json.dumps(cli.digest())
    [seen] = json.loads(cli.run("outreach", "--keyword", keyword(0), "--json").stdout)[:1]
    assert (seen["title"], seen["status"]) == ("The best trackers", "new")
    command, *more = decision
    site = ("--site", OWN_SITE) if more else ()
    cli.run("outreach", command, "fan1.example", *more, *site)
    digest = cli.digest()
    assert "fan1.example" not in json.dumps(digest)
    assert "fan2.example" in json.dumps(digest["to_do"])
    assert "fan1.example" not in cli.run("digest", *cli.as_of).stdout


async def test_show_all_below_an_older_answer_leaves_them_out(tmp_path):
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        more = tuple(prospect(at) for at in range(30))
        it.analysis.report = replace(REPORT, site="own.com", prospects=(*REPORT.prospects, *more))
        await it.gap("best crm site:own.com")
        parent = it.by_bot()[-1]
        board = Board(it.database, it.clock, it.settings)
        team = it.playground.workspace.team_id
        await board.suppress(team, NAMES[0], BY)
        await board.change(Whom(team, "own.com", NAMES[1]), Status.CONTACTED, BY)
        before = len(it.thread(parent))
        await it.click(parent, "show_all")
        shown = json.dumps([one.blocks for one in it.thread(parent)[before:]])
        assert NAMES[2] in shown
        assert NAMES[0] not in shown
        assert NAMES[1] not in shown


def test_the_same_choice_gives_the_same_list_whatever_the_order():
    names = NAMES[2:8]
    one = offered(REPORT, Withheld(frozenset(names)))
    assert one == offered(REPORT, Withheld(frozenset(reversed(names))))
