"""The Semrush-shaped server's answer to each report: parameters in, lines out."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from fakes.worlds.ahrefs_world import Backlink, World, host_of, root_of

Params = Mapping[str, Sequence[str]]
Row = dict[str, Any]

_HEADERS = {
    "Dn": "Domain",
    "Ur": "Url",
    "Po": "Position",
    "Ph": "Keyword",
    "Nq": "Search Volume",
    "Kd": "Keyword Difficulty Index",
    "Co": "Competition",
    "Ot": "Organic Traffic",
    "Db": "Database",
}
_MODES = {"url": "exact", "root_domain": "subdomains", "PAGE": "exact", "ROOT_DOMAIN": "subdomains"}
_LIKE = re.compile(
    r"is_lost IN \(false\) AND "
    r"\(source_url LIKE '%://([^/']+)/%' OR source_url LIKE '%\.([^/']+)/%'\)"
)


class Refusal(Exception):
    """`code` is an ERROR number of v3, or an HTTP status of v4."""

    def __init__(self, code: int, words: str) -> None:
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows in the order in which they are paid; `header` only if it differs from the columns."""

    rows: list[Row]
    columns: tuple[str, ...]
    price: int
    header: tuple[str, ...] = ()

    def text(self, count: int) -> str:
        """Return this many rows as v3 prints them: `;` between cells, nothing quoted."""
        named = self.header or tuple(_HEADERS.get(name, name) for name in self.columns)
        cells = [named] + [tuple(row[name] for name in self.columns) for row in self.rows[:count]]
        return "".join(";".join(str(cell) for cell in line) + "\n" for line in cells)


