"""Who wrote a page, who publishes it, and when: from its metadata, its bylines and its address."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from selectolax.lexbor import LexborNode

from bot.pages.document import Document
from bot.pages.schema import Node, text_of, types_of
from bot.pages.texts import words
from bot.pages.word_patterns import compiled

_WORKS = compiled(
    r"(?:Article|Posting|Page|\ACreativeWork|\ARecipe|\AHowTo|\AReview|\AReport|\AVideoObject"
    r"|\ACourse|\AQuestion|\ABook|\APodcastEpisode|\AGuide|\ALearningResource)\Z"
)
_ANSWERS = frozenset({"Review", "UserReview", "Comment", "Answer", "Product", "ListItem", "Rating"})
_THREADS = frozenset({"QAPage", "Question", "DiscussionForumPosting"})
_FIRMS = frozenset(
    {"Organization", "Corporation", "NewsMediaOrganization", "Brand", "LocalBusiness"}
)
_META_AUTHOR = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "citation_author",
    "dcterms.creator",
    "article:author_name",
    "cxenseparse:author",
)
_META_PUBLISHED = (
    "article:published_time",
    "article:published",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "parsely-pub-date",
    "sailthru.date",
    "citation_date",
    "citation_publication_date",
    "og:pubdate",
    "published_on",
    "article.published",
    "cxenseparse:recs:publishtime",
    "date.created",
    "created",
)
_META_MODIFIED = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "dcterms.modified",
    "lastmod",
    "last-modified",
    "article:modified",
    "article.updated",
)
_BYLINES = (
    "[itemprop=author]",
    "a[rel~=author]",
    "[class*=byline i]",
    "[class*=author-name i]",
    "[class*=author_name i]",
    "[class*=authorname i]",
    "[class~=author i]",
    "[class*=post-author i]",
    "[class*=entry-author i]",
    "[class*=article-author i]",
    "[class*=article__author i]",
    "[data-testid*=author i]",
    "[class~=fn]",
    "[class*=autor i]",
    "[class*=auteur i]",
    "[class*=writer i]",
    "[class*=reporter i]",
    "[class*=posted-by i]",
    "[itemprop=creator]",
    "a[href*='/author/']",
    "a[href*='/authors/']",
    "a[href*='/autor/']",
    "a[href*='/auteur/']",
)
# The author label of Yoast's cards, in the languages that Yoast supports; the name follows it.
_WRITTEN_BY = compiled(
    r"written by|verfasst von|geschrieben von|écrit par|escrito por|scritto da|geschreven door"
    r"|napisane przez|skriven av|skrevet af|skrevet av|автор|написано автором|yazan|作成者|執筆者",
    re.IGNORECASE,
)
# A line that is a byline by its words alone: “By Ada Byron”, or “Author:” and then a name.
_LEADS = (
    r"(?:(?:written|posted|published|story|article|words|text|reported|reviewed)\s+by|by|von|par"
    r"|por|di|door|av|af|text|texte|texto|testo|autor(?:in|e|es)?|author|auteur|автор"
    r"|eingestellt von|publicado por|publié par|pubblicato da|geplaatst door|gepubliceerd door"
    r"|opublikowane przez|autorstwa|foto und text)"
)
_BYLINE = compiled(rf"\A{_LEADS}\s{{0,3}}:?\s{{1,3}}(.{{4,70}})\Z", re.IGNORECASE)
_LEAD = compiled(rf"\A{_LEADS}\s{{0,3}}:?\Z", re.IGNORECASE)
_FULL_NAME = compiled(
    r"\A(?:(?:dr|prof|mag|ing|dipl)\.?\s+){0,3}[A-ZÀ-ÖØ-ÞЀ-Я][\w.'’-]*+"
    r"(?:\s+(?:de|da|di|del|della|van|von|der|den|la|le|el|al|bin|y|e|zu)){0,2}"
    r"(?:\s+[A-ZÀ-ÖØ-ÞЀ-Я][\w.'’-]*+){1,3}(?:\s*+(?:,|\||•|·|–|—|\bon\b|\bum\b|\bam\b|\bat\b|\d).*)?\Z"
)
_NO_NAME = compiled(
    r"\b(?:click\w*|sign|us|using|continu\w*|submit\w*|brand|category|price|type|country|region|date|name|default"
    r"|subscrib\w*|popular\w*|topic|cookie\w*|policy|google|facebook|wordpress|shopify|age|size|color|colour"
    r"|email|phone|mail|the|our|your|all|new)\b",
    re.IGNORECASE,
)
_LINES_READ = 400
_BY = compiled(
    r"\A\W*+(?:(?:written|posted|published|reviewed|text|words|story|article|recipe|photos?)\s+)?"
    r"(?:by|von|par|por|di|door|av|af|autor(?:in)?|author|auteur|автор|od)\b[\s:–-]*",
    re.IGNORECASE,
)
_TAIL = compiled(
    r"(?:[|•·–—\d(]|\b(?:on|am|updated|published|posted|in|follow|full bio)\b).*\Z",
    re.IGNORECASE | re.DOTALL,
)
_NOBODY = compiled(
    r"admin(?:istrator)?|unknown|anonymous|editor(?:ial)?|author|staff|guest|webmaster|website|team"
    r"|home|root|user|info|contact|about|redaktion|blog|menu|by|none|null|undefined",
    re.IGNORECASE,
)
_ISO = compiled(r"((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
_SLASHED = compiled(r"((?:19|20)\d\d)[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_IN_PATH = compiled(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?:/|-)")
_REMARKS = compiled(
    r"comment|sidebar|related|widget|recent|footer|reply|replies|teaser", re.IGNORECASE
)
# Blogger's whole text is a widget, and so is every part of an Elementor page. A class that only
# says whether there is a sidebar, or whether comments are open, marks neither of them.
_NO_REMARKS = compiled(
    r"(?<![\w-])(?:(?:entry|post|article)-footer\b|widget Blog(?![\w-])"
    r"|elementor-(?:widget|element)[\w-]*+"
    r"|(?:has|have|no|with|without|is|one|two|hide|show)-?_?(?:(?:left|right)[-_])?"
    r"(?:side-?bars?|comments?|widgets?|footer|related)[\w-]*+|comments?-(?:open|closed|count|off)\b"
    r"|layout-[\w-]*+|[\w-]*+-layout\b|Blog\d\b)"
)
_SIGNS = re.compile(r"\W+")
_POST_FOOTER = compiled(r"(?<![\w-])(?:entry|post|article)-(?:footer|meta)\b|post-footer-line")
_MARKS = 600
_MAX_NAME = 60
_MAX_BYLINE = 300


def author_of(document: Document) -> str | None:
    """Return the person, pseudonym or team that a page names as its author.

    A company that signs its own page is not an author, and neither are people who answer, review or
    comment on it.
    """
    brand = _Brand(document)
    for said in _authors(document):
        name = _name(said)
        if name is not None and not brand.is_named(name):
            return name
    return next(filter(None, map(_name, _bylines(document))), None) or _in_lines(document, brand)


def organisation_of(document: Document) -> str | None:
    """Return the publisher, the organisation behind the site, or the site's name."""
    for node in document.statements:
        publisher = text_of(node.values.get("publisher"))
        if publisher:
            return publisher
    for node in document.statements:
        if node.depth == 0 and _FIRMS.intersection(node.types):
            return text_of(node.values.get("name"))
    return document.meta("og:site_name", "application-name", "publisher", "copyright")


