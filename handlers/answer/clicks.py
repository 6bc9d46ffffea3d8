"""Checks who may press a button. The id that a button carries is opaque; nothing else trusts it."""

from dataclasses import dataclass
from typing import Any

from bot.analysis.answers import answer_of
from bot.common.errors import LinkGapError
from bot.model.report import Report
from bot.store import jobs
from handlers.request import Answer, Kind, Place, Request, from_payload
from handlers.services import Services


class NotYours(LinkGapError):
    """Raised when this team has no such run, or the button is in another place."""

    def __init__(self) -> None:
        super().__init__(
            "This button does not belong to this channel, or its run is gone. Ask again."
        )


@dataclass(frozen=True, slots=True)
class Click:
    """A press of a button on one of our messages; in a view there is no channel and no message."""

    team: str
    user: str
    channel: str
    value: str
    trigger_id: str
    response_url: str | None
    message_ts: str
    thread_ts: str | None
    is_ephemeral: bool

    @property
    def place(self) -> Place:
        """Return where it was pressed; below an answer, that is the answer's thread."""
        thread = self.thread_ts or (None if self.is_ephemeral else self.message_ts or None)
        return Place(
            self.team, self.channel, self.user, response_url=self.response_url, thread_ts=thread
        )


def click_of(body: dict[str, Any]) -> Click:
    """Read Slack's block_actions payload; the value of a menu is that of the chosen option.

    A link button carries none.
    """
    container, action = body["container"], body["actions"][0]
    chosen = action.get("selected_option") or {}
    return Click(
        team=body["team"]["id"],
        user=body["user"]["id"],
        channel=container.get("channel_id", ""),
        value=action.get("value") or chosen.get("value", ""),
        trigger_id=body["trigger_id"],
        response_url=body.get("response_url"),
        message_ts=container.get("message_ts", ""),
        thread_ts=container.get("thread_ts"),
        is_ephemeral=container.get("is_ephemeral", False),
    )


async def request_of(services: Services, run_id: str, team: str) -> Request[Answer]:
    """Return a run's request. Raises `NotYours` if this team has no such run."""
    job = await services.database.read(lambda db: jobs.load(db, run_id, team))
    if job is None or job.kind != Kind.ANSWER:
        raise NotYours
    return from_payload(job.payload, Answer)


async def pressed(services: Services, click: Click) -> Request[Answer]:
    """Return the request of the pressed button. Raises `NotYours` outside the answer's channel."""
    request = await request_of(services, click.value, click.team)
    if click.channel not in (request.place.channel, request.place.dm):
        raise NotYours
    return request


async def report_of(services: Services, run_id: str, team: str) -> Report | None:
    """Return a run's report, or None if it gave no answer."""
    return await answer_of(services.database, run_id, team)
