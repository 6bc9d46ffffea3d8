"""The result of one run. Field names are the keys of the documented JSON (docs/report.schema.json).

Every interface (CLI, Slack, files) shows this and nothing else. `None` means unknown, never zero.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import TypeAdapter

from bot.model.links import LinkKind, Market, Scope, SerpRow

PAGE_COUNTS = "link counts of pages"
"""What a source that knows sites only was not asked for."""


class Verdict(StrEnum):
    """What to do next."""

    BUILD_LINKS = "build_links"
    FIX_FIRST = "fix_first"
    LINKS_NOT_THE_CONSTRAINT = "links_not_the_constraint"
    ALREADY_TOP3 = "already_top3"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """Where the authority multiplier comes from."""

    NOT_BEHIND = "not_behind"
    FIT = "fit"
    RULE_OF_THUMB = "rule_of_thumb"
    UNKNOWN = "unknown"


class SourceState(StrEnum):
    """How a question to a vendor ended. The four are different; none of them means zero."""

    OK = "ok"
    PARTIAL = "partial"
    UNAVAILABLE = "unavailable"
    NOT_ASKED = "not_asked"


class Absence(StrEnum):
    """Whether it is certain that the prospect does not link to us."""

    PROVEN = "proven"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class AuthorityAdjustment:
    """Our site against the competitors' sites on one scale; `multiplier` is within 1..2."""

    own: float | None
    competitors_mean: float | None
    scale: str | None
    multiplier: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class IndexNeed:
    """The need as one link index counts it."""

    provider: str
    per_page: tuple[int | None, ...]
    mean: float | None
    even_field: int | None
    median: float | None
    low: int | None
    high: int | None
    needed: int | None
    base: float | None = None


@dataclass(frozen=True, slots=True)
class CappedPage:
    """A page with far more links than the median, and what it counts as."""

    url: str
    count: int
    counted_as: int


