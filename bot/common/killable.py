"""A worker process that can be killed: for long work, and for input from strangers.

A thread is not enough. `re` and most parsers hold the interpreter lock, so the event loop that
answers Slack would stop and no signal would arrive. The child starts with the first job, is reused,
and is replaced after it was killed or has grown.
"""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock, Timer
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from bot.common.errors import LinkGapError
from bot.common.killable_child import ERROR, ITEM, MEMORY, RESULT, Setup, receive, send

NICENESS = 10
_CANCELLED = "was cancelled"
START_SECONDS = 60.0
# The child needs no keys, so it gets none: only what Python and the C library need.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_",
    "TZ",
    "TMP",
    "TEMP",
    "PYTHON",
    "LD_",
    "DYLD_",
    "SYSTEM",
)

P = ParamSpec("P")
T = TypeVar("T")


class Stopped(LinkGapError):
    """The work was not finished. `why` completes a sentence: "took longer than 4 seconds"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"A part of the work {why}. Try again.")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one job; None is no limit.

    The kernel enforces `cpu_seconds` and `megabytes`, where it can. `seconds` is wall-clock time
    and holds everywhere. A child that occupies more than `grown` megabytes is replaced.
    """

    cpu_seconds: float | None = None
    seconds: float | None = None
    megabytes: int | None = None
    answer_bytes: int | None = None
    grown: int | None = None


@dataclass(slots=True)
class _Job:
    """One job, with its own time limits."""

    cpu_seconds: float | None
    seconds: float | None
    cancelled: bool = False


