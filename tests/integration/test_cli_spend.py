"""`linkgap spend`, and prices in `linkgap gap` and `linkgap doctor`, as users run them."""

import asyncio
import csv
import io
import re
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE

from bot.cli import main
from bot.common.clock import SystemClock
from bot.store import ledger
from bot.store.connect import Database
from bot.store.ledger import Payer

OURS = ("--site", "ledgerly.example", "--page", OWN_PAGE, "--no-gates")


class Billing(AhrefsServer):
    """Bills what it should, or `bill` for search results."""

    bill = None

    def _charge(self, path, params, answer):
        headers, units = super()._charge(path, params, answer)
        if self.bill and "serp" in path:
            headers["x-api-units-cost-total-actual"] = self.bill
        return headers, units


@pytest.fixture
def ahrefs():
    with in_thread(Billing()) as server:
        yield server


@pytest.fixture
def run(monkeypatch, tmp_path, ahrefs):
    """Run a command in an empty folder with Ahrefs connected."""
    monkeypatch.chdir(tmp_path)
    environment = {
        "LINKGAP_AHREFS_API_KEY": KEY,
        "LINKGAP_AHREFS_BASE_URL": ahrefs.base_url,
        "COLUMNS": "200",
    }

    def invoke(*arguments: str, input: str | None = None, **changes: str):  # noqa: A002 - click's name
        runner = CliRunner(env=environment | changes)
        return runner.invoke(main, list(arguments), input=input)

    return invoke


def write(path, *payers: Payer, team: str = "T1", units: int = 500) -> None:
    async def into() -> None:
        database = await Database.open(path / "linkgap.db", SystemClock())
        at = database.clock.now()
        for payer in payers:
            await database.run(
                lambda db, payer=payer: ledger.reserve(
                    db,
                    run_id="r1",
                    team=team,
                    provider="ahrefs",
                    capability="serp",
                    pool="units",
                    worst_units=units,
                    worst_micro_usd=None,
                    cap_units=None,
                    at=at,
                    payer=payer,
                )
            )
        await database.close()

    asyncio.run(into())


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_run_is_in_the_ledger_with_its_site_and_at_the_owners_price(run, ahrefs):
    assert run("gap", KEYWORD, *OURS, LINKGAP_PRICES="ahrefs=0.001").exit_code == 0
    [row] = csv_rows(run("spend", "--by", "site", "--csv").stdout)
    assert row["site"] == "ledgerly.example"
    assert int(row["units"]) == ahrefs.spent
    assert row["usd"] == f"{ahrefs.spent / 1000:.6f}"
    assert int(row["worst_case_units"]) >= ahrefs.spent
    [row] = csv_rows(run("spend", "--by", "person", "--csv").stdout)
    assert row["person"] == "command line"


def test_a_second_identical_run_costs_nothing_and_is_in_the_ledger(run, ahrefs):
    run("gap", KEYWORD, *OURS)
    [first] = csv_rows(run("spend", "--csv").stdout)
    result = run("gap", KEYWORD, *OURS)
    [both] = csv_rows(run("spend", "--csv").stdout)
    assert both["units"] == first["units"] == str(ahrefs.spent)
    assert int(both["from_cache"]) == int(both["requests"]) - int(first["requests"]) > 0
    assert both["usd"] == ""
    assert "The last runs here cost 1,487 Ahrefs units (median)." in result.stderr


@pytest.mark.parametrize(
    ("bill", "told"),
    [("9223372036854775807", True), ("9" * 20, True), ("9" * 5000, True), ("٣", False)],
)
def test_absurd_bills_lose_no_answer_and_the_ledger_still_sums(run, ahrefs, bill, told):
    ahrefs.bill = bill
    for keyword in (KEYWORD, KEYWORD):
        answered = run("gap", keyword, *OURS, "--fresh")
        assert answered.exit_code == 0, answered.output
        assert ("Its bill for a request cannot be right" in answered.output) is told
    capped = run("spend", "--csv", LINKGAP_CAP_VENDOR_MONTH="ahrefs=1000000")
    assert capped.exit_code == 0
    [row] = csv_rows(capped.stdout)
    assert 0 < int(row["units"]) <= int(row["worst_case_units"])


def test_a_file_that_holds_absurd_bills_of_earlier_days_is_mended_when_it_is_opened(run, tmp_path):
    write(tmp_path, *[Payer("U1", "one.example", "C1")] * 3)
    with closing(sqlite3.connect(tmp_path / "linkgap.db")) as db, db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'believable_bills'")
        absurd = 2**63 - 1
        db.execute("UPDATE spend SET units = ?, micro_usd = ?, outcome = 'ok'", (absurd, absurd))
        db.execute("UPDATE spend SET units = 700, micro_usd = 9 WHERE id = 1")
    told = run("spend", "--csv", LINKGAP_CAP_VENDOR_MONTH="ahrefs=5000")
    assert told.exit_code == 0, told.output
    [row] = csv_rows(told.stdout)
    assert row["units"] == "1700"


def test_the_owner_sees_all_teams_and_slack_cannot(run, tmp_path):
    write(tmp_path, Payer("U1", "one.example"), team="T1")
    write(tmp_path, Payer("U2", "two.example"), team="T2")
    sites = {row["site"] for row in csv_rows(run("spend", "--by", "site", "--csv").stdout)}
    assert sites == {"one.example", "two.example"}


def test_a_day_to_start_from_leaves_earlier_days_out(run, tmp_path):
    write(tmp_path, Payer("U1"))
    assert csv_rows(run("spend", "--csv", "--since", "2999-01-01").stdout) == []
    assert len(csv_rows(run("spend", "--csv", "--since", "2020-01-01").stdout)) == 1
    assert run("spend", "--since", "yesterday").exit_code == 2


