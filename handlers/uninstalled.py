"""A team removes the app: its data is deleted a while later, unless it comes back."""

import logging
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.store import forget
from handlers.services import Services

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Register the event that Slack sends when a workspace removes the app."""

    async def left(body: dict[str, Any]) -> None:
        team, at = body["team_id"], services.clock.now()
        await services.database.run(lambda db: forget.leave(db, team, at))
        log.warning(
            "the app was removed from %s: its data will be deleted in 30 days, unless somebody "
            "there asks again",
            team,
        )

    app.event("app_uninstalled")(left)
