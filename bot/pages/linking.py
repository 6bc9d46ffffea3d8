"""What a page that links to competitors shows: its links to them, and what may be asked for there.

The kind of the page is that of its facts. Here are only the signs that the kinds do not tell apart:
an interview, a text by a guest, a comparison, an invitation to write.
"""

# ruff: noqa: E501 - rows of words

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bot.common.domains import registrable
from bot.model.approach import LinkSeen, Published
from bot.model.links import LinkKind
from bot.model.page import PageFacts
from bot.pages.document import Document
from bot.pages.emails import published_in
from bot.pages.facts import facts_in, opened, unreadable
from bot.pages.reading.charset import decode
from bot.pages.reading.fetch import PageRead
from bot.pages.texts import MAX_WORDS
from bot.pages.word_patterns import compiled

_INTERVIEW = compiled(
    r"\b(?:interview(?:s|ed)?\b(?! (?:questions?|tips|prep\w{0,9}+|process|coach\w{0,5}+|guide|answers|skills|fragen))|q ?& ?a:? with\b|in conversation with\b|ask me anything\b"
    r"|questions (?:for|with)\b|im gespräch mit\b|entretien avec\b|entrevista\b|intervista\b|intervju\b|wywiad\b|vraaggesprek\b|rozhovor\b|интервью\b)|インタビュー|专访",
    re.IGNORECASE,
)
_GUEST = compiled(
    r"\b(?:guest (?:post|article|blog|column)\b|contributed (?:post|article)\b|gast(?:beitrag|artikel|kommentar|blog)\b|article invité|artículo invitado|articolo ospite|artykuł gościnny|wpis gościnny|gästinlägg\b)",
    re.IGNORECASE,
)
# In a text, only what says it of the text itself.
_BY_GUEST = compiled(
    r"\b(?:guest (?:post|article|blog(?: post)?|column|contribution) (?:by|from|written by)\b|this (?:is|post is|article is) a (?:guest|contributed) (?:post|article|contribution)\b"
    r"|(?:guest author|guest contributor|contributed by|gastautor(?:in)?):|contributed (?:post|article) by\b|gast(?:beitrag|artikel|kommentar) von\b|(?:dies|das) ist ein gast(?:beitrag|artikel)\b|article invité (?:de|par)\b|artículo invitado (?:de|por)\b|articolo ospite di\b)",
    re.IGNORECASE,
)
_VERSUS = compiled(
    r"\b(?:vs\.?|versus|compared|comparison|head[- ]to[- ]head|im vergleich|vergleich|gegenüberstellung|comparatif|comparación|comparativa|vergelijking|porównanie|jämförelse)(?=\W|\Z)",
    re.IGNORECASE,
)
_INVITES = compiled(
    r"\b(?:write for us|guest post(?:ing)?(?: guidelines?)?|submit (?:a|an|your) (?:guest )?(?:post|article|story)|become a (?:contributor|guest author|writer)|contribut(?:e|or) (?:guidelines|to (?:us|our blog))|gast(?:autor(?:in)?|beitrag) (?:werden|schreiben|einreichen)|écrire pour nous|escribe para nosotros|scrivi per noi)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(r"(?:\A|/)(?:interviews?|guest-?(?:posts?|blogs?|authors?))(?:/|-|\Z)")
_MARKED = (LinkKind.SPONSORED, LinkKind.UGC, LinkKind.NOFOLLOW)
_FORMS = "form textarea"
_MOST_LINKS, _ANCHOR, _LABEL, _PATH = 20, 120, 60, 500
_NEAR = 3_000


@dataclass(frozen=True, slots=True)
class LinkingPage:
    """One page as read for outreach. If its facts are unreadable, everything else is empty.

    `interview`, `guest` and `versus` hold the words that show it. `invitation` is the address of a
    page that asks outsiders to write. `form` says whether the page has a form for messages. `home`
    is the site's front page, if the page links to it.
    """

    facts: PageFacts
    links: tuple[LinkSeen, ...] = ()
    published: tuple[Published, ...] = ()
    interview: str | None = None
    guest: str | None = None
    versus: str | None = None
    invitation: str | None = None
    form: bool = False
    home: str | None = None


def linking_page(read: PageRead, domains: frozenset[str]) -> LinkingPage:
    """Return what a page shows, and its links to some registrable domains."""
    if read.body is None or read.charset is None:
        return unread(read.url, read.reason or "it could not be read")
    return linking_page_of(decode(read.body, read.charset), read.url, domains)


def unread(url: str | None, reason: str) -> LinkingPage:
    """Return a page of which nothing is known."""
    return LinkingPage(unreadable(url, reason))


def linking_page_of(
    html: bytes | str, url: str | None, domains: frozenset[str] = frozenset()
) -> LinkingPage:
    """Return what the markup of a page shows. Never raises, whatever it contains."""
    page = opened(html, url)
    if isinstance(page, PageFacts):
        return LinkingPage(page)
    document, markup = page
    facts = facts_in(document, markup)
    names = " | ".join(filter(None, ((document.title or "")[:MAX_WORDS], document.h1)))
    return LinkingPage(
        facts,
        links=_links(document, domains),
        published=published_in(document),
        interview=_words(_INTERVIEW, names) or _section(document, "interview"),
        guest=_words(_GUEST, names)
        or _words(_BY_GUEST, _near_the_author(document))
        or _section(document, "guest"),
        versus=_words(_VERSUS, names),
        invitation=_labelled(document, _INVITES),
        form=document.tree.css_first(_FORMS) is not None,
        home=_home(document),
    )


def _links(document: Document, domains: frozenset[str]) -> tuple[LinkSeen, ...]:
    found: dict[str, LinkSeen] = {}
    for anchor in document.anchors:
        if registrable(anchor.url) in domains and _is_web(anchor.url):
            in_text = not document.is_aside(anchor.node)
            seen = LinkSeen(anchor.url, anchor.text[:_ANCHOR], in_text, _kind(anchor.rel))
            if in_text or anchor.url not in found:
                found[anchor.url] = seen
        if len(found) >= _MOST_LINKS:
            break
    return tuple(found.values())


def _kind(rel: str) -> LinkKind:
    """Return the kind of a link by its `rel`; of several marks the plainest one counts."""
    marks = rel.lower().split()
    return next((kind for kind in _MARKED if kind in marks), LinkKind.FOLLOW)


def _words(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found.group().strip() if found else None


def _near_the_author(document: Document) -> str:
    """Return the start and the end of the text: there a page says who wrote it."""
    text = document.main_text
    return text if len(text) <= 2 * _NEAR else f"{text[:_NEAR]} | {text[-_NEAR:]}"


def _section(document: Document, name: str) -> str | None:
    """Return the part of the address that names an interview or a guest."""
    found = _SECTION.search(unquote(document.path[:_PATH]))
    part = found.group().strip("/-") if found else ""
    return part if part.startswith(name) else None


def _labelled(document: Document, pattern: re.Pattern[str]) -> str | None:
    """Return the site's own page whose link is labelled so."""
    for anchor in document.anchors:
        if pattern.search(anchor.text[:_LABEL]) and registrable(anchor.url) == document.site:
            return anchor.url if _is_web(anchor.url) else None
    return None


def _home(document: Document) -> str | None:
    for anchor in document.anchors:
        if _is_web(anchor.url) and registrable(anchor.url) == document.site:
            parts = urlsplit(anchor.url)
            if parts.path in ("", "/") and not parts.query:
                return anchor.url.partition("#")[0]
    return None


def _is_web(url: str) -> bool:
    return url[:7].lower() in ("http://", "https:/")
