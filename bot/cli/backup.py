"""`linkgap backup FILE`: a checked copy of the database while the bot runs."""

from pathlib import Path

import click

from bot.cli._terminal import say
from bot.settings.environment import Settings, load
from bot.store.backup import backup


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Copy the database to FILE, which must not exist yet.

    The bot may go on working meanwhile. The copy holds all that the bot knows (reports, links,
    spend, waiting jobs): keep it as safe as the original.
    """
    source = load(Settings).db
    size = backup(source, file)
    say(f"Copied {source} to {file}: {size / 1e6:,.1f} MB, checked.")
