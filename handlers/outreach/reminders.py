"""Follow-up reminders in Slack: sent as direct messages, and answered by their buttons."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import sqlite_utils
from slack_bolt.async_app import AsyncApp

from bot.common.clock import Clock
from bot.model.outreach import By, Status
from bot.outreach.reminders import CannotRemind
from bot.render.outreach.reminder import Line, reminder
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import outreach, outreach_reminders, suppressions
from bot.store.connect import Database
from bot.store.outreach_reminders import Sent
from handlers.answer.buttons import InPlace, Later, anybody, on_click
from handlers.answer.clicks import Click, NotYours
from handlers.outreach.pages import redraw
from handlers.services import Services
from handlers.slack.people import ask_slack, zone_of
from handlers.slack.refusals import NOT_REACHABLE, SlackRefused
from handlers.slack.web_api import SlackApi

ZONE_KEPT = timedelta(hours=6)
_PASSES = {NOT_REACHABLE, "ratelimited", "token_expired", "token_revoked", "invalid_auth"}
"""Refusals that end some day; after another one the reminder is given up."""


class SlackMessenger:
    """Reaches people of the workspace that LinkGap is installed in."""

    def __init__(
        self, slack_api: SlackApi, database: Database, clock: Clock, settings: Settings
    ) -> None:
        self._slack_api, self._database = slack_api, database
        self._clock, self._settings = clock, settings
        self._zones: dict[str, tuple[datetime, ZoneInfo]] = {}

    def serves(self, team: str) -> bool:
        """Say whether that is our workspace."""
        ours = self._slack_api.installed
        return ours is not None and ours.team == team

    async def zone(self, team: str, person: str) -> ZoneInfo | None:
        """Return the zone that Slack names, or the workspace's; None: Slack does not answer now."""
        now = self._clock.now()
        known = self._zones.get(person)
        if known is not None and now - known[0] < ZONE_KEPT:
            return known[1]
        about = await ask_slack(self._slack_api, person)
        if about.is_admin is None:
            return None
        name = zone_of(about, self._settings)
        if name is None:
            held = await self._database.read(lambda db: levels.read(db, self._settings, team))
            name = held.at(None, None).time_zone
        self._zones[person] = now, ZoneInfo(name)
        return self._zones[person][1]

    async def place(self, person: str) -> str:
        """Return the channel of the direct message. Raises `CannotRemind`."""
        try:
            return await self._slack_api.direct(person)
        except SlackRefused as refused:
            raise _cannot(refused) from refused

    async def remind(self, team: str, place: str, lines: Sequence[Sent]) -> str:
        """Send a direct message. Raises `CannotRemind`."""
        drawn = await self._database.read(lambda db: _lines(db, self._settings, team, lines))
        try:
            return await self._slack_api.post(place, reminder(drawn))
        except SlackRefused as refused:
            raise _cannot(refused) from refused


_REPLIED = re.compile(r"\Areminder_replied_[0-9]{1,3}\Z")
_DECLINED = re.compile(r"\Areminder_declined_[0-9]{1,3}\Z")
_NOT_YET = re.compile(r"\Areminder_not_yet_[0-9]{1,3}\Z")


def _cannot(refused: SlackRefused) -> CannotRemind:
    return CannotRemind(str(refused), certain=refused.certain, again=refused.code in _PASSES)


def register(app: AsyncApp, services: Services) -> None:
    """Register the buttons of a reminder."""
    for pressed, status in ((_REPLIED, Status.REPLIED), (_DECLINED, Status.DECLINED)):
        on_click(app, services, pressed, _asked, partial(_answered, services, status))
    on_click(app, services, _NOT_YET, _asked, partial(_put_off, services))
    on_click(app, services, "reminder_stop", anybody, partial(_stop, services))
    on_click(app, services, "reminder_resume", anybody, partial(_resume, services))


async def _asked(services: Services, click: Click) -> Click:
    """Check that the entry stands in a reminder of this team, or is the presser's own."""

    def known(db: sqlite_utils.Database) -> bool:
        there = outreach_reminders.in_message(db, click.team, click.message_ts)
        if there:
            return any(one.entry.id == click.value for one in there)
        entry = outreach.by_id(db, click.team, click.value)
        return entry is not None and entry.owner == click.user

    if not await services.database.read(known):
        raise NotYours
    return click


async def _answered(services: Services, status: Status, click: Click, _: Click) -> Later:
    by = By(click.user, "slack", click.trigger_id)
    outcome = await services.board.change_by_id(click.team, click.value, status, by)

    async def later() -> InPlace:
        if outcome is not None and outcome.changed:
            await redraw(services, click.team, [outcome.entry.domain])
        return await _anew(services, click)

    return later


async def _put_off(services: Services, click: Click, _: Click) -> InPlace:
    await services.database.run(
        lambda db: outreach_reminders.put_off(db, click.team, click.value, click.message_ts)
    )
    return await _anew(services, click)


async def _stop(services: Services, click: Click, _: Click) -> InPlace:
    at = services.clock.now()
    await services.database.run(lambda db: outreach_reminders.stop(db, click.team, click.user, at))
    return await _anew(services, click)


async def _resume(services: Services, click: Click, _: Click) -> InPlace:
    await services.database.run(lambda db: outreach_reminders.resume(db, click.team, click.user))
    return await _anew(services, click)


async def _anew(services: Services, click: Click) -> InPlace:
    """Return the message as its entries stand now."""

    def read(db: sqlite_utils.Database) -> tuple[tuple[Line, ...], bool]:
        there = outreach_reminders.in_message(db, click.team, click.message_ts)
        entry = outreach.by_id(db, click.team, click.value)
        if not there and entry is not None:
            there = (Sent(entry, 0),)
        off = click.user in outreach_reminders.stopped(db, click.team)
        return _lines(db, services.settings, click.team, there), off

    lines, off = await services.database.read(read)
    return InPlace.of(reminder(lines, stopped=off))


def _lines(
    db: sqlite_utils.Database, settings: Settings, team: str, there: Sequence[Sent]
) -> tuple[Line, ...]:
    """Return the lines of a message, without whom nobody may contact by now."""
    days = levels.read(db, settings, team).at(None, None).reminded_after
    never = suppressions.withheld(db, team, None)
    return tuple(
        Line(one.entry, one.put_off, min((day for day in days if day > one.days), default=None))
        for one in there
        if not never.is_suppressed(one.entry.domain)
    )
