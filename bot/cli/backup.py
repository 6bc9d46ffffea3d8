"""`linkgap backup FILE`: a checked copy of the database while the bot runs."""

from pathlib import Path

import click

from bot.cli._terminal import say
from bot.settings.environment import Settings, load
from bot.store.backup import backup
from bot.store.old_backups import delete_older, shape_of


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Then delete older backups in the same folder whose names differ from FILE only in "
    "their numbers, until N are left. Only files that `linkgap backup` made are deleted.",
)
def command(*, file: Path, keep: int | None) -> None:
    """Copy the database to a new FILE.

    The bot may keep running. The copy holds everything that the bot knows (reports, links, spend,
    waiting jobs): keep it as safe as the original. `linkgap restore` puts it back.
    """
    if keep is not None:
        shape_of(file.name)
    source = load(Settings).db
    size = backup(source, file)
    say(f"Copied {source} to {file}: {size / 1e6:,.1f} MB, checked.")
    for old in delete_older(file, keep) if keep is not None else ():
        say(f"Deleted the older {old}.")
