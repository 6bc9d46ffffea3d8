"""DataForSEO: referring domains, links from named domains, and link intersections."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any, Literal

import httpx
from pydantic import BaseModel

from bot.common.domains import host_of, registrable
from bot.model.links import LinkKind, ReferringDomain, Scope, Target, best_kind
from bot.providers.base import (
    BetweenQuery,
    Call,
    Cost,
    IntersectQuery,
    Page,
    ReferringQuery,
    Shared,
)
from bot.providers.dataforseo.api import (
    MOST_ROWS,
    RANK_SCALE,
    Api,
    Count,
    DataForSeoQuestion,
    Day,
    Envelope,
    Listing,
    Percent,
    Whole,
    asked_in,
    backlinks_price,
    chunks,
    in_pieces,
    not_spam,
    pattern,
    seen_since,
    target_of,
    task_of,
    trust,
)
from bot.providers.hosts import grouped, sentences
from bot.providers.http import Named

_FEWEST_PROOF_ROWS = 100
_CUT_OFF = "The answer was cut off; the other domains are unproven."
_MOST_FILTERS = 8  # per request; each target takes one
_MOST_EXCLUDED = 10  # per request: targets whose linkers it leaves out
Mode = Literal["partial", "all"]


class Linking(BaseModel):
    """The links of one domain to one target. Its `rank` is what it passes on, not its own."""

    backlinks: Count | None = None
    first_seen: Day | None = None
    backlinks_spam_score: Percent | None = None
    referring_pages: Count | None = None
    referring_pages_nofollow: Count | None = None
    referring_links_attributes: Named[int | None] | None = None

    @property
    def kind(self) -> LinkKind | None:
        """The best kind among its links; None if the counts do not tell."""
        pages, nofollow = self.referring_pages, self.referring_pages_nofollow
        if pages is None or nofollow is None:
            return None
        if nofollow >= pages:
            return LinkKind.NOFOLLOW
        marks = self.referring_links_attributes or {}
        ugc, sponsored = (marks.get(kind) or 0 for kind in (LinkKind.UGC, LinkKind.SPONSORED))
        if self.backlinks is not None and ugc + sponsored >= self.backlinks:
            seen = (LinkKind.UGC if ugc else None, LinkKind.SPONSORED if sponsored else None)
            return best_kind(seen)
        return LinkKind.FOLLOW


def _merged(domain: str, seen: Sequence[Linking]) -> ReferringDomain:
    """Return the best values of all hosts and targets; these answers lack the domain's own rank."""
    days = [one.first_seen for one in seen if one.first_seen is not None]
    marks = [mark for one in seen if (mark := trust(one.backlinks_spam_score)) is not None]
    return ReferringDomain(
        domain=domain,
        link=best_kind(one.kind for one in seen),
        trust=max(marks, default=None),
        first_seen=min(days, default=None),
    )


class ReferringItem(Linking):
    """One linking domain."""

    domain: str


class ReferringDomains(DataForSeoQuestion[ReferringQuery, Listing[ReferringItem], ReferringDomain]):
    """The strongest live referring domains of a page or site, at most 1,000.

    They are ordered by the rank that they pass on; their own rank comes with the metrics. Links
    through redirects and canonical pages count, as they do in the counts.
    """

    body = Whole[Listing[ReferringItem]]

    def plan(self, query: ReferringQuery) -> tuple[Call, ...]:
        """Return one call."""
        limit = min(query.limit, MOST_ROWS)
        task: dict[str, Any] = {
            "target": query.target.value,
            "limit": limit,
            "order_by": ["rank,desc"],
            "backlinks_status_type": "live",
            "rank_scale": RANK_SCALE,
        }
        if query.since is not None:
            task["filters"] = seen_since(["first_seen"], query.since)
        call = self._api.post("backlinks/referring_domains/live", task, backlinks_price(limit))
        return (call,)

    def rows(
        self, query: ReferringQuery, call: Call, result: Listing[ReferringItem]
    ) -> Page[ReferringDomain]:
        """Merge the hosts of each registrable domain."""
        del query
        groups, left_out = grouped(result.found, lambda item: item.domain)
        cut = result.cut_off(task_of(call)["limit"])
        return Page(
            tuple(_merged(domain, items) for domain, items in groups.items()),
            complete=not cut,
            note=sentences(
                f"Only the strongest {len(result.found)} were read." if cut else None, left_out
            ),
        )


