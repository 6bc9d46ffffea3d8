"""Which vendors are connected, what a real answer still lacks, and the vendors' own notices."""

from collections.abc import Iterator

from bot.cli._doctor.diagnosis import Diagnosis, good, note, wrong
from bot.providers.base import Capability, Vendor
from bot.providers.registry import Registry
from bot.render.money import left
from bot.settings.environment import Settings
from bot.spending.budget import Rules
from bot.spending.contract_check import check_all
from bot.spending.overview import Spending
from bot.store.workspace import CLI_TEAM

_COUNTING = (Capability.PAGE_METRICS, Capability.REFERRING_DOMAINS)


def lacking(settings: Settings, registry: Registry, *, has_imports: bool) -> Iterator[Diagnosis]:
    """Yield what a real answer still lacks, and the vendors that a setting blocks.

    `has_imports`: the user's own files can count links, besides the vendors.
    """
    real = [vendor for vendor in registry.vendors if not vendor.sample]
    for vendor in registry.vendors:
        yield from (note(vendor.title, notice) for notice in vendor.notices)
    searches = any(vendor.can(Capability.SERP) for vendor in real)
    asked = [vendor for vendor in real if not vendor.is_local]
    counts = has_imports or any(vendor.can(one) for vendor in asked for one in _COUNTING)
    connect = "set a key of a link index, or `linkgap import` your exports."
    if searches and not counts:
        yield wrong(
            "Sources",
            f"There are search results but nothing that counts links: {connect} Until then every "
            "answer names who ranks and leaves the number unknown.",
        )
    elif not counts:
        yield note("Sources", f"No source of who links: {connect}")
    if not searches:
        yield note(
            "Sources",
            "No source of search results: set a key of a vendor with search results, or name "
            "pages with `--vs`; until then LinkGap answers with sample data, and says so.",
        )
    yield from _unpriced(settings, real)
    if settings.site is None:
        yield note("Settings", "LINKGAP_SITE is not set: every question has to name its site.")


async def online(spending: Spending, registry: Registry) -> list[Diagnosis]:
    """Check with free calls whether each key works, what is left, and if the contracts hold."""
    found = []
    for one in await spending.allowances(CLI_TEAM):
        works = "" if one.fault else "the key works; "
        found.append((wrong if one.fault else good)(one.title, f"{works}{left(one)}"))
    for checked in await check_all(spending, registry.vendors, CLI_TEAM):
        for line, fits in checked.lines:
            found.append((good if fits else wrong)(f"{checked.title}, contract", line))
    found += [
        note(vendor.title, "It has no free call: only an answer shows whether the key works.")
        for vendor in registry.vendors
        if not vendor.is_local and vendor.contract is None and not vendor.can(Capability.BALANCE)
    ]
    return found


def _unpriced(settings: Settings, vendors: list[Vendor]) -> Iterator[Diagnosis]:
    """Yield the vendors that a cap in dollars blocks because their price is unknown."""
    rules = Rules.of(settings)
    if settings.allow_unpriced or not rules.caps_money:
        return
    for vendor in vendors:
        if not vendor.is_local and rules.prices.micro_usd(vendor.name, 1) is None:
            yield wrong(
                vendor.title,
                "It has no price in money, so the cap stops it: set LINKGAP_PRICES"
                f"={vendor.name}=… (dollars a unit) or LINKGAP_ALLOW_UNPRICED=yes.",
            )
