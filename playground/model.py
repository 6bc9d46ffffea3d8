"""The data types of a workspace: people, channels, messages, files, views, apps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Blocks = list[dict[str, Any]]

PRODUCT_SCOPES = (
    "commands",
    "chat:write",
    "chat:write.public",
    "files:write",
    "im:write",
    "users:read",
    "app_mentions:read",
)


@dataclass
class User:
    """A person, or the bot user of an app. `tz` is an IANA name; an owner is an admin too."""

    id: str
    name: str
    real_name: str
    tz: str = "Europe/Berlin"
    is_bot: bool = False
    deleted: bool = False
    is_admin: bool = False
    is_owner: bool = False


@dataclass
class Channel:
    """A conversation: public, private, or a direct message of two."""

    id: str
    name: str
    kind: Literal["public", "private", "im"] = "public"
    members: set[str] = field(default_factory=set)
    topic: str = ""
    is_archived: bool = False


@dataclass(frozen=True)
class Wording:
    """What a message said at one time (`at` is a Slack timestamp)."""

    at: str
    text: str
    blocks: Blocks


@dataclass
class Message:
    """One message. `history` holds earlier versions, oldest first."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: Blocks
    written: str
    """When the current version was written: ts, or the time of the last edit."""
    thread_ts: str | None = None
    files: list[str] = field(default_factory=list)
    history: list[Wording] = field(default_factory=list)
    app_id: str | None = None
    only_for: str | None = None
    """The one user who sees an ephemeral message, None for everyone."""
    is_deleted: bool = False
    unfurl_links: bool = True
    unfurl_media: bool = True
    metadata: Mapping[str, Any] | None = None
    mentions_everyone: bool = False
    """Any version, past or current, called the channel (`<!channel>`, `<!here>`, `<!everyone>`)."""

    @property
    def is_edited(self) -> bool:
        """Say whether the message was ever changed."""
        return bool(self.history)


@dataclass
class File:
    """An uploaded file; `shared_in` lists the channels that it was shared in."""

    id: str
    name: str
    title: str
    user: str
    length: int
    alt_text: str = ""
    content: bytes | None = None
    """None until the bytes have arrived."""
    shared_in: list[str] = field(default_factory=list)


@dataclass
class View:
    """A modal or a home tab as one user sees it. `blocks` have their final block ids."""

    id: str
    app_id: str
    user: str
    body: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """A slash command as the app's manifest declares it."""

    name: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Tabs:
    """What people find when they open the app: the tabs that its manifest leaves on."""

    home: bool = True
    messages: bool = True
    is_read_only: bool = False
    """The messages tab only brings messages: people can neither write there nor type commands."""

    @property
    def takes_messages(self) -> bool:
        """Say whether people may write to the app."""
        return self.messages and not self.is_read_only


@dataclass
class App:
    """An installed app. Without a request_url, deliveries go over Socket Mode."""

    id: str
    name: str
    bot_id: str
    bot_user: str
    bot_token: str = "xoxb-playground"  # noqa: S105 - an invented token of an invented workspace
    app_token: str = "xapp-playground"  # noqa: S105 - same
    signing_secret: str = "playground-signing-secret"  # noqa: S105 - same
    scopes: frozenset[str] = frozenset(PRODUCT_SCOPES)
    commands: tuple[Command, ...] = ()
    events: frozenset[str] = frozenset()
    request_url: str | None = None
    tabs: Tabs = Tabs()
    is_interactive: bool = True
    """Its buttons, menus and forms work; a manifest has to ask for that."""

    def command(self, name: str) -> Command | None:
        """Return the command of that name, with its slash."""
        return next((command for command in self.commands if command.name == name), None)
