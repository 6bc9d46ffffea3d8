"""No listed prospect links to us in any source that was read: random worlds, known truth."""

import random

import pytest
from fakes.servers.majestic_server import MajesticServer
from fakes.servers.moz_server import MozServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE, Backlink, Result, Site, World
from support.runs import desk
from support.vendors import majestic_vendor, moz_vendor

from bot.model.report import Absence

DAY = World.today


def drawn(seed: int) -> tuple[World, set[str]]:
    """Return a world and, written down as it is made, who links to us in it."""
    chance = random.Random(seed)  # noqa: S311 an invented world
    competitors = [f"rival-{at}.example" for at in range(3)]
    links, ours, sites = [], set(), {name: Site(50.0) for name in (*competitors, OWN_SITE)}
    for at in range(chance.randrange(5, 160)):
        name = f"site-{at}.github.io" if chance.random() < 0.1 else f"site-{at}.example"
        sites[name] = Site(chance.uniform(0, 90), 500, spam=chance.random() < 0.2)
        host = chance.choice(["", "", "www.", "blog."]) + name
        for competitor in chance.sample(competitors, chance.randint(1, 3)):
            path = chance.choice(["best", ""])
            links.append(link(f"https://{host}/post", f"https://{competitor}/{path}"))
        if chance.random() < 0.4:
            ours.add(name)
            hosts = [chance.choice(["", "news."]) + name for _ in range(chance.randint(1, 2))]
            links += [link(f"https://{one}/p", f"https://{OWN_SITE}/") for one in hosts]
    links += [
        link(f"https://fan-{at}.example/", f"https://{OWN_SITE}/x")
        for at in range(chance.choice([0, 60, 300]))
    ]
    results = tuple(
        Result(f"https://{competitor}/best", f"About {competitor}") for competitor in competitors
    )
    return World({KEYWORD: results}, {KEYWORD: (40, 900)}, sites, tuple(links)), ours


def link(source: str, target: str) -> Backlink:
    return Backlink(source, target, "A post", "this", DAY.replace(month=1))


def check(report, linking: set[str]) -> None:
    listed = {one.domain for one in report.prospects}
    assert not listed & linking
    assert {one.absence for one in report.prospects} <= {Absence.PROVEN}
    assert not listed & {one.domain for one in report.unproven}


@pytest.mark.parametrize("seed", range(6))
async def test_at_ahrefs_whatever_its_plan_and_its_cap(monkeypatch, tmp_path, seed):
    world, linking = drawn(seed)
    async with desk(monkeypatch, tmp_path) as here:
        here.server.world, here.server.knows_regex = world, seed % 3 != 0
        here.set(run_cap=(None, 400, 700)[seed % 3])
        report = await here.ask(f"site:{OWN_SITE} gates:no")
    check(report, linking)
    if seed % 3 == 0:
        assert report.unproven == ()


@pytest.mark.parametrize("seed", range(6, 10))
async def test_side_by_side_whoever_links_to_us_in_one_index_is_out(monkeypatch, tmp_path, seed):
    (world, linking), (other, linking_there) = drawn(seed), drawn(seed + 100)
    kind, fake = ((MajesticServer, majestic_vendor), (MozServer, moz_vendor))[seed % 2]
    async with desk(monkeypatch, tmp_path) as here, kind() as second:
        here.server.world, second.world = world, other
        key = {"token" if kind is MozServer else "api_key": second.key}
        vendor = fake.configured(monkeypatch, tmp_path, base_url=second.base_url, **key)
        here.others = (vendor,)
        report = await here.ask(f"site:{OWN_SITE} gates:no via:ahrefs,{vendor.name} serp:ahrefs")
    check(report, linking | linking_there)
    assert len({name for one in report.prospects for name in one.seen_by}) == 2
