"""Turns typed words into a committed job row. The command, the form and mentions all use this."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from bot.model.question import Question, read_words
from bot.render import notes
from bot.render.slack.message import Message
from handlers import vendor_choice
from handlers.jobs import submit
from handlers.request import Answer, Kind, Request
from handlers.services import Services
from handlers.slack.refusals import SlackRefused

LINK_PATIENCE_S = 1.0
"""Slack waits three seconds for its ack, so the note does without the link before that."""


async def read(services: Services, words: str, team: str, channel: str) -> Question:
    """Read typed words as a question. Raises `BadQuestion` if it is invalid or no vendor fits."""
    channel_settings = await services.channels.of(team, channel)
    question = channel_settings.read(read_words(words))
    channel_settings.vendors(question)
    return question


async def commit(services: Services, request: Request[Answer], key: str) -> Message | None:
    """Store the job and queue it. Returns a private note if the request was not accepted.

    `key` identifies what Slack sent (a trigger, an event). A repeated `key` is ignored silently.
    """
    refused = await vendor_choice.refusal(services, request.place, (request.body.question,))
    if refused is not None:
        return refused
    holder = services.in_progress.claim(request, key)
    if holder is not None:
        return None if holder == key else await _duplicate(services, request)
    try:
        submitted = await submit(
            services,
            Kind.ANSWER,
            request,
            key,
            lost=lambda: services.in_progress.release(request),
        )
    except BaseException:
        services.in_progress.release(request)
        raise
    if not submitted.is_new:
        services.in_progress.release(request)
    return submitted.note


async def _duplicate(services: Services, request: Request[Answer]) -> Message:
    """Return the note that links to the message which is working on the same question."""
    where = services.in_progress.where(request)
    link = ""
    if where is not None:
        with suppress(SlackRefused, TimeoutError):
            async with asyncio.timeout(LINK_PATIENCE_S):
                link = await services.slack_api.link(*where)
    return notes.duplicate(request.body.question, link)


def again(
    request: Request[Answer], *, fresh: bool, user: str, response_url: str | None
) -> Request[Answer]:
    """Return the same request on behalf of the user who pressed a button."""
    question = replace(request.body.question, fresh=fresh)
    return Request(
        replace(request.place, user=user, response_url=response_url, dm=None),
        replace(request.body, question=question, confirmed=False, price_ts=None),
    )
