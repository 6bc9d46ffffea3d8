"""Weeks of an invented web, recorded before anything is read: who links to whom, since when.

What a channel should be told about them follows from this record alone, and from nothing that the
program under test computes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from fakes.worlds.ahrefs_world import OWN_SITE, TODAY, Backlink, Result, Site, World, host_of
from fakes.worlds.tracked import competitor, keyword, our_page


def domain_of(one: Backlink) -> str:
    return host_of(one.url_from)


ALIAS = "ledgerly-app.example"
"""Another domain of ours."""
LONG_AGO = TODAY - timedelta(days=200)
WEEK = timedelta(days=7)
_BEFORE = 12  # domains that linked to a page before the first read


def link(domain: str, url: str, day: date, at: str | None = None) -> Backlink:
    return Backlink(at or f"https://{domain}/post", url, "A post", "this", day)


@dataclass
class ToldWeeks:
    """`keywords` with three competitors each; our page ranks fifth. Week 0 is the first read."""

    keywords: int
    links: list[Backlink] = field(default_factory=list)
    ours: dict[int, str] = field(default_factory=dict)
    week: int = 0
    weak: set[str] = field(default_factory=set)
    risen: set[int] = field(default_factory=set)
    _names: int = 0

    def __post_init__(self) -> None:
        for number in range(self.keywords):
            self.ours[number] = our_page(number)
            for url in (*self.competitors(number), our_page(number)):
                self.links += [link(f"old{at}.example", url, LONG_AGO) for at in range(_BEFORE)]

    @staticmethod
    def competitors(number: int) -> tuple[str, ...]:
        return tuple(competitor(number, place) for place in (1, 2, 3))

    def _ranking(self, number: int) -> tuple[str, ...]:
        """Return who ranks before us; where it has `risen`, the fourth stands before the third."""
        first, second, third = self.competitors(number)
        fourth = competitor(number, 4)
        last = (fourth, third) if number in self.risen else (third, fourth)
        return (first, second, *last)

    @property
    def today(self) -> date:
        return TODAY + WEEK * self.week

    def stranger(self, *urls: str, days_ago: int = 4) -> str:
        """Let a domain that was never seen before start to link this week."""
        name = f"stranger{self._names}.example"
        self._names += 1
        self.begin(name, *urls, days_ago=days_ago)
        return name

    def friend(self, *urls: str, of: str = OWN_SITE) -> str:
        """Let a domain that has always linked to another page of ours start to link too."""
        name = f"friend{self._names}.example"
        self._names += 1
        self.links.append(link(name, f"https://{of}/about", LONG_AGO))
        self.begin(name, *urls)
        return name

    def begin(self, name: str, *urls: str, days_ago: int = 4) -> None:
        day = self.today - timedelta(days=days_ago)
        self.links += [link(name, url, day) for url in urls]

    def had(self, url: str, count: int) -> None:
        """Let exactly so many domains have linked to a page from long ago on."""
        self.links = [one for one in self.links if one.url_to != url]
        self.links += [link(f"old{at}.example", url, LONG_AGO) for at in range(count)]

    def lose(self, name: str, url: str) -> None:
        """Let the index lose the links of a domain to a page this week."""
        self._lose(lambda one: (domain_of(one), one.url_to) == (name, url))

    def lose_link(self, page: str) -> None:
        """Let the index lose the one link that stands on a page."""
        self._lose(lambda one: one.url_from == page)

    def _lose(self, chosen: Callable[[Backlink], bool]) -> None:
        day = self.today - timedelta(days=3)
        self.links = [replace(one, lost=day) if chosen(one) else one for one in self.links]

    def counts(self) -> dict[str, int]:
        """Return how many domains link to each page of ours today."""
        live = [one for one in self.links if not one.is_lost(self.today)]
        return {
            url: len({domain_of(one) for one in live if one.url_to == url})
            for url in self.ours.values()
        }

    def links_to_us(self) -> set[str]:
        """Return the domains that link to us by now, to any page of ours."""
        return {
            domain_of(one)
            for one in self.links
            if one.url_to.split("/")[2] in (OWN_SITE, ALIAS) and one.first_seen <= self.today
        }

    def world(self) -> World:
        """Return this web as an index would know it today."""
        live = tuple(one for one in self.links if one.first_seen <= self.today)
        serps = {
            keyword(n): tuple(
                Result(url, f"Guide {place}")
                for place, url in enumerate((*self._ranking(n), self.ours[n]), start=1)
            )
            for n in range(self.keywords)
        }
        names = {domain_of(one) for one in live}
        sites = {name: Site(10.0 if name in self.weak else 40.0) for name in names}
        return replace(World(serps=serps, sites=sites, links=live), today=self.today)