@dataclass(frozen=True, slots=True)
class V3:
    """The reports of v3, from the world."""

    world: World

    def to(self, path: str, params: Params) -> Lines:
        """Answer a report; raises `Refusal`."""
        reports = {
            ("", "phrase_organic"): self._serp,
            ("", "phrase_these"): self._keywords,
            ("", "domain_ranks"): self._ranks,
            ("analytics/v1", "backlinks_comparison"): self._comparison,
            ("analytics/v1", "backlinks_refdomains"): self._refdomains,
            ("analytics/v1", "backlinks_matrix"): self._matrix,
            ("analytics/v1", "backlinks"): self._backlinks,
        }
        asked = path, _one(params, "type")
        if asked not in reports:
            raise Refusal(41, "MANDATORY PARAMETER type NOT SET OR EMPTY")
        return reports[asked](params)

    def _serp(self, params: Params) -> Lines:
        _one(params, "database")
        results = self.world.serps.get(_one(params, "phrase").lower(), ())
        pages = [result.url for result in results if result.url]
        rows = [
            {"Dn": root_of(host_of(url)), "Ur": url, "Po": at} for at, url in enumerate(pages, 1)
        ]
        return _lines(params, rows, {"Dn", "Ur", "Po"}, 10)

    def _keywords(self, params: Params) -> Lines:
        _one(params, "database")
        phrases = _one(params, "phrase").split(";")
        if len(phrases) > 100:
            raise Refusal(10030, "Wrong parameter 'phrase'. Too many values.")
        known = [(phrase, self.world.keywords.get(phrase.lower())) for phrase in phrases]
        rows = [
            {"Ph": phrase, "Kd": said[0] or "", "Nq": said[1] or "", "Co": 0.4}
            for phrase, said in known
            if said
        ]
        return _lines(params, rows, {"Ph", "Kd", "Nq", "Co"}, 10, limited=False)

    def _ranks(self, params: Params) -> Lines:
        """Answer with the line of the country with most visits."""
        domain = _one(params, "domain")
        if _one(params, "display_sort") != "ot_desc":
            raise Refusal(10000, "Wrong parameter 'display_sort'. It is not known.")
        visits = self.world.site(domain).traffic
        rows = [{"Ot": visits, "Dn": domain, "Db": "us"}, {"Ot": 1, "Dn": domain, "Db": "uk"}]
        return _lines(params, rows if visits else [], {"Ot", "Dn", "Db"}, 10)

    def _comparison(self, params: Params) -> Lines:
        rows = [
            {
                "target": target,
                "target_type": kind,
                "ascore": self._score(target),
                "domains_num": self.world.refdomain_count(target, _MODES[kind]),
                "backlinks_num": len(self.world.links_to(target, _MODES[kind])),
            }
            for target, kind in _targets(params, 200)
        ]
        return _lines(params, rows, set(rows[0]), 40, limited=False)

    def _refdomains(self, params: Params) -> Lines:
        links = self.linkers(_one(params, "target"), _one(params, "target_type"))
        rows = [
            {
                "domain": domain,
                "domain_ascore": self._score(domain),
                "first_seen": _seconds(min(link.first_seen for link in found)),
                "last_seen": _seconds(self.world.today),
            }
            for domain, found in links.items()
        ]
        order = {"domain_ascore_desc": "domain_ascore", "first_seen_desc": "first_seen"}
        key = order[_one(params, "display_sort")]
        rows.sort(key=lambda row: row[key], reverse=True)
        return _lines(params, rows, {"domain", "domain_ascore", "first_seen", "last_seen"}, 40)

    def _matrix(self, params: Params) -> Lines:
        targets = _targets(params, 6)
        found = [self.linkers(target, kind) for target, kind in targets]
        domains = {domain for linkers in found for domain in linkers}
        rows: list[Row] = []
        for domain in sorted(domains, key=lambda one: (-self._score(one), one)):
            counts = [len(linkers.get(domain, ())) for linkers in found]
            if "display_filter" in params:
                if _one(params, "display_filter") != "+|backlinksnum_0|Eq|0":
                    raise Refusal(10000, "Wrong parameter 'display_filter'. It is not known.")
                if counts[0]:
                    continue
            said = {"domain": domain, "domain_ascore": self._score(domain)}
            matches = sum(count > 0 for count in counts)
            rows.append({**said, "matches_num": matches, **dict(enumerate(counts))})
        asked = {"domain", "domain_ascore", "matches_num", "backlinks_num"}
        lines = _lines(params, rows, asked, 40)
        kept = tuple(name for name in lines.columns if name != "backlinks_num")
        places: tuple[Any, ...] = tuple(range(len(targets)))
        names = tuple(target for target, _ in targets)
        return Lines(lines.rows, kept + places, 40, header=kept + names)

    def _backlinks(self, params: Params) -> Lines:
        links = self.linkers(_one(params, "target"), _one(params, "target_type"))
        form = r"\+\|refdomain\|\|([^|]+)\|-\|type\|\|lostlink"
        wanted = re.fullmatch(form, _one(params, "display_filter"))
        if not wanted:
            raise Refusal(10000, "Wrong parameter 'display_filter'. It is not known.")
        rows = [
            {
                "source_url": link.url_from,
                # Titles contain the very character that separates the cells.
                "source_title": f"{link.title}; {wanted[1]}",
                "target_url": link.url_to,
                "anchor": link.anchor,
                "nofollow": str(link.nofollow).lower(),
                "lostlink": "false",
                "first_seen": _seconds(link.first_seen),
                "last_seen": _seconds(self.world.today),
                "newlink": "false",
            }
            for link in links.get(wanted[1], ())
        ]
        known = "source_url source_title target_url anchor nofollow lostlink first_seen last_seen"
        return _lines(params, rows, {*known.split(), "newlink"}, 40)

    def linkers(self, target: str, kind: str) -> dict[str, list[Backlink]]:
        groups: dict[str, list[Backlink]] = defaultdict(list)
        for link in self.world.links_to(target, _MODES[kind]):
            groups[root_of(host_of(link.url_from))].append(link)
        return groups

    def _score(self, target: str) -> int:
        return round(self.world.site(host_of(target)).rating)


