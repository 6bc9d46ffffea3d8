"""What a scheduled post needs of the outside, whoever that is: Slack, or a test."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.common.errors import LinkGapError
from bot.model.tracking import Alert, Digest
from bot.store.posts import Slot


@dataclass(frozen=True, slots=True)
class Posted:
    """How a post ended. `certain` False: it may or may not be there, and is not sent again."""

    ts: str | None
    certain: bool = True


class CannotPost(LinkGapError):
    """Nothing was posted, and nothing will be until somebody or something changes."""


class Notifier(Protocol):
    """Speaks in channels. Everything it posts for a slot, it posts once, even over a kill."""

    async def post_digest(self, slot: Slot, digest: Digest) -> Posted:
        """Post a digest and its thread; raises `CannotPost`."""
        ...

    async def post_alerts(self, slot: Slot, alerts: Sequence[Alert]) -> Posted:
        """Post what happened since the last word; raises `CannotPost`."""
        ...

    async def check(self, team: str) -> None:
        """See, without a word to anybody, that posting is possible at all; raises `CannotPost`."""
        ...

    async def try_again(self, slot: Slot) -> None:
        """Say in a channel that was closed to us that it works again; raises `CannotPost`."""
        ...

    async def tell(self, slot: Slot, person: str, sentence: str, *, about: str) -> None:
        """Tell one person something about a slot's channel, of each `about` once.

        Never raises for what Slack does: who could not be told is told when asked for again.
        """
        ...
