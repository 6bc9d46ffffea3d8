"""The user's imported export files as a vendor: free, offline, as old as the files.

Pages are matched regardless of scheme, `www.`, trailing slash and fragment (`page_key`). A site's
links are those of all its pages and of the domain lists imported for it. Files of several tools are
read together; each authority keeps its tool's scale, and scales are never mixed.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import sqlite_utils

from bot.common.clock import Clock
from bot.common.errors import Unavailable
from bot.exports.rows import About
from bot.exports.salvage import most_unread
from bot.exports.signatures import PROFILES, Kind
from bot.model.links import (
    Authority,
    Link,
    Metrics,
    ReferringDomain,
    Scale,
    Scope,
    Target,
    best_kind,
)
from bot.providers.base import (
    BetweenQuery,
    Capability,
    LinksQuery,
    Local,
    MetricsQuery,
    Page,
    ReferringQuery,
    Vendor,
)
from bot.render.words import Calendar
from bot.settings.environment import Settings
from bot.store.import_reads import (
    Linking,
    example_links,
    linking_domains,
    live_counts,
    open_read_only,
    page_count,
    target_authority,
)
from bot.store.imports import Import, has_imports, imports_of

NAME = "exports"

_EVIDENCE = PROFILES | {Kind.INTERSECT}
# Rows of these kinds name the page they link to, so a file about a site also covers its pages.
_NAME_PAGES = frozenset({Kind.BACKLINKS, Kind.INTERSECT})

Query = TypeVar("Query", bound=MetricsQuery | ReferringQuery | BetweenQuery | LinksQuery)
Row = TypeVar("Row")


class NotImported(Unavailable):
    """No imported file is about the target: unknown, not zero."""

    def __init__(self, target: str) -> None:
        self.target = target
        super().__init__(NAME)

    def __str__(self) -> str:
        return (
            f"No export for {self.target} imported yet: `linkgap import FILE --for {self.target}`"
        )


def build(settings: Settings, clock: Clock) -> Vendor:
    """Return the vendor; it needs no key, only files imported into `settings.db`."""
    del clock  # the files say how old they are
    return Vendor(
        name=NAME,
        title="Imported files",
        scale=None,
        capabilities={
            Capability.PAGE_METRICS: _Shelf(settings.db, _metrics),
            Capability.SITE_METRICS: _Shelf(settings.db, _metrics),
            Capability.REFERRING_DOMAINS: _Shelf(settings.db, _referring),
            Capability.LINKS_BETWEEN: _Shelf(settings.db, _between),
            Capability.LINKS: _Shelf(settings.db, _links),
        },
        dates_links=True,
        stocked=lambda: _has_imports(settings.db),
    )


def _has_imports(path: Path) -> bool:
    """Say whether anything was imported; a file that cannot be read is told when it is asked."""
    try:
        with closing(open_read_only(path)) as db:
            return has_imports(db)
    except sqlite3.Error:
        return False


@dataclass(frozen=True, slots=True)
class _Shelf(Local[Query, Row]):
    """One capability, answered from the bot's database, which is opened for each question."""

    path: Path
    answer: Callable[[sqlite_utils.Database, Query], Page[Row]]

    def read(self, query: Query) -> Page[Row]:
        with self._open(query) as db:
            return self.answer(db, query)

    @contextmanager
    def _open(self, query: Query) -> Iterator[sqlite_utils.Database]:
        try:
            with closing(open_read_only(self.path)) as db:
                yield db
        except sqlite3.OperationalError as error:
            if not self.path.exists() or "no such table" in str(error):
                asked = query.targets[0] if isinstance(query, MetricsQuery) else query.target
                raise NotImported(asked.value) from None
            raise Unavailable(NAME, str(error)) from error
        except sqlite3.Error as error:
            raise Unavailable(NAME, str(error)) from error


@dataclass(frozen=True, slots=True)
class _Basis:
    """The files behind an answer. `complete`: they have all links to the target."""

    about: About
    imports: tuple[Import, ...]
    complete: bool

    @property
    def as_of(self) -> datetime:
        return min(one.imported_at for one in self.imports)

    @property
    def note(self) -> str:
        said = "; ".join(_described(one) for one in self.imports)
        page_level = {one.facts.tool for one in self.imports if one.facts.authority_of == "page"}
        stand_in = (
            f". Authority of {' and '.join(sorted(page_level))} is the linking page's, for want of "
            "its domain's"
        )
        return f"Imported files: {said}{stand_in if page_level else ''}."


def _described(one: Import) -> str:
    parts = [
        f"{one.facts.tool} {one.facts.kind.replace('_', ' ')} of {Calendar().day(one.imported_at)}"
    ]
    if one.outcome.sample:
        parts.append("a sample")
    read, broken = one.outcome.read, one.outcome.broken
    if broken:
        parts.append(f"{broken:,} of {read:,} rows could not be read{_hidden(one)}")
    return ", ".join(parts)


def _hidden(one: Import) -> str:
    """Return words on what a file that counts as complete may lack; empty if nothing."""
    most = min(one.outcome.broken, most_unread(one.outcome.read))
    if not most or not any(covered.complete for covered in one.outcome.covers):
        return ""
    return f" (up to {most} linking {'domain' if most == 1 else 'domains'} may be missing)"


def _basis(db: sqlite_utils.Database, target: Target, kinds: frozenset[Kind]) -> _Basis:
    """Return the files about a target; raises `NotImported` if no file or link is about it."""
    about = About.of(target)
    found = tuple(
        one
        for one in imports_of(db, about.site, about.page)
        if one.facts.kind in kinds and (_is_about(one, target) or one.facts.kind in _NAME_PAGES)
    )
    complete = any(_holds_all(one, target) for one in found)
    named = complete or any(_is_about(one, target) for one in found)
    # Of a file about one page, the rows are links to its site too, but not a list of those.
    if not found:
        raise NotImported(target.value)
    if not named and not live_counts(db, about.site, about.page, sorted(kinds))[0]:
        raise NotImported(target.value)
    return _Basis(about, found, complete)


