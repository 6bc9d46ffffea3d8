"""Trouble on demand: rate limits, errors, servers that fail before or after the work is done."""

from collections import deque
from dataclasses import dataclass
from typing import Final

HTTP_500: Final = "http500"
DISCONNECT_BEFORE: Final = "disconnect_before"
DISCONNECT_AFTER: Final = "disconnect_after"
RATE_LIMITED: Final = "ratelimited"


@dataclass(frozen=True)
class Trouble:
    """What befalls one call: one of the words above, or an error code of Slack's."""

    what: str
    retry_after: int = 0


class Troubles:
    """The queue of troubles by method, oldest first."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Trouble]] = {}

    def add(self, method: str, trouble: Trouble, times: int) -> None:
        """Let the next `times` calls of a method meet this trouble."""
        self._queues.setdefault(method, deque()).extend([trouble] * times)

    def take(self, method: str) -> Trouble | None:
        """Return what the call that is here now meets, None for a quiet life."""
        queue = self._queues.get(method)
        return queue.popleft() if queue else None
