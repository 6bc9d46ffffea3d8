"""The playground: a workspace on one port, with the Web API, the links and the page."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

from aiohttp import web

from playground.courier import Courier
from playground.errors import SlackError
from playground.faults import RATE_LIMITED, Gate, InjectedFault, Outcome, Record
from playground.model import App
from playground.page import Page
from playground.people import People
from playground.pulse import Pulse
from playground.web_api import uploads
from playground.web_api.calls import Call
from playground.web_api.methods import perform
from playground.workspace import Workspace

_LARGEST_BODY = 64 * 1024 * 1024


class Playground(People):
    """A strict local Slack. Use it as `async with Playground(workspace) as playground`.

    `ack_seconds` is how long Slack waits for an ack; `one_per_second` enables the rate limit on
    posts to one channel.
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
        self.url = ""
        self._host, self._port = host, port
        self._one_per_second = one_per_second
        self._last_post: dict[str, float] = {}
        self._pulse = Pulse()
        self._gate = Gate(self._pulse.notify)
        self._runner: web.AppRunner | None = None
        workspace.on_change.append(self._pulse.notify)

    @property
    def api_url(self) -> str:
        """The base URL for slack_sdk; it ends in /api/."""
        return f"{self.url}/api/"

    @property
    def calls(self) -> list[Record]:
        """Every call of the apps: Web API methods, `upload` and `response_url`."""
        return self._gate.calls

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the port; `url` is known afterwards."""
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[self._check_host])
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

    @web.middleware
    async def _check_host(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Refuse a foreign Host: a page elsewhere could point its own name at this machine."""
        if request.url.host not in (self._host, "127.0.0.1", "localhost", "::1"):
            raise web.HTTPForbidden(text="This playground answers to its own address only.")
        return await handler(request)

    async def stop(self) -> None:
        """Close the port and stop everything that runs."""
        await self.rest()
        self._gate.close()
        await self._courier.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # -- for tests and the demo ------------------------------------------------------------

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until a condition on the workspace holds. Raises TimeoutError."""
        await self._pulse.until(condition, seconds)

    def limit_next(self, method: str, seconds: int, times: int = 1) -> None:
        """Answer the next calls of a method with 429 and Retry-After."""
        self._gate.add(method, InjectedFault(RATE_LIMITED, seconds), times)

    def fail_next(self, method: str, what: str, times: int = 1) -> None:
        """Make the next calls of a method fail; `upload` and `response_url` count as methods.

        `what`: http500 (nothing done); disconnect_before and hang_before (nothing done, no answer);
        disconnect_after and hang_after (done, but the answer never comes); anything else is an
        error code that Slack answers. A hanging call hangs until the playground stops.
        """
        self._gate.add(method, InjectedFault(what), times)

    def refuse_types(self, *types: str) -> None:
        """From now on, refuse messages and views with these types of blocks, elements or cells.

        So an app shows what it does where Slack does not know `action_cell` or `data_table`. Every
        call replaces the one before: without types, everything is accepted again.
        """
        self.workspace.refused_types = frozenset(types)

    # -- the Web API -----------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.Response:
        method, args = request.match_info["method"], await _arguments(request)

        def act() -> Outcome:
            answer = self._answer(request, method, args)
            return web.json_response(answer, headers=self._scopes(request)), answer.get("error")

        own = self._too_fast(method, args)
        return await self._gate.run(request, method, args, act, own=own)

    def _answer(self, request: web.Request, method: str, args: Mapping[str, Any]) -> dict[str, Any]:
        try:
            if method == "apps.connections.open":
                app = self._holder(request, args, "app_token")
                return {"ok": True, "url": f"ws{self.url[4:]}/link/{app.id}"}
            app = self._holder(request, args, "bot_token")
            return perform(method, Call(self.workspace, app, args, self.url))
        except SlackError as error:
            return error.answer()

    def _holder(self, request: web.Request, args: Mapping[str, Any], field: str) -> App:
        """Return the app with the request's token. Raises SlackError: not_authed, invalid_auth …"""
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

    def _scopes(self, request: web.Request) -> dict[str, str]:
        """Return the header in which Slack names the scopes of the bot token that was used."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        for app in self.workspace.apps.values():
            if token == app.bot_token:
                return {"X-OAuth-Scopes": ",".join(sorted(app.scopes))}
        return {}

    def _too_fast(self, method: str, args: Mapping[str, Any]) -> InjectedFault | None:
        if not self._one_per_second or method != "chat.postMessage":
            return None
        channel, now = str(args.get("channel")), self.workspace.clock.monotonic()
        if now - self._last_post.get(channel, float("-inf")) < 1:
            return InjectedFault(RATE_LIMITED, 1)
        self._last_post[channel] = now
        return None

    # -- the other routes -------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        file, content = request.match_info["file"], await request.read()

        def act() -> Outcome:
            if uploads.receive(self.workspace, file, content):
                return web.Response(text=f"OK - {len(content)}"), None
            return web.Response(status=400, text="invalid_upload"), "invalid_upload"

        return await self._gate.run(request, "upload", {"file": file}, act)

    async def _response(self, request: web.Request) -> web.Response:
        args = await _arguments(request)

        def act() -> Outcome:
            try:
                self.replies.use(request.match_info["key"], args)
            except SlackError as error:
                is_gone = error.code in ("invalid_url", "expired_url", "used_url")
                return web.Response(status=404 if is_gone else 400, text=error.code), error.code
            return web.Response(text="ok"), None

        return await self._gate.run(request, "response_url", args, act)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._courier.link.serve(request.match_info["app"], socket)
        return socket


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Return the arguments from wherever they are: query string, form, or JSON."""
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
