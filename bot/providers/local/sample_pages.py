"""The pages of the invented sites: where a link ended, its page is gone, as a reader finds it."""

from bot.common.clock import Clock
from bot.common.domains import registrable
from bot.model.links import Scope, Target
from bot.pages.reading.fetch import PageRead, Reader, ReadState
from bot.providers.local.sample_world import OWN_SITE, World

_HTML = (
    "<html><head><title>{domain}</title></head><body><h1>What we read</h1>"
    "<p>We write about tools for small companies, and name those that we use ourselves.</p>"
    '<p>Among them is <a href="https://{own}/">{own}</a>.</p></body></html>'
)


class SampleReader(Reader):
    """Reads the pages that link to our invented site; no page outside the sample is asked for."""

    def __init__(self, clock: Clock, world: World) -> None:
        super().__init__(clock)
        self._now, self._world = clock.now, world

    async def read(self, url: str) -> PageRead:
        """Return the page as it is today."""
        at, domain = self._now(), registrable(url) or ""
        linking = self._world.linking(Target(Scope.SITE, OWN_SITE), at.date()) or ()
        if domain in {row.domain for row in linking}:
            body = _HTML.format(domain=domain, own=OWN_SITE).encode()
            return PageRead(url, url, ReadState.READ, at, body=body, charset="utf-8")
        if self._world.traffic(domain) is None:
            reason = f"{url} could not be read: sample data has no such page."
            return PageRead(url, url, ReadState.UNREACHABLE, at, reason)
        return PageRead(url, url, ReadState.MISSING, at, f"{url} could not be read: status 404.")

    async def sitemaps(self, home: str) -> tuple[str, ...]:
        """Return none: invented sites have no sitemap."""
        del home
        return ()

    async def read_sitemap(self, url: str) -> str | None:
        """Return None: invented sites have no sitemap."""
        del url
        return None
