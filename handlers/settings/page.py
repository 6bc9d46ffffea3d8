"""The contents of the settings form, for one person and one place."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from zlib import crc32

from bot.common.errors import LinkGapError
from bot.render.settings_form import INHERIT, LONGEST, Field, Section, settings_form
from bot.render.slack.blocks import mrkdwn
from bot.render.slack.limits import MAX_METADATA
from bot.render.slack.message import View, paragraphs
from bot.render.words import clip, counted, listed
from bot.settings import levels
from bot.settings.catalogue import BY_NAME, SETTINGS, Group, Level, Setting
from bot.settings.environment import Settings
from bot.settings.levels import TeamSettings
from bot.settings.overrides import TEAM, Overrides, Place, Values
from bot.settings.values import NONE, parts
from handlers.slack.people import Person, zone_of

NEW = "new"
"""The key of a client that does not exist yet."""
MOST_PLACES = 100
_NEW_FIELDS = ("aliases", "country", "lang")
_SAID = (
    "An empty field or “Inherited” takes the value of the level above. Save stores the changes "
    "of every page; press it before you change “For”."
)
Draft = Mapping[str, tuple[str, str]]
"""What was typed on the pages seen before: by name, what the field showed and what was typed."""


class TooLongToKeep(LinkGapError):
    """Raised when a form cannot hold what was typed on its other pages."""

    def __init__(self) -> None:
        super().__init__(
            "Save first: what you typed is too long to keep while you look at another page."
        )


@dataclass(frozen=True, slots=True)
class Page:
    """What one person sees of a team's settings, opened from a channel."""

    base: Settings
    overrides: Overrides
    person: Person
    channel: str

    def view(
        self,
        key: str,
        response_url: str | None,
        *,
        page: str = "",
        draft: Draft | None = None,
        said: str = _SAID,
    ) -> View:
        """Return one page of the form for the place with this key.

        `page` is a `Group`; the first one that the place has stands in for one it has not. Fields
        show the `draft`; `said` stands above them. Raises `TooLongToKeep`.
        """
        places = list(self._places(key))
        key = key if key in dict(places) else places[0][0]
        pages = list(self._pages(key))
        page = page if page in pages else pages[0]
        proposed = self._proposed_zone(key) if page == Group.DIGEST else None
        kept = {
            "place": key,
            "page": page,
            "channel": self.channel,
            "response_url": response_url,
            "proposed": proposed,
            "draft": draft or {},
        }
        metadata = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        if len(metadata) > MAX_METADATA:
            raise TooLongToKeep
        return settings_form(
            places,
            key,
            pages,
            self._section(key, page, proposed, draft or {}),
            said=said,
            private_metadata=metadata,
        )

    def _pages(self, key: str) -> Iterator[str]:
        """Yield the pages of a place: the subjects of which something can be set there."""
        if key == NEW:
            yield Group.SITES
            return
        level = place_of(key, self.channel).level
        for group in Group:
            if any(one.group is group and level in one.levels for one in SETTINGS):
                yield group

    def _places(self, key: str) -> Iterator[tuple[str, str]]:
        if self.channel:
            yield Level.CHANNEL, "This channel"
        yield Level.TEAM, "Whole workspace"
        yield NEW, "A new client …"
        sites = [domain for domain in self.overrides.sites if len(domain) <= 140]
        first = key.removeprefix("site:")
        for domain in sorted(sites, key=lambda one: (one != first, one))[: MOST_PLACES - 3]:
            yield f"site:{domain}", f"Client {domain}"

    def _proposed_zone(self, key: str) -> str | None:
        """Return the person's own time zone if this is a channel and no time zone is set."""
        here = self.overrides.at(place_of(Level.CHANNEL, self.channel))
        if key != Level.CHANNEL or "time_zone" in here or "time_zone" in self.overrides.team:
            return None
        return zone_of(self.person, self.base)

    def _section(self, key: str, page: str, proposed: str | None, draft: Draft) -> Section:
        if key == NEW:
            domain = Field(
                block_id("domain", key), "Domain", "For example client.com.", required=True
            )
            wanted = [one for one in SETTINGS if one.name in _NEW_FIELDS]
            fields = [self._field(one, key, {}, self._above(TEAM)) for one in wanted]
            return Section("A new client", (domain, *fields))
        place = place_of(key, self.channel)
        here, above = dict(self.overrides.at(place)), self._above(place)
        if proposed:
            here["time_zone"] = proposed
        mine = [one for one in SETTINGS if one.group == page and place.level in one.levels]
        fixed = [one for one in mine if not self._may_set(one, here)]
        shown = here | {name: typed for name, (_, typed) in draft.items()}
        return Section(
            page,
            tuple(self._field(one, key, shown, above) for one in mine if one not in fixed),
            tuple(self._fixed(fixed, here, above)),
        )

    def _may_set(self, setting: Setting, here: Values) -> bool:
        """Say whether this person gets a field for it; a value too long for a field gets none."""
        long = len(here.get(setting.name, "")) > LONGEST
        return not long and (not setting.money or self.person.may_change_money(self.base))

    def _above(self, place: Place) -> Settings:
        """Return the settings as they would be if nothing were set at this place."""
        overrides = self.overrides
        if place.level is Level.TEAM:
            return self.base
        if place.level is Level.SITE:
            return levels.effective(self.base, overrides.team)
        others = {name: of for name, of in overrides.channels.items() if name != place.of}
        site = overrides.at(place).get("site")
        alone = replace(overrides, channels=others)
        if site is None:
            return TeamSettings(self.base, alone).in_channel(None)
        return TeamSettings(self.base, alone).at(site, None)

    def _field(self, setting: Setting, key: str, here: Values, above: Settings) -> Field:
        inherited = _words(setting, _text(above, setting))
        choices = setting.choices
        if setting.several:
            hint = f"{setting.hint} Nothing ticked: {inherited}."
            choices = (*choices, (NONE, "None of these"))
        elif choices:
            hint = setting.hint
            choices = ((INHERIT, f"Inherited: {inherited}"), *choices)
        else:
            hint = f"{setting.hint} Empty: {inherited}."
        initial = here.get(setting.name, "")
        if setting.long:
            initial = "\n".join(parts(initial))
        return Field(
            block_id(setting.name, key),
            setting.title,
            hint,
            initial,
            choices,
            several=setting.several,
            long=setting.long or setting.prose,
        )

    def _fixed(self, settings: list[Setting], here: Values, above: Settings) -> Iterator[str]:
        """Yield what this person cannot change here, and who can."""
        if not settings:
            return
        lines = []
        for one in settings:
            said = _words(one, here.get(one.name) or _text(above, one))
            lines.append(f"{one.title}: {said}")
        yield from map(mrkdwn, paragraphs(lines))
        if any(one.money for one in settings if not self.person.may_change_money(self.base)):
            why = f" {mrkdwn(self.person.why)}" if self.person.why else ""
            yield f"{who_may(self.base)} may change this.{why}"
        else:
            yield "Too long for this form; `linkgap settings` changes it."


