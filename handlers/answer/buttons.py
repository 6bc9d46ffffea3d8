"""A pressed button, from the payload to the private note that may answer it."""

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
    """A note that takes the place of the message whose button was pressed."""

    @classmethod
    def of(cls, note: Message) -> "InPlace":
        """Return the same words, to stand there."""
        return cls(note.text, note.blocks)


T = TypeVar("T")
Find = Callable[[Services, Click], Awaitable[T]]
Act = Callable[[Click, T], Awaitable[Message | None]]
Press = Callable[[Click, Request[Answer]], Awaitable[Message | None]]

_DECIDED = "decided"


def on_press(app: AsyncApp, services: Services, action_id: str, act: Press) -> None:
    """Let `act` commit what a button under an answer asks for."""
    on_click(app, services, action_id, clicks.pressed, act)


def on_click(app: AsyncApp, services: Services, action_id: str, find: Find[T], act: Act[T]) -> None:
    """Let `act` commit what a button asks for, then ack and say privately what it returns.

    `find` returns what the button is about. It raises `NotYours` for the wrong team or channel:
    such a press never reaches `act`.
    """

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = clicks.click_of(body)
        try:
            note = await act(click, await find(services, click))
        except clicks.NotYours as error:
            note = private_notes.note(str(error))
        await ack()
        if note is not None and click.response_url is not None:
            await services.slack_api.respond(
                click.response_url, note, replace=isinstance(note, InPlace)
            )

    app.action(action_id)(pressed)


async def anybody(services: Services, click: Click) -> Click:  # noqa: ARG001 - a `Find`
    """Let everybody press a button that is about nothing of anybody's."""
    return click


async def decide(services: Services, click: Click) -> bool:
    """Claim the decision that the buttons of a job's message ask for; False: it is taken."""
    at = services.clock.now()
    found = await services.database.run(lambda db: deliveries.begin(db, click.value, _DECIDED, at))
    return found.state is DeliveryState.NEW


async def undecide(services: Services, click: Click) -> None:
    """Give the decision back: what was decided on could not be begun."""
    await services.database.run(lambda db: deliveries.refused(db, click.value, _DECIDED))
