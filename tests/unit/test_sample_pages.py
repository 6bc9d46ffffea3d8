"""The invented sites' pages: a lost link is found to be gone, and nobody outside is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from support.clock import FakeClock

from bot.model.links import Scope, Target
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
