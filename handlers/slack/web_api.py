"""Every request that LinkGap makes to Slack.

A message goes out as drawn; if Slack refuses its blocks it is sent again without tables, then as
the sentence alone, so that one bad block never loses an answer. All failures raise `SlackRefused`.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.common.clock import Clock
from bot.common.loops import Backoff
from bot.render.slack.message import HomeTab, Message, View
from handlers.slack import reply_address
from handlers.slack.installed import Installed
from handlers.slack.refusals import (
    BAD_BLOCKS,
    NO_ANSWER,
    NOT_REACHABLE,
    SlackRefused,
    answer_of,
    refused,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

BETWEEN_POSTS_S = 1.0
"""Slack accepts one post per second in a channel."""


class SlackApi:
    """Everything that the bot does in Slack, through one client.

    `still_held` is awaited right before anything is said: it raises when the work that says it
    belongs to another process by now.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        still_held: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.client, self._clock = client, clock
        self._still_held = still_held or _always
        self.installed: Installed | None = None
        """Whose token it is; None until Slack has said so."""
        self._free_at: dict[str, float] = {}

    async def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """Post and return the message's ts."""

        async def send(shape: Message) -> str:
            await self._wait_for_turn(channel)
            await self._still_held()
            answer = await self.client.chat_postMessage(
                channel=channel,
                text=shape.text,
                blocks=shape.blocks,
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
            )
            return str(answer["ts"])

        return await _with_fallbacks(message, send)

    async def turn(self, channel: str) -> None:
        """Wait until it is polite to say something in a channel again."""
        await self._wait_for_turn(channel)

    async def edit(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message's words and blocks."""

        async def send(shape: Message) -> None:
            await self._still_held()
            # Send empty blocks too: Slack keeps blocks that an update leaves out.
            await self.client.chat_update(
                channel=channel, ts=ts, text=shape.text, blocks=shape.blocks
            )

        await _with_fallbacks(message, send)

    async def whisper(
        self, channel: str, user: str, message: Message, thread_ts: str | None = None
    ) -> None:
        """Post a message that only one person sees; the bot must be in the channel."""

        async def send(shape: Message) -> None:
            await self._still_held()
            await self.client.chat_postEphemeral(
                channel=channel,
                user=user,
                text=shape.text,
                blocks=shape.blocks,
                thread_ts=thread_ts,
            )

        await _with_fallbacks(message, send)

    async def respond(self, url: str, message: Message, *, replace: bool = False) -> None:
        """Answer privately where somebody acted, up to five times within half an hour.

        This is the only way to send to a response_url, and it sends to Slack alone.
        """
        address = reply_address.checked(url, self.client.base_url)

        async def send(shape: Message) -> None:
            await self._still_held()
            async with reply_address.session() as session:
                hook = AsyncWebhookClient(
                    address, session=session, retry_handlers=self.client.retry_handlers
                )
                answer = await hook.send(
                    text=shape.text,
                    blocks=shape.blocks,
                    # A replaced message keeps its visibility, public or private.
                    response_type=None if replace else "ephemeral",
                    replace_original=replace,
                )
            if answer.status_code != 200:
                raise SlackRefused(_word(answer.status_code, answer.body))

        await _with_fallbacks(message, send)

    async def check(self) -> None:
        """Check that Slack answers and accepts our token, and learn whose it is. Nobody sees it."""
        said = await _asked(self.client.auth_test())
        self.installed = Installed(
            said["team_id"], said.get("user_id"), said.get("bot_id"), said.get("enterprise_id")
        )

    async def introduce(self) -> None:
        """Learn whose token it is, however long Slack takes to say so."""
        backoff = Backoff(self._clock)
        while self.installed is None:
            try:
                await self.check()
            except SlackRefused as refused:
                log.warning("Slack does not say who we are, so nobody is served yet: %s", refused)
                await backoff.wait()

    async def direct(self, user: str) -> str:
        """Return the channel of the direct message with a person."""
        answer = await _asked(self.client.conversations_open(users=user))
        return str(answer["channel"]["id"])

    async def link(self, channel: str, ts: str) -> str:
        """Return the address of a message."""
        answer = await _asked(self.client.chat_getPermalink(channel=channel, message_ts=ts))
        return str(answer["permalink"])

    async def upload(
        self, channel: str, name: str, content: bytes, thread_ts: str | None = None
    ) -> None:
        """Share a file; the bot must be in the channel."""
        await self._wait_for_turn(channel)
        await self._still_held()
        await _asked(
            self.client.files_upload_v2(
                channel=channel, thread_ts=thread_ts, filename=name, title=name, content=content
            )
        )

    async def show(self, trigger_id: str, view: View) -> str:
        """Open a modal and return its id; the trigger is valid for three seconds."""
        said = await _asked(self.client.views_open(trigger_id=trigger_id, view=view.payload()))
        return str(said["view"]["id"])

    async def change(self, view_id: str, view: View) -> None:
        """Replace the contents of an open modal."""
        await _asked(self.client.views_update(view_id=view_id, view=view.payload()))

    async def publish(self, user: str, home: HomeTab) -> None:
        """Show somebody their home tab."""
        await _asked(self.client.views_publish(user_id=user, view=home.payload()))

    async def about(self, user: str) -> dict[str, Any]:
        """Return what Slack knows about a person: rights, time zone."""
        answer = await _asked(self.client.users_info(user=user))
        return dict(answer["user"])

    async def _wait_for_turn(self, channel: str) -> None:
        now = self._clock.monotonic()
        at = max(now, self._free_at.get(channel, now))
        self._free_at[channel] = at + BETWEEN_POSTS_S
        if at > now:
            await self._clock.sleep(at - now)


async def _always() -> None:
    """Hold whatever is worked on, where nothing can be lost."""


async def _with_fallbacks(message: Message, send: Callable[[Message], Awaitable[T]]) -> T:
    shapes = list(_versions(message))
    for shape in shapes[:-1]:
        try:
            return await _asked(send(shape))
        except SlackRefused as fault:
            if fault.code not in BAD_BLOCKS:
                raise
    return await _asked(send(shapes[-1]))


def _versions(message: Message) -> Iterator[Message]:
    yield message
    if message.plain != message:
        yield message.plain
    if message.blocks:
        yield message.text_only


async def _asked(request: Awaitable[T]) -> T:
    """Call Slack and convert its many kinds of failure into one."""
    try:
        return await request
    except SlackApiError as error:
        log.warning("Slack refused: %s", json.dumps(_loggable(answer_of(error))))
        raise refused(error) from error
    except aiohttp.ClientConnectorError as error:
        raise SlackRefused(NOT_REACHABLE) from error
    except SlackClientError as error:
        # The SDK's own text for an upload that failed before the file was shared.
        raise SlackRefused("upload_failed") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SlackRefused(NO_ANSWER) from error


def _loggable(answer: dict[str, Any]) -> dict[str, Any]:
    """Log what explains a refusal, such as the pointers to a bad block."""
    return {
        name: answer[name]
        for name in ("error", "needed", "provided", "response_metadata")
        if name in answer
    }


def _word(status: int, body: str | None) -> str:
    if status >= 500:
        return NO_ANSWER
    return "ratelimited" if status == 429 else (body or "").strip()[:80] or f"http_{status}"
