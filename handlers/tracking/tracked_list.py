"""`/gap list`, `history` and `untrack`: the tracked keywords, and what can be done with each.

The list is shown page by page; a menu in each row edits, pauses or untracks a keyword.
"""

import json
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.common.errors import BadQuestion
from bot.model.question import Defaults, make
from bot.model.tracking import TrackedKeyword
from bot.render.slack.message import Message
from bot.render.tracking.forms import edit_form
from bot.render.tracking.history import history_message
from bot.render.tracking.tracked_list import PER_PAGE, ListRow, list_notice, tracked_list
from bot.render.tracking.tracked_notes import untracked
from bot.render.words import Calendar
from bot.tracking import digest_hour
from bot.tracking.last_week import how_it_ended
from handlers import lookups, private_notes
from handlers.answer.buttons import InPlace, anybody, on_click
from handlers.answer.clicks import Click, NotYours
from handlers.lookups import on_lookup
from handlers.private_notes import marked
from handlers.request import Kind, Lookup, Place
from handlers.services import Services
from handlers.slack.refusals import SlackRefused
from handlers.tracking import which


def register(app: AsyncApp, services: Services) -> None:
    """Register the pages, menus, Edit and Untrack, and the lookups that draw pages."""

    async def open_list(click: Click, _: Click) -> Message | None:
        return await lookups.ask(services, Kind.LIST, click.place, Lookup(), click.trigger_id)

    async def turn(click: Click, _: Click) -> Message | None:
        page = int(click.value) if click.value.isdecimal() else 1
        return await which.show_list(services, click.place, page, click.trigger_id)

    async def chosen(click: Click, keyword: TrackedKeyword) -> Message | None:
        return await _act(services, click, keyword)

    on_lookup(services, Kind.LIST, _page)
    on_lookup(services, Kind.HISTORY, _history)
    on_click(app, services, "tracked_list", anybody, open_list)
    on_click(app, services, "tracked_page", anybody, turn)
    on_click(app, services, "tracked_page_back", anybody, turn)
    on_click(app, services, "tracked_menu", which.behind, chosen)
    _listen_edit(app, services)
    _listen_untrack(app, services)


async def _act(services: Services, click: Click, keyword: TrackedKeyword) -> Message | None:
    """Do what was chosen in a row's menu, and show the same page again."""
    action = click.value.partition(":")[0]
    if action == "edit_tracking":
        return await open_form(services, click, keyword)
    page = await which.page_of(services, keyword)
    if action == "untrack":
        await services.tracking.untrack(keyword)
    elif action in ("pause_tracking", "resume_tracking"):
        await services.tracking.pause(keyword, paused=action == "pause_tracking")
    else:
        return private_notes.note("I do not know that choice any more. `/gap list` shows it anew.")
    done = list_notice(action, keyword.question.keyword)
    return await which.show_list(services, click.place, page, click.trigger_id, done=done)


async def _page(services: Services, place: Place, lookup: Lookup) -> Message:
    # Sorted by name, as stored, so that a keyword stays on its page when its numbers change.
    here = await services.tracking.listed(place.team, place.channel)
    pages = max(1, -(-len(here) // PER_PAGE))
    page = min(max(1, int(lookup.words or 1)), pages)
    next_run = await services.schedule.next_digest(place.team, place.channel)
    rows = [
        ListRow(
            one.state.tracked,
            one.latest,
            one.gap_change,
            None if one.state.tracked.paused else next_run,
            one.state.fault,
        )
        for one in here[(page - 1) * PER_PAGE : page * PER_PAGE]
    ]
    note = await _note(services, place) if here else ""
    drawn = tracked_list(
        rows, page=page, of=pages, channel_note=note, total=len(here), done=lookup.done
    )
    invented = any(row.latest.sample for row in rows if row.latest)
    return marked(drawn) if invented else drawn


async def _note(services: Services, place: Place) -> str:
    """Return the digest time, how the last week ended, and what prevents the next digest."""
    settings, now = (
        await services.channels.settings(place.team, place.channel),
        services.clock.now(),
    )
    ended = await services.database.read(
        lambda db: how_it_ended(db, place.team, place.channel, settings, now)
    )
    return " ".join([f"The digest is posted {digest_hour.in_words(settings)}.", *ended])


async def history(services: Services, place: Place, words: str, key: str) -> Message | None:
    """Show need, have and position over time, free of charge. Raises `BadQuestion`."""
    if not words:
        raise which.nothing_named()
    return await lookups.ask(services, Kind.HISTORY, place, Lookup(words), key)


async def _history(services: Services, place: Place, lookup: Lookup) -> Message:
    found = await which.named(services, place, lookup.words)
    if isinstance(found, Message):
        return found
    snapshots = await services.tracking.history(found)
    settings = await services.channels.settings(place.team, place.channel)
    calendar = Calendar(services.clock.now(), ZoneInfo(settings.time_zone))
    drawn = history_message(found, snapshots, calendar)
    return marked(drawn) if any(one.sample for one in snapshots) else drawn


def _listen_edit(app: AsyncApp, services: Services) -> None:
    """Register the submitted form."""

    async def saved(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        fault = await _keep_page(services, body, view)
        await (ack(response_action="errors", errors={"page": fault}) if fault else ack())

    app.view("edit_tracked_form")(saved)


async def open_form(services: Services, click: Click, keyword: TrackedKeyword) -> Message | None:
    """Open the form. Returns a private note if Slack refuses."""
    kept = {"id": keyword.id, "channel": click.channel, "response_url": click.response_url}
    view = replace(edit_form(keyword), private_metadata=json.dumps(kept))
    try:
        await services.slack_api.show(click.trigger_id, view)
    except SlackRefused as refused:
        return private_notes.note(str(refused))
    return None


async def _keep_page(services: Services, body: dict[str, Any], view: dict[str, Any]) -> str | None:
    """Store the typed page. Returns an error message, or None on success."""
    kept, team = json.loads(view["private_metadata"]), body["team"]["id"]
    typed = (view["state"]["values"]["page"]["value"]["value"] or "").strip()
    keyword = await services.tracking.one(team, kept["id"])
    if keyword is None or keyword.channel != kept["channel"]:
        return str(NotYours())
    asked = keyword.question
    market = Defaults(asked.market.country, asked.market.language)
    try:
        page = make(asked.keyword, market, site=asked.site, page=typed or None).page
    except BadQuestion as error:
        return str(error)
    await services.tracking.edit(keyword, page=page)
    place = Place(team, keyword.channel, body["user"]["id"], response_url=kept["response_url"])
    page_of_list = await which.page_of(services, keyword)
    done = list_notice("edit_tracking", asked.keyword)
    await which.show_list(services, place, page_of_list, view["id"], done=done)
    return None


def _listen_untrack(app: AsyncApp, services: Services) -> None:
    """Register the button below a keyword; the menu of the list does the same."""

    async def pressed(click: Click, keyword: TrackedKeyword) -> Message | None:  # noqa: ARG001
        return InPlace.of(await _end(services, keyword))

    on_click(app, services, "untrack", which.behind, pressed)


async def untrack(services: Services, place: Place, words: str, key: str) -> Message | None:  # noqa: ARG001
    """Untrack the keyword that the words name. Raises `BadQuestion`."""
    if not words:
        raise which.nothing_named()
    found = await which.named(services, place, words)
    return found if isinstance(found, Message) else await _end(services, found)


async def _end(services: Services, keyword: TrackedKeyword) -> Message:
    await services.tracking.untrack(keyword)
    return untracked(keyword.question.keyword, keyword.question.site)
