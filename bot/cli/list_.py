"""`linkgap list`: the tracked keywords, their gaps, and when each is read next."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

import click

from bot.cli._shared import channel_option, settings_in, team_option
from bot.cli._terminal import Terminal, say, say_json
from bot.render.report import sentences
from bot.render.tracking.tracked_csv import tracked_csv
from bot.render.tracking.tracked_list import ListRow, tracked_terminal
from bot.render.tracking.tracked_words import quoted
from bot.render.words import Calendar, shown
from bot.settings.environment import Settings, load
from bot.tracking.last_week import how_it_ended
from bot.tracking.schedule import next_weekly
from bot.wiring import core


@dataclass(frozen=True, slots=True)
class _Shown:
    """The tracked keywords, the error of each failed read by keyword id, and further notes."""

    rows: tuple[ListRow, ...]
    faults: dict[str, str]
    notes: tuple[str, ...]
    sample: bool
    calendar: Calendar


@click.command("list")
@channel_option
@team_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/tracking.md).")
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV that `linkgap track --csv` takes.")
def command(*, channel: str, team: str, as_json: bool, as_csv: bool) -> None:
    """List the tracked keywords: gap, last change, next read."""
    if as_json and as_csv:
        raise click.UsageError("Choose --json or --csv, not both.")
    found = asyncio.run(_list(load(Settings), team, channel))
    if as_csv:
        say(tracked_csv(found.rows).decode(), nl=False)
    elif as_json:
        said = {"team": team, "channel": channel, "keywords": [*_json(found)]}
        say_json(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        console = Terminal()
        console.print(tracked_terminal(found.rows, found.calendar))
        for note in found.notes:
            console.print(note, soft_wrap=True)


async def _list(settings: Settings, team: str, channel: str) -> _Shown:
    async with core(settings) as product:
        now = product.clock.now()
        listed = await product.tracking.listed(team, channel)
        channel_settings = await settings_in(product, team, channel)
        moment = next_weekly(now, channel_settings).astimezone(UTC)
        ended = await product.database.read(
            lambda db: how_it_ended(db, team, channel, channel_settings, now)
        )
    sample = any(one.latest.sample for one in listed if one.latest)
    rows = tuple(
        ListRow(
            one.state.tracked,
            one.latest,
            one.gap_change,
            None if one.state.tracked.paused else moment,
        )
        for one in listed
    )
    notes = [
        f"{quoted(one.state.tracked.question.keyword)} could not be read last time. "
        f"{shown(one.state.fault, 300)}"
        for one in listed
        if one.state.fault
    ]
    return _Shown(
        rows,
        {one.state.tracked.id: one.state.fault for one in listed if one.state.fault},
        (*notes, *ended, *([sentences.SAMPLE] if sample else [])),
        sample,
        Calendar(product.clock.now(), ZoneInfo(channel_settings.time_zone)),
    )


def _json(found: _Shown) -> Iterator[dict[str, object]]:
    for row in found.rows:
        question, latest = row.tracked.question, row.latest
        yield {
            "id": row.tracked.id,
            "keyword": question.keyword,
            "site": question.site,
            "market": {
                "country": question.market.country,
                "language": question.market.language,
            },
            "paused": row.tracked.paused,
            "need": latest.needed if latest else None,
            "have": latest.have if latest else None,
            "gap": latest.gap if latest else None,
            "gap_change": row.gap_change,
            "position": latest.position if latest else None,
            "page": latest.page if latest else question.page,
            "read_at": latest.taken_at.isoformat() if latest else None,
            "next_digest": row.next_run.isoformat() if row.next_run else None,
            "fault": found.faults.get(row.tracked.id),
        }
