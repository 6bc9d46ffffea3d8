"""`linkgap untrack KEYWORD`: track it no longer; its history is kept."""

import asyncio

import click

from bot.cli._shared import Which, channel_option, described, tracked_here, which_options
from bot.model.tracking import TrackedKeyword
from bot.render.tracking.tracked_words import quoted
from bot.settings.environment import Settings, load
from bot.store.workspace import CLI_TEAM
from bot.wiring import core


@click.command("untrack")
@click.argument("keyword")
@which_options
@channel_option
def command(
    *, keyword: str, site: str | None, country: str | None, language: str | None, channel: str
) -> None:
    """Track KEYWORD no longer. Its history is kept, and tracking it again goes on with it."""
    which = Which(keyword, site, country, language)
    ended = asyncio.run(_end(load(Settings), which, channel))
    name = quoted(ended.question.keyword)
    click.echo(f"{name} ({described(ended.question)}) is no longer tracked. Its history is kept.")


async def _end(settings: Settings, which: Which, channel: str) -> TrackedKeyword:
    async with core(settings) as product:
        keyword = await tracked_here(product, which, team=CLI_TEAM, channel=channel)
        await product.tracking.untrack(keyword)
        return keyword
