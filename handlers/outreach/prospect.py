"""The modal of one prospect: opened from a list, and everything that is pressed in it.

Each press is checked and written before Slack is told, so that a kill loses none; its id counts
once. What the modal shows afterwards is how things stand then, however long it was open.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.common.errors import LinkGapError
from bot.model.outreach import OPEN, Method, Status
from bot.outreach.approaches import ONE_SECONDS
from bot.outreach.mail import eml, file_name
from bot.outreach.verification import Look
from bot.render.outreach.prospect import FORM, note_view
from bot.render.outreach.refusals import NEVER, NEVER_BEFORE, NOTHING, Told, told
from bot.render.words import short_url, shown
from handlers import private_notes
from handlers.answer import clicks
from handlers.answer.clicks import Click
from handlers.outreach import modal
from handlers.outreach.modal import ModalClick
from handlers.outreach.pages import redraw
from handlers.services import Services
from handlers.slack.once import Once
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)

_OPEN = re.compile(r"prospect:(?:menu|[0-9]{1,3})")
_DECIDE = re.compile(r"prospect_(new|claimed|contacted|replied|declined|not_for_us)")
_NEVER_ADDRESS = re.compile(r"prospect_never_address:[0-9]{1,2}")
_BEFORE = "prospect_"
_THEN = " Only you know whether it was sent: then press Contacted."
Act = Callable[[Services, ModalClick, AsyncAck], Awaitable[None]]


def register(app: AsyncApp, services: Services) -> None:
    """Register the buttons of lists, and those of the modal."""

    async def opened(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await _open(services, clicks.click_of(body))

    async def saved(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _save(services, modal.click_in(body), ack)

    app.action(_OPEN)(opened)
    for name, act in _ACTS.items():
        _listen(app, services, name, act)
    app.view(FORM)(saved)


def _listen(app: AsyncApp, services: Services, name: str | re.Pattern[str], act: Act) -> None:
    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await act(services, modal.click_in(body), ack)

    app.action(name)(pressed)


async def _open(services: Services, click: Click) -> None:
    """Open the modal at once with what is known, then read the pages and fill in the rest."""
    team, entry, user = click.team, click.value, click.user
    card = await services.approaches.card(team, entry, user, at_once=True)
    days = await modal.calendar(services, team, click.channel)
    view = modal.view_of(card, user, click.channel, days) if card else modal.gone()
    try:
        view_id = await services.slack_api.show(click.trigger_id, view)
    except SlackRefused as refused:
        if click.response_url is not None:
            await services.slack_api.respond(click.response_url, private_notes.note(str(refused)))
        return
    if card is None or (card.is_read and card.is_written):
        return
    if not card.is_read:
        await services.approaches.read(team, [entry], seconds=ONE_SECONDS)
    read = await services.approaches.card(team, entry, user)
    view = modal.view_of(read, user, click.channel, days) if read else modal.gone()
    await modal.change(services, view_id, view)
    if read is not None and not card.is_read and read.kept and read.kept.reading.angle:
        await redraw(services, team, [read.found.entry.domain])


async def _decide(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Give the prospect a status; the modal says what became of it, and who holds it."""
    wanted = Status(click.action.removeprefix(_BEFORE))
    outcome = await services.board.change_by_id(click.team, click.entry, wanted, click.by)
    await ack()
    if outcome is None:
        await modal.change(services, click.view, modal.gone())
        return
    days = await modal.calendar(services, click.team, click.channel)
    said = told(outcome, wanted, days)
    await modal.change(services, click.view, await modal.prospect_now(services, click, told=said))
    await redraw(services, click.team, [outcome.entry.domain])


