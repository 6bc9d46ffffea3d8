"""An answer for one person's eyes, through the response_url of the button that asked for it.

Five uses in half an hour: the click took one for "working on it"; result, prospects and method take
three more. What comes later than that goes to the person's direct message.
"""

import logging

from bot.render.slack.message import Message
from handlers.answer.job import RunningJob
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)


class InPrivate:
    """Speaks to the asker alone: no progress, no file, tables as text."""

    def __init__(self, job: RunningJob) -> None:
        self._job = job

    async def open(self, placeholder: Message) -> bool:  # noqa: ARG002 - the click said it
        """Nothing to claim: the button's own reply has said that work began."""
        return True

    async def ask(self, price: Message) -> None:
        """Ask the asker."""
        await self.add("price", price)

    def stage(self, message: Message) -> None:
        """Say nothing: every word costs one of five uses."""

    async def conclude(self, message: Message) -> None:
        """Give the answer."""
        await self.add("result", message)

    async def add(self, step: str, message: Message) -> None:
        """Give another part of it."""
        await self._job.tell_asker(step, message.plain if step == "prospects" else message)

    async def attach(self, name: str, content: bytes) -> None:
        """Send the file to the direct message: a private reply carries none."""

        async def send() -> None:
            await self._job.services.voice.upload(await self._job.direct(), name, content)

        try:
            await self._job.once("csv_dm", send)
        except SlackRefused as refused:
            log.warning("job %s: no file by DM: %s", self._job.id, refused)

    async def finish(self, result: Message, headline: str) -> None:
        """Nobody else has to be called."""

    async def stop(self) -> None:
        """Nothing runs."""
