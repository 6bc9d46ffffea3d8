"""`GET /metrics`: numbers for Prometheus. They name vendors, and nothing of any question."""

import asyncio
import logging
from datetime import datetime
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from bot.store.tallies import Tally
from bot.tracking.schedule import LEFT_OVERS, MISSED
from handlers.health import fault
from handlers.services import Services

METRICS_PATH = "/metrics"
GOOD_FOR_S = 5.0
"""The last answer is repeated within this time: who reaches the port cannot keep the bot busy."""
LATE_AFTER = MISSED * LEFT_OVERS
"""A digest or alert that is due for longer than this is late."""


class Metrics:
    """The numbers of one file, from when this was made."""

    def __init__(self, services: Services) -> None:
        disable_created_metrics()
        self._services = services
        self._registry = CollectorRegistry()
        self._tally, self._told = Tally(), Tally()
        self._turn = asyncio.Lock()
        self._said, self._said_at = "", float("-inf")
        self._since: datetime | None = services.clock.now()
        self._jobs = self._counter("jobs", "Ended jobs", "kind", "outcome")
        self._requests = self._counter(
            "vendor_requests",
            "Requests to vendors, and answers from the cache",
            "vendor",
            "outcome",
        )
        self._units = self._counter("vendor_units", "Units billed", "vendor", "pool")
        self._errors = self._counter("log_errors", "Errors in the log", "logger")
        self._queue = self._gauge("queue_jobs", "Jobs that are not ended", "state")
        self._turns = self._gauge(
            "digests", "Digests and alerts that are not posted yet", "kind", "state"
        )
        self._healthy = self._gauge("healthy", "1 if GET /health says ok, else 0")
        self._bytes = self._gauge("database_bytes", "Size of the database with its log")
        ProcessCollector(registry=self._registry)
        logging.getLogger().addHandler(_Errors(self._errors))

    async def __call__(self) -> tuple[int, str]:
        """Return a status code and the numbers in Prometheus' text format."""
        async with self._turn:
            now = self._services.clock.monotonic()
            if now - self._said_at >= GOOD_FOR_S:
                await self._look()
                self._said = generate_latest(self._registry).decode()
                self._said_at = now
            return 200, self._said

    async def _look(self) -> None:
        services = self._services
        if self._since is not None:
            await services.database.read(partial(self._tally.begin, since=self._since))
            self._since = None
        await services.database.read(self._tally.look)
        self._add()
        self._queue.labels("waiting").set(self._tally.waiting)
        self._queue.labels("running").set(self._tally.running)
        now, due = services.clock.now(), await services.schedule.due()
        for kind in ("digest", "alert"):
            ages = [now - turn.at for turn in due if turn.slot.kind == kind]
            self._turns.labels(kind, "due").set(len(ages))
            self._turns.labels(kind, "late").set(sum(age > LATE_AFTER for age in ages))
        self._healthy.set(0 if await fault(services) else 1)
        self._bytes.set(await asyncio.to_thread(_size, services))

    def _add(self) -> None:
        """Add to the counters what the tally has more than at the last look."""
        for counter, total, told in (
            (self._jobs, self._tally.jobs, self._told.jobs),
            (self._requests, self._tally.requests, self._told.requests),
            (self._units, self._tally.units, self._told.units),
        ):
            for labels, number in (total - told).items():
                counter.labels(*labels).inc(number)
            told.update(total - told)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"linkgap_{name}", what, labels, registry=self._registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"linkgap_{name}", what, labels, registry=self._registry)


class _Errors(logging.Handler):
    """Counts what is logged as an error, by the logger's name."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(logging.ERROR)
        self._counter = counter

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self._counter.labels(record.name).inc()


def _size(services: Services) -> int:
    path = services.database.path
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
