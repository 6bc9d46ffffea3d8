"""Which process holds what, and how one that lost it is stopped.

A process that works on the file has a row with a lease, which its heartbeat extends. Jobs and
reservations carry its name, `owner`; when the lease runs out they are free for any other process.
Whoever works on something that can be lost does it inside `fenced`: then every write, post and
paid request asks first, in the file, whether it is still held, and raises `LeaseLost` when not. So
a process that was paused for too long does nothing more with what another has taken over.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import uuid4

import sqlite_utils

from bot.store.process_life import Life
from bot.store.times import to_text

LEASE = timedelta(seconds=40)
HEARTBEAT_S = 10.0
"""Between two heartbeats: three may fail before the lease is over, and within a minute of its death
a process is followed."""

Holds = Callable[[sqlite_utils.Database], bool]


class LeaseLost(Exception):
    """Another process has taken over what this one was working on."""


class Fence:
    """What is asked before each step of some work."""

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        self.is_over = False

    def check(self, db: sqlite_utils.Database) -> None:
        """Raise `LeaseLost` when the work belongs to another process; not once it has ended."""
        if not self.is_over and not self._holds(db):
            raise LeaseLost


_FENCE: ContextVar[Fence | None] = ContextVar("fence", default=None)


@contextmanager
def fenced(holds: Holds) -> Iterator[None]:
    """Let everything in this block, and the tasks that it starts, go on only while `holds`.

    What outlives the block, such as a timer that was set in it, is free again.
    """
    fence = Fence(holds)
    before = _FENCE.set(fence)
    try:
        yield
    finally:
        fence.is_over = True
        _FENCE.reset(before)


@contextmanager
def unfenced() -> Iterator[None]:
    """Let everything in this block go on in any case."""
    before = _FENCE.set(None)
    try:
        yield
    finally:
        _FENCE.reset(before)


def present_fence() -> Fence | None:
    """Return what has to be asked here before a step; None: nothing."""
    return _FENCE.get()


def begin(db: sqlite_utils.Database, at: datetime) -> str:
    """Give this process a lease; returns the name under which it owns things."""
    owner = uuid4().hex
    db.execute(
        "INSERT INTO processes (owner, lease_until, life) VALUES (?, ?, ?)",
        (owner, to_text(at + LEASE), str(Life.ours() or "")),
    )
    return owner


def renew(db: sqlite_utils.Database, owner: str, at: datetime) -> bool:
    """Extend a lease, also one that has run out; False if others have taken it for dead."""
    return bool(
        db.execute(
            "UPDATE processes SET lease_until = ? WHERE owner = ?", (to_text(at + LEASE), owner)
        ).rowcount
    )


def end(db: sqlite_utils.Database, owner: str) -> None:
    """Give everything free at once."""
    db.execute("DELETE FROM processes WHERE owner = ?", (owner,))


def bury(db: sqlite_utils.Database, at: datetime) -> int:
    """End the leases that ran out and those of processes that are surely dead; returns how many."""
    ours, now = Life.ours(), to_text(at)
    dead = [
        owner
        for owner, lease_until, life in db.execute("SELECT owner, lease_until, life FROM processes")
        if lease_until <= now or ((known := Life.read(life)) and known.is_over(ours))
    ]
    for owner in dead:
        end(db, owner)
    return len(dead)
