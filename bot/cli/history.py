"""`linkgap history KEYWORD`: every read of a tracked keyword, as a table or as JSON."""

import asyncio
import json
from zoneinfo import ZoneInfo

import click

from bot.cli._question import tracked_here, typed, which_options
from bot.cli._shared import channel_option, settings_in, team_option
from bot.cli._terminal import Terminal, say, say_json
from bot.model.question import QuestionInput
from bot.model.tracking import Snapshot, TrackedKeyword
from bot.render.report import sentences
from bot.render.tracking.history import history_terminal
from bot.render.words import Calendar
from bot.settings.environment import Settings, load
from bot.wiring import core


@click.command("history")
@click.argument("keyword")
@which_options
@channel_option
@team_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/tracking.md).")
def command(
    *,
    keyword: str,
    site: str | None,
    country: str | None,
    language: str | None,
    channel: str,
    team: str,
    as_json: bool,
) -> None:
    """Show KEYWORD over time: its last 60 reads. Costs nothing."""
    said = typed(keyword, site=site, country=country, language=language)
    found, snapshots, calendar = asyncio.run(_history(load(Settings), said, team, channel))
    if as_json:
        say_json(json.dumps(_json(found, snapshots), indent=2, ensure_ascii=False))
        return
    Terminal().print(history_terminal(found, snapshots, calendar))
    if any(one.sample for one in snapshots):
        say(sentences.SAMPLE)


async def _history(
    settings: Settings, said: QuestionInput, team: str, channel: str
) -> tuple[TrackedKeyword, tuple[Snapshot, ...], Calendar]:
    async with core(settings) as product:
        keyword = await tracked_here(product, said, team=team, channel=channel)
        zone = ZoneInfo((await settings_in(product, team, channel)).time_zone)
        calendar = Calendar(product.clock.now(), zone)
        return keyword, await product.tracking.history(keyword), calendar


def _json(keyword: TrackedKeyword, snapshots: tuple[Snapshot, ...]) -> dict[str, object]:
    question = keyword.question
    return {
        "keyword": question.keyword,
        "site": question.site,
        "market": {"country": question.market.country, "language": question.market.language},
        "snapshots": [_snapshot(one) for one in snapshots],
    }


def _snapshot(one: Snapshot) -> dict[str, object]:
    competitors = [
        {
            "url": competitor.url,
            "domain": competitor.domain,
            "referring_domains": competitor.referring_domains,
        }
        for competitor in one.competitors
    ]
    return {
        "taken_at": one.taken_at.isoformat(),
        "need": one.needed,
        "have": one.have,
        "gap": one.gap,
        "position": one.position,
        "page": one.page,
        "index": one.index,
        "competitors": competitors,
        "rivals": competitors,  # its old name, for one release
    }
