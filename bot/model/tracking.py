"""What is tracked, what each read found, and what a week changed.

Field names of `Digest` and what it holds are the keys of the documented JSON (docs/tracking.md).
`None` means unknown, never zero. Moments are aware.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import computed_field

from bot.model.links import LinkKind, SerpRow
from bot.model.question import SiteQuestion
from bot.model.report import CostLine, Unproven


@dataclass(frozen=True, slots=True)
class TrackedKeyword:
    """A keyword that one channel tracks for one of its sites; `id` is opaque and safe to show.

    `question` has the market, site, our page and the vendors, as for a `/gap`.
    """

    id: str
    team: str
    channel: str
    question: SiteQuestion
    paused: bool
    created_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CompetitorCount:
    """A competitor's page among a snapshot's target pages, with its live referring domains."""

    url: str
    domain: str
    referring_domains: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One read of a tracked keyword.

    `serp` are all rows read, ours too. `competitors` are the windowed top 3, on which the need was
    counted. `position` is our best organic rank among `serp`; None with rows: not among them.
    `index` is the link index that counted; another index counts differently, so a change of index
    is no change of links. `reread`: new links were read up to here, so the next refresh asks only
    for newer ones. A `/gap` between refreshes does not set it. `sample`:
    results or counts were invented.
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
    sample: bool = False


class Outlook(StrEnum):
    """The forecast for the gap."""

    CLOSED = "closed"
    CLOSING = "closing"
    NOT_AT_THIS_PACE = "not_at_this_pace"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Net new referring domains per month, ours and the need's, and the months until the gap is 0.

    `months` is None unless the outlook is CLOSING (or 0.0 when CLOSED).
    """

    outlook: Outlook
    own_pace: float | None
    need_pace: float | None
    months: float | None


@dataclass(frozen=True, slots=True)
class ForecastCheck:
    """An earlier forecast compared with the result: the gap forecast for now, and the gap now.

    `no_change` is the gap of then: what a forecast that nothing moves would have said. `nearer`
    says whether the forecast was nearer than that; None: both were as far off. `right`: near enough
    to what came, and not farther off than no change.
    """

    made_at: datetime
    foreseen: int
    found: int
    right: bool
    no_change: int
    nearer: bool | None


@dataclass(frozen=True, slots=True)
class LinkLedger:
    """Why the count of our page moved; the parts add up to `net`, the change of `have`.

    `won` came and `lost` were seen to be gone. `left_index` are still live and in the index no
    more, `unchecked` left the index and could not be looked at. `unnamed` is what the count moved
    by besides: above 0 more came than were named, below 0 more went.
    """

    won: int
    lost: int
    left_index: int
    unchecked: int
    unnamed: int
    net: int


@dataclass(frozen=True, slots=True)
class GapReasons:
    """Why a gap moved, in links by which each reason moved it; they add up to `change`.

    Their order is that in which they are reckoned: what `index`, another link index, changed;
    `method`, a new way to count; `competitors_links`, those of pages that stayed in the top 3;
    `pages`, that other pages are in it; `multiplier`, the authority of the sites; `other`, what
    cannot be told apart because a count is missing; `our_page`, that another page of ours is
    counted; and `ours`, our own links, below 0 where they came. A gap stops at 0, so a reason that
    moves only what is beyond counts 0.
    """

    change: int
    index: int = 0
    method: int = 0
    competitors_links: int = 0
    pages: int = 0
    multiplier: int = 0
    other: int = 0
    our_page: int = 0
    ours: int = 0


@dataclass(frozen=True, slots=True)
class KeywordLine:
    """One keyword's row in a digest. Changes are since the previous digest; None: unknown.

    `gap_change` below 0 means closer. `position_change` below 0 means a better rank.
    `competitors_gained` is how many new competitor links were seen. `entered` and `left` are the
    pages that changed the target set. `read_at` is the latest snapshot's moment. `page_before` and
    `gap_before`: our page was another one, and the gap that it had. `gained_at_least`: of a page as
    many new links were read as are asked for, so there may be more. `compared_at`: when the read
    was that the changes are against. `ledger` is None where `have_change` is. `why` is also told
    where another index or page of ours is counted, of which `gap_change` says nothing.
    `needs_a_month` are the links a month that would close an open gap within a year.
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
    compared_at: datetime | None = None
    ledger: LinkLedger | None = None
    why: GapReasons | None = None
    needs_a_month: int | None = None

    @computed_field(
        description="Use competitors_gained: this old name ends with the next release.",
        json_schema_extra={"deprecated": True},
    )
    def rivals_gained(self) -> int:
        """Return `competitors_gained` by its old name."""
        return self.competitors_gained


@dataclass(frozen=True, slots=True)
class NewCompetitorLink:
    """A domain that began to link to a competitor and does not link to us. `score` is 0..100.

    `competitor` is the competitor's page, `page` the linking page (None: not bought), `why` is in
    words. `keyword` is the one it matters most for, of our `site`; `keywords` are all for which it
    is new. `title` and `anchor` are those of the linking page.
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
    title: str | None = None
    anchor: str | None = None
    site: str | None = None


