"""The interface through which scheduled posts reach people: Slack, or a fake in tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.common.errors import LinkGapError
from bot.model.tracking import Alert, Digest
from bot.store.posts import Slot


@dataclass(frozen=True, slots=True)
class Posted:
    """How a post ended. If `certain` is False, it may have been posted, and is not sent again."""

    ts: str | None
    certain: bool = True


class CannotPost(LinkGapError):
    """Nothing was posted, and a retry will fail until the cause is removed."""


class Notifier(Protocol):
    """Posts to channels. It posts each slot's messages once, even after a kill."""

    async def post_digest(self, slot: Slot, digest: Digest) -> Posted:
        """Post a digest and its thread; raises `CannotPost`."""
        ...

    async def post_alerts(self, slot: Slot, alerts: Sequence[Alert]) -> Posted:
        """Post what happened since the last post; raises `CannotPost`."""
        ...

    async def check(self, team: str) -> None:
        """Check without posting that posting is possible at all; raises `CannotPost`."""
        ...

    async def try_again(self, slot: Slot) -> None:
        """Post "working again" in a paused channel; raises `CannotPost`."""
        ...

    async def tell(self, slot: Slot, person: str, sentence: str, *, about: str) -> None:
        """Send one person a sentence about a slot's channel, once for each `about`.

        Never raises for Slack's errors: a failed message is sent at the next call.
        """
        ...
