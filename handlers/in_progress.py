"""Two identical questions at the same time share one run.

This is kept in memory on purpose: it is checked before the row is written, so a second click cannot
slip through, and after a restart the resumed jobs claim their questions again.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace

from handlers.request import Answer, Request

Key = tuple[object, ...]


class InProgress:
    """Which job is answering which question."""

    def __init__(self) -> None:
        self._runs: dict[Key, str] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, team: str, channel: str) -> asyncio.Lock:
        """Return the lock for changes to a channel's keywords, so that they happen one by one."""
        return self._turns[team, channel]

    def claim(self, request: Request[Answer], owner: str) -> str | None:
        """Claim the question. Returns the unfinished owner if somebody has it, else None."""
        key = _key(request)
        if key in self._runs:
            return self._runs[key]
        self._runs[key] = owner
        return None

    def release(self, request: Request[Answer]) -> None:
        """Release the question, so that it can be asked again."""
        self._runs.pop(_key(request), None)


def _key(request: Request[Answer]) -> Key:
    place, body = request.place, request.body
    question = replace(body.question, fresh=False)
    private = place.user if body.to.is_personal else None
    return (place.team, place.channel, place.thread, body.to, private, question)
