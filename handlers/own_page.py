"""Use this, and We have none: the answers to the page that a result proposes as ours."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.question import NO_PAGE
from bot.render.message import Message
from handlers import asking, private_notes, runs
from handlers.errand import Errand
from handlers.presses import on_press
from handlers.runs import Click
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen for both buttons; the third, Another, is name_page.py's."""

    async def use(click: Click, errand: Errand) -> Message | None:
        report = await runs.report_of(services, click.value, click.team)
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
    again = asking.again(known, fresh=False, user=click.user, response_url=click.response_url)
    return await asking.commit(services, again, click.trigger_id)