def published_of(document: Document) -> date | None:
    """Return the publication date that the page's own markup gives."""
    return _dated(document, "datePublished", _META_PUBLISHED) or _marked_time(document)


def modified_of(document: Document) -> date | None:
    """Return the date of the last change that the page's own metadata gives."""
    return _dated(document, "dateModified", _META_MODIFIED)


def in_path(document: Document) -> date | None:
    """Return the date in an address like /2024/05/17/slug."""
    found = _IN_PATH.search(document.path)
    return _day(*found.groups()) if found else None


def _authors(document: Document) -> Iterator[str]:
    for node in document.statements:
        if _speaks_of_page(node) and not _THREADS.intersection(node.types):
            said = node.values.get("author") or node.values.get("creator")
            yield from _people(_resolved(said, document))
    if _WRITTEN_BY.fullmatch(document.meta("twitter:label1") or ""):
        yield document.meta("twitter:data1") or ""
    metas = map(document.meta, _META_AUTHOR)
    yield from (said for said in metas if said and "://" not in said)


def _bylines(document: Document) -> Iterator[str]:
    """Yield visible bylines; a pseudonym in one may equal the site's name."""
    for selector in _BYLINES:
        for element in document.tree.css(selector)[:6]:
            if not _is_remark(element):
                yield element.attributes.get("content") or words(element) or ""


