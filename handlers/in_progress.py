"""The same question twice at once is one run.

Kept in memory on purpose: it is asked before the row is written, without a gap for a second click
to slip through, and a restart brings it back with the jobs that it resumes.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace

from handlers.request import Errand

Key = tuple[object, ...]


class UnderWay:
    """Who is working on what."""

    def __init__(self) -> None:
        self._runs: dict[Key, str] = {}
        self._turns: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, team: str, channel: str) -> asyncio.Lock:
        """Return what is held while a channel's keywords change: a second look sees the first."""
        return self._turns[team, channel]

    def claim(self, errand: Errand, owner: str) -> str | None:
        """Take the question; returns who has it already and is not finished, None: nobody."""
        key = _key(errand)
        if key in self._runs:
            return self._runs[key]
        self._runs[key] = owner
        return None

    def release(self, errand: Errand) -> None:
        """Let the same question be asked again."""
        self._runs.pop(_key(errand), None)


def _key(errand: Errand) -> Key:
    question = replace(errand.question, fresh=False)
    private = errand.user if errand.to.is_personal else None
    return (errand.team, errand.channel, errand.thread_ts, errand.to, private, question)
