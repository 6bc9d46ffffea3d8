"""Eight scripted weeks in a channel, as they are posted, against what the script says of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.eight_weeks import (
    ADDED_IN,
    FIRST_CLIENT,
    SECOND_CLIENT,
    Keyword,
    story,
    tell,
)
from fakes.worlds.moving_web import OUR_SITE, OURS

from bot.model.question import Defaults, make
from bot.render.slack.limits import cell_text
from bot.settings.catalogue import Level
from bot.settings.overrides import Place
from playground.model import Message

WEEK_S = 7 * 86_400
WEEKS = 8


@dataclass
class Told:
    """Everything that a channel was told, by week."""

    bot: Bot
    digests: dict[int, Message] = field(default_factory=dict)

    def table(self, week: int) -> list[list[str]]:
        [table] = [block for block in self.digests[week].blocks if block["type"] == "table"]
        return [[cell_text(cell) for cell in row] for row in table["rows"]][1:]

    def charts(self, week: int) -> dict[str, dict[str, dict[str, int]]]:
        """Return {title: {line: {day: value}}} of the message and of its thread."""
        parts = [self.digests[week], *self.bot.thread(self.digests[week])]
        return {block["title"]: _series(block) for part in parts for block in _drawn(part)}


def _drawn(message: Message) -> list[Any]:
    return [block for block in message.blocks if block["type"] == "data_visualization"]


def _series(block: Any) -> dict[str, dict[str, int]]:
    return {
        one["name"]: {point["label"]: point["value"] for point in one["data"]}
        for one in block["chart"]["series"]
    }


def day(start: date, week: int) -> str:
    at = start + timedelta(weeks=week)
    return f"{at.day} {at:%b}"


async def follow(bot: Bot, *keywords: Keyword, run: str) -> None:
    """Track keywords in the channel, and read them."""
    workspace = bot.playground.workspace
    channel, ana = workspace.channel("seo").id, workspace.user("ana").id
    tracked = []
    for one in keywords:
        question = make(one.phrase, Defaults(), site=one.site)
        made, _ = await bot.services.tracking.track(
            question, team=workspace.team_id, channel=channel, person=ana
        )
        tracked.append(made)
    await bot.services.tracking.refresh(tracked, run_id=run)


@asynccontextmanager
async def lived(folder: Path, keywords: list[Keyword], weeks: int) -> AsyncIterator[Told]:
    """Live through the weeks of a story; the last keyword is added in the fifth."""
    async with gap_bot(folder, site=FIRST_CLIENT) as bot:
        bot.join("seo")
        told = Told(bot)
        for week in range(weeks + 1):
            tell(bot.moving, keywords, week)
            if week == 0:
                await follow(bot, *keywords[:-1], run="first")
            if week == ADDED_IN:
                await follow(bot, keywords[-1], run="later")
            before = len(bot.by_bot())
            await bot.services.schedule.run_due()
            if len(bot.by_bot()) > before:
                told.digests[week] = bot.by_bot()[before]
            bot.clock.advance(WEEK_S - bot.clock.now().timestamp() % 60)
        yield told


def followed(keywords: list[Keyword], site: str, week: int) -> list[Keyword]:
    return [
        one
        for one in keywords
        if one.site == site and (one is not keywords[-1] or week >= ADDED_IN)
    ]


def seen(one: Keyword, week: int) -> int:
    """Return the last week up to this one in which our page ranked among the ten."""
    return max(at for at in range(week + 1) if one.rank[at] <= 10)


async def test_five_keywords_of_two_clients_are_told_by_the_script(tmp_path):
    keywords = story(5)
    async with lived(tmp_path, keywords, WEEKS) as told:
        start = date(2026, 11, 23)
        by_phrase = {one.phrase: one for one in keywords}

        # the table of the last week: blocks, sums and attention
        rows = told.table(WEEKS)
        assert [row[0] for row in rows] == [
            FIRST_CLIENT,
            "best crm (entered the top 3)",
            "crm pricing (left the top 10)",
            "crm alternatives",
            "crm for startups",
            SECOND_CLIENT,
            "free crm",
        ]
        for row in rows:
            one = by_phrase.get(row[0].partition(" (")[0])
            if one and one.rank[WEEKS] <= 10:
                assert row[1] == str(one.gap(WEEKS))
                assert row[3:5] == [str(one.need[WEEKS]), str(one.have[WEEKS])]
        for site in (FIRST_CLIENT, SECOND_CLIENT):
            [head] = [row for row in rows if row[0] == site]
            counted = [one for one in followed(keywords, site, WEEKS) if 3 < one.rank[WEEKS] <= 10]
            assert head[1] == str(sum(one.gap(WEEKS) for one in counted))
            assert head[3] == str(sum(one.need[WEEKS] for one in counted))

        assert told.digests[WEEKS].text == (
            f"2 clients: {FIRST_CLIENT} is 40 links short (as before) and {SECOND_CLIENT} is "
            "12 links short (as before); “best crm” entered the top 3."
        )

        # never a sum over two
        gaps = [int(row[1]) for row in rows if row[0] in (FIRST_CLIENT, SECOND_CLIENT)]
        assert f"{sum(gaps)} link" not in words(told.digests[WEEKS])

        # the chart of need against have, and its steps
        charts = told.charts(WEEKS)
        [sums] = [
            series
            for title, series in charts.items()
            if title.startswith(FIRST_CLIENT) and "Needed" in series
        ]
        labels = [label.partition(" ")[0] + " " + label.split(" ")[1] for label in sums["Needed"]]
        assert labels == [day(start, week) for week in range(WEEKS + 1)]
        for week, (needed, have) in enumerate(
            zip(sums["Needed"].values(), sums["You have"].values(), strict=True)
        ):
            here = [
                one
                for one in followed(keywords, FIRST_CLIENT, week)
                if one.rank[seen(one, week)] > 3
            ]
            assert needed == sum(one.need[seen(one, week)] for one in here)
            assert needed - have == sum(one.gap(seen(one, week)) for one in here)
        marked = {label for label in sums["Needed"] if len(label.split(" ")) > 2}
        assert marked == {
            f"{day(start, week)} {sign}" for week, sign in ((5, "①"), (6, "②"), (8, "③"))
        }
        said = words(told.digests[WEEKS])
        assert "① 28 Dec 2026: “crm alternatives” was added." in said
        assert "another page of yours counts for “crm for startups”" in said
        assert "“best crm” entered the top 3 and is not counted." in said

        # a keyword keeps its place, and so its colour, from the first week to the last
        places: dict[str, set[int]] = {}
        for week in told.digests:
            for title, series in told.charts(week).items():
                if "missing links" in title:
                    for place, name in enumerate(series):
                        places.setdefault(name, set()).add(place)
        assert len(places) >= 3
        assert all(len(one) == 1 for one in places.values())


async def test_thirty_keywords_are_a_table_of_ten_rows(tmp_path):
    keywords = story(30)
    async with lived(tmp_path, keywords, 1) as told:
        rows = told.table(1)
        assert len(rows) <= 12
        folded = [int(row[0].split(" ")[0]) for row in rows if "more keyword" in row[0]]
        assert sum(folded) + len(rows) - len(folded) - 2 == 29
        assert sum(folded) >= 21
        assert all(row[2] in ("±1", "0") for row in rows if "more keyword" in row[0])
        near = {one.phrase for one in keywords[:-1] if one.rank[1] <= 10 and 0 < one.gap(1) <= 5}
        assert near <= {row[0] for row in rows}


# One client, keywords of whose pages and zones there is more to say


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site=OUR_SITE) as it:
        it.join("seo")
        yield it


async def pass_weeks(bot: Bot, weeks: int = 1, *, days: int = 0) -> None:
    bot.clock.advance(weeks * WEEK_S + days * 86_400)
    await bot.services.schedule.run_due()


async def settings(bot: Bot, **values: str) -> None:
    place = Place(Level.CHANNEL, bot.playground.workspace.channel("seo").id)
    await bot.services.channels.save(bot.playground.workspace.team_id, place, values, "U1")


def posted(bot: Bot) -> list[Message]:
    return [one for one in bot.by_bot() if one.only_for is None]


async def test_a_week_that_was_drawn_is_drawn_the_same_in_every_later_week(bot):
    """Two keywords share a page for two weeks, part, and then one is paused."""
    await bot.gap("track best crm")
    await bot.gap("track cheap crm")
    drawn: dict[str, set[int]] = {}
    for week in range(6):
        bot.moving.link(OURS, f"won{week}.example", days_ago=-7 * week - 3)
        if week == 2:
            other = f"https://{OUR_SITE}/cheap"
            bot.moving.link(other, "one.example")
            ranking = [other if url == OURS else url for url in bot.moving.ranking]
            bot.moving.rankings["cheap crm"] = ranking
        if week == 4:
            [cheap] = [one for one in await bot.tracked() if one.question.keyword == "cheap crm"]
            await bot.services.tracking.pause(cheap, paused=True)
        await pass_weeks(bot)
        for block in _drawn(posted(bot)[-1]):
            series = _series(block)
            for label, value in series.get("Needed", {}).items():
                gap = value - series["You have"][label]
                drawn.setdefault(" ".join(label.split(" ")[:2]), set()).add(gap)
    assert len(drawn) == 7
    assert all(len(told) == 1 for told in drawn.values())
    # 17 of 21 are missing at first; the page of its own has one link, and misses 20.
    gaps = [told for [told] in drawn.values()]
    assert gaps == [17, 16, 15, 14 + 20, 13 + 20, 12, 11]


@pytest.mark.parametrize(
    ("days", "since"), [(10, "since 23 Nov"), (21, "since 23 Nov"), (28, "since 23 Nov")]
)
async def test_a_change_over_more_than_a_week_says_since_when(bot, days, since):
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    weeks, rest = divmod(days, 7)
    await settings(bot, digest_day=("mon", "tue", "wed", "thu")[rest])
    await pass_weeks(bot, weeks, days=rest)
    said = posted(bot)[-1].text
    assert f"You closed 1 of 17 missing links for “best crm” {since}" in said
    assert "this week" not in said
    bot.moving.link(OURS, "next.example", days_ago=-days - 3)
    await pass_weeks(bot)
    assert "You closed 1 of 16 missing links for “best crm” this week." in posted(bot)[-1].text


async def test_a_keyword_that_is_tracked_anew_starts_from_its_new_first_read(bot):
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await pass_weeks(bot)
    await bot.gap("untrack best crm")
    bot.moving.link(OURS, *(f"missed{n}.example" for n in range(5)), days_ago=-10)
    await pass_weeks(bot, 3)
    await bot.gap("track best crm")
    bot.moving.link(OURS, "later.example", days_ago=-30)
    await pass_weeks(bot)
    said = words(posted(bot)[-1])
    assert "You closed 1 of 11 missing links for “best crm” this week." in said
    assert "missed" not in said


async def test_east_of_utc_weeks_days_and_hours_are_those_of_the_channel(bot):
    """Monday nine o'clock in Auckland is Sunday evening in UTC."""
    await settings(bot, time_zone="Pacific/Auckland")
    await bot.gap("track best crm")
    bot.moving.link(OURS, "won.example", days_ago=-3)
    await pass_weeks(bot, 0, days=6)
    bot.clock.advance(12 * 3_600)
    await bot.services.schedule.run_due()
    digest = posted(bot)[-1]
    assert "You closed 1 of 17" in digest.text
    [chart] = _drawn(digest)
    assert list(_series(chart)["Needed"]) == ["23 Nov", "30 Nov"]
    await bot.gap("history best crm")
    ranks = _series(_drawn(bot.seen()[-1])[-1])
    assert list(ranks["Position"])[-1] == "30 Nov"
    await bot.gap("list")
    # 7 December, 9:00 in Auckland; the words for who cannot see the date say UTC and mean it.
    assert "|6 Dec 2026, 20:00 UTC>" in words(bot.seen()[-1])
