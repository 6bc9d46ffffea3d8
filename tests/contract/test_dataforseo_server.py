"""The DataForSEO-shaped server itself: benches and whole runs rely on its strictness and prices."""

import httpx
import pytest
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, OWN_SITE, worked_example_world
from support.clock import FakeClock
from support.vendors.dataforseo_vendor import configured, plan

from bot.common.errors import BadAnswer, OutOfUnits
from bot.model.links import KeywordMetrics, Market, Scope, Target
from bot.providers.base import (
    BalanceQuery,
    BetweenQuery,
    Capability,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    LostQuery,
    MetricsQuery,
    ReferringQuery,
    SerpQuery,
)

US = Market("us", "en")
OUR_PAGE = Target(Scope.PAGE, OWN_PAGE)
OUR_SITE = Target(Scope.SITE, OWN_SITE)
REFERRING = "/v3/backlinks/referring_domains/live"
LIVE = {"target": OWN_SITE, "limit": 10, "rank_scale": "one_thousand"}


@pytest.fixture
async def server():
    async with DataForSeoServer() as running:
        yield running


@pytest.fixture
async def client(server):
    auth = (server.login, server.password)
    async with httpx.AsyncClient(base_url=server.base_url, auth=auth) as client:
        yield client


@pytest.fixture
def ask(server, monkeypatch, tmp_path):
    async def answer(capability: Capability, query: object, **options: str) -> list:
        vendor = configured(
            monkeypatch,
            tmp_path,
            login=server.login,
            password=server.password,
            base_url=server.base_url,
            **options,
        )
        rows: list = []
        async with httpx.AsyncClient(auth=vendor.auth) as client:
            for call in plan(vendor, capability, query):
                response = await client.send(call.request)
                page = vendor.capabilities[capability].parse(query, call, response)
                assert page.billed is not None
                assert page.billed.units <= call.worst.units
                rows += page.rows
        return rows

    return answer


async def test_the_worked_example_can_be_read_with_the_real_adapters(ask, server):
    serp = await ask(Capability.SERP, SerpQuery(KEYWORD, US))
    assert [row.position for row in serp] == list(range(1, 11))
    assert serp[1].domain == "reddit.com"
    pages = tuple(Target(Scope.PAGE, row.url) for row in serp[:3])
    sites = (Target(Scope.SITE, serp[0].domain), Target(Scope.SITE, serp[2].domain))
    counted = await ask(Capability.PAGE_METRICS, MetricsQuery((*pages, OUR_PAGE, OUR_SITE)))
    assert [row.referring_domains for row in counted] == [55, 1, 15, 6, 11]
    assert [row.authority.value for row in counted] == [710, 950, 580, 340, 340]
    assert await ask(Capability.KEYWORD_METRICS, KeywordQuery((KEYWORD,), US)) == [
        KeywordMetrics(KEYWORD, 42, 1300)
    ]
    shared = await ask(Capability.INTERSECT, IntersectQuery((*pages, *sites), OUR_SITE, 96))
    # 2,000 + 12,120 + 24,180 (five targets), and 24,000 + the rows of each of two intersections
    rows = [entry.micro_usd - 24_000 for entry in server.ledger[-2:]]
    assert server.spent == 2_000 + 12_120 + 24_180 + 48_000 + sum(rows)
    assert server.spent <= 90_000
    world = worked_example_world()
    ours = {row["root_domain_name"] for row in world.refdomains(OWN_SITE, "subdomains")}
    assert not ours & {row.domain.domain for row in shared}
    assert all(row.absence_proven for row in shared)
    theirs = {row["root_domain_name"] for row in world.refdomains(pages[0].value, "exact")}
    spam = {domain for domain in theirs if world.site(domain).spam}
    assert {row.domain.domain for row in shared if pages[0] in row.targets} == theirs - ours - spam


async def test_pages_and_sites_are_mixed_only_where_the_server_allows_it(ask, server):
    page = Target(Scope.PAGE, "https://bookwise.example/blog/accounting-software-for-startups")
    query = IntersectQuery((page, Target(Scope.SITE, "fincompare.example")), OUR_SITE, 1_000)
    with pytest.raises(BadAnswer, match="40501"):
        await ask(Capability.INTERSECT, query, mixed_intersection="1")
    server.mixes = True
    mixed = await ask(Capability.INTERSECT, query, mixed_intersection="1")
    apart = await ask(Capability.INTERSECT, query)
    assert {row.domain.domain for row in mixed} == {row.domain.domain for row in apart}
    assert [entry.code for entry in server.ledger] == [40501, 20000, 20000, 20000]


