"""`@LinkGap keyword`: the same grammar, answered in the thread."""

from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        yield it


async def test_a_mention_starts_a_thread_with_the_whole_answer(bot):
    await bot.mention("best crm in:de")
    (question,) = bot.seen()
    parent, *rest = bot.thread(question)
    assert "18 to go" in parent.text
    assert len(rest) == 4
    assert bot.analysis.asked[0].market.country == "de"


@pytest.mark.parametrize("pasted", ["*best crm*", "`best crm` in:de", "_best crm in:de_"])
async def test_words_pasted_in_bold_or_code_are_asked_for_as_words(bot, pasted):
    await bot.mention(pasted)
    assert bot.analysis.asked[0].keyword == "best crm"
    assert bot.analysis.asked[0].market.country == ("de" if "in:" in pasted else "us")


async def test_a_mention_in_a_thread_is_answered_in_that_thread(bot):
    await bot.playground.say("ben", "seo", "Which links do we need?")
    (topic,) = bot.seen()
    await bot.mention("best crm", thread_ts=topic.ts)
    assert bot.seen() == [topic]
    assert "18 to go" in bot.thread(topic)[1].text


async def test_a_mention_in_words_that_are_no_question_is_answered_privately_in_the_thread(bot):
    await bot.playground.say("ben", "seo", "topic")
    (topic,) = bot.seen()
    await bot.mention("best crm in:zz", thread_ts=topic.ts)
    await bot.settle()
    note = bot.thread(topic)[-1]
    assert "do not know the country" in note.text
    assert note.only_for == bot.playground.workspace.user("ana").id
    assert bot.analysis.asked == []


@pytest.mark.parametrize("text", ["", "help"])
async def test_a_mention_without_a_question_explains_how_to_ask(bot, text):
    await bot.mention(text)
    await bot.settle()
    assert "`/gap best crm`" in words(bot.seen()[-1])


async def test_a_rejected_private_note_stops_nothing(bot):
    bot.playground.fail_next("chat.postEphemeral", "user_not_in_channel")
    ack = await bot.mention("best crm in:zz")
    await bot.settle()
    assert ack.ok
    assert len(bot.seen()) == 1


async def test_the_same_event_delivered_twice_is_answered_once(bot):
    bot.join("seo")
    body = event(bot, "Ev1")
    courier = bot.playground._courier  # noqa: SLF001 - Slack's repeats, sent by hand
    assert (await courier.event(bot.app, body, 0, "")).ok
    assert (await courier.event(bot.app, body, 1, "http_timeout")).ok
    await bot.settle()
    assert (await courier.event(bot.app, body, 2, "http_timeout")).ok
    await bot.settle()
    assert len(bot.analysis.asked) == 1
    assert all(message.only_for is None for message in bot.playground.workspace.everything())


async def test_messages_of_other_bots_are_not_answered(bot):
    bot.join("seo")
    body = event(bot, "Ev2", bot_id="B999")
    assert (await bot.playground._courier.event(bot.app, body, 0, "")).ok  # noqa: SLF001 - by hand
    await bot.settle()
    assert bot.analysis.asked == []


async def test_a_mention_whose_row_cannot_be_written_is_delivered_again(bot):
    bot.join("seo")
    submit = bot.services.jobs.submit
    failures = iter([OSError("disk full")])

    async def failing(*arguments):
        for failure in failures:
            raise failure
        return await submit(*arguments)

    bot.services.jobs.submit = failing
    courier, body = bot.playground._courier, event(bot, "Ev3")  # noqa: SLF001 - by hand
    assert not (await courier.event(bot.app, body, 0, "")).ok
    assert (await courier.event(bot.app, body, 1, "http_error")).ok
    await bot.settle()
    assert len(bot.analysis.asked) == 1


def event(bot: Bot, event_id: str, **more) -> dict:
    workspace = bot.playground.workspace
    message = workspace.post(
        workspace.channel("seo").id, workspace.user("ana").id, f"<@{bot.app.bot_user}> best crm"
    )
    return {
        "type": "event_callback",
        "team_id": workspace.team_id,
        "api_app_id": bot.app.id,
        "event_id": event_id,
        "event": {
            "type": "app_mention",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "channel": message.channel,
            **more,
        },
    }
