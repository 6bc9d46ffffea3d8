"""What several commands need: who asks, the channel and what holds in it, and moments."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import click

from bot.common.clock import Clock, FixedClock, SystemClock
from bot.model.question import Defaults
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store.workspace import CLI_TEAM
from bot.wiring import Core

PERSON = "command line"
"""Who asks here, for caps and in the ledger."""
CHANNEL = "cli"
"""Where the command line tracks when no other channel is named."""

channel_option = click.option(
    "--channel", default=CHANNEL, show_default=True, help="The channel that tracks it."
)
team_option = click.option(
    "--team", default=CLI_TEAM, show_default=True, help="Look at this team: its Slack id, or cli."
)


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Return a moment in UTC, which is also meant where there is no offset."""
    del ctx, param
    if value is None:
        return None
    try:
        said = datetime.fromisoformat(value.strip())
        moment = (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"“{value[:40]}” is no moment. Write it like 2026-11-30T09:00:00Z; "
            "without an offset it is UTC."
        ) from None
    if not 2000 <= moment.year < 2200:
        raise click.BadParameter(f"“{value[:40]}” is not between the years 2000 and 2200.")
    return moment


as_of_option = click.option(
    "--as-of",
    callback=_moment,
    metavar="ISO-TIME",
    help="As if it were this moment now, such as 2026-11-30T09:00:00Z. Without an offset it is "
    "UTC. Default: now.",
)


def clock_at(moment: datetime | None) -> Clock:
    """Return the machine's time, or the time from another moment on."""
    return FixedClock(moment) if moment else SystemClock()


async def settings_in(product: Core, team: str, channel: str) -> Settings:
    """Return what holds in a channel where nobody names a site."""
    in_team = await product.database.read(lambda db: levels.read(db, product.settings, team))
    return in_team.in_channel(channel)


async def defaults_in(
    product: Core, team: str, channel: str | None
) -> Callable[[str | None], Defaults]:
    """Return what an asker in a channel need not say, by the site that they name."""
    in_team = await product.database.read(lambda db: levels.read(db, product.settings, team))
    return partial(in_team.defaults, in_team.in_channel(channel))
