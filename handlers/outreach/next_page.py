"""Next 25: puts the next page of a list in its thread, once; and the reading of a page's sites."""

import logging
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.jobs import Heard, JobQueue, QueueFull
from bot.render.slack.message import Message
from bot.store.deliveries import DeliveryState
from bot.store.jobs import Job
from bot.store.outreach_lists import Page
from handlers import private_notes
from handlers.answer import clicks
from handlers.jobs import on_job, submit
from handlers.outreach.pages import draw, page_id, posted, read_page_id, redraw
from handlers.request import Kind, Place, Request, ShowAll, from_payload, to_payload
from handlers.services import Services
from handlers.slack.once import Once
from handlers.slack.refusals import SlackRefused
from handlers.tell import tell

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Register the button, and the workers of its jobs and of the reading."""

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = clicks.click_of(body)
        wanted = Request(click.place, ShowAll(click.value, click.is_ephemeral))
        submitted = await submit(services, Kind.NEXT_PROSPECTS, wanted, click.trigger_id)
        await ack()
        if submitted.note is not None and click.response_url is not None:
            await services.slack_api.respond(click.response_url, submitted.note)

    app.action("next_prospects")(pressed)
    on_job(services, Kind.NEXT_PROSPECTS, partial(_next, services))
    # Nobody asked for the reading by itself, so nobody is told when it fails.
    services.jobs.handle(Kind.READ_PROSPECTS, partial(_read, services), _not_read)


async def read_later(jobs: JobQueue, place: Place, page: Page) -> None:
    """Let the sites of a page be read when a worker is free; a full queue leaves it undone."""
    value = page_id(page)
    payload = to_payload(Request(place, ShowAll(value)))
    try:
        await jobs.submit(Kind.READ_PROSPECTS, place.team, payload, f"read:{value}")
    except QueueFull:
        log.info("the queue is full, so a list is read when its prospects are opened")


async def _next(services: Services, job: Job) -> None:
    request = from_payload(job.payload, ShowAll)
    place, at = request.place, read_page_id(request.body.run)
    shown = await services.worklists.turn(place.team, *at) if at else None
    if shown is None:
        note = private_notes.note("Nobody is left on this list.", "Ask again for a new one.")
        await _tell(services, place, job, note)
        return
    message = draw(shown)
    if request.body.is_ephemeral:
        await _tell(services, place, job, message.plain)
        return
    once = Once(services.database, services.clock, shown.list.id)
    try:
        found = await once(
            f"page_{shown.page.number}",
            lambda: services.slack_api.post(place.channel, message, place.thread),
        )
    except SlackRefused as refused:
        await _tell(services, place, job, private_notes.note(str(refused)))
        raise Heard(refused) from refused
    if found.ts is not None:
        await posted(services, place.team, shown, (place.channel, found.ts))
    if found.state is not DeliveryState.NEW:
        await _tell(services, place, job, private_notes.note("The next page is in the thread."))
        return
    await read_later(services.jobs, place, shown.page)


async def _tell(services: Services, place: Place, job: Job, note: Message) -> None:
    """Say something to whoever pressed; a refusal is logged."""
    try:
        await tell(services, place, note)
    except SlackRefused as refused:
        log.info("job %s: nobody heard: %s (%s)", job.id, note.text, refused)


async def _not_read(job: Job, error: BaseException) -> None:
    log.warning("job %s did not read the sites of a list: %s", job.id, error)


async def _read(services: Services, job: Job) -> None:
    """Read the sites of a page, and draw it anew if that says why one would link."""
    request = from_payload(job.payload, ShowAll)
    team, at = request.place.team, read_page_id(request.body.run)
    shown = await services.worklists.page(team, *at) if at else None
    if shown is None or not shown.rows:
        return
    await services.approaches.read(team, [row.entry.id for row in shown.rows])
    now = await services.worklists.page(team, shown.page.list, shown.page.number)
    if now is not None and draw(now) != draw(shown):
        await redraw(services, team, [now.rows[0].entry.domain])
