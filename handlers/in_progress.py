"""The same question twice at once is one run.

Kept in memory on purpose: it is asked before the row is written, without a gap for a second click
to slip through, and a restart brings it back with the jobs that it resumes.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace

from handlers.request import Answer, Request

Key = tuple[object, ...]


class InProgress:
    """Who is working on what."""

    def __init__(self) -> None:
        self._runs: dict[Key, str] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, team: str, channel: str) -> asyncio.Lock:
        """Return the lock for changing a channel's keywords: the second asker sees the first."""
        return self._turns[team, channel]

    def claim(self, request: Request[Answer], owner: str) -> str | None:
        """Take the question; returns who has it already and is not finished, None: nobody."""
        key = _key(request)
        if key in self._runs:
            return self._runs[key]
        self._runs[key] = owner
        return None

    def release(self, request: Request[Answer]) -> None:
        """Let the same question be asked again."""
        self._runs.pop(_key(request), None)


def _key(request: Request[Answer]) -> Key:
    place, body = request.place, request.body
    question = replace(body.question, fresh=False)
    private = place.user if body.to.is_personal else None
    return (place.team, place.channel, place.thread, body.to, private, question)
