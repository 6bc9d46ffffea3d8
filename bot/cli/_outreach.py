"""Shared by the commands of `linkgap outreach`: the board of a team, and which site is meant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from bot.cli._shared import team_option
from bot.common.clock import SystemClock
from bot.common.errors import BadQuestion
from bot.common.harmless import one_line
from bot.model.outreach import FORMER, Entry, Outcome, Refusal
from bot.model.question import read_site
from bot.outreach.board import Board
from bot.render.words import Calendar
from bot.settings import levels
from bot.settings.environment import Settings, load
from bot.store.connect import Database

DOOR = "command line"
_LONGEST_NAME = 80
site_option = click.option("--site", metavar="DOMAIN", help="Our site (client) that it is about.")
as_option = click.option(
    "--as", "person", metavar="USER", help="Who decided it: a Slack user id, or a name."
)
__all__ = ("as_option", "board_of", "person_named", "site_meant", "site_option", "team_option")


@asynccontextmanager
async def board_of(settings: Settings | None = None) -> AsyncIterator[tuple[Board, Database]]:
    """Open the file and yield the board; nothing is connected, so nothing can be spent."""
    settings, clock = settings or load(Settings), SystemClock()
    database = await Database.open(settings.db, clock)
    try:
        yield Board(database, clock, settings), database
    finally:
        await database.close()


def person_named(text: str | None) -> str:
    """Return who decided; raises `BadQuestion` where nobody is named."""
    name = one_line(text or "").strip().removeprefix("@")
    if not name or name == FORMER or len(name) > _LONGEST_NAME:
        raise BadQuestion("Say who decided it with --as: a Slack user id such as U012AB3CD.")
    return name


async def site_meant(
    database: Database, settings: Settings, team: str, named: str | None
) -> str | None:
    """Return the site that an option names, else the team's own; None: there is none."""
    if named:
        return read_site(named)
    held = await database.read(lambda db: levels.read(db, settings, team))
    return held.at(None, None).site


def told(outcome: Outcome) -> str:
    """Return what became of a change, in a sentence."""
    entry = outcome.entry
    if outcome.refused is None:
        warning = (
            " For another client somebody is in touch with it already."
            if (outcome.elsewhere)
            else ""
        )
        return f"{entry.domain} is {entry.status.value}.{warning}"
    return f"{entry.domain} was left as it is: {_because(outcome.refused, entry)}"


def _because(why: Refusal, entry: Entry) -> str:
    since = f"since {Calendar().day(entry.since)}"
    return {
        Refusal.HELD: f"{entry.owner} holds it {since}.",
        Refusal.ASKED: f"{entry.owner} has it as {entry.status.value} {since}; nobody is written "
        "to twice. Only replied or declined may follow.",
        Refusal.ENDED: f"it is {entry.status.value} {since}.",
        Refusal.SUPPRESSED: "it is on the list Never contact.",
        Refusal.ONLY_SEEN: "won is set by LinkGap alone, after it has seen the link.",
        Refusal.BY_TIME: "a claim becomes stale by time alone.",
    }[why]
