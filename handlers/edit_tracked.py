"""Edit, in the menu of the list: which page of ours a keyword is read with."""

import json
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import BadQuestion
from bot.model.question import Defaults, make
from bot.model.tracking import TrackedKeyword
from bot.render.slack.message import Message
from bot.render.tracking.forms import edit_form
from handlers import private_notes
from handlers.answer.clicks import Click, NotYours
from handlers.place import Place
from handlers.services import Services
from handlers.slack.refusals import SlackRefused
from handlers.tracking import which


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the filled form."""

    async def saved(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        fault = await _take(services, body, view)
        await (ack(response_action="errors", errors={"page": fault}) if fault else ack())

    app.view("edit_tracked_form")(saved)


async def open_form(services: Services, click: Click, keyword: TrackedKeyword) -> Message | None:
    """Open the form; returns a private note when Slack does not."""
    kept = {"id": keyword.id, "channel": click.channel, "response_url": click.response_url}
    view = replace(edit_form(keyword), private_metadata=json.dumps(kept))
    try:
        await services.voice.show(click.trigger_id, view)
    except SlackRefused as refused:
        return private_notes.note(str(refused))
    return None


async def _take(services: Services, body: dict[str, Any], view: dict[str, Any]) -> str | None:
    """Keep the page; returns the fault, if there is one."""
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
    await which.show_list(services, place, page_of_list, view["id"])
    return None
