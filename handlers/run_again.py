"""Run again asks the vendors anew; Retry, after a failure, uses what was already paid for."""

from slack_bolt.async_app import AsyncApp

from bot.render.message import Message
from handlers import asking, runs
from handlers.errand import Errand
from handlers.presses import on_press
from handlers.runs import Click
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen for both buttons; they carry the same action."""

    async def again(click: Click, errand: Errand) -> Message | None:
        answered = await runs.report_of(services, click.value, click.team) is not None
        repeated = asking.again(
            errand, fresh=answered, user=click.user, response_url=click.response_url
        )
        return await asking.commit(services, repeated, click.trigger_id)

    on_press(app, services, "run_again", again)
