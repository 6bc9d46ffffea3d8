"""Runs the job behind a question: placeholder → analysis → final parent message → thread.

After a kill, the job is called again and resumes: answers already paid for come from the store,
and posted steps are not posted again. If a step's fate is unknown, the message says so.
"""

import asyncio
import sqlite3
from contextlib import suppress
from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.analysis.answers import answer_of
from bot.analysis.run import Progress
from bot.common.errors import BadQuestion, LinkGapError
from bot.jobs import Heard
from bot.model.costs import Quote
from bot.model.report import CostLine, Report
from bot.render import money, notes
from bot.render.csv_file import csv_filename, csv_of
from bot.render.report.headline import headline
from bot.render.report.method import method
from bot.render.report.prospects import best, prospects, prospects_sentence
from bot.render.report.result import result
from bot.render.slack.message import Message
from bot.store.jobs import Job
from bot.store.ledger import Payer
from bot.store.outreach_lists import Page
from handlers import private_notes
from handlers.answer.conversation import Conversation, conversation_for
from handlers.answer.job import RunningJob
from handlers.jobs import on_job
from handlers.outreach.next_page import read_later
from handlers.outreach.pages import draw, posted
from handlers.request import Kind
from handlers.services import Services

MOST_ATTEMPTS_WITH_PAGES = 2
"""A job started more often than this has seen the bot die twice, and may be the cause."""
SURPRISE = "Something went wrong on my side; it was written down under this run's number."


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - a job has no Slack door
    """Register the worker for the jobs that accept.py commits."""

    async def work(job: Job) -> None:
        running = RunningJob(services, job)
        services.in_progress.claim(running.request, job.id)
        try:
            await answer(running)
        finally:
            services.in_progress.release(running.request)

    on_job(services, Kind.ANSWER, work)


async def answer(job: RunningJob) -> None:
    """Do the whole job. Raises the error that ended it early, as `Heard` if the asker was told."""
    conversation = conversation_for(job)
    try:
        quote = await _quote(job)
        if job.body.offered and not job.body.confirmed:
            offer = money.offer(job.body.question, quote, job.id, meant=job.body.meant)
            await job.tell_asker("offer", offer)
            return
        if _must_ask(job, quote):
            await conversation.ask(await _price(job, quote))
            return
        price = money.at_most(quote) if quote.lines else ""
        sample = await _will_invent(job)
        placeholder = notes.placeholder(job.body.question, price=price, sample=sample)
        if await conversation.open(placeholder):
            await _work(job, conversation, quote, sample=sample)
    finally:
        await conversation.stop()


async def _quote(job: RunningJob) -> Quote:
    """Return the price; empty if no vendor fits any more, an error that the run itself reports."""
    try:
        place = job.place
        return await job.services.spending.quote(job.body.question, place.team, place.channel)
    except BadQuestion:
        return Quote(())


def _must_ask(job: RunningJob, quote: Quote) -> bool:
    return not job.body.confirmed and job.services.spending.must_be_confirmed(quote)


async def _price(job: RunningJob, quote: Quote) -> Message:
    """Return the message that asks for permission to spend that much."""
    place, question = job.place, job.body.question
    light = replace(question, light=True)
    cheaper = await job.services.spending.quote(light, place.team, place.channel)
    return money.confirmation(question, quote, cheaper, job.id)


async def _work(job: RunningJob, conversation: Conversation, quote: Quote, *, sample: bool) -> None:
    """Compute and post the answer; meanwhile hear from the vendors what is left."""
    vendors = [line.vendor for line in quote.lines]
    # Runs in parallel, so that the answer does not wait for a balance.
    hearing = asyncio.create_task(job.services.spending.allowances(job.place.team, vendors))
    try:
        report, message = await _result(job, conversation, sample=sample)
        await _thread(job, conversation, report, message, vendors)
    finally:
        hearing.cancel()
        # After the cancellation it still has to settle its reservation before the job may end.
        await asyncio.gather(hearing, return_exceptions=True)


