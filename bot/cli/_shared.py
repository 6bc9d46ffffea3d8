"""Shared by several commands: the person and channel used here, defaults, and points in time."""

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
"""Who the cost counts against, in caps and in the ledger."""
CHANNEL = "cli"
"""The channel that the command line tracks in by default."""

channel_option = click.option(
    "--channel", default=CHANNEL, show_default=True, help="The channel that tracks."
)
team_option = click.option(
    "--team", default=CLI_TEAM, show_default=True, help="The team: its Slack id, or cli."
)


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Parse a point in time into UTC; without an offset it already is UTC."""
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
    help="Take this moment for now, such as 2026-11-30T09:00:00Z; UTC without an offset.",
)


def clock_at(moment: datetime | None) -> Clock:
    """Return the machine's clock, or one fixed at another moment."""
    return FixedClock(moment) if moment else SystemClock()


async def settings_in(product: Core, team: str, channel: str) -> Settings:
    """Return the channel's settings where no site is named."""
    in_team = await product.database.read(lambda db: levels.read(db, product.settings, team))
    return in_team.in_channel(channel)


async def defaults_in(
    product: Core, team: str, channel: str | None
) -> Callable[[str | None], Defaults]:
    """Return a function that gives a channel's defaults for the named site."""
    in_team = await product.database.read(lambda db: levels.read(db, product.settings, team))
    return partial(in_team.defaults, in_team.in_channel(channel))