async def _never(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Put the domain on the list Never contact, for the whole team."""
    found = await services.board.entry(click.team, click.entry)
    new = found is not None and await services.board.suppress(
        click.team, found.entry.domain, click.by
    )
    await ack()
    if found is None:
        await modal.change(services, click.view, modal.gone())
        return
    said = NEVER if new else NEVER_BEFORE
    await modal.change(services, click.view, note_view("Prospect", [said]))
    await redraw(services, click.team, [found.entry.domain])


async def _never_address(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Put an address that the modal shows on the list Never contact."""
    card = await services.approaches.card(click.team, click.entry, click.user)
    listed = {one.address for one in card.contacts} if card else set()
    said = Told("That address is not shown any more, so nothing was changed.")
    if click.value in listed:
        new = await services.board.suppress(click.team, click.value, click.by)
        said = Told(
            "Nobody of your team is to write to that address again." if new else NEVER_BEFORE
        )
    await ack()
    await modal.change(services, click.view, await modal.prospect_now(services, click, told=said))


async def _check(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Look at the pages, or at the one that was typed, and say what was seen. Nothing is spent."""
    await ack()
    looking = Told("Looking at the page…")
    await modal.change(
        services, click.view, await modal.prospect_now(services, click, told=looking)
    )
    typed = (click.typed.page or "").strip() or None
    if typed is not None and "://" not in typed:
        typed = f"https://{typed}"
    domain = None
    try:
        checked = await services.verifier.check(click.team, click.entry, typed)
    except LinkGapError as fault:
        said = Told(str(fault))
    else:
        said = _seen(checked.look) if checked else NOTHING
        domain = checked.entry.domain if checked else None
    await modal.change(services, click.view, await modal.prospect_now(services, click, told=said))
    if domain is not None:
        await redraw(services, click.team, [domain])


def _seen(look: Look) -> Told:
    where = short_url(look.page or "", 120)
    if look.link is not None:
        anchor = f", anchor “{shown(look.anchor, 80)}”" if look.anchor else ""
        return Told(f"The link to you is there: {look.link.value}{anchor}, on {where}. It is won.")
    if look.whole:
        return Told(f"The whole page was seen, and it has no link to you: {where}.")
    why = shown(look.reason or "its page could not be read", 200).rstrip(".")
    return Told(f"Whether the link is there is unknown, and it does not count as lost: {why}.")


async def _words(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Keep the letter as it was typed, and say anew what it lacks."""
    view = await modal.prospect_now(services, click, told=Told("The letter was looked at anew."))
    await ack()
    await modal.change(services, click.view, view)


async def _opened_mail(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Note that a mail was opened. Slack has opened it, with the words that the button held."""
    card = await services.approaches.card(click.team, click.entry, click.user)
    if card is not None:
        await services.board.opened(card.whom(click.team), click.by)
    await ack()
    is_open = card is not None and card.found.entry.status in OPEN
    said = Told(f"Opened.{_THEN if is_open else ''}")
    if card is not None and not card.may_write:
        said = Told("Opened, but do not send it: by now a colleague has it, or it is closed.")
    elif click.changed_letter is not None:
        said = Told(
            "Your mail program was given the words before your last change. Press Open in mail "
            "once more for those below."
        )
    await modal.change(services, click.view, await modal.prospect_now(services, click, told=said))


async def _file(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Send the letter as a file to this person, where it does not fit a link."""
    view = await modal.prospect_now(services, click)
    await ack()
    card = await services.approaches.card(click.team, click.entry, click.user)
    if card is None or card.draft is None:
        await modal.change(services, click.view, view)
        return
    once = Once(services.database, services.clock, f"mail:{click.by.click}")
    name, content = file_name(card.found.entry.domain), eml(card.draft)

    async def send() -> None:
        direct = await services.slack_api.direct(click.user)
        await services.slack_api.upload(direct, name, content)

    then = _THEN if card.found.entry.status in OPEN else ""
    said = Told(f"The letter is in your direct messages with me.{then}")
    try:
        await once("file", send)
    except SlackRefused as refused:
        said = Told(str(refused))
    else:
        await services.board.opened(card.whom(click.team), click.by)
    await modal.change(services, click.view, await modal.prospect_now(services, click, told=said))


async def _save(services: Services, click: ModalClick, ack: AsyncAck) -> None:
    """Keep note, method and letter; the modal closes."""
    card = await services.approaches.card(click.team, click.entry, click.user)
    if card is None:
        await ack(response_action="update", view=modal.gone().payload())
        return
    whom, typed = card.whom(click.team), click.typed
    if click.changed_letter is not None:
        await services.approaches.keep_draft(whom, click.user, *click.changed_letter)
    method = Method(typed.method) if typed.method in list(Method) else None
    await services.board.annotate(whom, click.by, note=typed.note, method=method)
    await ack()
    if method is not card.found.entry.method:
        await redraw(services, click.team, [whom.domain])


_ACTS: dict[str | re.Pattern[str], Act] = {
    _DECIDE: _decide,
    "prospect_never": _never,
    _NEVER_ADDRESS: _never_address,
    "prospect_check": _check,
    "prospect_words": _words,
    "prospect_mail": _opened_mail,
    "prospect_file": _file,
}
