"""Show all: every prospect in the thread, once; a second press says that it is there."""

import logging
from functools import partial

from pydantic import TypeAdapter
from slack_bolt.async_app import AsyncApp

from bot.jobs import Heard, QueueFull
from bot.render import notes
from bot.render.report.prospects import all_prospects
from bot.render.slack.message import Message
from bot.store.deliveries import DeliveryState
from bot.store.jobs import Job
from handlers import private_notes
from handlers.answer import clicks
from handlers.answer.buttons import on_press
from handlers.answer.clicks import Click
from handlers.last_word import teller
from handlers.place import Place
from handlers.request import Request
from handlers.services import Services
from handlers.slack.once import Once
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)

KIND = "show_all"
_CLICK = TypeAdapter(Click)


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the button, and take on its jobs."""

    async def ask(click: Click, request: Request) -> Message | None:  # noqa: ARG001 - checked already
        payload = _CLICK.dump_json(click).decode()
        try:
            await services.jobs.submit(KIND, click.team, payload, click.trigger_id)
        except QueueFull:
            return notes.busy(services.settings.queue)
        return None

    on_press(app, services, "show_all", ask)
    services.jobs.handle(KIND, partial(show, services), teller(services, _place_of))


async def show(services: Services, job: Job) -> None:
    """Post the pages of the list. The steps belong to the run, so no second job repeats them."""
    click = _CLICK.validate_json(job.payload)
    report = await clicks.report_of(services, click.value, click.team)
    if report is None:
        await _tell(
            services, click, private_notes.note("The answer of that run is gone. Ask again.")
        )
        return
    pages = all_prospects(report)
    if click.is_ephemeral:
        await _privately(services, job, click, pages)
        return
    once = Once(services.database, services.clock, click.value)
    posted = False
    try:
        for number, page in enumerate(pages, 1):
            send = partial(
                services.slack_api.post, click.channel, page, click.thread_ts or click.message_ts
            )
            found = await once(f"all_{number}", send)
            posted = posted or found.state is DeliveryState.NEW
    except SlackRefused as refused:
        if await _tell(services, click, private_notes.note(str(refused))):
            raise Heard(refused) from refused
        raise
    if not posted:
        await _tell(services, click, private_notes.note("The whole list is in the thread already."))


async def _privately(services: Services, job: Job, click: Click, pages: list[Message]) -> None:
    once = Once(services.database, services.clock, job.id)
    for number, page in enumerate(pages, 1):
        await once(f"all_{number}", partial(_reply, services, click, page.plain))


async def _reply(services: Services, click: Click, message: Message) -> None:
    if click.response_url is None:
        raise SlackRefused("expired_url")
    await services.slack_api.respond(click.response_url, message)


async def _tell(services: Services, click: Click, note: Message) -> bool:
    """Say whether the asker heard it."""
    try:
        await _reply(services, click, note)
    except SlackRefused as refused:
        log.info("nobody heard: %s (%s)", note.text, refused)
        return False
    return True


def _place_of(payload: str) -> Place:
    click = _CLICK.validate_json(payload)
    return Place(
        click.team,
        click.channel,
        click.user,
        response_url=click.response_url,
        thread_ts=click.thread_ts,
    )
