"""`/gap digest`: this week as it stands, privately; nothing is read, spent or claimed for it."""

from dataclasses import replace
from datetime import datetime

from slack_bolt.async_app import AsyncApp

from bot.model.tracking import Digest
from bot.render.slack.blocks import render
from bot.render.slack.message import Message
from bot.render.tracking.digest_message import digest_message
from bot.tracking.digest import digest_slot
from handlers import private_notes
from handlers.lookups import on_lookup
from handlers.request import Kind, Lookup, Place
from handlers.services import Services
from handlers.tracking import digest_time


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - commands.py asks
    """Take on the jobs that the doors commit."""
    on_lookup(services, Kind.DIGEST, _as_it_stands)


async def _as_it_stands(services: Services, place: Place, _: Lookup) -> Message:
    now = services.clock.now()
    if not await services.tracking.following(place.team, place.channel):
        return private_notes.note(
            "No keyword is tracked here yet. `/gap track best crm` begins with one."
        )
    settings = await services.channels.settings(place.team, place.channel)
    slot = digest_slot(place.team, place.channel, settings, now)
    digest = await services.digests.build(slot, as_of=now)
    when = f"The channel hears of its week {digest_time.in_words(settings)}."
    if not (digest.changed or digest.nothing_read):
        return private_notes.note(
            _unchanged(digest),
            small=(when, "Built from what is stored; nothing was spent."),
        )
    drawn = digest_message(digest, alone=True)
    note = f"As it stands now, for your eyes only; nothing was spent for it. {when}"
    small = render("note", lines=[], small=[note], buttons=[])
    return replace(drawn, blocks=[*drawn.blocks[:-1], *small, *drawn.blocks[-1:]])


def _unchanged(digest: Digest) -> str:
    if not digest.keywords and digest.paused:
        return "Every keyword that is tracked here is paused."
    if not digest.keywords:
        return "No keyword that is tracked here was read yet, so there is nothing to compare."
    since = digest.since or _first(digest)
    return f"Nothing has changed here since {since:%Y-%m-%d}, as far as was read."


def _first(digest: Digest) -> datetime:
    return min(line.read_at for line in digest.keywords)
