"""Weeks in which things go wrong are told true, for one keyword and for thirty."""

import re
from collections import Counter
from dataclasses import dataclass, field

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.eight_weeks import phrase
from fakes.worlds.eventful_weeks import (
    ARCHIVED,
    MOVED,
    PAUSED,
    SITE,
    UNREAD,
    WEEKS,
    EventfulWeeks,
)

from bot.model.question import Defaults, make
from bot.model.tracking import Digest
from bot.render.slack.limits import cell_text
from bot.settings.catalogue import Level
from bot.settings.overrides import Place
from bot.tracking.digest import Digests, digest_slot
from playground.model import Message

DAY = 86_400


@dataclass
class Lived:
    """A channel that lives through the weeks, with what it was told in each."""

    bot: Bot
    web: EventfulWeeks
    told: dict[int, tuple[Message, Digest]] = field(default_factory=dict)

    @property
    def _place(self) -> tuple[str, str]:
        workspace = self.bot.playground.workspace
        return workspace.team_id, workspace.channel("seo").id

    async def begin(self) -> None:
        (team, channel), services = self._place, self.bot.services
        self.bot.join("seo")
        self.web.tell(self.bot.moving, 0)
        tracked = []
        for number in range(self.web.count):
            question = make(phrase(number), Defaults(), site=SITE)
            made, _ = await services.tracking.track(
                question, team=team, channel=channel, person="U1"
            )
            tracked.append(made)
        await services.tracking.refresh(tracked, run_id="first")

    async def hear(self, week: int) -> None:
        """Let the hour of the digest come, and keep what is posted."""
        before = len(self._posted())
        await self.bot.services.schedule.run_due()
        if new := [one for one in self._posted()[before:] if "post here again" not in one.text]:
            team, channel = self._place
            now, settings = self.bot.clock.now(), await self.bot.settings_in()
            digests = Digests(self.bot.database, self.bot.settings, frozenset())
            slot = digest_slot(team, channel, settings, now)
            self.told[week] = (new[-1], await digests.build(slot, as_of=now))

    def _posted(self) -> list[Message]:
        return [one for one in self.bot.by_bot() if one.only_for is None]

    async def pause(self, *, paused: bool) -> None:
        tracked = await self.bot.tracked()
        [last] = [one for one in tracked if one.question.keyword == phrase(self.web.count - 1)]
        await self.bot.services.tracking.pause(last, paused=paused)

    async def live(self) -> None:
        channel = self.bot.playground.workspace.channel("seo")
        await self.begin()
        for week in range(1, WEEKS + 1):
            self.bot.clock.advance(7 * DAY)
            self.web.tell(self.bot.moving, week)
            if week in (PAUSED, PAUSED + 1):
                await self.pause(paused=week == PAUSED)
            channel.is_archived = week == ARCHIVED
            await self.hear(week)
            if week == PAUSED:
                await self.bot.gap(f'"{phrase(0)}" vs:https://stranger.example/page')
            if week == ARCHIVED:
                assert week not in self.told
                place = Place(Level.CHANNEL, channel.id)
                await self.bot.services.channels.save(
                    self._place[0], place, {"digest_day": "thu"}, "U1"
                )
                await self.bot.services.schedule.run_due()
                channel.is_archived = False
                self.bot.clock.advance(3 * DAY)
                await self.hear(week)


def table(message: Message) -> dict[str, list[str]]:
    """Return the rows of the message by keyword."""
    found = {}
    for block in message.blocks:
        if block["type"] == "table":
            for row in block["rows"][1:]:
                name, *cells = map(cell_text, row)
                found[name.partition(" (")[0]] = cells
    return found


