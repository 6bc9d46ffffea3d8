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
    """Put a copy of FILE, a backup, in place of the database. Stop the bot first.

    The backup is checked before anything is touched. The present database is not deleted: it is
    renamed, together with its write-ahead log. FILE stays as it is.
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
