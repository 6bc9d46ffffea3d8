"""What a whole answer costs at Ahrefs and at DataForSEO, compared with a naive plan.

Our figure is the ledger of a run of the worked example against the contract servers, which charge
by the published rules. The naive plan is priced by the same rules: search results, keyword, one
lookup for each page and site, and 1,000 rows with every column of who links to the three and to us.

Nine cents do not buy everything at DataForSEO: the minimum of its prices is shown part by part,
beside the ledgers of runs with a larger cap.

Then the questions of a weekly refresh of tracked keywords, each with its own pages: a week in which
no count changed, and one in which the counts of all competitors did. The naive week is a whole
answer. At last whole weeks at Ahrefs as a channel reads them, with who left and the linking pages.
"""

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from bot.model.question import Defaults, make
from bot.providers.dataforseo.api import backlinks_price, labs_price, serp_price
from bot.providers.gateway import Gateway
from bot.providers.registry import discover
from bot.settings.environment import Settings, load
from bot.spending.budget import RunBudget
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database
from bot.wiring import core

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from fakes.servers.ahrefs_answers import Answer
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.dataforseo_server import LOGIN, PASSWORD, DataForSeoServer
from fakes.worlds import tracked
from fakes.worlds.ahrefs_world import KEYWORD, OWN_PAGE, OWN_SITE
from support.clock import FakeClock
from support.runs import desk
from support.told_channel import Wire, opened

AHREFS_BAR, DATAFORSEO_BAR = 1_500, 90_000  # units, millionths of a dollar
WEEK_BARS = {"ahrefs": (100, 250), "dataforseo": (25_000, 25_000)}  # a keyword: none, all changed
TRACKED = 30  # keywords
ROWS, SERP_ROWS, FLOOR = 1_000, 100, 50
PROFILES, TARGETS = 4, 8  # three sites and ours; four pages and four sites
_SERP = ("position", "url", "title", "type", "domain_rating", "refdomains", "backlinks")
_KEYWORD = ("keyword", "difficulty", "volume")
_LINKER = (
    *("domain", "domain_rating", "dofollow_links", "links_to_target", "first_seen", "last_seen"),
    *("is_spam", "is_root_domain", "traffic_domain"),
)
Steps = dict[str, int]
Fee = tuple[int, int]  # micro-dollars a request, and a row or item
BACKLINKS: Fee = (backlinks_price(0).units, backlinks_price(1).units - backlinks_price(0).units)
LABS: Fee = (labs_price(0).units, labs_price(1).units - labs_price(0).units)
BACKLINKS_BEFORE, LABS_BEFORE = (20_000, 30), (10_000, 100)  # until July 2026
SHORTLIST, ENOUGH = 25, 200_000  # prospects; a cap that cuts nothing


@dataclass(frozen=True, slots=True)
class Measured:
    """Ledgers: of answers within the vendors' own caps, of whole ones at DataForSEO, of weeks."""

    spent: dict[str, Steps]
    apart: int
    mixed: int
    weeks: dict[str, Steps]


def naive_ahrefs() -> Steps:
    """Return units by step; a row costs what the server charges for these columns."""

    def charged(rows: int, columns: tuple[str, ...]) -> int:
        a_row: int = Answer("", [], frozenset(columns), expected=rows).per_row
        return max(FLOOR, rows * a_row)

    return {
        "search results": charged(SERP_ROWS, _SERP),
        "keyword": charged(1, _KEYWORD),
        "counts and authority": TARGETS * FLOOR,
        "who links": PROFILES * charged(ROWS, _LINKER),
    }


