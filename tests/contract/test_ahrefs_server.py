"""The Ahrefs-shaped server itself: benches and whole runs rely on its strictness and prices."""

import json
from datetime import date

import httpx
import pytest
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.worlds.ahrefs_world import (
    KEYWORD,
    OWN_PAGE,
    OWN_SITE,
    Backlink,
    Site,
    World,
    worked_example_world,
)
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import configured, plan

from bot.model.links import (
    CountPoint,
    Link,
    Market,
    Metrics,
    ReferringDomain,
    Scope,
    SerpRow,
    Target,
)
from bot.providers.base import (
    BetweenQuery,
    Capability,
    HistoryQuery,
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
FIRST_PAGE = Target(Scope.PAGE, "https://www.fincompare.example/best-accounting-software-startups")
REFDOMAINS = "/site-explorer/refdomains"
LIVE = {"target": OWN_SITE, "select": "domain", "history": "live", "limit": "10"}


@pytest.fixture
async def server():
    async with AhrefsServer() as running:
        yield running


@pytest.fixture
async def client(server):
    headers = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.base_url, headers=headers) as client:
        yield client


@pytest.fixture
def ask(server, monkeypatch, tmp_path):
    vendor = configured(monkeypatch, tmp_path, key=server.key, base_url=server.base_url)

    async def answer(capability: Capability, query: object) -> list[object]:
        rows: list[object] = []
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
    assert [row.referring_domains for row in serp if isinstance(row, SerpRow)][:3] == [55, 1, 15]
    assert [row.domain for row in serp if isinstance(row, SerpRow)][1] == "reddit.com"
    assert OWN_SITE not in {row.domain for row in serp if isinstance(row, SerpRow)}
    page, site = await ask(Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)))
    assert isinstance(page, Metrics)
    assert isinstance(site, Metrics)
    assert (page.referring_domains, site.referring_domains) == (6, 11)
    linkers = await ask(Capability.REFERRING_DOMAINS, ReferringQuery(FIRST_PAGE, 100))
    assert len(linkers) == 55
    names = tuple(row.domain for row in linkers if isinstance(row, ReferringDomain))
    ours = await ask(Capability.LINKS_BETWEEN, BetweenQuery(names, OUR_SITE))
    assert len(ours) == 11, "several of the first page's linkers link to us already"
    assert len(await ask(Capability.LINKS, LinksQuery(FIRST_PAGE, names[:25]))) == 25
    assert len(await ask(Capability.KEYWORD_METRICS, KeywordQuery((KEYWORD,), US))) == 1
    since = worked_example_world().today.replace(month=6, day=1)
    assert len(await ask(Capability.COUNT_HISTORY, HistoryQuery(OUR_SITE, since))) == 6
    # serp 100, batch 50, 55 × 5, a proof at the floor, 25 × 8, keyword 50, history 50
    assert [entry.units for entry in server.ledger] == [100, 50, 275, 50, 200, 50, 50]
    assert server.spent == 775


def linked(name: str, path: str, lost: date | None = None) -> Backlink:
    url = f"https://{name}.example/{path}"
    return Backlink(url, OWN_PAGE, "A post", "this", date(2026, 1, 5), lost=lost)


LEFT = World(
    links=(
        linked("stays", "post"),
        linked("left", "post", date(2026, 11, 20)),
        linked("moved", "page/2", date(2026, 11, 23)),
        linked("moved", "page/3"),
        linked("long-gone", "post", date(2026, 11, 15)),
        linked("will-go", "post", date(2026, 11, 24)),
    ),
    sites={"left.example": Site(20.0), "moved.example": Site(60.0)},
)


async def test_links_that_went_are_in_no_count_and_no_list_of_live_ones(ask, server):
    server.world = LEFT
    (page,) = await ask(Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE,)))
    assert isinstance(page, Metrics)
    assert (page.referring_domains, page.backlinks) == (3, 3)
    live = ["stays.example", "moved.example", "will-go.example"]
    linkers = await ask(Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 100))
    assert {row.domain for row in linkers if isinstance(row, ReferringDomain)} == set(live)
    links = await ask(Capability.LINKS, LinksQuery(OUR_PAGE, (*live, "left.example")))
    assert [row.source_url for row in links if isinstance(row, Link)] == [
        "https://stays.example/post",
        "https://moved.example/page/3",
        "https://will-go.example/post",
    ]
    history = await ask(Capability.COUNT_HISTORY, HistoryQuery(OUR_PAGE, date(2026, 11, 1)))
    assert history == [CountPoint(date(2026, 11, 1), 5)]


async def test_links_lost_since_a_day_are_listed_even_if_the_domain_has_a_live_one(ask, server):
    server.world = LEFT
    lost = await ask(Capability.LOST, LostQuery(OUR_PAGE, date(2026, 11, 16)))
    assert [row.source_url for row in lost if isinstance(row, Link)] == [
        "https://moved.example/page/2",  # nothing in the answer tells that page/3 still links
        "https://left.example/post",
    ]
    assert server.spent == 50