def test_a_name_that_a_spreadsheet_would_run_is_defused(run, tmp_path):
    write(tmp_path, Payer("=HYPERLINK(1)"))
    [row] = csv_rows(run("spend", "--by", "person", "--csv").stdout)
    assert row["person"] == "'=HYPERLINK(1)"


def test_the_table_shows_unknown_money_as_unknown_and_the_caps(run, tmp_path):
    write(tmp_path, Payer("U1", "one.example", "C1"), Payer(None))
    told = run("spend", "--by", "person", LINKGAP_CAP_VENDOR_MONTH="ahrefs=1200").stdout
    assert "unknown" in told
    assert "nobody in particular" in told
    assert "Cap of ahrefs this month: 1,000 units of 1,200 units used, 200 units left" in told
    told = run("spend", LINKGAP_CAP_PERSON_DAY_USD="2", LINKGAP_CAP_SITE_MONTH_USD="3").stdout
    assert "Cap of U1 today: $0.00 of $2.00 used, $2.00 left." in told
    assert "Cap of one.example this month: $0.00 of $3.00 used, $3.00 left." in told
    assert "No cap above the single run is set." in run("spend").stdout


@pytest.mark.parametrize(("word", "spent"), [("n\n", False), ("y\n", True)])
def test_over_the_threshold_the_command_asks_first(run, ahrefs, word, spent):
    result = run("gap", KEYWORD, *OURS, input=word, LINKGAP_CONFIRM_OVER="1000")
    assert "At most 1,500 Ahrefs units." in result.stderr
    assert "Spend that?" in result.stderr
    assert bool(ahrefs.spent) is spent
    assert result.exit_code == (0 if spent else 1)


def test_yes_skips_the_confirmation(run, ahrefs):
    assert run("gap", KEYWORD, *OURS, "--yes", LINKGAP_CONFIRM_OVER="1").exit_code == 0
    assert ahrefs.spent > 0


def test_the_cheaper_plan_is_cheaper_and_says_what_it_left_out(run, ahrefs):
    result = run("gap", KEYWORD, *OURS, "--light")
    assert result.exit_code == 0
    assert ahrefs.spent < 1_000
    asked = {entry.path for entry in ahrefs.ledger}
    assert "site-explorer/all-backlinks" not in asked
    sites = [
        entry.params["target"]
        for entry in ahrefs.ledger
        if entry.path == "site-explorer/refdomains" and entry.params["mode"] == "subdomains"
    ]
    assert [target for target in sites if target != "ledgerly.example"] == []
    assert "cheaper plan leaves it out" in result.stdout


def test_a_cap_stops_a_run_before_it_is_passed_and_the_answer_says_why(run, ahrefs):
    result = run(
        "gap", KEYWORD, *OURS, LINKGAP_PRICES="ahrefs=0.001", LINKGAP_CAP_PERSON_DAY_USD="0.30"
    )
    assert ahrefs.spent <= 300
    assert "cap of $0.30 per person and day" in " ".join(result.stdout.split())
    assert "Nearly used up: your cap today:" in result.stderr


def test_a_cap_in_money_without_a_price_sends_nothing(run, ahrefs):
    result = run("gap", KEYWORD, *OURS, LINKGAP_CAP_SITE_MONTH_USD="100")
    assert ahrefs.spent == 0
    assert result.exit_code == 4
    assert "LINKGAP_PRICES=ahrefs=" in result.stderr
    told = run("doctor", LINKGAP_CAP_SITE_MONTH_USD="100").stdout
    assert "has no price in money, so a cap in dollars stops it" in told
    assert "has no price" not in run("doctor").stdout
    free = {"LINKGAP_CAP_SITE_MONTH_USD": "100", "LINKGAP_ALLOW_UNPRICED": "yes"}
    assert "has no price" not in run("doctor", **free).stdout


@pytest.mark.parametrize(
    ("variable", "value", "fault"),
    [
        ("LINKGAP_PRICES", "ahrefs", "not of the form vendor=amount"),
        ("LINKGAP_PRICES", "ahrefs=cheap", "is not a number"),
        ("LINKGAP_PRICES", "ahrefs=-1", "not an amount from zero to"),
        ("LINKGAP_PRICES", "aherfs=1", "no vendor is called aherfs"),
        ("LINKGAP_CAP_VENDOR_MONTH", "ahrefs=1.5", "no whole number of units"),
        ("LINKGAP_CAP_VENDOR_MONTH", "aherfs=5", "no vendor is called aherfs"),
        ("LINKGAP_CONFIRM_OVER", "lots", "is not a number"),
        ("LINKGAP_CAP_PERSON_DAY_USD", "-1", "greater than or equal to 0"),
    ],
)
def test_a_setting_that_would_cap_nothing_is_rejected_at_startup(run, variable, value, fault):
    result = run("spend", **{variable: value})
    assert result.exit_code == 3
    assert variable in result.stderr
    assert fault in result.stderr


def test_doctor_tells_what_is_left(run):
    told = run("doctor", "--online").stdout
    assert "Ahrefs: the key works; 0 units used, resets on 1 Dec 2026" in told


def test_what_may_have_been_deleted_since_a_day_is_said_beside_the_sum_and_not_in_it(run):
    asked = run("spend", "--since", "2020-01-01", "--csv")
    assert re.search(r"before \d+ [A-Z][a-z]+ 20\d\d may be missing", asked.stderr)
    assert "LINKGAP_KEEP_SPEND_DAYS" in asked.stderr
    assert asked.stdout.startswith("vendor,")
    assert run("spend", "--csv").stderr == ""
    assert run("spend", "--since", "2020-01-01", LINKGAP_KEEP_SPEND_DAYS="36500").stderr == ""
