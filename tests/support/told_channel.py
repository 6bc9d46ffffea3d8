"""A channel that hears of its week every Monday, over a web that was written down apart."""

import re
from collections import Counter
from dataclasses import dataclass, field

import httpx
from fakes.worlds.ahrefs_world import OWN_SITE
from fakes.worlds.told_weeks import ToldWeeks
from fakes.worlds.tracked import keyword, our_page
from support.runs import TEAM, Desk

from bot.model.question import Defaults, make
from bot.model.tracking import Digest, TrackedKeyword
from bot.planning.steps import provers
from bot.providers.gateway import Gateway
from bot.providers.registry import Registry
from bot.store import posts
from bot.store.posts import PostKind, PostState, Slot
from bot.tracking.digest import WEEKLY, Digests
from bot.tracking.keywords import Tracking
from bot.tracking.refresh import Refresher

CHANNEL = "C1"


class Wire(httpx.AsyncBaseTransport):
    """The way to the vendor, which can be cut, or for some addresses only."""

    def __init__(self) -> None:
        self.cut = False
        self.refuses = ""
        self._real = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut or (self.refuses and self.refuses in str(request.url)):
            raise httpx.ConnectError("cut")
        return await self._real.handle_async_request(request)

    async def aclose(self) -> None:
        await self._real.aclose()


@dataclass
class Channel:
    """A channel that hears of its week every Monday."""

    desk: Desk
    wire: Wire
    tracking: Tracking
    digests: Digests
    web: ToldWeeks
    told: list[Digest] = field(default_factory=list)

    async def follow(self, *, named: bool = True) -> list[TrackedKeyword]:
        for number in range(self.web.keywords):
            page = our_page(number) if named else None
            question = make(keyword(number), Defaults(), site=OWN_SITE, page=page)
            await self.tracking.track(question, team=TEAM, channel=CHANNEL, person="U1")
        return [*await self.tracking.following(TEAM, CHANNEL)]

    async def monday(self) -> Digest:
        """Read what is due, tell the week, and let the next one begin."""
        self.desk.server.world = self.web.world()
        due = await self.tracking.due(TEAM, CHANNEL)
        run_id = f"{WEEKLY}{CHANNEL}:{self.web.week}"
        await self.tracking.refresh(due, run_id=run_id)
        slot = Slot(TEAM, CHANNEL, PostKind.DIGEST, f"2027-W{self.web.week:02d}")
        now = self.desk.clock.now()
        digest = await self.digests.build(slot, as_of=now)

        def tell(db) -> None:
            posts.claim(db, slot, "test", now)
            posts.set_as_of(db, slot, "test", now)
            posts.end(db, slot, "test", PostState.POSTED, at=now)

        await self.desk.database.run(tell)
        self.told.append(digest)
        self.web.week += 1
        self.desk.clock.advance(7 * 86_400)
        return digest

    async def pause(self, tracked: TrackedKeyword, *, paused: bool) -> None:
        await self.tracking.pause(tracked, paused=paused)


def reported(*digests: Digest) -> Counter[str]:
    """Return which domains were told as new, and how often."""
    return Counter(
        one.domain
        for told in digests
        for one in (*told.new_competitor_links, *told.links_to_both, *told.unproven, *told.won)
    )


def prospects(*digests: Digest) -> set[str]:
    """Return who was called one, in the list or in what is suggested."""
    listed = {one.domain for digest in digests for one in digest.new_competitor_links}
    letters = " ".join(said for digest in digests for said in digest.suggestions)
    return listed | set(re.findall(r"Write to (\S+)", letters))


async def opened(desk: Desk, wire: Wire, client: httpx.AsyncClient, keywords: int) -> Channel:
    registry = Registry((desk.vendor,), ())
    refresher = Refresher(
        registry=registry,
        gateway=Gateway(client, desk.clock),
        database=desk.database,
        clock=desk.clock,
        settings=desk.settings,
        reader=desk.reader,
    )
    tracking = Tracking(database=desk.database, clock=desk.clock, refresher=refresher)
    digests = Digests(desk.database, desk.settings, provers(registry.vendors))
    return Channel(desk, wire, tracking, digests, ToldWeeks(keywords))
