"""The only way to the terminal: whatever a page, a vendor or a file says, it cannot steer it.

Every command prints through `Terminal`, `say` or `say_json`; a test holds that. Control characters
of strangers (ESC, OSC, C1, overrides of the writing direction) are left out, and Rich's markup
(`[link=…]`, `[/x]`) is printed as it is written.
"""

import json
from collections.abc import Iterable

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from bot.common.harmless import CONTROLS, harmless


class Terminal(Console):
    """A console without markup, whose texts hold no control characters of their own."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments of a renderable; its styles still become escape codes afterwards."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=harmless(segment.text))


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text as it is, but for what would steer the terminal."""
    click.echo(harmless(text), err=err, nl=nl)


def say_json(value: str) -> None:
    """Print JSON; a control character that JSON allows as it is becomes its escape."""
    click.echo(CONTROLS.sub(lambda found: json.dumps(found[0])[1:-1], value))