@dataclass(frozen=True, slots=True)
class V4:
    """The reports of v4, from the world."""

    world: World

    def to(self, report: str, params: Params) -> Lines:
        """Answer a report; raises `Refusal`."""
        v3 = V3(self.world)
        if report == "metrics":
            return self._keyword(params)
        if report == "matrix":
            return self._matrix(params)
        target, scope = _one(params, "url"), _one(params, "scope")
        kind = {"PAGE": "url", "ROOT_DOMAIN": "root_domain"}[scope]
        match report:
            case "overview":
                same = {"targets[]": [target], "target_types[]": [kind]}
                columns = {"export_columns": ["ascore,domains_num,backlinks_num"]}
                (row,) = v3.to(
                    "analytics/v1", {"type": ["backlinks_comparison"], **same, **columns}
                ).rows
                counts = {
                    "score": row["ascore"],
                    "domains_count": row["domains_num"],
                    "backlinks_count": row["backlinks_num"],
                }
                return _fields(params, [counts], 45)
            case "ref-domains":
                return _fields(params, self._ref_domains(params, target, kind), 40)
            case "links":
                return _fields(params, self._links(params, target, kind), 45)
        raise Refusal(404, "Not found")

    def _keyword(self, params: Params) -> Lines:
        known = self.world.keywords.get(_one(params, "keyword").lower(), (None, None))
        if _one(params, "country") != _one(params, "country").upper():
            raise Refusal(400, "country is two capitals")
        row = {"keyword_difficulty": known[0], "search_volume": str(known[1] or "")}
        return Lines([row], tuple(row), 20)

    def _matrix(self, params: Params) -> Lines:
        """Answer for targets of one scope; unknown `fields` and filters are refused."""
        targets = _one(params, "urls").split(",")
        if len(targets) > 6 or {"fields", "filter"} & params.keys():
            raise Refusal(400, "too many targets, or a parameter that is not known")
        kind = {"PAGE": "url", "ROOT_DOMAIN": "root_domain"}[_one(params, "scope")]
        found = [V3(self.world).linkers(target, kind) for target in targets]
        rows: list[Row] = []
        for domain in {domain for linkers in found for domain in linkers}:
            counts = [len(linkers.get(domain, ())) for linkers in found]
            rows.append(
                {
                    "domain": domain,
                    "domain_score": round(self.world.site(domain).rating),
                    "backlinks_counts": counts,
                    "matches_count": sum(count > 0 for count in counts),
                }
            )
        rows.sort(key=lambda row: (-row[_one(params, "order_by")], row["domain"]))
        columns = ("domain", "domain_score", "backlinks_counts", "matches_count")
        return Lines(rows[: int(_one(params, "limit"))], columns, 45)

    def _ref_domains(self, params: Params, target: str, kind: str) -> list[Row]:
        if _one(params, "filter") != "is_lost IN (false)":
            raise Refusal(400, "unknown filter")
        rows = [
            {
                "domain": domain,
                "domain_score": round(self.world.site(domain).rating),
                "first_seen_at": f"{min(link.first_seen for link in links)}T10:00:00Z",
                "is_follow": any(not link.nofollow for link in links),
            }
            for domain, links in V3(self.world).linkers(target, kind).items()
        ]
        key = _one(params, "order_by")
        return sorted(rows, key=lambda row: row[key], reverse=True)

    def _links(self, params: Params, target: str, kind: str) -> list[Row]:
        wanted = _LIKE.fullmatch(_one(params, "filter"))
        if not wanted or wanted[1] != wanted[2]:
            raise Refusal(400, "unknown filter")
        return [
            {
                "source_url": link.url_from,
                "target_url": link.url_to,
                "anchor": link.anchor,
                "first_seen_at": f"{link.first_seen}T10:00:00Z",
                "is_nofollow": link.nofollow,
                "is_ugc": link.ugc,
                "is_sponsored": link.sponsored,
            }
            for link in V3(self.world).linkers(target, kind).get(wanted[1], ())
        ]


def _fields(params: Params, rows: list[Row], price: int) -> Lines:
    columns = tuple(_one(params, "fields").split(","))
    if strange := set(columns) - {name for row in rows[:1] for name in row} if rows else set():
        raise Refusal(400, f"unknown field {strange}")
    offset = int(params.get("offset", ["0"])[0])
    limit = int(params["limit"][0]) if "limit" in params else len(rows)
    return Lines(rows[offset : offset + limit], columns, price)


def _lines(
    params: Params, rows: list[Row], known: set[str], price: int, *, limited: bool = True
) -> Lines:
    columns = tuple(_one(params, "export_columns").split(","))
    if set(columns) - known:
        raise Refusal(10000, "Wrong parameter 'export_columns'. A column is not known.")
    if limited:
        offset = int(params.get("display_offset", ["0"])[0])
        limit = int(_one(params, "display_limit"))
        if offset >= limit:
            raise Refusal(605, "OFFSET IS NOT LESS THAN LIMIT")
        rows = rows[offset:limit]
    if not rows:
        raise Refusal(50, "NOTHING FOUND")
    return Lines(rows, columns, price)


def _targets(params: Params, most: int) -> list[tuple[str, str]]:
    targets, kinds = params.get("targets[]", ()), params.get("target_types[]", ())
    if not targets or len(targets) != len(kinds) or len(targets) > most:
        raise Refusal(10030, "Wrong parameter 'targets'. Too many or too few values.")
    if len(set(targets)) < len(targets):
        raise Refusal(402, "Request param not valid:: Duplicate domains")
    return list(zip(targets, kinds, strict=True))


def _one(params: Params, name: str) -> str:
    if not params.get(name, [""])[0]:
        raise Refusal(10013, f"Wrong parameter '{name}'. It is required.")
    return params[name][0]


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 10, tzinfo=UTC).timestamp())
