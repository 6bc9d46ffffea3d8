"""`linkgap spend`: what was spent, by vendor, site or person, and how full the caps are."""

import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta

import click
from rich.table import Table

from bot.cli._terminal import Terminal, say
from bot.common.clock import SystemClock
from bot.model.costs import Overview, Spent
from bot.render.csv_file import safe_cell
from bot.render.money import UNKNOWN_WHO, spent_since, standing
from bot.render.words import Calendar, micro_dollars
from bot.settings.environment import Settings, load
from bot.wiring import core

_COLUMNS = ("vendor", "pool", "requests", "from_cache", "units", "worst_case_units", "usd")
_CHOICES = ("vendor", "site", "person")


@click.command("spend")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day, YYYY-MM-DD in UTC. Default: the first of this month.",
)
@click.option(
    "--by", type=click.Choice(_CHOICES), default="vendor", help="Add up by. Default: vendor."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def command(*, since: datetime | None, by: str, as_csv: bool) -> None:
    """Show what was spent in Slack and here, and how the caps stand.

    Nothing is sent; `linkgap doctor --online` asks the vendors what is left.
    """
    settings = load(Settings)
    found = asyncio.run(_overview(settings, since and since.replace(tzinfo=UTC)))
    now = SystemClock().now()
    calendar, kept_since = Calendar(now), now - timedelta(days=settings.keep_spend_days)
    if since and since.replace(tzinfo=UTC) < kept_since:
        say(
            f"What was spent before {calendar.day(kept_since)} may be missing: `linkgap serve` "
            f"deletes it after {settings.keep_spend_days} days (LINKGAP_KEEP_SPEND_DAYS).",
            err=True,
        )
    lines = {"vendor": found.by_vendor, "site": found.by_site, "person": found.by_person}[by]
    if as_csv:
        say(_csv(lines, by), nl=False)
        return
    console = Terminal()
    console.print(_table(lines, by, spent_since(found, calendar)))
    if not found.caps:
        console.print("No cap above the single run is set.")
    for cap in found.caps:
        whose = f"{cap.of} " if cap.cap.startswith("person") else ""
        console.print(f"Cap of {whose}{standing(cap)}.", soft_wrap=True)


async def _overview(settings: Settings, since: datetime | None) -> Overview:
    async with core(settings) as product:
        return await product.spending.overview(None, since=since)


def _cells(line: Spent, by: str) -> list[str | int]:
    who = [] if by == "vendor" else [line.who or ""]
    usd = "" if line.micro_usd is None else f"{line.micro_usd / 1_000_000:.6f}"
    counts = (line.requests, line.cached, line.units, line.estimated)
    return [*who, line.vendor, line.pool, *counts, usd]


def _csv(lines: tuple[Spent, ...], by: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(([] if by == "vendor" else [by]) + list(_COLUMNS))
    writer.writerows([safe_cell(cell) for cell in _cells(line, by)] for line in lines)
    return out.getvalue()


def _table(lines: tuple[Spent, ...], by: str, title: str) -> Table:
    table = Table(title=title, title_justify="left")
    if by != "vendor":
        table.add_column(by.capitalize())
    for name in ("Vendor", "Pool"):
        table.add_column(name)
    for name in ("Requests", "From cache", "Units", "Worst case", "Dollars"):
        table.add_column(name, justify="right")
    for line in lines:
        who = [] if by == "vendor" else [line.who or UNKNOWN_WHO]
        numbers = (line.requests, line.cached, line.units, line.estimated)
        money = "unknown" if line.micro_usd is None else micro_dollars(line.micro_usd)
        table.add_row(*who, line.vendor, line.pool, *(f"{one:,}" for one in numbers), money)
    return table
