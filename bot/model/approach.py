"""How a prospect can be approached: why they would link, whom to write to, and what to write.

`None` means unknown or not found, never "no".
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.model.links import LinkKind


class AngleKind(StrEnum):
    """What kind of linking page it is, as far as that decides what to ask for."""

    RESOURCE_LIST = "resource_list"
    COMPARISON = "comparison"
    GUEST_POST = "guest_post"
    NEWS_MENTION = "news_mention"
    INTERVIEW = "interview"
    FORUM = "forum"
    DIRECTORY = "directory"
    BROKEN_LINK = "broken_link"
    ARTICLE = "article"
    OTHER = "other"


NAMED = {
    AngleKind.RESOURCE_LIST: "a resource list",
    AngleKind.COMPARISON: "a comparison",
    AngleKind.GUEST_POST: "a guest post",
    AngleKind.NEWS_MENTION: "a news mention",
    AngleKind.INTERVIEW: "an interview",
    AngleKind.FORUM: "a forum",
    AngleKind.DIRECTORY: "a directory",
    AngleKind.BROKEN_LINK: "a broken link",
    AngleKind.ARTICLE: "an article",
    AngleKind.OTHER: "another kind of page",
}
"""The kinds in words."""


class Way(StrEnum):
    """How a page publishes an address or another way to be reached."""

    MAILTO = "a mail link"
    PROTECTED = "a protected mail link"
    WRITTEN = "written on the page"
    SPELT = "spelled out on the page"
    SCHEMA = "schema.org data"
    FORM = "a contact form"
    PAGE = "a contact page"
    UNREAD = "a contact page that was not read"


@dataclass(frozen=True, slots=True)
class Published:
    """One address as a page publishes it."""

    address: str
    how: Way


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link that the page has today. `in_text` False: in a menu or a footer."""

    url: str
    anchor: str
    in_text: bool
    kind: LinkKind = LinkKind.FOLLOW


@dataclass(frozen=True, slots=True)
class Angle:
    """Why a page would link to us. `ask` is one line; `evidence` says what shows it.

    `easiest`: it links to a competitor's page that is gone. `broken` is that page's address.
    """

    kind: AngleKind
    ask: str
    evidence: tuple[str, ...]
    easiest: bool = False
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One published way to reach a site: an address, or the address of a contact page.

    `found_on` is the page that publishes it, and `read_at` says when that page was read. `role`:
    it names a task (info@), not a person. `own_domain`: it is at the site's own domain.
    """

    found_on: str
    read_at: datetime
    how: Way
    address: str | None = None
    form_url: str | None = None
    role: bool = False
    own_domain: bool = True


@dataclass(frozen=True, slots=True)
class ProspectReading:
    """What was read about one prospect. `why_unknown` says why there is no angle.

    `remarks` are sentences about what else could not be learned, such as a page that a robots.txt
    forbids. `links` are the links to competitors that `page` has today.
    """

    domain: str
    page: str | None
    angle: Angle | None = None
    why_unknown: str | None = None
    contacts: tuple[Contact, ...] = ()
    language: str | None = None
    title: str | None = None
    links: tuple[LinkSeen, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """The facts that a letter may state. A sentence that needs a missing one is left out."""

    their_site: str
    their_page: str
    our_site: str
    their_title: str | None = None
    competitor: str | None = None
    anchor: str | None = None
    broken_page: str | None = None
    our_page: str | None = None
    our_title: str | None = None
    topic: str | None = None
    our_name: str | None = None
    our_firm: str | None = None
    postal_address: str | None = None
    to: str | None = None
    found_on: str | None = None
    found_at: date | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that nobody has sent. `to` None: it is meant for a contact form.

    `missing` says what the letter lacks, `notes` what recipients' countries ask for.
    """

    subject: str
    body: str
    to: str | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
