"""The Moz-shaped server: the real adapters read the worked example from it.

Benches and whole runs rely on its strictness and prices.
"""

from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from fakes.servers.moz_server import MozServer
from fakes.worlds.ahrefs_world import OWN_PAGE, OWN_SITE
from support.clock import FakeClock
from support.vendors.moz_vendor import configured
from support.wallet import MemoryWallet

from bot.common.errors import BadAnswer, BadKey, OutOfUnits
from bot.model.links import Balance, Link, Metrics, ReferringDomain, Scope, Target
from bot.providers.base import (
    Answer,
    BalanceQuery,
    BetweenQuery,
    Capability,
    IntersectQuery,
    LinksQuery,
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
    server: MozServer
    vendor: Vendor
    gateway: Gateway
    wallet: MemoryWallet

    async def ask(self, capability: Capability, query: object) -> Answer[object]:
        return await self.gateway.ask(self.vendor, capability, query, self.wallet)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch, tmp_path):
    async with MozServer() as server, httpx.AsyncClient() as client:
        vendor = configured(monkeypatch, tmp_path, token=server.key, base_url=server.base_url)
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
    links = await desk.ask(Capability.LINKS, LinksQuery(FIRST, tuple(domains(linkers)[:5])))
    assert {row.domain for row in links.rows if isinstance(row, Link)} == set(domains(linkers)[:5])
    # three targets, a list of 55 in two calls, 55 pairs in two calls, five links
    assert desk.server.spent == {"rows": 3 + 55 + 55 + 5}
    assert [entry.billed.units for entry in desk.wallet.entries[:3]] == [3, 50, 5]
    assert [entry.worst.units for entry in desk.wallet.entries[:3]] == [3, 100, 50]


async def test_an_intersection_agrees_with_the_lists_and_is_billed_by_its_targets(desk):
    shared = await desk.ask(Capability.INTERSECT, IntersectQuery((FIRST, THIRD), OUR_SITE, 500))
    assert shared.complete
    assert desk.server.spent == {"rows": 3 * len(shared.rows)}
    lists = [
        set(domains(await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(one, 500))))
        for one in (FIRST, THIRD, OUR_SITE)
    ]
    assert set(domains(shared)) == (lists[0] | lists[1]) - lists[2]
    for row in shared.rows:
        assert isinstance(row, Shared)
        linked = {FIRST: lists[0], THIRD: lists[1]}
        assert set(row.targets) == {one for one in linked if row.domain.domain in linked[one]}


async def test_new_domains_are_those_gained_since(desk):
    since = desk.server.world.today - timedelta(days=50)
    new = await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(FIRST, 100, since))
    assert new.complete
    dated = [row.first_seen for row in new.rows if isinstance(row, ReferringDomain)]
    assert dated
    assert all(day is not None and day >= since for day in dated)


async def test_the_balance_is_the_quota(desk):
    desk.server.left = {"rows": 100}
    await desk.ask(Capability.SITE_METRICS, MetricsQuery((OUR_SITE,)))
    (balance,) = (await desk.ask(Capability.BALANCE, BalanceQuery())).rows
    assert isinstance(balance, Balance)
    assert (balance.pool, balance.used, balance.limit) == ("rows", 1, 100)


async def test_an_empty_quota_refuses_before_it_answers(desk):
    desk.server.left = {"rows": 10}
    with pytest.raises(OutOfUnits, match="Insufficient rows"):
        await desk.ask(Capability.REFERRING_DOMAINS, ReferringQuery(FIRST, 100))
    assert desk.server.left == {"rows": 10}


async def test_a_wrong_token_is_refused_and_free(desk):
    desk.server.key = "another"
    with pytest.raises(BadKey):
        await desk.ask(Capability.BALANCE, BalanceQuery())
    assert desk.server.spent == {}


async def test_faults_of_the_server_happen_as_often_as_ordered(desk):
    desk.server.fail_next("quota.lookup", 503)
    desk.server.fail_next("quota.lookup", 429)
    assert (await desk.ask(Capability.BALANCE, BalanceQuery())).rows
    for trouble in ("html", "truncated"):
        desk.server.fail_next("quota.lookup", trouble)
        with pytest.raises(BadAnswer):
            await desk.ask(Capability.BALANCE, BalanceQuery())


@pytest.mark.parametrize(
    ("change", "data", "words"),
    [
        ({"id": "1"}, {}, "Minimum Request ID length"),
        ({"jsonrpc": "1.0"}, {}, "jsonrpc must be"),
        ({"params": {"site_query": {}}}, {}, "Please include a data"),
        ({"method": "data.site.serp"}, {}, "Action not found"),
        ({}, {"site_query": None}, "Please include a site_query"),
        ({}, {"site_query": {"query": OWN_SITE}}, "Please include a scope"),
        ({}, {"offset": {"limit": 51}}, "limit is 1 to 50"),
        ({}, {"options": {"filters": ["external"]}}, "live external links"),
    ],
)
async def test_what_the_methods_do_not_know_is_refused(desk, change, data, words):
    asked = {
        "site_query": {"query": OWN_SITE, "scope": "domain"},
        "options": {"sort": "source_domain_authority", "filters": ["external", "not_deleted"]},
    } | data
    method = "data.site.linking-domain.list"
    body = {"jsonrpc": "2.0", "id": "0" * 36, "method": method, "params": {"data": asked}} | change
    async with httpx.AsyncClient(headers={"x-moz-token": desk.server.key}) as client:
        answer = await client.post(f"{desk.server.base_url}/jsonrpc", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]