class ToDoKind(StrEnum):
    """What a digest proposes."""

    WRITE = "write"
    WIN_BACK = "win_back"
    TURN_TO = "turn_to"
    MAKE_PAGE = "make_page"
    NAME_PAGE = "name_page"


@dataclass(frozen=True, slots=True)
class ToDo:
    """One proposal with what it takes to act on it: `words` is the sentence.

    WRITE: `domain` links to `competitor` from `page`. WIN_BACK: `page` of `domain` linked to us.
    The others are about a keyword; `id` is the one in its row. `reason` is why it is proposed now:
    without a new one it is not proposed again.
    """

    kind: ToDoKind
    words: str
    keyword: str | None
    reason: str
    id: str | None = None
    domain: str | None = None
    page: str | None = None
    title: str | None = None
    anchor: str | None = None
    competitor: str | None = None

    @property
    def subject(self) -> str:
        """Return what it is about: a domain, or a keyword by its id."""
        return self.domain or self.id or ""


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
    """The remaining gap of a keyword in a week; `keyword` None: the sum over those of a client.

    `need` and `have` go with it; in a sum, `have` is what fills the need: the need less the gap.
    """

    day: date
    keyword: str | None
    gap: int
    site: str | None = None
    need: int | None = None
    have: int | None = None


class StepKind(StrEnum):
    """Why a client's sum makes a step that is no link won or lost."""

    ADDED = "added"
    ENDED = "ended"
    PAGE = "page"
    COMPETITOR = "competitor"
    ENTERED_TOP3 = "entered_top3"
    LEFT_TOP3 = "left_top3"


@dataclass(frozen=True, slots=True)
class GapStep:
    """A step in the gap in the week of a Monday; `page` is our new page, or a new competitor's."""

    day: date
    site: str | None
    keyword: str
    kind: StepKind
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A keyword without a read this week, and why; `id` is the one in its row, if it has one.

    `since` is its first failed read, None: it was not tried. `told_before`: an earlier digest said
    so. Among those that are read again, it failed from then on, with that reason at last.
    """

    id: str
    keyword: str
    reason: str
    since: datetime | None = None
    told_before: bool = False


@dataclass(frozen=True, slots=True)
class ClientWeek:
    """The week of one client (a site) of a channel that follows several, in one sentence."""

    site: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Digest:
    """The report to a channel on one ISO week (`2026-W48`, in the channel's own time zone).

    `changed` False: there is nothing to post. `unchecked_losses` left the index, and it could not
    be checked whether they still link. `links_to_both` link to us already, and now to a
    competitor too; `unproven` are new to a competitor, and whether they link to us could not be
    checked. `clients` are those of a channel that follows several sites, else none: nothing is
    summed over two of them. `time_zone` is the channel's own.
    `ledger` adds up the links of all our pages, None: no count can be compared. `read_again` could
    not be read when the digest before was told, and can. `recounted`: it is held against reads
    whose need was counted again, because the method changed. `by_release` are the indexes of it
    whose new and lost links are unknown, because each release of them stands alone. `effect` says
    whether the links that the team won moved its positions, in the first digest of a month; None:
    nothing can be said.
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
    gap_steps: tuple[GapStep, ...] = ()
    links_to_both: tuple[NewCompetitorLink, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    clients: tuple[ClientWeek, ...] = ()
    time_zone: str = "UTC"
    to_do: tuple[ToDo, ...] = ()
    ledger: LinkLedger | None = None
    read_again: tuple[Unread, ...] = ()
    recounted: bool = False
    by_release: tuple[str, ...] = ()
    effect: str | None = None

    @property
    def nothing_read(self) -> bool:
        """Say whether none of the keywords that have been read before could be read now."""
        failed = {one.id for one in self.unread}
        return bool(self.keywords) and failed.issuperset(line.id for line in self.keywords)


class Moment(StrEnum):
    """What may interrupt a channel between digests; all off by default except WON."""

    ENTERED_TOP3 = "entered_top3"
    LEFT_TOP3 = "left_top3"
    ENTERED_TOP10 = "entered_top10"
    LEFT_TOP10 = "left_top10"
    WON = "won"
    LOST_STRONG = "lost_strong"


@dataclass(frozen=True, slots=True)
class Alert:
    """One event; `domain` for links, `position` for ranks (None: not in the rows read).

    `count` links were won by the count of our page, and by whom was not asked yet. `sample`: the
    data is invented.
    """

    moment: Moment
    keyword: str
    domain: str | None = None
    page: str | None = None
    position: int | None = None
    count: int | None = None
    sample: bool = False
