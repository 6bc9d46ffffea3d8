"""The settings in effect for a team, a site and a channel: environment < team < site < channel.

There is one list of settings (`bot.settings.catalogue`), one validation
(`bot.settings.environment`), one reader and writer of stored values (`bot.settings.overrides`), and
one place that combines them (`TeamSettings`). What somebody writes in a command overrides all.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

import sqlite_utils
from pydantic import ValidationError

from bot.common.errors import BadSetting
from bot.model.prices import vendors_in
from bot.model.question import Defaults
from bot.settings.catalogue import BY_NAME, SETTINGS, Level, Setting
from bot.settings.environment import RENAMED, Settings
from bot.settings.overrides import (
    Overrides,
    Place,
    Values,
    ended,
    overrides_of,
    refuse_too_long,
)
from bot.settings.values import parts, read_domains

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VendorNames:
    """The vendors that a setting may name.

    `connected` have a key and can be asked, `searching` are those of them that have search results,
    `installed` includes those without a key.
    """

    connected: frozenset[str]
    searching: frozenset[str]
    installed: frozenset[str]


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """A setting with its effective value, and the levels that the value comes from, nearest first.

    Only a blocklist comes from several levels. `is_default`: no level sets it.
    """

    setting: Setting
    value: str
    levels: tuple[Level, ...]
    is_default: bool

    @property
    def level(self) -> Level:
        """Return the nearest level that sets the value."""
        return self.levels[0]


def effective(
    settings: Settings, team: Values, site: Values | None = None, channel: Values | None = None
) -> Settings:
    """Return the settings with the values of each level applied over the level before.

    Blocklists add up: a domain blocked at one level cannot be unblocked at another. A stored value
    that this version does not accept is ignored.
    """
    found = settings.model_copy()
    for values in (team, site or {}, channel or {}):
        for name, text in values.items():
            if name not in Settings.model_fields or name not in BY_NAME:
                continue
            if name == "blocklist":
                # Not validated again: it may be long, and it was validated when it was saved.
                text = ",".join(filter(None, (found.blocklist, text)))  # noqa: PLW2901
                found = found.model_copy(update={"blocklist": text})
                continue
            try:
                setattr(found, name, text)
            except ValidationError:
                log.warning("a stored value of %s is not taken any more and was left out", name)
    return found


@dataclass(frozen=True, slots=True)
class TeamSettings:
    """The settings in effect anywhere in a team. Commands, runs, reads and digests all use this."""

    base: Settings
    overrides: Overrides = field(default_factory=Overrides)

    def at(self, site: str | None, channel: str | None) -> Settings:
        """Return the settings for a question about a site (None: no site), asked in a channel."""
        return effective(
            self.base,
            self.overrides.team,
            self._of_site(site),
            self._of_channel(channel),
        )

    def in_channel(self, channel: str | None) -> Settings:
        """Return the settings in a channel where no site is named: its default site applies."""
        return self.at(self.at(None, channel).site, channel)

    def defaults(self, in_place: Settings, site: str | None = None) -> Defaults:
        """Return the defaults for a question, from the settings of its channel (`in_channel`).

        A named site brings its own market, if it has one.
        """
        own = self._of_site(site)
        return Defaults(
            own.get("country", in_place.country),
            own.get("lang", in_place.lang),
            site or in_place.site,
        )

    def aliases(self, site: str | None) -> tuple[str, ...]:
        """Return a site's other domains."""
        return parts(self._of_site(site).get("aliases", ""))

    def own_domains(self, site: str) -> frozenset[str]:
        """Return all domains of a site: its main one and its aliases."""
        return frozenset((site, *self.aliases(site)))

    def explain(self, site: str | None, channel: str | None) -> Iterator[EffectiveValue]:
        """Yield every setting with its value and levels; `site` None means the channel's own."""
        site = site or self.in_channel(channel).site
        found = self.at(site, channel)
        said = (
            (Level.CHANNEL, self._of_channel(channel)),
            (Level.SITE, self._of_site(site)),
            (Level.TEAM, self.overrides.team),
        )
        for setting in SETTINGS:
            levels = [level for level, values in said if setting.name in values]
            if not levels or (setting.name == "blocklist" and self.base.blocklist):
                levels.append(Level.ENVIRONMENT)
            if setting.name != "blocklist":
                del levels[1:]
            unset = levels == [Level.ENVIRONMENT] and setting.name not in self.base.model_fields_set
            value = ",".join(self.aliases(site)) if setting.name == "aliases" else None
            if value is None:
                value = as_text(getattr(found, setting.name))
            yield EffectiveValue(setting, value, tuple(levels), unset)

    def _of_site(self, site: str | None) -> Values:
        return self.overrides.sites.get(site, {}) if site else {}

    def _of_channel(self, channel: str | None) -> Values:
        return self.overrides.channels.get(channel, {}) if channel else {}


