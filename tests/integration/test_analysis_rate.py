"""Ten whole runs at once under a vendor's rate limit, in simulated time.

The server is the strict one, on loopback, with a sliding minute of its own.
"""

import asyncio
import random
from dataclasses import dataclass, field, replace

import httpx
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, OWN_SITE, World, worked_example_world
from support.runs import TEAM, everybody_is_here
from support.simulated_time import Line, SimulatedClock
from support.vendors.ahrefs_vendor import configured

from bot.analysis.compare_worker import Comparing
from bot.analysis.page_checks import Gates
from bot.analysis.run import Analysis
from bot.model.question import Defaults, parse
from bot.model.report import Absence, Report
from bot.pages.reading.fetch import Reader
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.settings.environment import Settings
from bot.store.connect import Database

RUNS, PER_MINUTE = 10, 60
ON_ITS_WAY = (0.05, 0.4)  # seconds; the limiter leaves half a second for it
ANSWERED_IN = (0.3, 2.5)


def moved(text: str, number: int) -> str:
    """Return the worked example's text for another client's web, which shares no page."""
    return text.replace(".example", f"{number}.example").replace("1abcde", f"1abcde{number}")


def ten_worlds() -> World:
    """Return ten worked examples, each with its own sites, pages and linkers."""
    one = worked_example_world()
    everything = World()
    for number in range(RUNS):
        everything.serps[f"{KEYWORD} {number}"] = tuple(
            replace(row, url=row.url and moved(row.url, number)) for row in one.serps[KEYWORD]
        )
        everything.keywords[f"{KEYWORD} {number}"] = one.keywords[KEYWORD]
        everything.sites |= {moved(name, number): site for name, site in one.sites.items()}
        everything.links += tuple(
            replace(link, url_from=moved(link.url_from, number), url_to=moved(link.url_to, number))
            for link in one.links
        )
    return everything


@dataclass
class Strict(AhrefsServer):
    """The server, which also records when each request arrived."""

    arrivals: list[float] = field(default_factory=list)

    def _admit(self, request):
        self.arrivals.append(self.clock.monotonic())
        super()._admit(request)


async def all_at_once(monkeypatch, folder) -> tuple[Strict, list[Report]]:
    clock, dice = SimulatedClock(), random.Random(23)  # noqa: S311 delays, not secrets
    line = Line(clock, lambda: dice.uniform(*ON_ITS_WAY), lambda: dice.uniform(*ANSWERED_IN))
    async with (
        Strict(world=ten_worlds(), clock=clock, per_minute=PER_MINUTE) as server,
        httpx.AsyncClient(transport=line) as client,
        Reader(clock, allow_loopback=True, resolver=everybody_is_here) as reader,
    ):
        vendor = configured(monkeypatch, folder, key=KEY, base_url=server.base_url)
        assert vendor.rate.per_minute == PER_MINUTE
        database = await Database.open(folder / "linkgap.db", clock)
        analysis = Analysis(
            registry=Registry((vendor,), ()),
            gateway=Gateway(client, clock),
            database=database,
            clock=clock,
            settings=Settings(_env_file=None),
            comparing=Comparing(),
            gates=Gates(reader),
        )
        runs = (
            analysis.run(
                parse(
                    f'"{KEYWORD} {number}" site:{moved(OWN_SITE, number)} '
                    f"page:{moved(OWN_PAGE, number)} gates:no",
                    Defaults(),
                ),
                run_id=f"r{number}",
                team=TEAM,
            )
            for number in range(RUNS)
        )
        try:
            reports = await clock.run(asyncio.gather(*runs))
        finally:
            await database.close()
    return server, list(reports)


async def test_ten_runs_at_once_are_never_refused_and_use_each_minute(monkeypatch, tmp_path):
    server, reports = await all_at_once(monkeypatch, tmp_path)
    assert [report.need.even_field for report in reports] == [24] * RUNS
    for report in reports:
        whole = [one for one in report.prospects if one.example_page and one.traffic is not None]
        assert len(whole) == 25
        assert {prospect.absence for prospect in whole} == {Absence.PROVEN}
    assert {entry.status for entry in server.ledger} == {200}
    sent = server.arrivals
    assert len(sent) >= 11 * RUNS
    assert max(sum(at - 60 < other <= at for other in sent) for at in sent) <= PER_MINUTE
    # Once a minute's worth is sent, every request waits for the limit, which then sets the pace.
    waited = sent[PER_MINUTE:]
    a_minute = len(waited) / (sent[-1] - sent[PER_MINUTE - 1]) * 60
    assert a_minute >= 0.9 * PER_MINUTE
