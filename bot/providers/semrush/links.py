"""Semrush API v3: link counts, referring domains, intersections, links; 40 units per line."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import httpx

from bot.common.domains import registrable
from bot.model.links import (
    Balance,
    Link,
    LinkKind,
    Metrics,
    ReferringDomain,
    Scope,
    Target,
)
from bot.model.one_row import by_domain
from bot.providers.base import (
    BalanceQuery,
    Call,
    Cost,
    IntersectQuery,
    LinksQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    Remote,
    Shared,
    undated,
)
from bot.providers.hosts import grouped, sentences
from bot.providers.semrush.reports import (
    ADDRESS,
    CERTAIN_FLAG,
    COUNT,
    FLAG,
    MOMENT,
    NAME,
    NAME_CELL,
    NUMBER,
    TEXT,
    TYPES,
    Api,
    Cells,
    Column,
    Query,
    Report,
    Row,
    Table,
    asks_balance,
    chunks,
    day,
    limit_of,
    of_targets,
    score,
    targets_of,
    units_left,
    whole,
)

NO_LINK = "Semrush showed no live link from some of the domains."

_MOST_COMPARED, _MOST_CROSSED, _MOST_LINES = 200, 6, 10_000
_SEEN = re.compile(r"\d{9,11}")  # stands between two texts, so it must not match an empty cell
_TARGET_TYPE = re.compile("root_domain|domain|url")
_UNSEEN = timedelta(days=183)
_CUT_BY_BALANCE = (
    "Semrush has no units left for another line, so this list may end where the balance did."
)


class Comparison(Report[MetricsQuery, Metrics]):
    """Counts of pages and sites together, 200 per call: 40 units each.

    The Authority Score of a page is left out: it rates the page, but we compare the authority of
    sites.
    """

    columns = Table(
        (
            Column("domains_num", NUMBER),
            Column("backlinks_num", NUMBER),
            Column("ascore", NUMBER),
            Column("target", ADDRESS),
            Column("target_type", _TARGET_TYPE),
        )
    )

    def plan(self, query: MetricsQuery) -> tuple[Call, ...]:
        """Return as few calls as Semrush's limits allow."""

        def build(targets: Sequence[Target]) -> Call:
            params = [("type", "backlinks_comparison"), *of_targets(targets)]
            params.append(("export_columns", self.columns.asked))
            return self._api.backlinks(params, len(targets) * self.line)

        # Semrush refuses a request with the same target twice.
        targets = list(dict.fromkeys(query.targets))
        return tuple(map(build, chunks(targets, _MOST_COMPARED, build)))

    def rows(self, query: MetricsQuery, call: Call, lines: Sequence[Cells]) -> Page[Metrics]:
        """Join lines to the targets of this call; a target without a line has no row."""
        del query
        asked = targets_of(call)
        found = _joined(asked, lines)
        rows = tuple(
            Metrics(
                target=target,
                referring_domains=whole(domains),
                backlinks=whole(backlinks),
                authority=score(strength) if target.scope is Scope.SITE else None,
            )
            for target, (domains, backlinks, strength, _, _) in found
        )
        full = len(rows) == len(asked)
        note = f"Semrush told of {len(rows)} of {len(asked)} targets; the others are unknown."
        return Page(rows, complete=full, note=None if full else note)


def _joined(asked: Sequence[Target], lines: Sequence[Cells]) -> list[tuple[Target, Cells]]:
    """Join by name, else by order if all lines are in the order of the targets.

    Semrush may spell an address differently from the request.
    """
    by_name = {(line[-1], _bare(line[-2])): line for line in lines}
    in_order = len(asked) == len(lines) and all(
        kind == TYPES[target.scope] and registrable(name) == registrable(target.value)
        for target, (*_, name, kind) in zip(asked, lines, strict=True)
    )
    joined = []
    for at, target in enumerate(asked):
        line = by_name.get((TYPES[target.scope], _bare(target.value)))
        if line is None and in_order:
            line = lines[at]
        if line is not None:
            joined.append((target, line))
    return joined


def _bare(address: str) -> str:
    return address.lower().split("://", 1)[-1].rstrip("/")


