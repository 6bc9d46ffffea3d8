"""The Ahrefs-shaped server's answer to each path: parameters in, rows and paid columns out."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fakes.servers.ahrefs_where import Malformed, columns_of, holds
from fakes.worlds.ahrefs_world import World, host_of

Row = dict[str, Any]

_DEAR = {
    "refdomains": 5,
    "refdomains_dofollow": 5,
    "dofollow_refdomains": 5,
    "difficulty": 10,
    "volume": 10,
    "org_traffic": 10,
    "traffic_domain": 10,
}
_TARGET = {"target", "mode", "protocol"}
_LISTING = _TARGET | {"select", "limit", "where", "order_by", "history", "timeout"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`columns` are the ones paid for; `expected` is the most rows that can be returned."""

    key: str
    rows: Any
    columns: frozenset[str]
    expected: int

    @property
    def per_row(self) -> int:
        return sum(_DEAR.get(column, 1) for column in self.columns)


class Refusal(Exception):
    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text


@dataclass(frozen=True, slots=True)
class Answers:
    """One request's view of the server: its world, the plan's row cap, the base of batch rows."""

    world: World
    row_cap: int
    index_base: int

    def to(self, path: str, params: Row) -> Answer:
        """Answer a path; raises `Refusal`."""
        match path:
            case "serp-overview/serp-overview":
                return self._serp(params)
            case "keywords-explorer/overview":
                return self._keywords(params)
            case "site-explorer/refdomains":
                return self._refdomains(params)
            case "site-explorer/all-backlinks":
                return self._backlinks(params)
            case "site-explorer/refdomains-history":
                return self._history(params)
            case "batch-analysis/batch-analysis":
                return self._batch(params)
        raise Refusal(404, "Not found")

    def _serp(self, params: Row) -> Answer:
        only(params, {"select", "keyword", "country", "top_positions", "type", "date"})
        _required(params, "keyword", "country")
        wanted = params.get("type")
        top = int(params.get("top_positions", "100"))
        rows: list[Row] = []
        organic = 0
        for result in self.world.serps.get(params["keyword"].lower(), ()):
            organic += "organic" in result.types
            if organic > top:
                break
            if wanted and not set(wanted.split(",")) & set(result.types):
                continue
            rows.append(
                {
                    "position": max(1, organic),
                    "url": result.url,
                    "title": result.title,
                    "type": list(result.types),
                    **self._strength(result.url),
                }
            )
        known = {"position", "url", "title", "type", "domain_rating", "refdomains", "backlinks"}
        columns = _selected(params, known)
        return Answer("positions", _cut(rows, columns), columns, expected=top)

    def _strength(self, url: str | None) -> Row:
        if url is None:
            return {"domain_rating": None, "refdomains": None, "backlinks": None}
        return {
            "domain_rating": self.world.site(host_of(url)).rating,
            "refdomains": self.world.refdomain_count(url, "exact"),
            "backlinks": len(self.world.links_to(url, "exact")),
        }

    def _keywords(self, params: Row) -> Answer:
        only(params, {"select", "keywords", "country", "limit"})
        _required(params, "keywords", "country")
        limit = self._limit(params)
        rows = [
            {"keyword": keyword, "difficulty": known[0], "volume": known[1]}
            for keyword in params["keywords"].split(",")
            if (known := self.world.keywords.get(keyword.lower()))
        ]
        columns = _selected(params, {"keyword", "difficulty", "volume"})
        return Answer("keywords", _cut(rows[:limit], columns), columns, expected=limit)

    def _refdomains(self, params: Row) -> Answer:
        only(params, _LISTING)
        _required(params, "target")
        if params.get("history") != "live":
            raise Refusal(400, "this server only knows refdomains of history=live")
        rows = self.world.refdomains(params["target"], params.get("mode", "subdomains"))
        return self._listing("refdomains", params, rows, where_only={"root_domain_name"})

    def _backlinks(self, params: Row) -> Answer:
        only(params, _LISTING | {"aggregation"})
        _required(params, "target")
        rows = self.world.backlinks(
            params["target"], params.get("mode", "subdomains"), lost_since=_lost_since(params)
        )
        return self._listing(
            "backlinks",
            params,
            rows,
            where_only=set(),
            one_per="root_name_source" if params.get("aggregation") == "1_per_domain" else None,
        )

    def _listing(
        self,
        key: str,
        params: Row,
        rows: list[Row],
        where_only: set[str],
        one_per: str | None = None,
    ) -> Answer:
        """Filter, group, sort and cut.

        The documentation does not say whether a filter applies before the grouping. Here it does,
        so a lost link may represent a domain that also has a live one.
        """
        limit = self._limit(params)
        known = _COLUMNS[key]
        columns = _selected(params, known)
        paid = set(columns)
        try:
            if where := params.get("where"):
                test = json.loads(where)
                paid |= _known(columns_of(test), known | where_only)
                rows = [row for row in rows if holds(test, row)]
        except (ValueError, Malformed) as error:
            raise Refusal(400, f"bad where: {error}") from None
        if one_per is not None:
            groups: dict[Any, Row] = {}
            for row in rows:
                groups.setdefault(row[one_per], row)
            rows = list(groups.values())
        for part in reversed(params.get("order_by", "").split(",")):
            if part:
                column, _, direction = part.partition(":")
                paid |= _known({column}, known)
                rows = sorted(rows, key=lambda row: row[column], reverse=direction != "asc")
        return Answer(key, _cut(rows[:limit], columns), frozenset(paid), expected=limit)

    def _history(self, params: Row) -> Answer:
        only(params, _TARGET | {"date_from", "date_to", "history_grouping"})
        _required(params, "target", "date_from")
        day = date.fromisoformat(params["date_from"]).replace(day=1)
        rows: list[Row] = []
        while day <= self.world.today:
            count = self.world.refdomain_count(params["target"], params.get("mode", ""), day)
            rows.append({"date": day.isoformat(), "refdomains": count})
            day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return Answer("refdomains", rows, frozenset({"refdomains"}), expected=len(rows))

    def _batch(self, params: Row) -> Answer:
        only(params, {"select", "targets", "order_by", "country", "volume_mode", "output"})
        targets = params.get("targets")
        if not isinstance(targets, list) or not 1 <= len(targets) <= 100:
            raise Refusal(400, "targets must be an array of 1 to 100")
        columns = _selected(params, _COLUMNS["targets"])
        rows = [self._batch_row(at, target) for at, target in enumerate(targets)]
        return Answer("targets", _cut(rows, columns), columns, expected=len(rows))

    def _batch_row(self, at: int, target: Row) -> Row:
        if target.keys() != {"url", "mode", "protocol"}:
            raise Refusal(400, f"targets[{at}] needs url, mode and protocol")
        url, mode = target["url"], target["mode"]
        site = self.world.site(host_of(url))
        return {
            "index": at + self.index_base,
            "url": url,
            "domain_rating": site.rating,
            "refdomains": self.world.refdomain_count(url, mode),
            "backlinks": len(self.world.links_to(url, mode)),
            "org_traffic": site.traffic,
        }

    def _limit(self, params: Row) -> int:
        if not str(params.get("limit", "")).isdigit():
            raise Refusal(400, "limit must be given: the default of 1000 is never meant")
        limit = int(params["limit"])
        if limit > self.row_cap:
            raise Refusal(400, f"limit: your plan allows {self.row_cap} rows")
        return limit


