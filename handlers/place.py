"""Where somebody spoke, and how to answer them alone."""

from dataclasses import dataclass

from bot.render.message import Message
from handlers.services import Services


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


async def tell(services: Services, place: Place, told: Message) -> None:
    """Say something to that person alone; raises `SlackRefused`."""
    if place.response_url is not None:
        await services.voice.respond(place.response_url, told)
    else:
        await services.voice.whisper(place.channel, place.user, told, place.thread_ts)
