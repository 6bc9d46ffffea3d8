"""The playground: a workspace behind one port, with the Web API, the links and the page."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Self

from aiohttp import web

from playground import uploads
from playground.api import Record, perform
from playground.calls import Call
from playground.courier import Courier
from playground.errors import SlackError
from playground.faults import (
    DISCONNECT_AFTER,
    DISCONNECT_BEFORE,
    HTTP_500,
    RATE_LIMITED,
    Trouble,
    Troubles,
)
from playground.model import App
from playground.page import Page
from playground.people import People
from playground.pulse import Pulse
from playground.workspace import Workspace

_LARGEST_BODY = 64 * 1024 * 1024


class Playground(People):
    """A strict local Slack. Use it as `async with Playground(workspace) as playground`.

    `ack_seconds` is Slack's patience; `one_per_second` adds the limit on posts to one channel.
    `calls` records every call of the Web API.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ack_seconds: float = 3.0,
        one_per_second: bool = False,
    ) -> None:
        courier = Courier(ack_seconds=ack_seconds)
        super().__init__(workspace, courier, lambda: self.url)
        self.calls: list[Record] = []
        self.url = ""
        self._host, self._port = host, port
        self._one_per_second = one_per_second
        self._last_post: dict[str, float] = {}
        self._troubles = Troubles()
        self._pulse = Pulse()
        self._runner: web.AppRunner | None = None
        workspace.on_change.append(self._pulse.beat)

    @property
    def api_url(self) -> str:
        """The base URL for slack_sdk; it ends in /api/."""
        return f"{self.url}/api/"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the port; `url` is known afterwards."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._api),
                web.post("/upload/{file}", self._upload),
                web.post("/response/{key}", self._response),
                web.get("/link/{app}", self._link),
            ]
        )
        Page(self, self._pulse).add_to(app)
        await self._courier.open()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://{self._host}:{self._port}"

    async def stop(self) -> None:
        """Close the port and everything under way."""
        await self.rest()
        self._pulse.beat()
        await self._courier.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # -- for tests and the demo ------------------------------------------------------------

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Wait until a condition on the workspace holds. Raises TimeoutError."""
        await self._pulse.until(condition, seconds)

    def limit_next(self, method: str, seconds: int, times: int = 1) -> None:
        """Let the next calls of a method meet 429 with Retry-After."""
        self._troubles.add(method, Trouble(RATE_LIMITED, seconds), times)

    def fail_next(self, method: str, what: str, times: int = 1) -> None:
        """Let the next calls of a method fail.

        `what`: http500; disconnect_before (nothing done); disconnect_after (done, but the
        answer is lost); anything else is an error code that Slack answers.
        """
        self._troubles.add(method, Trouble(what), times)

    # -- the Web API -----------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        trouble = self._troubles.take(method) or self._too_fast(method, args)
        if trouble is not None and trouble.what == RATE_LIMITED:
            self.calls.append(Record(method, args, RATE_LIMITED))
            return web.json_response(
                {"ok": False, "error": RATE_LIMITED},
                status=429,
                headers={"Retry-After": str(trouble.retry_after)},
            )
        if trouble is not None and trouble.what == HTTP_500:
            self.calls.append(Record(method, args, HTTP_500))
            return web.Response(status=500, text="Internal Server Error")
        if trouble is not None and trouble.what == DISCONNECT_BEFORE:
            self.calls.append(Record(method, args, DISCONNECT_BEFORE))
            return _hang_up(request)
        answer = self._answer(request, method, args, trouble)
        self.calls.append(Record(method, args, answer.get("error")))
        self._pulse.beat()
        if trouble is not None and trouble.what == DISCONNECT_AFTER:
            return _hang_up(request)
        return web.json_response(answer)

    def _answer(
        self,
        request: web.Request,
        method: str,
        args: Mapping[str, Any],
        trouble: Trouble | None,
    ) -> dict[str, Any]:
        if trouble is not None and trouble.what != DISCONNECT_AFTER:
            return SlackError(trouble.what).answer()
        try:
            if method == "apps.connections.open":
                app = self._holder(request, args, "app_token")
                return {"ok": True, "url": f"ws{self.url[4:]}/link/{app.id}"}
            app = self._holder(request, args, "bot_token")
            return perform(method, Call(self.workspace, app, args, self.url))
        except SlackError as error:
            return error.answer()

    def _holder(self, request: web.Request, args: Mapping[str, Any], field: str) -> App:
        """Return the app whose token came along. Raises SlackError: not_authed, invalid_auth …"""
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ").strip() or str(args.get("token", ""))
        if not token:
            raise SlackError("not_authed")
        for app in self.workspace.apps.values():
            if token == getattr(app, field):
                return app
            if token in (app.bot_token, app.app_token):
                raise SlackError("not_allowed_token_type")
        raise SlackError("invalid_auth")

    def _too_fast(self, method: str, args: Mapping[str, Any]) -> Trouble | None:
        if not self._one_per_second or method != "chat.postMessage":
            return None
        channel, now = str(args.get("channel")), self.workspace.clock.monotonic()
        if now - self._last_post.get(channel, float("-inf")) < 1:
            return Trouble(RATE_LIMITED, 1)
        self._last_post[channel] = now
        return None

    # -- the other doors -------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        content = await request.read()
        if uploads.receive(self.workspace, request.match_info["file"], content):
            return web.Response(text=f"OK - {len(content)}")
        return web.Response(status=400, text="no such upload, or not the announced length")

    async def _response(self, request: web.Request) -> web.Response:
        try:
            self.replies.use(request.match_info["key"], await request.json())
        except SlackError as error:
            is_gone = error.code in ("invalid_url", "expired_url", "used_url")
            return web.Response(status=404 if is_gone else 400, text=error.code)
        except json.JSONDecodeError:
            return web.Response(status=400, text="invalid_payload")
        return web.Response(text="ok")

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._courier.link.serve(request.match_info["app"], socket)
        return socket


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Return the arguments wherever they travel: query string, form, or JSON."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            args |= json.loads(body) if body else {}
        except (json.JSONDecodeError, TypeError, ValueError):
            return args
    else:
        args |= dict((await request.post()).items())
    return args


def _hang_up(request: web.Request) -> web.Response:
    """Drop the connection in the middle of the exchange."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
