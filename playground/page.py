"""The web page and its private API."""

import asyncio
import json
from importlib.resources import files
from typing import Any

from aiohttp import web

from playground.errors import SlackError
from playground.model import Message, View
from playground.page_state import page_state
from playground.people import People
from playground.pulse import Pulse

_STATIC = files("playground") / "static"
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
_POLICY = "default-src 'self'; img-src 'self' data: https:"


class Page:
    """Serves the static files, one viewer's state, live updates, and actions."""

    def __init__(self, people: People, pulse: Pulse) -> None:
        self._people = people
        self._workspace = people.workspace
        self._pulse = pulse

    def add_to(self, app: web.Application) -> None:
        """Add the routes of the page."""
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/static/{name}", self._static),
                web.get("/files/{file}/{name}", self._file),
                web.get("/page/state", self._state),
                web.get("/page/events", self._events),
                web.post("/page/{deed}", self._do),
            ]
        )

    async def _index(self, _request: web.Request) -> web.Response:
        return _static_file("index.html")

    async def _static(self, request: web.Request) -> web.Response:
        return _static_file(request.match_info["name"])

    async def _file(self, request: web.Request) -> web.Response:
        file = self._workspace.files.get(request.match_info["file"])
        if file is None or file.content is None:
            raise web.HTTPNotFound(text="no such file")
        return web.Response(
            body=file.content,
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f'attachment; filename="{file.name}"',
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def _state(self, request: web.Request) -> web.Response:
        state = page_state(
            self._workspace, request.query.get("user", ""), request.query.get("channel", "")
        )
        return web.json_response(state)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Notify the page of every change; it then requests the state again."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        try:
            while True:
                seen = self._pulse.beats
                await response.write(f"data: {seen}\n\n".encode())
                await self._pulse.after(seen)
        except (ConnectionResetError, asyncio.CancelledError):
            return response

    async def _do(self, request: web.Request) -> web.Response:
        """Do what a person does on the page. Accepts JSON only, which other sites cannot send."""
        deeds = {
            "say": self._say,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "direct": self._direct,
        }
        deed = deeds.get(request.match_info["deed"])
        if deed is None or request.content_type != "application/json":
            raise web.HTTPNotFound(text="no such deed")
        try:
            return web.json_response(await deed(await request.json()))
        except SlackError as error:
            return web.json_response(error.answer())
        except (KeyError, json.JSONDecodeError):
            raise web.HTTPBadRequest(text="the page sent something incomplete") from None

    async def _say(self, body: dict[str, Any]) -> dict[str, Any]:
        ack = await self._people.say(
            body["user"], body["channel"], body["text"], thread_ts=body.get("thread_ts")
        )
        return {"ok": ack is None or ack.ok}

    def _place(self, body: dict[str, Any]) -> Message | View:
        if body.get("view") == "home":
            return self._workspace.homes[body["app"], body["user"]]
        if body.get("view"):
            return self._people.modal(body["user"])
        return self._workspace.message(body["channel"], body["ts"])

    async def _click(self, body: dict[str, Any]) -> dict[str, Any]:
        ack = await self._people.click(
            body["user"],
            self._place(body),
            body["action_id"],
            body.get("value"),
            block_id=body.get("block_id"),
            filled=body.get("filled"),
        )
        return {"ok": ack.ok, "error": ack.error}

    async def _submit(self, body: dict[str, Any]) -> dict[str, Any]:
        await self._people.submit_view(body["user"], body["filled"])
        return {"ok": True}

    async def _close(self, body: dict[str, Any]) -> dict[str, Any]:
        await self._people.close_view(body["user"])
        return {"ok": True}

    async def _home(self, body: dict[str, Any]) -> dict[str, Any]:
        await self._people.open_home(body["user"], body["app"])
        return {"ok": True}

    async def _direct(self, body: dict[str, Any]) -> dict[str, Any]:
        """Open the direct message between the viewer and somebody else."""
        channel = self._workspace.direct(body["user"], self._workspace.user(body["with"]).id)
        return {"ok": True, "channel": channel.id}


def _static_file(name: str) -> web.Response:
    suffix = "." + name.rpartition(".")[2]
    path = _STATIC / name
    if suffix not in _TYPES or "/" in name or not path.is_file():
        raise web.HTTPNotFound(text="no such file")
    return web.Response(
        text=path.read_text("utf-8"),
        content_type=_TYPES[suffix],
        charset="utf-8",
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"},
    )