def _is_about(one: Import, target: Target) -> bool:
    about = About.of(target)
    return any(
        covered.target.scope is target.scope and covered.key == (about.page or about.site)
        for covered in one.outcome.covers
    )


def _holds_all(one: Import, target: Target) -> bool:
    """Say whether a file has all links to a target, or all links to the site of a page.

    A list of a site's links has those of each page, unless it groups similar links into one.
    """
    about = About.of(target)
    wanted = {(target.scope, about.page or about.site)}
    if not one.outcome.grouped:
        wanted.add((Scope.SITE, about.site))
    return any(
        covered.complete and (covered.target.scope, covered.key) in wanted
        for covered in one.outcome.covers
    )


def _metrics(db: sqlite_utils.Database, query: MetricsQuery) -> Page[Metrics]:
    """Return the counts in the files; targets without a file are left out and named in the note.

    Raises `NotImported` if no target has a file.
    """
    answered: list[tuple[Metrics, _Basis]] = []
    missing = []
    for target in query.targets:
        try:
            answered.append(_counted(db, target))
        except NotImported as error:
            missing.append(error)
    if not answered:
        raise missing[0]
    notes = dict.fromkeys(basis.note for _, basis in answered)
    return Page(
        tuple(metrics for metrics, _ in answered),
        complete=not missing and all(basis.complete for _, basis in answered),
        note=" ".join((*notes, *(f"{error}." for error in missing))),
        as_of=min(basis.as_of for _, basis in answered),
    )


def _counted(db: sqlite_utils.Database, target: Target) -> tuple[Metrics, _Basis]:
    about = About.of(target)
    try:
        basis = _basis(db, target, PROFILES)
    except NotImported:
        counts = None if about.page is None else page_count(db, about.page)
        if counts is None:
            raise
        basis = _basis(db, Target(Scope.SITE, about.site), frozenset({Kind.TARGET_PAGES}))
        return Metrics(target, counts.referring_domains, counts.backlinks), basis
    domains, links = live_counts(db, about.site, about.page, sorted(PROFILES))
    own = None if about.page is None else target_authority(db, about.site, about.page)
    return (
        Metrics(
            target,
            referring_domains=domains,
            backlinks=links,
            authority=None if own is None else Authority(*own),
        ),
        basis,
    )


def _referring(db: sqlite_utils.Database, query: ReferringQuery) -> Page[ReferringDomain]:
    basis = _basis(db, query.target, _EVIDENCE)
    rows = _strongest_first(linking_domains(db, basis.about.site, basis.about.page))
    complete, notes = basis.complete, basis.note
    if query.since is not None:
        undated = sum(row.first_seen is None for row in rows)
        rows = tuple(row for row in rows if row.first_seen and row.first_seen >= query.since)
        if undated:
            complete = False
            notes += f" {undated:,} domains have no date of first sight and were left out."
    return Page(
        rows[: query.limit],
        complete=complete and len(rows) <= query.limit,
        note=notes,
        as_of=basis.as_of,
    )


def _between(db: sqlite_utils.Database, query: BetweenQuery) -> Page[ReferringDomain]:
    """Return the domains that link; complete only if a file has all links to the target."""
    basis = _basis(db, query.target, _EVIDENCE)
    rows = linking_domains(db, basis.about.site, basis.about.page, among=query.domains)
    return Page(_strongest_first(rows), basis.complete, note=basis.note, as_of=basis.as_of)


def _links(db: sqlite_utils.Database, query: LinksQuery) -> Page[Link]:
    basis = _basis(db, query.target, _EVIDENCE)
    rows = tuple(
        Link(
            found.domain,
            found.source_url,
            found.target_url,
            found.title,
            found.anchor,
            found.link,
            found.first_seen,
        )
        for found in example_links(db, basis.about.site, basis.about.page, query.domains)
    )
    return Page(rows, basis.complete, note=basis.note, as_of=basis.as_of)


def _strongest_first(found: tuple[Linking, ...]) -> tuple[ReferringDomain, ...]:
    """Return one row per domain, ordered by the most frequent scale first: scales never mix."""
    often = Counter(row.scale for row in found if row.authority is not None)
    order = [scale for scale, _ in sorted(often.items(), key=lambda item: (-item[1], str(item[0])))]
    domains: dict[str, list[Linking]] = {}
    for row in found:
        domains.setdefault(row.domain, []).append(row)
    merged = [_merged(domain, rows, order) for domain, rows in domains.items()]
    return tuple(sorted(merged, key=lambda row: (*_rank(row.authority, order), row.domain)))


def _rank(authority: Authority | None, order: list[Scale | None]) -> tuple[int, float]:
    if authority is None:
        return len(order), 0.0
    return order.index(authority.scale), -authority.value


def _merged(domain: str, rows: list[Linking], order: list[Scale | None]) -> ReferringDomain:
    known = {row.scale: row.authority for row in rows if row.authority is not None}
    scale = next((scale for scale in order if scale in known), None)
    kinds = {row.link for row in rows}
    days = [row.first_seen for row in rows if row.first_seen is not None]
    return ReferringDomain(
        domain,
        authority=None if scale is None else Authority(known[scale], scale),
        link=best_kind(kinds),
        trust=0.0 if all(row.trust == 0 for row in rows) else None,
        traffic=max((row.traffic for row in rows if row.traffic is not None), default=None),
        first_seen=min(days, default=None),
    )
