"""What a job has to do and for whom: the payload of a job row."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from bot.model.question import Question


class Destination(StrEnum):
    """Where the answer goes."""

    CHANNEL = "channel"
    DM = "dm"
    PRIVATE = "private"

    @property
    def is_personal(self) -> bool:
        """Say whether only the asker sees the answer."""
        return self is not Destination.CHANNEL


@dataclass(frozen=True, slots=True)
class Request:
    """One question with its asker.

    `channel` is where it was asked, and `thread_ts` the thread to answer in (None: start one).
    `response_url` is the asker's private ear for half an hour; `dm` the direct message once open.
    `confirmed`: somebody agreed to the price, and `price_ts` is the message that told it.
    """

    question: Question
    team: str
    channel: str
    user: str
    thread_ts: str | None = None
    response_url: str | None = None
    to: Destination = Destination.CHANNEL
    dm: str | None = None
    confirmed: bool = False
    price_ts: str | None = None


_ADAPTER = TypeAdapter(Request)


def to_payload(request: Request) -> str:
    """Return the JSON that a job row keeps."""
    return _ADAPTER.dump_json(request).decode()


def from_payload(payload: str) -> Request:
    """Read it back; raises `pydantic.ValidationError` on anything else."""
    return _ADAPTER.validate_json(payload)
