"""When Slack accepts no digest: it waits, its owner is told once, and it resumes by itself."""

from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import words
from fakes.slack.tracking_channel import TrackedChannel, tracked_channel


@pytest.fixture
async def there(tmp_path) -> AsyncIterator[TrackedChannel]:
    """A Monday morning with something to report."""
    async with tracked_channel(tmp_path) as it:
        await it.next_week("fresh")
        yield it


async def test_a_week_with_news_is_posted_once(there):
    await there.run_schedule(12)
    (digest,) = there.digests()
    assert "gained 1" in digest.text
    assert there.told() == []
    assert await there.state("2026-W50") == "posted"


async def test_an_archived_channel_is_paused_with_one_note_to_its_owner_and_resumes(there):
    there.channel.is_archived = True
    await there.run_schedule(12)
    (told,) = there.told()
    assert f"<#{there.channel.id}>" in told
    assert "archived" in told
    assert "goes on by itself" in told
    assert await there.state("2026-W50") == "held"
    there.channel.is_archived = False
    await there.run_schedule(3)
    assert len(there.digests()) == 1
    assert len(there.told()) == 1


async def test_nothing_is_read_for_a_channel_that_is_known_to_be_closed(there):
    there.channel.is_archived = True
    await there.run_schedule(2)
    before = there.reads()
    await there.next_week("later")
    await there.run_schedule(12)
    assert there.reads() == before
    assert len(there.told()) == 1
    there.channel.is_archived = False
    await there.run_schedule(3)
    again, digest = there.bot.by_bot()
    assert "I can post here again" in again.text
    assert "gained 2" in digest.text  # of both weeks
    assert there.reads() > before
    assert len(there.told()) == 1


async def test_the_owner_is_told_again_of_a_second_pause(there):
    for week in ("one", "two"):
        there.channel.is_archived = True
        await there.run_schedule(2)
        there.channel.is_archived = False
        await there.run_schedule()
        await there.next_week(week)
    assert len(there.told()) == 2
    assert len(there.digests()) == 2


async def test_a_bot_that_was_removed_from_a_private_channel_waits_for_its_invitation(there):
    there.channel.kind = "private"
    there.channel.members.discard(there.bot.app.bot_user)
    await there.run_schedule(3)
    (told,) = there.told()
    assert "/invite" in told
    there.bot.join("seo")
    await there.run_schedule(2)
    assert len(there.digests()) == 1


async def test_a_bot_that_was_removed_from_a_public_channel_says_what_its_thread_lacks(there):
    there.channel.members.discard(there.bot.app.bot_user)
    await there.run_schedule()
    (digest,) = there.digests()
    assert "Not in this thread: the CSV file of the keywords" in there.bot.thread(digest)[-1].text
    assert await there.state("2026-W50") == "posted"


async def test_with_a_revoked_token_nothing_is_spent_and_the_owner_is_told_later(there, caplog):
    token, before = there.bot.app.bot_token, there.reads()
    there.bot.app.bot_token = "xoxb-new"
    await there.run_schedule(4)
    assert there.reads() == before
    assert there.told() == []
    assert "could not be told" in caplog.text
    there.bot.app.bot_token = token
    await there.run_schedule(3)
    (told,) = there.told()
    assert "Slack no longer accepts LinkGap's token" in told
    assert "It goes on now." in told
    assert len(there.digests()) == 1


async def test_a_short_rate_limit_is_waited_for_without_a_word(there):
    there.bot.playground.limit_next("chat.postMessage", 30, times=2)
    await there.run_schedule(2)
    assert len(there.digests()) == 1
    assert there.told() == []


async def test_a_long_rate_limit_holds_the_digest_until_it_is_over(there):
    there.bot.playground.limit_next("chat.postMessage", 900)
    await there.run_schedule()
    assert there.digests() == []
    assert await there.state("2026-W50") == "held"
    await there.run_schedule(3)
    assert len(there.digests()) == 1
    (told,) = there.told()
    assert "slow down" in told


async def test_while_slack_fails_nothing_is_spent_or_posted_and_then_it_goes_on(there):
    before = there.reads()
    there.bot.playground.fail_next("auth.test", "http500", times=9)
    await there.run_schedule(3)
    assert there.reads() == before
    assert there.digests() == []
    assert await there.state("2026-W50") == "held"
    await there.run_schedule(3)
    assert len(there.digests()) == 1
    assert len(there.told()) == 1


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [("http500", 0), ("disconnect_before", 0), ("disconnect_after", 1), ("internal_error", 0)],
)
async def test_a_possibly_sent_post_is_not_repeated_and_its_owner_is_told(there, fault, arrived):
    there.bot.playground.fail_next("chat.postMessage", fault)
    await there.run_schedule(12)
    assert len(there.digests()) == arrived
    assert await there.state("2026-W50") == "unknown"
    (told,) = there.told()
    assert "the digest of the week of 7 Dec" in told
    assert "not say whether it is there" in told
    await there.next_week("later")
    await there.run_schedule(3)
    assert len(there.digests()) == arrived + 1
    assert len(there.told()) == 1


async def test_an_unreachable_owner_is_told_of_a_lost_post_later_once(there):
    there.bot.playground.fail_next("chat.postMessage", "http500")
    there.bot.playground.fail_next("conversations.open", "http500", times=3)
    await there.run_schedule()
    assert there.told() == []
    await there.run_schedule(3)
    assert len(there.told()) == 1


async def test_a_thread_with_a_possibly_lost_part_says_so(there):
    workspace_calls = there.bot.playground
    workspace_calls.fail_next("files.completeUploadExternal", "http500")
    await there.run_schedule(2)
    (digest,) = there.digests()
    assert "Not certain to be in this thread: the CSV file of the keywords." in words(
        there.bot.thread(digest)[-1]
    )
