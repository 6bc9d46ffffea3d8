"""A running job: its request, its exactly-once steps, and how to reach its asker."""

from dataclasses import replace

from bot.render.slack.message import Message
from bot.store import jobs
from bot.store.jobs import Job
from handlers.request import Answer, Place, Request, from_payload, to_payload
from handlers.services import Services
from handlers.slack.once import Once
from handlers.tell import tell_once


class RunningJob:
    """The context that everything working on a job shares. `id` is also the run's id."""

    def __init__(self, services: Services, job: Job) -> None:
        self.services = services
        self.id, self.attempts = job.id, job.attempts
        self.request: Request[Answer] = from_payload(job.payload, Answer)
        self.once = Once(services.database, services.clock, job.id)

    @property
    def place(self) -> Place:
        """Return who asked, and where."""
        return self.request.place

    @property
    def body(self) -> Answer:
        """Return what was asked."""
        return self.request.body

    async def direct(self) -> str:
        """Return the asker's DM channel, and store its id: buttons in it belong to this run."""
        dm = self.place.dm
        if dm is None:
            dm = await self.services.slack_api.direct(self.place.user)
            self.request = replace(self.request, place=replace(self.place, dm=dm))
            payload, at = to_payload(self.request), self.services.clock.now()
            await self.services.database.run(
                lambda db: jobs.update_payload(db, self.id, payload, at)
            )
        return dm

    async def tell_asker(self, step: str, message: Message) -> None:
        """Send a private message once, by the first of three ways that works."""
        await tell_once(self.services, self.once, step, self.place, message, direct=self.direct)
