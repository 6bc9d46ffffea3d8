"""From what somebody typed to a committed job row; every door goes through here."""

from dataclasses import replace
from functools import partial

from bot.jobs import QueueFull
from bot.model.question import Question, parse
from bot.render import notes
from bot.render.slack.message import Message
from handlers.request import Request, to_payload
from handlers.services import Services

ANSWER = "answer"


async def read(services: Services, words: str, team: str, channel: str) -> Question:
    """Read typed words as a question that some vendor can answer; raises `BadQuestion`."""
    channel_settings = await services.channels.of(team, channel)
    question = channel_settings.read(partial(parse, words), lambda question: question.site)
    channel_settings.vendors(question)
    return question


async def commit(services: Services, request: Request, key: str) -> Message | None:
    """Write the job down and queue it; returns a private note when it was not taken.

    `key` names what Slack sent (a trigger, an event); a repeat of it is taken in silence.
    """
    holder = services.in_progress.claim(request, key)
    if holder is not None:
        return None if holder == key else notes.duplicate(request.question)
    try:
        job = await services.jobs.submit(ANSWER, request.team, to_payload(request), key)
    except QueueFull:
        services.in_progress.release(request)
        return notes.busy(services.settings.queue)
    except BaseException:
        services.in_progress.release(request)
        raise
    if job is None:
        services.in_progress.release(request)
    return None


def again(request: Request, *, fresh: bool, user: str, response_url: str | None) -> Request:
    """Return the same request for whoever presses a button."""
    return replace(
        request,
        question=replace(request.question, fresh=fresh),
        user=user,
        response_url=response_url,
        dm=None,
        confirmed=False,
        price_ts=None,
    )
