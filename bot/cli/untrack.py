"""`linkgap untrack KEYWORD`: stops tracking a keyword; its history is kept."""

import asyncio

import click

from bot.cli._question import described, tracked_here, typed, which_options
from bot.cli._shared import channel_option
from bot.cli._terminal import say
from bot.model.question import QuestionInput
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
    """Stop tracking KEYWORD. Its history is kept."""
    said = typed(keyword, site=site, country=country, language=language)
    ended = asyncio.run(_end(load(Settings), said, channel))
    name = quoted(ended.question.keyword)
    say(f"{name} ({described(ended.question)}) is no longer tracked. Its history is kept.")


async def _end(settings: Settings, said: QuestionInput, channel: str) -> TrackedKeyword:
    async with core(settings) as product:
        keyword = await tracked_here(product, said, team=CLI_TEAM, channel=channel)
        await product.tracking.untrack(keyword)
        return keyword
