"""What holds for a team, one of its sites and a channel: environment < team < site < channel.

One list (`bot.settings.catalogue`), one validation (`bot.settings.environment`), one door for all
levels. Sites with aliases and market, and a channel's default site and time zone, lie in tables of
their own; here they are settings like the others. What somebody writes in a command is stronger
than all of it.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import sqlite_utils
from pydantic import ValidationError

from bot.errors import BadSetting
from bot.model.prices import vendors_in
from bot.model.question import Defaults
from bot.settings.catalogue import BY_NAME, SETTINGS, Level, Setting
from bot.settings.environment import RENAMED, Settings
from bot.settings.values import parts, read_domains
from bot.store import preferences, workspace
from bot.store.preferences import Preference

log = logging.getLogger(__name__)

LONGEST = 100_000
"""Characters of a value; a blocklist may be long, a mistake is longer."""
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting is set: a level, and the domain or channel id there ("" for the team)."""

    level: Level
    of: str = ""

    @classmethod
    def site(cls, text: str) -> "Place":
        """Return a site's place; raises `BadSetting` for what is no domain."""
        return cls(Level.SITE, _valid(Settings.model_construct(), "site", text))


TEAM = Place(Level.TEAM)


@dataclass(frozen=True, slots=True)
class Overrides:
    """All that one team has set, as text: its own, by site and by channel."""

    team: Values = field(default_factory=dict)
    sites: Mapping[str, Values] = field(default_factory=dict)
    channels: Mapping[str, Values] = field(default_factory=dict)

    def at(self, place: Place) -> Values:
        """Return what is set at a place itself."""
        if place.level is Level.SITE:
            return self.sites.get(place.of, {})
        return self.channels.get(place.of, {}) if place.level is Level.CHANNEL else self.team


@dataclass(frozen=True, slots=True)
class VendorNames:
    """The vendors that a setting may name.

    `connected` can be asked, `searching` are those of them that have search results, `installed`
    are all, also those that have no key.
    """

    connected: frozenset[str]
    searching: frozenset[str]
    installed: frozenset[str]


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """A setting with the value that holds, and the levels that it comes from, the nearest first.

    Only a blocklist comes from several. `is_default`: nobody said anything, anywhere.
    """

    setting: Setting
    value: str
    levels: tuple[Level, ...]
    is_default: bool

    @property
    def level(self) -> Level:
        """Return the nearest level that says something."""
        return self.levels[0]


def overrides_of(db: sqlite_utils.Database, team: str) -> Overrides:
    """Read all that a team has set."""
    mine: dict[str, str] = {}
    by_level: dict[str, dict[str, dict[str, str]]] = {
        Level.TEAM: {"": mine},
        Level.SITE: {},
        Level.CHANNEL: {},
    }
    for site in workspace.sites(db, team):
        given = {
            "aliases": ",".join(site.aliases),
            "country": site.country,
            "lang": site.language,
        }
        by_level[Level.SITE][site.domain] = {name: text for name, text in given.items() if text}
    for channel in workspace.channels(db, team):
        given = {"site": channel.site, "time_zone": channel.time_zone}
        by_level[Level.CHANNEL][channel.channel] = {k: text for k, text in given.items() if text}
    for row in preferences.of_team(db, team):
        by_level[row.level].setdefault(row.of, {})[row.name] = row.value
    return Overrides(mine, by_level[Level.SITE], by_level[Level.CHANNEL])


def effective(
    settings: Settings, team: Values, site: Values | None = None, channel: Values | None = None
) -> Settings:
    """Return the settings with each level's values above those of the level before.

    Blocklists add up: what one level never wants to see, no other brings back. A value that this
    version no longer takes is left out.
    """
    found = settings.model_copy()
    for values in (team, site or {}, channel or {}):
        for name, text in values.items():
            if name not in Settings.model_fields or name not in BY_NAME:
                continue
            if name == "blocklist":
                # Not read again: it may be long, and it was read when it was saved.
                text = ",".join(filter(None, (found.blocklist, text)))  # noqa: PLW2901
                found = found.model_copy(update={"blocklist": text})
                continue
            try:
                setattr(found, name, text)
            except ValidationError:
                log.warning("a stored value of %s is not taken any more and was left out", name)
    return found


