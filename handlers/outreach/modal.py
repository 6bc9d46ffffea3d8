"""What Slack sends from a modal of the board, and the modal of one prospect as it is now."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.model.outreach import By
from bot.outreach.approaches import Card
from bot.outreach.mail import mailto
from bot.render.outreach import prospect
from bot.render.outreach.prospect import ProspectView, Typed, note_view
from bot.render.outreach.refusals import GONE, NOTHING, Told
from bot.render.slack.message import View
from bot.render.words import Calendar
from handlers.services import Services
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)

DOOR = "slack"
_NAMES = ("subject", "body", "note", "method", "page")


@dataclass(frozen=True, slots=True)
class ModalClick:
    """A press in a modal, or its form sent. `typed` is what its fields hold now.

    `drawn` is what the fields of the letter showed at first.
    """

    team: str
    user: str
    view: str
    channel: str
    entry: str
    value: str
    action: str
    by: By
    typed: Typed
    drawn: Typed

    @property
    def changed_letter(self) -> tuple[str, str] | None:
        """Return subject and body if somebody changed them since they were drawn."""
        typed, drawn = self.typed, self.drawn
        if typed.body is None or (typed.subject, typed.body) == (drawn.subject, drawn.body):
            return None
        return typed.subject or "", typed.body


def click_in(body: Mapping[str, Any]) -> ModalClick:
    """Read Slack's block_actions or view_submission payload of a modal of the board."""
    view = body["view"]
    kept = json.loads(view["private_metadata"] or "{}")
    action = (body.get("actions") or [{}])[0]
    stamp = action.get("action_ts") or view.get("hash", "")
    user = body["user"]["id"]
    return ModalClick(
        team=body["team"]["id"],
        user=user,
        view=view["id"],
        channel=str(kept.get("channel", "")),
        entry=str(kept.get("entry", "")),
        value=str(action.get("value", "")),
        action=str(action.get("action_id", "")),
        by=By(user, DOOR, f"{view['id']}:{action.get('action_id', 'sent')}:{stamp}"),
        typed=_typed(view["state"]["values"]),
        drawn=_drawn(view["blocks"]),
    )


async def calendar(services: Services, team: str, channel: str) -> Calendar:
    """Return how days are written in a channel."""
    settings = await services.channels.settings(team, channel)
    return Calendar(services.clock.now(), ZoneInfo(settings.time_zone))


async def prospect_now(
    services: Services, click: ModalClick, *, told: Told = NOTHING, typed: Typed | None = None
) -> View:
    """Return the modal as it is now, with what was typed and is not saved.

    A letter that was changed is kept first, so that no click loses it.
    """
    card = await services.approaches.card(click.team, click.entry, click.user)
    if card is None:
        return gone()
    letter = click.changed_letter
    if letter is not None and card.draft is not None:
        await services.approaches.keep_draft(card.whom(click.team), click.user, *letter)
        card = await services.approaches.card(click.team, click.entry, click.user) or card
    days = await calendar(services, click.team, click.channel)
    left = replace(click.typed, subject=None, body=None) if typed is None else typed
    return view_of(card, click.user, click.channel, days, told=told, typed=left)


def view_of(
    card: Card,
    person: str,
    channel: str,
    days: Calendar,
    *,
    told: Told = NOTHING,
    typed: Typed | None = None,
) -> View:
    """Return the modal of a prospect; while its pages are read, the letter is left out."""
    found, is_reading = card.found, not card.is_read
    draft = None if is_reading and not card.is_own else card.draft
    follows = card.may_write and ((is_reading and not card.is_own) or not card.is_written)
    shown = ProspectView(
        entry=found.entry,
        person=person,
        calendar=days,
        prospect=found.with_page,
        links_to=found.links_to,
        keywords=found.keywords,
        reading=card.kept.reading if card.kept and card.is_read else None,
        is_reading=is_reading,
        contacts=card.contacts,
        history=card.history,
        draft=draft,
        letter_follows=follows,
        may_write=card.may_write,
        mail=mailto(draft) if draft else None,
        elsewhere=card.elsewhere,
        fault=card.fault,
        told=told,
        typed=typed or Typed(),
    )
    kept = json.dumps({"entry": found.entry.id, "channel": channel})
    return prospect.prospect_view(shown, kept)


def gone() -> View:
    """Return what is shown of a prospect that may not be shown."""
    return note_view("Prospect", [GONE])


async def change(services: Services, view_id: str, view: View) -> None:
    """Replace an open modal; that it was closed meanwhile is no fault."""
    try:
        await services.slack_api.change(view_id, view)
    except SlackRefused as refused:
        log.info("a modal of the board cannot be drawn anew: %s", refused)


def _typed(values: Mapping[str, Any]) -> Typed:
    found: dict[str, str | None] = {}
    for block, state in values.items():
        name, field = block.partition("@")[0], state.get("value")
        if name not in _NAMES or field is None:
            continue
        option = field.get("selected_option") or {}
        found[name] = str(option.get("value") or field.get("value") or "")
    return Typed(**found)


def _drawn(blocks: list[dict[str, Any]]) -> Typed:
    found: dict[str, str | None] = {}
    for block in blocks:
        name = str(block.get("block_id", "")).partition("@")[0]
        if block.get("type") == "input" and name in ("subject", "body"):
            found[name] = str(block["element"].get("initial_value", ""))
    return Typed(**found)
