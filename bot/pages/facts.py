"""Extracts the facts that a page gives about itself from its HTML.

selectolax parses the markup; htmldate looks for a visible date if nothing else shows one and the
page has a text. Everything is bounded, so that a hostile page costs no more time and memory than a
large honest one.
"""

import re
from datetime import date

from bot.model.page import PageFacts, PageLinks, TrustSign
from bot.pages.bylines import author_of, in_path, modified_of, organisation_of, published_of
from bot.pages.document import Document
from bot.pages.emails import emails_of
from bot.pages.guard import lightened, objection
from bot.pages.kind.kinds import kind_of
from bot.pages.language import language_of
from bot.pages.links import links_of, outbound_of
from bot.pages.reading.charset import decode, sniff
from bot.pages.reading.fetch import MAX_BYTES, PageRead, Unusable, check_html
from bot.pages.visible_dates import as_shown, is_a_text, shown_in_posts, shown_near_the_top
from bot.pages.walls import is_wall

_SIGNED = frozenset({"list", "guide", "review", "news", "video", "other", None})
_LEAST_WORDS = 25
_ASKING = 2_000
_FEW_WORDS = 120
_WANTS_SCRIPT = re.compile(
    r"(?:enable|requires?|activate|turn on|aktivieren|activer|activar|attiva\w{0,6}+)"
    r"\W{1,9}+(?:\w{1,30}+\W{1,9}+){0,3}?javascript"
    r"|javascript (?:is )?(?:required|disabled|deaktiviert|aktivieren)",
    re.IGNORECASE,
)
_MOUNTS = "#root:empty, #app:empty, #__next:empty, #___gatsby:empty, app-root:empty, #main:empty"
_WORD = re.compile(r"[^\W\d_]{2,40}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MAX_DATED = 1_500_000
_MAX_VOCABULARY = 5000
_SOURCES = 2

MAX_SHOWN = 200
"""Most outbound domains, and most headings, that the facts of a page name."""


def facts_of_read(read: PageRead) -> PageFacts:
    """Return the facts of a page that was read, or of an unreadable one with the reason."""
    if read.body is None or read.charset is None:
        return unreadable(read.url, read.reason or "it could not be read")
    return facts_of(decode(read.body, read.charset), read.url)


def facts_of(html: bytes | str, url: str | None) -> PageFacts:
    """Return the facts that a page gives about itself. Never raises, whatever the page contains.

    Bytes are decoded as a browser would decode them. Without a `url`, the page's canonical one is
    used.
    """
    page = opened(html, url)
    return page if isinstance(page, PageFacts) else facts_in(*page)


def opened(html: bytes | str, url: str | None) -> tuple[Document, str] | PageFacts:
    """Return a page and its markup, ready to be looked at; or say why it is unreadable."""
    if len(html) > MAX_BYTES:
        return unreadable(url, f"it is larger than {MAX_BYTES >> 20} MB")
    if isinstance(html, bytes):
        try:
            check_html(html)
        except Unusable as reason:
            return unreadable(url, str(reason))
        html = decode(html, sniff(html))
    html = lightened(html)
    harm = objection(html)
    if harm:
        return unreadable(url, harm)
    document = Document(html, url)
    lack = _lack(document)
    return unreadable(url, lack) if lack else (document, html)


def unreadable(url: str | None, reason: str) -> PageFacts:
    """Return the facts of a page that could not be read."""
    return PageFacts(url=url, readable=False, kind_evidence=(reason,))


def facts_in(document: Document, html: str) -> PageFacts:
    """Return the facts that a page which can be read gives about itself."""
    kind, evidence = kind_of(document)
    # A front page shows the names and dates of the pages it links to.
    author = author_of(document) if kind in _SIGNED and not document.is_home else None
    published = None if document.is_home else _published(document, html)
    modified = modified_of(document)
    links = links_of(document)
    organisation = organisation_of(document)
    outbound = outbound_of(document)
    return PageFacts(
        url=document.url,
        readable=True,
        kind=kind,
        kind_evidence=evidence,
        language=language_of(document),
        title=document.title,
        author=author,
        organisation=organisation,
        published=published,
        modified=modified,
        words=document.words,
        links=links,
        emails=emails_of(document),
        outbound_domains=outbound[:MAX_SHOWN],
        schema_types=tuple(sorted(document.types)),
        trust=_trust(document, author or organisation, published or modified, links, outbound),
        headings=tuple(text for _, text in document.headings[:MAX_SHOWN]),
        vocabulary=_vocabulary(document),
    )


def _published(document: Document, html: str) -> date | None:
    """Return the publication date of any kind of page, because the kind may be wrong."""
    said = published_of(document)
    if said is not None:
        return as_shown(document, said)
    found = in_path(document) or shown_in_posts(document) or shown_near_the_top(document)
    if found is not None or not is_a_text(document) or len(html) > _MAX_DATED:
        return found
    # Imported here because it imports lxml, and most pages have their date in metadata.
    from htmldate import find_date  # noqa: PLC0415 - see above

    try:
        seen = find_date(_UNPRINTABLE.sub(" ", html), original_date=True, extensive_search=False)
    except (ValueError, OverflowError):  # markup that its XML tree rejects, or an impossible year
        return None
    return date.fromisoformat(seen) if seen else None


def _lack(document: Document) -> str | None:
    """Return why the text of a page is missing from its markup, or None if it is there."""
    if is_wall(document):
        return "it asks whether we are a robot instead of showing the page"
    count = document.words
    if count == 0:
        return "it shows no text without JavaScript"
    scripted = document.tree.css_first(_MOUNTS) is not None
    asks = any(
        _WANTS_SCRIPT.search(node.text()[:_ASKING]) for node in document.tree.css("noscript")[:20]
    )
    if count < _FEW_WORDS and (scripted or asks):
        return "it needs JavaScript to show its text"
    if count < _LEAST_WORDS and len(document.tree.css("script")) > 2:
        return "it shows hardly any text without JavaScript"
    return None


def _vocabulary(document: Document) -> frozenset[str]:
    found: set[str] = set()
    for word in _WORD.finditer(document.main_text.lower()):
        found.add(word.group())
        if len(found) >= _MAX_VOCABULARY:
            break
    return frozenset(found)


def _trust(
    document: Document,
    who: str | None,
    when: date | None,
    links: PageLinks,
    outbound: tuple[str, ...],
) -> tuple[TrustSign, ...]:
    secure = document.url.lower().startswith("https:") if document.url else None
    sources = len(outbound)
    return (
        TrustSign("https", secure, document.url if secure else None),
        TrustSign("author or organisation", who is not None, who),
        TrustSign("date", when is not None, when.isoformat() if when else None),
        TrustSign("about page", links.about is not None, links.about),
        TrustSign("contact", links.contact is not None, links.contact),
        TrustSign("privacy policy", links.privacy is not None, links.privacy),
        TrustSign("editorial policy", links.editorial is not None, links.editorial),
        TrustSign(
            "cited sources",
            sources >= _SOURCES,
            f"links to {sources} other sites" if sources else None,
        ),
    )