@dataclass(frozen=True, slots=True)
class Need:
    """How many referring domains the current top 3 have, and how many we would need.

    `even_field` = ceil(base), `needed` = ceil(base × multiplier), where base is the mean with no
    page counted for more than four times the median: `capped` are the pages that have more, and
    `distorted_by` is the URL of the largest. `mean` and `median` are uncapped. All values are the
    first index's counts, except `low` and `high`, which span the counts of all indexes asked.
    """

    metric: str
    per_page: tuple[int | None, ...]
    mean: float | None
    even_field: int | None
    median: float | None
    low: int | None
    high: int | None
    distorted_by: str | None
    authority: AuthorityAdjustment
    needed: int | None
    have: int | None
    gap: int | None
    by_index: tuple[IndexNeed, ...] = ()
    base: float | None = None
    capped: tuple[CappedPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Competitor:
    """A page in the top 3 that is not ours. `position` is None for a page named with `vs:`.

    `site_referring_domains` is the whole site's count, never a stand-in for the page's.
    """

    position: int | None
    url: str
    domain: str
    title: str | None
    referring_domains: int | None
    backlinks: int | None
    authority: float | None
    authority_scale: str | None
    platform: bool
    site_referring_domains: int | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """One check that comes before links: intent or trust.

    `overruled`: the team set it aside. It is still reported, but never decides the verdict.
    """

    name: str
    state: str
    reason: str
    overruled: bool = False


@dataclass(frozen=True, slots=True)
class IndexLink:
    """What one link index says about a prospect; `authority` is on its own scale, `trust` 0..1."""

    provider: str
    authority: float | None
    authority_scale: str | None
    trust: float | None
    link: LinkKind | None
    first_seen: date | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """A domain that links to competitors but not to us. `score` is 0..100.

    `links_to` are the competitors' URLs (page level) and domains (site level) that it links to:
    `links_to_pages` and `links_to_sites` say how many of each. `relevance` and `trust` are 0..1;
    `seen_by` are the indexes that saw the link, `by_index` what each of them says if several did.
    `topic` is an index's category for the domain, `example_title` the title of `example_page`.
    """

    domain: str
    score: float
    reasons: tuple[str, ...]
    links_to: tuple[str, ...]
    level: Scope
    absence: Absence
    authority: float | None
    authority_scale: str | None
    traffic: int | None
    relevance: float | None
    trust: float | None
    link: LinkKind | None
    example_page: str | None
    anchor: str | None
    first_seen: date | None
    seen_by: tuple[str, ...]
    by_index: tuple[IndexLink, ...] = ()
    topic: str | None = None
    links_to_pages: int = 0
    links_to_sites: int = 0
    example_title: str | None = None

    @property
    def spam(self) -> bool:
        """Say whether an index marks the domain as spam: then it is never among the best."""
        return self.trust == 0


@dataclass(frozen=True, slots=True)
class Unproven:
    """A domain that links to competitors and might already link to us: this could not be checked.

    `links_to` as in `Prospect`.
    """

    domain: str
    links_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnseenLinks:
    """How many referring domains of a competitor all indexes miss that read it completely.

    `seen` is how many domains they saw together. The missing ones are at least about `least`,
    within `low` and `high` at 90 %; all three are None where nothing can be said, and `reason` says
    why.
    """

    target: str
    level: Scope
    indexes: tuple[str, ...]
    seen: int
    least: int | None = None
    low: int | None = None
    high: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveEstimate:
    """About how many referring domains a page has, by a sample of an open archive. No count.

    Of `site_linkers` sites that link to the page's site, `sites_read` were read and `sites_unread`
    could not be; `pages_read` of their pages were looked at, and `seen` sites link to the page for
    certain. The truth is about `about`, within `low` and `high` at 90 %. All three are None where
    nothing was read; `note` says why, or why the reading ended early. `whole`: all archived pages
    of the sites were read; if not, `about` is rather too low.
    """

    url: str
    about: int | None = None
    low: int | None = None
    high: int | None = None
    seen: int = 0
    site_linkers: int | None = None
    sites_read: int = 0
    sites_unread: int = 0
    pages_read: int = 0
    whole: bool = False
    release: str | None = None
    crawl: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One question to one vendor, and how it ended. `note` says why when it is not `ok`.

    `what` is for people; `capability` is its name in docs/providers.md, None where nothing was
    asked on purpose.
    """

    provider: str
    what: str
    state: SourceState
    rows: int | None
    complete: bool | None
    as_of: datetime | None
    note: str | None = None
    capability: str | None = None


@dataclass(frozen=True, slots=True)
class CostLine:
    """What a vendor's pool was charged, and the worst case reserved before the requests."""

    provider: str
    pool: str
    units: int
    micro_usd: int | None
    estimated_units: int


@dataclass(frozen=True, slots=True)
class Report:
    """One complete answer. `page` is our page; "none" when the asker says we have none.

    `results` are all rows of the search results that were read, ours too. `position` is our best
    rank among them; None: not among them, or nothing was read. `prospects` are proven not to link
    to us wherever an index can be asked; `unproven` are those that could not be checked. If no
    connected index can prove it, all are in `prospects`, unproven. `proposed_page` may be ours and
    needs confirmation. `checklist` is what most of the top pages show their readers and ours does
    not, `coverage` the topics they share and ours lacks, best first. `unseen` has a row for each
    competitor that two or more indexes read completely. `archive` estimates pages where no index
    counts any; no other number is made from it.
    """

    keyword: str
    market: Market
    site: str | None
    page: str | None
    verdict: Verdict
    need: Need
    competitors: tuple[Competitor, ...]
    gates: tuple[Gate, ...]
    prospects: tuple[Prospect, ...]
    sources: tuple[Source, ...]
    cost: tuple[CostLine, ...]
    taken_at: datetime
    difficulty: float | None = None
    dropped: dict[str, int] | None = None
    sample: bool = False
    proposed_page: str | None = None
    checklist: tuple[str, ...] = ()
    coverage: tuple[str, ...] = ()
    results: tuple[SerpRow, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    position: int | None = None
    site_referring_domains: int | None = None
    unseen: tuple[UnseenLinks, ...] = ()
    archive: tuple[ArchiveEstimate, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was found out: no count, no prospect, and no verdict without them."""
        counts = [one.referring_domains for one in self.competitors]
        found = any(count is not None for count in (*counts, *self.need.per_page, self.need.have))
        found = found or any(one.about is not None for one in self.archive)
        listed = bool(self.prospects or self.unproven)
        return self.verdict is Verdict.UNKNOWN and not found and not listed


_ADAPTER = TypeAdapter(Report)


def to_json(report: Report, *, indent: int | None = None) -> str:
    """Return the documented JSON of a report."""
    return _ADAPTER.dump_json(report, indent=indent).decode("utf-8")


def from_json(text: str) -> Report:
    """Read a stored report back; raises `pydantic.ValidationError` on anything else."""
    return _ADAPTER.validate_json(text)


def schema() -> dict[str, object]:
    """Return the JSON Schema that docs/report.schema.json must equal."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_ADAPTER.json_schema(mode="serialization"),
    }