_COLUMNS = {
    "refdomains": {
        "domain",
        "domain_rating",
        "dofollow_links",
        "links_to_target",
        "first_seen",
        "last_seen",
        "is_spam",
        "is_root_domain",
        "traffic_domain",
    },
    "backlinks": {
        "url_from",
        "url_to",
        "title",
        "anchor",
        "name_source",
        "root_name_source",
        "domain_rating_source",
        "is_nofollow",
        "is_ugc",
        "is_sponsored",
        "is_dofollow",
        "is_spam",
        "first_seen_link",
        "is_lost",
        "last_seen",
    },
    "targets": {"index", "url", "domain_rating", "refdomains", "backlinks", "org_traffic"},
}


def _lost_since(params: Row) -> date | None:
    """Return the day from which on lost links are included, None for live links only."""
    history = params.get("history", "")
    if history == "live":
        return None
    word, _, day = history.partition(":")
    try:
        return date.fromisoformat(day if word == "since" else "")
    except ValueError:
        raise Refusal(400, "this server only knows history=live and since:YYYY-MM-DD") from None


def only(params: Row, known: set[str]) -> None:
    if strange := params.keys() - known:
        raise Refusal(400, f"unknown parameter: {', '.join(sorted(strange))}")


def _required(params: Row, *names: str) -> None:
    for name in names:
        if not params.get(name):
            raise Refusal(400, f"{name} is required")


def _selected(params: Row, known: set[str]) -> frozenset[str]:
    select = params.get("select") or ""
    columns = set(select.split(",") if isinstance(select, str) else select) - {""}
    if not columns:
        raise Refusal(400, "select is required")
    return frozenset(_known(columns, known))


def _known(columns: set[str], known: set[str]) -> set[str]:
    if strange := columns - known:
        raise Refusal(400, f"unknown column: {', '.join(sorted(strange))}")
    return columns


def _cut(rows: list[Row], columns: frozenset[str]) -> list[Row]:
    return [{name: value for name, value in row.items() if name in columns} for row in rows]
