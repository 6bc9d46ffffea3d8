"""What is watched, what each read of it found, and what a week changed.

Field names of `Digest` and what it holds are the keys of the documented JSON (docs/tracking.md).
`None` means unknown, never zero. Moments are aware.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.model.links import LinkKind, SerpRow
from bot.model.question import Question
from bot.model.report import CostLine, Unproven


@dataclass(frozen=True, slots=True)
class TrackedKeyword:
    """A keyword that one channel follows for one of its sites; `id` is opaque and safe to show.

    `question` says market, site, our page and the vendors, as a `/gap` does.
    """

    id: str
    team: str
    channel: str
    question: Question
    paused: bool
    created_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CompetitorCount:
    """A competitor's page in a snapshot's target set, with its live referring domains."""

    url: str
    domain: str
    referring_domains: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One read of a tracked keyword.

    `serp` are all rows read, ours too. `competitors` are the windowed top 3: what the need was
    counted on. `position` is our best organic rank among `serp`; None with rows: not among them.
    `index` is the link index that counted: another one counts differently, and nothing has changed
    by it. `reread`: links that are newer than it have not been asked for; a `/gap` in between is
    none.
    """

    run_id: str
    taken_at: datetime
    serp: tuple[SerpRow, ...]
    competitors: tuple[CompetitorCount, ...]
    even_field: int | None
    multiplier: float
    needed: int | None
    have: int | None
    gap: int | None
    page: str | None
    position: int | None
    index: str = ""
    reread: bool = True


class Outlook(StrEnum):
    """What the pace says of the gap."""

    CLOSED = "closed"
    CLOSING = "closing"
    NOT_AT_THIS_PACE = "not_at_this_pace"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Net new referring domains a month, ours and the need's, and the months until the gap is 0.

    `months` is None unless the outlook is CLOSING (or 0.0 when CLOSED).
    """

    outlook: Outlook
    own_pace: float | None
    need_pace: float | None
    months: float | None


@dataclass(frozen=True, slots=True)
class ForecastCheck:
    """An earlier forecast held against what came: the gap it foresaw for now, and the gap now."""

    made_at: datetime
    foreseen: int
    found: int
    right: bool


@dataclass(frozen=True, slots=True)
class KeywordLine:
    """One keyword's row in a digest. Changes are against the digest before; None: unknown.

    `gap_change` below 0 means closer. `position_change` below 0 means a better rank.
    `competitors_gained` is how many new competitor links were seen. `entered` and `left` are the
    pages that changed the target set. `read_at` is the latest snapshot's moment. `page_before` and
    `gap_before`: our page was another one, and the gap that it had. `gained_at_least`: of a page as
    many new links were read as are asked for, so there may be more.
    """

    id: str
    keyword: str
    site: str | None
    country: str
    language: str
    page: str | None
    need: int | None
    have: int | None
    gap: int | None
    need_change: int | None
    have_change: int | None
    gap_change: int | None
    position: int | None
    position_before: int | None
    position_change: int | None
    months_to_close: float | None
    outlook: Outlook
    own_pace: float | None
    need_pace: float | None
    forecast_check: ForecastCheck | None
    competitors_gained: int
    entered: tuple[str, ...]
    left: tuple[str, ...]
    read_at: datetime
    page_before: str | None = None
    gap_before: int | None = None
    gained_at_least: bool = False


@dataclass(frozen=True, slots=True)
class NewCompetitorLink:
    """A domain that began to link to a competitor and does not link to us. `score` is 0..100.

    `competitor` is the competitor's page, `page` the linking page (None: not bought), `why` is in
    words. `keyword` is the one it matters most for, `keywords` are all it is new to.
    `absence_proven` False: nobody could be asked whether it links to us.
    """

    domain: str
    competitor: str
    keyword: str
    page: str | None
    first_seen: date | None
    score: float
    why: str
    keywords: tuple[str, ...]
    authority: float | None
    authority_scale: str | None
    link: LinkKind | None
    absence_proven: bool = True


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A link to us that was won or lost. `target` is our page or site, `page` the linking page."""

    domain: str
    target: str
    keyword: str | None
    page: str | None
    first_seen: date | None
    authority: float | None
    authority_scale: str | None


@dataclass(frozen=True, slots=True)
class GapPoint:
    """The remaining gap of a keyword on a day; `keyword` None: the sum over all."""

    day: date
    keyword: str | None
    gap: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A keyword without a read this week, and why; `id` is that of its line, if it has one."""

    id: str
    keyword: str
    reason: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What a channel hears of one ISO week (`2026-W48`, in the channel's own time zone).

    `changed` False: there is nothing to post. `unchecked_losses` left the index, and whether they
    still link could not be seen. `links_to_both` link to us already, and now to a competitor too;
    `unproven` are new to a competitor, and whether they link to us could not be checked.
    """

    week: str
    channel: str
    sentence: str
    keywords: tuple[KeywordLine, ...]
    new_competitor_links: tuple[NewCompetitorLink, ...]
    won: tuple[OwnLink, ...]
    lost: tuple[OwnLink, ...]
    cost: tuple[CostLine, ...]
    suggestions: tuple[str, ...]
    taken_at: datetime
    since: datetime | None
    changed: bool
    sample: bool = False
    unread: tuple[Unread, ...] = ()
    unchecked_losses: int = 0
    paused: int = 0
    gap_history: tuple[GapPoint, ...] = ()
    links_to_both: tuple[NewCompetitorLink, ...] = ()
    unproven: tuple[Unproven, ...] = ()

    @property
    def nothing_read(self) -> bool:
        """Say whether no keyword that was read before could be read now."""
        failed = {one.id for one in self.unread}
        return bool(self.keywords) and failed.issuperset(line.id for line in self.keywords)


class Moment(StrEnum):
    """What may interrupt a channel between digests; all off by default but WON."""

    ENTERED_TOP3 = "entered_top3"
    LEFT_TOP3 = "left_top3"
    ENTERED_TOP10 = "entered_top10"
    LEFT_TOP10 = "left_top10"
    WON = "won"
    LOST_STRONG = "lost_strong"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that happened; `domain` for links, `position` for ranks (None: not read there).

    `count` links were won by the count of our page, and by whom was not asked yet.
    """

    moment: Moment
    keyword: str
    domain: str | None = None
    page: str | None = None
    position: int | None = None
    count: int | None = None
