"""Fallback for a failed job: tells the asker without the database when the job itself could not."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial

from bot.errors import LinkGapError
from bot.jobs import Tell
from bot.render.slack.message import Message
from bot.store.jobs import Job
from handlers import private_notes
from handlers.place import Place
from handlers.services import Services
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)


def teller(services: Services, place_of: Callable[[str], Place]) -> Tell:
    """Return the function that tells the asker of a job; `place_of` reads its payload."""

    async def tell(job: Job, error: BaseException) -> None:
        await _tell(services, place_of(job.payload), _note(job, error), job.id)

    return tell


async def _tell(services: Services, place: Place, note: Message, job_id: str) -> None:
    """Try three ways to tell the asker until one works; twice is better than not at all."""
    slack_api = services.slack_api

    async def directly() -> None:
        await slack_api.post(await slack_api.direct(place.user), note)

    ways: list[Callable[[], Awaitable[None]]] = [
        partial(slack_api.whisper, place.channel, place.user, note, place.thread_ts),
        directly,
    ]
    if place.response_url is not None:
        ways.insert(0, partial(slack_api.respond, place.response_url, note))
    for way in ways:
        try:
            await way()
        except SlackRefused as refused:
            log.info("job %s cannot reach its asker: %s", job_id, refused)
        else:
            return
    log.error("job %s could not tell its asker: %s", job_id, note.text)


def _note(job: Job, error: BaseException) -> Message:
    if isinstance(error, LinkGapError):
        return private_notes.note(str(error))
    if isinstance(error, sqlite3.Error):
        return private_notes.no_file(job.id)
    return private_notes.broken(job.id)
