"""`/gap budget`: what was spent, how the caps stand and what the vendors say is left."""

from slack_bolt.async_app import AsyncApp

from bot.render import money
from bot.render.slack.message import Message
from bot.store.ledger import Payer
from handlers.lookups import Lookup, on_lookup
from handlers.services import Services

KIND = "budget"


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - commands.py asks
    """Take on the jobs that the doors commit."""
    on_lookup(services, KIND, _overview)


async def _overview(services: Services, lookup: Lookup) -> Message:
    place = lookup.place
    defaults = await services.channels.defaults(place.team, place.channel)
    payer = Payer(place.user, defaults.site, place.channel)
    found = await services.spending.overview(place.team, payer)
    return money.overview(found, await services.spending.allowances(place.team))
