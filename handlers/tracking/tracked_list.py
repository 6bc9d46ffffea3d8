"""`/gap list`: what is tracked here, page by page, and what can be done with each keyword."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.model.tracking import TrackedKeyword
from bot.render.slack.message import Message
from bot.render.tracking.tracked_list import PER_PAGE, ListRow, tracked_list
from bot.settings.environment import Settings
from bot.store import posts, workspace
from bot.store.posts import PostState
from bot.tracking.digest import digest_slot
from bot.tracking.schedule import WEEK
from handlers import edit_tracked, lookups, private_notes
from handlers.answer.buttons import anybody, on_click
from handlers.answer.clicks import Click
from handlers.lookups import Look, on_look
from handlers.place import Place
from handlers.sample_mark import marked, uses_sample
from handlers.services import Services
from handlers.tracking import digest_time, which
from handlers.tracking.track import place_of

_HOW = {
    PostState.NOTHING: "Nothing changed in {week}, so nothing was posted.",
    PostState.UNKNOWN: "Whether the digest of {week} was posted is not known.",
}


def register(app: AsyncApp, services: Services) -> None:
    """Listen for pages and menus; the job draws a page."""

    async def open_list(click: Click, _: Click) -> Message | None:
        return await lookups.ask(services, which.LIST, Look(place_of(click)), click.trigger_id)

    async def turn(click: Click, _: Click) -> Message | None:
        page = int(click.value) if click.value.isdecimal() else 1
        return await which.show_list(services, place_of(click), page, click.trigger_id)

    async def chosen(click: Click, keyword: TrackedKeyword) -> Message | None:
        return await _act(services, click, keyword)

    on_look(services, which.LIST, _page)
    on_click(app, services, "tracked_list", anybody, open_list)
    on_click(app, services, "tracked_page", anybody, turn)
    on_click(app, services, "tracked_page_back", anybody, turn)
    on_click(app, services, "tracked_menu", which.behind, chosen)


async def _act(services: Services, click: Click, keyword: TrackedKeyword) -> Message | None:
    """Do what a row's menu says, and show the same page again."""
    action = click.value.partition(":")[0]
    if action == "edit_tracking":
        return await edit_tracked.open_form(services, click, keyword)
    page = await which.page_of(services, keyword)
    if action == "untrack":
        await services.tracking.untrack(keyword)
    elif action in ("pause_tracking", "resume_tracking"):
        await services.tracking.pause(keyword, paused=action == "pause_tracking")
    else:
        return private_notes.note("I do not know that choice any more. `/gap list` shows it anew.")
    return await which.show_list(services, place_of(click), page, click.trigger_id)


async def _page(services: Services, look: Look) -> Message:
    place = look.place
    # In the order of names, as it is kept: a page stays the same when its numbers change.
    here = await services.tracking.listed(place.team, place.channel)
    pages = max(1, -(-len(here) // PER_PAGE))
    page = min(max(1, int(look.words or 1)), pages)
    next_run = await services.schedule.next_digest(place.team, place.channel)
    rows = [
        ListRow(
            one.followed.tracked,
            one.latest,
            one.gap_change,
            None if one.followed.tracked.paused else next_run,
            one.followed.fault,
        )
        for one in here[(page - 1) * PER_PAGE : page * PER_PAGE]
    ]
    note = await _note(services, place) if here else ""
    drawn = tracked_list(rows, page=page, of=pages, channel_note=note, total=len(here))
    invented = any(uses_sample(services, row.tracked.question) for row in rows)
    return marked(drawn) if invented else drawn


async def _note(services: Services, place: Place) -> str:
    """Return when the channel hears of it, how its last week ended, and what stands in the way."""
    settings = await services.channels.settings(place.team, place.channel)
    stopped = await services.database.read(
        lambda db: workspace.stopped(db, place.team, place.channel)
    )
    said = [
        f"The digest comes {digest_time.in_words(settings)}.",
        await _last_week(services, place, settings),
    ]
    if stopped is not None:
        said.append(f"The digest waits: {stopped.why}")
    return " ".join(filter(None, said))


async def _last_week(services: Services, place: Place, settings: Settings) -> str:
    for moment in (services.clock.now(), services.clock.now() - WEEK):
        slot = digest_slot(place.team, place.channel, settings, moment)
        known = await services.database.read(partial(posts.known, slot=slot))
        if known is not None:
            return _HOW.get(known.state, "").format(week=slot.period)
    return ""
