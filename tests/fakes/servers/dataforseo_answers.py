"""The DataForSEO-shaped server's answer to each path: a task in, a result and a price out."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fakes.worlds.ahrefs_world import Backlink, World, host_of, root_of

Row = dict[str, Any]

LABS = (12_000, 120)
BACKLINKS = (24_000, 36)
_LISTING = {
    *("target", "limit", "filters", "order_by", "backlinks_status_type", "rank_scale"),
    *("include_subdomains", "include_indirect_links", "exclude_internal_backlinks"),
}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
    "=": lambda one, other: one == other,
    "regex": lambda one, other: re.search(other, one) is not None,
}


class Refusal(Exception):
    """A task that ends with an error code, or a request that gets an HTTP error status."""

    def __init__(self, code: int, text: str, status: int = 200) -> None:
        self.code, self.text, self.status = code, text, status


@dataclass(frozen=True, slots=True)
class Answer:
    """`result` None: the vendor knows nothing. `micro` is the cost in micro-dollars."""

    result: Row | None
    micro: int


@dataclass(frozen=True, slots=True)
class Answers:
    """One request's view of the server. `merging` is the intersection mode that unites targets."""

    world: World
    mixes: bool
    merging: str

    def to(self, path: str, task: Row) -> Answer:
        """Answer a path; raises `Refusal`."""
        answers = {
            "serp/google/organic/live/advanced": self._serp,
            "dataforseo_labs/google/keyword_overview/live": self._keywords,
            "dataforseo_labs/google/bulk_traffic_estimation/live": self._traffic,
            "backlinks/bulk_pages_summary/live": self._summaries,
            "backlinks/referring_domains/live": self._referring,
            "backlinks/domain_intersection/live": self._intersection,
            "backlinks/backlinks/live": self._backlinks,
        }
        if path not in answers:
            raise Refusal(40400, "Not Found.", 404)
        return answers[path](task)

    def _serp(self, task: Row) -> Answer:
        _only(task, {"keyword", "location_code", "language_code", "device", "depth"})
        _required(task, "keyword", "location_code", "language_code")
        depth = task.get("depth", 10)
        items: list[Row] = []
        organic = 0
        for place, found in enumerate(self.world.serps.get(task["keyword"].lower(), ()), start=1):
            organic += "organic" in found.types
            if organic > depth:
                break
            items.append(
                {
                    "type": found.types[0],
                    "rank_group": organic or None,
                    "rank_absolute": place,
                    "url": found.url,
                    "title": found.title,
                }
            )
        if not items:
            raise Refusal(40102, "No Search Results.")
        return Answer(_list(items) | {"spell": None}, 2_000 + 1_500 * (-(-depth // 10) - 1))

    def _keywords(self, task: Row) -> Answer:
        _only(task, {"keywords", "location_code", "language_code"})
        _required(task, "keywords", "location_code", "language_code")
        items = [
            {
                "keyword": keyword,
                "keyword_info": {"search_volume": known[1]},
                "keyword_properties": {"keyword_difficulty": known[0]},
            }
            for keyword in task["keywords"]
            if (known := self.world.keywords.get(keyword.lower()))
        ]
        return Answer(_list(items), _cost(LABS, len(items)))

    def _traffic(self, task: Row) -> Answer:
        _only(task, {"targets", "item_types"})
        items = [
            {
                "target": target,
                "metrics": {"organic": {"etv": self.world.site(host_of(target)).traffic + 0.4}},
            }
            for target in _targets(task)
        ]
        return Answer(_list(items), _cost(LABS, len(items)))

    def _summaries(self, task: Row) -> Answer:
        _only(task, {"targets", "rank_scale", "include_subdomains"})
        _required(task, "rank_scale")
        targets = _targets(task)
        if len({root_of(host_of(target)) for target in targets}) > 100:
            raise Refusal(40501, "Invalid Field: 'targets'.")
        items = [
            {
                "type": "backlinks_page_summary",
                "url": target,
                "main_domain_rank": round(self.world.site(host_of(target)).rating * 10),
                "backlinks": len(self._links(target)),
                "referring_domains": len({host_of(link.url_from) for link in self._links(target)}),
                "referring_main_domains": len(_by_domain(self._links(target))),
            }
            for target in targets
            if self._links(target)
        ]
        return Answer(_list(items), _cost(BACKLINKS, len(items)))

    def _referring(self, task: Row) -> Answer:
        _only(task, _LISTING)
        _required(task, "target", "rank_scale")
        rows = [
            {"type": "backlinks_referring_domain", "domain": domain, **self._linking(domain, links)}
            for domain, links in _by_domain(self._links(task["target"])).items()
        ]
        return _listed(task, rows)

    def _intersection(self, task: Row) -> Answer:
        _only(task, _LISTING - {"target"} | {"targets", "exclude_targets", "intersection_mode"})
        _required(task, "targets", "rank_scale")
        targets: dict[str, str] = task["targets"]
        if not isinstance(targets, dict) or len(targets) > 20:
            raise Refusal(40501, "Invalid Field: 'targets'.")
        if not self.mixes and len({"://" in target for target in targets.values()}) > 1:
            raise Refusal(40501, "Invalid Field: 'targets'.")
        ours = [link for own in task.get("exclude_targets", ()) for link in self._links(own)]
        entries: dict[str, Row] = defaultdict(dict)
        for key, target in targets.items():
            for domain, links in _by_domain(self._links(target)).items():
                entries[domain][key] = {"target": domain, **self._linking(domain, links)}
        rows = [
            {
                "domain_intersection": {key: found.get(key) for key in targets},
                "summary": {"intersections_count": len(found)},
                "intersections_count": len(found),
                **{f"{key}.{name}": v for key, row in found.items() for name, v in row.items()},
            }
            for domain, found in entries.items()
            if domain not in _by_domain(ours)
            and (task.get("intersection_mode", "all") == self.merging or len(found) == len(targets))
        ]
        return _listed(task, rows)

    def _backlinks(self, task: Row) -> Answer:
        _only(task, _LISTING | {"mode"})
        _required(task, "target", "rank_scale")
        groups = _by_domain(self._links(task["target"], task.get("backlinks_status_type", "live")))
        rows = [
            {
                "domain_from": domain,
                "url_from": link.url_from,
                "url_to": link.url_to,
                "page_from_title": link.title,
                "anchor": link.anchor,
                "dofollow": not link.nofollow,
                "attributes": [name for name in ("ugc", "sponsored") if getattr(link, name)]
                or None,
                "first_seen": _moment(link),
                "rank": 10,
                "domain_from_rank": round(self.world.site(domain).rating * 10),
                "last_seen": f"{self.world.today.isoformat()} 01:00:00 +00:00",
            }
            for domain, links in groups.items()
            for link in (links[:1] if task.get("mode") == "one_per_domain" else links)
        ]
        return _listed(task, rows)

    def _links(self, target: str, status: str = "live") -> list[Backlink]:
        """Return the links; every seventh live one also stands for a lost one."""
        links = self.world.links_to(target, "exact" if "://" in target else "subdomains")
        return links if status == "live" else links[::7]

    def _linking(self, domain: str, links: list[Backlink]) -> Row:
        site = self.world.site(domain)
        return {
            "rank": round(site.rating * 3),
            "backlinks": len(links),
            "first_seen": min(map(_moment, links)),
            "backlinks_spam_score": 80 if site.spam else 5,
            "referring_pages": len(links),
            "referring_pages_nofollow": sum(link.nofollow for link in links),
            "referring_links_attributes": {
                "ugc": sum(link.ugc for link in links),
                "sponsored": sum(link.sponsored for link in links),
            },
        }


def _by_domain(links: Iterable[Backlink]) -> dict[str, list[Backlink]]:
    groups: dict[str, list[Backlink]] = defaultdict(list)
    for link in links:
        groups[root_of(host_of(link.url_from))].append(link)
    return groups


def _moment(link: Backlink) -> str:
    return f"{link.first_seen.isoformat()} 10:00:00 +00:00"


def _listed(task: Row, rows: list[Row]) -> Answer:
    limit = task.get("limit")
    if not isinstance(limit, int) or not 1 <= limit <= 1_000:
        raise Refusal(40501, "Invalid Field: 'limit'.")
    rows = [row for row in rows if _holds(task.get("filters"), row)]
    for part in reversed(task.get("order_by", ())):
        column, _, direction = part.partition(",")
        rows = sorted(rows, key=lambda row: row.get(column) or 0, reverse=direction == "desc")
    shown = [{name: v for name, v in row.items() if "." not in name} for row in rows[:limit]]
    return Answer(_list(shown) | {"total_count": len(rows)}, _cost(BACKLINKS, len(shown)))


def _holds(test: Any, row: Row) -> bool:
    if not test:
        return True
    if isinstance(test[0], str):
        field, operator, value = test
        if operator not in _OPERATORS:
            raise Refusal(40501, "Invalid Field: 'filters'.")
        return field in row and _OPERATORS[operator](row[field], value)
    if len(test) > 15 or set(test[1::2]) != {"or"}:
        raise Refusal(40501, "Invalid Field: 'filters'.")
    return any(_holds(part, row) for part in test[::2])


def _list(items: list[Row]) -> Row:
    """Return a list as the vendor writes it: null instead of an empty one."""
    return {"items_count": len(items), "items": items or None}


def _cost(price: tuple[int, int], rows: int) -> int:
    return price[0] + price[1] * rows


def _targets(task: Row) -> list[str]:
    targets = task.get("targets")
    if not isinstance(targets, list) or not 1 <= len(targets) <= 1_000:
        raise Refusal(40501, "Invalid Field: 'targets'.")
    return targets


def _only(task: Row, known: set[str]) -> None:
    if strange := task.keys() - known:
        raise Refusal(40506, f"Unknown Fields in POST Data: {', '.join(sorted(strange))}.")


def _required(task: Row, *names: str) -> None:
    for name in names:
        if not task.get(name):
            raise Refusal(40501, f"Invalid Field: '{name}'.")
