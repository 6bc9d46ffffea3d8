"""The command line: each file here is one command of `linkgap`, unless its name begins with `_`."""

import sqlite3
from difflib import get_close_matches
from errno import EDQUOT, ENOSPC, EROFS
from importlib import import_module
from pkgutil import iter_modules

import click

from bot.cli._terminal import say
from bot.common.errors import ConfigError, LinkGapError
from bot.common.logs import tidy_warnings
from bot.store.faults import cure

EXIT_CODES = """
Exit codes: 0 an answer, also a partial one · 1 something failed · 2 the question or an option
cannot be read · 3 the installation is not set up for this · 4 no answer: nothing could be read.
"""


_HELP = ["-h", "--help"]


class _Commands(click.Group):
    """Imports only the file of the command that is called, and prints errors as sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names; a file whose name would clash with Python's ends in `_`."""
        del ctx
        names = (module.name for module in iter_modules(__path__))
        return sorted(name.rstrip("_") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        for module in iter_modules(__path__):
            if module.name.rstrip("_") == cmd_name and not cmd_name.startswith("_"):
                found: click.Command = import_module(f"{__name__}.{module.name}").command
                # Each has them of its own: Click keeps those of whoever asks a command first.
                found.context_settings.setdefault("help_option_names", _HELP)
                return found
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; of a name that does not exist, the nearest one is told."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near:
                raise
            told = f"{error.message} Did you mean `linkgap {near[0]}`?"
            raise click.UsageError(told, ctx) from error

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        tidy_warnings()
        try:
            return super().invoke(ctx)
        except LinkGapError as error:
            say(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except sqlite3.DatabaseError as error:
            # Whatever reads or writes the file tells this: it is for its owner to mend.
            say(f"Error: LINKGAP_DB: {error}. {cure(error)}", err=True)
            ctx.exit(ConfigError.exit_code)
        except OSError as error:
            if error.errno not in (ENOSPC, EDQUOT, EROFS):
                raise
            say(f"Error: {error}. Make room there, or name another place.", err=True)
            ctx.exit(ConfigError.exit_code)


@click.group(
    cls=_Commands,
    epilog=EXIT_CODES,
    context_settings={"max_content_width": 100, "help_option_names": _HELP},
)
@click.version_option(package_name="linkgap", prog_name="linkgap")
def main() -> None:
    """Say how many links it takes to rank top 3, and who can give them to you."""
