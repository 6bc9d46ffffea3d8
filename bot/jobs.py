"""A bounded queue of durable jobs: the row is committed first, the work follows.

Job rows are the truth; the queue in memory only orders them. A process that is killed finds its
unfinished rows again at the next start and hands them to the same work, with `attempts` above 1.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.errors import LinkGapError
from bot.store import jobs
from bot.store.connect import Database
from bot.store.jobs import Job, JobState

log = logging.getLogger(__name__)
Work = Callable[[Job], Awaitable[None]]


class QueueFull(LinkGapError):
    """As many runs wait as may wait; nothing was written down and nothing will be spent."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} runs are waiting already. Try again in a few minutes.")


class JobQueue:
    """Workers of one process on the job rows of one file."""

    def __init__(self, database: Database, clock: Clock, *, workers: int, limit: int) -> None:
        self._database, self._clock = database, clock
        self._workers, self._limit = workers, limit
        self._kinds: dict[str, Work] = {}
        self._waiting: asyncio.Queue[Job] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def handle(self, kind: str, work: Work) -> None:
        """Say who works on a kind of job."""
        self._kinds[kind] = work

    async def submit(
        self, kind: str, team: str, payload: str, dedupe_key: str | None
    ) -> Job | None:
        """Commit a job and queue it; None when the key was seen before. Raises `QueueFull`."""
        if self._waiting.qsize() >= self._limit:
            raise QueueFull(self._limit)
        at = self._clock.now()
        job = await self._database.run(
            lambda db: jobs.enqueue(
                db, kind=kind, team=team, payload=payload, dedupe_key=dedupe_key, at=at
            )
        )
        if job is not None:
            self._waiting.put_nowait(job)
        return job

    async def start(self) -> None:
        """Put what a kill left behind back in the queue, then start the workers."""
        for job in await self._database.read(jobs.unfinished):
            if job.state is JobState.RUNNING:
                await self._mark(job, JobState.QUEUED)
            log.info("job %s from %s is resumed", job.id, job.created_at)
            self._waiting.put_nowait(job)
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._workers)]

    async def stop(self) -> None:
        """Cancel running work; its rows stay as they are, so the next start resumes it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def idle(self) -> None:
        """Wait until nothing is queued or running."""
        await self._waiting.join()

    async def _work(self) -> None:
        while True:
            job = await self._waiting.get()
            try:
                await self._run(job)
            finally:
                self._waiting.task_done()

    async def _run(self, waiting: Job) -> None:
        at = self._clock.now()
        job = await self._database.run(lambda db: jobs.claim(db, waiting.id, at))
        if job is None:
            return
        try:
            await self._kinds[job.kind](job)
        except Exception as error:
            # The work has told its user; a failure must never stop the other jobs.
            log.exception("job %s failed", job.id)
            await self._mark(job, JobState.FAILED, error=type(error).__name__)
        else:
            await self._mark(job, JobState.DONE)

    async def _mark(self, job: Job, state: JobState, error: str | None = None) -> None:
        at = self._clock.now()
        await self._database.run(lambda db: jobs.mark(db, job.id, state, at, error))
