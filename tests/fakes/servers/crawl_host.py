"""One HTTP server on 127.0.0.1 that serves files as Common Crawl's data host does.

It knows ranges, ETags and `If-Match`. `cuts`: the next answers end after so many bytes, as a broken
connection does. `statuses`: the next requests are refused with these. `replaced_after`: files
change after so many requests.
"""

import json
from dataclasses import dataclass, field

from aiohttp import web
from fakes.servers.local_server import LocalServer
from support.small_graph import RELEASE, WORLD, SmallGraph


@dataclass
class Asked:
    """One request."""

    path: str
    range: str
    if_match: str
    agent: str
    sent: int = 0


@dataclass
class CrawlHost(LocalServer):
    """Use as an async context manager; `base_url` is both the data host and the list's."""

    files: dict[str, bytes] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    version: int = 1
    replaced_after: int | None = None
    etags: bool = True
    base_url: str = ""

    def publish(self, graph: SmallGraph = WORLD, release: str = RELEASE) -> None:
        """Serve a release, and list it first."""
        for name, body in graph.files(release).items():
            self.files[f"projects/hyperlinkgraph/{release}/domain/{name}"] = body
        listed = json.loads(self.files.get("graphinfo.json", b"[]"))
        names = [{"id": release, "crawls": ["CC-MAIN-2026-30"]}, *listed]
        self.files["graphinfo.json"] = json.dumps(names).encode()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{path:.*}", self._get)]

    async def _get(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        if self.replaced_after is not None and len(self.asked) >= self.replaced_after:
            self.version, self.replaced_after = self.version + 1, None
        headers = request.headers
        asked = Asked(
            path,
            headers.get("Range", ""),
            headers.get("If-Match", ""),
            headers.get("User-Agent", ""),
        )
        self.asked.append(asked)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        if path not in self.files:
            return web.Response(status=404)
        body, etag = self.files[path], f'"{self.version}-{len(self.files[path])}"'
        if asked.if_match and asked.if_match != etag:
            return web.Response(status=412)
        first, last, status = _span(asked.range, len(body))
        if status == 416:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
        answer = web.StreamResponse(status=status)
        if self.etags:
            answer.headers["ETag"] = etag
        if status == 206:
            answer.headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        piece = body[first : last + 1]
        answer.content_length = len(piece)
        await answer.prepare(request)
        cut = self.cuts.pop(0) if self.cuts and len(piece) > self.cuts[0] else None
        await answer.write(piece[:cut])
        asked.sent = len(piece[:cut])
        if cut is not None and request.transport is not None:
            request.transport.close()
        return answer


def _span(said: str, size: int) -> tuple[int, int, int]:
    """Return the first and last byte that a Range header asks for, and the status."""
    if not said:
        return 0, size - 1, 200
    start, _, end = said.removeprefix("bytes=").partition("-")
    if not start:
        return max(0, size - int(end)), size - 1, 206
    if int(start) >= size:
        return 0, 0, 416
    return int(start), min(size - 1, int(end)) if end else size - 1, 206
