"""Results whose addresses carry a click parameter: the page behind it is counted."""

from dataclasses import replace

from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE, worked_example_world
from support.runs import desk


async def test_a_click_parameter_on_every_result_leaves_the_need_as_it_is(monkeypatch, tmp_path):
    async with desk(monkeypatch, tmp_path) as here:
        plain = await here.ask(f"site:{OWN_SITE} gates:no", run="plain")
        world = worked_example_world()
        clicked = tuple(
            replace(one, url=f"{one.url}?srsltid=AfmB{at}")
            for at, one in enumerate(world.serps[KEYWORD])
        )
        here.server.world = replace(world, serps=world.serps | {KEYWORD: clicked})
        report = await here.ask(f"site:{OWN_SITE} gates:no fresh:yes", run="clicked")
    assert report.need.per_page == plain.need.per_page
    assert (report.need.needed, report.need.have) == (plain.need.needed, plain.need.have)
    assert [one.url for one in report.competitors] == [one.url for one in plain.competitors]