def page_of(name: str) -> str:
    """Return the page that a setting is on."""
    return BY_NAME[name].group if name in BY_NAME else ""


def in_words(faults: Mapping[str, str]) -> str:
    """Return errors as a text, for settings that have no field on screen."""
    return " ".join(
        f"{BY_NAME[name].title if name in BY_NAME else name}: {said}"
        for name, said in faults.items()
    )


def who_may(settings: Settings) -> str:
    """Return who may change money, as mrkdwn; ids were validated when the environment was read."""
    owners = [f"<@{user}>" for user in sorted(settings.owner_ids)]
    return f"Only {listed(['workspace admins', *owners])}"


def place_of(key: str, channel: str) -> Place:
    """Return the place that a key names, except NEW. Raises `BadSetting` for an invalid domain."""
    if key == Level.CHANNEL:
        return Place(Level.CHANNEL, channel)
    return TEAM if key == Level.TEAM else Place.site(key.removeprefix("site:"))


def block_id(name: str, key: str) -> str:
    """Return a field's block id, unique per place, so that typed text does not move to another."""
    return f"{name}@{crc32(key.encode()):08x}"


def full_words(setting: Setting, text: str) -> str:
    """Return a value as the form shows it: `10:00` for 10, `Won a link` for won."""
    if setting.prose:
        return " ".join(text.split())
    named = dict(setting.choices)
    return ", ".join(named.get(part, part) for part in (parts(text) if named else text.split(",")))


def _text(settings: Settings, setting: Setting) -> str:
    known = setting.name in Settings.model_fields
    return levels.as_text(getattr(settings, setting.name)) if known else ""


def _words(setting: Setting, text: str) -> str:
    """Return a value in words."""
    if setting.long and len(parts(text)) > 3:
        return counted(len(parts(text)), "domain")
    return clip(full_words(setting, text), 60) if text else setting.nothing