def _resolved(said: object, document: Document) -> object:
    """Return the value, with references (`{"@id": …}`) replaced by the statement they name."""
    if isinstance(said, list):
        return [_resolved(each, document) for each in said[:20] if not isinstance(each, list)]
    if isinstance(said, dict) and "name" not in said and isinstance(said.get("@id"), str):
        return document.named.get(str(said["@id"]), said)
    return said


def _in_lines(document: Document, brand: "_Brand") -> str | None:
    """Return the name in a line of the text that is a byline by its words alone."""
    for line, following in pairwise([*document.lines[:_LINES_READ], ""]):
        found = _BYLINE.fullmatch(line)
        said = found.group(1) if found else following if _LEAD.fullmatch(line) else ""
        if _FULL_NAME.fullmatch(said) and not _NO_NAME.search(said):
            name = _name(said)
            if name is not None and not brand.is_named(name):
                return name
    return None


def _people(said: object) -> Iterator[str]:
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, dict) and _FIRMS.intersection(types_of(each)):
            continue
        text = text_of(each)
        if text:
            yield text


def _speaks_of_page(node: Node) -> bool:
    return any(map(_WORKS.search, node.types)) and not _ANSWERS.intersection(
        (*node.types, *node.parents)
    )


def _name(said: str) -> str | None:
    text = _TAIL.sub("", _BY.sub("", " ".join(said[:_MAX_BYLINE].split()))).strip(" ,;:|-–@\"'")
    letters = sum(map(str.isalpha, text))
    if not 2 <= len(text) <= _MAX_NAME or letters < len(text) * 0.5 or len(text.split()) > 7:
        return None
    return None if _NOBODY.fullmatch(text) or "://" in text else text


class _Brand:
    """The site's own names; computed once, however many authors a page names."""

    def __init__(self, document: Document) -> None:
        self._label = _key((document.site or "").split(".")[0])
        self._firm = _key(organisation_of(document) or "")

    def is_named(self, name: str) -> bool:
        """Say whether a byline is the site's own name in other words ("Official UK … website")."""
        key, label = _key(name), self._label
        return key in (label, self._firm) or (len(label) > 3 and label in key)


def _is_remark(element: LexborNode) -> bool:
    """Say whether an element is in a comment, a sidebar or a list of other pages."""
    node: LexborNode | None = element
    for _ in range(12):
        if node is None or node.tag in ("body", "html"):
            return False
        if (node.attributes.get("itemtype") or "").endswith(("/Review", "/Comment", "/Answer")):
            return True
        marks = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"[:_MARKS]
        if node.tag in ("aside", "nav") or (node.tag == "footer" and not _ends_article(node)):
            return True
        if _REMARKS.search(marks) and _REMARKS.search(_NO_REMARKS.sub(" ", marks)):
            return True
        node = node.parent
    return False


def _ends_article(footer: LexborNode) -> bool:
    """Say whether a footer belongs to a post; many themes name the author there."""
    marks = f"{footer.attributes.get('class') or ''} "[:_MARKS]
    return footer.parent is not None and _POST_FOOTER.search(marks) is not None


def _dated(document: Document, name: str, metas: tuple[str, ...]) -> date | None:
    for node in document.statements:
        day = read_day(node.values.get(name)) if _speaks_of_page(node) else None
        if day is not None:
            return day
    for meta in metas:
        day = read_day(document.meta(meta))
        if day is not None:
            return day
    for element in document.tree.css(f"[itemprop={name}]")[:10]:
        if not _is_remark(element):
            said = element.attributes
            day = read_day(said.get("datetime") or said.get("content") or words(element))
            if day is not None:
                return day
    return None


def _marked_time(document: Document) -> date | None:
    """Return the date of the first `time` element at the head of the text or marked as pubdate."""
    for element in document.tree.css(
        "time[pubdate], time[class*=publish i], time[class~=entry-date], article header time, "
        "abbr.published, article time[datetime], main time[datetime]"
    )[:5]:
        if not _is_remark(element):
            day = read_day(element.attributes.get("datetime") or element.attributes.get("title"))
            if day is not None:
                return day
    return None


def read_day(said: object) -> date | None:
    """Return the date in an ISO-like date or time stamp."""
    if not isinstance(said, str):
        return None
    found = _ISO.search(said[:40]) or _SLASHED.search(said[:40])
    return _day(*found.groups()) if found else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _key(name: str) -> str:
    return _SIGNS.sub("", name).lower()
