"""Use this, and We have none: the answers to the page that a result proposes as ours."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.model.question import NO_PAGE
from bot.render.slack.message import Message
from handlers import private_notes
from handlers.answer import accept, clicks
from handlers.answer.buttons import on_press
from handlers.answer.clicks import Click
from handlers.request import Errand
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen for both buttons; the third, Another, is name_page.py's."""

    async def use(click: Click, errand: Errand) -> Message | None:
        report = await clicks.report_of(services, click.value, click.team)
        if report is None or report.proposed_page is None:
            return private_notes.note("The page that was proposed is gone. Ask again.")
        return await _ask_with(services, click, errand, report.proposed_page)

    async def have_none(click: Click, errand: Errand) -> Message | None:
        return await _ask_with(services, click, errand, NO_PAGE)

    on_press(app, services, "use_page", use)
    on_press(app, services, "no_page", have_none)


async def _ask_with(services: Services, click: Click, errand: Errand, page: str) -> Message | None:
    """Commit the same question with its page; what was paid for is used again."""
    known = replace(errand, question=replace(errand.question, page=page))
    again = accept.again(known, fresh=False, user=click.user, response_url=click.response_url)
    return await accept.commit(services, again, click.trigger_id)
