"""The form that a bare `/gap` opens: the same question, field by field."""

import json
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.common.errors import BadQuestion
from bot.model.question import Defaults, QuestionInput, read_here
from bot.render import views
from bot.render.slack.message import Message
from handlers import private_notes
from handlers.answer import accept
from handlers.answer.buttons import anybody, on_click
from handlers.answer.clicks import Click
from handlers.request import Answer, Place, Request
from handlers.services import Services
from handlers.slack.refusals import SlackRefused
from handlers.tell import tell

_ANY_KEYWORD = "keyword"


def register(app: AsyncApp, services: Services) -> None:
    """Register the button that opens the form, and the submitted form."""

    async def pressed(click: Click, _: Click) -> Message | None:
        return await _open(services, click.place, click.trigger_id)

    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        errors = await _take(services, body, view)
        await (ack(response_action="errors", errors=errors) if errors else ack())

    on_click(app, services, "open_form", anybody, pressed)
    app.view("gap_form")(submitted)


async def open_form(services: Services, place: Place, trigger_id: str) -> None:
    """Open the form, filled in with the channel's defaults; a refusal is reported privately."""
    note = await _open(services, place, trigger_id)
    if note is not None:
        await tell(services, place, note)


async def _open(services: Services, place: Place, trigger_id: str) -> Message | None:
    kept = json.dumps({"channel": place.channel, "response_url": place.response_url})
    defaults = await services.channels.defaults(place.team, place.channel)
    try:
        await services.slack_api.show(trigger_id, views.form(defaults, private_metadata=kept))
    except SlackRefused as refused:
        return private_notes.note(str(refused), "Or type `/gap your keyword`.")
    return None


async def _take(services: Services, body: dict[str, Any], view: dict[str, Any]) -> dict[str, str]:
    """Commit the question. Returns the errors by field."""
    kept = json.loads(view["private_metadata"])
    place = Place(
        body["team"]["id"], kept["channel"], body["user"]["id"], response_url=kept["response_url"]
    )
    channel_settings = await services.channels.of(place.team, place.channel)

    def defaults_of(site: str | None) -> Defaults:
        # The form was filled in with the defaults, so an empty site was emptied on purpose.
        return replace(channel_settings.defaults(site), site=None)

    given = _given(view["state"]["values"])
    errors = _faults(given, defaults_of(None))
    if errors:
        return errors
    try:
        question = read_here(QuestionInput(**given), defaults_of)
        channel_settings.vendors(question)
    except BadQuestion as error:
        return {"page" if given.get("page") else "keyword": str(error)}
    note = await accept.commit(services, Request(place, Answer(question)), view["id"])
    return {"keyword": note.text} if note else {}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Return the typed values without empty fields."""
    texts = {name: field["value"].get("value") for name, field in values.items()}
    given = {name: text.strip() for name, text in texts.items() if text and text.strip()}
    fresh = bool(values.get("fresh", {}).get("value", {}).get("selected_options"))
    vs = tuple(given.pop("vs", "").split())
    return {**given, "vs": vs, "fresh": fresh}


def _faults(given: dict[str, Any], defaults: Defaults) -> dict[str, str]:
    """Validate each field alone, so that each error is shown below its own field."""
    errors = {}
    for name in ("keyword", "site", "page", "country", "language", "vs"):
        if name != "keyword" and not given.get(name):
            continue
        alone: dict[str, Any] = {"keyword": _ANY_KEYWORD, name: given.get(name, "")}
        try:
            QuestionInput(**alone).question(defaults)
        except BadQuestion as error:
            errors[name] = str(error)
    return errors
