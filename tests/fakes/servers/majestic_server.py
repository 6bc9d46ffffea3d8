"""A Majestic-shaped HTTP server on 127.0.0.1 for tests and benchmarks.

It follows the documented commands as far as LinkGap uses them and is stricter than the real one: a
command without `datasource` or `Count`, or with five items, is refused. Every refusal comes with
HTTP 200. Three pools are charged: `items`, `analysis` and `retrieval`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl

from aiohttp import web
from fakes.servers.one_endpoint import Answer, OneEndpoint, Refusal, Row, required
from fakes.worlds.ahrefs_world import Backlink, host_of, root_of

_MOST_DEPTH = 100_000
_CALENDAR_DAYS = 60


@dataclass
class MajesticServer(OneEndpoint):
    """`base_url` is the value for LINKGAP_MAJESTIC_BASE_URL; all linkers of the world are live."""

    path = "/api/json"
    base = "/api"
    key: str = "test-majestic-key"

    def read(self, request: web.Request, text: str) -> tuple[str, Row]:
        """Read a form; a key in the URL would be our bug."""
        if "app_api_key" in request.query:
            raise Refusal("InvalidRequest", "the key has no place in the address")
        params: Row = dict(parse_qsl(text, keep_blank_values=True))
        if params.pop("app_api_key", None) != self.key:
            raise Refusal("InvalidAPIKey", "This API key is not known")
        command, index = required(params, "cmd", "datasource")
        if index not in ("fresh", "historic"):
            raise Refusal("InvalidParameter", "no such datasource")
        return str(command), params

    def refuse(self, refusal: Refusal) -> web.Response:
        """Write it as a Code, or as an HTTP status if the test asked for one."""
        status = refusal.code if refusal.code in (429, 500, 502, 503) else 200
        code = "Failed" if isinstance(refusal.code, int) else refusal.code
        return web.json_response(
            {"Code": code, "ErrorMessage": refusal.text, "FullError": "at Server.Run()"},
            status=int(status),
        )

    def too_dear(self, pool: str) -> Refusal:
        """Return the pool's name in the form that clients have seen."""
        names = {"items": "IndexItemInfo", "analysis": "Analysis", "retrieval": "Retrieval"}
        return Refusal(f"Insufficient{names[pool]}Units", "Too few units are left")

    def meter(self, body: Row, cost: Mapping[str, int]) -> Row:
        """Add what was charged, except to summaries, which never report it."""
        if "analysis" not in cost:
            return body
        return body | {
            "ChargedAnalysisResUnits": cost["analysis"],
            "ChargedRetrievalResUnits": str(cost["retrieval"]),
        }

    def answer(self, question: str, params: Row) -> Answer:
        """Answer a command."""
        self._index = int(params["datasource"] == "fresh")
        match question:
            case "GetIndexItemInfo":
                return self._summaries(params)
            case "GetRefDomains":
                return self._refdomains(params)
            case "GetBackLinkData":
                return self._backlinks(params)
            case "GetNewLostBackLinkCalendar":
                required(params, "item")
                days = [{"Date": day.isoformat()} for day in self._days()]
                return self._table("Calendar", days, {"analysis": 0, "retrieval": 0})
            case "GetNewLostBackLinks":
                return self._lost(params)
            case "GetSubscriptionInfo":
                return self._subscription()
        raise Refusal("InvalidCommand", "no such command")

    def _table(self, name: str, rows: list[Row], cost: Mapping[str, int], **more: object) -> Answer:
        table: Row = {"Headers": {}, "Data": rows} if rows else {"Headers": {}}
        body = {"Code": "OK", "ErrorMessage": "", "IndexType": self._index, **more}
        return Answer({**body, "DataTables": {name: table}}, cost)

    def _summaries(self, params: Row) -> Answer:
        number = int(required(params, "items")[0])
        if not 1 <= number <= 100:
            raise Refusal("InvalidParameter", "items has to be 1 to 100")
        items = required(params, *(f"item{at}" for at in range(number)))
        rows = [self._summary(at, item) for at, item in enumerate(items)]
        return self._table("Results", rows[::-1], {"items": number})

    def _summary(self, at: int, item: str) -> Row:
        mode = _mode(item)
        count = self.world.refdomain_count(item, mode)
        trust, citation = self._flows(host_of(item))
        return {
            "ItemNum": at,
            "Item": item,
            "ResultCode": "OK",
            "Status": "Found" if count else "NotFound",
            "ExtBackLinks": len(self.world.links_to(item, mode)),
            "RefDomains": count,
            "RefDomainTypeLive": str(count),
            "TrustFlow": trust,
            "CitationFlow": str(citation),
        }

    def _flows(self, host: str) -> tuple[int, int]:
        site = self.world.site(host)
        return (1, 40) if site.spam else (int(site.rating), min(100, int(site.rating) + 10))

    def _refdomains(self, params: Row) -> Answer:
        items = [value for name, value in params.items() if name.startswith("item")]
        count, depth = (int(one) for one in required(params, "Count", "AnalysisDepth"))
        numbered = [f"item{at}" for at in range(len(items))]
        if not 1 <= len(items) <= 4 or any(name not in params for name in numbered):
            raise Refusal("InvalidParameter", "item0 to item3, from the first")
        if not 1 <= depth <= _MOST_DEPTH:
            raise Refusal("InvalidParameter", "AnalysisDepth is 100000 at most")
        linkers = {item: self._linkers(item, depth) for item in items}
        domains = sorted(
            set().union(*linkers.values()), key=lambda one: (-self._flows(one)[0], one)
        )
        rows = [self._referrer(domain, linkers) for domain in domains[:count]]
        considered = sum(map(len, linkers.values()))
        return self._table(
            "Results", rows, {"analysis": max(1_000, considered), "retrieval": len(rows)}
        )

    def _linkers(self, item: str, depth: int) -> dict[str, list[Backlink]]:
        """Return the top linking domains of an item, by traffic."""
        found: dict[str, list[Backlink]] = {}
        for link in self.world.links_to(item, _mode(item)):
            found.setdefault(root_of(host_of(link.url_from)), []).append(link)
        top = sorted(found, key=lambda one: (-self.world.site(one).traffic, one))[:depth]
        return {domain: found[domain] for domain in top}

    def _referrer(self, domain: str, linkers: Mapping[str, dict[str, list[Backlink]]]) -> Row:
        trust, citation = self._flows(domain)
        row: Row = {"Domain": domain, "TrustFlow": trust, "CitationFlow": citation, "AlexaRank": -1}
        row["TopicalTrustFlow_Topic_0"] = "" if trust < 2 else "Business/Accounting"
        for item, found in linkers.items():
            links = found.get(domain, [])
            first = min((link.first_seen for link in links), default=None)
            row[f"BackLinks_{item}"] = str(len(links))
            row[f"FirstLinkDate_{item}"] = first.isoformat() if first else ""
        return row

    def _backlinks(self, params: Row) -> Answer:
        item, count, mode = required(params, "item", "Count", "Mode")
        if mode != "1":
            raise Refusal("InvalidParameter", "this server has no links that are gone")
        links = self.world.links_to(item, _mode(item))
        if only := params.get("RefDomain"):
            links = [link for link in links if root_of(host_of(link.url_from)) == only]
        best: dict[str, Row] = {}
        for at, link in enumerate(links):
            one = params.get("MaxSourceURLsPerRefDomain") == "1"
            best.setdefault(root_of(host_of(link.url_from)) if one else str(at), _backlink(link))
        rows = list(best.values())[: int(count)]
        return self._table("BackLinks", rows, {"analysis": 5_000, "retrieval": len(rows)})

    def _lost(self, params: Row) -> Answer:
        _, first, last = required(params, "item", "Datefrom", "Dateto")
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        days = self._days()
        if not days[0] <= begin <= end <= days[-1]:
            raise Refusal("DateOutOfRange", "see the calendar")
        price = 500 * ((end - begin).days + 1)
        return self._table("BackLinks", [], {"analysis": price, "retrieval": 0})

    def _days(self) -> list[date]:
        """Return the days that have data: two months until the day before yesterday."""
        last = self.world.today - timedelta(days=2)
        return [last - timedelta(days=back) for back in reversed(range(_CALENDAR_DAYS))]

    def _subscription(self) -> Answer:
        names = {"items": "IndexItemInfo", "analysis": "Analysis", "retrieval": "Retrieval"}
        left = {f"Total{names[pool]}ResUnits": units for pool, units in self.left.items()}
        rows: list[Row] = [{"Expires": "2026-12-01 00:00:00"}]
        return self._table("Subscriptions", rows, {}, SubscriptionIsActive=1, **left)


def _mode(item: str) -> str:
    return "exact" if "://" in item else "subdomains"


def _backlink(link: Backlink) -> Row:
    return {
        "SourceURL": link.url_from,
        "TargetURL": link.url_to,
        "AnchorText": link.anchor.lower(),
        "FlagNoFollow": int(link.nofollow),
        "FlagDeleted": 0,
        "FirstIndexedDate": link.first_seen.isoformat(),
    }
