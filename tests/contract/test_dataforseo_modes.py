"""DataForSEO: which intersection mode unites targets, and when our own list is read in full."""

from datetime import date

import httpx
import pytest
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.worlds.ahrefs_world import OWN_SITE
from support.clock import FakeClock
from support.vendors.dataforseo_vendor import configured
from support.wallet import MemoryWallet

from bot.model.links import Scope, Target
from bot.providers.base import BetweenQuery, Capability, IntersectQuery
from bot.providers.gateway import Gateway

OUR_SITE = Target(Scope.SITE, OWN_SITE)
PAGES = tuple(
    Target(Scope.PAGE, url)
    for url in (
        "https://cloudcount.example/startups",
        "https://taxnote.example/best-startup-accounting",
    )
)
BOTH = IntersectQuery(PAGES, OUR_SITE, 100)


class Bench:
    def __init__(self, server, vendor, client) -> None:
        self.server, self.vendor = server, vendor
        self._gateway, self._wallet = Gateway(client, FakeClock()), MemoryWallet()

    async def ask(self, query, capability=Capability.INTERSECT):
        return await self._gateway.ask(self.vendor, capability, query, self._wallet, fresh=True)

    @property
    def modes(self) -> list[str]:
        return [entry.task.get("intersection_mode", "") for entry in self.server.ledger]


@pytest.fixture
async def bench(monkeypatch, tmp_path):
    async with DataForSeoServer() as server, httpx.AsyncClient() as client:
        vendor = configured(
            monkeypatch,
            tmp_path,
            login=server.login,
            password=server.password,
            base_url=server.base_url,
        )
        yield Bench(server, vendor, client)


async def test_the_mode_that_their_docs_call_the_default_is_asked_and_believed_when_it_merges(
    bench,
):
    answer = await bench.ask(BOTH)
    assert answer.complete
    assert {len(row.targets) for row in answer.rows} == {1, 2}
    assert bench.modes == ["all"]


async def test_where_it_only_brings_what_all_share_the_other_is_asked_once_and_remembered(bench):
    whole = {row.domain.domain for row in (await bench.ask(BOTH)).rows}
    bench.server.merging = "partial"
    bench.vendor.capabilities[Capability.INTERSECT]._is_known = False  # noqa: SLF001  anew
    bench.server.ledger.clear()
    answer = await bench.ask(BOTH)
    assert {row.domain.domain for row in answer.rows} == whole
    assert not answer.complete
    assert bench.modes == ["all", "partial"]
    assert (await bench.ask(BOTH)).complete
    assert bench.modes == ["all", "partial", "partial"]


async def test_where_neither_mode_names_a_single_target_nothing_is_complete(bench):
    bench.server.merging = "neither"
    answer = await bench.ask(BOTH)
    assert not answer.complete
    assert "those that link to fewer may be missing" in answer.notes[0]
    assert bench.modes == ["all", "partial"]


async def test_an_answer_with_nothing_in_it_is_asked_for_in_the_other_mode(bench):
    strangers = tuple(Target(Scope.PAGE, f"https://nobody-{at}.example/") for at in range(2))
    answer = await bench.ask(IntersectQuery(strangers, OUR_SITE, 100))
    assert (answer.rows, answer.complete) == ((), False)
    assert bench.modes == ["all", "partial"]


async def test_a_mode_known_to_merge_is_trusted_when_it_returns_nothing(bench):
    await bench.ask(BOTH)
    strangers = tuple(Target(Scope.PAGE, f"https://nobody-{at}.example/") for at in range(2))
    answer = await bench.ask(IntersectQuery(strangers, OUR_SITE, 100))
    assert (answer.rows, answer.complete) == ((), True)
    assert bench.modes == ["all", "all"]


async def test_what_is_new_is_asked_for_once_whatever_comes(bench):
    for since in (date(2000, 1, 1), date(2026, 11, 23)):
        bench.server.ledger.clear()
        bench.server.merging = "neither"
        answer = await bench.ask(IntersectQuery(PAGES, OUR_SITE, 100, since))
        assert not answer.complete
        assert bench.modes == ["all"]


async def test_for_a_single_target_one_mode_is_enough(bench):
    answer = await bench.ask(IntersectQuery(PAGES[:1], OUR_SITE, 100))
    assert answer.complete
    assert bench.modes == ["all"]


NAMES = (*(f"name-{at:03}.example" for at in range(60)), "founderweekly.example")


async def test_a_short_list_of_ours_costs_less_than_to_ask_by_name(bench):
    by_name = await bench.ask(BetweenQuery(NAMES, OUR_SITE), Capability.LINKS_BETWEEN)
    dear, bench.server.ledger[:] = bench.server.spent, []
    answer = await bench.ask(BetweenQuery(NAMES, OUR_SITE, linkers=11), Capability.LINKS_BETWEEN)
    assert (answer.rows, answer.complete) == (by_name.rows, True)
    assert ["filters" in entry.task for entry in bench.server.ledger] == [False]
    assert bench.server.spent < dear


async def test_a_list_that_is_longer_than_was_counted_is_asked_by_name_after_all(bench):
    many = 200
    first = bench.server.world.links[0]
    more = tuple(
        type(first)(
            f"https://fan-{at}.example/", f"https://{OWN_SITE}/", "A", "b", first.first_seen
        )
        for at in range(many)
    )
    bench.server.world = type(bench.server.world)(links=more)
    names = (*NAMES, "fan-7.example")
    answer = await bench.ask(BetweenQuery(names, OUR_SITE, linkers=1), Capability.LINKS_BETWEEN)
    assert [row.domain for row in answer.rows][-1] == "fan-7.example"
    assert answer.settled == set(names)
    assert len(bench.server.ledger) > 1
