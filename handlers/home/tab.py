"""The home tab: published when somebody opens it, and after their own clicks there."""

import asyncio
import logging
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.render.home import Home, home
from handlers.answer.clicks import click_of
from handlers.form import open_form
from handlers.home.facts import facts, with_vendors
from handlers.request import Place
from handlers.services import Services
from handlers.slack.people import ask_slack
from handlers.slack.refusals import SlackRefused

log = logging.getLogger(__name__)

BETWEEN_S = 1.0
"""One person's tab is published no more often than this."""
PATIENCE_S = 1.0
"""The tab waits so long for what the vendors say; then it is published without, and again with."""


class Tabs:
    """Publishes home tabs, each person's one at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._drawing: set[tuple[str, str]] = set()
        self._wanted: set[tuple[str, str]] = set()

    async def publish(self, team: str, user: str) -> None:
        """Publish a person's tab; a wish that comes meanwhile is served right after it."""
        whose = team, user
        self._wanted.add(whose)
        if whose in self._drawing:
            return
        self._drawing.add(whose)
        try:
            while whose in self._wanted:
                self._wanted.discard(whose)
                await self._draw(team, user)
                await self._services.clock.sleep(BETWEEN_S)
        except SlackRefused as refused:
            log.warning("the home tab of %s was not published: %s", user, refused)
        finally:
            self._drawing.discard(whose)
            self._wanted.discard(whose)

    async def _draw(self, team: str, user: str) -> None:
        # A tab shows what a team spends and whom it writes to, whatever a shared channel allows.
        if (await ask_slack(self._services.slack_api, user)).is_foreign:
            return
        found = await facts(self._services, team, user)
        asking = asyncio.ensure_future(with_vendors(self._services, team, found))
        try:
            await asyncio.wait({asking}, timeout=PATIENCE_S)
            if not asking.done():
                await self._publish(user, found)
            await self._publish(user, await asking)
        finally:
            asking.cancel()

    async def _publish(self, user: str, found: Home) -> None:
        drawn = home(found, user, self._services.clock.now())
        await self._services.slack_api.publish(user, drawn)


def register(app: AsyncApp, services: Services) -> None:
    """Register the opened tab and its buttons."""
    tabs = Tabs(services)

    async def opened(body: dict[str, Any], event: dict[str, Any]) -> None:
        # The messages tab sends the same event.
        if event.get("tab") == "home":
            await tabs.publish(body["team_id"], event["user"])

    async def refresh(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        click = click_of(body)
        await tabs.publish(click.team, click.user)

    async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        click = click_of(body)
        try:
            # The tab belongs to no channel, so the answer comes to the person alone.
            direct = await services.slack_api.direct(click.user)
        except SlackRefused as refused:
            log.warning("%s cannot ask from the home tab: %s", click.user, refused)
            return
        await open_form(services, Place(click.team, direct, click.user), click.trigger_id)

    app.event("app_home_opened")(opened)
    app.action("home_refresh")(refresh)
    app.action("home_ask")(ask)