async def _result(
    job: RunningJob, conversation: Conversation, *, sample: bool
) -> tuple[Report, Message]:
    """Compute the answer and replace the placeholder with it, or with the reason for a failure."""
    try:
        report = await _stored(job) or await _run(job, conversation)
        message = result(report, job.id)
        await conversation.conclude(message)
    except Exception as error:
        await _say_failed(job, conversation, _in_words(error), sample=sample)
        raise Heard(error) from error
    return report, message


async def _warnings(job: RunningJob, vendors: list[str]) -> list[str]:
    """Return warnings about caps and allowances that are nearly used up."""
    place = job.place
    payer = Payer(place.user, job.body.question.site, place.channel)
    return money.warnings(*await job.services.spending.near(place.team, payer, vendors))


async def _stored(job: RunningJob) -> Report | None:
    """Return the answer of a killed attempt that finished it but did not post all of it."""
    return await answer_of(job.services.database, job.id, job.place.team)


async def _run(job: RunningJob, conversation: Conversation) -> Report:
    place, question = job.place, job.body.question
    if job.attempts > 1:
        # What the killed attempt paid for is fresh enough, and must not be paid for twice.
        question = replace(question, fresh=False)

    async def progress(so_far: Progress) -> None:
        conversation.stage(notes.progress(so_far.report, so_far.waiting))

    report = await job.services.analysis.run(
        question,
        run_id=job.id,
        team=place.team,
        channel=place.channel,
        person=place.user,
        progress=progress,
        read_pages=job.attempts <= MOST_ATTEMPTS_WITH_PAGES,
    )
    await job.services.tracking.remember(job.body.question, report, run_id=job.id, team=place.team)
    return report


async def _thread(
    job: RunningJob,
    conversation: Conversation,
    report: Report,
    message: Message,
    vendors: list[str],
) -> None:
    """Post the details in the thread. The answer stands even if this fails."""
    try:
        page = await _add_list(job, conversation, report)
        if report.prospects:
            await conversation.attach(csv_filename(report), csv_of(report))
        await conversation.add("method", method(report, await _warnings(job, vendors)))
        await conversation.finish(message, headline(report))
        if page is not None and not report.sample:
            await read_later(job.services.jobs, job.place, page)
    except Exception as error:
        await conversation.add("trouble", private_notes.broken(job.id))
        raise Heard(error) from error


async def _add_list(job: RunningJob, conversation: Conversation, report: Report) -> Page | None:
    """Add the list that the team works through; return its page, None if nobody is on it."""
    if not best(report):
        await conversation.add("prospects", prospects(report))
        return None
    team, lists = job.place.team, job.services.worklists
    list_id = await lists.of_report(team, job.id, report, prospects_sentence(report))
    shown = await lists.page(team, list_id, 0)
    drawn = draw(shown) if shown is not None and shown.rows else prospects(report)
    where = await conversation.add("prospects", drawn)
    if shown is None:
        return None
    if where is not None:
        await posted(job.services, team, shown, where)
    return shown.page


def _in_words(error: Exception) -> str:
    if isinstance(error, LinkGapError):
        return str(error)
    return private_notes.NO_FILE if isinstance(error, sqlite3.Error) else SURPRISE


async def _say_failed(
    job: RunningJob, conversation: Conversation, sentence: str, *, sample: bool
) -> None:
    cost: tuple[CostLine, ...] | None = None
    with suppress(sqlite3.Error):
        cost = await job.services.spending.cost(job.id, job.place.team)
    await conversation.conclude(
        notes.failed(job.body.question, sentence, cost, job.id, sample=sample)
    )


async def _will_invent(job: RunningJob) -> bool:
    """Say whether sample data will be shown, so that the placeholder carries the mark too."""
    here = await job.services.channels.of(job.place.team, job.place.channel)
    return here.will_invent(job.body.question)
