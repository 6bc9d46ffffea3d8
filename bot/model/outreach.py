"""What a team did about the domains on its lists: who writes to whom, and what came of it.

An entry is one domain for one site (client) of a team. People move its status; what the bot saw on
the page itself is kept beside it, in `Verification`, and only that can make an entry `won`.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.common.domains import host_of, is_public_suffix, registrable, under_private_suffix
from bot.model.links import LinkKind, Market
from bot.model.report import Prospect

FORMER = "a former colleague"
"""The owner of what a person did whose data was deleted."""
NO_SITE = ""
"""The site of prospects of questions that name no site."""
NOTE_LENGTH = 500
WITHHELD = "withheld"
"""The reason under which a report counts whom it leaves out because of outreach."""


class Status(StrEnum):
    """Where an entry stands. STALE is a claim that nobody touched for the team's `claim_days`."""

    NEW = "new"
    CLAIMED = "claimed"
    CONTACTED = "contacted"
    REPLIED = "replied"
    WON = "won"
    DECLINED = "declined"
    STALE = "stale"
    NOT_FOR_US = "not_for_us"


OPEN = frozenset({Status.NEW, Status.STALE, Status.CLAIMED})
"""Entries that may still be offered for their site; the others never again."""
ASKED = frozenset({Status.CONTACTED, Status.REPLIED, Status.WON, Status.DECLINED})
"""Entries whose domain was written to, or was won."""


class Method(StrEnum):
    """How a link was acquired. Search engines' policies treat exchange and purchase differently."""

    ORGANIC = "organic"
    EXCHANGE = "exchange"
    SELF_SUBMITTED = "self_submitted"
    PURCHASE = "purchase"
    OTHER = "other"


class Verified(StrEnum):
    """What the bot saw of a link to us. UNREADABLE (wall, robots, timeout) is never LOST.

    LIVE: on the page. COUNTED: and a link index names it too. NOT_THERE: the whole page was seen
    without it. LOST: it was live, then seen twice without it, and no index names it any more.
    """

    LIVE = "live"
    COUNTED = "counted"
    NOT_THERE = "not_there"
    LOST = "lost"
    UNREADABLE = "could_not_read"


@dataclass(frozen=True, slots=True)
class Verification:
    """The last thing that the bot saw of the link: on which page, what kind, with which anchor."""

    state: Verified
    at: datetime
    page: str | None = None
    link: LinkKind | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One domain for one site. `id` is opaque, for buttons; `owner` is a Slack user id or a name.

    `since` is when the status began, `touched_at` when anybody last did anything about it,
    `contacted_at` when somebody first said that they wrote to it.
    """

    id: str
    site: str
    domain: str
    status: Status
    owner: str | None
    since: datetime
    touched_at: datetime
    contacted_at: datetime | None = None
    method: Method | None = None
    note: str = ""
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class Whom:
    """A domain as a team's prospect for one of its sites; `site` None: of questions without one."""

    team: str
    site: str | None
    domain: str


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, where, and with which click: the same one is never counted twice.

    `person` is a Slack user id or a name, `door` such as `slack` or `command line`.
    """

    person: str
    door: str
    click: str | None = None


class Event(StrEnum):
    """What a line of the history is about: STATUS has `was` and `now` of a status."""

    STATUS = "status"
    NOTE = "note"
    METHOD = "method"
    VERIFIED = "verified"
    OPENED = "opened"
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change, never edited: what, from and to what, who (None: time, or the bot) and where.

    `door` names the place it came through, such as `slack` or `command line`.
    """

    at: datetime
    event: Event
    was: str | None
    now: str | None
    who: str | None
    door: str


class Refusal(StrEnum):
    """Why a change was not made. The entry beside it says who holds it, and since when."""

    HELD = "held"
    ASKED = "asked"
    ENDED = "ended"
    SUPPRESSED = "suppressed"
    ONLY_SEEN = "only_seen"
    BY_TIME = "by_time"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish to change an entry; `entry` is how it stands now.

    `refused` None: it stands as wished. `repeated`: this very click was counted before.
    `elsewhere`: for another site of the team somebody claimed or asked this domain: warn, without
    naming the site.
    """

    entry: Entry
    changed: bool = False
    refused: Refusal | None = None
    repeated: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    """A domain or an e-mail address that nobody of the team writes to, ever."""

    what: str
    by: str | None
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """The domains and addresses that are not offered for a site.

    `suppressed` holds for the whole team, with all below a domain; `asked` are the domains that
    were asked, won or set aside for this site.
    """

    suppressed: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()

    @property
    def domains(self) -> frozenset[str]:
        """Return all domains that are withheld."""
        return self.asked | frozenset(one for one in self.suppressed if "@" not in one)

    def is_suppressed(self, domain: str) -> bool:
        """Say whether a domain, or one above it, is on the list Never contact."""
        return bool(self.suppressed) and not self.suppressed.isdisjoint(_at_or_above(domain))

    def is_withheld(self, domain: str) -> bool:
        """Say whether a domain must not be offered."""
        return domain in self.asked or self.is_suppressed(domain)

    def among(self, domains: AbstractSet[str]) -> set[str]:
        """Return those of many domains that are withheld."""
        out = {*(self.domains & domains)}
        # Only a name of three parts can be below another that somebody registers.
        return out | {one for one in domains if one.count(".") > 1 and self.is_suppressed(one)}

    def may_write_to(self, address: str) -> bool:
        """Say whether a mail may go to an address: neither it nor its domain is suppressed."""
        read = read_address(address)
        return (
            read is not None
            and read not in self.suppressed
            and not self.is_suppressed(read.partition("@")[2])
        )


@dataclass(frozen=True, slots=True)
class Sighting:
    """A prospect as one report showed it, with our page and position there."""

    keyword: str
    market: Market
    taken_at: datetime
    prospect: Prospect
    page: str | None = None
    position: int | None = None


def _at_or_above(domain: str) -> Iterable[str]:
    labels = domain.split(".")
    return (".".join(labels[at:]) for at in range(len(labels)))


def read_domain(text: str) -> str | None:
    """Return the registrable domain that a text names, folded; None if it names none.

    A public suffix such as `co.uk` is nobody's; a private one (`blogspot.com`) is all sites below.
    """
    domain = registrable(text.strip())
    if domain is None or (is_public_suffix(domain) and under_private_suffix(domain)):
        return None
    return domain


def read_address(text: str) -> str | None:
    """Return an e-mail address as one of its mailbox: folded, without `mailto:` and `+tag`."""
    words = text.strip()
    words = words[7:] if words[:7].casefold() == "mailto:" else words
    name, sign, host = words.partition("?")[0].rpartition("@")
    name = name.strip().casefold().partition("+")[0]
    folded = host_of(host) if sign and read_domain(host) else None
    if folded is None or not name or any(one.isspace() or one in "<>,;:/@" for one in name):
        return None
    return f"{name}@{folded}"


def read_suppressed(text: str) -> str | None:
    """Return a domain or an address for the list Never contact; None if it is neither."""
    is_address = "@" in text and "://" not in text
    return read_address(text) if is_address else read_domain(text)
