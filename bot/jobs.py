"""A bounded queue of durable jobs: the row is committed first, the work follows.

The job rows are authoritative; the queue in memory only orders them. Each row belongs to the
process whose lease it names, and a heartbeat extends that lease. After a kill, another process or
the next start finds the rows that nobody holds and hands them to the same work, with `attempts`
above 1. A worker survives any failure of its job or the database, and everybody who asked gets an
answer.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import sqlite_utils

from bot.common.clock import Clock
from bot.common.errors import LinkGapError
from bot.common.loops import Alive, Backoff, was_stopped
from bot.store import jobs, leases, ledger
from bot.store.connect import Database
from bot.store.jobs import Job, JobState
from bot.store.leases import HEARTBEAT_S, LEASE, LeaseLost, fenced

log = logging.getLogger(__name__)
Work = Callable[[Job], Awaitable[None]]
Tell = Callable[[Job, BaseException], Awaitable[None]]

PATIENCE_S = 30
"""After this time the asker is told that the question waits for the database."""
STUCK_S = 900
"""The health check fails when jobs wait and the queue has not moved for this long."""


class QueueFull(LinkGapError):
    """The queue is full; nothing was stored and nothing will be spent."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} runs are waiting already. Try again in a few minutes.")


class Waits(LinkGapError):
    """A job cannot be started now, because the database cannot be written."""

    def __init__(self) -> None:
        super().__init__(
            "I cannot write to my database at the moment, so what you asked for waits. "
            "Nothing was spent. It goes on by itself as soon as I can."
        )


