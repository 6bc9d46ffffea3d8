"""An invented web for the Ahrefs-shaped server, derived from one list of links.

Counts, profiles, batch rows and histories are all computed from `World.links`, so no two answers of
the server contradict each other. Domains are on the `.example` TLD, except platforms.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlsplit

KEYWORD = "best accounting software for startups"
OWN_SITE = "ledgerly.example"
OWN_PAGE = "https://ledgerly.example/accounting-software-for-startups"
TODAY = date(2026, 11, 23)

_SHARED_HOSTS = ("github.io", "blogspot.com")


@dataclass(frozen=True, slots=True)
class Site:
    """The index's view of a registrable domain: rating 0-100, monthly organic visits."""

    rating: float
    traffic: int = 0
    spam: bool = False


@dataclass(frozen=True, slots=True)
class Backlink:
    """One link on the invented web; it is gone from the day `lost` on."""

    url_from: str
    url_to: str
    title: str
    anchor: str
    first_seen: date
    nofollow: bool = False
    ugc: bool = False
    sponsored: bool = False
    lost: date | None = None

    def is_lost(self, day: date) -> bool:
        """Say whether it was gone by a day."""
        return self.lost is not None and self.lost <= day


@dataclass(frozen=True, slots=True)
class Result:
    """A row of a results page; `url` None is a feature such as an AI overview."""

    url: str | None
    title: str | None
    types: tuple[str, ...] = ("organic",)


@dataclass
class World:
    """Everything the server knows. `serps` by keyword; `keywords` gives (difficulty, volume)."""

    serps: dict[str, tuple[Result, ...]] = field(default_factory=dict)
    keywords: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    links: tuple[Backlink, ...] = ()
    today: date = TODAY

    @cached_property
    def _by_page(self) -> dict[str, list[Backlink]]:
        return _grouped((_page_key(link.url_to), link) for link in self.links)

    @cached_property
    def _by_root(self) -> dict[str, list[Backlink]]:
        return _grouped((root_of(host_of(link.url_to)), link) for link in self.links)

    def site(self, host: str) -> Site:
        """Return the index's view of a host's registrable domain; an unknown one is weak."""
        return self.sites.get(root_of(host), Site(rating=0.0))

    def links_to(self, target: str, mode: str) -> list[Backlink]:
        """Return the live links to one URL (`exact`) or to a domain (`subdomains`)."""
        return [link for link in self._links_ever(target, mode) if not link.is_lost(self.today)]

    def _links_ever(self, target: str, mode: str) -> list[Backlink]:
        if mode == "exact":
            return self._by_page.get(_page_key(target), [])
        host = host_of(target)
        inside = (host, f".{host}")
        return [
            link
            for link in self._by_root.get(root_of(host), [])
            if host_of(link.url_to) == inside[0] or host_of(link.url_to).endswith(inside[1])
        ]

    def refdomain_count(self, target: str, mode: str, until: date | None = None) -> int:
        """Return how many registrable domains linked on a day."""
        day = until or self.today
        links = [
            k for k in self._links_ever(target, mode) if k.first_seen <= day and not k.is_lost(day)
        ]
        return len({root_of(host_of(link.url_from)) for link in links})

    def refdomains(self, target: str, mode: str) -> list[dict[str, object]]:
        """Return refdomains rows; grouped by host, as the vendor may do."""
        groups = _grouped((host_of(k.url_from), k) for k in self.links_to(target, mode))
        return [self._refdomain(host, links) for host, links in groups.items()]

    def _refdomain(self, host: str, links: list[Backlink]) -> dict[str, object]:
        site = self.site(host)
        return {
            "domain": host,
            "root_domain_name": root_of(host),
            "domain_rating": site.rating,
            "dofollow_links": sum(not (k.nofollow or k.ugc or k.sponsored) for k in links),
            "links_to_target": len(links),
            "first_seen": _moment(min(k.first_seen for k in links)),
            "last_seen": None,
            "is_spam": site.spam,
            "is_root_domain": host == root_of(host),
            "traffic_domain": site.traffic,
        }

    def backlinks(
        self, target: str, mode: str, *, lost_since: date | None = None
    ) -> list[dict[str, object]]:
        """Return all-backlinks rows of the live links and of those lost on a day or later."""
        links = self._links_ever(target, mode) if lost_since else self.links_to(target, mode)
        return [
            self._backlink(host_of(link.url_from), link)
            for link in links
            if not (lost_since and link.lost and link.lost < lost_since)
        ]

    def _backlink(self, host: str, link: Backlink) -> dict[str, object]:
        return {
            "url_from": link.url_from,
            "url_to": link.url_to,
            "title": link.title,
            "anchor": link.anchor,
            "name_source": host,
            "root_name_source": root_of(host),
            "domain_rating_source": self.site(host).rating,
            "is_nofollow": link.nofollow,
            "is_ugc": link.ugc,
            "is_sponsored": link.sponsored,
            "is_dofollow": not (link.nofollow or link.ugc or link.sponsored),
            "is_spam": self.site(host).spam,
            "first_seen_link": _moment(link.first_seen),
            "is_lost": link.is_lost(self.today),
            "last_seen": _moment(link.lost) if link.lost and link.is_lost(self.today) else None,
        }


