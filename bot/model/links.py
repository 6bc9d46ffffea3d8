"""The data types of link building, used everywhere (terms: docs/glossary.md).

Frozen dataclasses without behaviour, and which kind of link counts. `None` always means *unknown*,
never zero. Domains are registrable, ASCII and lower case (see `bot.common.domains`); vendors ensure
that in `parse`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Scope(StrEnum):
    """The two levels a profile can be read at; they answer different questions."""

    PAGE = "page"
    SITE = "site"


class Scale(StrEnum):
    """Whose authority number it is. Two scales are never averaged or compared."""

    DR = "DR"  # Ahrefs Domain Rating, 0-100
    AS = "AS"  # Semrush Authority Score, 0-100
    TF = "TF"  # Majestic Trust Flow, 0-100
    DA = "DA"  # Moz Domain Authority, 0-100
    RANK = "rank"  # DataForSEO rank, 0-1000
    CC = "CC"  # Common Crawl harmonic centrality, 0-100
    SAMPLE = "sample"  # the invented numbers of the demo, 0-100


class LinkKind(StrEnum):
    """FOLLOW: not nofollow, not ugc, not sponsored. The others are hints, counted separately."""

    FOLLOW = "follow"
    NOFOLLOW = "nofollow"
    UGC = "ugc"
    SPONSORED = "sponsored"


BEST_KINDS_FIRST = (LinkKind.FOLLOW, LinkKind.SPONSORED, LinkKind.UGC, LinkKind.NOFOLLOW)
"""In order of value to a link builder; of several links of a domain the best kind counts."""


def best_kind(kinds: Iterable[LinkKind | None]) -> LinkKind | None:
    """Return the kind of link that a link builder values most; None if none is known."""
    return min((kind for kind in kinds if kind), key=BEST_KINDS_FIRST.index, default=None)


@dataclass(frozen=True, slots=True)
class Authority:
    """A domain's strength on its vendor's scale."""

    value: float
    scale: Scale


@dataclass(frozen=True, slots=True)
class Market:
    """Where the search happens: ISO 3166 alpha-2 country, ISO 639-1 language, lower case."""

    country: str
    language: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a profile is about: `value` is a page's absolute URL or a site's registrable domain."""

    scope: Scope
    value: str


@dataclass(frozen=True, slots=True)
class SerpRow:
    """One organic result. `position` is our organic rank from 1; rows are pages, not domains.

    `authority` is the ranking *site's*; the counts are the ranking *page's*, live links only.
    `kind` is the vendor's classification, one of `bot.model.page.KINDS`: a second opinion.
    """

    position: int
    url: str
    title: str
    domain: str
    authority: Authority | None = None
    referring_domains: int | None = None
    backlinks: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class KeywordMetrics:
    """A vendor's estimates for a keyword; difficulty 0-100 usually refers to the top 10."""

    keyword: str
    difficulty: float | None = None
    volume: int | None = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """Live counts and authority of one page or site; traffic is monthly organic visits."""

    target: Target
    referring_domains: int | None = None
    backlinks: int | None = None
    authority: Authority | None = None
    traffic: int | None = None


@dataclass(frozen=True, slots=True)
class ReferringDomain:
    """A registrable domain with at least one live link to the target.

    `link` is the best kind of its links. `trust` is 0..1 from the index's own marks (0: marked as
    spam). `traffic` is the domain's monthly organic visits. `topic` is the index's category for the
    domain.
    """

    domain: str
    authority: Authority | None = None
    link: LinkKind | None = None
    trust: float | None = None
    traffic: int | None = None
    first_seen: date | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One live link, as far as the vendor shows it."""

    domain: str
    source_url: str
    target_url: str | None = None
    title: str | None = None
    anchor: str | None = None
    kind: LinkKind | None = None
    first_seen: date | None = None


@dataclass(frozen=True, slots=True)
class CountPoint:
    """How many referring domains a target had on a day."""

    day: date
    referring_domains: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What a vendor says is left. `limit` None: unlimited or not said."""

    pool: str
    used: int | None
    limit: int | None
    resets_on: date | None


@dataclass(frozen=True, slots=True)
class Profile:
    """The referring domains of one target as one index saw them.

    `complete` is False when the read was cut off: a link that is missing here may still exist.
    """

    target: Target
    provider: str
    rows: tuple[ReferringDomain, ...]
    complete: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A raw answer as it was received; enough for `parse` to read it again."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    taken_at: datetime
