"""The command line: every file here that has a `command` is one command of `linkgap`."""

from importlib import import_module
from pkgutil import iter_modules

import click

from bot.analysis import NothingToSay
from bot.errors import BadQuestion, ConfigError, LinkGapError

EXIT_CODES = """
Exit codes: 0 an answer, also a partial one · 1 something failed · 2 the question or an option
cannot be read · 3 the installation is not set up for this · 4 no answer: nothing could be read.
"""
EXIT_FAILED = 1
_EXITS: dict[type[LinkGapError], int] = {BadQuestion: 2, ConfigError: 3, NothingToSay: 4}


class _Commands(click.Group):
    """Turns the errors of the house into sentences and exit codes, for all commands alike."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except LinkGapError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(_EXITS.get(type(error), EXIT_FAILED))


@click.group(cls=_Commands, epilog=EXIT_CODES, context_settings={"max_content_width": 100})
@click.version_option(package_name="linkgap", prog_name="linkgap")
def main() -> None:
    """Say how many links it takes to rank top 3, and who can give them to you."""


for _module in sorted(info.name for info in iter_modules(__path__)):
    main.add_command(import_module(f"{__name__}.{_module}").command)
