"""Won is what the bot saw: a link on the page. A page that cannot be read is never a lost link."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.worlds.reports import prospect
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock

from bot.common.errors import BadQuestion
from bot.model.links import LinkKind, Market, Profile, ReferringDomain, Scope, Target
from bot.model.outreach import (
    By,
    Entry,
    Event,
    HistoryLine,
    Sighting,
    Status,
    Verification,
    Verified,
    Whom,
)
from bot.outreach import verification
from bot.outreach.board import Board
from bot.outreach.verification import Look, Verifier, is_due, judged
from bot.pages.reading.fetch import PageRead, ReadState
from bot.settings.environment import Settings, load
from bot.store import outreach_prospects, profiles, workspace
from bot.store.connect import Database

SITE, BLOG = "ours.example", "blog.example"
PAGE = f"https://{BLOG}/best-tools"
WHOM = Whom("T1", SITE, BLOG)
ANNA = By("U0ANNA", "slack")
A_WEEK = timedelta(days=7)


class Pages:
    """A web of which each page is said; `apart` reads it in this process."""

    def __init__(self, clock):
        self.clock, self.shown, self.asked = clock, {}, []
        self.apart = self.pages = self

    async def run(self, work, *args):
        return work(*args)

    def say(self, body, url=PAGE):
        words = "Ten tools that we have tried. " * 20
        self.shown[url] = f"<html><body><main><p>{words}</p>{body}</main></body></html>".encode()

    def end(self, state, url=PAGE):
        self.shown[url] = state

    async def read(self, url):
        self.asked.append(url)
        shown = self.shown.get(url, ReadState.MISSING)
        if isinstance(shown, bytes):
            return PageRead(url, url, ReadState.READ, self.clock.now(), None, shown, "utf-8")
        reason = f"{url} could not be read: {shown}."
        return PageRead(url, url, shown, self.clock.now(), reason)


class Team:
    """A team with one contacted prospect, and what the bot sees week by week."""

    def __init__(self, database, clock):
        self.clock, self.database, self.web = clock, database, Pages(clock)
        self.board = Board(database, clock, load(Settings, env_file=None))
        self.verifier = Verifier(database, clock, self.board, self.web)

    async def contacted(self):
        outcome = await self.board.change(WHOM, Status.CONTACTED, ANNA)
        self.entry = outcome.entry
        return self

    async def look(self, page=PAGE):
        checked = await self.verifier.check("T1", self.entry.id, page)
        self.entry = checked.entry
        return self.entry.verification.state

    async def a_week_later(self):
        self.clock.advance(A_WEEK.total_seconds())
        await self.verifier.run_due()
        self.entry = (await self.board.entry("T1", self.entry.id)).entry
        return self.entry.verification.state

    async def index_names(self, *domains):
        """An index reads the whole list of who links to our page."""
        rows = tuple(ReferringDomain(one, None, None) for one in domains)
        target = Target(Scope.PAGE, f"https://{SITE}/page")
        profile = Profile(target, "ahrefs", rows, complete=True, as_of=self.clock.now())
        at = self.clock.now()
        await self.database.run(lambda db: profiles.record_read(db, "T1", SITE, profile, at))


@pytest.fixture
async def team(tmp_path):
    clock = FakeClock()
    database = await Database.open(tmp_path / "linkgap.db", clock)
    await database.run(lambda db: workspace.ensure_site(db, "T1", SITE, clock.now()))
    yield await Team(database, clock).contacted()
    await database.close()


async def test_a_link_on_the_page_makes_it_won_with_its_kind_and_anchor(team):
    team.web.say(f'<p>See <a rel="nofollow" href="https://www.{SITE}/page">their guide</a>.</p>')
    assert await team.look() is Verified.LIVE
    assert team.entry.status is Status.WON
    seen = team.entry.verification
    assert (seen.link, seen.anchor, seen.page) == (LinkKind.NOFOLLOW, "their guide", PAGE)


async def test_a_link_that_an_index_names_too_is_counted(team):
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    await team.index_names(BLOG)
    assert await team.look() is Verified.COUNTED


async def test_a_page_without_a_link_leaves_it_contacted(team):
    team.web.say('<a href="https://rival.example/">them</a>')
    assert await team.look() is Verified.NOT_THERE
    assert await team.a_week_later() is Verified.NOT_THERE
    assert team.entry.status is Status.CONTACTED


@pytest.mark.parametrize("shown", [ReadState.ROBOTS, ReadState.BLOCKED, ReadState.TIMEOUT])
async def test_a_page_that_cannot_be_read_is_never_lost(team, shown):
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    await team.look()
    team.web.end(shown)
    for _ in range(4):
        assert await team.a_week_later() is Verified.UNREADABLE
    assert team.entry.status is Status.WON


@pytest.mark.parametrize("gone", [True, False])
async def test_a_link_is_lost_once_the_whole_page_was_seen_twice_without_it(team, gone):
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    await team.look()
    team.web.end(ReadState.MISSING) if gone else team.web.say("<p>Nothing.</p>")
    assert await team.a_week_later() is Verified.NOT_THERE
    team.web.end(ReadState.BLOCKED)
    assert await team.a_week_later() is Verified.UNREADABLE
    team.web.say("<p>Nothing.</p>")
    assert await team.a_week_later() is Verified.LOST
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    assert await team.a_week_later() is Verified.LIVE


async def test_another_page_without_a_link_says_nothing_about_the_one_that_has_it(team):
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    await team.look()
    other = f"https://{BLOG}/about"
    team.web.say("<p>Nothing.</p>", other)
    for _ in range(2):
        assert await team.look(other) is Verified.LIVE
        team.clock.advance(A_WEEK.total_seconds())
    team.web.end(ReadState.BLOCKED)
    assert await team.look(other) is Verified.UNREADABLE
    assert team.entry.verification.page == PAGE


async def test_the_page_that_had_the_link_is_looked_at_as_long_as_others_are_known(team):
    other = f"https://{BLOG}/compares-tools"
    seen = replace(prospect(1), domain=BLOG, example_page=other)
    sighting = Sighting("crm", Market("us", "en"), team.clock.now(), seen)
    await team.database.run(lambda db: outreach_prospects.remember(db, "T1", SITE, [sighting]))
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    team.web.say("<p>Nothing.</p>", other)
    assert await team.look() is Verified.LIVE
    team.web.say("<p>Nothing for a while.</p>")
    assert await team.a_week_later() is Verified.NOT_THERE
    team.web.end(ReadState.BLOCKED)
    assert await team.a_week_later() is Verified.UNREADABLE
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    assert await team.a_week_later() is Verified.LIVE


async def test_two_looks_within_a_day_are_not_two(team):
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    await team.look()
    team.web.say("<p>Nothing.</p>")
    assert await team.look() is Verified.NOT_THERE
    team.clock.advance(3_600)
    assert await team.look() is Verified.NOT_THERE


async def test_an_index_that_still_names_it_is_a_witness_against_a_loss(team):
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    await team.index_names(BLOG)
    await team.look()
    team.web.say("<p>Nothing.</p>")
    assert await team.a_week_later() is Verified.NOT_THERE
    await team.index_names(BLOG)
    assert await team.a_week_later() is Verified.NOT_THERE
    await team.index_names("another.example")
    assert await team.a_week_later() is Verified.LOST


async def test_a_page_that_shows_nothing_without_scripts_says_nothing(team):
    team.web.say(f'<a href="https://{SITE}/">us</a>')
    await team.look()
    team.web.shown[PAGE] = b"<html><body><div id=root></div><script>go()</script></body></html>"
    assert await team.a_week_later() is Verified.UNREADABLE


async def test_a_page_of_another_site_is_refused_and_not_read(team):
    with pytest.raises(BadQuestion, match=r"not on blog\.example"):
        await team.look(f"https://{SITE}/")
    assert team.web.asked == []


async def test_each_page_is_looked_at_once_a_week_and_not_for_ever(team):
    team.web.say("<p>Nothing.</p>")
    await team.look()
    assert await team.verifier.run_due() == 0
    team.clock.advance(A_WEEK.total_seconds())
    assert await team.verifier.run_due() == 1
    team.clock.advance(verification.ASKED_FOR.total_seconds())
    assert await team.verifier.run_due() == 0


looks = st.sampled_from(
    [Look(PAGE, LinkKind.FOLLOW), Look(PAGE, whole=True), Look(PAGE, reason="a wall")]
)


@given(st.lists(looks, max_size=12))
def test_lost_is_said_only_of_what_was_live_and_then_missed_twice(seen):
    at = FakeClock().now()
    entry = Entry("id", SITE, BLOG, Status.WON, None, at, at)
    history, live, missed = [], False, 0
    for number, one in enumerate(seen):
        moment = at + number * A_WEEK
        verdict = judged(entry, history, one, moment, is_named=False)
        live, missed = (True, 0) if one.link else (live, missed + (live and one.whole))
        if verdict.state is Verified.LOST:
            assert live
            assert missed >= 2
        assert (verdict.state is Verified.UNREADABLE) == (one.reason is not None)
        was = entry.verification.state if entry.verification else None
        if was is not verdict.state:
            line = HistoryLine(moment, Event.VERIFIED, was, verdict.state, None, "linkgap")
            history.append(line)
        entry = Entry(
            "id",
            SITE,
            BLOG,
            Status.WON,
            None,
            at,
            at,
            verification=Verification(verdict.state, moment),
        )


def test_prospects_of_a_question_without_a_site_are_not_looked_at():
    at = FakeClock().now()
    assert not is_due(Entry("id", "", BLOG, Status.WON, None, at, at), at)
