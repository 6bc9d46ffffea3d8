"""Start outreach and Claim several: the modal with whom nobody has yet, 25 a page."""

import json
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.model.outreach import By, Outcome, Status
from bot.outreach.worklists import A_PAGE, Shown
from bot.render.outreach.claim_several import FORM, claim_view, claimed_lines
from bot.render.outreach.prospect import note_view
from bot.render.outreach.refusals import Told
from bot.render.report.prospects import prospects_sentence
from bot.render.slack.message import Message, View
from handlers import private_notes
from handlers.answer import clicks
from handlers.answer.buttons import on_press
from handlers.answer.clicks import Click
from handlers.outreach import modal
from handlers.outreach.modal import ModalClick
from handlers.outreach.pages import line_of, page_id, read_page_id, redraw
from handlers.request import Answer, Request
from handlers.services import Services
from handlers.slack.refusals import SlackRefused

_NOBODY = "Nobody is left on this list: claim from another answer, or ask again."
_FREE = frozenset({Status.NEW, Status.STALE})


def register(app: AsyncApp, services: Services) -> None:
    """Register both buttons, the turn of the page, and the form."""

    async def start(click: Click, _: Request[Answer]) -> Message | None:
        return await _start(services, click)

    on_press(app, services, "start_outreach", start)

    async def several(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await _several(services, clicks.click_of(body))

    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await _turn(services, modal.click_in(body))

    async def claimed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _claim(services, body["view"], modal.click_in(body), ack)

    app.action("claim_several")(several)
    app.action("claim_next")(turn)
    app.view(FORM)(claimed)


async def _start(services: Services, click: Click) -> Message | None:
    """Open the modal for an answer; one that was given before there were lists gets its list."""
    report = await clicks.report_of(services, click.value, click.team)
    if report is None:
        return private_notes.note("The answer of that run is gone. Ask again.")
    list_id = await services.worklists.of_report(
        click.team, click.value, report, prospects_sentence(report)
    )
    page = await services.worklists.page(click.team, list_id, 0)
    try:
        await services.slack_api.show(click.trigger_id, _view(page, click.channel))
    except SlackRefused as refused:
        return private_notes.note(str(refused))
    return None


async def _several(services: Services, click: Click) -> None:
    page = await _page(services, click.team, click.value)
    try:
        await services.slack_api.show(click.trigger_id, _view(page, click.channel))
    except SlackRefused as refused:
        if click.response_url is not None:
            await services.slack_api.respond(click.response_url, private_notes.note(str(refused)))


async def _turn(services: Services, click: ModalClick) -> None:
    at = read_page_id(click.value)
    page = await services.worklists.turn(click.team, *at) if at else None
    await modal.change(services, click.view, _view(page, click.channel))


async def _claim(
    services: Services, view: dict[str, Any], click: ModalClick, ack: AsyncAck
) -> None:
    """Claim all that are ticked, each decided by itself; the modal says what became of it."""
    kept = json.loads(view["private_metadata"])
    ticked = [
        str(option["value"])
        for field in view["state"]["values"].values()
        for option in field.get("value", {}).get("selected_options") or []
    ]
    done = list[Outcome]()
    for entry in ticked[:A_PAGE]:
        by = By(click.user, modal.DOOR, f"{click.view}:{entry}")
        outcome = await services.board.change_by_id(click.team, entry, Status.CLAIMED, by)
        if outcome is not None:
            done.append(outcome)
    days = await modal.calendar(services, click.team, click.channel)
    said = claimed_lines(done, days) if ticked else [Told("Nobody was ticked.")]
    page = await _page(services, click.team, str(kept.get("page", "")))
    await ack(
        response_action="update", view=_view(page, click.channel, said, again=not ticked).payload()
    )
    await redraw(services, click.team, [one.entry.domain for one in done])


async def _page(services: Services, team: str, value: str) -> Shown | None:
    at = read_page_id(value)
    return await services.worklists.page(team, *at) if at else None


def _view(
    page: Shown | None, channel: str, told: list[Told] | None = None, *, again: bool = True
) -> View:
    if page is None:
        return note_view("Claim several", [_NOBODY])
    free = [line_of(row) for row in page.rows if row.entry.status in _FREE]
    kept = json.dumps({"page": page_id(page.page), "channel": channel})
    return claim_view(
        page_id(page.page),
        free if again else [],
        rest=min(page.rest, A_PAGE),
        private_metadata=kept,
        told=told or (),
    )
