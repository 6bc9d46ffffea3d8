"""Signed requests to the bot, as Slack sends them, without a limit on how many at once."""

from time import perf_counter, time
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from handlers.slack.manifest import EVENTS_PATH

SECRET = "torture-signing-secret"  # noqa: S105 invented
TOKEN = "xoxb-torture"  # noqa: S105 invented


async def command(
    session: aiohttp.ClientSession, port: int, *, text: str, channel: str, user: str, team: str
) -> tuple[int, str, float]:
    """Send a `/gap`; returns the status, the ack's words and its seconds. Status 0: no answer."""
    body = urlencode(
        {
            "command": "/gap",
            "text": text,
            "team_id": team,
            "channel_id": channel,
            "user_id": user,
            "trigger_id": f"{time()}.{text}",
            "response_url": "http://127.0.0.1:9/nobody",
        }
    )
    stamp = str(int(time()))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Signature": SignatureVerifier(SECRET).generate_signature(
            timestamp=stamp, body=body
        )
        or "",
        "X-Slack-Request-Timestamp": stamp,
    }
    began = perf_counter()
    url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
    try:
        async with session.post(url, data=body, headers=headers) as answer:
            return answer.status, await answer.text(), perf_counter() - began
    except (aiohttp.ClientError, TimeoutError) as error:
        return 0, type(error).__name__, perf_counter() - began