def naive_dataforseo() -> Steps:
    """Return micro-dollars by step."""
    return {
        "search results": serp_price(SERP_ROWS // 10).units,
        "keyword": labs_price(1).units,
        "counts and authority": TARGETS * backlinks_price(1).units,
        "who links": PROFILES * backlinks_price(ROWS).units,
    }


def floor_dataforseo(backlinks: Fee, labs: Fee) -> Steps:
    """Return the minimum cost of a whole answer, by part, with as few rows as possible.

    Each part is a request of its own: a request takes one task, and no endpoint serves two of these
    parts. A second intersection, or links to a second target, comes on top.
    """

    def request(fee: Fee, rows: int) -> int:
        return fee[0] + fee[1] * rows

    return {
        "search results": serp_price(1).units,
        "keyword": request(labs, 1),
        "counts and authority": request(backlinks, TARGETS),
        "who links, and not to us": request(backlinks, SHORTLIST),
        "pages and anchors": request(backlinks, SHORTLIST),
        "traffic": request(labs, SHORTLIST),
    }


async def ledger(vendor: str) -> Steps:
    """Run the worked example at one vendor; return what each capability was charged."""
    question = make(KEYWORD, Defaults(), site=OWN_SITE, page=OWN_PAGE, via=(vendor,), gates=False)
    async with core(load(Settings, env_file=None)) as product:
        await product.analysis.run(question, run_id=uuid4().hex, team="bench")
        rows = await product.database.read(
            lambda db: db.execute(
                "SELECT capability, sum(units) FROM spend WHERE provider = ? AND units > 0 "
                "GROUP BY capability ORDER BY min(id)",
                (vendor,),
            ).fetchall()
        )
    return dict(rows)


async def week(vendor: str, server: AhrefsServer | DataForSeoServer, moved: list[str]) -> int:
    """Refresh the tracked keywords at one vendor; return what the ledger was charged.

    The clock is a fake one, so nobody waits for a rate limit.
    """
    server.world = tracked.tracked_world(TRACKED, moved)
    clock, before = FakeClock(), server.spent
    database = await Database.open(load(Settings, env_file=None).db, clock)
    try:
        budget = RunBudget(
            database, uuid4().hex, "bench", None, SqliteAnswers(database, uuid4().hex)
        )
        named = discover(load(Settings, env_file=None), clock).named(vendor)
        async with httpx.AsyncClient() as client:
            gateway = Gateway(client, clock)
            await tracked.refresh_week(named, gateway, budget, TRACKED, server.world)
        (line,) = await budget.spent()
    finally:
        await database.close()
    assert line.units == server.spent - before
    return line.units


async def whole(server: DataForSeoServer, *, mixed: bool) -> int:
    """Return what DataForSEO charges for everything, by the ledger of a run with a large cap."""
    os.environ |= {
        "LINKGAP_RUN_CAP": str(ENOUGH),
        "LINKGAP_DATAFORSEO_MIXED_INTERSECTION": str(mixed).lower(),
    }
    server.mixes, before = mixed, server.spent
    spent = sum((await ledger("dataforseo")).values())
    del os.environ["LINKGAP_RUN_CAP"], os.environ["LINKGAP_DATAFORSEO_MIXED_INTERSECTION"]
    assert spent == server.spent - before
    return spent


async def measured() -> Measured:
    """Return the ledgers of answers and of weeks; each is checked against a server's charges."""
    everything = [url for number in range(TRACKED) for url in tracked.top_of(number)]
    with tempfile.TemporaryDirectory() as folder:
        async with AhrefsServer() as ahrefs, DataForSeoServer() as dataforseo:
            os.environ |= {
                "LINKGAP_DB": f"{folder}/bench.db",
                "LINKGAP_AHREFS_API_KEY": KEY,
                "LINKGAP_AHREFS_BASE_URL": ahrefs.base_url,
                "LINKGAP_DATAFORSEO_LOGIN": LOGIN,
                "LINKGAP_DATAFORSEO_PASSWORD": PASSWORD,
                "LINKGAP_DATAFORSEO_BASE_URL": dataforseo.base_url,
            }
            servers: dict[str, AhrefsServer | DataForSeoServer] = {
                "ahrefs": ahrefs,
                "dataforseo": dataforseo,
            }
            spent = {name: await ledger(name) for name in servers}
            for name, server in servers.items():
                assert sum(spent[name].values()) == server.spent
            os.environ["LINKGAP_DB"] = f"{folder}/apart.db"
            apart = await whole(dataforseo, mixed=False)
            os.environ["LINKGAP_DB"] = f"{folder}/mixed.db"
            mixed = await whole(dataforseo, mixed=True)
            os.environ["LINKGAP_DB"] = f"{folder}/weeks.db"
            weeks = {
                name: {
                    "still": await week(name, server, []),
                    "all moved": await week(name, server, everything),
                }
                for name, server in servers.items()
            }
    return Measured(spent, apart, mixed, weeks)


def main() -> None:
    found = asyncio.run(measured())
    spent, weeks = found.spent, found.weeks
    _table("Ahrefs, units", spent["ahrefs"], naive_ahrefs(), AHREFS_BAR)
    _table("DataForSEO, micro-dollars", spent["dataforseo"], naive_dataforseo(), DATAFORSEO_BAR)
    _nine_cents(found)
    print(f"The questions of a week of a tracked keyword, of {TRACKED}")
    for vendor, (still, moved) in WEEK_BARS.items():
        whole = sum(spent[vendor].values())
        for (how, units), bar in zip(weeks[vendor].items(), (still, moved), strict=True):
            each = units / TRACKED
            print(f"  {vendor:<10} {how:<10} {each:>9,.0f}  (bar {bar:,}; naive {whole:,})")
    _weeks_as_read()


async def as_read(keywords: int, *, ours_too: bool) -> dict[str, float]:
    """Return what a keyword's weeks cost in a channel that tracks so many at Ahrefs."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        wire = Wire()
        async with desk(patch, Path(folder)) as it, httpx.AsyncClient(transport=wire) as client:
            channel = await opened(it, wire, client, keywords)
            await channel.follow()
            digests = {"first": await channel.monday(), "still": await channel.monday()}
            for number in range(keywords):
                pages = channel.web.competitors(number)
                for url in (*pages, *([tracked.our_page(number)] if ours_too else [])):
                    channel.web.stranger(url)
            digests["moved"] = await channel.monday()
        return {
            name: sum(line.units for line in digest.cost) / keywords
            for name, digest in digests.items()
        }


def _weeks_as_read() -> None:
    print("A whole week of a keyword at Ahrefs, as a channel reads it (of 30: bar 100 and 260)")
    for keywords in (1, 6, TRACKED):
        for ours_too in (False, True):
            told = asyncio.run(as_read(keywords, ours_too=ours_too))
            said = ", ".join(f"{name} {units:,.1f}" for name, units in told.items())
            print(f"  of {keywords:>2}{', our page moves too' if ours_too else '':<20} {said}")


def _nine_cents(found: Measured) -> None:
    now = floor_dataforseo(BACKLINKS, LABS)
    before = floor_dataforseo(BACKLINKS_BEFORE, LABS_BEFORE)
    print("DataForSEO, everything: the floor of its prices      now  until 2026-07")
    for part, micro in now.items():
        print(f"  {part:<46} {micro:>9,} {before[part]:>9,}")
    print(f"  {'in all':<46} {sum(now.values()):>9,} {sum(before.values()):>9,}  (bar 90,000)")
    print(f"  {'a run with pages and sites apart':<46} {found.apart:>9,}")
    print(f"  {'a run with pages and sites mixed':<46} {found.mixed:>9,}")


def _table(title: str, ours: Steps, naive: Steps, bar: int) -> None:
    print(title)
    for name, steps in (("ours", ours), ("naive", naive)):
        for step, units in steps.items():
            print(f"  {name:<6} {step.replace('_', ' '):<22} {units:>9,}")
    whole, theirs = sum(ours.values()), sum(naive.values())
    print(f"  ours   in all                 {whole:>9,}  (bar {bar:,})")
    print(f"  naive  in all                 {theirs:>9,}  {theirs / whole:.0f} ×")


if __name__ == "__main__":
    main()