@dataclass
class Truth:
    """What the script says of one week, given which week each keyword was read before."""

    web: EventfulWeeks
    week: int
    read: dict[int, int]

    @property
    def active(self) -> list[int]:
        count = self.web.count
        return [n for n in range(count) if (n, self.week) != (count - 1, PAUSED)]

    @property
    def sums(self) -> tuple[int, int]:
        """Return the missing links before and now; another page of ours is no change."""
        those = [n for n in self.active if (n, self.week) != (0, MOVED)]
        before = sum(self.web.gap(n, self.read[n]) for n in those)
        return before, sum(self.web.gap(n, self.week) for n in those)

    def named(self, of: dict[tuple[int, int], set[str]]) -> set[str]:
        """Return who came since the last read of each keyword."""
        since = [(n, at) for n in self.active for at in range(self.read[n] + 1, self.week + 1)]
        new_page = (0, MOVED) if of is self.web.won else None
        return {name for at in since if at != new_page for name in of[at]}


def hold_numbers(message: Message, digest: Digest, truth: Truth) -> None:
    """Hold every number of every keyword, in the message too."""
    web, week, read = truth.web, truth.week, truth.read
    lines = {line.keyword: line for line in digest.keywords}
    assert set(lines) == {phrase(number) for number in truth.active}
    drawn = table(message)
    for number in truth.active:
        line, then, gap = lines[phrase(number)], read[number], web.gap(number, week)
        counts = (web.need(number, week), web.have(number, week), gap)
        assert (line.need, line.have, line.gap) == counts
        assert line.position == web.place(number, week)
        assert (line.entered, line.left) == ((), ())
        if (number, week) == (0, MOVED):
            assert (line.page, line.page_before) == (web.page(0, week), web.page(0, then))
            assert (line.gap_before, line.gap_change) == (web.gap(0, then), None)
        else:
            assert (line.gap_change, line.page_before) == (gap - web.gap(number, then), None)
        if row := drawn.get(phrase(number)):
            assert (row[2], row[3], row[0]) == tuple(map(str, counts))


def hold_sentence(said: str, truth: Truth) -> None:
    before, now = truth.sums
    if (truth.web.count, truth.week) == (1, MOVED):
        assert said.startswith(f"{truth.web.gap(0, MOVED)} links are missing")
        assert "another page of yours is counted now" in said
    elif now < before:
        assert f" {before - now} of {before} missing links" in said
    else:
        assert said.startswith(f"{now} links are missing")
        assert (f" {now - before} more than" if now > before else "as many as") in said
    assert len(said) <= 300


def hold_links(message: Message, digest: Digest, truth: Truth) -> None:
    """Hold that every link is told, and no domain that links to us is called a prospect."""
    new = {one.domain for one in digest.new_competitor_links}
    assert new == truth.named(truth.web.strangers)
    assert {one.domain for one in digest.links_to_both} == truth.named(truth.web.friends)
    assert {one.domain for one in digest.won} == truth.named(truth.web.won)
    assert (*digest.lost, *digest.unproven) == ()
    asked = {one.domain for one in digest.to_do if one.domain}
    assert asked | set(re.findall(r"Write to (\S+)", words(message))) <= new


@pytest.mark.parametrize("count", [1, 5, 30])
async def test_eight_weeks_with_every_mishap_are_told_by_the_script(tmp_path, count):
    web = EventfulWeeks(count)
    async with gap_bot(tmp_path, site=SITE) as bot:
        lived = Lived(bot, web)
        await lived.live()
    read = dict.fromkeys(range(count), 0)
    told = Counter[str]()
    for week in range(1, WEEKS + 1):
        if week == PAUSED and count == 1:
            assert week not in lived.told
            continue
        message, digest = lived.told[week]
        assert message.text == digest.sentence
        if week == UNREAD:
            assert digest.sentence == "No keyword was read this week."
            assert (*digest.new_competitor_links, *digest.won, *digest.to_do) == ()
            continue
        truth = Truth(web, week, read)
        hold_numbers(message, digest, truth)
        hold_sentence(digest.sentence, truth)
        hold_links(message, digest, truth)
        told.update(one.domain for one in (*digest.new_competitor_links, *digest.links_to_both))
        read |= dict.fromkeys(truth.active, week)
    came = (*web.strangers.values(), *web.friends.values())
    assert told == Counter(name for names in came for name in names)
