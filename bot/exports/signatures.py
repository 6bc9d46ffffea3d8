"""Which header belongs to which tool and report. Names are matched whole, never in part.

The headers are those that public importers know; a new export is one entry here. The order matters:
the first signature whose marks are all present wins, so put the more specific one first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.model.links import Scale


class Kind(StrEnum):
    """What one row of the file stands for."""

    BACKLINKS = "backlinks"  # a link: from a page to a page
    BROKEN_BACKLINKS = "broken_backlinks"  # a link to a page of the target that is gone
    REFERRING_DOMAINS = "referring_domains"  # a domain that links to the one target
    LINKING_PAGES = "linking_pages"  # a page that links to the one target
    INTERSECT = "intersect"  # a page, and which of several targets it links to
    TARGET_PAGES = "target_pages"  # a page of the target, with its counts


# The kinds whose rows are all the links of a target, as far as the tool shows them.
PROFILES = frozenset({Kind.BACKLINKS, Kind.REFERRING_DOMAINS, Kind.LINKING_PAGES})


class Field(StrEnum):
    """What a column means."""

    SOURCE_URL = "source_url"
    SOURCE_DOMAIN = "source_domain"
    TITLE = "title"
    TARGET_URL = "target_url"
    TARGET_CODE = "target_code"
    ANCHOR = "anchor"
    AUTHORITY = "authority"
    TARGET_AUTHORITY = "target_authority"
    TRAFFIC = "traffic"
    SPAM = "spam"
    NOFOLLOW = "nofollow"
    UGC = "ugc"
    SPONSORED = "sponsored"
    FOLLOW_LINKS = "follow_links"
    LINKS = "links"
    LINKING_SITES = "linking_sites"
    GROUP = "group"
    FIRST_SEEN = "first_seen"
    LAST_SEEN = "last_seen"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Signature:
    """One report of one tool. `marks` are groups of headers, one of each must be present.

    `page_authority`: the authority is the linking page's, because the domain's is missing.
    `any_word_is_yes`: any word sets a flag. `sampled`: the tool never exports everything. `only`:
    no other columns may be present. `target_prefix`: the text before a target in the name of a
    column about it.
    """

    tool: str
    kind: Kind
    scale: Scale | None
    marks: tuple[tuple[str, ...], ...]
    columns: Mapping[str, Field]
    page_authority: bool = False
    any_word_is_yes: bool = False
    sampled: bool = False
    only: bool = False
    target_prefix: str = ""


GSC = "Search Console"
BING = "Bing Webmaster"
SEMRUSH = "Semrush"

_AHREFS_LINK = {
    "referring page url": Field.SOURCE_URL,
    "referring page title": Field.TITLE,
    "target url": Field.TARGET_URL,
    "target page http code": Field.TARGET_CODE,
    "anchor": Field.ANCHOR,
    "domain rating": Field.AUTHORITY,
    "dr": Field.AUTHORITY,
    "domain traffic": Field.TRAFFIC,
    "is spam": Field.SPAM,
    "nofollow": Field.NOFOLLOW,
    "ugc": Field.UGC,
    "sponsored": Field.SPONSORED,
    "links in group": Field.GROUP,
    "first seen": Field.FIRST_SEEN,
    "last seen": Field.LAST_SEEN,
    "lost": Field.LOST,
}

_LATEST_LINKS = Signature(
    GSC,
    Kind.LINKING_PAGES,
    None,
    (("linking page",), ("last crawled",)),
    {"linking page": Field.SOURCE_URL, "last crawled": Field.LAST_SEEN},
    sampled=True,
    only=True,
)
_SAMPLE_LINKS = Signature(
    GSC,
    Kind.LINKING_PAGES,
    None,
    (("linking page",),),
    {"linking page": Field.SOURCE_URL},
    sampled=True,
    only=True,
)
_LINKING_SITES = Signature(
    GSC,
    Kind.REFERRING_DOMAINS,
    None,
    (("site", "top linking sites"), ("linking pages",), ("target pages",)),
    {
        "site": Field.SOURCE_DOMAIN,
        "top linking sites": Field.SOURCE_DOMAIN,
        "linking pages": Field.LINKS,
    },
    sampled=True,
)
_TARGET_PAGES = Signature(
    GSC,
    Kind.TARGET_PAGES,
    None,
    (("target page",), ("incoming links",), ("linking sites",)),
    {
        "target page": Field.TARGET_URL,
        "incoming links": Field.LINKS,
        "linking sites": Field.LINKING_SITES,
    },
    sampled=True,
)

SIGNATURES = (
    Signature(
        "Ahrefs",
        Kind.BROKEN_BACKLINKS,
        Scale.DR,
        (("referring page url",), ("target url",), ("target page http code",)),
        _AHREFS_LINK,
    ),
    Signature(
        "Ahrefs",
        Kind.INTERSECT,
        Scale.DR,
        (("referring page url",), ("intersect",), ("domain rating", "dr")),
        _AHREFS_LINK,
    ),
    Signature(
        "Ahrefs",
        Kind.BACKLINKS,
        Scale.DR,
        (("referring page url",), ("target url",)),
        _AHREFS_LINK,
    ),
    Signature(
        "Ahrefs",
        Kind.REFERRING_DOMAINS,
        Scale.DR,
        (
            ("domain", "referring domain"),
            ("dr", "domain rating"),
            ("links to target", "referring domain"),
        ),
        {
            "domain": Field.SOURCE_DOMAIN,
            "referring domain": Field.SOURCE_DOMAIN,
            "dr": Field.AUTHORITY,
            "domain rating": Field.AUTHORITY,
            "is spam": Field.SPAM,
            "traffic": Field.TRAFFIC,
            "domain traffic": Field.TRAFFIC,
            "links to target": Field.LINKS,
            "backlinks": Field.LINKS,
            "dofollow links": Field.FOLLOW_LINKS,
            "first seen": Field.FIRST_SEEN,
            "lost": Field.LOST,
        },
    ),
    Signature(
        SEMRUSH,
        Kind.BACKLINKS,
        Scale.AS,
        (("page ascore", "page score"), ("source url",), ("target url",)),
        {
            # The older "Page score" is a different metric, so it gives no authority.
            "page ascore": Field.AUTHORITY,
            "source title": Field.TITLE,
            "source url": Field.SOURCE_URL,
            "target url": Field.TARGET_URL,
            "anchor": Field.ANCHOR,
            "nofollow": Field.NOFOLLOW,
            "sponsored": Field.SPONSORED,
            "ugc": Field.UGC,
            "first seen": Field.FIRST_SEEN,
            "last seen": Field.LAST_SEEN,
            "lost link": Field.LOST,
        },
        page_authority=True,
    ),
    Signature(
        SEMRUSH,
        Kind.REFERRING_DOMAINS,
        Scale.AS,
        (("domain ascore",), ("domain",), ("backlinks",)),
        {
            "domain ascore": Field.AUTHORITY,
            "domain": Field.SOURCE_DOMAIN,
            "backlinks": Field.LINKS,
            "first seen": Field.FIRST_SEEN,
            "last seen": Field.LAST_SEEN,
        },
    ),
    Signature(
        "Majestic",
        Kind.BACKLINKS,
        Scale.TF,
        (
            ("source url", "sourceurl"),
            ("target url", "targeturl"),
            ("flagnofollow", "acrank", "sourcetrustflow"),
        ),
        {
            "source url": Field.SOURCE_URL,
            "sourceurl": Field.SOURCE_URL,
            "target url": Field.TARGET_URL,
            "targeturl": Field.TARGET_URL,
            "anchor text": Field.ANCHOR,
            "anchortext": Field.ANCHOR,
            "sourcetrustflow": Field.AUTHORITY,
            "targettrustflow": Field.TARGET_AUTHORITY,
            "flagnofollow": Field.NOFOLLOW,
            "source first found date": Field.FIRST_SEEN,
            "firstindexeddate": Field.FIRST_SEEN,
            "source crawl date": Field.LAST_SEEN,
            "lastseendate": Field.LAST_SEEN,
            # Not seen in the last crawl, gone, or mentioned without a link: none of these is live.
            "flagoldcrawl": Field.LOST,
            "flagdeleted": Field.LOST,
            "datelost": Field.LOST,
            "flagmention": Field.LOST,
        },
        page_authority=True,
        any_word_is_yes=True,
    ),
    Signature(
        "Majestic",
        Kind.REFERRING_DOMAINS,
        Scale.TF,
        (
            ("domain", "referring domain"),
            ("trustflow", "trust flow"),
            ("citationflow", "citation flow"),
        ),
        {
            "domain": Field.SOURCE_DOMAIN,
            "referring domain": Field.SOURCE_DOMAIN,
            "trustflow": Field.AUTHORITY,
            "trust flow": Field.AUTHORITY,
            "matchedlinks": Field.LINKS,
            "backlinks": Field.LINKS,
        },
        target_prefix="backlinks ",
    ),
    Signature(
        "Moz",
        Kind.REFERRING_DOMAINS,
        Scale.DA,
        (("root domain", "linking domain"), ("domain authority", "da")),
        # Its "External Links" may be those of the whole domain, so the page gets no count from it.
        {
            "root domain": Field.SOURCE_DOMAIN,
            "linking domain": Field.SOURCE_DOMAIN,
            "domain authority": Field.AUTHORITY,
            "da": Field.AUTHORITY,
        },
        sampled=True,
    ),
    Signature(
        BING,
        Kind.REFERRING_DOMAINS,
        None,
        (("domain", "domains", "referring domain"), ("backlinks count", "backlink count")),
        {
            "domain": Field.SOURCE_DOMAIN,
            "domains": Field.SOURCE_DOMAIN,
            "referring domain": Field.SOURCE_DOMAIN,
            "backlinks count": Field.LINKS,
            "backlink count": Field.LINKS,
        },
        sampled=True,
        only=True,
    ),
    Signature(
        "Moz",
        Kind.BACKLINKS,
        Scale.DA,
        (
            ("url", "linking page"),
            ("target url",),
            ("page authority", "pa", "domain authority", "da"),
        ),
        {
            "url": Field.SOURCE_URL,
            "linking page": Field.SOURCE_URL,
            "title": Field.TITLE,
            "anchor text": Field.ANCHOR,
            "domain authority": Field.AUTHORITY,
            "da": Field.AUTHORITY,
            "target url": Field.TARGET_URL,
            "only rel=nofollow": Field.NOFOLLOW,
        },
    ),
    _LATEST_LINKS,
    _SAMPLE_LINKS,
    _LINKING_SITES,
    _TARGET_PAGES,
    Signature(
        BING,
        Kind.BACKLINKS,
        None,
        (("source url",), ("target url",), ("anchor text",)),
        {
            "source url": Field.SOURCE_URL,
            "target url": Field.TARGET_URL,
            "anchor text": Field.ANCHOR,
        },
        sampled=True,
        only=True,
    ),
)

# Search Console translates its headers; then the shape of the rows identifies the report.
SHAPES = {
    ("url", "day"): _LATEST_LINKS,
    ("url",): _SAMPLE_LINKS,
    ("host", "number", "number"): _LINKING_SITES,
    ("url", "number", "number"): _TARGET_PAGES,
}

KEYWORD_MARKS = frozenset(
    {
        "volume",
        "search volume",
        "kd",
        "keyword difficulty",
        "difficulty",
        "position",
        "current position",
        "cpc",
    }
)


def normal(header: str) -> str:
    """Return a header as signatures write it: lower case, single spaces."""
    return " ".join(header.replace("\ufeff", "").replace("_", " ").casefold().split())


def signature_of(headers: tuple[str, ...]) -> Signature | None:
    """Return the report whose marks are all among these headers."""
    there = set(headers)
    for signature in SIGNATURES:
        marked = all(there.intersection(group) for group in signature.marks)
        if marked and not (signature.only and there - {""} - signature.columns.keys()):
            return signature
    return None