async def test_names_are_proven_enriched_and_priced(ask, server):
    first = Target(Scope.SITE, "fincompare.example")
    linkers = await ask(Capability.REFERRING_DOMAINS, ReferringQuery(first, 100))
    names = tuple(row.domain for row in linkers)
    assert len(names) > 55
    ours = await ask(Capability.LINKS_BETWEEN, BetweenQuery(names, OUR_SITE))
    assert 0 < len(ours) <= 11
    links = await ask(Capability.LINKS, LinksQuery(first, names[:25]))
    assert {row.domain for row in links} == set(names[:25])
    sites = tuple(Target(Scope.SITE, name) for name in names[:25])
    visits = await ask(Capability.SITE_METRICS, MetricsQuery(sites, counts=False, traffic=True))
    assert len(visits) == 25
    assert server.ledger[-1].micro_usd == 15_000  # 12,000 + 25 × 120
    since = worked_example_world().today.replace(day=1)
    assert await ask(Capability.LOST, LostQuery(first, since))
    recent = worked_example_world().today.replace(month=1)
    new = await ask(Capability.REFERRING_DOMAINS, ReferringQuery(first, 100, recent))
    assert 0 < len(new) < len(linkers)


async def test_an_unknown_key_is_rejected_and_charged_nothing(server):
    async with httpx.AsyncClient() as stranger:
        response = await stranger.post(f"{server.base_url}{REFERRING}", json=[LIVE])
    assert response.status_code == 401
    assert server.ledger[0].micro_usd == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"limit": 0}, 40501),
        ({"limit": 1001}, 40501),
        ({"target": ""}, 40501),
        ({"rank_scale": ""}, 40501),
        ({"offsets": 10}, 40506),
        ({"filters": ["rank", "~", 1]}, 40501),
        ({"filters": [["rank", ">", 1], "xor", ["rank", "<", 9]]}, 40501),
    ],
)
async def test_what_the_contract_does_not_know_is_refused_with_a_200(client, change, code):
    response = await client.post(REFERRING, json=[LIVE | change])
    assert response.status_code == 200
    assert response.json()["tasks"][0]["status_code"] == code


async def test_two_tasks_at_once_and_an_unknown_path_are_refused(client):
    response = await client.post(REFERRING, json=[LIVE, LIVE])
    assert response.json()["tasks"][0]["status_code"] == 40000
    assert (await client.post("/v3/backlinks/nothing/live", json=[LIVE])).status_code == 404


async def test_an_empty_account_refuses_and_the_account_reports_what_is_left(ask, server):
    server.balance = 24_400
    assert len(await ask(Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 10))) == 10
    with pytest.raises(OutOfUnits, match="Insufficient Funds"):
        await ask(Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 10))
    (left,) = await ask(Capability.BALANCE, BalanceQuery())
    assert (left.pool, left.limit, left.used) == ("micro-USD", 24_400, 24_360)


async def test_faults_of_the_server_happen_as_often_as_ordered(server, client):
    server.fail_next("referring", 429, headers={"Retry-After": "3"})
    server.fail_next("referring", 40202)
    server.fail_next("referring", "html")
    server.fail_next("referring", "truncated")
    answers = [await client.post(REFERRING, json=[LIVE]) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [429, 200, 200, 200, 200]
    assert answers[0].headers["Retry-After"] == "3"
    assert answers[1].json()["tasks"][0]["status_code"] == 40202
    assert "html" in answers[2].headers["content-type"]
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answers[3].json()
    assert answers[4].json()["tasks"][0]["result"][0]["items"]
    assert [entry.micro_usd for entry in server.ledger] == [0, 0, 0, 24_360, 24_360]


async def test_a_timeout_holds_the_line_and_is_charged(server, client):
    server.fail_next("referring", "timeout")
    with pytest.raises(httpx.ReadTimeout):
        await client.post(REFERRING, json=[LIVE], timeout=0.05)
    assert server.spent == 24_360


async def test_the_rate_window_refuses_the_request_too_many_and_opens_again(server, client):
    server.clock = clock = FakeClock()
    server.per_minute = 2
    path = "/v3/appendix/user_data"
    codes = [(await client.get(path)).json()["tasks"][0]["status_code"] for _ in range(3)]
    assert codes == [20000, 20000, 40202]
    clock.advance(60)
    assert (await client.get(path)).json()["tasks"][0]["status_code"] == 20000
