"""A Moz-shaped HTTP server on 127.0.0.1 for tests and benchmarks.

It follows the published method schema as far as LinkGap uses it: short ids, arguments beside
`params.data`, unknown options and lists of more than 50 rows are refused, and four targets to link
to fail as they were seen to. The pool is `rows`.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from aiohttp import web
from fakes.servers.one_endpoint import Answer, OneEndpoint, Refusal, Row, required
from fakes.worlds.ahrefs_world import Backlink, host_of, root_of

_MOST_ROWS = 50
_GAINED_DAYS = 60
_SORT = {"source_domain_authority"}


@dataclass
class MozServer(OneEndpoint):
    """`base_url` is the value for LINKGAP_MOZ_BASE_URL."""

    path = "/jsonrpc"
    base = ""
    key: str = "test-moz-token"

    def read(self, request: web.Request, text: str) -> tuple[str, Row]:
        """Read a JSON-RPC request."""
        if request.headers.get("x-moz-token") != self.key:
            raise Refusal(401, "Missing or invalid authentication")
        body = json.loads(text)
        if body.get("jsonrpc") != "2.0":
            raise Refusal(400, 'jsonrpc must be "2.0"')
        if len(body.get("id", "")) < 24:
            raise Refusal(400, "Minimum Request ID length is 24.")
        (data,) = required(body.get("params", {}), "data")
        return str(body["method"]), data

    def refuse(self, refusal: Refusal) -> web.Response:
        """Write it as a JSON-RPC error."""
        status = int(refusal.code)
        error = {"code": -32652, "status": status, "message": refusal.text, "data": {}}
        return web.json_response({"jsonrpc": "2.0", "error": error}, status=status)

    def too_dear(self, pool: str) -> Refusal:
        """Refuse with the text that was seen from the real API."""
        return Refusal(403, f"Insufficient {pool}")

    def answer(self, question: str, params: Row) -> Answer:
        """Answer a method."""
        methods = {
            "data.site.metrics.fetch.multiple": self._metrics,
            "data.site.metrics.histories.fetch": self._history,
            "data.keyword.metrics.fetch": self._keyword,
            "data.site.linking-domain.filter.recently-lost": self._lost,
            "data.site.linking-domain.list": self._linking,
            "data.site.linking-domain.filter.recently-gained": self._gained,
            "data.site.link.intersect.fetch": self._intersect,
            "data.site.link.status.fetch.multiple": self._statuses,
            "data.site.link.filter.domain": self._links,
            "quota.lookup": self._quota,
        }
        if question not in methods:
            raise Refusal(400, f"Action not found: {question}")
        return methods[question](params)

    def _quota(self, params: Row) -> Answer:
        required(params, "path")
        used, left = self.spent.get("rows", 0), self.left.get("rows")
        allotted = None if left is None else used + left
        return _result(
            {"quota": {"allotted": allotted, "used": used, "period_reset": 1796083200}}, 0
        )

    def _history(self, params: Row) -> Answer:
        query, wanted = required(params, "site_query", "get_monthly_history_values_for")
        value, mode = _target(query)
        month, count = self.world.today.isoformat()[:7], self.world.refdomain_count(value, mode)
        series = [
            {"metric_name": name, "metric_values": [{"date": month, "value": count}]}
            for name in wanted
        ]
        histories = {"monthly_history_values": series}
        return _result({"site_query": query, "site_metrics_histories": histories}, len(wanted))

    def _keyword(self, params: Row) -> Answer:
        (query,) = required(params, "serp_query")
        if query["locale"] not in ("en-US", "en-GB", "en-CA", "en-AU"):
            raise Refusal(400, "no such locale")
        known = self.world.keywords.get(query["keyword"].lower(), (None, None))
        values = {"difficulty": known[0], "volume": known[1], "organic_ctr": 50, "priority": 40}
        return _result({"serp_query": query, "keyword_metrics": values}, len(values))

    def _lost(self, params: Row) -> Answer:
        """No link is ever lost in this world; the parameters are still checked."""
        query, options = required(params, "site_query", "options")
        date.fromisoformat(options["begin_date"])
        _target(query)
        return _page("lost_linking_domains", [], params.get("offset", {}))

    def _metrics(self, params: Row) -> Answer:
        (queries,) = required(params, "site_queries")
        rows = [
            {"site_query": _echo(one), "site_metrics": self._site_metrics(*_target(one))}
            for one in reversed(queries)
        ]
        return _result({"results_by_site": rows, "errors_by_site": []}, len(rows))

    def _site_metrics(self, value: str, mode: str) -> Row:
        site = self.world.site(host_of(value))
        level = "page" if mode == "exact" else "root_domain"
        return {
            "page": value.partition("://")[2] or f"{value}/",
            "root_domain": root_of(host_of(value)),
            f"root_domains_to_{level}": self.world.refdomain_count(value, mode),
            f"external_pages_to_{level}": len(self.world.links_to(value, mode)),
            "domain_authority": max(1, int(site.rating)),
            "spam_score": 77 if site.spam else 3,
        }

    def _linkers(self, value: str, mode: str) -> dict[str, list[Backlink]]:
        """Return the links to a target by linking domain, strongest first."""
        found: dict[str, list[Backlink]] = {}
        for link in self.world.links_to(value, mode):
            found.setdefault(root_of(host_of(link.url_from)), []).append(link)
        order = sorted(found, key=lambda one: (-self.world.site(one).rating, one))
        return {domain: found[domain] for domain in order}

    def _linking(self, params: Row) -> Answer:
        (query,) = required(params, "site_query")
        options = params.get("options", {})
        if set(options.get("filters", ())) != {"external", "not_deleted"}:
            raise Refusal(400, "this server only knows live external links")
        if options.get("sort") not in _SORT:
            raise Refusal(400, "no such sort")
        rows = [self._linking_domain(*one) for one in self._linkers(*_target(query)).items()]
        return _page("linking_domains", rows, params.get("offset", {}))

    def _linking_domain(self, domain: str, links: list[Backlink]) -> Row:
        return {
            "site_metrics": self._site_metrics(domain, "subdomains"),
            "targeted_pages": len(links),
            "targeted_nofollow_pages": sum(link.nofollow for link in links),
        }

    def _gained(self, params: Row) -> Answer:
        (query,) = required(params, "site_query")
        offset = params.get("offset", {})
        if offset.keys() != {"limit", "token"}:
            raise Refusal(400, "Please include a token.")
        wanted = date.fromisoformat(params["options"]["begin_date"])
        begin = max(wanted, self.world.today - timedelta(days=_GAINED_DAYS))
        rows = []
        for domain, links in self._linkers(*_target(query)).items():
            gained = min(link.first_seen for link in links)
            if gained >= begin:
                row = self._linking_domain(domain, links)
                rows.append({**row, "date_gained": gained.isoformat()})
        return _page("gained_linking_domains", rows, offset)

    def _intersect(self, params: Row) -> Answer:
        (theirs,) = required(params, "is_linking_to")
        ours = params.get("not_linking_to", [])
        if len(theirs) > 3:
            raise Refusal(500, "Internal error")
        if params["options"]["scope"] != "domain":
            raise Refusal(400, "this server only knows domains")
        linkers = [self._linkers(*_target(one)) for one in theirs]
        left_out = set().union(*(self._linkers(*_target(one)) for one in ours))
        domains = sorted(
            set().union(*linkers) - left_out, key=lambda one: (-self.world.site(one).rating, one)
        )
        rows: list[Row] = [
            {
                "page": domain,
                "title": "",
                "domain_authority": max(1, int(self.world.site(domain).rating)),
                "spam_score": 77 if self.world.site(domain).spam else -1,
                "matching_target_indexes": [
                    at for at, found in enumerate(linkers) if domain in found
                ],
            }
            for domain in domains
        ]
        return _page(
            "link_intersects", rows, params.get("offset", {}), a_row=len(theirs) + len(ours)
        )

    def _statuses(self, params: Row) -> Answer:
        (queries,) = required(params, "queries")
        rows = [
            {
                "source_site_query": _echo(one["source_site_query"]),
                "exists": one["source_site_query"]["query"]
                in self._linkers(*_target(one["target_site_query"])),
            }
            for one in reversed(queries)
        ]
        return _result({"results_by_query": rows, "errors_by_query": []}, len(rows))

    def _links(self, params: Row) -> Answer:
        target, source = required(params, "site_query", "domain_site_query")
        links = self._linkers(*_target(target)).get(source["query"], [])
        rows = [
            {
                "source_site_metrics": {
                    "page": link.url_from.partition("://")[2],
                    "title": link.title,
                },
                "target_site_metrics": {"page": link.url_to.partition("://")[2]},
                "anchor_text": link.anchor,
                "nofollow": link.nofollow,
                "date_first_seen": link.first_seen.isoformat(),
                "date_last_seen": self.world.today.isoformat(),
                "date_disappeared": "",
            }
            for link in links
        ]
        return _page("links", rows, params.get("offset", {}))


def _result(value: Row, rows: int) -> Answer:
    return Answer({"id": "0" * 36, "jsonrpc": "2.0", "result": value}, {"rows": rows})


def _page(name: str, rows: list[Row], offset: Row, *, a_row: int = 1) -> Answer:
    """Return the rows from a token on; the token is the number of rows before."""
    limit = offset.get("limit", 25)
    if not 1 <= limit <= _MOST_ROWS:
        raise Refusal(400, "limit is 1 to 50")
    start = int(offset.get("token") or 0)
    part = list(islice(rows, start, start + limit))
    token = str(start + limit) if start + limit < len(rows) else None
    shown = {name: part, "offset": {"token": token, "limit": limit}, "options": {}}
    return _result(shown, len(part) * a_row)


def _target(query: Row) -> tuple[str, str]:
    modes = {"url": "exact", "domain": "subdomains"}
    if query.get("scope") not in modes:
        raise Refusal(400, "Please include a scope.")
    return query["query"], modes[query["scope"]]


def _echo(query: Row) -> dict[str, Any]:
    value = query["query"]
    understood = value if "://" in value else f"https://{value}"
    return {"query": understood, "scope": query["scope"], "original_site_query": dict(query)}
