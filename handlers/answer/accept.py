"""From what somebody typed to a committed job row; every door goes through here."""

from dataclasses import replace
from functools import partial

from bot.jobs import QueueFull
from bot.model.question import Question, parse
from bot.render import notes
from bot.render.slack.message import Message
from handlers.request import Errand, to_payload
from handlers.services import Services

ANSWER = "answer"


async def read(services: Services, words: str, team: str, channel: str) -> Question:
    """Read typed words as a question that some vendor can answer; raises `BadQuestion`."""
    held = await services.channels.held(team, channel)
    question = held.read(partial(parse, words), lambda question: question.site)
    services.analysis.check(question, held.settings(question.site))
    return question


async def commit(services: Services, errand: Errand, key: str) -> Message | None:
    """Write the job down and queue it; returns a private note when it was not taken.

    `key` names what Slack sent (a trigger, an event); a repeat of it is taken in silence.
    """
    holder = services.under_way.claim(errand, key)
    if holder is not None:
        return None if holder == key else notes.duplicate(errand.question)
    try:
        job = await services.jobs.submit(ANSWER, errand.team, to_payload(errand), key)
    except QueueFull:
        services.under_way.release(errand)
        return notes.busy(services.settings.queue)
    except BaseException:
        services.under_way.release(errand)
        raise
    if job is None:
        services.under_way.release(errand)
    return None


def again(errand: Errand, *, fresh: bool, user: str, response_url: str | None) -> Errand:
    """Return the same errand for whoever presses a button."""
    return replace(
        errand,
        question=replace(errand.question, fresh=fresh),
        user=user,
        response_url=response_url,
        dm=None,
        confirmed=False,
        price_ts=None,
    )
