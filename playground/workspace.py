"""A Slack workspace as plain state: no network, no tasks, one observer hook.

Every change calls `changed()`; the server turns that into live updates and wakes waiting tasks.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from playground.clock import Clock, RealClock
from playground.errors import SlackError
from playground.model import (
    App,
    Blocks,
    Channel,
    Command,
    File,
    Message,
    Tabs,
    User,
    View,
    Wording,
)
from playground.mrkdwn import calls_everyone
from playground.triggers import Triggers

SLACKBOT = "USLACKBOT"
_SILENT = ("plain_text", "mrkdwn", "image")
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Workspace:
    """Team, people, channels, messages, files and views."""

    def __init__(self, *, clock: Clock | None = None, team_name: str = "Acme Marketing") -> None:
        self.clock = clock or RealClock()
        self.team_id = "T0PLAYGRND"
        self.team_name = team_name
        self.domain = "acme-marketing"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, list[Message]] = {}
        self.files: dict[str, File] = {}
        self.homes: dict[tuple[str, str], View] = {}
        """The published home tab by (app id, user id)."""
        self.modals: dict[str, list[View]] = {}
        """The open stack of modals by user id, the visible one last."""
        self.apps: dict[str, App] = {}
        self.refused_types: frozenset[str] = frozenset()
        """Types of blocks, elements and cells that this workspace does not know."""
        self.triggers = Triggers(self.clock)
        self.on_change: list[Callable[[], None]] = []
        self._ids = itertools.count(1)
        self._last_stamp = 0
        self._user(User(SLACKBOT, "slackbot", "Slackbot", tz="Etc/UTC", is_bot=True))

    # -- making things ---------------------------------------------------------------------

    def new_id(self, prefix: str) -> str:
        """Return a fresh id in Slack's shape: a letter for the kind, ten characters after it."""
        number, digits = next(self._ids), ""
        while number:
            number, rest = divmod(number, 36)
            digits = _BASE36[rest] + digits
        return prefix + digits.rjust(10, "0")

    def stamp(self) -> str:
        """Return a message timestamp: the wall time, at least a microsecond after the last one."""
        now = self.clock.now()
        micros = int(now.timestamp()) * 1_000_000 + now.microsecond
        self._last_stamp = max(micros, self._last_stamp + 1)
        seconds, rest = divmod(self._last_stamp, 1_000_000)
        return f"{seconds}.{rest:06d}"

    def add_user(self, name: str, real_name: str, **more: Any) -> User:
        """Add a person, who joins nothing yet; `tz`, `is_admin` and `is_owner` pass through."""
        return self._user(User(self.new_id("U"), name, real_name, **more))

    def _user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, *, members: tuple[str, ...] = (), **more: Any) -> Channel:
        """Add a channel; `kind`, `topic` and `is_archived` pass through."""
        channel = Channel(self.new_id("C"), name, members=set(members), **more)
        self.channels[channel.id] = channel
        self.messages[channel.id] = []
        return channel

    def add_app(self, name: str, **more: Any) -> App:
        """Install an app; the keywords are the fields of App."""
        bot = self._user(User(self.new_id("U"), name.lower(), name, tz="Etc/UTC", is_bot=True))
        app = App(self.new_id("A"), name, self.new_id("B"), bot.id, **more)
        self.apps[app.id] = app
        return app

    def install(self, manifest: Mapping[str, Any], **more: Any) -> App:
        """Install an app as its manifest describes it: scopes, commands, events, tabs.

        `more` are further fields of App (tokens, signing_secret, request_url). Scopes come from the
        manifest alone, so a call for which the manifest has no scope is refused here too.
        """
        features = manifest.get("features", {})
        settings = manifest.get("settings", {})
        commands = tuple(
            Command(
                item["command"],
                item.get("description", ""),
                item.get("usage_hint", ""),
                should_escape=item.get("should_escape", False),
            )
            for item in features.get("slash_commands", ())
        )
        return self.add_app(
            features.get("bot_user", {}).get("display_name")
            or manifest["display_information"]["name"],
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
            commands=commands,
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            is_interactive=settings.get("interactivity", {}).get("is_enabled", False),
            tabs=_tabs(features.get("app_home", {})),
            **more,
        )

    # -- finding things --------------------------------------------------------------------

    def user(self, name_or_id: str) -> User:
        """Return a user by id, or by name in any case. Raises SlackError(user_not_found)."""
        for user in self.users.values():
            if name_or_id == user.id or name_or_id.lower() == user.name:
                return user
        raise SlackError("user_not_found")

    def channel(self, name_or_id: str) -> Channel:
        """Return a channel by id, name or #name. Raises SlackError(channel_not_found)."""
        for channel in self.channels.values():
            if name_or_id in (channel.id, channel.name, f"#{channel.name}"):
                return channel
        raise SlackError("channel_not_found")

    def direct(self, one: str, other: str) -> Channel:
        """Return the direct message of two users, opening it if needed."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == {one, other}:
                return channel
        channel = Channel(self.new_id("D"), "directmessage", "im", {one, other})
        self.channels[channel.id] = channel
        self.messages[channel.id] = []
        self.changed()
        return channel

    def app_behind(self, channel: Channel) -> App | None:
        """Return the app that a direct message is with, None in every other channel."""
        if channel.kind != "im":
            return None
        return next((app for app in self.apps.values() if app.bot_user in channel.members), None)

    def message(self, channel: str, ts: str) -> Message:
        """Return a message that was not deleted. Raises SlackError(message_not_found)."""
        for message in self.messages.get(channel, ()):
            if message.ts == ts and not message.is_deleted:
                return message
        raise SlackError("message_not_found")

    def conversation(self, channel: str, *, viewer: str | None = None) -> list[Message]:
        """Return the messages of a channel in order, without thread replies.

        With a viewer, ephemeral messages for others are left out; without, every message is
        returned.
        """
        return [
            message
            for message in self.messages[self.channel(channel).id]
            if message.thread_ts is None and _shown(message, viewer)
        ]

    def thread(self, parent: Message, *, viewer: str | None = None) -> list[Message]:
        """Return the replies below a message, in order, filtered as in `conversation`."""
        return [
            message
            for message in self.messages[parent.channel]
            if message.thread_ts == parent.ts and _shown(message, viewer)
        ]

    def everything(self) -> Iterator[Message]:
        """Yield all messages of all channels, deleted and ephemeral ones too."""
        for messages in self.messages.values():
            yield from messages

    # -- changing things -------------------------------------------------------------------

    def changed(self) -> None:
        """Notify the observers of a change."""
        for observer in self.on_change:
            observer()

    def post(
        self, channel: str, user: str, text: str, blocks: Blocks | None = None, **more: Any
    ) -> Message:
        """Add a message; the keywords are the fields of Message."""
        ts = self.stamp()
        message = Message(ts, channel, user, text, self.with_ids(blocks or []), ts, **more)
        message.mentions_everyone = calls_everyone(text, message.blocks)
        self.messages[channel].append(message)
        self.changed()
        return message

    def edit(self, message: Message, text: str | None, blocks: Blocks | None) -> None:
        """Change a message and keep its earlier version; None leaves a part unchanged."""
        message.history.append(Wording(message.written, message.text, message.blocks))
        message.written = self.stamp()
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = self.with_ids(blocks)
        message.mentions_everyone |= calls_everyone(message.text, message.blocks)
        self.changed()

    def delete(self, message: Message) -> None:
        """Delete a message; its record stays for tests."""
        message.is_deleted = True
        self.changed()

    def with_ids(self, blocks: Blocks) -> Blocks:
        """Give every block a block_id and every interactive element an action_id, as Slack does."""
        return [self._identified(block) for block in blocks]

    def _identified(self, block: dict[str, Any]) -> dict[str, Any]:
        named = {**block, "block_id": block.get("block_id") or self.new_id("b")}
        for key in ("elements", "actions"):
            if key in named:
                named[key] = [self._named(item) for item in named[key]]
        if "child_blocks" in named:
            named["child_blocks"] = self.with_ids(named["child_blocks"])
        for key in ("accessory", "element"):
            if key in named:
                named[key] = self._named(named[key])
        if "rows" in named:
            named["rows"] = [[self._cell(cell) for cell in row] for row in named["rows"]]
        return named

    def _cell(self, cell: dict[str, Any]) -> dict[str, Any]:
        if cell["type"] != "action_cell":
            return cell
        return {**cell, "element": self._named(cell["element"])}

    def _named(self, element: dict[str, Any]) -> dict[str, Any]:
        if element["type"] == "card":
            return self._identified(element)
        if element["type"] in _SILENT or element["type"].startswith("rich_text"):
            return element
        return {**element, "action_id": element.get("action_id") or self.new_id("a")}


def _tabs(said: Mapping[str, Any]) -> Tabs:
    """Return the tabs of a manifest; what it leaves out is as in an app made on Slack's site."""
    return Tabs(
        home=said.get("home_tab_enabled", False),
        messages=said.get("messages_tab_enabled", True),
        is_read_only=said.get("messages_tab_read_only_enabled", True),
    )


def _shown(message: Message, viewer: str | None) -> bool:
    return not message.is_deleted and (
        viewer is None or message.only_for is None or message.only_for == viewer
    )
