"""Where a job speaks. One run is one conversation: opened, edited, concluded, added to."""

from typing import Protocol

from bot.render.slack.message import Message
from handlers.answer.conversation import InChannel
from handlers.answer.job import RunningJob
from handlers.in_private import InPrivate
from handlers.request import Destination


class Talk(Protocol):
    """A place for an answer. Everything it posts, it posts once, even over a kill."""

    async def open(self, placeholder: Message) -> bool:
        """Claim the place before anything is spent; False: it cannot be, and the asker knows."""
        ...

    async def ask(self, price: Message) -> None:
        """Put a price with its buttons where the answer will stand."""
        ...

    def stage(self, message: Message) -> None:
        """Show how far the work is."""
        ...

    async def conclude(self, message: Message) -> None:
        """Put the last word where the placeholder stood."""
        ...

    async def add(self, step: str, message: Message) -> None:
        """Add to the thread."""
        ...

    async def attach(self, name: str, content: bytes) -> None:
        """Add the CSV file to the thread, or say why it is not there."""
        ...

    async def finish(self, result: Message, headline: str) -> None:
        """Call the asker, and mark the result if a kill may have lost a part of the thread."""
        ...

    async def stop(self) -> None:
        """Leave nothing running."""
        ...


def talk_for(job: RunningJob) -> Talk:
    """Return the place that the asker chose."""
    return InPrivate(job) if job.errand.to is Destination.PRIVATE else InChannel(job)
