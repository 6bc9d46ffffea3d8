"""The main message of a run: readable in four seconds, with the details below it."""

from collections.abc import Sequence

from bot.model.report import Report
from bot.render.report import checks, sentences, top3
from bot.render.report.prospects import LISTED
from bot.render.slack.blocks import render
from bot.render.slack.message import Message, message


def result(report: Report, run_id: str, warnings: Sequence[str] = ()) -> Message:
    """Return the final main message; its buttons carry only the opaque `run_id`.

    `warnings` are sentences about budgets that run low.
    """
    said = sentences.headline(report)
    proposal = checks.proposal(report) or ""
    blocks = render(
        "result",
        headline=said,
        partial=sentences.missing(report.sources) or "",
        subject=sentences.subject(report),
        once_fixed=sentences.once_fixed(report) or "",
        rows=top3.rows(report),
        context=[*_context(report), *warnings],
        taken_at=report.taken_at,
        cost=sentences.cost(report.cost),
        sample=sentences.SAMPLE if report.sample else "",
        name_page=sentences.unnamed(report) and not proposal,
        proposal=proposal,
        show_all=f"{len(report.prospects):,}" if len(report.prospects) > LISTED else "",
        track=report.site is not None,
        run_id=run_id,
    )
    mark = f" {sentences.SAMPLE}" if report.sample else ""
    return message(f"{sentences.subject(report)}: {said}{mark}", blocks)


def _context(report: Report) -> list[str]:
    lines = [
        *checks.lines(report),
        sentences.spread(report.need),
        sentences.adjustment(report.need),
        sentences.indexes(report.need),
        sentences.difficulty(report),
    ]
    return [line for line in lines if line]