def in_run(
    settings: Settings, overrides: Overrides, site: str | None, channel: str | None
) -> Settings:
    """Return what holds for a question about a site (None: about none), asked in a channel."""
    return effective(
        settings,
        overrides.team,
        overrides.sites.get(site or ""),
        overrides.channels.get(channel or ""),
    )


def in_channel(settings: Settings, overrides: Overrides, channel: str | None) -> Settings:
    """Return what holds in a channel where nobody names a site: its default site's too."""
    own = in_run(settings, overrides, None, channel)
    return in_run(settings, overrides, own.site, channel)


def read(
    db: sqlite_utils.Database,
    settings: Settings,
    team: str,
    *,
    site: str | None = None,
    channel: str | None = None,
) -> Settings:
    """Return what holds for a question about a site, asked in a channel, as the file says now."""
    return in_run(settings, overrides_of(db, team), site, channel)


def defaults(in_place: Settings, overrides: Overrides, site: str | None = None) -> Defaults:
    """Return what an asker need not say, of what holds in a channel (`in_channel`).

    A site that is named brings its own market, if it has one.
    """
    own = overrides.sites.get(site, {}) if site else {}
    return Defaults(
        own.get("country", in_place.country),
        own.get("lang", in_place.lang),
        site or in_place.site,
    )


def explain(
    settings: Settings, overrides: Overrides, site: str | None, channel: str | None
) -> Iterator[EffectiveValue]:
    """Yield every setting with its value and where it comes from; `site` None: the channel's."""
    site = site or in_channel(settings, overrides, channel).site
    found = in_run(settings, overrides, site, channel)
    said = (
        (Level.CHANNEL, overrides.channels.get(channel or "", {})),
        (Level.SITE, overrides.sites.get(site or "", {})),
        (Level.TEAM, overrides.team),
    )
    for setting in SETTINGS:
        levels = [level for level, values in said if setting.name in values]
        if not levels or (setting.name == "blocklist" and settings.blocklist):
            levels.append(Level.ENVIRONMENT)
        if setting.name != "blocklist":
            del levels[1:]
        unset = levels == [Level.ENVIRONMENT] and setting.name not in settings.model_fields_set
        if setting.name == "aliases":
            value = overrides.sites.get(site or "", {}).get("aliases", "")
        else:
            value = as_text(getattr(found, setting.name))
        yield EffectiveValue(setting, value, tuple(levels), unset)


def as_text(value: object) -> str:
    """Return a value as it is typed; unset is empty."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def checked(
    settings: Settings, place: Place, values: Mapping[str, str], vendors: VendorNames
) -> dict[str, str | None]:
    """Return values as they are kept, None where the level above shall hold again.

    Raises `BadSetting` with all faults by name.
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
    """Return values by the names of today; where both names are given, the new one is meant."""
    renamed = {RENAMED[name]: text for name, text in values.items() if name in RENAMED}
    return renamed | {name: text for name, text in values.items() if name not in RENAMED}


def _checked(
    settings: Settings, place: Place, name: str, text: str, vendors: VendorNames
) -> str | None:
    setting = BY_NAME.get(name)
    if setting is None:
        raise BadSetting({name: f"There is no setting of that name; try {', '.join(BY_NAME)}."})
    if place.level not in setting.levels:
        levels = " or ".join(setting.levels)
        raise BadSetting({name: f"It is set by {levels}, not by {place.level}."})
    if not text:
        return None
    value = _valid(settings, name, text)
    for vendor, known, what in _named_vendors(name, value, vendors):
        if vendor not in known:
            raise BadSetting({name: f"No {what} vendor is called {vendor}: {listed(known)}."})
    return value


