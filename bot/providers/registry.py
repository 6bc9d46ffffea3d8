"""Finds the installed vendors and builds those that are configured.

Built-in vendors and third-party packages use the same entry point group: each entry in
`linkgap.providers` names a `build(settings, clock) -> Vendor | NotConfigured`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from bot.common.clock import Clock, SystemClock
from bot.common.errors import BadQuestion, ConfigError, NotConnected
from bot.model.prices import vendors_in
from bot.providers.base import Capability, Local, NotConfigured, Remote, Vendor
from bot.settings.environment import Settings, load
from bot.settings.levels import VendorNames

GROUP = "linkgap.providers"
Build = Callable[[Settings, Clock], Vendor | NotConfigured]


@dataclass(frozen=True, slots=True)
class Registry:
    """All installed vendors, in order of preference."""

    vendors: tuple[Vendor, ...]
    not_configured: tuple[NotConfigured, ...]

    @property
    def names(self) -> VendorNames:
        """Return the names that settings may use."""
        connected = frozenset(vendor.name for vendor in self.vendors)
        return VendorNames(
            connected,
            frozenset(one.name for one in self.vendors if one.can(Capability.SERP)),
            connected | {absent.name for absent in self.not_configured},
        )

    def preferring(self, order: Sequence[str]) -> "Registry":
        """Return the same vendors with these first; unknown names are ignored."""
        places = {name: place for place, name in enumerate(order)}
        vendors = sorted(self.vendors, key=lambda one: places.get(one.name, len(places)))
        return Registry(tuple(vendors), self.not_configured)

    def named(self, name: str) -> Vendor:
        """Return a vendor by name; raises a `BadQuestion` that says why it cannot be used."""
        for vendor in self.vendors:
            if vendor.name == name:
                return vendor
        for absent in self.not_configured:
            if absent.name == name:
                needs = " and ".join(absent.needs)
                raise NotConnected(f"{absent.title} is not connected: {needs} is not set.")
        known = ", ".join(vendor.name for vendor in self.vendors) or "none"
        raise BadQuestion(f"I do not know a vendor “{name[:40]}”. Connected: {known}.")


def discover(
    settings: Settings, clock: Clock, entries: Iterable[EntryPoint] | None = None
) -> Registry:
    """Build every installed vendor; raises a `ConfigError` with the faults of all of them.

    The order is that of `LINKGAP_VIA`, then real vendors by name, then sample data.
    """
    vendors: list[Vendor] = []
    absent: list[NotConfigured] = []
    faults: list[str] = []
    for entry in entry_points(group=GROUP) if entries is None else entries:
        build: Build = entry.load()
        try:
            built = build(settings, clock)
        except ConfigError as error:
            faults.extend(error.faults)
            continue
        if isinstance(built, Vendor):
            faults += _untyped(built)
            vendors.append(built)
        else:
            absent.append(built)
    wanted = settings.vendor_order
    faults += _unusable("LINKGAP_VIA", wanted, vendors, absent)
    faults += _unusable("LINKGAP_SERP", filter(None, [settings.serp]), vendors, absent)
    installed = {vendor.name for vendor in vendors} | {one.name for one in absent}
    faults += _unknown(settings, installed)
    if faults:
        raise ConfigError(*faults)

    def preference(vendor: Vendor) -> tuple[int, bool, str]:
        place = wanted.index(vendor.name) if vendor.name in wanted else len(wanted)
        return place, vendor.sample, vendor.name

    return Registry(tuple(sorted(vendors, key=preference)), tuple(sorted(absent, key=_name)))


def load_settings() -> Settings:
    """Read the settings; raises a `ConfigError` with their faults and those of the vendors'."""
    try:
        return load(Settings)
    except ConfigError as error:
        try:
            discover(Settings.model_construct(), SystemClock())
        except ConfigError as theirs:
            raise ConfigError(*error.faults, *theirs.faults) from None
        raise


def _untyped(vendor: Vendor) -> Iterator[str]:
    """Yield a fault for each capability that is neither `Remote` nor `Local`."""
    served: Mapping[Capability, object] = vendor.capabilities  # a third party may pass anything
    for capability, adapter in served.items():
        if not isinstance(adapter, Remote | Local):
            yield f"{vendor.name}: its {capability} is neither a Remote nor a Local of bot.vendor"


def _unusable(
    variable: str,
    wanted: Iterable[str],
    vendors: Sequence[Vendor],
    absent: Sequence[NotConfigured],
) -> Iterator[str]:
    """Yield a fault for each vendor that a variable names but that cannot be asked."""
    ready, needs = {vendor.name for vendor in vendors}, {one.name: one.needs for one in absent}
    for name in wanted:
        if name in needs:
            yield f"{variable} names {name}, but {' and '.join(needs[name])} is not set"
        elif name not in ready:
            yield f"{variable}: no vendor is called {name}"


def _unknown(settings: Settings, known: set[str]) -> Iterator[str]:
    """Yield a fault for each cap or price of a vendor that is not installed."""
    for variable, text in (
        ("LINKGAP_CAP_VENDOR_MONTH", settings.cap_vendor_month),
        ("LINKGAP_PRICES", settings.prices),
    ):
        for name in vendors_in(text):
            if name not in known:
                yield f"{variable}: no vendor is called {name}"


def _name(vendor: NotConfigured) -> str:
    return vendor.name