class _Child:
    """One child process, from its start to its end."""

    def __init__(self, setup: Setup) -> None:
        self.popen = subprocess.Popen(
            # -P: a folder named `bot` in the current directory must not be imported.
            [sys.executable, "-P", "-c", "from bot.common.killable_child import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)},
            start_new_session=True,  # Ctrl+C is for the parent, which then ends the child
        )
        self.ready = False
        self.why: str | None = None
        try:
            self.send(pickle.dumps(setup))
        except OSError:
            self.end("ended at its start")

    def send(self, frame: bytes) -> None:
        assert self.popen.stdin is not None  # noqa: S101 it is a pipe
        send(self.popen.stdin, frame)

    def receive(self, most: int | None) -> tuple[str, Any, int] | None:
        assert self.popen.stdout is not None  # noqa: S101 it is a pipe
        frame = receive(self.popen.stdout, most)
        return None if frame is None else pickle.loads(frame)  # noqa: S301 our own child's

    def end(self, why: str) -> None:
        """Kill it; the first reason given is the one reported."""
        self.why = self.why or why
        self.popen.kill()

    def bury(self) -> int:
        """Kill it, wait for its end and close the pipes; returns how it ended."""
        self.popen.kill()
        code = self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            assert pipe is not None  # noqa: S101 it is a pipe
            try:
                pipe.close()
            except OSError:  # drops output that was not flushed
                continue
        return code


class Killable:
    """One child at a time, and one job at a time: others wait for their turn.

    The child imports the `preload` modules before it reports that it is ready. Safe to share
    between threads and event loops.
    """

    def __init__(
        self, limits: Limits, *, preload: Sequence[str] = (), niceness: int = NICENESS
    ) -> None:
        self._limits = limits
        self._setup = Setup(limits.megabytes, niceness, tuple(preload))
        self._thread = ThreadPoolExecutor(1, "killable")
        self._guard = Lock()
        self._at_work: _Job | None = None
        self._alive: list[_Child] = []
        weakref.finalize(self, _close_all, self._alive)

    def start(self) -> None:
        """Start the child now, so that the first work does not wait for it."""
        with self._guard:
            if not self._alive:
                self._alive.append(_Child(self._setup))

    @property
    def busy(self) -> bool:
        """Say whether the child is working now."""
        return self._at_work is not None

    def close(self) -> None:
        """Kill the child, whatever it is doing; the next job starts another."""
        with self._guard:
            for child in self._alive:
                child.end(_CANCELLED)
            if self._at_work is None:
                _close_all(self._alive)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the function returns, or raise what it raises; all of it must pickle.

        Raises `Stopped` when a limit ended it. Cancelling also ends the child.
        """
        job = self._job(1)
        begin = partial(self._answers, job, work, args, kwargs)
        try:
            result: T = await asyncio.get_running_loop().run_in_executor(self._thread, _only, begin)
        except asyncio.CancelledError:
            self._abandon(job)
            raise
        return result

    async def stream(
        self, times: float, work: Callable[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[T, None]:
        """Yield what a generator yields (never None); close it if you leave early.

        Its time limits are the usual ones multiplied by `times`, for the whole generator; your own
        time between two items is not counted. The child is busy until the end and takes no other
        work.
        """
        job, loop = self._job(times), asyncio.get_running_loop()
        answers: Generator[T, None, None] = self._answers(job, work, args, kwargs)
        try:
            while True:
                item = await loop.run_in_executor(self._thread, next, answers, None)
                if item is None:
                    return
                yield item
        finally:
            self._abandon(job)
            self._thread.submit(answers.close)

    def _job(self, times: float) -> _Job:
        cpu, wall = self._limits.cpu_seconds, self._limits.seconds
        return _Job(cpu and cpu * times, wall and wall * times)

    def _abandon(self, job: _Job) -> None:
        with self._guard:
            job.cancelled = True
            if self._at_work is job and self._alive:
                self._alive[-1].end(_CANCELLED)

    def _answers(
        self,
        job: _Job,
        work: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Generator[Any, None, None]:
        """Yield the answers of one job; runs in our thread."""
        frame = pickle.dumps((job.cpu_seconds, work, args, kwargs))
        with self._working(job) as child:
            left = job.seconds
            try:
                child.send(frame)
            except OSError:
                raise self._stopped(job, child) from None
            while True:
                begun = monotonic()
                kind, found, resident = self._receive(job, child, left)
                left = None if left is None else max(0.01, left - (monotonic() - begun))
                if kind in (ITEM, RESULT):
                    yield found
                if kind == ITEM:
                    continue
                if kind == MEMORY:
                    child.end(f"took more than {self._limits.megabytes} MB of memory")
                    raise self._stopped(job, child)
                if self._limits.grown and resident > self._limits.grown:
                    child.end("has grown")
                if kind == ERROR:
                    raise found
                return

    @contextmanager
    def _working(self, job: _Job) -> Iterator[_Child]:
        """Lend the child to one job; replace it at once if it was killed or left half-way."""
        child = self._acquire(job)
        try:
            if not child.ready:
                self._receive(job, child, START_SECONDS)
                child.ready = True
            yield child
        except GeneratorExit:
            child.end(_CANCELLED)
            raise
        finally:
            with self._guard:
                self._at_work = None
                if child.why is not None:
                    _close_all(self._alive)
                    if child.why != _CANCELLED:
                        self._alive.append(_Child(self._setup))

    def _acquire(self, job: _Job) -> _Child:
        with self._guard:
            if self._at_work is not None:
                raise RuntimeError("the child is taken by a stream")
            if job.cancelled:
                raise Stopped(_CANCELLED)
            if self._alive and (self._alive[-1].why or self._alive[-1].popen.poll() is not None):
                _close_all(self._alive)
            if not self._alive:
                self._alive.append(_Child(self._setup))
            self._at_work = job
            return self._alive[-1]

    def _receive(self, job: _Job, child: _Child, seconds: float | None) -> tuple[str, Any, int]:
        late = None
        if seconds is not None:
            said = job.seconds if child.ready else seconds
            late = Timer(seconds, child.end, (f"took longer than {round(said or 0, 2):g} seconds",))
            late.daemon = True
            late.start()
        try:
            answer = child.receive(self._limits.answer_bytes)
        finally:
            if late is not None:
                late.cancel()
        if answer is None:
            raise self._stopped(job, child)
        return answer

    def _stopped(self, job: _Job, child: _Child) -> Stopped:
        """Say why there is no answer."""
        code = child.bury()
        if child.why is None:
            out_of_time = code == -getattr(signal, "SIGPROF", 0) and code != 0
            child.why = (
                f"took longer than {round(job.cpu_seconds or 0, 2):g} seconds"
                if out_of_time
                else "ended the process that did it"
            )
        return Stopped(child.why)


def _only(begin: Callable[[], Iterator[Any]]) -> Any:
    (answer,) = begin()
    return answer


def _close_all(children: list[_Child]) -> None:
    while children:
        children.pop().bury()
