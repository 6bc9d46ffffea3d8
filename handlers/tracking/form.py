"""The form of a bare `/gap track` and of Track more: many keywords; their price is shown first."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.common.errors import BadQuestion
from bot.model.question import Defaults, SiteQuestion, read_here, read_site, read_words
from bot.render.slack.message import Message
from bot.render.tracking.forms import KEYWORDS, MOST_KEYWORDS, bulk_form
from bot.tracking import digest_hour
from bot.tracking.keywords import MOST_TRACKED, key_of, to_keep
from handlers import private_notes, vendor_choice
from handlers.answer.buttons import anybody, on_click
from handlers.answer.clicks import Click
from handlers.channel_settings import ChannelSettings
from handlers.jobs import submit
from handlers.request import Kind, Place, Request, Track
from handlers.services import Services
from handlers.slack.refusals import SlackRefused
from handlers.tell import tell

_TWICE = "twice in the list"
_HERE = "tracked here already"


@dataclass
class _Lines:
    """What the lines of the form say: questions, and what is left out with the reason.

    `unfit` are the reasons of those that no connected vendor fits.
    """

    questions: list[SiteQuestion] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)


def register(app: AsyncApp, services: Services) -> None:
    """Register the button and the submitted form."""

    async def more(click: Click, _: Click) -> Message | None:
        return await _open(services, click.place, click.trigger_id)

    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        errors = await _take(services, body, view)
        await (ack(response_action="errors", errors=errors) if errors else ack())

    on_click(app, services, "track_more", anybody, more)
    app.view("bulk_form")(submitted)


async def open_form(services: Services, place: Place, trigger_id: str) -> None:
    """Open the form, filled in with the channel's own site; a refusal is reported privately."""
    note = await _open(services, place, trigger_id)
    if note is not None:
        await tell(services, place, note)


async def _open(services: Services, place: Place, trigger_id: str) -> Message | None:
    channel_settings = await services.channels.settings(place.team, place.channel)
    kept = json.dumps({"channel": place.channel, "response_url": place.response_url})
    view = bulk_form(
        channel_settings.site or "", digest_hour.in_words(channel_settings), private_metadata=kept
    )
    try:
        await services.slack_api.show(trigger_id, view)
    except SlackRefused as refused:
        return private_notes.note(str(refused), "Or type `/gap track your keyword`.")
    return None


async def _take(services: Services, body: dict[str, Any], view: dict[str, Any]) -> dict[str, str]:
    """Commit a job that shows the price. Returns the errors by field."""
    kept, values = json.loads(view["private_metadata"]), view["state"]["values"]
    place = Place(
        body["team"]["id"],
        kept["channel"],
        body["user"]["id"],
        response_url=kept["response_url"],
    )
    channel_settings = await services.channels.of(place.team, place.channel)
    try:
        site = read_site(_typed(values, "site") or channel_settings.settings().site or "")
    except BadQuestion:
        return {"site": "Whose pages are they for? Its domain, such as example.com."}
    here = await services.tracking.following(place.team, place.channel)
    # A form that was open while LinkGap was updated may have more boxes: keywords_2 …
    boxes = sorted(name for name in values if name.startswith(KEYWORDS))
    lines = [line.strip() for name in boxes for line in _typed(values, name).splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > MOST_KEYWORDS:
        return {KEYWORDS: f"These are {len(lines):,} lines; {MOST_KEYWORDS} is the most."}

    def defaults_of(named: str | None) -> Defaults:
        return channel_settings.defaults(named or site)

    read = _read(lines, defaults_of, [one.question for one in here])
    _leave_out_what_nobody_reads(read, channel_settings)
    if not read.questions:
        return {KEYWORDS: _why_none(read)}
    room = MOST_TRACKED - len(here)
    if len(read.questions) > room:
        return {
            KEYWORDS: f"{len(here)} keywords are tracked here and {MOST_TRACKED} is the most, so "
            f"{max(0, room)} more fit; these are {len(read.questions)}."
        }
    refused = await vendor_choice.refusal(services, place, read.questions)
    if refused is not None:
        return {KEYWORDS: refused.text}
    request = Request(place, Track(tuple(read.questions), skipped=tuple(read.skipped)))
    note = (await submit(services, Kind.TRACK_MANY, request, view["id"])).note
    return {KEYWORDS: note.text} if note else {}


def _typed(values: dict[str, Any], name: str) -> str:
    return (values.get(name, {}).get("value", {}).get("value") or "").strip()


def _read(
    lines: list[str], defaults_of: Callable[[str | None], Defaults], here: list[SiteQuestion]
) -> _Lines:
    """Read each line like the words after `/gap track`; skip what cannot be tracked."""
    found, known, listed = _Lines(), set(map(key_of, here)), set[object]()
    for line in lines:
        try:
            question = to_keep(read_here(read_words(line), defaults_of))
        except BadQuestion as error:
            found.skipped.append((line, str(error)))
            continue
        key = key_of(question)
        if key in listed:
            found.skipped.append((question.keyword, _TWICE))
        elif key in known:
            found.skipped.append((question.keyword, _HERE))
        else:
            found.questions.append(question)
        listed.add(key)
    return found


def _leave_out_what_nobody_reads(read: _Lines, channel_settings: ChannelSettings) -> None:
    """Leave out each line that no connected vendor fits: its site and its vendors are its own."""
    for question in [*read.questions]:
        try:
            channel_settings.vendors(question)
        except BadQuestion as error:
            read.questions.remove(question)
            read.skipped.append((question.keyword, str(error)))
            read.unfit.append(str(error))


def _why_none(read: _Lines) -> str:
    if read.unfit:
        return read.unfit[0]
    if not read.skipped:
        return "Which keywords? One a line."
    line, why = read.skipped[0]
    return f"Nothing here is new. “{line[:60]}”: {why}"
