"""What a button below an answer did, told where it was pressed: the message itself changes."""

import sqlite_utils

from bot.model.report import Report
from bot.render import notes
from bot.render.report.result import result
from bot.store import deliveries
from handlers.answer import clicks
from handlers.answer.buttons import InPlace
from handlers.answer.clicks import Click
from handlers.request import Answer, Request
from handlers.services import Services

_PRESSED = "pressed_"


async def done(
    services: Services, click: Click, request: Request[Answer], action_id: str
) -> InPlace:
    """Return what replaces the message whose button did its work, an answer or a failure."""
    report = await clicks.report_of(services, click.value, click.team)
    if report is None:
        return InPlace.of(notes.retried(request.body.question))
    return await answer(services, click.value, report, action_id)


async def answer(services: Services, run_id: str, report: Report, action_id: str) -> InPlace:
    """Return an answer that says, in the place of its buttons, what those did that were pressed."""
    at = services.clock.now()

    def record(db: sqlite_utils.Database) -> tuple[str, ...]:
        step = f"{_PRESSED}{action_id}"
        deliveries.begin(db, run_id, step, at)
        deliveries.posted(db, run_id, step, None, at)
        return deliveries.steps(db, run_id, _PRESSED)

    return InPlace.of(result(report, run_id, await services.database.run(record)))
