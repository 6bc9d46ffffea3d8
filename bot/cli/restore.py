"""`linkgap restore FILE`: puts a backup in place of the database."""

from pathlib import Path

import click

from bot.cli._terminal import say
from bot.common.clock import SystemClock
from bot.settings.environment import Settings, load
from bot.store.restore import restore


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Put a backup in place of the database. Stop the bot first.

    FILE is checked before anything changes, and stays as it is. The present database is renamed
    with its write-ahead log, not deleted.
    """
    database = load(Settings).db
    done = restore(file, database, SystemClock().now())
    say(f"Restored {database} from {file}, checked.")
    if done.aside:
        say(f"What was there is {', '.join(map(str, done.aside))} now. Delete it when all is well.")
    if done.unfinished:
        say(
            f"Unfinished in the backup: {done.unfinished}. They are taken up at the next start, "
            "also those that were answered after the backup."
        )
    say("Start the bot, and look at `linkgap doctor`.")
