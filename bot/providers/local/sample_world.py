"""The invented world of the sample data: who ranks, and which links exist on which day. Pure.

Everything follows from names and days, so the same question has the same answer each time. A world
that `begins` on a day lives from then on: competitors gain and lose links week by week, our site
wins some and loses one now and then, and our pages rise with what they won. Without such a day the
world stands still, and the worked example of the method stays 55, 1 and 15.

Every site has the reserved TLD `.example`, and every number is invented.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import unquote

from bot.common.domains import registrable
from bot.model.links import (
    Authority,
    LinkKind,
    ReferringDomain,
    Scale,
    Scope,
    SerpRow,
    Target,
)
from bot.model.page_key import is_same_page, page_key

WORKED_EXAMPLE = "best accounting software for startups"
KEYWORDS = (WORKED_EXAMPLE, "invoice software for freelancers", "payroll for small teams")
"""What the demo asks about; the pages of sites that link name the pages that rank for these."""
OWN_SITE = "ledgerly.example"

_FIRST = (
    "founder", "startup", "ledger", "invoice", "seed", "growth", "cashflow", "bootstrapped",
    "remote", "saas", "small-business", "tax", "finance", "operator", "venture", "freelance",
)  # fmt: skip
_SECOND = (
    "digest", "weekly", "review", "stack", "notes", "hub", "desk", "journal", "lab", "guide",
)  # fmt: skip
_RANKING = (
    ("stackwise.example", "{slug}", "{kw}: 12 picks compared", 62),
    ("askfounders.example", "threads/{slug}", "{kw}? What do you use (thread)", 41),
    ("moneydesk.example", "guides/{slug}", "{kw}: a buyer's guide", 47),
    ("toolshelf.example", "top/{slug}", "{kw}: this year's top ten", 55),
    ("bookright.example", "blog/{slug}", "How we chose the {kw}", 38),
    ("numberly.example", "{slug}-comparison", "{kw}, side by side", 44),
    (OWN_SITE, "{slug}", "{kw}: meet Ledgerly", 51),
    ("plainbooks.example", "lists/{slug}", "{kw}: nine we kept", 36),
    ("seedledger.example", "notes/{slug}", "{kw}: a founder's notes", 29),
    ("openquote.example", "reviews/{slug}", "{kw}: reviews", 33),
)
_WORKED_COUNTS = (55, 1, 15, 31, 12, 9, 6, 8, 4, 5)
_NEWEST = date(2026, 11, 1)
"""The day before which a world that stands still has seen its links for the first time."""
_SPAM_SHARE = 0.06
_FORTUNE = "won 906"
"""Of many that were tried, one in which the weeks of the worked example have something to tell: a
prospect of the first answer is won in the second week, and another link is lost in the seventh."""
_OF_A_PAGE = 0.6
"""The share of our site's new links that one of its pages has."""
_LAST_PLACE = 2
"""Our page never rises above this place: somebody stays to be measured against."""

STRENGTH = {domain: Authority(strength, Scale.SAMPLE) for domain, _, _, strength in _RANKING}
SITES = tuple(domain for domain, _, _, _ in _RANKING)
_PLACE = {domain: place for place, domain in enumerate(SITES)}


@dataclass(frozen=True, slots=True)
class Link:
    """A domain that links to a target, from the day on which it `came` to that on which it `left`.

    None: it was there from the beginning, or it stays.
    """

    row: ReferringDomain
    came: date | None = None
    left: date | None = None

    def exists(self, on: date) -> bool:
        """Say whether the link is there on a day."""
        return (self.came is None or self.came <= on) and (self.left is None or on < self.left)


