"""The Semrush-shaped server, asked through the real gateway: whole questions and their costs."""

import httpx
import pytest
from fakes.servers.semrush_server import SemrushServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, OWN_SITE
from support.clock import FakeClock
from support.vendors.semrush_vendor import US, configured
from support.wallet import MemoryWallet

from bot.common.errors import BadAnswer, BadKey, OutOfUnits, RateLimited, Unavailable
from bot.model.links import (
    Balance,
    Link,
    Metrics,
    ReferringDomain,
    Scope,
    SerpRow,
    Target,
)
from bot.providers.base import (
    Answer,
    BalanceQuery,
    Capability,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
    Shared,
)
from bot.providers.gateway import Gateway

OUR_PAGE, OUR_SITE = Target(Scope.PAGE, OWN_PAGE), Target(Scope.SITE, OWN_SITE)
FIRST = Target(Scope.PAGE, "https://www.fincompare.example/best-accounting-software-startups")
THIRD = Target(Scope.PAGE, "https://bookwise.example/blog/accounting-software-for-startups")
LIST = Capability.REFERRING_DOMAINS


@pytest.fixture
async def server():
    async with SemrushServer() as running:
        yield running


@pytest.fixture
def ask(server, monkeypatch, tmp_path):
    """Return a function that asks a question, by default with only a version 3 key."""

    async def asked(
        capability: Capability, query: object, *, v3: bool = True, v4: bool = False
    ) -> Answer[object]:
        vendor = configured(
            monkeypatch,
            tmp_path,
            key=server.key if v3 else None,
            v4_key=server.v4_key if v4 else None,
            base_url=server.base_url,
        )
        async with httpx.AsyncClient() as client:
            wallet = MemoryWallet()
            answer = await Gateway(client, FakeClock()).ask(vendor, capability, query, wallet)
            billed = [entry.billed.units for entry in wallet.entries if entry.billed]
            assert sum(billed) == server.spent, "what we computed is what was charged"
            server.ledger.clear()
            return answer

    return asked


async def test_the_worked_example_can_be_read_with_v3(ask):
    serp = await ask(Capability.SERP, SerpQuery(KEYWORD, US))
    urls = [row.url for row in serp.rows if isinstance(row, SerpRow)]
    assert urls[0] == FIRST.value
    pages = tuple(Target(Scope.PAGE, url) for url in urls[:3])
    counts = await ask(Capability.PAGE_METRICS, MetricsQuery((*pages, OUR_PAGE, OUR_SITE)))
    numbers = [row.referring_domains for row in counts.rows if isinstance(row, Metrics)]
    assert numbers == [55, 1, 15, 6, 11]
    keyword = await ask(Capability.KEYWORD_METRICS, KeywordQuery((KEYWORD,), US))
    assert len(keyword.rows) == 1
    linkers = await ask(LIST, ReferringQuery(FIRST, 60))
    assert (len(linkers.rows), linkers.complete) == (55, True)
    left = await ask(Capability.BALANCE, BalanceQuery())
    assert left.rows == (Balance("units", None, 1_000_000, None),)


async def test_an_intersection_proves_absence_and_agrees_with_the_lists(ask):
    found = await ask(Capability.INTERSECT, IntersectQuery((FIRST, THIRD), OUR_SITE, 200))
    rows = [row for row in found.rows if isinstance(row, Shared)]
    assert found.complete
    assert all(row.absence_proven and row.targets for row in rows)
    lists = [(await ask(LIST, ReferringQuery(one, 200))).rows for one in (FIRST, THIRD, OUR_SITE)]
    first, third, ours = [
        {r.domain for r in one if isinstance(r, ReferringDomain)} for one in lists
    ]
    assert {row.domain.domain for row in rows} == (first | third) - ours
    both = {row.domain.domain for row in rows if len(row.targets) == 2}
    assert both == (first & third) - ours


async def test_the_linking_page_of_each_named_domain_is_found(ask):
    linkers = (await ask(LIST, ReferringQuery(FIRST, 60))).rows
    names = tuple(row.domain for row in linkers if isinstance(row, ReferringDomain))[:25]
    for keys in ({}, {"v3": False, "v4": True}):
        found = await ask(Capability.LINKS, LinksQuery(FIRST, names), **keys)
        links = [row for row in found.rows if isinstance(row, Link)]
        assert {link.domain for link in links} == set(names)
        assert {link.target_url for link in links} == {FIRST.value}
        assert found.complete
        titles = [link.title for link in links]
        assert all(title and title.endswith(".example") for title in titles) is not bool(keys)


async def test_a_low_balance_makes_a_list_incomplete_though_the_server_says_nothing(ask, server):
    server.units_left = 20 * 40 + 39
    linkers = await ask(LIST, ReferringQuery(FIRST, 60))
    assert (len(linkers.rows), linkers.complete) == (20, False)
    assert any("no units left for another line" in note for note in linkers.notes)


