"""Alerts between digests: few, once a day at most, and only about what really happened.

It is a Tuesday after a quiet Monday; somebody refreshes a keyword by hand in between.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.tracking_channel import TrackedChannel, tracked_channel
from fakes.worlds.moving_web import COMPETITORS, OURS

from bot.pages.reading.fetch import ReadState
from bot.store import snapshots

PAGE = "https://friend.example/post"


@pytest.fixture
async def there(tmp_path) -> AsyncIterator[TrackedChannel]:
    async with tracked_channel(tmp_path) as it:
        await it.day(1, hour=8)
        yield it


def said(there: TrackedChannel) -> list[str]:
    return [message.text for message in there.bot.by_bot()]


def won(there: TrackedChannel, *names: str, authority: float = 40) -> None:
    domains = [f"{name}.example" for name in names]
    there.bot.moving.link(OURS, *domains, days_ago=0, authority=authority)


def rise(there: TrackedChannel) -> None:
    """Let our page rank first."""
    there.bot.moving.ranking.remove(OURS)
    there.bot.moving.ranking.insert(0, OURS)


async def test_by_default_a_won_link_makes_an_alert_the_next_morning_and_a_rank_does_not(there):
    rise(there)
    won(there, "friend")
    await there.read()
    await there.day(0)
    (alert,) = said(there)
    assert "You won a link from friend.example" in alert
    assert "top" not in alert


async def test_without_changes_nothing_is_said(there):
    await there.read()
    await there.day(0)
    await there.day(1)
    assert said(there) == []


async def test_a_rank_is_posted_only_where_the_channel_asks_for_it(there):
    await there.set(alerts="entered_top3")
    rise(there)
    won(there, "friend")
    await there.read()
    await there.day(0)
    (alert,) = said(there)
    assert "entered the top 3 (position 1)" in alert
    assert "friend" not in alert


async def test_a_day_has_at_most_one_alert_and_the_next_day_reports_the_rest_once(there):
    won(there, "one", "two")
    await there.read()
    await there.day(0)
    won(there, "three")
    await there.read()
    for hour in range(10, 23):
        await there.day(0, hour=hour)
    assert len(said(there)) == 1
    assert "1 more thing" in said(there)[0]
    await there.day(1, hour=6)  # not before its hour
    assert len(said(there)) == 1
    await there.day(0)
    await there.day(1)
    first, second = said(there)
    assert "three.example" in second
    assert "three" not in first
    assert "one.example" not in second


async def test_on_the_digest_day_there_are_no_alerts(there):
    await there.day(5, hour=22)  # Sunday
    won(there, "friend")
    await there.bot.services.schedule.run_due()
    await there.day(1, hour=6)
    await there.read()
    await there.day(0, hour=7)
    assert said(there) == []
    await there.day(0)
    assert len(said(there)) == 1  # the digest
    won(there, "late")
    await there.read()
    for hour in range(10, 23):
        await there.day(0, hour=hour)
    assert len(said(there)) == 1
    await there.day(1)
    assert "late.example" in said(there)[-1]
    assert "friend" not in said(there)[-1]


async def test_a_digest_day_without_news_stays_silent_too(there):
    await there.day(6)
    won(there, "friend")
    await there.read()
    await there.day(0, hour=12)
    assert said(there) == []
    await there.day(1)
    assert "friend.example" in said(there)[0]


async def test_a_late_digest_suppresses_that_days_alerts(there):
    there.channel.is_archived = True
    won(there, "friend")
    await there.day(6)  # Monday: waits for the digest
    there.channel.is_archived = False
    await there.day(2, hour=15)
    assert len(said(there)) == 1
    won(there, "late")
    await there.read()
    await there.day(0, hour=16)
    assert len(said(there)) == 1


async def test_a_quiet_channel_hears_nothing_between_digests(there):
    await there.set(quiet="yes")
    won(there, "friend")
    await there.read()
    await there.day(0)
    assert said(there) == []


@pytest.mark.parametrize(
    ("shown", "lost", "unchecked"),
    [
        (ReadState.MISSING, ["friend.example"], 0),
        (ReadState.READ, [], 0),
        (ReadState.UNREACHABLE, [], 1),
        (ReadState.BLOCKED, [], 1),
    ],
)
async def test_a_link_that_left_the_index_is_lost_only_if_its_page_was_seen_without_it(
    there, shown, lost, unchecked
):
    won(there, "friend")
    await there.read()
    await there.day(0)
    there.bot.moving.unlink(OURS, "friend.example", missing=shown is ReadState.MISSING)
    there.bot.moving.pages[PAGE] = shown
    await there.read()
    digest = await there.digest()
    assert [one.domain for one in digest.lost] == lost
    assert digest.unchecked_losses == unchecked


async def test_a_page_that_is_there_without_the_link_is_a_loss(there):
    won(there, "friend")
    await there.read()
    there.bot.moving.unlink(OURS, "friend.example", missing=False)
    there.bot.moving.linking.clear()
    await there.read()
    assert [one.domain for one in (await there.digest()).lost] == ["friend.example"]


@pytest.mark.parametrize(
    ("authority", "shown", "told"),
    [
        (60, ReadState.MISSING, True),
        (40, ReadState.MISSING, False),
        (60, ReadState.READ, False),
        (60, ReadState.UNREACHABLE, False),
    ],
)
async def test_only_a_strong_and_verified_loss_may_make_an_alert(there, authority, shown, told):
    await there.set(alerts="lost_strong")
    won(there, "friend", authority=authority)
    await there.read()
    there.bot.moving.unlink(OURS, "friend.example", missing=shown is ReadState.MISSING)
    there.bot.moving.pages[PAGE] = shown
    await there.day(1, hour=8)
    await there.read()
    await there.day(0)
    assert ["You lost a strong link from friend.example" in text for text in said(there)] == (
        [True] if told else []
    )


async def test_a_competitors_new_link_makes_no_alert(there):
    there.bot.moving.link(COMPETITORS[1], "fresh.example", days_ago=0)
    await there.read()
    await there.day(0)
    assert said(there) == []


async def test_a_count_that_grew_in_an_answer_is_reported_without_names(there):
    there.bot.clock.advance(60)
    (here,) = await there.bot.services.tracking.listed(there.team, None)
    keyword = here.state.tracked
    seen = replace(
        here.latest, taken_at=there.bot.clock.now(), have=here.latest.have + 2, reread=False
    )
    await there.bot.database.run(lambda db: snapshots.add(db, there.team, keyword.id, seen))
    await there.day(0)
    assert any("has 2 more referring domains for “best crm”" in text for text in said(there))
    await there.day(1)
    assert sum("more referring domains" in text for text in said(there)) == 1
