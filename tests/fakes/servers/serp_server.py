"""One HTTP server on 127.0.0.1 in the shapes of Serper, SerpApi, Brave Search and SearXNG.

It answers from the same invented web as the Ahrefs-shaped server. Keys, required parameters, codes
and limits are enforced more strictly than by the real ones: an unknown parameter is refused. The
cost of a good search is written to `ledger`; refusals cost nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from fakes.servers.local_server import LocalServer
from fakes.worlds.ahrefs_world import World, worked_example_world

KEY = "test-serp-key"

Row = dict[str, Any]
_PAGE = 10
_BRAVE_PARAMETERS = {"q", "country", "search_lang", "count", "result_filter", "text_decorations"}


@dataclass
class SerpServer(LocalServer):
    """Use as an async context manager; `base_url` is the value for LINKGAP_<VENDOR>_BASE_URL.

    SearXNG answers at `searxng_url`, without a key. `searches_left` None is unlimited; `formats` is
    what SearXNG's settings list; `silent` are its engines that do not answer.
    """

    world: World = field(default_factory=worked_example_world)
    key: str = KEY
    searches_left: int | None = None
    formats: tuple[str, ...] = ("html", "json")
    silent: tuple[tuple[str, str], ...] = ()
    base_url: str = ""
    ledger: list[str] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/search", self._serper),
            web.get("/search.json", self._serpapi),
            web.get("/res/v1/web/search", self._brave),
            web.get("/searxng/search", self._searxng),
        ]

    @property
    def searxng_url(self) -> str:
        return f"{self.base_url}/searxng"

    def _organic(self, keyword: str, most: int) -> list[tuple[str, str | None]]:
        results = self.world.serps.get(keyword, ())
        return [(one.url, one.title) for one in results if one.url][:most]

    def _charge(self, vendor: str) -> bool:
        """Use up one search; say whether there was one left."""
        if self.searches_left == 0:
            return False
        if self.searches_left is not None:
            self.searches_left -= 1
        self.ledger.append(vendor)
        return True

    async def _serper(self, request: web.Request) -> web.Response:
        if request.headers.get("X-API-KEY") != self.key:
            return _json(403, {"message": "Unauthorized.", "statusCode": 403})
        asked = await request.json()
        if asked.keys() != {"q", "gl", "hl"} or not _two_letters(asked["gl"]):
            return _json(400, {"message": "Missing or unknown parameter", "statusCode": 400})
        if not self._charge("serper"):
            return _json(400, {"message": "Not enough credits", "statusCode": 400})
        organic = [
            {"title": title, "link": url, "snippet": "…", "position": at}
            for at, (url, title) in enumerate(self._organic(asked["q"], _PAGE), start=1)
        ]
        return _json(200, {"searchParameters": asked, "organic": organic, "credits": 1})

    async def _serpapi(self, request: web.Request) -> web.Response:
        if request.query.get("api_key") != self.key:
            return _json(401, {"error": "Invalid API key."})
        asked = {name: value for name, value in request.query.items() if name != "api_key"}
        if asked.keys() != {"engine", "q", "gl", "hl"} or asked["engine"] != "google":
            return _json(400, {"error": "Missing or unsupported parameter."})
        if not self._charge("serpapi"):
            return _json(429, {"error": "Your account has run out of searches."})
        organic = [
            {"position": at, "title": title, "link": url, "displayed_link": url}
            for at, (url, title) in enumerate(self._organic(asked["q"], _PAGE), start=1)
        ]
        told: Row = {"search_metadata": {"status": "Success"}, "search_parameters": asked}
        if organic:
            return _json(200, told | {"organic_results": organic})
        return _json(200, told | {"error": "Google hasn't returned any results for this query."})

    async def _brave(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Subscription-Token") != self.key:
            return _brave_error(422, "SUBSCRIPTION_TOKEN_INVALID", "The token is invalid.")
        asked = request.query
        strange = set(asked) ^ _BRAVE_PARAMETERS
        if strange or not asked["country"].isupper() or not 1 <= int(asked["count"]) <= 20:
            return _brave_error(422, "VALIDATION", "Unable to validate request parameter(s).")
        if not self._charge("brave"):
            return _brave_error(429, "QUOTA_LIMITED", "Request quota limit exceeded.")
        results = [
            {"type": "search_result", "title": title, "url": url, "description": "…"}
            for url, title in self._organic(asked["q"], int(asked["count"]))
        ]
        told: Row = {"type": "search", "query": {"original": asked["q"]}}
        found = {"web": {"type": "search", "results": results}} if results else {}
        return _json(200, told | found)

    async def _searxng(self, request: web.Request) -> web.Response:
        asked = request.query
        if asked.get("format", "html") not in self.formats:
            return web.Response(status=403, text="<h1>Forbidden</h1>", content_type="text/html")
        if not asked.get("q"):
            return _json(400, {"error": "No query"})
        self.ledger.append("searxng")
        results = [
            {
                "url": url,
                "title": title,
                "engines": ["mojeek"] if at % 2 else ["mojeek", "bing"],
                "positions": [at],
                "category": "general",
                "template": "default.html",
            }
            for at, (url, title) in enumerate(self._organic(asked["q"], 20), start=1)
        ]
        return _json(
            200,
            {"query": asked["q"], "results": results, "unresponsive_engines": list(self.silent)},
        )


def _two_letters(code: str) -> bool:
    return len(code) == 2 and code.islower()


def _json(status: int, body: Row) -> web.Response:
    return web.json_response(body, status=status)


def _brave_error(status: int, code: str, detail: str) -> web.Response:
    error = {"id": "1-2-3", "status": status, "code": code, "detail": detail, "meta": {}}
    return _json(status, {"type": "ErrorResponse", "error": error, "time": 1})
