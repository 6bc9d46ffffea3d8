"""`linkgap doctor`: checks whether everything is set up right, and names the fixes."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import chain

import click
from rich.table import Table
from rich.text import Text

from bot.cli._doctor import files, names, slack, vendors
from bot.cli._doctor.diagnosis import Diagnosis, Grade, wrong
from bot.cli._terminal import Terminal, say_json
from bot.common.clock import SystemClock
from bot.providers.base import Capability, Vendor
from bot.providers.client import vendor_client
from bot.providers.registry import Registry, discover, load_settings
from bot.render.money import amount
from bot.settings.environment import Settings
from bot.settings.modes import ENV_FILE
from bot.spending.budget import Rules
from bot.store.inspection import inspect
from bot.wiring import core

_STYLES = {Grade.GOOD: "green", Grade.NOTE: "", Grade.WRONG: "bold red"}
_IN_WORDS = {
    Capability.SERP: "search results",
    Capability.KEYWORD_METRICS: "difficulty and volume",
    Capability.PAGE_METRICS: "links to pages",
    Capability.SITE_METRICS: "authority of sites",
    Capability.REFERRING_DOMAINS: "who links",
    Capability.INTERSECT: "who links to several",
    Capability.LINKS_BETWEEN: "who links to us",
    Capability.LINKS: "single links",
    Capability.COUNT_HISTORY: "history of counts",
    Capability.LOST: "lost links",
    Capability.BALANCE: "units left",
}


@click.command(name="doctor")
@click.option(
    "--online",
    is_flag=True,
    help="Also ask Slack whether it accepts the tokens, and each vendor for its balance and "
    "whether it still answers as LinkGap reads it (free calls only).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def command(ctx: click.Context, *, online: bool, as_json: bool) -> None:
    """Check the configuration, the keys and the database.

    Exit code: 0 if nothing is wrong (what is missing is a note), 1 if something is, 3 if a setting
    cannot be read.
    """
    settings = load_settings()
    registry = discover(settings, SystemClock())
    file = inspect(settings.db)
    found = list(
        chain(
            files.database(file),
            files.env_file(ENV_FILE),
            names.unread(ENV_FILE),
            slack.tokens(settings),
            vendors.lacking(settings, registry, file),
        )
    )
    if online:
        found += asyncio.run(_online(settings, found))
    if as_json:
        say_json(json.dumps(_json(registry, found), indent=2, ensure_ascii=False))
    else:
        _print(registry, settings, found)
    if any(one.grade is Grade.WRONG for one in found):
        ctx.exit(1)


async def _online(settings: Settings, found: Iterable[Diagnosis]) -> list[Diagnosis]:
    """Ask Slack and the vendors; vendors only if the database can record the requests."""
    await vendor_client().aclose()  # a proxy that is none stops Slack's client as well
    said = await slack.online(settings, SystemClock())
    if any(one.subject == files.DATABASE and one.grade is Grade.WRONG for one in found):
        cure = "Each request is written down first: mend the database, then ask again."
        return [*said, wrong("Sources", f"No vendor was asked. {cure}")]
    async with core(settings) as product:
        return [*said, *await vendors.online(product.spending, product.registry)]


def _print(registry: Registry, settings: Settings, found: Iterable[Diagnosis]) -> None:
    terminal = Terminal()
    table = Table("Vendor", "An answer takes", "Gives", title="Connected", title_justify="left")
    for vendor in registry.vendors:
        gives = ", ".join(_IN_WORDS[capability] for capability in vendor.capabilities)
        table.add_row(vendor.title, _most(vendor, settings), gives)
    terminal.print(table)
    for absent in registry.not_configured:
        # People copy the variables' names from here, so no table column may cut them off.
        terminal.print(f"{absent.title}: set {' and '.join(absent.needs)}", soft_wrap=True)
    for one in found:
        mark = (f"{one.grade:<6}", _STYLES[one.grade])
        terminal.print(Text.assemble(mark, f"{one.subject}: {one.says}"), soft_wrap=True)


def _most(vendor: Vendor, settings: Settings) -> str:
    """Return the most that one answer may cost there: in units and, if known, in money."""
    if vendor.is_local:
        return "nothing"
    units = vendor.run_cap if settings.run_cap is None else settings.run_cap
    price = Rules.of(settings).prices.micro_usd(vendor.name, units)
    return f"at most {amount('', vendor.pool, units, price).replace('  ', ' ').strip()}"


def _json(registry: Registry, found: Iterable[Diagnosis]) -> dict[str, object]:
    return {
        "findings": [asdict(one) for one in found],
        "vendors": [
            *({"name": one.name, "title": one.title, "ready": True} for one in registry.vendors),
            *(
                {"name": one.name, "title": one.title, "ready": False, "needs": one.needs}
                for one in registry.not_configured
            ),
        ],
    }
