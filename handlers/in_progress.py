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
        self._posted: dict[Key, tuple[str, str]] = {}
        self._settling: dict[tuple[str, str], asyncio.Event] = {}
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
        self._posted.pop(_key(request), None)

    def posted(self, request: Request[Answer], channel: str, ts: str) -> None:
        """Remember the message that is working on the question."""
        self._posted[_key(request)] = (channel, ts)

    def where(self, request: Request[Answer]) -> tuple[str, str] | None:
        """Return the channel and ts of the message that is working on the question, if any."""
        return self._posted.get(_key(request))

    def settle(self, channel: str, ts: str) -> None:
        """Keep a run from editing the message until its pressed button has confirmed there."""
        self._settling.setdefault((channel, ts), asyncio.Event())

    def settled(self, channel: str, ts: str) -> None:
        """Let the run edit the message."""
        settling = self._settling.pop((channel, ts), None)
        if settling is not None:
            settling.set()

    async def until_settled(self, channel: str, ts: str) -> None:
        """Wait until a pressed button has confirmed in the message."""
        settling = self._settling.get((channel, ts))
        if settling is not None:
            await settling.wait()


def _key(request: Request[Answer]) -> Key:
    place, body = request.place, request.body
    question = replace(body.question, fresh=False)
    private = place.user if body.to.is_personal else None
    return (place.team, place.channel, place.thread, body.to, private, question)
