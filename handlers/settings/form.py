"""`/gap settings`: the form for the settings of this channel, of a client and of everything."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.common.errors import BadSetting
from bot.render.settings_form import INHERIT
from bot.render.slack.message import View
from bot.settings import levels
from bot.settings.catalogue import BY_NAME, Group, Level
from bot.settings.environment import RENAMED
from bot.settings.overrides import Place
from bot.settings.values import NONE
from handlers import private_notes
from handlers.services import Services
from handlers.settings.page import (
    NEW,
    Draft,
    Page,
    TooLongToKeep,
    full_words,
    in_words,
    page_of,
    place_of,
)
from handlers.slack.people import ask_slack
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Register the button, the choice of a place and the submitted form."""

    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await open_settings(
            services,
            team=body["team"]["id"],
            channel=body.get("channel", {}).get("id", ""),
            user=body["user"]["id"],
            trigger_id=body["trigger_id"],
            response_url=body.get("response_url"),
            page=Group.DIGEST,  # every such button is below a message about tracking
        )

    async def chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        kept, view = json.loads(body["view"]["private_metadata"]), body["view"]
        key = body["actions"][0]["selected_option"]["value"]
        page = await _page(services, body["team"]["id"], kept["channel"], body["user"]["id"])
        shown = page.view(key, kept["response_url"], page=kept.get("page", ""))
        await services.slack_api.change(view["id"], shown)

    async def turned(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        filled, wanted = _Filled(body["view"]), body["actions"][0]["selected_option"]["value"]
        page = await _page(services, body["team"]["id"], filled.kept["channel"], body["user"]["id"])
        await services.slack_api.change(body["view"]["id"], filled.turned(page, wanted))

    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        filled = _Filled(view)
        try:
            said = await _save(services, body["team"]["id"], body["user"]["id"], filled)
        except BadSetting as fault:
            if errors := filled.by_field(fault):
                await ack(response_action="errors", errors=errors)
                return
            team, channel, user = body["team"]["id"], filled.kept["channel"], body["user"]["id"]
            page = await _page(services, team, channel, user)
            elsewhere = filled.elsewhere(page, fault)
            await ack(response_action="update", view=elsewhere.payload())
            return
        await ack()
        await _tell(services, filled.kept["response_url"], said)

    app.action("open_settings")(pressed)
    app.action("settings_place")(chosen)
    app.action("settings_page")(turned)
    app.view("settings_form")(submitted)


async def open_settings(
    services: Services,
    *,
    team: str,
    channel: str,
    user: str,
    trigger_id: str,
    response_url: str | None,
    page: str = "",
) -> None:
    """Open the form within the three seconds that a trigger lives; a refusal is reported privately.

    `channel` may be empty if there is none (App Home): then the form opens for everything.
    """
    shown = (await _page(services, team, channel, user)).view(
        Level.CHANNEL, response_url, page=page
    )
    try:
        await services.slack_api.show(trigger_id, shown)
    except SlackRefused as refused:
        note = f"{refused} `linkgap settings` does the same in a terminal."
        await _tell(services, response_url, note)


async def _page(services: Services, team: str, channel: str, user: str) -> Page:
    # Bypass the cache: people change settings here, so they must see the current ones.
    services.channels.forget(team)
    overrides = await services.channels.overrides(team)
    return Page(services.settings, overrides, await ask_slack(services.slack_api, user), channel)


class _Filled:
    """A filled form: what was typed on this page and before it, and what the fields showed."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self.kept: dict[str, Any] = json.loads(view["private_metadata"])
        self.key: str = self.kept["place"]
        self._blocks = [block for block in view["blocks"] if block["type"] == "input"]
        self.seen = {_name(block["block_id"]): _initial(block["element"]) for block in self._blocks}
        if self.kept.get("proposed"):
            self.seen["time_zone"] = ""
        draft: dict[str, tuple[str, str]] = self.kept.get("draft", {})
        self.seen |= {name: seen for name, (seen, _) in draft.items()}
        self.typed = {name: typed for name, (_, typed) in draft.items()}
        self.typed |= {
            _name(block): _typed(state["value"])
            for block, state in view["state"]["values"].items()
            if "value" in state
        }

    @property
    def changed(self) -> dict[str, str]:
        """Return the typed values that differ from what the fields showed."""
        return {name: text for name, text in self.typed.items() if text != self.seen.get(name, "")}

    @property
    def draft(self) -> Draft:
        """Return what another page of the form has to keep of this one and of those before."""
        return {name: (self.seen.get(name, ""), text) for name, text in self.changed.items()}

    def turned(self, page: Page, wanted: str) -> View:
        """Return another page of the form; this one again if too much was typed to keep."""
        url = self.kept["response_url"]
        try:
            return page.view(self.key, url, page=wanted, draft=self.draft)
        except TooLongToKeep as why:
            here, before = self.kept.get("page", ""), self.kept.get("draft", {})
            return page.view(self.key, url, page=here, draft=before, said=str(why))

    def elsewhere(self, page: Page, fault: BadSetting) -> View:
        """Return the page of the first error, with the errors above its fields."""
        name, *_ = fault.faults
        url, draft, faults = self.kept["response_url"], self.draft, fault.faults
        there = page_of(name)
        return page.view(self.key, url, page=there, draft=draft, said=in_words(faults))

    def by_field(self, fault: BadSetting) -> dict[str, str]:
        """Return the errors by block id; empty if none is about a field on this page."""
        there = {_name(block["block_id"]): block["block_id"] for block in self._blocks}
        return {there[name]: said for name, said in fault.faults.items() if name in there}


async def _save(services: Services, team: str, user: str, filled: _Filled) -> str:
    """Check and store what was changed; returns a confirmation. Raises `BadSetting`."""
    changed = filled.changed
    if filled.key == NEW:
        place = _new_client(changed.pop("domain", ""))
    else:
        place = place_of(filled.key, filled.kept["channel"])
    await _refuse_money(services, user, changed)
    channels = services.channels
    values = levels.checked(services.settings, place, changed, channels.registry.names)
    seen = None if filled.key == NEW else filled.seen
    await channels.save(team, place, values, user, seen)
    await services.schedule.set_alarms(team)
    return _told(place, values)


def _new_client(domain: str) -> Place:
    try:
        return Place.site(domain)
    except BadSetting as fault:
        raise BadSetting({"domain": next(iter(fault.faults.values()))}) from None


async def _refuse_money(services: Services, user: str, changed: Mapping[str, str]) -> None:
    """Raise `BadSetting` if this person may not change money, even if their form had the field."""
    money = [name for name in changed if name in BY_NAME and BY_NAME[name].money]
    if not money:
        return
    person = await ask_slack(services.slack_api, user)
    if not person.may_change_money(services.settings):
        owners = " and the owners that LINKGAP_OWNERS names" if services.settings.owners else ""
        said = f"Only workspace admins{owners} may change this. {person.why}".strip()
        log.warning("%s may not change %s", user, ", ".join(money))
        raise BadSetting(dict.fromkeys(money, said))


def _told(place: Place, values: Mapping[str, str | None]) -> str:
    where = {Level.CHANNEL: "this channel", Level.SITE: place.of}.get(place.level, "everything")
    if not values:
        return f"{place.of} is a client now." if place.level is Level.SITE else "Nothing changed."
    said = [
        f"{one.title}: {'as above' if value is None else full_words(one, value)}"
        for one, value in ((BY_NAME[name], value) for name, value in values.items())
    ]
    return f"Saved for {where}. {'. '.join(said)}."


async def _tell(services: Services, response_url: str | None, said: str) -> None:
    if response_url is None:
        return
    try:
        await services.slack_api.respond(response_url, private_notes.note(said))
    except SlackRefused as refused:
        log.warning("a note on settings reached nobody: %s", refused)


def _name(block: str) -> str:
    name = block.partition("@")[0]
    return RENAMED.get(name, name)  # a form may have been open while LinkGap was updated


def _initial(element: Mapping[str, Any]) -> str:
    """Return what a field showed, as it would be typed."""
    if element["type"] == "checkboxes":
        return _ticked(element.get("initial_options", []))
    if element["type"] == "static_select":
        return _picked(element.get("initial_option"))
    return str(element.get("initial_value", "")).strip()


def _typed(state: Mapping[str, Any]) -> str:
    if state["type"] == "checkboxes":
        return _ticked(state.get("selected_options") or [])
    if state["type"] == "static_select":
        return _picked(state.get("selected_option"))
    return (state.get("value") or "").strip()


def _ticked(options: list[Mapping[str, Any]]) -> str:
    """Return the ticked values; None of these counts only if it is ticked alone."""
    values = [str(option["value"]) for option in options]
    return ",".join(value for value in values if value != NONE or len(values) == 1)


def _picked(option: Mapping[str, Any] | None) -> str:
    value = str(option["value"]) if option else INHERIT
    return "" if value == INHERIT else value