async def test_a_list_that_ends_while_units_are_left_is_whole(ask, server):
    server.units_left = 55 * 40 + 40
    assert (await ask(LIST, ReferringQuery(FIRST, 60))).complete


async def test_a_low_balance_leaves_counts_unknown_rather_than_zero(ask, server):
    server.units_left = 50
    counts = await ask(Capability.SITE_METRICS, MetricsQuery((OUR_SITE, FIRST)))
    assert [row.target for row in counts.rows if isinstance(row, Metrics)] == [OUR_SITE]
    assert not counts.complete


async def test_an_empty_balance_is_reported(ask, server):
    server.units_left = 0
    with pytest.raises(OutOfUnits, match="BALANCE IS ZERO"):
        await ask(Capability.SERP, SerpQuery(KEYWORD, US))


async def test_a_list_is_kept_when_the_balance_after_it_is_unavailable(ask, server):
    for trouble in (503, 503, 503, "html"):
        server.fail_next("balance", trouble)
    for _ in range(2):
        linkers = await ask(LIST, ReferringQuery(FIRST, 60))
        assert (len(linkers.rows), linkers.complete) == (55, False)
        assert linkers.notes


async def test_v4_reads_live_domains_with_their_kind_to_the_end(ask, server):
    server.most_rows = 20
    linkers = await ask(LIST, ReferringQuery(FIRST, 60), v4=True)
    rows = [row for row in linkers.rows if isinstance(row, ReferringDomain)]
    assert (len(rows), linkers.complete) == (55, True)
    assert all(row.link and row.authority and row.first_seen for row in rows)


async def test_v4_that_runs_out_of_units_on_the_way_is_not_whole(ask, server):
    server.units_left = 20 * 40
    linkers = await ask(LIST, ReferringQuery(FIRST, 60), v4=True)
    assert (len(linkers.rows), linkers.complete) == (20, False)
    assert any("no API units left" in note for note in linkers.notes)


async def test_v4_alone_counts_a_target_a_request(ask):
    counts = await ask(Capability.PAGE_METRICS, MetricsQuery((FIRST, OUR_SITE)), v3=False, v4=True)
    assert [row.referring_domains for row in counts.rows if isinstance(row, Metrics)] == [55, 11]


@pytest.mark.parametrize(
    ("v4", "needed"), [(False, "LINKGAP_SEMRUSH_API_KEY"), (True, "LINKGAP_SEMRUSH_V4_API_KEY")]
)
async def test_a_key_that_is_not_known_is_refused_with_the_name_of_the_right_one(
    ask, server, v4, needed
):
    server.refuses_keys = True
    with pytest.raises(BadKey, match=needed):
        await ask(LIST, ReferringQuery(FIRST, 5), v3=not v4, v4=v4)


async def test_each_fault_of_the_server_ends_in_its_error(ask, server):
    query = SerpQuery(KEYWORD, US)
    server.fail_next("phrase_organic", "html")
    with pytest.raises(BadAnswer):
        await ask(Capability.SERP, query)
    for _ in range(3):
        server.fail_next("phrase_organic", 429)
    with pytest.raises(RateLimited):
        await ask(Capability.SERP, query)
    for _ in range(3):
        server.fail_next("phrase_organic", 503)
    with pytest.raises(Unavailable):
        await ask(Capability.SERP, query)
    assert (await ask(Capability.SERP, query)).complete


async def test_the_rate_of_the_account_is_enforced(ask, server):
    server.clock, server.per_second = FakeClock(), 2
    names = tuple(f"d{at}.example" for at in range(3))
    answer = await ask(Capability.LINKS, LinksQuery(FIRST, names))
    assert any("slow down" in note for note in answer.notes)


@pytest.mark.parametrize(
    "change",
    [
        {"display_limit": ""},
        {"display_offset": "10"},
        {"export_columns": "no_such_column"},
        {"target_type": ""},
        {"type": "no_such_report"},
    ],
)
async def test_the_server_refuses_what_the_documents_do_not_know(server, change):
    params = {
        "key": server.key,
        "type": "backlinks_refdomains",
        "target": OWN_SITE,
        "target_type": "root_domain",
        "export_columns": "domain",
        "display_limit": "10",
        "display_sort": "first_seen_desc",
    }
    async with httpx.AsyncClient(base_url=server.base_url) as client:
        fine = await client.get("/analytics/v1/", params=params)
        refused = await client.get("/analytics/v1/", params=params | change)
    assert fine.text.startswith("domain\n")
    assert refused.text.startswith("ERROR ")
    assert refused.status_code == 200