class LinksBetween(DataForSeoQuestion[BetweenQuery, Listing[ReferringItem], ReferringDomain]):
    """Which of the named domains link to the target; only those that do are billed as rows.

    Each request costs as much as hundreds of rows, so the whole list of a target with few linkers
    is read if that is cheaper. If it turns out longer than counted, the names are asked after all.
    """

    body = Whole[Listing[ReferringItem]]

    def plan(self, query: BetweenQuery) -> tuple[Call, ...]:
        """Return as few calls as the length of a filter allows, or one for the whole list."""
        by_name = self._by_name(query)
        if by_name and query.linkers is not None:
            # The count is of domains, but a list has a row per subdomain.
            limit = 2 * query.linkers + _FEWEST_PROOF_ROWS
            price = backlinks_price(limit)
            asked = sum(call.worst.units for call in by_name)
            if limit <= MOST_ROWS and price.units < query.times * asked:
                return (replace(self._listed(query, limit), instead=Cost(asked)),)
        return by_name

    def _listed(self, query: BetweenQuery, limit: int) -> Call:
        task: dict[str, Any] = {
            "target": query.target.value,
            "limit": limit,
            "backlinks_status_type": "live",
            "rank_scale": RANK_SCALE,
        }
        return self._api.post("backlinks/referring_domains/live", task, backlinks_price(limit))

    def _by_name(self, query: BetweenQuery) -> tuple[Call, ...]:
        return tuple(
            self._api.post(
                "backlinks/referring_domains/live",
                {
                    "target": query.target.value,
                    "limit": (limit := min(MOST_ROWS, max(_FEWEST_PROOF_ROWS, 2 * len(piece)))),
                    "filters": ["domain", "regex", pattern(piece)],
                    "backlinks_status_type": "live",
                    "rank_scale": RANK_SCALE,
                },
                backlinks_price(limit),
            )
            for piece in in_pieces(query.domains)
        )

    def rows(
        self, query: BetweenQuery, call: Call, result: Listing[ReferringItem]
    ) -> Page[ReferringDomain]:
        """Return the domains that link; the others are unproven if the answer was cut off."""
        task = task_of(call)
        by_name = "filters" in task
        asked = asked_in(call) if by_name else {*query.domains}
        found = (registrable(item.domain) for item in result.found)
        linking = {domain for domain in found if domain and domain in asked}
        complete = not result.cut_off(task["limit"]) or linking == asked
        following = None
        if not by_name and not complete:
            first, *others = self._by_name(query)
            following = replace(first, after=(*others,))
        return Page(
            tuple(ReferringDomain(domain) for domain in sorted(linking)),
            complete=complete or following is not None,
            next=following or call.following(),
            note=None if complete or following else _CUT_OFF,
            settled=frozenset(asked if complete else linking),
        )


class SharedEntry(Linking):
    """The links of a domain to one of the targets; `target` is the *linking* domain."""

    target: str


class SharedItem(BaseModel):
    """One linking domain; its keys are those of the targets in the request."""

    domain_intersection: Named[SharedEntry | None] | None = None

    def of(self, keys: Container[str]) -> dict[str, SharedEntry]:
        """Return the entries under these keys; the entry of a target without links may be null."""
        found = (self.domain_intersection or {}).items()
        return {key: entry for key, entry in found if entry is not None and key in keys}


_Groups = dict[str, dict[str, list[SharedEntry]]]  # by registrable domain, then by target key


