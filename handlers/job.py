"""One job at work: its errand, its once-only steps, and the asker's private ear."""

import logging
from dataclasses import replace
from functools import partial

from bot.render.message import Message
from bot.store import jobs
from bot.store.jobs import Job
from handlers.errand import Errand, from_payload, to_payload
from handlers.once import Once
from handlers.refusals import SlackRefused
from handlers.services import Services

log = logging.getLogger(__name__)


class RunningJob:
    """What everything that works on a job needs to know of it. `id` is the run's id as well."""

    def __init__(self, services: Services, job: Job) -> None:
        self.services = services
        self.id, self.attempts = job.id, job.attempts
        self.errand: Errand = from_payload(job.payload)
        self.once = Once(services.database, services.clock, job.id)

    async def direct(self) -> str:
        """Return the asker's direct message, and keep its id: buttons there belong to this run."""
        if self.errand.dm is None:
            dm = await self.services.voice.direct(self.errand.user)
            self.errand = replace(self.errand, dm=dm)
            payload, at = to_payload(self.errand), self.services.clock.now()
            await self.services.database.run(
                lambda db: jobs.update_payload(db, self.id, payload, at)
            )
        return self.errand.dm or ""

    async def tell_asker(self, step: str, message: Message) -> None:
        """Say something privately, once, by the first of three ways that works."""
        for way in ("response_url", "ephemeral", "dm"):
            try:
                await self.once(f"{step}_{way}", partial(self._say, way, message))
            except SlackRefused as refused:
                log.info("job %s cannot reach its asker by %s: %s", self.id, way, refused)
            else:
                return
        log.error("job %s could not tell its asker: %s", self.id, message.text)

    async def _say(self, way: str, message: Message) -> str | None:
        voice, errand = self.services.voice, self.errand
        if way == "response_url":
            if errand.response_url is None:
                raise SlackRefused("expired_url")
            await voice.respond(errand.response_url, message)
        elif way == "ephemeral":
            await voice.whisper(errand.channel, errand.user, message, errand.thread_ts)
        else:
            return await voice.post(await self.direct(), message)
        return None
