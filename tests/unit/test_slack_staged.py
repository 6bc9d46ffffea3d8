"""Staged edits: at most one in three seconds, the newest text wins, the last is always sent."""

import asyncio

import pytest
from support.clock import FakeClock

from bot.render.slack.message import Message
from handlers.slack.refusals import SlackRefused
from handlers.slack.staged_edits import BETWEEN_EDITS_S, StagedEdits


class Slate:
    """Records what was written and when."""

    def __init__(self) -> None:
        self.clock = Ticking()
        self.edits = StagedEdits(self.clock, self.write)
        self.written: list[tuple[float, str]] = []
        self.fault: Exception | None = None
        self.slow: asyncio.Event | None = None

    async def write(self, message: Message) -> None:
        if self.slow:
            await self.slow.wait()
        self.written.append((self.clock.monotonic(), message.text))
        if self.fault:
            raise self.fault

    def show(self, text: str) -> None:
        self.edits.show(Message(text, []))


class Ticking(FakeClock):
    """Sleepers wait until the test lets time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        await asyncio.sleep(0)
        while self.monotonic() < until:
            await self.passed.wait()

    async def wait(self, seconds: float) -> None:
        self.advance(seconds)
        self.passed.set()
        self.passed = asyncio.Event()
        await rest()


async def rest() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_first_word_is_shown_at_once():
    slate = Slate()
    slate.show("one")
    await rest()
    assert slate.written == [(0, "one")]


async def test_outdated_edits_are_never_sent_and_edits_keep_their_distance():
    slate = Slate()
    for text in ("one", "two"):
        slate.show(text)
    await rest()
    for text in ("three", "four"):
        slate.show(text)
        await slate.clock.wait(1)
    await slate.clock.wait(1)
    assert slate.written == [(0, "two"), (BETWEEN_EDITS_S, "four")]


async def test_a_waiting_edit_is_sent_in_time_even_if_no_other_follows():
    slate = Slate()
    slate.show("one")
    await rest()
    slate.show("two")
    await rest()
    assert [text for _, text in slate.written] == ["one"]
    await slate.clock.wait(BETWEEN_EDITS_S)
    assert [text for _, text in slate.written] == ["one", "two"]


async def test_the_final_edit_does_not_wait_and_stays_the_last():
    slate = Slate()
    slate.show("one")
    await rest()
    slate.show("two")
    await rest()
    await slate.edits.last(Message("answer", []))
    await slate.clock.wait(10)
    assert slate.written == [(0, "one"), (0, "answer")]


async def test_the_final_edit_never_overtakes_an_edit_in_flight():
    slate = Slate()
    slate.slow = asyncio.Event()
    slate.show("one")
    await rest()
    last = asyncio.create_task(slate.edits.last(Message("answer", [])))
    await rest()
    assert slate.written == []
    slate.slow.set()
    await last
    assert [text for _, text in slate.written] == ["one", "answer"]


async def test_a_staged_edit_that_slack_refuses_does_not_stop_the_work():
    slate = Slate()
    slate.fault = SlackRefused("message_not_found")
    slate.show("one")
    await rest()
    slate.fault = None
    await slate.edits.last(Message("answer", []))
    assert [text for _, text in slate.written] == ["one", "answer"]


async def test_a_final_edit_that_slack_rejects_raises():
    slate = Slate()
    slate.fault = SlackRefused("message_not_found")
    with pytest.raises(SlackRefused):
        await slate.edits.last(Message("answer", []))


async def test_an_unexpected_error_in_an_edit_stops_no_later_one(caplog):
    slate = Slate()
    slate.fault = KeyError("ts")
    slate.show("first")
    await rest()
    slate.fault = None
    slate.show("second")
    await slate.clock.wait(BETWEEN_EDITS_S)
    assert [text for _, text in slate.written] == ["first", "second"]
    assert "a staged edit was lost" in caplog.text
