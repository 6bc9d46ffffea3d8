"""`linkgap doctor`: what is configured, what each key gives, what is missing and how to mend it."""

import asyncio
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Table

from bot.common.clock import SystemClock
from bot.providers.base import Capability, Vendor
from bot.providers.registry import Registry, discover
from bot.render.money import amount, left
from bot.settings.environment import Settings, load
from bot.settings.modes import exposed
from bot.spending.budget import Rules
from bot.spending.contract_check import check_all
from bot.store.workspace import CLI_TEAM
from bot.wiring import core

_IN_WORDS = {
    Capability.SERP: "search results",
    Capability.KEYWORD_METRICS: "keyword difficulty",
    Capability.PAGE_METRICS: "counts of pages",
    Capability.SITE_METRICS: "counts of sites",
    Capability.REFERRING_DOMAINS: "referring domains",
    Capability.INTERSECT: "prospects in one question",
    Capability.LINKS_BETWEEN: "proof of absence",
    Capability.LINKS: "linking pages",
    Capability.COUNT_HISTORY: "history of counts",
    Capability.LOST: "lost links",
    Capability.BALANCE: "units left",
}


@click.command(name="doctor")
@click.option(
    "--online",
    is_flag=True,
    help="Also ask each vendor for its balance, and whether it still answers as LinkGap reads it "
    "(free calls only).",
)
def command(*, online: bool) -> None:
    """Say what is configured, what each key gives, what is missing and how to fix it."""
    settings = load(Settings)
    registry = discover(settings, SystemClock())
    console = Console()
    console.print(_vendors(registry, settings))
    for line in (*_notices(registry), *_missing(settings, registry), *exposed(settings.db)):
        console.print(line, soft_wrap=True)
    if online:
        asyncio.run(_online(settings, console))


def _vendors(registry: Registry, settings: Settings) -> Table:
    table = Table("Vendor", "State", "An answer takes", "Gives", title="Sources")
    table.title_justify = "left"
    for vendor in registry.vendors:
        table.add_row(vendor.title, "ready", _most(vendor, settings), _gives(vendor.capabilities))
    for absent in registry.not_configured:
        needs = f"set {' and '.join(absent.needs)}"
        table.add_row(absent.title, needs, "", _gives(absent.gives))
    return table


def _most(vendor: Vendor, settings: Settings) -> str:
    """Return what one answer may take there, in units and, where that is known, in money."""
    if vendor.is_local:
        return "nothing"
    units = vendor.run_cap if settings.run_cap is None else settings.run_cap
    price = Rules.of(settings).prices.micro_usd(vendor.name, units)
    return f"at most {amount('', vendor.pool, units, price).replace('  ', ' ').strip()}"


def _gives(capabilities: object) -> str:
    known = list(capabilities) if isinstance(capabilities, (tuple, dict)) else []
    return ", ".join(_IN_WORDS[capability] for capability in known)


def _notices(registry: Registry) -> Iterator[str]:
    """Yield what a vendor wants to be known: an end that is near, what a key does not give."""
    for vendor in registry.vendors:
        yield from vendor.notices


def _missing(settings: Settings, registry: Registry) -> Iterator[str]:
    """Yield what a real answer still lacks, each with its cure."""
    real = [vendor for vendor in registry.vendors if not vendor.sample]
    cures = {
        Capability.SERP: (
            "set a key of a vendor with search results, or name pages with `--vs`; until then "
            "LinkGap answers with sample data, and says so."
        ),
        Capability.REFERRING_DOMAINS: (
            "set a key of a link index, or `linkgap import` your exports."
        ),
    }
    for capability, cure in cures.items():
        if not any(vendor.can(capability) for vendor in real):
            yield f"No source of {_IN_WORDS[capability]}: {cure}"
    yield from _unpriced(settings, real)
    if settings.site is None:
        yield "LINKGAP_SITE is not set: every question has to name its site."
    if settings.slack_bot_token is None:
        yield "SLACK_BOT_TOKEN is not set: no talk with Slack yet (README, “Connect a workspace”)."
    if settings.slack_signing_secret is None and settings.slack_app_token is None:
        yield "SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode) is not set."


def _unpriced(settings: Settings, vendors: list[Vendor]) -> Iterator[str]:
    """Yield the vendors that a cap in money stops, because nobody knows their price."""
    rules = Rules.of(settings)
    if settings.allow_unpriced or not rules.caps_money:
        return
    for vendor in vendors:
        if not vendor.is_local and rules.prices.micro_usd(vendor.name, 1) is None:
            yield (
                f"{vendor.title} has no price in money, so the cap stops it: set LINKGAP_PRICES"
                f"={vendor.name}=… (dollars a unit) or LINKGAP_ALLOW_UNPRICED=yes."
            )


async def _online(settings: Settings, console: Console) -> None:
    async with core(settings) as product:
        for one in await product.spending.allowances(CLI_TEAM):
            works = "" if one.fault else "the key works; "
            console.print(f"{one.title}: {works}{left(one)}", soft_wrap=True)
        vendors = product.registry.vendors
        for checked in await check_all(product.spending, vendors, CLI_TEAM):
            for line in checked.lines:
                console.print(f"{checked.title}, contract: {line}", soft_wrap=True, markup=False)