def listed(known: Collection[str]) -> str:
    """Return the names that may be chosen."""
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
    """Return a text as the environment's validation leaves it; raises `BadSetting`."""
    if len(text) > LONGEST:
        raise BadSetting({name: f"{len(text):,} characters; {LONGEST:,} is the most."})
    if name == "aliases":
        try:
            return read_domains(text)
        except ValueError as fault:
            raise BadSetting({name: _ended(str(fault))}) from None
    tried = settings.model_copy()
    try:
        setattr(tried, name, text.removeprefix("$") if name.endswith("_usd") else text)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        said = _SENTENCES.get(found["type"], _as_told)
        limits = {"msg": found["msg"], **found.get("ctx", {})}
        sentence = said(text[:40], limits)
        raise BadSetting({name: _ended(sentence)}) from None
    return as_text(getattr(tried, name))


def _as_told(_text: str, limits: Mapping[str, object]) -> str:
    return str(limits["msg"]).removeprefix("Value error, ")


_SENTENCES: dict[str, Callable[[str, Mapping[str, object]], str]] = {
    "int_parsing": lambda text, _: f"“{text}” is not a whole number",
    "int_parsing_size": lambda text, _: f"“{text}” is more than anybody needs",
    "decimal_parsing": lambda text, _: f"“{text}” is not an amount in dollars",
    "finite_number": lambda text, _: f"“{text}” is not an amount in dollars",
    "bool_parsing": lambda text, _: f"“{text}” is neither yes nor no",
    "greater_than_equal": lambda text, limits: f"{text} is too little: {limits['ge']} is the least",
    "less_than_equal": lambda text, limits: f"{text} is too much: {limits['le']} is the most",
    "literal_error": lambda text, limits: f"“{text}” is not one of {limits['expected']}",
}


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def save(
    db: sqlite_utils.Database,
    team: str,
    place: Place,
    values: Mapping[str, str | None],
    *,
    by: str | None,
    at: datetime,
    seen: Values | None = None,
) -> None:
    """Keep values that `checked` has returned. A site is made by its first value.

    `seen`: what stood there when somebody decided; raises `BadSetting` where another was faster.
    """
    if seen is not None:
        _refuse_overtaken(overrides_of(db, team).at(place), seen, values)
    if place.level is Level.SITE:
        workspace.ensure_site(db, team, place.of, at)
    for name, value in values.items():
        if place.level is Level.CHANNEL and name in ("site", "time_zone"):
            _keep_of_channel(db, team, place.of, name, value, at=at)
        elif place.level is Level.SITE and name in ("aliases", "country", "lang"):
            _keep_of_site(db, team, place.of, name, value)
        elif value is None:
            preferences.forget(db, team, place.level, place.of, name)
        else:
            kept = Preference(place.level, place.of, name, value, by, at)
            preferences.keep(db, team, kept)


def _refuse_overtaken(now: Values, seen: Values, values: Mapping[str, str | None]) -> None:
    faults = {}
    for name, value in values.items():
        present = parts(now.get(name, ""))
        if present not in (parts(seen.get(name, "")), parts(value or "")):
            told = f"“{', '.join(present)[:60]}”" if present else "nothing"
            faults[name] = f"Somebody set it to {told} meanwhile. Open the settings again."
    if faults:
        raise BadSetting(faults)


def _keep_of_channel(
    db: sqlite_utils.Database,
    team: str,
    channel: str,
    name: str,
    value: str | None,
    *,
    at: datetime,
) -> None:
    if value is None:
        forgotten = {name: True}
        workspace.unset_channel(db, team, channel, **forgotten)
    else:
        workspace.set_channel(db, team, channel, at, **{name: value})


def _keep_of_site(
    db: sqlite_utils.Database, team: str, domain: str, name: str, value: str | None
) -> None:
    [site] = [one for one in workspace.sites(db, team) if one.domain == domain]
    if name == "aliases":
        workspace.set_aliases(db, team, domain, parts(value or ""))
    elif name == "country":
        workspace.set_market(db, team, domain, value, site.language)
    else:
        workspace.set_market(db, team, domain, site.country, value)
