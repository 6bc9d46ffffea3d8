"""The settings of a team, site or channel decide what the next run does and may cost."""

from dataclasses import replace

import pytest
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, worked_example_world
from support.runs import TEAM, Desk, desk, source
from support.vendors import dataforseo_vendor

from bot.model.question import Defaults, parse
from bot.model.report import SourceState
from bot.planning.vendors import vendors_for
from bot.providers.registry import Registry
from bot.settings import levels
from bot.settings.catalogue import Level
from bot.settings.overrides import TEAM as WHOLE_TEAM
from bot.settings.overrides import Place, save
from bot.store.ledger import Payer

OURS = f"site:ledgerly.example page:{OWN_PAGE} gates:no"
QUESTION = parse(f'"{KEYWORD}" {OURS}', Defaults())
SITE = Place.site("ledgerly.example")
CHANNEL = Place(Level.CHANNEL, "C1")


@pytest.fixture
async def here(monkeypatch, tmp_path):
    async with DataForSeoServer() as other, desk(monkeypatch, tmp_path) as opened:
        other.world = worked_example_world()
        second = dataforseo_vendor.configured(
            monkeypatch,
            tmp_path,
            login=other.login,
            password=other.password,
            base_url=other.base_url,
        )
        opened.others = (second,)
        yield opened


async def setting(here: Desk, place: Place, team: str = TEAM, **values: str) -> None:
    registry = Registry((here.vendor, *here.others), ())
    taken = levels.checked(here.settings, place, values, registry.names)
    at = here.clock.now()
    await here.database.run(lambda db: save(db, team, place, taken, by="U1", at=at))


async def in_channel(here: Desk, channel: str, run: str):
    return await here.analysis().run(QUESTION, run_id=run, team=TEAM, channel=channel)


async def test_blocked_domains_of_every_level_are_no_prospects(here):
    first, second, third = [one.domain for one in (await here.ask(OURS)).prospects][:3]
    await setting(here, WHOLE_TEAM, blocklist=first)
    await setting(here, SITE, blocklist=second)
    await setting(here, CHANNEL, blocklist=third)
    report = await in_channel(here, "C1", "r2")
    assert {first, second, third}.isdisjoint(one.domain for one in report.prospects)
    assert report.dropped["blocked"] == 3
    elsewhere = await in_channel(here, "C2", "r3")
    assert third in {one.domain for one in elsewhere.prospects}


async def test_prospects_under_the_floor_are_left_out_and_unknown_ones_are_kept(here):
    before = await here.ask(OURS)
    await setting(here, SITE, authority_floor="40")
    report = await here.ask(OURS, run="r2")
    kept = {one.domain for one in before.prospects if (one.authority or 100) >= 40}
    assert {one.domain for one in report.prospects} == kept
    # Nothing is paid to learn whether weak domains link to us already.
    assert report.dropped["weak"] >= len(before.prospects) - len(kept) > 0


@pytest.mark.parametrize(("level", "left"), [("page", "site"), ("site", "page")])
async def test_a_level_setting_reads_only_that_level_and_says_what_is_left_out(here, level, left):
    await setting(here, SITE, level=level)
    report = await here.ask(OURS)
    assert {one.level for one in report.prospects} == {level}
    told = [one for one in report.sources if one.state is SourceState.NOT_ASKED]
    assert [one.note for one in told] == [f"The settings ask for level {level} only."]
    assert left in told[0].what


async def test_pages_alone_cost_less(here):
    both = sum(line.units for line in (await here.ask(OURS)).cost)
    await setting(here, SITE, level="page")
    fresh = await here.ask(f"{OURS} fresh:yes", run="r2")
    assert sum(line.units for line in fresh.cost) < both


async def test_a_cheap_run_at_site_level_reads_the_sites(here):
    await setting(here, SITE, level="site")
    light = replace(QUESTION, light=True)
    report = await here.analysis().run(light, run_id="r1", team=TEAM)
    assert {one.level for one in report.prospects} == {"site"}


