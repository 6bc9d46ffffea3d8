"""`linkgap track KEYWORD` or `--csv FILE`: tracks keywords, and reads them for the first time."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from bot.cli._question import (
    both_given,
    described,
    question_options,
    read_question,
    tracked_here,
    with_options,
)
from bot.cli._reading import NothingRead, Read, agree, print_read, read_now, sentence_of
from bot.cli._shared import PERSON, as_of_option, channel_option, clock_at, settings_in
from bot.cli._terminal import say
from bot.cli._tracked_file import Row, read_rows
from bot.common.clock import Clock
from bot.common.errors import BadQuestion
from bot.model.places import WEEKDAYS
from bot.model.question import Defaults, Question, QuestionInput, TrackInput, read_track_words
from bot.model.tracking import TrackedKeyword
from bot.render.tracking.tracked_words import quoted
from bot.render.words import counted
from bot.settings import levels
from bot.settings.catalogue import Level
from bot.settings.environment import Settings, load
from bot.settings.overrides import Place, save
from bot.store import tracked_keywords
from bot.store.tracked_keywords import TrackedState
from bot.store.workspace import CLI_TEAM
from bot.tracking import digest_hour
from bot.tracking.keywords import A_WEEK_OR_SO, MOST_TRACKED, key_of, to_keep
from bot.wiring import Core, core


@dataclass(frozen=True, slots=True)
class Order:
    """The channel to track in, its digest time, its clock, and whether to skip the confirmation."""

    channel: str
    when: dict[str, str]
    clock: Clock
    yes: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """The tracked keywords, and the read of those that were not paused and not read recently."""

    keywords: tuple[TrackedKeyword, ...]
    read: Read


@click.command("track")
@click.argument("keyword", required=False)
@question_options
@channel_option
@click.option("--on", type=click.Choice(tuple(WEEKDAYS)), help="The day of the channel's digest.")
@click.option("--at", type=click.IntRange(6, 22), help="The hour of the channel's digest.")
@click.option(
    "--csv",
    "file",
    type=click.Path(path_type=Path),
    help="Track every row of this file: keyword, site, page, country, language, paused, "
    "vs (pages, between spaces), via (vendors, between commas), serp.",
)
@click.option("--pause/--resume", "pause", default=None, help="Stop reading it, or go on.")
@as_of_option
@click.option("--yes", is_flag=True, help="Do not ask for confirmation, whatever it costs.")
def command(
    *,
    keyword: str | None,
    channel: str,
    on: str | None,
    at: int | None,
    file: Path | None,
    pause: bool | None,
    as_of: datetime | None,
    yes: bool,
    **options: Any,
) -> None:
    """Track KEYWORD, and read it for the first time.

    `linkgap refresh` reads it again when it is due, and `linkgap digest` shows what changed.

    \b
    linkgap track "best crm" --site example.com --page example.com/crm
    linkgap track "best crm site:example.com page:example.com/crm on:mon at:09:00"
    linkgap track --csv keywords.csv     up to 500 in a channel; each bad row is named
    linkgap track "best crm" --pause     not read until --resume

    Exit code: 0 if it was read, 1 if rows of the file were rejected, 4 if it is tracked but could
    not be read.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if (keyword is None) == (file is None):
        raise click.UsageError("Name a KEYWORD or a file with --csv, one of both.")
    if file and (options["page"] or options["vs"] or pause is not None):
        raise click.UsageError("With --csv, pages and pauses stand in the file.")
    settings = load(Settings)
    beside = QuestionInput(**options)
    words = TrackInput(beside) if keyword is None else read_track_words(keyword)
    order = Order(channel, _when(words, on, at), clock_at(as_of), yes)
    if file is not None:
        asyncio.run(_track_file(settings, file, beside, order))
        return
    asked = with_options(words.asked, beside)
    if pause is not None:
        asyncio.run(_pause(settings, asked, channel, pause=pause))
        return
    asked.question(Defaults())  # report an invalid question before anything is opened
    asyncio.run(_track(settings, asked, order))


def _when(words: TrackInput, on: str | None, at: int | None) -> dict[str, str]:
    """Return the day and hour of the channel's digest, as far as they were given."""
    if words.day and on:
        raise both_given("on", "--on")
    if words.hour and at:
        raise both_given("at", "--at")
    day, hour = on or words.day, at or words.hour
    when = {"digest_day": day, "digest_hour": str(hour) if hour else None}
    return {name: text for name, text in when.items() if text}


