"""Who somebody is according to Slack: may they change budgets, and what is their time zone?"""

import asyncio
import logging
from dataclasses import dataclass

from bot.settings import levels
from bot.settings.environment import Settings
from handlers.slack.refusals import SlackRefused
from handlers.slack.web_api import SlackApi

log = logging.getLogger(__name__)

PATIENCE_S = 1.2
"""A trigger is valid for three seconds, and a form has to be opened within them."""


@dataclass(frozen=True, slots=True)
class Person:
    """`is_admin` of the workspace, owners included; None: Slack did not say, and `why` tells.

    `is_foreign`: they belong to another workspace, whose admins and owners have no rights here.
    """

    user: str
    is_admin: bool | None
    time_zone: str | None
    why: str = ""
    is_foreign: bool = False

    def may_change_money(self, settings: Settings) -> bool:
        """Say whether they are an admin or are configured as an owner."""
        if self.is_foreign:
            return False
        return self.user in settings.owner_ids or self.is_admin is True


async def ask_slack(slack_api: SlackApi, user: str) -> Person:
    """Return what Slack says about somebody now; never cached, because rights can be revoked."""
    try:
        said = await asyncio.wait_for(slack_api.about(user), PATIENCE_S)
    except SlackRefused as refused:
        return Person(user, None, None, str(refused))
    except TimeoutError:
        return Person(user, None, None, "Slack took too long to say who you are.")
    admin = any(said.get(right) for right in ("is_admin", "is_owner", "is_primary_owner"))
    foreign = slack_api.installed is not None and not slack_api.installed.knows(said)
    is_admin = admin and not said.get("deleted") and not foreign
    why = "You belong to another workspace." if foreign else ""
    return Person(user, is_admin, said.get("tz"), why, foreign)


def zone_of(person: Person, settings: Settings) -> str | None:
    """Return somebody's time zone, if Slack gives one that we know."""
    known = levels.effective(settings, {"time_zone": person.time_zone or ""})
    return known.time_zone if known.time_zone == person.time_zone else None
