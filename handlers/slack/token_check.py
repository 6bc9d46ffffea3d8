"""Checks a token at Slack for whoever set LinkGap up; nobody in the workspace notices."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.common.errors import ConfigError
from bot.settings.environment import Settings
from handlers.slack.refusals import NOT_REACHABLE, SlackRefused, refused

BOT_TOKEN = "auth.test"  # noqa: S105 - a method's name
APP_TOKEN = "apps.connections.open"  # noqa: S105 - same
_TIMEOUT_S = 10
_FOR_NOW = frozenset({NOT_REACHABLE, "ratelimited"})


@dataclass(frozen=True, slots=True)
class Accepted:
    """Slack's answer about a token: its workspace, its scopes (empty if not given), its time."""

    team: str
    scopes: frozenset[str]
    at: datetime | None


async def check_token(settings: Settings, method: str, token: SecretStr) -> Accepted:
    """Call a method without side effects, once, without retries. Raises `SlackRefused`."""
    client = AsyncWebClient(
        token=token.get_secret_value(),
        base_url=settings.slack_base_url,
        timeout=_TIMEOUT_S,
        retry_handlers=[],
    )
    try:
        answer: AsyncSlackResponse = await client.api_call(method)
    except SlackApiError as error:
        raise refused(error) from None
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
        raise SlackRefused(NOT_REACHABLE) from None
    scopes = _header(answer, "x-oauth-scopes").split(",")
    return Accepted(
        str(answer.get("team", "")),
        frozenset(scope.strip() for scope in scopes if scope.strip()),
        _moment(_header(answer, "date")),
    )


async def refuse_dead_tokens(settings: Settings, *, socket: bool) -> None:
    """Raise `ConfigError` for a token that Slack certainly refuses, before anything is begun.

    `socket`: the app token is needed too. A Slack that cannot be reached, or does not answer now,
    is no fault of a token.
    """
    needed = {"SLACK_BOT_TOKEN": (BOT_TOKEN, settings.slack_bot_token)}
    if socket:
        needed["SLACK_APP_TOKEN"] = (APP_TOKEN, settings.slack_app_token)
    checks = [check_token(settings, method, token) for method, token in needed.values() if token]
    answers = await asyncio.gather(*checks, return_exceptions=True)
    faults = [
        f"{variable}: Slack refuses it ({answer.code}). Copy it again from api.slack.com/apps, or "
        "reinstall the app there; `linkgap doctor --online` looks closer."
        for variable, answer in zip(needed, answers, strict=True)
        if isinstance(answer, SlackRefused) and answer.certain and answer.code not in _FOR_NOW
    ]
    if faults:
        raise ConfigError(*faults)


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _header(answer: AsyncSlackResponse, name: str) -> str:
    return next((str(said) for key, said in answer.headers.items() if key.lower() == name), "")
