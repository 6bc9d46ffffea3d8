"""Exactly-once steps of a job: recorded before the request and after the answer."""

import logging
from collections.abc import Awaitable, Callable

from bot.common.clock import Clock
from bot.store import deliveries
from bot.store.connect import Database
from bot.store.deliveries import Delivery, DeliveryState
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)


class Once:
    """The steps of one job; `lost` names the steps that Slack may or may not have."""

    def __init__(self, database: Database, clock: Clock, job_id: str) -> None:
        self._database, self._clock, self.job_id = database, clock, job_id
        self.lost: list[str] = []

    async def known(self, step: str) -> Delivery | None:
        """Return what is known about a step; None: never started, or Slack refused it."""
        return await self._database.read(lambda db: deliveries.known(db, self.job_id, step))

    async def __call__(self, step: str, send: Callable[[], Awaitable[str | None]]) -> Delivery:
        """Send unless it was sent or may have been; `send` returns the message's ts.

        NEW in the result means that this call posted it. Raises `SlackRefused` when Slack certainly
        did nothing; the step may then be tried again.
        """
        at = self._clock.now()
        found = await self._database.run(lambda db: deliveries.begin(db, self.job_id, step, at))
        if found.state is DeliveryState.SENDING:
            self.lost.append(step)
        if found.state is not DeliveryState.NEW:
            return found
        try:
            ts = await send()
        except SlackRefused as refused:
            if refused.certain:
                await self._database.surely(lambda db: deliveries.refused(db, self.job_id, step))
                raise
            log.warning("job %s, step %s: Slack gave no answer", self.job_id, step)
            self.lost.append(step)
            return Delivery(DeliveryState.SENDING)
        now = self._clock.now()
        await self._database.surely(lambda db: deliveries.posted(db, self.job_id, step, ts, now))
        return Delivery(DeliveryState.NEW, ts)
