"""One job at work: its request, its once-only steps, and the asker's private ear."""

from dataclasses import replace

from bot.render.slack.message import Message
from bot.store import jobs
from bot.store.jobs import Job
from handlers.place import Place, tell_once
from handlers.request import Request, from_payload, to_payload
from handlers.services import Services
from handlers.slack.once import Once


class RunningJob:
    """What everything that works on a job needs to know of it. `id` is the run's id as well."""

    def __init__(self, services: Services, job: Job) -> None:
        self.services = services
        self.id, self.attempts = job.id, job.attempts
        self.request: Request = from_payload(job.payload)
        self.once = Once(services.database, services.clock, job.id)

    async def direct(self) -> str:
        """Return the asker's direct message, and keep its id: buttons there belong to this run."""
        if self.request.dm is None:
            dm = await self.services.slack_api.direct(self.request.user)
            self.request = replace(self.request, dm=dm)
            payload, at = to_payload(self.request), self.services.clock.now()
            await self.services.database.run(
                lambda db: jobs.update_payload(db, self.id, payload, at)
            )
        return self.request.dm or ""

    async def tell_asker(self, step: str, message: Message) -> None:
        """Say something privately, once, by the first of three ways that works."""
        place = place_of(self.request)
        await tell_once(self.services, self.once, step, place, message, direct=self.direct)


def place_of(request: Request) -> Place:
    """Return where the asker of an request can be told something alone."""
    return Place(
        request.team,
        request.channel,
        request.user,
        response_url=request.response_url,
        thread_ts=request.thread_ts,
    )
