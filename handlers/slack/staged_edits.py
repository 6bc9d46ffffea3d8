"""Staged edits of one message: at most one in three seconds, and the last one always.

Slack's allowance for edits is about fifty a minute for the whole workspace; people read slower
still. Edits travel beside the analysis, so that Slack's answer never holds it up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.render.slack.message import Message
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)

BETWEEN_EDITS_S = 3.0


class StagedEdits:
    """The newest word wins; what was overtaken before its turn is never sent."""

    def __init__(self, clock: Clock, edit: Callable[[Message], Awaitable[None]]) -> None:
        self._clock, self._edit = clock, edit
        self._newest: Message | None = None
        self._free_at = clock.monotonic()
        self._sending = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def show(self, message: Message) -> None:
        """Let the message say this as soon as it may be edited."""
        self._newest = message
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send_newest())

    async def last(self, message: Message) -> None:
        """Send the last word at once: nobody waits for a finished answer. Raises SlackRefused."""
        # An edit that is on its way is waited for: overtaking, it would stand over the last word.
        async with self._sending:
            await self.stop()
            await self._edit(message)

    async def stop(self) -> None:
        """Drop what was not sent."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _send_newest(self) -> None:
        while self._newest is not None:
            await self._clock.sleep(self._free_at - self._clock.monotonic())
            async with self._sending:
                message, self._newest = self._newest, None
                self._free_at = self._clock.monotonic() + BETWEEN_EDITS_S
                try:
                    await self._edit(message)
                except SlackRefused as refused:
                    log.warning("a staged edit was lost: %s", refused)
                except Exception:
                    log.exception("a staged edit was lost")
