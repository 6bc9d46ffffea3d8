"""The invented sites' pages: a lost link is found to be gone, and nobody outside is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from support.clock import FakeClock

from bot.common.clock import SystemClock
from bot.model.approach import AngleKind
from bot.model.links import Scope, Target
from bot.outreach.reading import Asked, read_prospects
from bot.pages.reading.fetch import ReadState
from bot.providers.local.sample import linking_page
from bot.providers.local.sample_pages import SampleReader
from bot.providers.local.sample_world import OWN_SITE, World

BEGINS = datetime(2026, 9, 29, 9, tzinfo=UTC)
WORLD = World(BEGINS.date())
TWELVE_WEEKS = timedelta(weeks=12)
SITE = Target(Scope.SITE, OWN_SITE)


@pytest.fixture
async def reader():
    async with SampleReader(FakeClock(BEGINS + TWELVE_WEEKS), WORLD) as it:
        yield it


async def test_where_a_link_ended_the_page_is_gone(reader):
    today = (BEGINS + TWELVE_WEEKS).date()
    gone = [one.row.domain for one in WORLD.links(SITE, today) if one.left and one.left <= today]
    assert gone
    for domain in gone:
        read = await reader.read(linking_page(domain)[0])
        assert (read.state, read.body) == (ReadState.MISSING, None)
        assert "404" in read.reason


async def test_where_a_link_is_the_page_shows_it(reader):
    today = (BEGINS + TWELVE_WEEKS).date()
    domain = WORLD.linking(SITE, today)[0].domain
    read = await reader.read(linking_page(domain)[0])
    assert read.state is ReadState.READ
    assert f"https://{OWN_SITE}/".encode() in read.body


@pytest.mark.parametrize("url", ["https://stranger.example/x", "https://example.com/", "no url"])
async def test_no_page_outside_the_sample_is_asked_for(reader, url):
    read = await reader.read(url)
    assert read.state is ReadState.UNREACHABLE
    assert "sample data has no such page" in read.reason
    assert await reader.sitemaps(url) == ()
    assert await reader.read_sitemap(url) is None


# What a prospect's own pages say


async def prospect(reader, domain: str):
    named = ("stackwise.example", "askfounders.example", "moneydesk.example")
    asked = [Asked(domain, linking_page(domain)[0], named)]
    [found] = await read_prospects(reader, asked, SystemClock())
    return found


@pytest.fixture
async def early():
    async with SampleReader(FakeClock(BEGINS), WORLD) as it:
        yield it


async def test_a_prospects_page_links_to_competitors_and_shows_of_what_kind_it_is(early):
    found = [await prospect(early, one) for one in ("ledger-review.example", "tax-hub.example")]
    assert [one.angle.kind for one in found] == [AngleKind.RESOURCE_LIST, AngleKind.BROKEN_LINK]
    assert "stackwise.example" in found[0].angle.ask
    assert found[1].angle.easiest


async def test_a_site_publishes_an_address_or_only_a_form_and_nothing_is_invented(early):
    for domain in ("ledger-review.example", "finance-guide.example"):
        first, *_ = (await prospect(early, domain)).contacts
        shown = (await early.read(f"https://{domain}/contact")).body
        assert (first.address or "<form").encode() in shown


async def test_a_page_gets_the_link_to_us_on_the_day_on_which_it_is_won():
    came = {one.row.domain: one.came for one in WORLD.links(SITE, BEGINS.date() + TWELVE_WEEKS)}
    page = linking_page("ledger-review.example")[0]
    for days, there in ((-1, False), (0, True)):
        on = came["ledger-review.example"] - BEGINS.date() + timedelta(days=days)
        async with SampleReader(FakeClock(BEGINS + on), WORLD) as reader:
            assert (OWN_SITE.encode() in (await reader.read(page)).body) is there


async def test_links_to_competitors_are_followed_within_the_sample_only(early):
    for url, state in (
        ("https://stackwise.example/best-accounting-software-for-startups", ReadState.READ),
        ("https://stackwise.example/archive/free-templates", ReadState.MISSING),
        ("https://toolshelf.example/nowhere", ReadState.MISSING),
        ("https://example.com/", ReadState.UNREACHABLE),
    ):
        assert (await early.look_up(url)).state is state
