"""The same question twice at once is one run.

Kept in memory on purpose: it is asked before the row is written, without a gap for a second click
to slip through, and a restart brings it back with the jobs that it resumes.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace

from handlers.request import Request

Key = tuple[object, ...]


class InProgress:
    """Who is working on what."""

    def __init__(self) -> None:
        self._runs: dict[Key, str] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, team: str, channel: str) -> asyncio.Lock:
        """Return what is held while a channel's keywords change: a second look sees the first."""
        return self._turns[team, channel]

    def claim(self, request: Request, owner: str) -> str | None:
        """Take the question; returns who has it already and is not finished, None: nobody."""
        key = _key(request)
        if key in self._runs:
            return self._runs[key]
        self._runs[key] = owner
        return None

    def release(self, request: Request) -> None:
        """Let the same question be asked again."""
        self._runs.pop(_key(request), None)


def _key(request: Request) -> Key:
    question = replace(request.question, fresh=False)
    private = request.user if request.to.is_personal else None
    return (request.team, request.channel, request.thread_ts, request.to, private, question)
