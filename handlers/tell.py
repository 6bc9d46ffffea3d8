"""Private messages to the asker, by the first way that works, also about a job that failed."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial

from bot.common.errors import LinkGapError
from bot.jobs import Tell
from bot.render.slack.message import Message
from bot.store.jobs import Job
from handlers import private_notes
from handlers.request import Place, place_of
from handlers.services import Services
from handlers.slack.once import Once
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)


async def tell(services: Services, place: Place, told: Message, *, replace: bool = False) -> None:
    """Send that person a private message. Raises `SlackRefused`.

    `replace`: the message replaces the one whose button was pressed.
    """
    if place.response_url is not None:
        await services.slack_api.respond(place.response_url, told, replace=replace)
    else:
        await services.slack_api.whisper(place.channel, place.user, told, place.thread_ts)


async def tell_once(
    services: Services,
    once: Once,
    step: str,
    place: Place,
    told: Message,
    *,
    direct: Callable[[], Awaitable[str]] | None = None,
) -> None:
    """Send that person a private message once, by the first of three ways that works.

    `direct` returns their DM channel; None asks Slack for it.
    """
    slack_api = services.slack_api
    open_direct = direct or partial(slack_api.direct, place.user)

    async def respond() -> None:
        if place.response_url is None:
            raise SlackRefused("expired_url")
        await slack_api.respond(place.response_url, told)

    async def whisper() -> None:
        await slack_api.whisper(place.channel, place.user, told, place.thread_ts)

    async def directly() -> str:
        return await slack_api.post(await open_direct(), told)

    ways: dict[str, Callable[[], Awaitable[str | None]]] = {
        "response_url": respond,
        "ephemeral": whisper,
        "dm": directly,
    }
    for way, say in ways.items():
        try:
            await once(f"{step}_{way}", say)
        except SlackRefused as refused:
            log.info("job %s cannot reach its asker by %s: %s", once.job_id, way, refused)
        else:
            return
    log.error("job %s could not tell its asker: %s", once.job_id, told.text)


def teller(services: Services) -> Tell:
    """Return a function that tells the asker why a job failed. It does not use the database."""

    async def tell(job: Job, error: BaseException) -> None:
        await tell_somehow(services, place_of(job.payload), _note(job, error), job.id)

    return tell


async def tell_somehow(services: Services, place: Place, note: Message, job_id: str) -> None:
    """Try three ways to tell the asker until one works. Telling them twice is better than never."""
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
