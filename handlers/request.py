"""What a job has to do and for whom: the payload of a job row, one envelope for every kind."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from bot.model.question import Question, SiteQuestion


class Kind(StrEnum):
    """What a job is about; each kind has its own body."""

    ANSWER = "answer"
    SHOW_ALL = "show_all"
    NEXT_PROSPECTS = "next_prospects"
    READ_PROSPECTS = "read_prospects"
    TRACK = "track"
    TRACK_MANY = "track_many"
    LIST = "list"
    HISTORY = "history"
    DIGEST = "digest"
    BUDGET = "budget"


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
class Place:
    """Who asked, and where.

    `response_url` accepts private replies for half an hour. `thread_ts` is the thread that the
    message stands in, `message_ts` the message itself. `dm` is the asker's direct message channel,
    once it is open.
    """

    team: str
    channel: str
    user: str
    response_url: str | None = None
    thread_ts: str | None = None
    message_ts: str | None = None
    dm: str | None = None

    @property
    def thread(self) -> str | None:
        """Return the thread that an answer belongs in: the message's own, or one that it starts."""
        return self.thread_ts or self.message_ts


@dataclass(frozen=True, slots=True)
class Answer:
    """A question to be answered.

    `confirmed`: somebody agreed to the price; `price_ts` is the message that showed it.
    `offered`: nobody asked for it clearly, so the price is shown to the asker alone, at any price;
    `meant` is the command that the words nearly were.
    """

    question: Question
    to: Destination = Destination.CHANNEL
    confirmed: bool = False
    price_ts: str | None = None
    offered: bool = False
    meant: str = ""


@dataclass(frozen=True, slots=True)
class ShowAll:
    """The whole list of a run's prospects, or a page of the board: then `run` is the page's id.

    `is_ephemeral`: only the asker sees the answer.
    """

    run: str
    is_ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """Keywords to be tracked in a channel.

    `day` and `hour` are the digest's; None leaves them unchanged. `run` is an answer that serves as
    the first read. `skipped` are lines that were left out, each with its reason. `confirmed`:
    somebody agreed to the price. `offered`: nobody asked for it clearly, so it is asked about.
    """

    questions: tuple[SiteQuestion, ...]
    day: str | None = None
    hour: int | None = None
    run: str | None = None
    skipped: tuple[tuple[str, str], ...] = ()
    confirmed: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """A request to see stored data. `words` follow the command.

    `replace`: the reply replaces the message whose button was pressed. `done` says there what the
    button did.
    """

    words: str = ""
    replace: bool = False
    done: str = ""


Body = TypeVar("Body", Answer, ShowAll, Track, Lookup)


@dataclass(frozen=True, slots=True)
class Request(Generic[Body]):
    """One job: for whom and where, and what."""

    place: Place
    body: Body


def to_payload(request: Request[Body]) -> str:
    """Return the JSON that is stored in a job row."""
    kept = {"place": request.place, "body": request.body}
    return _OBJECT.dump_json(kept).decode()


def from_payload(payload: str, body: type[Body]) -> Request[Body]:
    """Parse a job row's JSON. Raises `pydantic.ValidationError` if it is anything else."""
    kept = _envelope(payload)
    return Request(
        _PLACE.validate_python(kept["place"]), TypeAdapter(body).validate_python(kept["body"])
    )


def place_of(payload: str) -> Place:
    """Return who asked for a job of any kind, and where."""
    return _PLACE.validate_python(_envelope(payload)["place"])


_OBJECT = TypeAdapter(dict[str, Any])
_PLACE = TypeAdapter(Place)


def _envelope(payload: str) -> dict[str, Any]:
    """Return a payload's place and body; payloads of older versions were partly or wholly flat."""
    kept = _OBJECT.validate_json(payload)
    if {"place", "body"} <= kept.keys():
        return kept
    parts = {one.name for one in fields(Place)}
    place = kept.pop("place", None) or {name: kept[name] for name in parts & kept.keys()}
    body = {name: value for name, value in kept.items() if name not in parts}
    if "value" in body:  # older versions stored a press of Show all as Slack sent it
        body["run"] = body.pop("value")
        if body.get("is_ephemeral"):
            place["message_ts"] = None
    return {"place": place, "body": body}
