"""Run again asks the vendors anew; Retry, after a failure, uses what was already paid for."""

from slack_bolt.async_app import AsyncApp

from bot.render.slack.message import Message
from handlers.answer import accept, clicks
from handlers.answer.buttons import on_press
from handlers.answer.clicks import Click
from handlers.request import Errand
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen for both buttons; they carry the same action."""

    async def again(click: Click, errand: Errand) -> Message | None:
        answered = await clicks.report_of(services, click.value, click.team) is not None
        repeated = accept.again(
            errand, fresh=answered, user=click.user, response_url=click.response_url
        )
        return await accept.commit(services, repeated, click.trigger_id)

    on_press(app, services, "run_again", again)