class Listing(Report[Query, Row]):
    """A list that checks whether its end is real: a low balance cuts lists off silently.

    If a list is shorter than its limit, the free balance is asked for. If it does not pay for one
    more line, the list may have been cut off.
    """

    def parse(self, query: Query, call: Call, response: httpx.Response) -> Page[Row]:
        """Read a list, or the balance after it."""
        if not asks_balance(call):
            return super().parse(query, call, response)
        enough = units_left(response) >= self.line
        return Page((), enough, billed=Cost(0), note=None if enough else _CUT_BY_BALANCE)

    def ended(self, rows: Sequence[Row], call: Call, lines: int, left_out: str | None) -> Page[Row]:
        """Return a page of rows; if the list seems to have ended, the balance is asked next."""
        complete = lines < limit_of(call)
        cut = None if complete else f"Only the first {lines} were read."
        following = self._api.balance_after(call) if complete else None
        return Page(tuple(rows), complete, next=following, note=sentences(cut, left_out))


class ReferringDomains(Listing[ReferringQuery, ReferringDomain]):
    """The strongest referring domains of a page or site: 40 units a row.

    The report does not say whether links are followed, and it includes domains that no longer link.
    So domains last seen half a year or more before the most recent row are left out.
    """

    columns = Table(
        (
            Column("domain_ascore", NUMBER),
            Column("domain", NAME_CELL),
            Column("first_seen", MOMENT),
            Column("last_seen", MOMENT),
        )
    )

    def plan(self, query: ReferringQuery) -> tuple[Call, ...]:
        """Return one call; new domains are sorted newest first."""
        limit = min(query.limit, _MOST_LINES)
        params = [
            ("type", "backlinks_refdomains"),
            ("target", query.target.value),
            ("target_type", TYPES[query.target.scope]),
            ("display_limit", str(limit)),
            ("display_sort", "first_seen_desc" if query.since else "domain_ascore_desc"),
            ("export_columns", self.columns.asked),
        ]
        return (self._api.backlinks(params, limit * self.line),)

    def rows(
        self, query: ReferringQuery, call: Call, lines: Sequence[Cells]
    ) -> Page[ReferringDomain]:
        """Merge the hosts of each registrable domain; a list as long as its limit is incomplete."""
        seen = [day(last) for *_, last in lines]
        oldest = max((one for one in seen if one), default=date.min)
        oldest -= min(_UNSEEN, oldest - date.min)
        found = [
            line for line, last in zip(lines, seen, strict=True) if last is None or last >= oldest
        ]
        groups, nameless = grouped(found, lambda line: line[1])
        rows = by_domain(
            [
                ReferringDomain(domain, score(strength), first_seen=day(first))
                for domain, hosts in groups.items()
                for strength, _, first, _ in hosts
            ]
        ).values()
        gone = len(lines) - len(found)
        left_out = sentences(
            nameless, f"Left out, as not seen for half a year: {gone}." if gone else None
        )
        if query.since is None:
            return self.ended([*rows], call, len(lines), left_out)
        new = [row for row in rows if row.first_seen and row.first_seen >= query.since]
        days = [on for _, _, first, _ in found if (on := day(first))]
        if min(days, default=query.since) < query.since:
            # The answer goes past that day, so no newer row is left.
            return Page(tuple(new), complete=True, note=left_out)
        return self.ended(new, call, len(lines), left_out)


