"""A week of tracked keywords: an invented web in which some pages gained links, and its refresh."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fakes.worlds.ahrefs_world import OWN_SITE, TODAY, Backlink, Result, Site, World

from bot.model.links import Market, Metrics, Profile, Scope, SerpRow, Target
from bot.planning import link_lists, refresh, steps
from bot.planning.asks import Ask
from bot.planning.steps import TOP
from bot.providers.base import Answer, Vendor
from bot.providers.gateway import Gateway
from bot.spending.budget import RunBudget

SINCE = TODAY - timedelta(days=7)
US = Market("us", "en")
_OLD, _NEW = 12, 3  # linkers of a page before this week; new linkers of a page that moved


def keyword(number: int) -> str:
    return f"tracked keyword {number}"


def our_page(number: int) -> str:
    return f"https://{OWN_SITE}/tracked/{number}"


def competitor(number: int, place: int) -> str:
    return f"https://rival{number}-{place}.example/guide"


def spell(before: str, now: str) -> Callable[[Any], None]:
    """Return a function that respells a stored keyword: old databases have any spelling."""
    change = "UPDATE tracked_keywords SET keyword = ?, question = json_set(question, ?, ?) "

    def run(db: Any) -> None:
        db.execute(change + "WHERE keyword = ?", (now, "$.keyword", now, before))

    return run


def tracked_world(keywords: int, moved: Sequence[str] = ()) -> World:
    """Return a web where each keyword has ten pages of its own and ours; `moved` gained links.

    A page that moved also got one more link from a domain that already linked, which is not new.
    """
    serps = {
        keyword(n): tuple(Result(competitor(n, place), f"Guide {place}") for place in range(1, 11))
        for n in range(keywords)
    }
    pages = [url for n in range(keywords) for url in (*top_of(n), our_page(n))]
    links = [
        _link(url, f"old{at}", TODAY - timedelta(days=90)) for url in pages for at in range(_OLD)
    ]
    links += [
        _link(url, f"new{at}", TODAY - timedelta(days=2)) for url in moved for at in range(_NEW)
    ]
    # A domain that links to one page only shows that an intersection does not require all targets.
    links += [_link(url, f"only{at}", TODAY - timedelta(days=2)) for at, url in enumerate(moved)]
    links += [_link(url, "old0", TODAY - timedelta(days=1), "again") for url in moved]
    sites = {link.url_from.split("/")[2]: Site(40.0) for link in links}
    return World(serps=serps, sites=sites, links=tuple(links))


def top_of(number: int) -> list[str]:
    return [competitor(number, place) for place in range(1, TOP + 1)]


def _link(url: str, name: str, day: date, path: str = "post") -> Backlink:
    return Backlink(f"https://{name}.example/{path}", url, "A post", "this", day)


@dataclass(frozen=True, slots=True)
class Week:
    """What a refresh found: who is new, by page, and every question that was asked."""

    new: dict[Target, set[str]]
    profiles: list[Profile]
    asks: list[Ask]


async def refresh_week(
    vendor: Vendor, gateway: Gateway, budget: RunBudget, keywords: int, world: World
) -> Week:
    """Refresh keywords whose stored counts are those of the world a week ago."""
    asks: list[Ask] = []

    async def answers(questions: Sequence[Ask]) -> list[Answer[object]]:
        asks.extend(questions)
        return [await gateway.ask(q.vendor, q.capability, q.query, budget) for q in questions]

    results = await answers(
        [refresh.search_results(vendor, keyword(n), US) for n in range(keywords)]
    )
    ranking = [row for answer in results for row in answer.rows if isinstance(row, SerpRow)]
    pages = [row.url for row in ranking if row.position <= TOP]
    pages += [our_page(n) for n in range(keywords)]
    counted = await answers(refresh.batch_counts(vendor, pages, [OWN_SITE]))
    counts = [row for answer in counted for row in answer.rows if isinstance(row, Metrics)]
    grew = {row.target: _growth(row, world) for row in counts if row.target.scope is Scope.PAGE}
    questions = refresh.new_linkers_of_all(vendor, grew, since=SINCE)
    found = await answers(questions)
    profiles = [
        profile
        for question, answer in zip(questions, found, strict=True)
        for profile in link_lists.read(question, answer)
    ]
    new = {one.target: {row.domain for row in one.rows} for one in profiles}
    names = sorted(set().union(*new.values()))
    await answers(steps.proof(vendor, OWN_SITE, names, None))
    return Week(new, profiles, asks)


def _growth(row: Metrics, world: World) -> int | None:
    before = world.refdomain_count(row.target.value, "exact", SINCE - timedelta(days=1))
    return None if row.referring_domains is None else row.referring_domains - before
