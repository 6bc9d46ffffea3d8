"""A pressed button, from the payload to the private note that may answer it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.render.message import Message
from handlers import private_notes, runs
from handlers.errand import Errand
from handlers.runs import Click
from handlers.services import Services


@dataclass(frozen=True, slots=True)
class InPlace(Message):
    """A note that takes the place of the message whose button was pressed."""

    @classmethod
    def of(cls, note: Message) -> "InPlace":
        """Return the same words, to stand there."""
        return cls(note.text, note.blocks)


Press = Callable[[Click, Errand], Awaitable[Message | None]]


def on_press(app: AsyncApp, services: Services, action_id: str, act: Press) -> None:
    """Let `act` commit what a button asks for, then ack and say privately what it returns.

    A press by the wrong team or from the wrong channel never reaches `act`.
    """

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = runs.click_of(body)
        try:
            note = await act(click, await runs.pressed(services, click))
        except runs.NotYours as error:
            note = private_notes.note(str(error))
        await ack()
        if note is not None and click.response_url is not None:
            await services.voice.respond(
                click.response_url, note, replace=isinstance(note, InPlace)
            )

    app.action(action_id)(pressed)
