"""`/gap digest`: the current week's digest, privately; nothing is read, spent or claimed for it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp

from bot.model.tracking import Digest
from bot.render.slack.blocks import render
from bot.render.slack.message import Message
from bot.render.tracking.digest_message import digest_message
from bot.render.words import Calendar
from bot.tracking import digest_hour
from bot.tracking.digest import digest_slot
from bot.tracking.last_week import Untold, why_untold
from handlers import private_notes
from handlers.lookups import on_lookup
from handlers.request import Kind, Lookup, Place
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - commands.py asks
    """Register the worker for the jobs that commands.py commits."""
    on_lookup(services, Kind.DIGEST, _as_it_stands)


async def _as_it_stands(services: Services, place: Place, _: Lookup) -> Message:
    now = services.clock.now()
    if not await services.tracking.following(place.team, place.channel):
        return private_notes.note(
            "No keyword is tracked here yet. Start with `/gap track best crm`."
        )
    settings = await services.channels.settings(place.team, place.channel)
    slot = digest_slot(place.team, place.channel, settings, now)
    digest = await services.digests.build(slot, as_of=now)
    when = f"The digest is posted {digest_hour.in_words(settings)}."
    why = why_untold(digest, quiet=False)  # a person who asks wants to see it
    if why is not None:
        return private_notes.note(
            _in_words(why, digest, Calendar(now, ZoneInfo(settings.time_zone))),
            small=(when, "Built from what is stored; nothing was spent."),
        )
    drawn = digest_message(digest, alone=True)
    note = f"As it stands now, for your eyes only; nothing was spent for it. {when}"
    small = render("note", lines=[], small=[note], buttons=[])
    return replace(drawn, blocks=[*drawn.blocks[:-1], *small, *drawn.blocks[-1:]])


def _in_words(why: Untold, digest: Digest, calendar: Calendar) -> str:
    if why is Untold.PAUSED:
        return "Every keyword that is tracked here is paused."
    if why is Untold.NOTHING_READ:
        return "No keyword that is tracked here was read yet, so there is nothing to compare."
    since = digest.since or min(line.read_at for line in digest.keywords)
    return f"Nothing has changed since {calendar.day(since)}."
