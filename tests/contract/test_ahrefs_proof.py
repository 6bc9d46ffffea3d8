"""Ahrefs: proof that domains do not link to us, in one request if possible."""

import json
import re

import httpx
import pytest
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.worlds.ahrefs_world import Backlink, World
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import OUR_SITE, configured, good
from support.wallet import MemoryWallet

from bot.common.errors import BadAnswer
from bot.providers.ahrefs.api import LONGEST_URL, Api
from bot.providers.ahrefs.proof import LinksBetween
from bot.providers.base import BetweenQuery, Capability
from bot.providers.gateway import Gateway

NAMES = tuple(f"name-{at:03}.example" for at in range(133))


def links_from(*hosts: str) -> World:
    return World(
        links=tuple(
            Backlink(f"https://{host}/post", "https://ours.example/", "A post", "this", World.today)
            for host in hosts
        )
    )


class Bench:
    """A server, its vendor, and a gateway to ask it through."""

    def __init__(self, server, vendor, client) -> None:
        self.server, self.vendor = server, vendor
        self._gateway, self._wallet = Gateway(client, FakeClock()), MemoryWallet()

    async def ask(self, names=NAMES, *, fresh=False, **more):
        query = BetweenQuery(tuple(names), OUR_SITE, **more)
        return await self._gateway.ask(
            self.vendor, Capability.LINKS_BETWEEN, query, self._wallet, fresh=fresh
        )

    @property
    def filters(self) -> list[dict]:
        return [json.loads(entry.params.get("where", "{}")) for entry in self.server.ledger]


@pytest.fixture
async def bench(monkeypatch, tmp_path):
    async with AhrefsServer() as server, httpx.AsyncClient() as client:
        vendor = configured(monkeypatch, tmp_path, key=server.key, base_url=server.base_url)
        yield Bench(server, vendor, client)


def linking(answer) -> list[str]:
    return sorted(row.domain for row in answer.rows)


async def test_all_names_are_proven_by_one_expression_at_the_floor_of_50(bench):
    bench.server.world = links_from("name-007.example", "blog.name-009.example", "else.example")
    answer = await bench.ask()
    assert linking(answer) == ["name-007.example", "name-009.example"]
    assert answer.complete
    assert (len(bench.server.ledger), bench.server.spent) == (1, 50)


async def test_a_name_does_not_match_inside_another_and_its_dots_are_literal(bench):
    bench.server.world = links_from("mya.example", "aXexample.test", "a.example.test")
    assert linking(await bench.ask(["a.example"])) == []


async def test_another_domain_under_a_private_suffix_is_another_owner(bench):
    bench.server.world = links_from("a.github.io")
    answer = await bench.ask(["a.github.io", "b.github.io"])
    assert (linking(answer), answer.complete) == (["a.github.io"], True)


async def test_where_expressions_are_refused_names_are_asked_as_equals_and_that_is_remembered(
    bench,
):
    bench.server.knows_regex = False
    bench.server.world = links_from("name-007.example", "blog.name-130.example")
    answer = await bench.ask()
    assert linking(answer) == ["name-007.example", "name-130.example"]
    assert answer.complete
    assert [test for test in bench.filters if "is" in test] == bench.filters[:1]
    await bench.ask(NAMES[:50])
    assert [test for test in bench.filters if "is" in test] == bench.filters[:1]


async def test_a_question_that_is_refused_in_every_form_proves_nothing_and_is_not_remembered(bench):
    bench.server.fail_next("refdomains", 400, times=2)
    with pytest.raises(BadAnswer, match="HTTP 400"):
        await bench.ask()
    await bench.ask(fresh=True)
    assert bench.filters[-1]["is"][0] == "regex"


async def test_rows_at_the_plans_cap_halve_the_names_until_all_are_proven(bench):
    hosts = [f"h{at}.name-000.example" for at in range(80)]
    bench.server.world = links_from(*hosts, *NAMES[1:90])
    answer = await bench.ask()
    assert linking(answer) == list(NAMES[:90])
    assert answer.complete
    assert len(bench.server.ledger) > 1
    assert all(int(entry.params["limit"]) <= 100 for entry in bench.server.ledger)


async def test_a_half_that_fails_leaves_the_other_half_proven(bench):
    bench.server.world = links_from(*NAMES[:100])
    whole = bench.server._next_failure  # noqa: SLF001  only the third request fails

    def fail_the_third(path):
        if len(bench.server.ledger) == 2:
            bench.server.fail_next(path, 403)
        return whole(path)

    bench.server._next_failure = fail_the_third  # noqa: SLF001  as above
    answer = await bench.ask()
    assert not answer.complete
    assert set(NAMES[:100]) <= answer.settled < set(NAMES)


async def test_a_short_list_of_ours_is_read_whole_and_serves_all_keywords_of_the_day(bench):
    bench.server.world = links_from("name-007.example", "else.example")
    answer = await bench.ask(linkers=45)
    assert (linking(answer), answer.complete) == (["name-007.example"], True)
    assert bench.filters == [{}]
    assert linking(await bench.ask(["else.example", "new.example"], linkers=45)) == ["else.example"]
    assert bench.server.spent == 50


async def test_a_longer_list_is_read_whole_only_where_several_keywords_share_it(bench):
    ours = sorted(f"fan-{at:03}.example" for at in range(240))
    bench.server.world = links_from(*ours, "name-007.example")
    await bench.ask(linkers=241)
    assert bench.filters[-1]["is"][0] == "regex"
    bench.server.ledger.clear()
    answer = await bench.ask(linkers=241, times=3)
    assert (linking(answer), answer.complete) == (["name-007.example"], True)
    lasts = [test["is"] for test in bench.filters if test]
    assert lasts == [["gt", ours[99]], ["gt", ours[199]]]
    assert bench.server.spent == 100 + 100 + 50
    await bench.ask(NAMES[1:], linkers=241, times=4)
    assert bench.server.spent == 250


def test_a_list_that_repeats_its_rows_is_not_read_forever():
    proof = LinksBetween(Api("https://api.example/v3", 100))
    query = BetweenQuery(NAMES, OUR_SITE, linkers=150, times=9)
    (call,) = proof.plan(query)
    same = good({"refdomains": [{"domain": f"d{at:03}.example"} for at in range(100)]})
    page = proof.parse(query, call, same)
    assert page.next is not None
    page = proof.parse(query, page.next, same)
    assert (page.next, page.complete) == (None, False)


@given(st.integers(0, 400), st.sampled_from([10, 100, 250, 500]))
def test_every_name_is_in_one_expression_that_is_valid_and_short_enough(number, row_cap):
    names = tuple(f"a-rather-long-name-{at:04}.co.example" for at in range(number))
    calls = LinksBetween(Api("https://api.example/v3", row_cap)).plan(BetweenQuery(names, OUR_SITE))
    assert len(calls) <= -(-number // 100)
    assert all(len(str(call.request.url)) <= LONGEST_URL for call in calls)
    patterns = [json.loads(call.request.url.params["where"])["is"][1] for call in calls]
    for name in names[:: max(1, number // 20)]:
        assert sum(bool(re.search(pattern, f"www.{name}")) for pattern in patterns) == 1
