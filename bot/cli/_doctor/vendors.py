"""Which vendors are connected, what a real answer still lacks, and the vendors' own notices."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.cli._doctor.diagnosis import Diagnosis, good, note, wrong
from bot.planning.vendors import is_witness
from bot.providers.base import Capability, Vendor
from bot.providers.registry import Registry
from bot.render.money import left
from bot.settings.catalogue import Level
from bot.settings.environment import Settings
from bot.settings.levels import effective
from bot.spending.budget import Rules
from bot.spending.contract_check import check_all
from bot.spending.overview import Spending
from bot.store.inspection import FileState
from bot.store.workspace import CLI_TEAM

_SEARCHES = (
    "set a key of a vendor with search results, or name the ranking pages with `vs:` (`--vs`)."
)
_FREE_START = (
    "without any key for links, `linkgap index sync --watch yours.com --watch rival.com` makes a "
    'link index from Common Crawl (needs `pip install "linkgap[index]"`; docs/open-index.md says '
    "how large it is). For the pages to compare with, name them with `--vs`, or search with a "
    "SearXNG of your own (LINKGAP_SEARXNG_URL, free) or with Brave (LINKGAP_BRAVE_API_KEY)."
)
_COUNTING = (Capability.PAGE_METRICS, Capability.REFERRING_DOMAINS)


def lacking(settings: Settings, registry: Registry, file: FileState) -> Iterator[Diagnosis]:
    """Yield what a real answer still lacks, and the vendors that a setting blocks.

    The file knows whether the user's own exports count links besides the vendors, and what was set
    with `/gap settings` or `linkgap settings`.
    """
    real = [vendor for vendor in registry.vendors if not vendor.sample]
    for vendor in registry.vendors:
        yield from (note(vendor.title, notice) for notice in vendor.notices)
    searches = any(vendor.can(Capability.SERP) for vendor in real)
    asked = [vendor for vendor in real if not vendor.is_local or is_witness(vendor)]
    counts = file.has_imports or any(vendor.can(one) for vendor in asked for one in _COUNTING)
    if not any(vendor.can(one) for vendor in asked for one in _COUNTING):
        yield note("Free start", _FREE_START)
    connect = "set a key of a link index, or `linkgap import` your exports."
    if searches and not counts:
        yield wrong(
            "Sources",
            f"There are search results but nothing that counts links: {connect} Until then every "
            "answer names who ranks and leaves the number unknown.",
        )
    elif not counts:
        yield note("Sources", f"No source of who links: {connect}")
    if not searches and any(vendor.can(Capability.REFERRING_DOMAINS) for vendor in asked):
        yield wrong(
            "Sources",
            f"No source of search results: {_SEARCHES} Until then a question that names no pages "
            "is refused.",
        )
    elif not searches:
        yield note(
            "Sources",
            f"No source of search results: {_SEARCHES} Until then LinkGap answers a question that "
            "names no pages with sample data, and says so.",
        )
    yield from _unpriced([settings, *_stored(settings, file)], real)
    if settings.site is None:
        yield note(
            "Settings",
            "LINKGAP_SITE is not set: a question that names no site, where no other setting does, "
            "is answered without your links and the gap.",
        )


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


def _stored(settings: Settings, file: FileState) -> Iterator[Settings]:
    """Yield the settings in effect in each place where something was set."""
    for preferences in file.preferences.values():
        values = defaultdict[tuple[str, str], dict[str, str]](dict)
        for one in preferences:
            values[one.level, one.of][one.name] = one.value
        whole = values.pop((Level.TEAM, ""), {})
        yield effective(settings, whole)
        for (level, _), own in values.items():
            site, channel = (own, None) if level == Level.SITE else (None, own)
            yield effective(settings, whole, site, channel)


def _unpriced(places: Iterable[Settings], vendors: Iterable[Vendor]) -> Iterator[Diagnosis]:
    """Yield the vendors that a cap in dollars stops somewhere because their price is unknown."""
    held = [Rules.of(one) for one in places]
    for vendor in vendors:
        if not vendor.is_local and any(_stops(rules, vendor.name) for rules in held):
            yield wrong(
                vendor.title,
                "It has no price in money, so a cap in dollars stops it: set LINKGAP_PRICES"
                f"={vendor.name}=… (dollars a unit) or LINKGAP_ALLOW_UNPRICED=yes.",
            )


def _stops(rules: Rules, vendor: str) -> bool:
    own = rules.vendor_month.get(vendor)
    capped = rules.caps_money or (own is not None and own.money)
    priced = rules.prices.micro_usd(vendor, 1) is not None
    return capped and not priced and not rules.allow_unpriced
