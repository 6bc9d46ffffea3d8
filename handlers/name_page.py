"""Name our page: a small form, then the same question with that page."""

import json
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import BadQuestion
from bot.model.question import NO_PAGE, Defaults, Question, make
from bot.render import views
from bot.render.slack.message import Message
from handlers import private_notes
from handlers.answer import accept, clicks
from handlers.answer.buttons import on_press
from handlers.answer.clicks import Click
from handlers.request import Errand
from handlers.services import Services
from handlers.slack.refusals import SlackRefused


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the button and for its form."""

    async def ask(click: Click, errand: Errand) -> Message | None:
        page = errand.question.page
        view = views.name_page(click.value, page=page if page and page != NO_PAGE else "")
        place = json.dumps({"run": click.value, "response_url": click.response_url})
        try:
            await services.voice.show(click.trigger_id, replace(view, private_metadata=place))
        except SlackRefused as refused:
            return private_notes.note(str(refused))
        return None

    async def named(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        fault = await _take(services, body, view)
        await (ack(response_action="errors", errors={"page": fault}) if fault else ack())

    on_press(app, services, "name_page", ask)
    app.view("name_page_form")(named)


async def _take(services: Services, body: dict[str, Any], view: dict[str, Any]) -> str | None:
    """Commit the question with its page; returns the fault, if there is one."""
    place = json.loads(view["private_metadata"])
    typed = view["state"]["values"]["page"]["value"]["value"] or ""
    try:
        errand = await clicks.errand_of(services, place["run"], body["team"]["id"])
        question = _with_page(errand.question, typed)
        services.analysis.check(
            question,
            await services.channels.settings(errand.team, errand.channel, question.site),
        )
    except (BadQuestion, clicks.NotYours) as error:
        return str(error)
    renamed = accept.again(
        replace(errand, question=question),
        fresh=False,
        user=body["user"]["id"],
        response_url=place["response_url"],
    )
    note = await accept.commit(services, renamed, view["id"])
    return note.text if note else None


def _with_page(question: Question, page: str) -> Question:
    """Return the same question about another page of ours; raises `BadQuestion`."""
    if not page.strip():
        raise BadQuestion("Which page? Its address, or none when there is no page yet.")
    market = question.market
    checked = make(
        question.keyword,
        Defaults(market.country, market.language),
        site=question.site,
        page=page.strip(),
    )
    return replace(question, site=checked.site, page=checked.page)
