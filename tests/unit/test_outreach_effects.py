"""Did it work? A team's story over simulated weeks, told by the digests of its channels."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from fakes.worlds.reports import prospect
from fakes.worlds.snapshots import snapshot
from rich.console import Console
from support.clock import FakeClock
from support.drawn import takes

from bot.model.links import Market
from bot.model.outreach import By, Sighting, Status, Verification, Verified, Whom
from bot.model.question import Defaults, make
from bot.model.tracking import Digest
from bot.providers.registry import Registry
from bot.render.tracking.digest_message import digest_message
from bot.render.tracking.digest_terminal import digest_text
from bot.settings.environment import Settings, load
from bot.store import outreach_prospects, posts, snapshots, tracked_keywords
from bot.store.posts import Slot
from bot.tracking.digest import digest_slot
from bot.wiring import Core, core

SETTINGS = load(Settings, env_file=None)
TEAM, SITE, CHANNEL, OTHER = "T1", "ours.example", "C1", "C2"
START = datetime(2026, 6, 29, 9, tzinfo=UTC)
WEEKS, WON_IN, NOVEMBER = 13, 5, 18
LINKED, UNTOUCHED = 4, 12


class Story:
    """A team that tracks keywords; some of their pages win a link in the sixth week."""

    def __init__(self, product: Core, clock: FakeClock) -> None:
        self.database, self.clock = product.database, clock
        self.board, self.digests = product.board, product.digests
        self.tracked: dict[str, str] = {}

    async def track(self, keyword: str, *, channel: str = CHANNEL, site: str = SITE) -> None:
        question = make(keyword, Defaults(), site=site)
        made, _ = await self.database.run(
            lambda db: tracked_keywords.track(
                db, team=TEAM, channel=channel, question=question, person=None, at=START
            )
        )
        self.tracked[keyword] = made.id

    async def read(self, *found: tuple[str, int, int]) -> None:
        """Store reads: keyword, week and our position."""

        def write(db) -> None:
            for keyword, week, position in found:
                shot = replace(
                    snapshot(at=position, page=page_of(keyword)),
                    taken_at=START + timedelta(weeks=week),
                    run_id=f"{keyword} {week}",
                )
                snapshots.add(db, TEAM, self.tracked[keyword], shot)

        await self.database.run(write)

    async def win(self, domain: str, keyword: str, *, proposed: bool = True) -> None:
        at = self.clock.now()
        seen = Sighting(
            keyword, Market("us", "en"), at, replace(prospect(1), domain=domain), page_of(keyword)
        )
        if proposed:
            await self.database.run(lambda db: outreach_prospects.remember(db, TEAM, SITE, [seen]))
        whom = Whom(TEAM, SITE, domain)
        made = await self.board.change(whom, Status.CONTACTED, By("U0ANA", "slack"))
        await self.board.verified(TEAM, made.entry.id, Verification(Verified.LIVE, at))

    async def lived(self, lift: int, *, linked: int = LINKED) -> None:
        """Live all weeks; positions of the linked pages rise by `lift` after their link."""
        dice = random.Random(1)  # noqa: S311 - a simulation
        names = [f"linked {n}" for n in range(linked)] + [
            f"untouched {n}" for n in range(UNTOUCHED)
        ]
        for name in names:
            await self.track(name)
        found = []
        for week in range(WEEKS):
            for name in names:
                risen = lift if name.startswith("linked") and week > WON_IN + 2 else 0
                found.append((name, week, 9 - risen + dice.randint(0, 1)))
        await self.read(*found)
        self.clock.advance((START + timedelta(weeks=WON_IN) - self.clock.now()).total_seconds())
        for n in range(linked):
            await self.win(f"blog{n}.example", f"linked {n}")

    async def digest(self, at: datetime, channel: str = CHANNEL) -> Digest:
        slot = digest_slot(TEAM, channel, SETTINGS, at)
        return await self.digests.build(slot, as_of=at)


def page_of(keyword: str) -> str:
    return f"https://{SITE}/{keyword.replace(' ', '-')}"


def week(number: int) -> datetime:
    return START + timedelta(weeks=number, hours=1)


async def posted(story: Story, slot: Slot, at: datetime) -> None:
    await story.database.run(lambda db: posts.note_told(db, slot, "test", at))


@pytest.fixture
async def story(tmp_path) -> AsyncIterator[Story]:
    clock = FakeClock()
    clock.advance((START - clock.now()).total_seconds())
    settings = SETTINGS.model_copy(update={"db": tmp_path / "linkgap.db"})
    async with core(settings, clock, Registry((), ())) as product:
        yield Story(product, clock)


async def test_links_that_lift_positions_are_told_in_the_first_digest_of_a_month(story):
    await story.lived(3)
    digest = await story.digest(week(NOVEMBER))
    assert digest.effect.startswith("4 links won in August: position 9.5 → 6.1; ")
    assert "12 untouched keywords moved" in digest.effect
    assert "no effect" not in digest.effect
    drawn = digest_message(digest)
    takes(drawn)
    assert "*Did it work?* 4 links won in August" in str(drawn.blocks)
    console = Console(width=200, file=StringIO(), record=True)
    console.print(digest_text(digest))
    assert "Did it work? 4 links won in August" in console.export_text()


async def test_links_that_do_nothing_are_no_effect(story):
    await story.lived(0)
    digest = await story.digest(week(NOVEMBER))
    assert "4 links won in August: no effect to be seen yet (position" in digest.effect


async def test_it_stands_in_one_digest_a_month_and_again_in_the_next(story):
    await story.lived(3)
    first, second, third = week(18), week(19), week(23)
    assert (first.month, second.month, third.month) == (11, 11, 12)
    assert (await story.digest(first)).effect
    await posted(story, digest_slot(TEAM, CHANNEL, SETTINGS, first), first)
    assert (await story.digest(second)).effect is None
    assert (await story.digest(first)).effect, "the same week, told again, says the same"
    await posted(story, digest_slot(TEAM, CHANNEL, SETTINGS, second), second)
    assert (await story.digest(third)).effect


async def test_a_week_without_a_post_does_not_swallow_it(story):
    await story.lived(3)
    quiet, next_one = week(18), week(19)
    slot = digest_slot(TEAM, CHANNEL, SETTINGS, quiet)
    await story.database.run(
        lambda db: (
            posts.claim(db, slot, "test", quiet)
            and posts.set_as_of(db, slot, "test", quiet)
            and posts.end(db, slot, "test", posts.PostState.NOTHING, at=quiet)
        )
    )
    assert (await story.digest(next_one)).effect


async def test_every_channel_with_such_a_keyword_gets_the_same_answer_and_no_other_does(story):
    await story.lived(3)
    await story.track("linked 0", channel=OTHER)
    await story.read(("linked 0", WEEKS - 1, 6))
    await story.track("of others", channel="C3")
    await story.read(("of others", WEEKS - 1, 6))
    at = week(NOVEMBER)
    here, there = await story.digest(at), await story.digest(at + timedelta(hours=9), OTHER)
    assert here.effect == there.effect
    assert (await story.digest(at, "C3")).effect is None


async def test_before_the_weeks_are_over_nothing_is_said(story):
    await story.lived(3)
    early = week(WON_IN + 3)
    assert (await story.digest(early)).effect is None


async def test_another_teams_wins_are_not_ours(story):
    await story.lived(3, linked=0)
    whom = Whom("T2", SITE, "blog.example")
    made = await story.board.change(whom, Status.CONTACTED, By("U0ANA", "slack"))
    seen = Verification(Verified.LIVE, week(WON_IN))
    await story.board.verified("T2", made.entry.id, seen)
    assert (await story.digest(week(NOVEMBER))).effect is None


async def test_a_link_for_a_page_with_two_keywords_counts_once(story):
    await story.lived(3)
    before = await story.digest(week(NOVEMBER))
    await story.track("a twin of linked 0")
    twin = story.tracked["a twin of linked 0"]

    def write(db) -> None:
        for number in range(WEEKS):
            shot = snapshot(page=page_of("linked 0"), at=9 if number < WON_IN + 3 else 6)
            at = START + timedelta(weeks=number)
            snapshots.add(db, TEAM, twin, replace(shot, taken_at=at))

    await story.database.run(write)
    after = await story.digest(week(NOVEMBER))
    assert after.effect.startswith("4 links won in August")
    assert "12 untouched keywords" in before.effect
    assert "12 untouched keywords" in after.effect


async def test_a_read_without_results_is_no_position(story):
    await story.lived(3)
    told = (await story.digest(week(NOVEMBER))).effect
    blank = replace(snapshot(depth=0), taken_at=week(WON_IN - 1), position=None, run_id="blank")

    def write(db) -> None:
        for keyword in story.tracked.values():
            snapshots.add(db, TEAM, keyword, blank)

    await story.database.run(write)
    assert (await story.digest(week(NOVEMBER))).effect == told


async def test_a_link_of_a_prospect_that_was_never_proposed_counts_only_where_it_is_plain(story):
    await story.lived(3, linked=0)
    story.clock.advance((week(WON_IN) - story.clock.now()).total_seconds())
    await story.win("stranger.example", "untouched 0", proposed=False)
    assert (await story.digest(week(NOVEMBER))).effect is None