async def _track(settings: Settings, asked: QuestionInput, order: Order) -> None:
    async with core(settings, order.clock) as product:
        question = await read_question(product, asked, order.channel)
        if question.site is None:
            raise BadQuestion(
                "Whose page is it for? Add --site example.com, or set the site of them all: "
                "linkgap settings site=example.com."
            )
        begun = await _begin(product, [Row(to_keep(question))], order)
        [keyword] = begun.keywords
        [*_, latest] = [None, *await product.tracking.history(keyword)]
    if begun.read.outcomes:
        print_read(begun.read)
        _check(begun.read)
        return
    say(sentence_of(keyword, latest, None))
    say("It was tracked already and read within the last six days: nothing was bought.")


async def _track_file(settings: Settings, file: Path, options: QuestionInput, order: Order) -> None:
    async with core(settings, order.clock) as product:
        asking = partial(read_question, product, channel=order.channel)
        rows, faults, notes = await read_rows(file, options, asking)
        rows, more = await _that_fit(product, rows, order.channel)
        for line in (*notes, *faults, *more):
            say(line, err=True)
        refused = len(faults) + len(more)
        if not rows:
            raise BadQuestion(f"Nothing of {file.name} can be tracked.")
        begun = await _begin(product, rows, order)
    if begun.read.outcomes:
        print_read(begun.read)
    said = f"{counted(len(begun.keywords), 'keyword')} of {file.name} tracked in {order.channel}"
    bad = f"; {counted(refused, 'row')} refused" if refused else ""
    say(f"{said}, {len(begun.read.outcomes):,} read now{bad}.")
    _check(begun.read)
    if refused:
        sys.exit(1)


async def _that_fit(
    product: Core, rows: Sequence[Row], channel: str
) -> tuple[list[Row], list[str]]:
    """Return the rows that the channel has room for, and an error for each other row."""
    known = await _known(product, channel)
    room = MOST_TRACKED - len(known)
    fitting, faults = list[Row](), list[str]()
    for row in rows:
        if key_of(row.question) not in known:
            room -= 1
        if room >= 0 or key_of(row.question) in known:
            fitting.append(row)
        else:
            faults.append(f"Line {row.line}: {MOST_TRACKED} keywords is the most in a channel.")
    return fitting, faults


async def _begin(product: Core, rows: Sequence[Row], order: Order) -> Begun:
    """Track all rows, and read those not read recently, once the price was confirmed."""
    known, now = await _known(product, order.channel), product.clock.now()
    wanted = {
        key_of(row.question)
        for row in rows
        if not row.paused and _is_to_read(known.get(key_of(row.question)), row.question, now)
    }
    questions = [row.question for row in rows if key_of(row.question) in wanted]
    if questions:
        quote = await product.spending.week(questions, CLI_TEAM, order.channel)
        agree(product, quote, yes=order.yes)
    if (moved := await _set_digest(product, order)) and known:
        say(moved)
    keywords = []
    for row in rows:
        keyword, _ = await product.tracking.track(
            row.question, team=CLI_TEAM, channel=order.channel, person=PERSON
        )
        if row.paused:
            await product.tracking.pause(keyword, paused=True)
        keywords.append(keyword)
    to_read = [one for one in keywords if key_of(one.question) in wanted]
    read = await read_now(product, to_read, order.channel) if to_read else Read()
    return Begun(tuple(keywords), read)


async def _known(product: Core, channel: str) -> dict[object, TrackedState]:
    here = await product.database.read(
        lambda db: tracked_keywords.of_channel(db, CLI_TEAM, channel)
    )
    return {key_of(one.tracked.question): one for one in here}


def _is_to_read(known: TrackedState | None, question: Question, now: datetime) -> bool:
    """Say whether a first read is worth its price: not if the same keyword was read days ago."""
    if known is None or known.last_read_at is None:
        return True
    kept = known.tracked.question
    if kept != replace(to_keep(question), keyword=kept.keyword):
        return True
    return now - known.last_read_at >= A_WEEK_OR_SO


async def _set_digest(product: Core, order: Order) -> str:
    """Set the channel's digest day and hour, if they were given; returns how the digest moves."""
    place, at = Place(Level.CHANNEL, order.channel), product.clock.now()
    before = await settings_in(product, CLI_TEAM, order.channel)
    values = levels.checked(product.settings, place, order.when, product.registry.names)
    await product.database.run(lambda db: save(db, CLI_TEAM, place, values, by=PERSON, at=at))
    return digest_hour.move(before, await settings_in(product, CLI_TEAM, order.channel))


def _check(read: Read) -> None:
    if read.outcomes and not read.found:
        raise NothingRead("Tracked, but nothing could be read. `linkgap refresh` tries again.")


async def _pause(settings: Settings, said: QuestionInput, channel: str, *, pause: bool) -> None:
    async with core(settings) as product:
        found = await tracked_here(product, said, team=CLI_TEAM, channel=channel)
        await product.tracking.pause(found, paused=pause)
    state = "is paused: nothing is read for it" if pause else "is read again from now on"
    say(f"{quoted(found.question.keyword)} ({described(found.question)}) {state}.")
