"""The values that a team, its sites and its channels have set, read and stored as text.

Most are stored in `preferences`. A site's aliases and market, and a channel's default site and time
zone, have their own columns; only `_OF_SITE` and `_OF_CHANNEL` know them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import sqlite_utils

from bot.common.errors import BadSetting
from bot.settings.catalogue import Level
from bot.settings.values import READERS, parts
from bot.store import preferences, workspace
from bot.store.preferences import Preference

LONGEST = 100_000
"""Most characters of a value: enough for a long blocklist, few enough to stop a mistake."""
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting is set: a level, and the domain or channel id there ("" for the team)."""

    level: Level
    of: str = ""

    @classmethod
    def site(cls, text: str) -> "Place":
        """Return a site's place. Raises `BadSetting` if the text is not a domain."""
        refuse_too_long("site", text)
        try:
            return cls(Level.SITE, READERS["site"](text))
        except ValueError as fault:
            raise BadSetting({"site": ended(str(fault))}) from None


TEAM = Place(Level.TEAM)


def refuse_too_long(name: str, text: str) -> None:
    """Raise `BadSetting` for a text too long to be meant."""
    if len(text) > LONGEST:
        raise BadSetting({name: f"{len(text):,} characters; {LONGEST:,} is the most."})


def ended(sentence: str) -> str:
    """Return the sentence with a full stop."""
    return sentence if sentence.endswith(".") else f"{sentence}."


@dataclass(frozen=True, slots=True)
class Overrides:
    """Everything that one team has set, as text: for itself, by site and by channel."""

    team: Values = field(default_factory=dict)
    sites: Mapping[str, Values] = field(default_factory=dict)
    channels: Mapping[str, Values] = field(default_factory=dict)

    def at(self, place: Place) -> Values:
        """Return what is set at exactly this place."""
        if place.level is Level.SITE:
            return self.sites.get(place.of, {})
        return self.channels.get(place.of, {}) if place.level is Level.CHANNEL else self.team


class Keep(Protocol):
    """Stores a value of a team's site or channel; None deletes it."""

    def __call__(
        self, db: sqlite_utils.Database, team: str, of: str, value: str | None, at: datetime, /
    ) -> None:
        """Store the value."""


def _keep_aliases(
    db: sqlite_utils.Database, team: str, domain: str, value: str | None, _at: datetime
) -> None:
    workspace.set_aliases(db, team, domain, parts(value or ""))


def _keep_country(
    db: sqlite_utils.Database, team: str, domain: str, value: str | None, at: datetime
) -> None:
    site = workspace.ensure_site(db, team, domain, at)
    workspace.set_market(db, team, domain, value, site.language)


def _keep_language(
    db: sqlite_utils.Database, team: str, domain: str, value: str | None, at: datetime
) -> None:
    site = workspace.ensure_site(db, team, domain, at)
    workspace.set_market(db, team, domain, site.country, value)


def _keep_default_site(
    db: sqlite_utils.Database, team: str, channel: str, value: str | None, at: datetime
) -> None:
    if value is None:
        workspace.unset_channel(db, team, channel, site=True)
    else:
        workspace.set_channel(db, team, channel, at, site=value)


def _keep_time_zone(
    db: sqlite_utils.Database, team: str, channel: str, value: str | None, at: datetime
) -> None:
    if value is None:
        workspace.unset_channel(db, team, channel, time_zone=True)
    else:
        workspace.set_channel(db, team, channel, at, time_zone=value)


_OF_SITE: Mapping[str, tuple[Callable[[workspace.Site], str | None], Keep]] = {
    "aliases": (lambda site: ",".join(site.aliases), _keep_aliases),
    "country": (lambda site: site.country, _keep_country),
    "lang": (lambda site: site.language, _keep_language),
}
_OF_CHANNEL: Mapping[str, tuple[Callable[[workspace.Channel], str | None], Keep]] = {
    "site": (lambda channel: channel.site, _keep_default_site),
    "time_zone": (lambda channel: channel.time_zone, _keep_time_zone),
}
_KEEPERS: Mapping[tuple[Level, str], Keep] = {
    **{(Level.SITE, name): keep for name, (_, keep) in _OF_SITE.items()},
    **{(Level.CHANNEL, name): keep for name, (_, keep) in _OF_CHANNEL.items()},
}


def overrides_of(db: sqlite_utils.Database, team: str) -> Overrides:
    """Read everything that a team has set. Includes every site, even one without values."""
    found: dict[str, dict[str, dict[str, str]]] = {
        Level.TEAM: {"": {}},
        Level.SITE: {},
        Level.CHANNEL: {},
    }
    for site in workspace.sites(db, team):
        said = {name: read(site) for name, (read, _) in _OF_SITE.items()}
        found[Level.SITE][site.domain] = {name: text for name, text in said.items() if text}
    for channel in workspace.channels(db, team):
        said = {name: read(channel) for name, (read, _) in _OF_CHANNEL.items()}
        found[Level.CHANNEL][channel.channel] = {name: text for name, text in said.items() if text}
    for row in preferences.of_team(db, team):
        found[row.level].setdefault(row.of, {})[row.name] = row.value
    return Overrides(found[Level.TEAM][""], found[Level.SITE], found[Level.CHANNEL])


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
    """Store values that `levels.checked` returned. A site is created by its first value.

    `seen` holds the values on which the change was based. Raises `BadSetting` if somebody else
    changed one of them meanwhile.
    """
    if seen is not None:
        _refuse_overtaken(overrides_of(db, team).at(place), seen, values)
    if place.level is Level.SITE:
        workspace.ensure_site(db, team, place.of, at)
    for name, value in values.items():
        keep = _KEEPERS.get((place.level, name))
        if keep is not None:
            keep(db, team, place.of, value, at)
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
