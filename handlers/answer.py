"""The work behind a question: placeholder → analysis → final parent message → thread.

Called again after a kill, it goes on where it was: answers already paid for come from the store,
steps already posted are not posted again, and a step nobody can know about is owned up to.
"""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.analysis import Progress
from bot.errors import LinkGapError
from bot.render import notes, sentences
from bot.render.csv_file import csv_filename, csv_of
from bot.render.method import method
from bot.render.prospects import prospects
from bot.render.result import result
from bot.report import Report, from_json
from bot.store import reports
from bot.store.jobs import Job
from handlers import private_notes
from handlers.asking import ANSWER
from handlers.job import RunningJob
from handlers.services import Services
from handlers.talk import Talk, talk_for

SURPRISE = "Something went wrong on my side; it was written down under this run's number."


def register(app: AsyncApp, services: Services) -> None:  # noqa: ARG001 - a job has no Slack door
    """Take on the jobs that asking.py commits."""

    async def work(job: Job) -> None:
        running = RunningJob(services, job)
        services.under_way.claim(running.errand, job.id)
        try:
            await answer(running)
        finally:
            services.under_way.release(running.errand)

    services.jobs.handle(ANSWER, work)


async def answer(job: RunningJob) -> None:
    """Do the errand, all of it. Raises what ended it early, after the asker was told."""
    talk = talk_for(job)
    try:
        placeholder = notes.placeholder(job.errand.question, sample=_is_sample(job))
        if await talk.open(placeholder):
            await _thread(job, talk, await _result(job, talk))
    finally:
        await talk.stop()


async def _result(job: RunningJob, talk: Talk) -> Report:
    """Find the answer and put it where the placeholder stands, or the reason why there is none."""
    try:
        report = await _stored(job) or await _run(job, talk)
        await talk.conclude(result(report, job.id))
    except LinkGapError as error:
        await _say_failed(job, talk, str(error))
        raise
    except Exception:
        await _say_failed(job, talk, SURPRISE)
        raise
    return report


async def _stored(job: RunningJob) -> Report | None:
    """Return the answer that a killed attempt has finished but not posted in full."""
    found = await job.services.database.read(lambda db: reports.load(db, job.id, job.errand.team))
    return from_json(found.report) if found else None


async def _run(job: RunningJob, talk: Talk) -> Report:
    errand = job.errand
    question = errand.question
    if job.attempts > 1:
        # What the killed attempt has paid for is fresh enough, and must not be paid for twice.
        question = replace(question, fresh=False)

    async def progress(so_far: Progress) -> None:
        talk.stage(notes.progress(so_far.report, so_far.waiting))

    return await job.services.analysis.run(
        question, run_id=job.id, team=errand.team, channel=errand.channel, progress=progress
    )


async def _thread(job: RunningJob, talk: Talk, report: Report) -> None:
    """Add what refines the answer; whatever goes wrong here, the answer stands."""
    try:
        await talk.add("prospects", prospects(report))
        if report.prospects:
            await talk.attach(csv_filename(report), csv_of(report))
        await talk.add("method", method(report))
        mark = f" {sentences.SAMPLE}" if report.sample else ""
        await talk.finish(result(report, job.id), sentences.headline(report) + mark)
    except Exception:
        await talk.add("trouble", private_notes.broken(job.id))
        raise


async def _say_failed(job: RunningJob, talk: Talk, sentence: str) -> None:
    cost = await job.services.analysis.cost(job.id, job.errand.team)
    sample = _is_sample(job)
    await talk.conclude(notes.failed(job.errand.question, sentence, cost, job.id, sample=sample))


def _is_sample(job: RunningJob) -> bool:
    """Say whether invented data will be shown; the first message is marked as well."""
    try:
        return job.services.analysis.uses_sample(job.errand.question)
    except LinkGapError:
        return False
