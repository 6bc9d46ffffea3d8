"""What people of the demo press in the playground, over the same doors as in Slack."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from playground.inputs import label_of, options_of, placed
from playground.model import Message, View
from playground.server import Playground

Deed = Callable[[Playground], Awaitable[str | None]]
"""Something that somebody does; what it returns is worth a line in the transcript."""

_BEING_READ = "Its pages are being read"


def claims(user: str, *domains: str) -> Deed:
    """Press Start outreach below the first answer, tick some prospects and claim them."""

    async def act(playground: Playground) -> None:
        await _start_outreach(playground, user)
        await _claim(playground, user, domains)

    return act


def claims_too_late(user: str, colleague: str, domain: str) -> Deed:
    """Tick a prospect in a form that a colleague, who has it open too, sends first."""

    async def act(playground: Playground) -> str:
        for one in (user, colleague):
            await _start_outreach(playground, one)
        await _claim(playground, colleague, [domain])
        said = await _claim(playground, user, [domain])
        names = {one.id: one.real_name for one in playground.workspace.users.values()}
        for known, name in names.items():
            said = said.replace(f"<@{known}>", name)
        return f"{user} wants to claim {domain} too, and is told: {said}"

    return act


def presses(user: str, domain: str, *buttons: str) -> Deed:
    """Open a prospect in the list below the first answer, and press buttons of its modal."""

    async def act(playground: Playground) -> None:
        listed, action = _row(playground, domain)
        await _pressed(playground, user, listed, action)
        for button in buttons:
            await _pressed(playground, user, playground.modal(user), button)
        await playground.close_view(user)

    return act


def answers_reminder(user: str, domain: str, button: str) -> Deed:
    """Press a button beside a prospect in the newest reminder among the direct messages."""

    async def act(playground: Playground) -> str:
        reminder = reminders(playground, user)[-1]
        at = _places(reminder.blocks, f"*{domain}*")
        below = reminder.blocks[at + 1]
        before = reminder.written
        await playground.click(user, reminder, button, block_id=below["block_id"])
        await playground.until(lambda: reminder.written != before)
        return f"{user} is asked in a direct message: {reminder.text} “{button}”, for {domain}."

    return act


def reminders(playground: Playground, user: str) -> list[Message]:
    """Return the reminders among somebody's direct messages, oldest first."""
    who = playground.workspace.user(user).id
    return [
        message
        for message in playground.workspace.everything()
        if who in playground.workspace.channels[message.channel].members
        and any(label_of(one) == "Stop reminders" for _, one in placed(message.blocks))
    ]


async def home_tab(playground: Playground, user: str) -> View:
    """Open the home tab; return it."""
    who = playground.workspace.user(user).id
    [app] = playground.workspace.apps
    await playground.open_home(user)
    await playground.until(lambda: (app, who) in playground.workspace.homes)
    return playground.workspace.homes[app, who]


async def _start_outreach(playground: Playground, user: str) -> None:
    answer = next(
        message
        for message in playground.workspace.everything()
        if any(one.get("action_id") == "start_outreach" for _, one in placed(message.blocks))
    )
    await _pressed(playground, user, answer, "start_outreach")


async def _claim(playground: Playground, user: str, domains: tuple[str, ...] | list[str]) -> str:
    """Tick prospects in the form that is open, and send it; return what the form says then."""
    view = playground.modal(user)
    ticked: dict[str, list[str]] = {}
    for block, element in placed(view.body["blocks"]):
        if options_of(element):
            ticked[block["block_id"]] = [
                str(option["value"])
                for option in options_of(element)
                if label_of(option).partition(" ")[0] in domains
            ]
    await playground.submit_view(user, ticked)
    said = _words(playground.modal(user))
    await playground.close_view(user)
    return said


async def _pressed(playground: Playground, user: str, place: Message | View, what: str) -> None:
    """Press a button, and wait until the modal shows all that comes of it."""
    who = playground.workspace.user(user).id

    def top() -> View | None:
        stack = playground.workspace.modals.get(who)
        return stack[-1] if stack else None

    def has_answered() -> bool:
        view = top()
        return view is not None and view.hash != before and _BEING_READ not in _words(view)

    before = view.hash if (view := top()) else ""
    await playground.click(user, place, what)
    await playground.until(has_answered)


def _row(playground: Playground, domain: str) -> tuple[Message, str]:
    """Return the oldest list with a prospect, and the action of its button."""
    for message in playground.workspace.everything():
        for row in _rows(message):
            if domain in str(row[0]):
                return message, next(
                    str(cell["element"]["action_id"]) for cell in row if "element" in cell
                )
    raise LookupError(domain)


def _rows(message: Message) -> Iterator[list[Mapping[str, Any]]]:
    for block in message.blocks:
        if block["type"] == "data_table":
            yield from block["rows"]


def _places(blocks: list[dict[str, Any]], words: str) -> int:
    return next(at for at, one in enumerate(blocks) if words in str(one.get("text")))


def _words(view: View) -> str:
    """Return what the sections of a modal say."""
    return " ".join(
        str(one["text"]["text"]) for one in view.body["blocks"] if one["type"] == "section"
    )