@pytest.mark.parametrize(
    "history", ["", "all_time", "since", "since:", "since:November", "2026-11-16"]
)
async def test_a_history_from_an_invalid_date_is_rejected(client, history):
    params = {"target": OWN_PAGE, "select": "url_from", "limit": "7", "history": history}
    assert (await client.get("/site-explorer/all-backlinks", params=params)).status_code == 400


async def test_a_request_without_the_key_is_refused_and_free(server):
    async with httpx.AsyncClient() as stranger:
        response = await stranger.get(f"{server.base_url}{REFDOMAINS}", params=LIVE)
    assert response.status_code == 401
    assert server.ledger[0].units == 0


@pytest.mark.parametrize(
    "change",
    [
        {"limit": ""},
        {"limit": "101"},
        {"select": ""},
        {"select": "backlinks"},
        {"history": "all_time"},
        {"offset": "10"},
        {"where": "{"},
        {"where": '{"field":"no_such_column","is":["eq",1]}'},
        {"where": '{"field":"domain","is":["in",["a"]]}'},
        {"order_by": "no_such_column:desc"},
    ],
)
async def test_what_the_contract_does_not_know_is_refused(client, change):
    response = await client.get(REFDOMAINS, params=LIVE | change)
    assert response.status_code == 400
    assert response.json()["error"]


async def test_filters_and_order_work_and_are_paid_on_every_row(client):
    params = {
        **LIVE,
        "select": "domain",
        "limit": "100",
        "where": json.dumps(
            {
                "and": [
                    {"field": "domain_rating", "is": ["gte", 30]},
                    {"not": {"field": "is_spam", "is": ["eq", True]}},
                    {"field": "last_seen", "is": "is_null"},
                ]
            }
        ),
        "order_by": "traffic_domain:desc",
    }
    response = await client.get(REFDOMAINS, params=params)
    # domain 1, domain_rating 1, is_spam 1, last_seen 1, traffic_domain 10
    assert response.headers["x-api-units-cost-row"] == "14"
    rows = len(response.json()["refdomains"])
    assert 0 < rows < 11
    assert response.headers["x-api-units-cost-total-actual"] == str(max(50, rows * 14))


async def test_an_empty_account_refuses_before_it_answers(server, client):
    server.units_left = 60
    assert (await client.get(REFDOMAINS, params=LIVE)).status_code == 200
    refused = await client.get(REFDOMAINS, params=LIVE)
    assert refused.status_code == 403
    assert "API units left: 10" in refused.json()["error"]
    assert server.spent == 50
    limits = (await client.get("/subscription-info/limits-and-usage")).json()["limits_and_usage"]
    assert (limits["units_limit_workspace"], limits["units_usage_workspace"]) == (60, 50)


async def test_a_repeated_request_is_free_where_the_cache_is_on(server, client):
    server.caches = True
    first, second = [await client.get(REFDOMAINS, params=LIVE) for _ in range(2)]
    assert (first.headers["x-api-cache"], second.headers["x-api-cache"]) == ("miss", "hit")
    assert second.headers["x-api-units-cost-total-actual"] == "0"
    assert server.spent == 50


async def test_faults_of_the_server_happen_as_often_as_ordered(server, client):
    server.fail_next("refdomains", 429, headers={"Retry-After": "3"})
    server.fail_next("refdomains", "html")
    server.fail_next("refdomains", "truncated")
    answers = [await client.get(REFDOMAINS, params=LIVE) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 200, 200, 200]
    assert answers[0].headers["Retry-After"] == "3"
    assert "html" in answers[1].headers["content-type"]
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answers[2].json()
    assert answers[3].json()["refdomains"]
    assert [entry.units for entry in server.ledger] == [0, 0, 50, 50]


async def test_a_timeout_holds_the_line_and_is_charged(server, client):
    server.fail_next("refdomains", "timeout")
    with pytest.raises(httpx.ReadTimeout):
        await client.get(REFDOMAINS, params=LIVE, timeout=0.05)
    assert server.spent == 50


async def test_the_rate_window_refuses_the_request_too_many_and_opens_again(server, client):
    server.clock = clock = FakeClock()
    server.per_minute = 2
    path = "/subscription-info/limits-and-usage"
    assert [(await client.get(path)).status_code for _ in range(3)] == [200, 200, 429]
    clock.advance(60)
    assert (await client.get(path)).status_code == 200


async def test_a_get_of_a_post_and_an_unknown_path_are_refused(client):
    assert (await client.get("/batch-analysis/batch-analysis")).status_code == 405
    assert (await client.get("/site-explorer/link-intersect")).status_code == 404
