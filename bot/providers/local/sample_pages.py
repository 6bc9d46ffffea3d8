"""The pages of the invented sites, as a reader finds them on a day; nothing outside is asked.

A site that links has one page with its links, a front page and a contact page. Where a link to us
ended, the page is gone.
"""

from html import escape
from urllib.parse import urlsplit

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.model.links import Scope, Target
from bot.pages.reading.fetch import Lookup, PageRead, Reader, ReadState
from bot.providers.local.sample import linking_page
from bot.providers.local.sample_world import KEYWORDS, OWN_SITE, SITES, World

_OLD_PAGE = "archive/free-templates"
"""A page that every competitor had once; whoever links to it has a dead link."""
_WITH_DEAD_LINK = 7
"""One of so many sites still has a link to such a page."""
_FORM_ONLY = 5
"""One of so many sites publishes no address, only a form."""

_PAGE = """<html lang="en"><head><title>{title}</title></head><body>
<nav><a href="/">{domain}</a> <a href="/contact">Contact</a></nav>
<article><h1>{title}</h1>{body}</article>
<footer><p>Written by the people of {domain}.</p></footer></body></html>"""
_ENTRY = '<h2>{number}. {name}</h2><p>{words} See <a href="{url}">{name}</a>.</p>'
_VERDICT = (
    "<h2>{name} review</h2><p>{words}</p><h3>Pros and cons</h3><p>We tested it for a "
    'month and rate it four of five stars. <a href="{url}">{name}</a> has the prices.</p>'
    "<h3>Our verdict</h3><p>Worth its price for a team of three.</p>"
)
_ANSWER = (
    "<h2>How do you choose number {number}?</h2><p>{words} First write down what you need, then "
    'compare. We explain it with <a href="{url}">{name}</a> as the example.</p>'
)
_ENTRIES = {"tools/accounting": _VERDICT, "finance-stack": _ANSWER}
"""How a page of another kind than a list names a site."""
_WORDS = (
    "It imports bank statements well, and our accountant has a login of her own.",
    "It is plain, and a founder without a bookkeeper gets through the first year with it.",
    "Its reports are slow, but the free plan covers a company of three people.",
    "We changed to it in spring, because invoices in two currencies were a burden before.",
    "It does one thing, which is payroll, and it does it on time every month.",
)
_OPENINGS = {
    "tools/accounting": "These are the tools that we pay for ourselves, and why we keep each.",
    "best-accounting-software": "We tried each of them for a month with the books of a real shop.",
    "resources": "A list of what founders ask us for most, in no order of merit.",
    "finance-stack": "What a team of five needs for its money, from the first invoice on.",
}
_CONTACT = (
    "<p>We read every message and answer within a week. If something on our pages is wrong, or a "
    "link is dead, tell us, and we will look at it.</p>"
)
_FORM = (
    '<form action="/send" method="post"><label>Your message <textarea name="message"></textarea>'
    "</label><button>Send</button></form>"
)


class SampleReader(Reader):
    """Reads the pages of the invented sites; no page outside the sample is asked for."""

    def __init__(self, clock: Clock, world: World) -> None:
        super().__init__(clock)
        self._now, self._world = clock.now, world

    async def read(self, url: str) -> PageRead:
        """Return the page as it is today."""
        at, domain = self._now(), registrable(url) or ""
        if self._world.traffic(domain) is None:
            reason = f"{url} could not be read: sample data has no such page."
            return PageRead(url, url, ReadState.UNREACHABLE, at, reason)
        html = self._html(domain, urlsplit(url).path.strip("/"))
        if html is None:
            reason = f"{url} could not be read: status 404."
            return PageRead(url, url, ReadState.MISSING, at, reason)
        return PageRead(url, url, ReadState.READ, at, body=html.encode(), charset="utf-8")

    async def look_up(self, url: str) -> Lookup:
        """Say whether an invented page exists."""
        at = self._now()
        domain = registrable(url)
        if domain not in SITES:
            said = f"{url} could not be read: sample data has no such page."
            return Lookup(url, url, ReadState.UNREACHABLE, at, said)
        is_old = urlsplit(url).path.strip("/") == _OLD_PAGE
        if is_old or self._world.links(Target(Scope.PAGE, url), at.date()) is None:
            said = f"{url} could not be read: status 404."
            return Lookup(url, url, ReadState.MISSING, at, said)
        return Lookup(url, url, ReadState.READ, at, None)

    async def sitemaps(self, home: str) -> tuple[str, ...]:
        """Return none: invented sites have no sitemap."""
        del home
        return ()

    async def read_sitemap(self, url: str) -> str | None:
        """Return None: invented sites have no sitemap."""
        del url
        return None

    def _html(self, domain: str, path: str) -> str | None:
        """Return a page of a site that links; None if it has no such page today."""
        address, title = linking_page(domain)
        if path == "":
            body = f"<p>Notes of {domain} on money, tools and small companies.</p>{_CONTACT}"
            return _PAGE.format(title=domain, domain=domain, body=body)
        if path == "contact":
            body = _CONTACT + _way(domain)
            return _PAGE.format(title=f"Contact {domain}", domain=domain, body=body)
        if path != urlsplit(address).path.strip("/") or self._is_gone(domain):
            return None
        links = self._links_of(domain)
        entries = (
            _ENTRIES.get(path, _ENTRY).format(
                number=number,
                name=registrable(url),
                words=_WORDS[(number + len(domain)) % len(_WORDS)],
                url=escape(url),
            )
            for number, url in enumerate(links, start=1)
        )
        opening = f"<p>{_OPENINGS[path]} We name only what we use, and nobody pays for a place.</p>"
        return _PAGE.format(title=title, domain=domain, body=opening + "".join(entries))

    def _is_gone(self, domain: str) -> bool:
        """Say whether a link to us was on the page, and the page went with it."""
        today = self._now().date()
        ours = self._world.links(Target(Scope.SITE, OWN_SITE), today) or ()
        mine = [one for one in ours if one.row.domain == domain and (one.came or today) <= today]
        return bool(mine) and not any(one.exists(today) for one in mine)

    def _links_of(self, domain: str) -> list[str]:
        """Return what a site's page links to today: pages that rank, then sites."""
        today, found = self._now().date(), list[str]()
        for page in self._world.pages(KEYWORDS):
            rows = self._world.linking(Target(Scope.PAGE, page), today) or ()
            if registrable(page) != OWN_SITE and domain in {row.domain for row in rows}:
                found.append(page)
        for site in SITES:
            rows = self._world.linking(Target(Scope.SITE, site), today) or ()
            if domain in {row.domain for row in rows}:
                found.append(f"https://{site}/")
        rivals = [registrable(url) for url in found if registrable(url) != OWN_SITE]
        if rivals and sum(domain.encode()) % _WITH_DEAD_LINK == 0:
            found.insert(0, f"https://{min(rivals, key=_place)}/{_OLD_PAGE}")
        return found


def _place(site: str | None) -> int:
    return SITES.index(site or "")


def _way(domain: str) -> str:
    """Return how a site can be written to."""
    if sum(domain.encode()) % _FORM_ONLY == 0:
        return _FORM
    address = f"editor@{domain}"
    return f'<p>Write to <a href="mailto:{address}">{address}</a>.</p>'
