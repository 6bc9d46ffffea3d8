"""No listed prospect links to us in any source that was read: random worlds, known truth."""

import random

import pytest
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.servers.majestic_server import MajesticServer
from fakes.servers.moz_server import MozServer
from fakes.servers.semrush_server import SemrushServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE, Backlink, Result, Site, World
from support.runs import TEAM, Desk, desk
from support.vendors import dataforseo_vendor, majestic_vendor, moz_vendor, semrush_vendor

from bot.model.question import Defaults, parse
from bot.model.report import Absence
from bot.store import workspace

DAY = World.today
ALIASES = ("old-name.example", "shop-of-ours.example")


def drawn(seed: int, *, ours_too: tuple[str, ...] = ()) -> tuple[World, set[str]]:
    """Return a world and, recorded while it is built, who links to us in it.

    `ours_too` are our other domains, with links of their own.
    """
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
        for own, share in ((OWN_SITE, 0.4), *((alias, 0.2) for alias in ours_too)):
            if chance.random() < share:
                ours.add(name)
                hosts = [chance.choice(["", "news."]) + name for _ in range(chance.randint(1, 2))]
                links += [link(f"https://{one}/p", f"https://{own}/") for one in hosts]
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


async def have_aliases(here: Desk) -> None:
    at = here.clock.now()
    await here.database.run(lambda db: workspace.ensure_site(db, TEAM, OWN_SITE, at))
    await here.database.run(lambda db: workspace.set_aliases(db, TEAM, OWN_SITE, ALIASES))


def check(report, linking: set[str]) -> None:
    listed = {one.domain for one in report.prospects}
    assert not listed & linking
    assert {one.absence for one in report.prospects} <= {Absence.PROVEN}
    assert not listed & {one.domain for one in report.unproven}


@pytest.mark.parametrize("seed", range(6))
async def test_at_ahrefs_no_prospect_links_to_us_whatever_plan_and_cap(monkeypatch, tmp_path, seed):
    world, linking = drawn(seed)
    async with desk(monkeypatch, tmp_path) as here:
        here.server.world, here.server.knows_regex = world, seed % 3 != 0
        here.set(run_cap=(None, 400, 700)[seed % 3])
        report = await here.ask(f"site:{OWN_SITE} gates:no")
    check(report, linking)
    if seed % 3 == 0:
        assert report.unproven == ()


@pytest.mark.parametrize("seed", range(6, 10))
async def test_side_by_side_a_linker_of_ours_in_one_index_is_no_prospect(
    monkeypatch, tmp_path, seed
):
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


@pytest.mark.parametrize("seed", range(20, 23))
async def test_a_link_to_an_alias_of_ours_is_a_link_to_us(monkeypatch, tmp_path, seed):
    world, linking = drawn(seed, ours_too=ALIASES)
    async with desk(monkeypatch, tmp_path) as here:
        here.server.world, here.server.knows_regex = world, seed % 2 == 0
        here.set(run_cap=(None, 400)[seed // 2 % 2])
        await have_aliases(here)
        report = await here.ask(f"site:{OWN_SITE} gates:no")
    check(report, linking)
    assert report.prospects or seed // 2 % 2
    if seed % 4 == 0:
        assert report.unproven == ()


VENDORS = {
    "majestic": (MajesticServer, majestic_vendor, {"key": "api_key"}),
    "moz": (MozServer, moz_vendor, {"key": "token"}),
    "dataforseo": (
        DataForSeoServer,
        dataforseo_vendor,
        {"login": "login", "password": "password"},
    ),
    "semrush": (SemrushServer, semrush_vendor, {"key": "key"}),
    "semrush v4": (SemrushServer, semrush_vendor, {"v4_key": "v4_key"}),
}


@pytest.mark.parametrize("name", VENDORS)
async def test_at_every_other_index_no_prospect_links_to_us_either(monkeypatch, tmp_path, name):
    kind, fake, keys = VENDORS[name]
    by_name = not name.startswith("semrush")
    world, linking = drawn(30, ours_too=ALIASES if by_name else ())
    async with desk(monkeypatch, tmp_path) as here, kind() as server:
        here.server.world = server.world = world
        secrets = {"key": None} if name == "semrush v4" else {}
        secrets |= {setting: getattr(server, mine) for mine, setting in keys.items()}
        vendor = fake.configured(monkeypatch, tmp_path, base_url=server.base_url, **secrets)
        here.others = (vendor,)
        await have_aliases(here)
        report = await here.ask(f"site:{OWN_SITE} gates:no via:{vendor.name} serp:ahrefs")
    check(report, linking)
    assert report.prospects
    refused = any("cannot be asked by name" in (one.note or "") for one in report.sources)
    assert refused is not by_name


@pytest.mark.parametrize("name", ["dataforseo", "semrush v4"])
async def test_beside_ahrefs_whom_any_other_index_sees_linking_to_us_is_no_prospect(
    monkeypatch, tmp_path, name
):
    kind, fake, keys = VENDORS[name]
    (world, linking), (other, linking_there) = drawn(31), drawn(131)
    async with desk(monkeypatch, tmp_path) as here, kind() as server:
        here.server.world, server.world = world, other
        secrets = {"key": None} if name == "semrush v4" else {}
        secrets |= {setting: getattr(server, mine) for mine, setting in keys.items()}
        vendor = fake.configured(monkeypatch, tmp_path, base_url=server.base_url, **secrets)
        here.others = (vendor,)
        here.set(run_cap=10**6, list_budget=10**5)  # no list is cut off
        report = await here.ask(f"site:{OWN_SITE} gates:no via:ahrefs,{vendor.name} serp:ahrefs")
    check(report, linking | linking_there)
    assert {name for one in report.prospects for name in one.seen_by} == {"ahrefs", vendor.name}


async def test_aliases_take_no_more_than_the_quote_said(monkeypatch, tmp_path):
    world, _ = drawn(20, ours_too=ALIASES)
    async with desk(monkeypatch, tmp_path) as here:
        here.server.world = world
        question = parse(f'"{KEYWORD}" site:{OWN_SITE} gates:no', Defaults())
        here.set(run_cap=10**6)
        alone = here.spending().worst(question, here.settings)
        quoted = here.spending().worst(question, here.settings, ALIASES)
        await have_aliases(here)
        report = await here.ask(f"site:{OWN_SITE} gates:no")
    assert quoted["ahrefs", "units"] > alone["ahrefs", "units"]
    assert sum(line.units for line in report.cost) <= quoted["ahrefs", "units"]
    asked = [one.what for one in report.sources if one.what.startswith("links from prospects")]
    assert asked == [f"links from prospects to {ours}" for ours in (OWN_SITE, *ALIASES)]
