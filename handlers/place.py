"""Where somebody spoke, and how to answer them alone."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot.render.slack.message import Message
from handlers.services import Services
from handlers.slack.once import Once
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Who said something, and where. `response_url` answers privately for half an hour.

    `trigger_id` opens a form within three seconds; a mention has neither, but a message, which may
    stand in a thread.
    """

    team: str
    channel: str
    user: str
    response_url: str | None = None
    thread_ts: str | None = None
    message_ts: str | None = None
    trigger_id: str | None = None

    @property
    def thread(self) -> str | None:
        """Return the thread that an answer belongs in: the one it stands in, or one it starts."""
        return self.thread_ts or self.message_ts


async def tell(services: Services, place: Place, told: Message, *, replace: bool = False) -> None:
    """Say something to that person alone; raises `SlackRefused`.

    `replace`: in place of the message whose button was pressed.
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
    """Say it to that person alone, once, by the first of three ways that works.

    `direct` returns the channel of their direct message; None: Slack is asked for it.
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
