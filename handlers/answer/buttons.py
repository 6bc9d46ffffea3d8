"""Handles a pressed button, from the payload to the private note that may answer it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.render.slack.message import Message
from bot.store import deliveries
from bot.store.deliveries import DeliveryState
from handlers import private_notes
from handlers.answer import clicks
from handlers.answer.clicks import Click
from handlers.request import Answer, Request
from handlers.services import Services


@dataclass(frozen=True, slots=True)
class InPlace(Message):
    """A note that replaces the message whose button was pressed."""

    @classmethod
    def of(cls, note: Message) -> "InPlace":
        """Return the same note as an `InPlace`."""
        return cls(note.text, note.blocks)


T = TypeVar("T")
Find = Callable[[Services, Click], Awaitable[T]]
Later = Callable[[], Awaitable[Message]]
"""A note that is drawn after the ack, because Slack waits for that only three seconds."""
Act = Callable[[Click, T], Awaitable[Message | Later | None]]
Press = Callable[[Click, Request[Answer]], Awaitable[Message | Later | None]]

_DECIDED = "decided"


def on_press(app: AsyncApp, services: Services, action_id: str, act: Press) -> None:
    """Register `act` for a button below an answer; `act` commits what the button asks for."""
    on_click(app, services, action_id, clicks.pressed, act)


def on_click(
    app: AsyncApp,
    services: Services,
    action_id: str | re.Pattern[str],
    find: Find[T],
    act: Act[T],
) -> None:
    """Register `act` for a button; ack after it, and send the note that it returns.

    An `InPlace` replaces the message whose button was pressed; any other note is private.
    `find` returns what the button is about. It raises `NotYours` for the wrong team or channel,
    and then `act` is not called.
    """

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = clicks.click_of(body)
        try:
            try:
                told = await act(click, await find(services, click))
            except clicks.NotYours as error:
                told = private_notes.note(str(error))
            await ack()
            if told is not None and click.response_url is not None:
                note = told if isinstance(told, Message) else await told()
                await services.slack_api.respond(
                    click.response_url, note, replace=isinstance(note, InPlace)
                )
        finally:
            services.in_progress.settled(click.channel, click.message_ts)

    app.action(action_id)(pressed)


async def anybody(services: Services, click: Click) -> Click:  # noqa: ARG001 - a `Find`
    """Let everybody press a button that belongs to nobody's run."""
    return click


async def decide(services: Services, click: Click) -> bool:
    """Claim the decision on a job's message. Returns False if somebody has decided already."""
    at = services.clock.now()
    found = await services.database.run(lambda db: deliveries.begin(db, click.value, _DECIDED, at))
    return found.state is DeliveryState.NEW


async def undecide(services: Services, click: Click) -> None:
    """Release the decision, because what was decided could not be started."""
    await services.database.run(lambda db: deliveries.refused(db, click.value, _DECIDED))
