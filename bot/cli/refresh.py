"""`linkgap refresh`: reads the tracked keywords that are due, as the Slack bot does by itself."""

import asyncio
import json
from contextlib import suppress
from datetime import datetime

import click
from pydantic import TypeAdapter

from bot.cli._reading import NothingRead, Read, print_read, read_now, tell_price
from bot.cli._shared import as_of_option, channel_option, clock_at
from bot.cli._terminal import say, say_json
from bot.common.errors import BadQuestion
from bot.model.question import read_words
from bot.model.report import CostLine
from bot.model.tracking import TrackedKeyword
from bot.render.words import counted
from bot.settings.environment import Settings, load
from bot.store.workspace import CLI_TEAM
from bot.tracking.refresh import Outcome
from bot.tracking.which import fitting
from bot.wiring import Core, core

_COST = TypeAdapter(tuple[CostLine, ...])


@click.command("refresh")
@click.option(
    "--due/--all",
    default=True,
    help="Read what was not read for six days (the default), or everything now. What is paused "
    "is not read.",
)
@click.option("--keyword", help="Only this keyword, of any site.")
@channel_option
@as_of_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/tracking.md).")
def command(
    *, due: bool, keyword: str | None, channel: str, as_of: datetime | None, as_json: bool
) -> None:
    """Read the tracked keywords that are due.

    Reads who ranks, the counts and who began to link, and prints what was found. It never asks
    back, so a timer can run it: the price goes to stderr first, and every cap holds. `linkgap
    digest` then shows what changed.

    Exit code: 0 if something was read or nothing was due, 4 if nothing could be read.
    """
    read = asyncio.run(_refresh(load(Settings), channel, keyword, as_of, due=due))
    if as_json:
        say_json(json.dumps(_json(read, channel), indent=2, ensure_ascii=False))
    elif read.outcomes:
        print_read(read)
    else:
        say("Nothing is due. `linkgap list` shows what is tracked, --all reads it now.")
    if read.outcomes and not read.found:
        raise NothingRead(f"None of {counted(len(read.outcomes), 'keyword')} could be read.")


async def _refresh(
    settings: Settings, channel: str, keyword: str | None, as_of: datetime | None, *, due: bool
) -> Read:
    async with core(settings, clock_at(as_of)) as product:
        chosen = await _chosen(product, channel, keyword, due=due)
        if not chosen:
            return Read()
        with suppress(BadQuestion):  # a vendor is gone; each of its keywords reports it
            questions = [one.question for one in chosen]
            tell_price(await product.spending.week(questions, CLI_TEAM, channel))
        return await read_now(product, chosen, channel)


async def _chosen(
    product: Core, channel: str, keyword: str | None, *, due: bool
) -> list[TrackedKeyword]:
    here = await product.tracking.following(CLI_TEAM, channel)
    wanted = list(here) if keyword is None else fitting(read_words(keyword), here)
    if keyword is not None and not wanted:
        raise BadQuestion(f"“{keyword[:60]}” is not tracked in {channel}. See `linkgap list`.")
    if not due:
        return [one for one in wanted if not one.paused]
    waiting = {one.id for one in await product.tracking.due(CLI_TEAM, channel)}
    return [one for one in wanted if one.id in waiting]


def _json(read: Read, channel: str) -> dict[str, object]:
    return {
        "channel": channel,
        "keywords": [_outcome(one) for one in read.outcomes],
        "cost": _COST.dump_python(read.cost, mode="json"),
        "sample": read.sample,
    }


def _outcome(one: Outcome) -> dict[str, object]:
    now = one.snapshot
    return {
        "keyword": one.tracked.question.keyword,
        "site": one.tracked.question.site,
        "need": now.needed if now else None,
        "have": now.have if now else None,
        "gap": now.gap if now else None,
        "position": now.position if now else None,
        "page": now.page if now else None,
        "taken_at": now.taken_at.isoformat() if now else None,
        "fault": one.fault,
    }
