"""Buttons that ask the same question again: with fresh data, about another page, or elsewhere.

Run again asks the vendors for new data. Retry, after a failure, reuses what was already paid for,
and so do the buttons that name our page (Use this, We have none, Another). The buttons that move
the answer to a direct message or to the asker alone repeat the question as it was, `fresh` or not.
"""

import json
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.common.errors import BadQuestion
from bot.model.question import NO_PAGE, Defaults, Question, make
from bot.render import views
from bot.render.slack.message import Message
from handlers import private_notes
from handlers.answer import accept, clicks, pressed
from handlers.answer.buttons import InPlace, Later, on_press
from handlers.answer.clicks import Click
from handlers.request import Answer, Destination, Request
from handlers.services import Services
from handlers.slack.refusals import SlackRefused


def register(app: AsyncApp, services: Services) -> None:
    """Register every button that asks the same question again."""
    _listen_again(app, services)
    _listen_proposed_page(app, services)
    _listen_name_page(app, services)
    _listen_elsewhere(app, services)


def _listen_again(app: AsyncApp, services: Services) -> None:
    """Register Run again and Retry, which share one action id."""

    async def again(click: Click, request: Request[Answer]) -> Message | Later | None:
        answered = await clicks.report_of(services, click.value, click.team) is not None
        repeated = accept.again(
            request, fresh=answered, user=click.user, response_url=click.response_url
        )
        note = await accept.commit(services, repeated, click.trigger_id)
        return note or partial(pressed.done, services, click, request, "run_again")

    on_press(app, services, "run_again", again)


def _listen_proposed_page(app: AsyncApp, services: Services) -> None:
    """Register Use this and We have none, below the page that a result proposes as ours."""

    async def use(click: Click, request: Request[Answer]) -> Message | Later | None:
        report = await clicks.report_of(services, click.value, click.team)
        if report is None or report.proposed_page is None:
            return private_notes.note("The page that was proposed is gone. Ask again.")
        return await _ask_with(services, click, request, report.proposed_page, "use_page")

    async def have_none(click: Click, request: Request[Answer]) -> Message | Later | None:
        return await _ask_with(services, click, request, NO_PAGE, "no_page")

    on_press(app, services, "use_page", use)
    on_press(app, services, "no_page", have_none)


async def _ask_with(
    services: Services, click: Click, request: Request[Answer], page: str, action_id: str
) -> Message | Later | None:
    """Commit the same question about this page, reusing what was already paid for."""
    known = replace(request.body, question=replace(request.body.question, page=page))
    again = accept.again(
        replace(request, body=known), fresh=False, user=click.user, response_url=click.response_url
    )
    note = await accept.commit(services, again, click.trigger_id)
    return note or partial(pressed.done, services, click, request, action_id)


def _listen_name_page(app: AsyncApp, services: Services) -> None:
    """Register the Name our page button and its form."""

    async def ask(click: Click, request: Request[Answer]) -> Message | None:
        page = request.body.question.page
        view = views.name_page(click.value, page=page if page and page != NO_PAGE else "")
        place = json.dumps({"run": click.value, "response_url": click.response_url})
        try:
            await services.slack_api.show(click.trigger_id, replace(view, private_metadata=place))
        except SlackRefused as refused:
            return private_notes.note(str(refused))
        return None

    async def named(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        fault = await _ask_with_typed_page(services, body, view)
        await (ack(response_action="errors", errors={"page": fault}) if fault else ack())
        if not fault:
            await _confirm_typed_page(services, body, view)

    on_press(app, services, "name_page", ask)
    app.view("name_page_form")(named)


async def _ask_with_typed_page(
    services: Services, body: dict[str, Any], view: dict[str, Any]
) -> str | None:
    """Commit the question with the typed page. Returns an error message, or None on success."""
    place = json.loads(view["private_metadata"])
    typed = view["state"]["values"]["page"]["value"]["value"] or ""
    try:
        request = await clicks.request_of(services, place["run"], body["team"]["id"])
        question, asked_in = _with_page(request.body.question, typed), request.place
        (await services.channels.of(asked_in.team, asked_in.channel)).vendors(question)
    except (BadQuestion, clicks.NotYours) as error:
        return str(error)
    renamed = accept.again(
        replace(request, body=replace(request.body, question=question)),
        fresh=False,
        user=body["user"]["id"],
        response_url=place["response_url"],
    )
    note = await accept.commit(services, renamed, view["id"])
    return note.text if note else None


async def _confirm_typed_page(
    services: Services, body: dict[str, Any], view: dict[str, Any]
) -> None:
    """Say in the answer that its form was sent. The run goes on whether Slack takes this or not."""
    place = json.loads(view["private_metadata"])
    report = await clicks.report_of(services, place["run"], body["team"]["id"])
    if report is None or place["response_url"] is None:
        return
    drawn = await pressed.answer(services, place["run"], report, "name_page")
    with suppress(SlackRefused):
        await services.slack_api.respond(place["response_url"], drawn, replace=True)


def _with_page(question: Question, page: str) -> Question:
    """Return the same question about another page of ours. Raises `BadQuestion`."""
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


_PLACES = {
    "answer_dm": (Destination.DM, "in your direct messages with me"),
    "answer_private": (Destination.PRIVATE, "here, for your eyes only"),
}


def _listen_elsewhere(app: AsyncApp, services: Services) -> None:
    """Register both buttons of the note that is shown when the placeholder was refused."""
    for action_id, (destination, place) in _PLACES.items():
        _listen_place(app, services, action_id, destination, place)


def _listen_place(
    app: AsyncApp, services: Services, action_id: str, destination: Destination, place: str
) -> None:
    async def send(click: Click, request: Request[Answer]) -> Message | None:
        if click.user != request.place.user:
            raise clicks.NotYours
        elsewhere = accept.again(
            replace(request, body=replace(request.body, to=destination)),
            fresh=request.body.question.fresh,
            user=click.user,
            response_url=click.response_url,
        )
        note = await accept.commit(services, elsewhere, click.trigger_id)
        return InPlace.of(note or private_notes.working(place))

    on_press(app, services, action_id, send)
