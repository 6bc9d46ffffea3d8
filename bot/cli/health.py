"""`linkgap health`: does the bot on this machine do its work? For monitors, in both modes."""

import click

from bot.cli._terminal import say
from bot.common.clock import SystemClock
from bot.settings.environment import Settings, load
from bot.store import sign_of_life


@click.command("health")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Say whether `linkgap serve` works; exit with 0 or 1.

    The running bot writes its state every 15 seconds to a file beside LINKGAP_DB. This command
    reads that file, so it also works in Socket Mode, where no port is open.
    """
    database = load(Settings).db
    sign = sign_of_life.last(database)
    if sign is None:
        place = sign_of_life.place(database)
        fault: str | None = f"No bot runs on {database}: there is no sign of life at {place}."
    elif (silent := SystemClock().now() - sign.at) > sign_of_life.STALE:
        fault = (
            f"The last sign of life is {silent.total_seconds():,.0f} seconds old: the bot hangs, "
            "was killed, or cannot write beside its database. Look at its log, then start it again."
        )
    else:
        fault = sign.fault
    say(fault or "ok")
    ctx.exit(1 if fault else 0)
