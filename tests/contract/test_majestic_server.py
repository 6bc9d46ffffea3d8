"""The Majestic-shaped server: the real adapters read the worked example from it.

Benches and whole runs rely on its strictness and prices.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest
from fakes.servers.majestic_server import MajesticServer
from fakes.worlds.ahrefs_world import OWN_PAGE, OWN_SITE
from support.clock import FakeClock
from support.vendors.majestic_vendor import configured
from support.wallet import MemoryWallet

from bot.common.errors import BadAnswer, BadKey, OutOfUnits, Unavailable
from bot.model.links import Balance, Metrics, ReferringDomain, Scope, Target
from bot.providers.base import (
    Answer,
    BalanceQuery,
    BetweenQuery,
    Capability,
    IntersectQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    Shared,
    Vendor,
)
from bot.providers.gateway import Gateway

OUR_PAGE = Target(Scope.PAGE, OWN_PAGE)
OUR_SITE = Target(Scope.SITE, OWN_SITE)
FIRST = Target(Scope.PAGE, "https://www.fincompare.example/best-accounting-software-startups")
THIRD = Target(Scope.PAGE, "https://bookwise.example/blog/accounting-software-for-startups")


@dataclass
class Desk:
    server: MajesticServer
    vendor: Vendor
    gateway: Gateway
    wallet: MemoryWallet

    async def ask(self, capability: Capability, query: object) -> Answer[object]:
        return await self.gateway.ask(self.vendor, capability, query, self.wallet)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch, tmp_path):
    async with MajesticServer() as server, httpx.AsyncClient() as client:
        vendor = configured(monkeypatch, tmp_path, api_key=server.key, base_url=server.base_url)
        yield Desk(server, vendor, Gateway(client, FakeClock()), MemoryWallet())


def domains(answer: Answer[object]) -> list[str]:
    rows = [row.domain if isinstance(row, Shared) else row for row in answer.rows]
    return [row.domain for row in rows if isinstance(row, ReferringDomain)]


async def test_the_worked_example_can_be_read_with_the_real_adapters(desk):
    counts = await desk.ask(Capability.PAGE_METRICS, MetricsQuery((FIRST, OUR_PAGE, OUR_SITE)))
    assert [row.referring_domains for row in counts.rows if isinstance(row, Metrics)] == [55, 6, 11]
    linkers = await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(FIRST, 100))
    assert (len(linkers.rows), linkers.complete) == (55, True)
    ours = await desk.ask(Capability.LINKS_BETWEEN, BetweenQuery(tuple(domains(linkers)), OUR_SITE))
    assert (len(ours.rows), ours.complete) == (11, True)
    links = await desk.ask(Capability.LINKS, LinksQuery(FIRST, tuple(domains(linkers)[:25])))
    assert len(links.rows) == 25
    # three summaries, then 1,000 for a list of 55, 1,000 for ours of 11, 5,000 for links
    assert desk.server.spent == {"items": 3, "analysis": 7_000, "retrieval": 55 + 11 + 55}
    assert [entry.billed.units for entry in desk.wallet.entries] == [3, 1_000, 1_000, 5_000]
    assert all(entry.billed.units <= entry.worst.units for entry in desk.wallet.entries)


async def test_an_intersection_agrees_with_the_lists_and_proves_what_it_says(desk):
    query = IntersectQuery((FIRST, THIRD), OUR_SITE, 500)
    shared = await desk.ask(Capability.INTERSECT, query)
    assert shared.complete
    assert all(row.absence_proven for row in shared.rows if isinstance(row, Shared))
    lists = [
        set(domains(await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(one, 500))))
        for one in (FIRST, THIRD, OUR_SITE)
    ]
    assert set(domains(shared)) == (lists[0] | lists[1]) - lists[2]
    for row in shared.rows:
        assert isinstance(row, Shared)
        linked = {FIRST: lists[0], THIRD: lists[1]}
        assert set(row.targets) == {one for one in linked if row.domain.domain in linked[one]}


async def test_the_proof_for_other_domains_is_in_the_cache(desk):
    await desk.ask(Capability.LINKS_BETWEEN, BetweenQuery(("a.example",), OUR_SITE))
    await desk.ask(Capability.LINKS_BETWEEN, BetweenQuery(("b.example",), OUR_SITE))
    assert (len(desk.server.ledger), desk.wallet.reused) == (1, 1)


async def test_lost_links_are_asked_within_the_days_that_are_kept(desk):
    since = desk.server.world.today - timedelta(days=6)
    answer = await desk.ask(Capability.LOST, LostQuery(OUR_SITE, since))
    assert (answer.rows, answer.complete) == ((), True)
    assert desk.server.spent == {"analysis": 2_500}  # five days; two are not indexed yet


async def test_the_balance_is_what_is_left(desk):
    desk.server.left = {"analysis": 9_000, "retrieval": 100}
    answer = await desk.ask(Capability.BALANCE, BalanceQuery())
    assert [(row.pool, row.limit) for row in answer.rows if isinstance(row, Balance)] == [
        ("analysis units", 9_000),
        ("retrieval units", 100),
    ]


async def test_an_empty_pool_refuses_before_it_answers(desk):
    desk.server.left = {"analysis": 1_500}
    await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(FIRST, 100))
    with pytest.raises(OutOfUnits, match="InsufficientAnalysisUnits"):
        await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(THIRD, 100))
    assert desk.server.left == {"analysis": 500}


async def test_a_wrong_key_is_refused_and_free(desk):
    desk.server.key = "another"
    with pytest.raises(BadKey):
        await desk.ask(Capability.BALANCE, BalanceQuery())
    assert desk.server.spent == {}


async def test_faults_of_the_server_happen_as_often_as_ordered(desk):
    query = ReferringQuery(FIRST, 100)
    desk.server.fail_next("GetRefDomains", 503)
    with pytest.raises(Unavailable):  # it may have been billed, so it is not repeated
        await desk.ask(Capability.REFERRING_DOMAINS, query)
    assert len((await desk.ask(Capability.REFERRING_DOMAINS, query)).rows) == 55
    for trouble in ("html", "truncated"):
        desk.server.fail_next("GetRefDomains", trouble)
        with pytest.raises(BadAnswer):
            await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(THIRD, 100))
    assert [entry.charged.get("analysis", 0) for entry in desk.server.ledger] == [
        *(0, 1_000),
        *(0, 1_000),
    ]


async def test_a_timeout_holds_the_line_and_is_charged(desk):
    desk.server.fail_next("GetSubscriptionInfo", "timeout")
    desk.vendor = replace(desk.vendor, timeout=0.05)
    with pytest.raises(Unavailable, match="it may have been billed"):
        await desk.ask(Capability.BALANCE, BalanceQuery())


@pytest.mark.parametrize(
    "change",
    [
        {"datasource": ""},
        {"datasource": "stale"},
        {"cmd": "GetEverything"},
        {"Count": ""},
        {"AnalysisDepth": "100001"},
        {"item0": "", "item": "a.example"},
        {"item2": "b.example"},
        {"item1": "b", "item2": "c", "item3": "d", "item4": "e"},
    ],
)
async def test_what_the_commands_do_not_know_is_refused_in_a_good_status(desk, change):
    form = {
        "app_api_key": desk.server.key,
        "cmd": "GetRefDomains",
        "datasource": "fresh",
        "item0": OWN_SITE,
        "Count": "10",
        "AnalysisDepth": "1000",
    } | change
    form = {name: value for name, value in form.items() if value}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{desk.server.base_url}/json", data=form)
    assert answer.status_code == 200
    assert answer.json()["Code"] != "OK"


async def test_a_key_in_the_address_is_refused(desk):
    async with httpx.AsyncClient() as client:
        address = f"{desk.server.base_url}/json?app_api_key={desk.server.key}"
        answer = await client.post(address, data={"cmd": "GetSubscriptionInfo"})
    assert answer.json()["Code"] == "InvalidRequest"
