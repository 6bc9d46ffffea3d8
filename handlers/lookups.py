"""Questions about what is known already: answered privately, a moment after the ack, for nothing.

Reading them takes longer than an ack may, so each is a job; a kill after the ack loses none.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from pydantic import TypeAdapter

from bot.errors import LinkGapError
from bot.jobs import Heard, QueueFull
from bot.render import notes
from bot.render.slack.message import Message
from bot.store.jobs import Job
from handlers import private_notes
from handlers.last_word import teller
from handlers.place import Place, tell
from handlers.services import Services
from handlers.slack.once import Once


@dataclass(frozen=True, slots=True)
class Lookup:
    """What somebody wants to see: `words` follow the command.

    `replace`: in place of the message whose button asked for it.
    """

    place: Place
    words: str = ""
    replace: bool = False


Draw = Callable[[Services, Lookup], Awaitable[Message]]
_LOOK = TypeAdapter(Lookup)


async def ask(services: Services, kind: str, lookup: Lookup, key: str) -> Message | None:
    """Commit a look; returns a private note when it was not taken."""
    payload = _LOOK.dump_json(lookup).decode()
    try:
        await services.jobs.submit(kind, lookup.place.team, payload, key)
    except QueueFull:
        return notes.busy(services.settings.queue)
    return None


def on_lookup(services: Services, kind: str, draw: Draw) -> None:
    """Let `draw` answer looks of a kind."""
    tell = teller(services, lambda payload: _LOOK.validate_json(payload).place)
    services.jobs.handle(kind, partial(_show, services, draw), tell)


async def _show(services: Services, draw: Draw, job: Job) -> None:
    """Tell the one who asked, once; also when something goes wrong here."""
    lookup = _LOOK.validate_json(job.payload)
    once = Once(services.database, services.clock, job.id)
    try:
        told = await draw(services, lookup)
    except LinkGapError as error:
        told = notes.usage_error(str(error))
    except Exception as error:
        await once("trouble", partial(tell, services, lookup.place, private_notes.broken(job.id)))
        raise Heard(error) from error
    await once("told", partial(tell, services, lookup.place, told, replace=lookup.replace))