def read(db: sqlite_utils.Database, base: Settings, team: str) -> TeamSettings:
    """Return a team's settings, as stored now."""
    return TeamSettings(base, overrides_of(db, team))


def as_text(value: object) -> str:
    """Return a value as it would be typed; None becomes an empty text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def checked(
    settings: Settings, place: Place, values: Mapping[str, str], vendors: VendorNames
) -> dict[str, str | None]:
    """Return values as they are stored; None means that the level above applies again.

    Raises `BadSetting` with all errors by name.
    """
    found: dict[str, str | None] = {}
    faults: dict[str, str] = {}
    for name, text in by_new_names(values).items():
        try:
            found[name] = _checked(settings, place, name, text.strip(), vendors)
        except BadSetting as fault:
            faults |= fault.faults
    if faults:
        raise BadSetting(faults)
    return found


def by_new_names(values: Mapping[str, str]) -> dict[str, str]:
    """Return values under the current names; if both names are given, the new one wins."""
    renamed = {RENAMED[name]: text for name, text in values.items() if name in RENAMED}
    return renamed | {name: text for name, text in values.items() if name not in RENAMED}


def _checked(
    settings: Settings, place: Place, name: str, text: str, vendors: VendorNames
) -> str | None:
    setting = BY_NAME.get(name)
    if setting is None:
        near = get_close_matches(name, BY_NAME, n=1, cutoff=0.8)
        instead = f"the nearest is {near[0]}." if near else f"choose from {', '.join(BY_NAME)}."
        raise BadSetting({name: f"No setting has that name; {instead}"})
    if place.level not in setting.levels:
        levels = " or ".join(setting.levels)
        raise BadSetting({name: f"It can be set for a {levels}, not for a {place.level}."})
    if not text:
        return None
    value = _valid(settings, name, text)
    for vendor, known, what in _named_vendors(name, value, vendors):
        if vendor not in known:
            raise BadSetting({name: f"No {what} vendor is called {vendor}: {listed(known)}."})
    return value


def listed(known: Collection[str]) -> str:
    """Return the names that may be chosen, as a clause for an error."""
    return f"choose from {', '.join(sorted(known))}" if known else "none is there"


def _named_vendors(
    name: str, value: str, vendors: VendorNames
) -> Iterator[tuple[str, Collection[str], str]]:
    if name == "via":
        yield from ((vendor, vendors.connected, "connected") for vendor in parts(value))
    elif name == "serp":
        yield value, vendors.searching, "connected search"
    elif name in ("cap_vendor_month", "prices"):
        yield from ((vendor, vendors.installed, "installed") for vendor in vendors_in(value))


def _valid(settings: Settings, name: str, text: str) -> str:
    """Return a text normalised by the environment's validation. Raises `BadSetting`."""
    refuse_too_long(name, text)
    if name == "aliases":
        try:
            return read_domains(text)
        except ValueError as fault:
            raise BadSetting({name: ended(str(fault))}) from None
    tried = settings.model_copy()
    try:
        setattr(tried, name, text.removeprefix("$") if name.endswith("_usd") else text)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        said = _SENTENCES.get(found["type"], _as_told)
        limits = {"msg": found["msg"], **found.get("ctx", {})}
        sentence = said(text[:40], limits)
        raise BadSetting({name: ended(sentence)}) from None
    return as_text(getattr(tried, name))


def _as_told(_text: str, limits: Mapping[str, object]) -> str:
    return str(limits["msg"]).removeprefix("Value error, ")


_SENTENCES: dict[str, Callable[[str, Mapping[str, object]], str]] = {
    "int_parsing": lambda text, _: f"“{text}” is not a whole number",
    "int_parsing_size": lambda text, _: f"“{text}” is too large",
    "decimal_parsing": lambda text, _: f"“{text}” is not an amount in dollars",
    "finite_number": lambda text, _: f"“{text}” is not an amount in dollars",
    "bool_parsing": lambda text, _: f"“{text}” is neither yes nor no",
    "greater_than_equal": lambda text, limits: f"{text} is too little: {limits['ge']} is the least",
    "less_than_equal": lambda text, limits: f"{text} is too much: {limits['le']} is the most",
    "literal_error": lambda text, limits: f"“{text}” is not one of {limits['expected']}",
}
