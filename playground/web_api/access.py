"""Which channels an app may see and write to."""

from playground.errors import SlackError
from playground.model import App, Channel
from playground.workspace import Workspace


def visible(workspace: Workspace, app: App, channel_id: str) -> Channel:
    """Return a channel that the app can see.

    A private channel without the bot looks as if it does not exist. Raises
    SlackError(channel_not_found).
    """
    channel = workspace.channel(channel_id)
    if channel.kind != "public" and app.bot_user not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def member(workspace: Workspace, app: App, channel_id: str) -> Channel:
    """Return a channel that is not archived and that the bot is in. Raises SlackError."""
    channel = visible(workspace, app, channel_id)
    if channel.is_archived:
        raise SlackError("is_archived")
    if app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def writable(workspace: Workspace, app: App, channel_id: str) -> Channel:
    """Return an open channel that the bot may post to; chat:write.public allows every public one.

    A user id opens the direct message with that user, as chat.postMessage does.
    """
    if channel_id.startswith("U"):
        channel_id = workspace.direct(app.bot_user, workspace.user(channel_id).id).id
    channel = visible(workspace, app, channel_id)
    if channel.is_archived:
        raise SlackError("is_archived")
    if app.bot_user not in channel.members and "chat:write.public" not in app.scopes:
        raise SlackError("not_in_channel")
    if workspace.app_behind(channel) is app and not app.tabs.messages:
        raise SlackError("messages_tab_disabled")
    return channel
