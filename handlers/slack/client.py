"""The only Web API client: which requests are retried, and which never are.

A post whose answer got lost may already be in the channel, so it is repeated only when it never
reached Slack (no connection) or was rejected (429). Requests that are safe to repeat are repeated
after any fault. Waiting goes through the Clock.
"""

import random

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.common.clock import Clock
from bot.settings.environment import Settings
from handlers.slack.bounded import TIMEOUT_S, anew_each_time

HARMLESS_TWICE = frozenset(
    {
        "auth.test",
        "chat.getPermalink",
        "chat.update",
        "conversations.open",
        "files.getUploadURLExternal",
        "users.info",
        "views.publish",
        "views.update",
    }
)
RATE_LIMIT_RETRIES = 3
FAULT_RETRIES = 2
LONGEST_WAIT_S = 60.0


class _ClockRetryHandler(AsyncRetryHandler):
    """Waits by the Clock. Jitter keeps several workers from retrying at the same moment."""

    def __init__(self, clock: Clock, retries: int) -> None:
        super().__init__(max_retry_count=retries)
        self._clock = clock

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,  # noqa: ARG002 - the SDK's signature
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the SDK's signature
    ) -> None:
        state.next_attempt_requested = True
        wait = _retry_after(response) or float(2**state.current_attempt)
        await self._clock.sleep(wait + random.random())  # noqa: S311 - jitter, not a secret
        state.increment_current_attempt()


class RateLimitRetry(_ClockRetryHandler):
    """429: Slack did nothing and says when to try again."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the SDK's signature
        request: HttpRequest,  # noqa: ARG002 - the SDK's signature
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the SDK's signature
    ) -> bool:
        return (
            response is not None
            and response.status_code == 429
            and _retry_after(response) <= LONGEST_WAIT_S
        )


class FaultRetry(_ClockRetryHandler):
    """No connection, a broken one, or a server error."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the SDK's signature
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if isinstance(error, aiohttp.ClientConnectorError):
            return True
        if request.url.rsplit("/", 1)[-1] not in HARMLESS_TWICE:
            return False
        if isinstance(error, aiohttp.ClientConnectionError):
            return True
        return response is not None and response.status_code in (500, 502, 503, 504)


def slack_client(settings: Settings, clock: Clock, *, seconds: float = TIMEOUT_S) -> AsyncWebClient:
    """Return the client for the workspace's token; Bolt copies its handlers to each request.

    A request and its whole answer may take `seconds`.
    """
    token = settings.slack_bot_token
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_base_url,
        session=anew_each_time(seconds),
        retry_handlers=[
            RateLimitRetry(clock, RATE_LIMIT_RETRIES),
            FaultRetry(clock, FAULT_RETRIES),
        ],
    )


def _retry_after(response: HttpResponse | None) -> float:
    headers = response.headers if response is not None else {}
    for name, values in headers.items():
        if name.lower() == "retry-after" and values and str(values[0]).isdigit():
            return float(values[0])
    return 0.0
