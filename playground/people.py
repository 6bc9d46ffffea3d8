"""What people do in the workspace: type commands, press buttons, fill in forms, mention the bot.

Every action is delivered to the app and answered as in Slack. Users and channels may be named by id
or name.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from playground import inputs, payloads
from playground.courier import Ack, Courier
from playground.errors import SlackError
from playground.model import App, Channel, Message, View
from playground.replies import Replies
from playground.web_api.views import change_view, checked_view, push_on
from playground.workspace import SLACKBOT, Workspace

RETRY_PAUSES_S = (0, 60, 300)
"""How long Slack waits before it sends an event again: not at all, a minute, five minutes."""
_TROUBLE = "We had some trouble connecting. Try again?"


class People:
    """People's actions. `base_url` is the address of this workspace."""

    def __init__(self, workspace: Workspace, courier: Courier, base_url: Callable[[], str]) -> None:
        self.workspace = workspace
        self.replies = Replies(workspace)
        self._courier = courier
        self._base_url = base_url
        self._tasks: set[asyncio.Task[None]] = set()

    # -- commands --------------------------------------------------------------------------

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Ack:
        """Type a slash command; the app's answer in its ack appears in the channel."""
        who, where = self._present(user, channel)
        app = next((a for a in self.workspace.apps.values() if a.command(command)), None)
        if app is None or "commands" not in app.scopes:
            self._slackbot(where, who, f"{command} is not a valid command.")
            return Ack(None, "", 0.0, "dispatch_unknown")
        form = payloads.command_form(
            self.workspace,
            app,
            where,
            who,
            command=command,
            text=text,
            response_url=self._response_url(app, where, who),
        )
        ack = await self._courier.command(app, form)
        if ack.error is not None:
            self._slackbot(where, who, f'{command} failed with the error "{ack.error}"')
        elif ack.body.strip():
            body = ack.json() or {"text": ack.body}
            self._say(app, where, who, body, f"{command} failed with the error")
        return ack

    def _say(
        self, app: App, channel: Channel, user: str, body: Mapping[str, Any], failure: str
    ) -> None:
        """Show the reply in an ack; if Slack would refuse it, report that it failed."""
        try:
            self.replies.say(app, channel.id, user, body)
        except SlackError as error:
            self._slackbot(channel, user, f'{failure} "{error.code}"')

    def _slackbot(self, channel: Channel, user: str, text: str) -> None:
        self.workspace.post(channel.id, SLACKBOT, text, only_for=user)

    def _response_url(
        self, app: App, channel: Channel, user: str, original: Message | None = None
    ) -> str:
        return f"{self._base_url()}/response/{self.replies.grant(app, channel.id, user, original)}"

    def _present(self, user: str, channel: str) -> tuple[str, Channel]:
        who, where = self.workspace.user(user).id, self.workspace.channel(channel)
        if who not in where.members:
            raise SlackError("not_in_channel")
        return who, where

    # -- messages --------------------------------------------------------------------------

    async def mention(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> Ack | None:
        """Write `@bot text`; None when nothing was delivered (the bot is not in the channel)."""
        app = next(iter(self.workspace.apps.values()))
        name = self.workspace.users[app.bot_user].name
        return await self.say(user, channel, f"@{name} {text}", thread_ts=thread_ts)

    async def say(
        self, user: str, channel: str, text: str, *, thread_ts: str | None = None
    ) -> Ack | None:
        """Send what is in the composer: a message, or a command if it starts with a slash.

        Raises SlackError(restricted_action) where the app's manifest shows no composer.
        """
        who, where = self._present(user, channel)
        app = self.workspace.app_behind(where)
        if app is not None and not app.tabs.takes_messages:
            raise SlackError("restricted_action")
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            if command == "/invite":
                return await self._invite(who, where, rest)
            if thread_ts is None:
                return await self.slash(who, where.id, command, rest)
            self._slackbot(where, who, f"{command} is not supported in threads. Sorry!")
            return None
        wording = payloads.with_links(payloads.with_names(self.workspace, payloads.escaped(text)))
        message = self.workspace.post(where.id, who, wording, thread_ts=thread_ts)
        ack = None
        for one in list(self.workspace.apps.values()):
            ack = await self._tell(one, where, message) or ack
        return ack

    async def _tell(self, app: App, channel: Channel, message: Message) -> Ack | None:
        is_called = f"<@{app.bot_user}>" in message.text
        is_direct = channel.kind == "im" and app.bot_user in channel.members
        if not is_called and not is_direct:
            return None
        body: dict[str, Any] = {
            "type": "message" if is_direct else "app_mention",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "event_ts": message.ts,
            "team": self.workspace.team_id,
            "channel": channel.id,
        }
        if is_direct:
            body["channel_type"] = "im"
        if message.thread_ts:
            body["thread_ts"] = message.thread_ts
        if app.bot_user not in channel.members:
            name = self.workspace.users[app.bot_user].name
            hint = f"@{name} is not in this channel. Type `/invite @{name}` to bring it in."
            self._slackbot(channel, message.user, hint)
            return None
        if is_direct:
            return await self._event(app, "message.im", "im:history", body)
        return await self._event(app, "app_mention", "app_mentions:read", body)

    async def _invite(self, user: str, channel: Channel, whom: str) -> Ack | None:
        if channel.kind == "im":
            self._slackbot(channel, user, "/invite does not work in direct messages. Sorry!")
            return None
        guest = self.workspace.user(whom.strip().lstrip("@"))
        channel.members.add(guest.id)
        self.workspace.post(channel.id, guest.id, f"was added to the channel by <@{user}>.")
        body = {"type": "member_joined_channel", "user": guest.id, "channel": channel.id}
        ack = None
        for app in list(self.workspace.apps.values()):
            ack = await self._event(app, "member_joined_channel", "channels:read", body) or ack
        return ack

    # -- events ----------------------------------------------------------------------------

    async def open_home(self, user: str, app_id: str | None = None) -> Ack | None:
        """Open an app at its home tab, or at its messages when it has no home tab.

        Without an id it is the first app. None when the app has neither tab, or does not subscribe
        to that event.
        """
        who = self.workspace.user(user).id
        app = self.workspace.apps[app_id or next(iter(self.workspace.apps))]
        if not app.tabs.home and not app.tabs.messages:
            return None
        body: dict[str, Any] = {
            "type": "app_home_opened",
            "user": who,
            "channel": self.workspace.direct(app.bot_user, who).id,
            "tab": "home" if app.tabs.home else "messages",
            "event_ts": self.workspace.stamp(),
        }
        return await self._event(app, "app_home_opened", None, body)

    async def uninstall(self) -> Ack | None:
        """Remove the app from the workspace; None when it does not subscribe to that event."""
        app = next(iter(self.workspace.apps.values()))
        body = {"type": "app_uninstalled", "event_ts": self.workspace.stamp()}
        return await self._event(app, "app_uninstalled", None, body)

    async def _event(
        self, app: App, name: str, scope: str | None, body: Mapping[str, Any]
    ) -> Ack | None:
        """Deliver an event that the app subscribed to and may see; repeat it if not acked."""
        if name not in app.events or (scope is not None and scope not in app.scopes):
            return None
        payload = payloads.event(self.workspace, app, body)
        ack = await self._courier.event(app, payload, 0, "")
        if not ack.ok and not ack.no_retry:
            self.later(self._again(app, payload, ack))
        return ack

    async def _again(self, app: App, payload: Mapping[str, Any], ack: Ack) -> None:
        for attempt, pause in enumerate(RETRY_PAUSES_S, start=1):
            await self.workspace.clock.sleep(pause)
            reason = "http_timeout" if ack.error == "operation_timeout" else "http_error"
            ack = await self._courier.event(app, payload, attempt, reason)
            if ack.ok or ack.no_retry:
                return

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the background until the workspace closes."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Cancel everything that runs in the background."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- buttons and forms -----------------------------------------------------------------

    async def click(
        self,
        user: str,
        place: Message | View,
        what: str,
        value: str | Sequence[str] | None = None,
        *,
        block_id: str | None = None,
        filled: Mapping[str, Any] | None = None,
    ) -> Ack:
        """Press a button or pick an option.

        `what` is an action_id or the text on a button, in the block with that `block_id` if one is
        given; `value` the option picked from a menu, or the list of those ticked (by value or by
        text). `filled` are the inputs around it. Raises SlackError: action_not_found,
        message_not_found for somebody else's ephemeral message, or interactivity_disabled where
        the app's manifest does.
        """
        who = self.workspace.user(user).id
        app_id = place.app_id
        if app_id is not None and not self.workspace.apps[app_id].is_interactive:
            raise SlackError("interactivity_disabled")
        blocks = place.body["blocks"] if isinstance(place, View) else place.blocks
        block, element = _find(blocks, what, block_id)
        action = self._action(block, element, value)
        pressed = f"{block['block_id']} {element['action_id']}"
        values, _ = inputs.gather(blocks, {**(filled or {}), pressed: value})
        if isinstance(place, View):
            app = self.workspace.apps[place.app_id]
            where = payloads.view_place(self.workspace, place, values)
            source = place.id if place.body["type"] == "modal" else None
        else:
            app, where = self._on_message(who, place)
            where["state"] = {"values": values}
            source = None
        payload = {
            **payloads.interaction(self.workspace, app, who, "block_actions"),
            **where,
            "trigger_id": self.workspace.triggers.issue(who, source),
            "actions": [action],
        }
        return await self._courier.interaction(app, payload)

    def _on_message(self, user: str, message: Message) -> tuple[App, dict[str, Any]]:
        channel = self.workspace.channels[message.channel]
        if message.only_for not in (None, user) or message.is_deleted or message.app_id is None:
            raise SlackError("message_not_found")
        app = self.workspace.apps[message.app_id]
        url = self._response_url(app, channel, user, message)
        return app, payloads.message_place(self.workspace, message, url)

    def _action(
        self, block: Mapping[str, Any], element: Mapping[str, Any], value: inputs.Value
    ) -> dict[str, Any]:
        action: dict[str, Any] = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self.workspace.stamp(),
        }
        button = inputs.button_of(element, value)
        if button is None:
            return {**inputs.typed(element, value), **action}
        action["text"] = button["text"]
        if "value" in button:
            action["value"] = button["value"]
        return action

    def modal(self, user: str) -> View:
        """Return the modal on top of the user's screen. Raises SlackError(view_not_found)."""
        stack = self.workspace.modals.get(self.workspace.user(user).id)
        if not stack:
            raise SlackError("view_not_found")
        return stack[-1]

    async def submit_view(self, user: str, filled: Mapping[str, Any]) -> Ack | None:
        """Fill in and submit the top modal; inputs by action_id, block_id or label.

        Returns None when the client itself refuses, because a required field is empty; the note is
        then in `view.errors`, like the errors that the app returns.
        """
        view = self.modal(user)
        app = self.workspace.apps[view.app_id]
        values, missing = inputs.gather(view.body["blocks"], filled)
        view.errors = missing
        self.workspace.changed()
        if missing:
            return None
        payload = {
            **payloads.interaction(self.workspace, app, view.user, "view_submission"),
            **payloads.view_place(self.workspace, view, values),
            "trigger_id": self.workspace.triggers.issue(view.user, view.id),
            "response_urls": [],
        }
        ack = await self._courier.interaction(app, payload)
        try:
            self._apply_ack(app, view, ack)
        except SlackError as error:
            view.errors = {"": f"{_TROUBLE} ({error.code})"}
        self.workspace.changed()
        return ack

    def _apply_ack(self, app: App, view: View, ack: Ack) -> None:
        """Apply the app's acknowledgement to the modal."""
        answer = ack.json()
        action = answer.get("response_action")
        stack = self.workspace.modals[view.user]
        if not ack.ok:
            view.errors = {"": _TROUBLE}
        elif action == "errors":
            view.errors = dict(answer.get("errors", {}))
        elif action == "update":
            change_view(
                self.workspace, view, checked_view(self.workspace, answer.get("view"), "modal")
            )
        elif action == "push":
            push_on(
                self.workspace,
                app,
                view.user,
                checked_view(self.workspace, answer.get("view"), "modal"),
            )
        elif action == "clear":
            stack.clear()
        elif view in stack:
            stack.remove(view)

    async def close_view(self, user: str) -> Ack | None:
        """Close the top modal; the app is notified if the view asked for that."""
        view = self.modal(user)
        self.workspace.modals[view.user].pop()
        self.workspace.changed()
        if not view.body.get("notify_on_close"):
            return None
        app = self.workspace.apps[view.app_id]
        payload = {
            **payloads.interaction(self.workspace, app, view.user, "view_closed"),
            **payloads.view_place(self.workspace, view, {}),
            "is_cleared": False,
        }
        return await self._courier.interaction(app, payload)


def _find(
    blocks: list[dict[str, Any]], what: str, block_id: str | None
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    there = [
        (block, element)
        for block, element in inputs.placed(blocks)
        if "action_id" in element and block_id in (None, block["block_id"])
    ]
    for name in (lambda element: element["action_id"], inputs.label_of):
        for block, element in there:
            if name(element) == what:
                return block, element
    raise SlackError("action_not_found")