class Intersect(Listing[IntersectQuery, Shared]):
    """Domains that link to the targets and not to us: `backlinks_matrix`, 40 units a row.

    A call has six targets, ours first. Each row has the domain's number of links to each target, so
    a 0 for our site is proof. More targets take several calls, and a domain may be in each.
    """

    columns = Table(
        (
            Column("domain", NAME_CELL),
            Column("domain_ascore", NUMBER),
            Column("matches_num", NUMBER),
        )
    )

    def plan(self, query: IntersectQuery) -> tuple[Call, ...]:
        """Return one call per five targets, or per six without our own."""
        undated(NAME, query)
        own = [query.own] if query.own else []
        limit = min(query.limit, _MOST_LINES)
        targets = [target for target in dict.fromkeys(query.targets) if target != query.own]
        size = _MOST_CROSSED - len(own)
        calls = []
        for at in range(0, len(targets), size):
            params = [
                ("type", "backlinks_matrix"),
                *of_targets([*own, *targets[at : at + size]]),
                ("display_limit", str(limit)),
                ("display_sort", "domain_score_desc"),
                # In the answer, backlinks_num is a column per target, with the target's name.
                ("export_columns", f"{self.columns.asked},backlinks_num"),
            ]
            if own:
                params.append(("display_filter", "+|backlinksnum_0|Eq|0"))
            calls.append(self._api.backlinks(params, limit * self.line))
        return tuple(calls)

    def table(self, call: Call) -> Table:
        """Return the columns: three fixed ones and one per target."""
        return Table((*self.columns.columns, *(Column("", COUNT) for _ in targets_of(call))))

    def rows(self, query: IntersectQuery, call: Call, lines: Sequence[Cells]) -> Page[Shared]:
        """Merge the hosts of each registrable domain, without those that link to us after all."""
        targets = targets_of(call)
        groups, left_out = grouped(lines, lambda line: line[0])
        seen = {
            domain: [
                sum(map(int, cells)) for cells in zip(*(host[3:] for host in hosts), strict=True)
            ]
            for domain, hosts in groups.items()
        }
        strongest = by_domain(
            [
                ReferringDomain(domain, score(strength))
                for domain, hosts in groups.items()
                for _, strength, *_ in hosts
            ]
        )
        rows = [
            Shared(
                strongest[domain],
                tuple(target for target, count in zip(targets, counts, strict=True) if count),
                absence_proven=query.own is not None and query.own.scope is Scope.SITE,
            )
            for domain, counts in seen.items()
            if query.own is None or counts[0] == 0
        ]
        return self.ended(rows, call, len(lines), left_out)


class Links(Report[LinksQuery, Link]):
    """One link from each named domain: the strongest page, its title and anchor; 40 units each.

    It takes a request per domain, as a limit counts links, not domains. No two columns that may
    contain a `;` are adjacent. The report lacks ugc and sponsored: Semrush calls a link without
    nofollow a follow link.
    """

    columns = Table(
        (
            Column("source_url", ADDRESS),
            Column("nofollow", FLAG),
            Column("target_url", TEXT),
            Column("first_seen", _SEEN),
            Column("source_title", TEXT),
            Column("lostlink", CERTAIN_FLAG),
            Column("anchor", TEXT),
            Column("newlink", CERTAIN_FLAG),
        )
    )

    def plan(self, query: LinksQuery) -> tuple[Call, ...]:
        """Return one call per domain."""
        return tuple(
            self._api.backlinks(
                [
                    ("type", "backlinks"),
                    ("target", query.target.value),
                    ("target_type", TYPES[query.target.scope]),
                    ("display_limit", "1"),
                    ("display_sort", "page_ascore_desc"),
                    # Lost links would cost the same as live ones.
                    ("display_filter", f"+|refdomain||{domain}|-|type||lostlink"),
                    ("export_columns", self.columns.asked),
                ],
                self.line,
            )
            for domain in sorted(set(query.domains))
        )

    def rows(self, query: LinksQuery, call: Call, lines: Sequence[Cells]) -> Page[Link]:
        """Return the link if it is live and from the domain that was asked for."""
        del query
        asked = call.request.url.params["display_filter"].split("|")[3]
        rows = tuple(
            Link(
                domain=asked,
                source_url=source,
                target_url=target or None,
                title=title or None,
                anchor=anchor,
                kind=_KINDS[nofollow],
                first_seen=day(first),
            )
            for source, nofollow, target, first, title, lost, anchor, _ in lines
            if registrable(source) == asked and lost != "true"
        )
        return Page(rows, complete=bool(rows), note=None if rows else NO_LINK)


_KINDS = {"true": LinkKind.NOFOLLOW, "false": LinkKind.FOLLOW, "": None}


class Allowance(Remote[BalanceQuery, Balance]):
    """The number of units left; free, never cached. The plan's allowance is unknown."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def plan(self, query: BalanceQuery) -> tuple[Call, ...]:
        """Return the one free call."""
        del query
        return (self._api.balance(),)

    def parse(self, query: BalanceQuery, call: Call, response: httpx.Response) -> Page[Balance]:
        """Return the balance; `limit` is the number of units left, `used` is unknown."""
        del query, call
        left = units_left(response)
        return Page((Balance("units", None, left, None),), complete=True, billed=Cost(0))
