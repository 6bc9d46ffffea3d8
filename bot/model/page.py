"""The facts about a page that the gates and `linkgap page` use.

`None` means unknown or not found, never "no". Only `bot.pages` creates these; any code may read
them.
"""

from dataclasses import asdict, dataclass
from datetime import date

KINDS = (
    "list",
    "guide",
    "product",
    "category",
    "tool",
    "forum",
    "review",
    "news",
    "video",
    "profile",
    "other",
)
_INTERNAL = ("headings", "vocabulary")


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Absolute URLs of the pages that readers look for before they trust a site."""

    about: str | None = None
    contact: str | None = None
    privacy: str | None = None
    editorial: str | None = None


@dataclass(frozen=True, slots=True)
class TrustSign:
    """One thing that readers look for. `present` None: it could not be determined."""

    name: str
    present: bool | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page as read. `readable` False: everything else is unknown, `kind_evidence` says why.

    `kind` is one of `KINDS`, or None when the page does not show it clearly enough. `words` counts
    the visible text; `outbound_domains` are registrable and exclude the page's own. `headings` (h1
    to h3, in order) and `vocabulary` (lower-case words of the text) are for comparing topics and
    are not printed.
    """

    url: str | None
    readable: bool
    kind: str | None = None
    kind_evidence: tuple[str, ...] = ()
    language: str | None = None
    title: str | None = None
    author: str | None = None
    organisation: str | None = None
    published: date | None = None
    modified: date | None = None
    words: int | None = None
    links: PageLinks = PageLinks()
    emails: tuple[str, ...] = ()
    outbound_domains: tuple[str, ...] = ()
    schema_types: tuple[str, ...] = ()
    trust: tuple[TrustSign, ...] = ()
    headings: tuple[str, ...] = ()
    vocabulary: frozenset[str] = frozenset()


def to_dict(facts: PageFacts) -> dict[str, object]:
    """Return the documented keys of `linkgap page --json`; dates as ISO text, unknown as None."""
    kept = {key: value for key, value in asdict(facts).items() if key not in _INTERNAL}
    for key in ("published", "modified"):
        kept[key] = kept[key] and kept[key].isoformat()
    return kept