@dataclass(frozen=True, slots=True)
class World:
    """The world that begins to live on a day; None: it stands still."""

    begins: date | None = None

    def results(self, keyword: str, on: date) -> tuple[SerpRow, ...]:
        """Return who ranks for a keyword on a day, with the link counts of that day."""
        keyword = keyword.casefold()
        slug = _slug(keyword)
        places = list(range(len(_RANKING)))
        places.insert(self._our_place(slug, on) - 1, places.pop(_PLACE[OWN_SITE]))
        rows = []
        for position, place in enumerate(places, start=1):
            domain, _, title, _ = _RANKING[place]
            count = sum(link.exists(on) for link in self._page_links(domain, slug, on))
            rows.append(
                SerpRow(
                    position=position,
                    url=_url(domain, slug),
                    title=_capital(title.format(kw=keyword)),
                    domain=domain,
                    authority=STRENGTH[domain],
                    referring_domains=count,
                    backlinks=count * 2 + position,
                )
            )
        return tuple(rows)

    def linking(self, target: Target, on: date) -> tuple[ReferringDomain, ...] | None:
        """Return who links to a target on a day; None for what this world does not know."""
        links = self.links(target, on)
        return None if links is None else tuple(link.row for link in links if link.exists(on))

    def links(self, target: Target, until: date) -> tuple[Link, ...] | None:
        """Return every link that a target had up to a day, gone ones too; None if unknown.

        A site's home page has the links of its site. Of other pages, those that rank are known.
        """
        domain = registrable(target.value)
        if domain not in STRENGTH:
            return None
        if target.scope is Scope.SITE or is_same_page(target.value, f"https://{domain}/"):
            return self._site_links(domain, until)
        slug = _slug_of(domain, target.value)
        return None if slug is None else self._page_links(domain, slug, until)

    def pages(self, keywords: Sequence[str]) -> tuple[str, ...]:
        """Return the pages that rank for some keywords."""
        return tuple(_url(site, _slug(one.casefold())) for one in keywords for site in SITES)

    def traffic(self, domain: str) -> int | None:
        """Return the visits a month of a site that links; None for any other."""
        place = {row.domain: place for place, row in enumerate(_pool(_NEWEST), start=1)}
        return 120_000 // place[domain] if domain in place else None

    def _our_place(self, slug: str, on: date) -> int:
        """Return where our page ranks: a place higher for two links that it has won and kept."""
        ours = self._page_links(OWN_SITE, slug, on)
        won = sum(link.exists(on) for link in ours if link.came)
        return max(_LAST_PLACE, _PLACE[OWN_SITE] + 1 - won // 2)

    def _site_links(self, domain: str, until: date) -> tuple[Link, ...]:
        at_first = _drawn(f"site {domain}", int(STRENGTH[domain].value), self._newest)
        if domain == OWN_SITE:
            return (*map(Link, at_first), *self._won(until))
        return self._lived(f"site {domain}", at_first, until)

    def _page_links(self, domain: str, slug: str, until: date) -> tuple[Link, ...]:
        url, count = _url(domain, slug), _count(domain, slug)
        if domain != OWN_SITE:
            return self._lived(url, _drawn(url, count, self._newest), until)
        # Who links to our page links to our site: a look-up of the site must find it.
        site = _drawn(f"site {domain}", int(STRENGTH[domain].value), self._newest)
        at_first = _chance(url).sample(site, count)
        won = self._won(until)
        chances = [_chance(f"{slug} {link.row.domain}").random() for link in won]
        here = (link for link, chance in zip(won, chances, strict=True) if chance < _OF_A_PAGE)
        return (*map(Link, at_first), *here)

    def _won(self, until: date) -> Sequence[Link]:
        """Return what our site has won since the beginning."""
        site = _drawn(f"site {OWN_SITE}", int(STRENGTH[OWN_SITE].value), self._newest)
        return _won(site, self.begins, self._weeks(until)) if self.begins else ()

    def _lived(
        self, seed: str, at_first: tuple[ReferringDomain, ...], until: date
    ) -> tuple[Link, ...]:
        if self.begins is None:
            return tuple(map(Link, at_first))
        return _lived(seed, at_first, self.begins, self._weeks(until))

    def _weeks(self, until: date) -> int:
        """Return how many weeks have begun: what a coming one brings, nobody knows yet."""
        return 0 if self.begins is None else max(0, (until - self.begins).days // 7 + 1)

    @property
    def _newest(self) -> date:
        return self.begins or _NEWEST


@lru_cache(maxsize=4096)
def _lived(
    seed: str, at_first: tuple[ReferringDomain, ...], begins: date, weeks: int
) -> tuple[Link, ...]:
    """Return a competitor's links after some weeks: the more there are, the more come and go."""
    links = [Link(row) for row in at_first]
    for week in range(weeks):
        chance = _chance(f"{seed} week {week}")
        size = sum(link.left is None for link in links)
        gone = _times(chance, 2, min(0.4, size / 300))
        for at in chance.sample([at for at, link in enumerate(links) if not link.left], gone):
            links[at] = replace(links[at], left=_day(chance, begins, week))
        come = _times(chance, 2, min(0.8, 0.08 + size / 150))
        links += _newcomers(chance, links, come, begins, week)
    return tuple(links)


@lru_cache(maxsize=1024)
def _won(site: tuple[ReferringDomain, ...], begins: date, weeks: int) -> tuple[Link, ...]:
    """Return the links that our site wins; one of five is gone again after three weeks or four."""
    won: list[Link] = []
    for week in range(weeks):
        chance = _chance(f"{_FORTUNE} {week}")
        known = [*map(Link, site), *won]
        for link in _newcomers(chance, known, _times(chance, 2, 0.6), begins, week):
            stays = chance.random() > 0.2
            left = None if stays else _day(chance, begins, week + chance.choice((3, 4)))
            won.append(replace(link, left=left))
    return tuple(won)


def _newcomers(
    chance: random.Random, known: Sequence[Link], count: int, begins: date, week: int
) -> list[Link]:
    """Return new links from domains that never linked before, while there are such domains."""
    names = {link.row.domain for link in known}
    free = [row for row in _pool(begins) if row.domain not in names and row.trust is None]
    chosen = chance.sample(free, min(count, len(free)))
    days = [_day(chance, begins, week) for _ in chosen]
    return [Link(replace(row, first_seen=day), day) for row, day in zip(chosen, days, strict=True)]


def _times(chance: random.Random, tries: int, share: float) -> int:
    return sum(chance.random() < share for _ in range(tries))


def _day(chance: random.Random, begins: date, week: int) -> date:
    """Return a day of a week, neither its first nor its last, on which reads are made."""
    return begins + timedelta(days=7 * week + chance.randrange(1, 6))


def _chance(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 sample data, the same each time


@lru_cache(maxsize=8)
def _pool(newest: date) -> tuple[ReferringDomain, ...]:
    """Return all invented linking sites, strongest first, all of them seen before a day."""
    chance = _chance("linkgap sample")
    names = [f"{first}-{second}.example" for first in _FIRST for second in _SECOND]
    chance.shuffle(names)
    kinds = [LinkKind.FOLLOW] * 6 + [LinkKind.NOFOLLOW, LinkKind.UGC]
    return tuple(
        ReferringDomain(
            domain=name,
            authority=Authority(max(3, round(80 - 0.48 * place)), Scale.SAMPLE),
            link=chance.choice(kinds),
            trust=0.0 if chance.random() < _SPAM_SHARE else None,
            first_seen=newest - timedelta(days=chance.randrange(1, 900)),
        )
        for place, name in enumerate(names)
    )


@lru_cache(maxsize=4096)
def _drawn(seed: str, count: int, newest: date) -> tuple[ReferringDomain, ...]:
    """Return `count` linking sites for a seed; as in reality, strong sites link to many targets."""
    chance, pool = _chance(seed), _pool(newest)
    strong, rest = pool[:40], pool[40:]
    favourites = chance.sample(strong, min(count * 2 // 5 + 1, count, len(strong)))
    return (*favourites, *chance.sample(rest, count - len(favourites)))


def _count(domain: str, slug: str) -> int:
    """Return how many sites link at first to the page with which a site ranks."""
    chance = _chance(f"results of {slug}")
    drawn = [min(90, int(chance.lognormvariate(2.6, 0.9))) for _ in _RANKING]
    counts = _WORKED_COUNTS if slug == _slug(WORKED_EXAMPLE) else drawn
    count = counts[_PLACE[domain]]
    return min(count, int(STRENGTH[domain].value)) if domain == OWN_SITE else count


def _url(domain: str, slug: str) -> str:
    path = _RANKING[_PLACE[domain]][1]
    return f"https://{domain}/{path.format(slug=slug)}"


def _slug_of(domain: str, url: str) -> str | None:
    """Return the keyword's slug in the address of a page that ranks; None for any other page."""
    before, after = _url(domain, "\n").split("\n")
    for spelling in (url, "https://" + unquote(page_key(url))):
        slug = spelling.removeprefix(before).removesuffix(after)
        if slug and slug == slug.casefold() and _url(domain, slug) == spelling:
            return slug
    return None


def _slug(keyword: str) -> str:
    return keyword.replace(" ", "-")


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]