def host_of(url: str) -> str:
    """Return the host of a URL or bare domain, without `www.` and port."""
    return (urlsplit(url if "//" in url else f"//{url}").hostname or "").removeprefix("www.")


def root_of(host: str) -> str:
    """Return the registrable domain, by a suffix list that suffices for an invented web."""
    labels = host.split(".")
    return ".".join(labels[-3:] if ".".join(labels[-2:]) in _SHARED_HOSTS else labels[-2:])


def _page_key(url: str) -> str:
    return url.split("://", 1)[-1].rstrip("/")


def _moment(day: date) -> str:
    return f"{day.isoformat()}T10:00:00Z"


def _grouped(pairs: Iterable[tuple[str, Backlink]]) -> dict[str, list[Backlink]]:
    groups: dict[str, list[Backlink]] = defaultdict(list)
    for key, link in pairs:
        groups[key].append(link)
    return groups


# The worked example: position, page, title, DR of its site, referring domains of the page.
_RANKING = (
    ("https://www.fincompare.example/best-accounting-software-startups",
     "9 Best Accounting Software for Startups (2026)", 71.0, 55),
    ("https://www.reddit.com/r/startups/comments/1abcde/what_accounting_software_do_you_use/",
     "What accounting software do you use? : r/startups", 95.0, 1),
    ("https://bookwise.example/blog/accounting-software-for-startups",
     "The 7 Best Accounting Tools for Startups", 58.0, 15),
    ("https://founderstack.example/accounting", "Accounting Software for Founders, Compared",
     66.0, 22),
    ("https://cloudcount.example/startups", "Startup Accounting Software", 62.0, 9),
    ("https://www.softrank.example/c/accounting/startups",
     "Best Startup Accounting Software in 2026", 74.0, 31),
    ("https://seedmoney.example/guides/accounting-software", "How to Choose Accounting Software",
     49.0, 12),
    ("https://taxnote.example/best-startup-accounting", "Best Startup Accounting Apps", 55.0, 6),
    ("https://ledgerlab.example/reviews/startups", "11 Accounting Tools We Tested", 69.0, 18),
    ("https://opsdaily.example/finance/accounting-software", "Accounting Software: A Short List",
     81.0, 3),
    ("https://smallbooks.example/startups", "Accounting for Startups", 44.0, 4),
    (OWN_PAGE, "Accounting Software for Startups | Ledgerly", 34.0, 6),
)  # fmt: skip
_HOMEPAGES = (
    ("https://www.fincompare.example/", 40),
    ("https://bookwise.example/", 24),
    ("https://ledgerly.example/", 9),
)
_STEMS = ("founder", "startup", "seed", "bookkeeping", "finance", "cashflow", "tax", "saas",
          "payroll", "growth", "invoice", "runway", "audit", "smallbiz", "ledger")  # fmt: skip
_TAILS = ("weekly", "notes", "desk", "hub", "journal", "club")
_TITLES = (
    "12 best tools for first-time founders",
    "The startup finance stack we use",
    "Accounting software for startups: our review",
    "Resources for founders",
    "How we close our books in a day",
    "Best accounting software, tested",
    "Notes from episode 41",
)
_ANCHORS = ("best accounting software", "this comparison", "", "accounting for startups", "here")


def worked_example_world() -> World:
    """Return the documented example: the top 3 have 55, 1 and 15 referring domains; we have 6."""
    hosts = _linkers()
    targets = [(url, count) for url, _, _, count in _RANKING] + list(_HOMEPAGES)
    sites = {root_of(host): _linker_site(at) for at, host in enumerate(hosts)}
    sites |= {
        root_of(host_of(url)): Site(rating, traffic=int(rating**2) * 40)
        for url, _, rating, _ in _RANKING
    }
    organic = tuple(Result(url, title) for url, title, _, _ in _RANKING)
    overview = Result(None, None, ("ai_overview",))
    questions = Result(None, "Which accounting software is easiest?", ("question",))
    return World(
        serps={KEYWORD: (overview, *organic[:3], questions, *organic[3:])},
        keywords={KEYWORD: (42, 1300)},
        sites=sites,
        links=tuple(
            _link(hosts, at=(start * 17 + step * 8) % len(hosts), url_to=url)
            for start, (url, count) in enumerate(targets)
            for step in range(count)
        ),
    )


def _linkers() -> list[str]:
    hosts = [f"{stem}{tail}.example" for tail in _TAILS for stem in _STEMS] + ["accounting.example"]
    hosts[7] = f"blog.{hosts[7]}"
    hosts[20] = "startup-tools.github.io"
    return hosts


def _linker_site(at: int) -> Site:
    rating = 8.0 + at * 37 % 80
    return Site(rating, traffic=int(rating**2) * 12, spam=at % 17 == 5)


def _link(hosts: list[str], at: int, url_to: str) -> Backlink:
    title = _TITLES[at % len(_TITLES)]
    slug = "-".join(title.lower().replace(",", "").replace(":", "").split())
    return Backlink(
        url_from=f"https://{hosts[at]}/{slug}",
        url_to=url_to,
        title=title,
        anchor=_ANCHORS[at % len(_ANCHORS)],
        first_seen=TODAY - timedelta(days=20 + (at * 23 + len(url_to) * 11) % 1400),
        nofollow=at % 5 == 0,
        ugc=at % 13 == 4,
        sponsored=at % 11 == 3,
    )
