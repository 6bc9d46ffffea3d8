"""Method and sources: how this run's number was computed, and what every part of it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.report import CostLine, Need, Report, Source, SourceState
from bot.render.report import archive, checks, second_opinion, sentences
from bot.render.slack.blocks import mrkdwn, render
from bot.render.slack.message import Message, message, paragraphs
from bot.render.words import UNKNOWN, counted, listed, number, shown

_LIMITS = (
    "The number is what the compared pages have today, not a promise: links are one signal "
    "of many, every index sees other links, and results change from week to week. "
    "Unknown is never counted as zero."
)
_ROOM = 7_000  # for checks and sources together
_SECTION = 2_600
_DATE_TOKEN = 120


@dataclass(frozen=True, slots=True)
class _Line:
    words: str
    as_of: datetime | None = None


def method(report: Report, warnings: Sequence[str] = ()) -> Message:
    """Return the thread message with formula, checks, sources, cost, date and limits.

    `warnings` are sentences about budgets that run low.
    """
    found, readers = (
        _within(lines) for lines in (checks.lines(report), checks.for_readers(report))
    )
    room = _ROOM - _wide([*found, *readers])
    blocks = render(
        "method",
        formula="\n".join(arithmetic(report)),
        checks=paragraphs(found),
        readers="\n".join(readers),
        limits=_LIMITS,
        sources=_groups([_source(source) for source in report.sources], room),
        cost="\n".join([*cost_lines(report.cost), *warnings]),
        taken_at=report.taken_at,
    )
    return message(
        sentences.marked(report, f"Method and sources for {sentences.subject(report)}."), blocks
    )


def arithmetic(report: Report) -> list[str]:
    """Return the arithmetic of this run, how the pages vary, and what others say."""
    need = report.need
    more = [sentences.spread(need), sentences.indexes(need), sentences.difficulty(report)]
    others = [*archive.lines(report.archive), *second_opinion.lines(report)]
    return [*formula(need), *(line for line in more if line), *others]


def formula(need: Need) -> list[str]:
    """Return the arithmetic of this run, one step per line."""
    counts = ", ".join(number(count) for count in need.per_page[:10]) or UNKNOWN
    lines = [
        f"Live referring domains of each page: {counts}.",
        f"Base: the mean, {number(need.base)}. {_cap(need)}",
        f"Even field: {number(need.base)} rounded up = {number(need.even_field)}.",
        sentences.adjustment(need),
        (
            f"Needed: {number(need.base)} × {need.authority.multiplier:g}, rounded up "
            f"= {number(need.needed)}."
        ),
        f"You have: {number(need.have)}. To go: {number(need.gap)}.",
    ]
    if need.needed is None:
        return [*lines[:1], "No number follows: too little is known."]
    return lines


def _cap(need: Need) -> str:
    """Return the rule, and which pages it applies to."""
    rule = "No page counts for more than four times the middle one"
    if not need.capped:
        return f"{rule}; here none has more."
    each = listed(f"{number(page.count)} as {number(page.counted_as)}" for page in need.capped[:10])
    return f"{rule}: {each}."


def cost_lines(cost: tuple[CostLine, ...]) -> list[str]:
    """Return one line per pool: the amount billed and the worst case reserved before."""
    if not cost:
        return [sentences.cost(cost)]
    return [
        f"{sentences.cost_part(line)} billed, at most {line.estimated_units:,} estimated"
        for line in cost[:12]
    ]


def source_words(source: Source) -> str:
    """Return provider, question and how it ended; without the date."""
    said = f"{shown(source.provider, 40)}, {shown(source.what.replace('_', ' '), 60)}: "
    said += sentences.source_state(source)
    if source.rows is not None and source.state is not SourceState.NOT_ASKED:
        said += f", {counted(source.rows, 'row')}"
    if source.complete is False:
        said += ", cut off"
    return f"{said} ({shown(source.note, 160)})" if source.note else said


def _source(source: Source) -> _Line:
    return _Line(source_words(source), source.as_of)


def _wide(lines: list[str]) -> int:
    return sum(len(mrkdwn(line)) + 1 for line in lines)


def _within(lines: list[str]) -> list[str]:
    """Return the leading lines that fit, and say when some do not."""
    taken = next((at for at in range(len(lines)) if _wide(lines[: at + 1]) > _SECTION), len(lines))
    more = len(lines) - taken
    return [*lines[:taken], f"{counted(more, 'more line')} in the JSON."] if more else lines


def _groups(lines: list[_Line], room: int) -> list[list[_Line]]:
    """Distribute lines over sections by their escaped size, and say when some do not fit."""
    groups: list[list[_Line]] = []
    size = _SECTION
    for index, line in enumerate(lines):
        wide = len(mrkdwn(line.words)) + _DATE_TOKEN
        room -= wide
        if room < 0:
            groups.append([_Line(f"{counted(len(lines) - index, 'more source')} in the JSON.")])
            break
        if not groups or size + wide > _SECTION:
            groups.append([])
            size = 0
        groups[-1].append(line)
        size += wide
    return groups