async def test_the_cap_of_the_channel_stops_the_run_there_and_nowhere_else(here):
    await setting(here, CHANNEL, run_cap="160")
    report = await in_channel(here, "C1", "r1")
    assert sum(line.units for line in report.cost) <= 160
    assert any("cap of 160" in (one.note or "") for one in report.sources)
    # 100 for the SERP and 50 for our own numbers: what an answer cannot do without comes first.
    states = {one.what: one.state for one in report.sources}
    assert (states["search results"], states["our own numbers"]) == (SourceState.OK, SourceState.OK)
    assert states["keyword difficulty"] is SourceState.NOT_ASKED
    assert sum(line.units for line in (await in_channel(here, "C2", "r2")).cost) > 160


async def test_the_preferred_vendor_of_a_site_answers(here):
    assert (await here.ask(OURS)).need.by_index[0].provider == "ahrefs"
    await setting(here, SITE, via="dataforseo")
    report = await here.ask(OURS, run="r2")
    assert [one.provider for one in report.need.by_index] == ["dataforseo"]
    assert source(report, "search results").provider == "dataforseo"


async def test_search_results_come_from_who_is_preferred_and_counts_from_the_first_index(here):
    await setting(here, CHANNEL, serp="dataforseo")
    report = await in_channel(here, "C1", "r1")
    assert source(report, "search results").provider == "dataforseo"
    assert [one.provider for one in report.need.by_index] == ["ahrefs"]
    named = replace(QUESTION, serp="ahrefs")
    report = await here.analysis().run(named, run_id="r2", team=TEAM, channel="C1")
    assert source(report, "search results").provider == "ahrefs"


async def test_indexes_are_compared_where_a_channel_wants_it(here):
    await setting(here, CHANNEL, compare_indexes="yes")
    report = await in_channel(here, "C1", "r1")
    assert [one.provider for one in report.need.by_index] == ["ahrefs", "dataforseo"]


async def test_the_price_follows_the_settings_of_the_place(here):
    await setting(here, SITE, list_budget="200")
    (dearer,) = (await here.spending().quote(QUESTION, TEAM)).lines
    await setting(here, SITE, list_budget="100")
    await setting(here, CHANNEL, via="dataforseo")
    (line,) = (await here.spending().quote(QUESTION, TEAM)).lines
    assert line.vendor == "ahrefs"
    # Fewer rows bring fewer names whose absence is to be proven.
    assert line.units <= dearer.units - 100
    assert (await here.spending().quote(QUESTION, TEAM, "C1")).lines[0].vendor == "dataforseo"
    assert (await here.spending().quote(QUESTION, "T2")).lines[0].units == 1500


async def test_the_confirmation_threshold_can_differ_by_place(here):
    await setting(here, CHANNEL, confirm_over="1000")
    ask = here.spending()
    assert ask.must_be_confirmed(await ask.quote(QUESTION, TEAM, "C1"))
    assert not ask.must_be_confirmed(await ask.quote(QUESTION, TEAM, "C2"))


async def test_a_cap_in_money_of_a_site_is_kept_and_shown(here):
    await setting(here, WHOLE_TEAM, prices="ahrefs=0.001", cap_site_month_usd="5")
    await setting(here, SITE, cap_site_month_usd="0.20")
    report = await here.ask(OURS)
    assert any("$0.20 per site and month" in (one.note or "") for one in report.sources)
    caps = (await here.spending().overview(TEAM, Payer(site="ledgerly.example"))).caps
    assert [(one.cap, one.of, one.most.value) for one in caps] == [
        ("site and month", "ledgerly.example", 200_000)
    ]
    of_others = (await here.spending().overview(TEAM, Payer(site="other.example"))).caps
    assert {one.of: one.most.value for one in of_others}["other.example"] == 5_000_000


async def test_another_teams_settings_change_nothing(here):
    before = await here.ask(OURS)
    for place in (WHOLE_TEAM, SITE, CHANNEL):
        await setting(here, place, "T2", run_cap="1", level="page", authority_floor="99")
    report = await here.ask(OURS, run="r2")
    assert report.prospects == before.prospects


async def test_a_vendor_that_is_gone_does_not_stop_a_question(here):
    chosen = vendors_for(
        Registry((here.vendor, *here.others), ()),
        QUESTION,
        levels.effective(here.settings, {"via": "gone"}),
    )
    assert chosen.main.name == "ahrefs"