class Heard(Exception):
    """Ends a job whose asker has been told already; `error` is the cause."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__(str(error))


@dataclass(frozen=True, slots=True)
class _Kind:
    work: Work
    tell: Tell | None


class JobQueue:
    """The workers of one process on the job rows of one database."""

    def __init__(self, database: Database, clock: Clock, *, workers: int, limit: int) -> None:
        self._database, self._clock = database, clock
        self._workers, self._limit = workers, limit
        self._kinds: dict[str, _Kind] = {}
        self._waiting: asyncio.Queue[Job] = asyncio.Queue()
        self._alive, self._heart, self._keeps = Alive(clock), Alive(clock), False
        self._moved_at = self._beaten_at = clock.monotonic()
        self._under_way: set[asyncio.Task[BaseException | None]] = set()

    def handle(self, kind: str, work: Work, tell: Tell | None = None) -> None:
        """Register the work for a kind of job, and what tells its asker if the work did not.

        `tell` gets the job and the error that ended it, and must not use the database. Work that
        has told the asker itself raises `Heard`.
        """
        self._kinds[kind] = _Kind(work, tell)

    async def submit(
        self, kind: str, team: str, payload: str, dedupe_key: str | None
    ) -> Job | None:
        """Commit a job and queue it. Returns None for a repeated key. Raises `QueueFull`."""
        at, owner = self._clock.now(), self._database.owner

        def enqueue(db: sqlite_utils.Database) -> Job | None:
            # Counted where the row is written: a crowd comes between any two steps.
            if jobs.waiting(db) >= self._limit and not jobs.is_known(db, team, dedupe_key):
                raise QueueFull(self._limit)
            return jobs.enqueue(
                db,
                kind=kind,
                team=team,
                payload=payload,
                dedupe_key=dedupe_key,
                at=at,
                owner=owner,
            )

        job = await self._database.run(enqueue)
        if job is not None:
            self._enqueue(job)
        return job

    async def start(self) -> None:
        """Take a lease, queue the unfinished jobs that nobody holds, then start the workers.

        `keep_lease` has to follow, or the lease runs out.
        """
        await self._take_lease()
        for number in range(1, self._workers + 1):
            self._alive.keep(f"worker {number}", self._work)

    def keep_lease(self) -> None:
        """Extend the lease for as long as the process lives, and follow processes that died."""
        self._keeps, self._beaten_at = True, self._clock.monotonic()
        self._heart.keep("the heartbeat", self._beat)

    async def heartbeat(self) -> None:
        """Extend the lease once, and take over what processes that are gone have left."""
        if not await self._take_over(self._database.owner or ""):
            # We were paused, and others took us for dead: nothing that was ours is any more.
            log.warning("the lease of this process ran out; other processes have its jobs")
            for lost in self._under_way:
                lost.cancel()
            await self._take_lease()
        self._beaten_at = self._clock.monotonic()

    async def stop(self) -> None:
        """Cancel running work; its rows stay unchanged, and free for whoever comes next."""
        self._keeps = False
        await self._heart.stop()
        await self._alive.stop()
        owner, self._database.owner = self._database.owner, None
        if owner is None:
            return
        try:
            await self._database.run(lambda db: leases.end(db, owner))
        except sqlite3.Error as error:
            log.warning("the lease could not be given back and runs out: %s", error)

    async def idle(self) -> None:
        """Wait until nothing is queued or running."""
        await self._waiting.join()

    @property
    def fault(self) -> str | None:
        """Return a sentence on why jobs are not worked on, or None if they are."""
        if gone := self._alive.gone:
            return f"{len(gone)} of {self._workers} workers are gone."
        if self._heart.gone:
            return "The heartbeat is gone; other processes may take this one's jobs."
        if self._keeps and self._clock.monotonic() - self._beaten_at > LEASE.total_seconds():
            return "The lease of this process ran out: its heartbeat cannot be written."
        waiting, still = self._waiting.qsize(), self._clock.monotonic() - self._moved_at
        if waiting and still > STUCK_S:
            return (
                f"{waiting} jobs wait, and none has begun or ended for {still // 60:.0f} minutes."
            )
        return None

    async def _beat(self) -> None:
        while True:
            await self._clock.sleep(HEARTBEAT_S)
            try:
                await self.heartbeat()
            except sqlite3.Error as error:
                log.warning("the heartbeat could not be written: %s", error)

    async def _take_lease(self) -> None:
        at = self._clock.now()
        owner = self._database.owner = await self._database.run(partial(leases.begin, at=at))
        await self._take_over(owner)

    async def _take_over(self, owner: str) -> bool:
        """Extend our lease and queue what nobody holds; False when the lease is not ours."""
        at = self._clock.now()

        def look(db: sqlite_utils.Database) -> list[Job] | None:
            if not leases.renew(db, owner, at):
                return None
            leases.bury(db, at)
            ledger.close_orphans(db, at)
            return jobs.take_over(db, owner, at)

        found = await self._database.run(look)
        for job in found or ():
            log.info("job %s from %s is resumed", job.id, job.created_at)
            self._enqueue(job)
        return found is not None

    def _enqueue(self, job: Job) -> None:
        if self._waiting.empty():
            self._moved_at = self._clock.monotonic()
        self._waiting.put_nowait(job)

    async def _work(self) -> None:
        while True:
            job = await self._waiting.get()
            try:
                await self._run(job)
            finally:
                self._waiting.task_done()

    async def _run(self, waiting: Job) -> None:
        job = await self._claim(waiting)
        self._moved_at = self._clock.monotonic()
        if job is None:
            return
        try:
            with fenced(partial(jobs.is_held, job=job)):
                error = await self._do_until_lost(job)
        except LeaseLost:
            log.warning("job %s is left to the process that took it over", job.id)
            return
        finally:
            self._moved_at = self._clock.monotonic()
        if error is None:
            await self._mark(job, JobState.DONE)
        else:
            await self._mark(job, JobState.FAILED, error=type(error).__name__)

    async def _claim(self, waiting: Job) -> Job | None:
        """Start a job as soon as the database can be written; None if it is not queued any more."""
        backoff, since = Backoff(self._clock), self._clock.monotonic()
        logged = told = False
        while True:
            at, owner = self._clock.now(), waiting.owner
            claim = partial(jobs.claim, job_id=waiting.id, at=at, owner=owner)
            try:
                return await self._database.run(claim)
            except Exception:
                if not logged:
                    log.exception("job %s cannot be begun yet", waiting.id)
                    logged = True
            if not told and self._clock.monotonic() - since >= PATIENCE_S:
                told = True
                await self._tell(waiting, Waits())
            await backoff.wait()

    async def _do_until_lost(self, job: Job) -> BaseException | None:
        """Do the work in a task that the heartbeat ends when the lease is lost."""
        doing = asyncio.create_task(self._do(job))
        self._under_way.add(doing)
        try:
            return await doing
        except asyncio.CancelledError:
            if was_stopped():
                raise
            raise LeaseLost from None
        finally:
            self._under_way.discard(doing)

    async def _do(self, job: Job) -> BaseException | None:
        """Do the work. Returns the error that ended it early, after the asker was told, or None."""
        try:
            await self._kinds[job.kind].work(job)
        except LeaseLost:
            raise
        except Heard as heard:
            log.exception("job %s failed", job.id)
            return heard.error
        except (Exception, asyncio.CancelledError) as error:
            if was_stopped():
                raise
            log.exception("job %s failed", job.id)
            await self._tell(job, error)
            return error
        return None

    async def _tell(self, job: Job, error: BaseException) -> None:
        kind = self._kinds.get(job.kind)
        if kind is None or kind.tell is None:
            return
        try:
            await kind.tell(job, error)
        except Exception:
            log.exception("nobody could be told of job %s", job.id)

    async def _mark(self, job: Job, state: JobState, error: str | None = None) -> None:
        at = self._clock.now()
        await self._database.surely(lambda db: jobs.end(db, job, state, at, error))
