"""Show all: posts every prospect in the thread, once; a second press says that they are there."""

import logging
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.jobs import Heard
from bot.model.report import Report
from bot.render.report.prospects import all_prospects
from bot.render.slack.message import Message
from bot.store.deliveries import DeliveryState
from bot.store.jobs import Job
from handlers import private_notes
from handlers.answer import clicks, pressed
from handlers.answer.buttons import InPlace, on_press
from handlers.answer.clicks import Click
from handlers.jobs import on_job, submit
from handlers.request import Answer, Kind, Place, Request, ShowAll, from_payload
from handlers.services import Services
from handlers.slack.once import Once
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Register the button and the worker for its jobs."""

    async def ask(click: Click, _: Request[Answer]) -> Message | None:
        wanted = Request(click.place, ShowAll(click.value, click.is_ephemeral))
        return (await submit(services, Kind.SHOW_ALL, wanted, click.trigger_id)).note

    on_press(app, services, "show_all", ask)
    on_job(services, Kind.SHOW_ALL, partial(show, services))


async def show(services: Services, job: Job) -> None:
    """Post the pages of the list. Its steps belong to the run, so a second job repeats none."""
    request = from_payload(job.payload, ShowAll)
    place, run = request.place, request.body.run
    report = await clicks.report_of(services, run, place.team)
    if report is None:
        await _tell(
            services, place, private_notes.note("The answer of that run is gone. Ask again.")
        )
        return
    pages = all_prospects(report)
    if request.body.is_ephemeral:
        await _privately(services, job, place, pages)
        await _confirm(services, place, run, report)
        return
    once = Once(services.database, services.clock, run)
    posted = False
    try:
        for number, page in enumerate(pages, 1):
            send = partial(services.slack_api.post, place.channel, page, place.thread)
            found = await once(f"all_{number}", send)
            posted = posted or found.state is DeliveryState.NEW
    except SlackRefused as refused:
        if await _tell(services, place, private_notes.note(str(refused))):
            raise Heard(refused) from refused
        raise
    if not posted:
        await _tell(services, place, private_notes.note("The whole list is in the thread already."))
    await _confirm(services, place, run, report)


async def _confirm(services: Services, place: Place, run: str, report: Report) -> None:
    """Let the answer itself say that its list is there, in the place of the button."""
    drawn = await pressed.answer(services, run, report, "show_all")
    await _tell(services, place, drawn)


async def _privately(services: Services, job: Job, place: Place, pages: list[Message]) -> None:
    once = Once(services.database, services.clock, job.id)
    for number, page in enumerate(pages, 1):
        await once(f"all_{number}", partial(_reply, services, place, page.plain))


async def _reply(services: Services, place: Place, message: Message) -> None:
    if place.response_url is None:
        raise SlackRefused("expired_url")
    replaces = isinstance(message, InPlace)
    await services.slack_api.respond(place.response_url, message, replace=replaces)


async def _tell(services: Services, place: Place, note: Message) -> bool:
    """Send a private note, or replace the answer. Returns whether it was delivered."""
    try:
        await _reply(services, place, note)
    except SlackRefused as refused:
        log.info("nobody heard: %s (%s)", note.text, refused)
        return False
    return True
