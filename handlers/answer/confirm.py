"""Confirm, Cheaper plan, Cancel: nothing is spent before somebody agrees to the price.

Anybody who sees the price may decide, once. The cost then counts against whoever confirmed, in
caps and in the ledger. The answer replaces the price message.
"""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.render import money
from bot.render.slack.message import Message
from handlers import private_notes
from handlers.answer import accept
from handlers.answer.buttons import InPlace, decide, on_press, undecide
from handlers.answer.clicks import Click
from handlers.request import Answer, Request
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Register the three buttons below a price."""

    async def confirm(click: Click, request: Request[Answer]) -> Message | None:
        return await _agree(services, click, request, light=request.body.question.light)

    async def cheaper(click: Click, request: Request[Answer]) -> Message | None:
        return await _agree(services, click, request, light=True)

    async def cancel(click: Click, request: Request[Answer]) -> Message | None:
        if not await decide(services, click):
            return _late()
        return InPlace.of(money.cancelled(request.body.question))

    on_press(app, services, "confirm_run", confirm)
    on_press(app, services, "confirm_light", cheaper)
    on_press(app, services, "cancel_run", cancel)


async def _agree(
    services: Services, click: Click, request: Request[Answer], *, light: bool
) -> Message | None:
    if not await decide(services, click):
        return _late()
    question = replace(request.body.question, light=light)
    # The run edits the same message, maybe at once: first the press is confirmed there.
    services.in_progress.settle(click.channel, click.message_ts)
    again = accept.again(
        request, fresh=question.fresh, user=click.user, response_url=click.response_url
    )
    agreed = replace(
        again.body,
        question=question,
        confirmed=True,
        price_ts=None if click.is_ephemeral else click.message_ts,
    )
    note = await accept.commit(services, replace(again, body=agreed), click.trigger_id)
    if note is not None:
        await undecide(services, click)
        return note
    if click.is_ephemeral:
        return InPlace.of(private_notes.working("here"))
    return InPlace.of(money.confirmed(question, click.user))


def _late() -> Message:
    return private_notes.note("Somebody has decided on this price already.")
