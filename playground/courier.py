"""Delivers what happens in the workspace to an app, by signed HTTP or Socket Mode."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground.model import App


@dataclass(frozen=True)
class Ack:
    """An app's answer to one delivery.

    `status` is None when no answer came in time; `error` is then Slack's word for it:
    operation_timeout, dispatch_failed. `elapsed` is in seconds.
    """

    status: int | None
    body: str
    elapsed: float
    error: str | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Say whether the app acknowledged."""
        return self.error is None

    def json(self) -> dict[str, Any]:
        """Return the body as an object; empty if it is anything else."""
        try:
            body = json.loads(self.body)
        except json.JSONDecodeError:
            return {}
        return body if isinstance(body, dict) else {}


def sign(secret: str, timestamp: str, body: str) -> str:
    """Return the v0 signature of a request body."""
    basis = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()


class Link:
    """The Socket Mode connections of all apps, and the envelopes waiting for an ack."""

    def __init__(self) -> None:
        self._sockets: dict[str, list[aiohttp.web.WebSocketResponse]] = {}
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._numbers = itertools.count(1)

    async def serve(self, app_id: str, socket: aiohttp.web.WebSocketResponse) -> None:
        """Greet a new connection and read its acknowledgements until it closes."""
        sockets = self._sockets.setdefault(app_id, [])
        sockets.append(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(sockets),
                "connection_info": {"app_id": app_id},
                "debug_info": {"host": "playground", "approximate_connection_time": 3600},
            }
        )
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            sockets.remove(socket)

    def _acknowledged(self, answer: Mapping[str, Any]) -> None:
        waiting = self._waiting.get(str(answer.get("envelope_id")))
        if waiting is not None and not waiting.done():
            payload = answer.get("payload")
            waiting.set_result("" if payload is None else json.dumps(payload))

    def is_open(self, app_id: str) -> bool:
        """Say whether the app is connected."""
        return bool(self._sockets.get(app_id))

    async def send(
        self, app_id: str, kind: str, payload: Mapping[str, Any], retry: int, reason: str
    ) -> str:
        """Send one envelope over the newest connection; return the payload of its ack."""
        envelope_id = f"envelope-{next(self._numbers)}"
        envelope: dict[str, Any] = {
            "type": kind,
            "envelope_id": envelope_id,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        try:
            await self._sockets[app_id][-1].send_json(envelope)
            return await waiting
        finally:
            del self._waiting[envelope_id]

    async def close(self) -> None:
        """Close every connection."""
        for socket in [socket for sockets in self._sockets.values() for socket in sockets]:
            await socket.close()


class Courier:
    """Delivers payloads and waits for the acknowledgement, `ack_seconds` at most."""

    def __init__(self, *, ack_seconds: float) -> None:
        self.ack_seconds = ack_seconds
        self.link = Link()
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Start the HTTP client."""
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        """Close all connections."""
        await self.link.close()
        if self._session is not None:
            await self._session.close()

    async def command(self, app: App, form: Mapping[str, str]) -> Ack:
        """Deliver a slash command: form-encoded, as Slack does."""
        return await self._deliver(app, "slash_commands", form, urlencode(form))

    async def interaction(self, app: App, payload: Mapping[str, Any]) -> Ack:
        """Deliver a click or a view: a form with one field of JSON."""
        body = urlencode({"payload": json.dumps(payload)})
        return await self._deliver(app, "interactive", payload, body)

    async def event(self, app: App, payload: Mapping[str, Any], retry: int, reason: str) -> Ack:
        """Deliver an event, for the first time (`retry` 0) or again."""
        return await self._deliver(
            app, "events_api", payload, json.dumps(payload), retry=retry, reason=reason
        )

    async def _deliver(
        self,
        app: App,
        kind: str,
        payload: Mapping[str, Any],
        body: str,
        *,
        retry: int = 0,
        reason: str = "",
    ) -> Ack:
        started = time.perf_counter()
        status, answer, no_retry, error = None, "", False, None
        try:
            async with asyncio.timeout(self.ack_seconds):
                if app.request_url is not None:
                    headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
                    status, answer, no_retry = await self._post(
                        app, app.request_url, kind, body, headers if retry else {}
                    )
                elif self.link.is_open(app.id):
                    answer = await self.link.send(app.id, kind, payload, retry, reason)
                    status = 200
        except TimeoutError:
            error = "operation_timeout"
        except (aiohttp.ClientError, ConnectionError):
            error = "dispatch_failed"
        elapsed = time.perf_counter() - started
        if error is None and (status is None or not 200 <= status < 300):
            error = "dispatch_failed"
        return Ack(status, answer, elapsed, error, no_retry)

    async def _post(
        self, app: App, url: str, kind: str, body: str, more: Mapping[str, str]
    ) -> tuple[int, str, bool]:
        if self._session is None:
            raise RuntimeError("The playground is not started; use it in `async with`.")
        # Use real time: the app compares the timestamp with its own machine's clock.
        stamp = str(int(time.time()))
        form = "application/x-www-form-urlencoded"
        headers = {
            "Content-Type": "application/json" if kind == "events_api" else form,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(app.signing_secret, stamp, body),
            **more,
        }
        async with self._session.post(url, data=body.encode(), headers=headers) as response:
            no_retry = response.headers.get("X-Slack-No-Retry") == "1"
            return response.status, await response.text(), no_retry