class Intersect(DataForSeoQuestion[IntersectQuery, Listing[SharedItem], Shared]):
    """Domains that link to any of the targets and not to us, ordered by the number of targets.

    The vendor leaves out domains that link to us, so every row proves absence, except that the row
    of a subdomain proves nothing about its domain's other hosts. Domains whose links the vendor
    calls spam are left out: without that filter, link farms fill the answer, and each row is paid
    for. With `since` they are not left out, as a request has eight filters and the date takes one
    per target.

    `mixed` asks for pages and sites in one request: the documentation allows both kinds but does
    not show them together. `mode` is needed because the documentation does not say which of the two
    modes merges the targets and which requires a link to every target. Only a row with a single
    target shows that a mode merges. An answer without such a row is never complete; then the other
    mode is asked once, and the one that merges is remembered as long as the process lives. With
    `since`, the other mode is not asked: a request costs as much as hundreds of rows, and links
    that are new to several pages say little about the mode.
    """

    body = Whole[Listing[SharedItem]]

    def __init__(self, api: Api, *, mixed: bool, mode: Mode) -> None:
        super().__init__(api)
        self._mixed, self._mode = mixed, mode
        self._is_known = False  # whether `_mode` is known to merge

    def plan(self, query: IntersectQuery) -> tuple[Call, ...]:
        """Return one call for all targets, or one for pages and one for sites.

        More than eight targets take more calls. All calls share the limit of rows.
        """
        kinds: list[tuple[Scope, ...]] = [(Scope.PAGE, Scope.SITE)]
        if not self._mixed:
            kinds = [(Scope.PAGE,), (Scope.SITE,)]
        groups = [
            group
            for scopes in kinds
            for group in chunks(
                [target for target in query.targets if target.scope in scopes],
                lambda group: len(group) <= _MOST_FILTERS,
            )
        ]
        limit = min(MOST_ROWS, max(1, query.limit // max(1, len(groups))))
        return tuple(self._call(group, query, limit) for group in groups)

    def _call(self, targets: Sequence[Target], query: IntersectQuery, limit: int) -> Call:
        named = {str(key): target.value for key, target in enumerate(targets, start=1)}
        task: dict[str, Any] = {
            "targets": named,
            "intersection_mode": self._mode,
            "limit": limit,
            "order_by": ["intersections_count,desc", "1.rank,desc"],
            "filters": not_spam([f"{key}.backlinks_spam_score" for key in named])
            if query.since is None
            else seen_since([f"{key}.first_seen" for key in named], query.since),
            "backlinks_status_type": "live",
            "exclude_internal_backlinks": True,
            "rank_scale": RANK_SCALE,
        }
        if query.own is not None:
            ours = (query.own, *query.also_ours)
            task["exclude_targets"] = [one.value for one in ours[:_MOST_EXCLUDED]]
        call = self._api.post("backlinks/domain_intersection/live", task, backlinks_price(limit))
        one_way = query.since is not None or self._is_known or len(targets) == 1
        return call if one_way else replace(call, instead=call.worst)

    def _page(
        self, query: IntersectQuery, call: Call, response: httpx.Response, envelope: Envelope
    ) -> Page[Shared]:
        page = super()._page(query, call, response, envelope)
        task = task_of(call)
        if page.rows or page.next or len(task["targets"]) == 1 or self._surely_merges(task):
            return page
        following = self._in_other_mode(query, call)
        return replace(page, next=following, complete=False)

    def _surely_merges(self, task: Mapping[str, Any]) -> bool:
        return self._is_known and task["intersection_mode"] == self._mode

    def _in_other_mode(self, query: IntersectQuery, call: Call) -> Call | None:
        """Return the same question in the other mode; None if it was asked or is not worth it."""
        task = task_of(call)
        if query.since is not None or self._is_known or task["intersection_mode"] != self._mode:
            return None
        task["intersection_mode"] = _OTHER[self._mode]
        return self._api.post("backlinks/domain_intersection/live", task, call.worst)

    def rows(self, query: IntersectQuery, call: Call, result: Listing[SharedItem]) -> Page[Shared]:
        """Return each registrable domain once, with the targets of this call that it links to."""
        task = task_of(call)
        targets = {key: target_of(value) for key, value in task["targets"].items()}
        groups: _Groups = defaultdict(lambda: defaultdict(list))
        named, left_out = grouped(
            (item.of(targets) for item in result.found),
            lambda entries: next((entry.target for entry in entries.values()), None),
        )
        for domain, rows in named.items():
            for entries in rows:
                for key, entry in entries.items():
                    groups[domain][key].append(entry)
        merges = (
            len(targets) == 1
            or any(len(seen) == 1 for seen in groups.values())
            or self._surely_merges(task)
        )
        following = None if merges else self._in_other_mode(query, call)
        if merges and len(targets) > 1:
            self._mode, self._is_known = task["intersection_mode"], True
        if query.since is not None:
            groups = _new(groups, query.since)
        cut = result.cut_off(task["limit"])
        all_excluded = len(task.get("exclude_targets", ())) == 1 + len(query.also_ours)
        return Page(
            tuple(
                Shared(
                    domain=_merged(domain, [*chain.from_iterable(seen.values())]),
                    targets=tuple(target for key, target in targets.items() if key in seen),
                    absence_proven=(
                        whole := query.own is not None and _whole(domain, seen.values())
                    ),
                    absent_from_all=whole and all_excluded and bool(query.also_ours),
                )
                for domain, seen in groups.items()
            ),
            complete=not cut and merges,
            next=following,
            note=sentences(
                f"Only the first {len(result.found)} were read." if cut else None,
                None if merges else _ONLY_COMMON.format(len(targets)),
                left_out,
            ),
        )


def _new(groups: _Groups, since: date) -> _Groups:
    """Keep only the targets to which no host of a domain was known to link before `since`."""
    fresh = {
        domain: {
            key: entries
            for key, entries in seen.items()
            if all(entry.first_seen and entry.first_seen >= since for entry in entries)
        }
        for domain, seen in groups.items()
    }
    return {domain: seen for domain, seen in fresh.items() if seen}


_ONLY_COMMON = "Every domain links to all {} targets; those that link to fewer may be missing."
_OTHER: dict[str, Mode] = {"all": "partial", "partial": "all"}


def _whole(domain: str, seen: Iterable[Iterable[SharedEntry]]) -> bool:
    """Say whether a row is about the registrable domain itself, not only about subdomains."""
    return any(host_of(entry.target) == domain for entry in chain.from_iterable(seen))
