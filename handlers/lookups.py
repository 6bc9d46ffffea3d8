"""Private answers from stored data: a moment after the ack, and free of charge.

Reading the data takes longer than an ack may, so each lookup is a job; a kill after the ack loses
none. `/gap budget` is one of them: what was spent, how full the caps are, and what the vendors
report as left.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.common.errors import LinkGapError
from bot.jobs import Heard
from bot.render import money, notes
from bot.render.slack.message import Message
from bot.store.jobs import Job
from bot.store.ledger import Payer
from handlers import private_notes
from handlers.jobs import on_job, submit
from handlers.request import Kind, Lookup, Place, Request, from_payload
from handlers.services import Services
from handlers.slack.once import Once
from handlers.tell import tell

Draw = Callable[[Services, Place, Lookup], Awaitable[Message]]


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - commands.py asks
    """Register `/gap budget`."""
    on_lookup(services, Kind.BUDGET, _budget)


async def ask(
    services: Services, kind: Kind, place: Place, lookup: Lookup, key: str
) -> Message | None:
    """Commit a lookup. Returns a private note if it was not accepted."""
    return (await submit(services, kind, Request(place, lookup), key)).note


def on_lookup(services: Services, kind: Kind, draw: Draw) -> None:
    """Register `draw` for a kind of lookup."""
    on_job(services, kind, partial(_show, services, draw))


async def _show(services: Services, draw: Draw, job: Job) -> None:
    """Answer the asker once, also if something goes wrong here."""
    request = from_payload(job.payload, Lookup)
    place, lookup = request.place, request.body
    once = Once(services.database, services.clock, job.id)
    try:
        drawn = await draw(services, place, lookup)
    except LinkGapError as error:
        drawn = notes.usage_error(str(error))
    except Exception as error:
        await once("trouble", partial(tell, services, place, private_notes.broken(job.id)))
        raise Heard(error) from error
    await once("told", partial(tell, services, place, drawn, replace=lookup.replace))


async def _budget(services: Services, place: Place, _: Lookup) -> Message:
    defaults = await services.channels.defaults(place.team, place.channel)
    payer = Payer(place.user, defaults.site, place.channel)
    found = await services.spending.overview(place.team, payer)
    left = await services.spending.allowances(place.team)
    return money.overview(found, left, services.clock.now())
