"""What speaks for each kind of page: markup, structure and wording, each with its weight."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from bot.pages import patterns
from bot.pages.document import Document, words
from bot.pages.links import outbound_of

ARTICLE = {"guide": 1.0, "list": 1.0, "review": 1.0, "news": 1.0}


@dataclass(frozen=True, slots=True)
class Signal:
    """How much something speaks for (or against) kinds, and what it is, in words."""

    weights: dict[str, float]
    words: str


_SCHEMA: dict[str, dict[str, float]] = {
    "Product": {"product": 4},
    "Service": {"product": 3},
    "SoftwareApplication": {"product": 2, "tool": 1},
    "WebApplication": {"tool": 3},
    "Recipe": {"guide": 5},
    "HowTo": {"guide": 4},
    "TechArticle": {"guide": 3},
    "NewsArticle": {"news": 2},
    "NewsMediaOrganization": {"news": 1},
    "ReportageNewsArticle": {"news": 4},
    "Review": {"review": 3},
    "DiscussionForumPosting": {"forum": 6},
    "QAPage": {"forum": 6},
    "VideoObject": {"video": 3},
    "CollectionPage": {"category": 2},
    "OfferCatalog": {"category": 2},
    "SearchResultsPage": {"category": 3},
    "ProfilePage": {"profile": 5},
    "AboutPage": {"profile": 5},
    "ContactPage": {"profile": 5},
    "Event": {"other": 4},
    "JobPosting": {"other": 5},
    "ScholarlyArticle": {"other": 4},
    "DefinedTerm": {"other": 3},
}
_OG_TYPES = (
    (re.compile(r"product\.group|product_group"), {"category": 4.0}),
    (re.compile(r"(?:og:)?product(?:\.item)?"), {"product": 4.0}),
    (re.compile(r"video(?:\..*)?"), {"video": 4.0}),
    (re.compile(r"profile"), {"profile": 4.0}),
    (re.compile(r"event"), {"other": 4.0}),
    (re.compile(r"news"), {"news": 3.0}),
)
_BODY = (
    (re.compile(r"single-product|product-(?:template|details)|-product\b"), {"product": 3.5}),
    (re.compile(r"\barchive\b|tax-|page-category|template-collection"), {"category": 3.0}),
    (re.compile(r"single-post|postid-|page-node-type-article|post-template"), ARTICLE),
    (re.compile(r"question-page|\bforum|\btopic|\bthread|template-topic"), {"forum": 3.0}),
    (re.compile(r"error|\b404\b"), {"other": 4.0}),
    (re.compile(r"kontakt|contact|page-about|template-about"), {"profile": 2.5}),
)  # fmt: skip
_FIELDS = (
    "input[type=number], input[type=range], input[type=text], input:not([type]), select, "
    "input[type=radio], input[type=url], input[type=file], textarea"
)
_BUTTONS = "button, input[type=submit], input[type=button], a[class*=cart i], a[class*=btn i]"
_POSTS = re.compile(r"post|message|comment|reply|answer|entry", re.IGNORECASE)
_CARDS = re.compile(r"product|item|card|listing|result|offer|teaser|tile|job|course", re.IGNORECASE)
_MAX_ELEMENTS = 6000
_RUNNING = 50_000
_SHORT = 250
_TEXT: tuple[tuple[re.Pattern[str], int, dict[str, float], str], ...] = (
    (patterns.QUOTED, 3, {"news": 1.5}, "it reports what people said"),
    (patterns.DATELINE, 1, {"news": 2.0}, "it speaks of a press release or press contact"),
    (patterns.QUOTED, 8, {"news": 1.0}, "it quotes many people"),
    (patterns.WIRED, 1, {"news": 2.0}, "it names a news agency"),
    (patterns.HIRED, 5, {"other": 2.5}, "it describes a job"),
    (patterns.DEFINED, 4, {"other": 3.0}, "it explains a word"),
    (patterns.LEGAL, 8, {"other": 3.0}, "it is written by lawyers"),
    (patterns.ATTENDED, 2, {"other": 2.5}, "it announces an event"),
    (patterns.VERDICT, 1, {"review": 1.0}, "it weighs pros and cons or gives a verdict"),
    (patterns.POSTED_BY, 6, {"forum": 2.5}, "it shows members' posts"),
    (patterns.STOCK, 2, {"product": 1.5}, "it speaks of stock, delivery or billing"),
    (patterns.SORTED, 2, {"category": 1.5}, "it can be sorted or filtered"),
    (patterns.PLAYED, 4, {"video": 1.5}, "it counts views or subscribers"),
    (patterns.COOKED, 1, {"guide": 1.5}, "it lists ingredients"),
    (patterns.TAUGHT, 3, {"guide": 1.5}, "it instructs"),
    (patterns.FOLLOWED, 4, {"profile": 0.5}, "it speaks of people, an address or followers"),
)


def signals_of(document: Document) -> Iterator[Signal]:
    """Yield everything that speaks for or against a kind."""
    yield from _from_schema(document)
    yield from _from_markup(document)
    yield from _from_wording(document)
    yield from _from_structure(document)
    yield from _from_text(document)
    yield from _from_prose(document)


def _from_schema(document: Document) -> Iterator[Signal]:
    products = sum(
        "Product" in node.types and "Review" not in node.parents for node in document.nodes
    )
    for name in sorted(document.own_types & _SCHEMA.keys()):
        if name == "Product" and products > 3:
            yield Signal({"category": 3.5}, f"it marks up {products} products")
        elif name == "VideoObject" and document.own_types & {"NewsArticle", "Article", "Recipe"}:
            continue
        else:
            yield Signal(_SCHEMA[name], f"it calls itself {name} (schema.org)")
    if document.own_types & {"Article", "BlogPosting"}:
        yield Signal(ARTICLE, "it calls itself an article (schema.org)")
    if document.types["HowToStep"]:
        yield Signal({"guide": 2}, "it marks up steps")
    if document.types["Review"] + document.types["UserReview"] > 4:
        yield Signal({"review": 1, "product": 1}, "it marks up customer reviews")
    if (
        "Comment" not in document.own_types
        and document.types["Answer"]
        and "FAQPage" not in document.types
    ):
        yield Signal({"forum": 2}, "it marks up answers")


def _from_markup(document: Document) -> Iterator[Signal]:
    og_type = (document.meta("og:type") or "").lower()
    for pattern, weights in _OG_TYPES:
        if pattern.fullmatch(og_type):
            yield Signal(weights, f"its og:type is {og_type}")
            break
    marks = document.attribute("body", "class") or ""
    for pattern, weights in _BODY:
        found = pattern.search(marks)
        if found:
            yield Signal(weights, f"its body is of class “{found.group()}”")
    software = patterns.FORUM_SOFTWARE.search(document.meta("generator") or "")
    software = software or patterns.FORUM_SOFTWARE.search(document.attribute("html", "id") or "")
    if software:
        yield Signal({"forum": 5}, f"it is made with {software.group()}")
    if document.meta("article:published_time", "datepublished", "author"):
        yield Signal(dict.fromkeys(ARTICLE, 0.5), "its metadata has a date or an author")
    if document.citation:
        yield Signal({"other": 4}, "it carries the citation metadata of a paper")
    if document.meta("og:video", "og:video:url", "twitter:player"):
        yield Signal({"video": 1.5}, "its metadata offers a player")
    if document.tree.css_first("[class*=pagination i], [rel=next], [class*=pager i]") is not None:
        yield Signal({"category": 0.5, "forum": 0.5}, "it is one page of several")


def _from_wording(document: Document) -> Iterator[Signal]:
    yield from _matches(patterns.IN_HOST, document.host)
    yield from _matches(patterns.IN_PATH, document.path)
    title, heading = document.title or "", document.h1 or ""
    seen: Counter[str] = Counter()
    for signal in (*_matches(patterns.IN_TITLE, title), *_matches(patterns.IN_TITLE, heading)):
        (kind,) = signal.weights
        seen[kind] += 1
        if seen[kind] <= 2:
            yield signal
    if document.url and document.path in ("", "/"):
        yield Signal({"product": 1.5, "other": 1}, "it is a home page")


def _matches(rows: tuple[patterns.Pattern, ...], text: str) -> Iterator[Signal]:
    for row in rows:
        found = row.pattern.search(text)
        if found:
            yield Signal({row.kind: row.weight}, row.words.format(found.group().strip(" /-_.")))


def _from_structure(document: Document) -> Iterator[Signal]:
    headings = [text for level, text in document.headings if level > 1]
    steps = sum(map(bool, map(patterns.STEP.match, headings)))
    numbered = sum(map(bool, map(patterns.NUMBERED.match, headings)))
    if steps > 2:
        yield Signal({"guide": 3}, f"{steps} of its headings are steps")
    elif numbered > 3:
        yield Signal({"list": 3}, f"{numbered} of its headings are numbered")
    code = len(document.tree.css("pre"))
    if code > 2:
        yield Signal({"guide": 2}, f"it shows {code} blocks of code")
    posts, cards = _repeated(document)
    if posts > 4:
        yield Signal({"forum": 1.5}, f"it has {posts} posts or comments alike")
    if cards > 9:
        yield Signal({"category": 2}, f"it has {cards} items alike")
    yield from _from_forms(document)
    yield from _from_buttons(document)


def _from_forms(document: Document) -> Iterator[Signal]:
    fields = [node for node in document.tree.css(_FIELDS)[:500] if not _in_furniture(node)]
    asks_mail = (
        document.tree.css_first("form input[type=email], form input[name*=mail i]") is not None
    )
    message = any(node.tag == "textarea" for node in fields)
    little = len(document.prose) < 6
    if little and message and asks_mail:
        yield Signal({"profile": 1.5}, "it has a message form and little prose")
    elif little and len(fields) > 3:
        yield Signal({"tool": 1.5}, f"it has {len(fields)} fields to fill in and little prose")
    if document.tree.css_first("input[type=password]") is not None and len(document.prose) < 3:
        yield Signal({"other": 2}, "it asks for a password")


def _from_buttons(document: Document) -> Iterator[Signal]:
    buttons, works = 0, None
    for node in document.tree.css(_BUTTONS)[:500]:
        label = words(node) or node.attributes.get("value") or node.attributes.get("title") or ""
        buttons += bool(patterns.BUY.search(label))
        if node.tag != "a" and not _in_furniture(node):
            works = works or patterns.WORKED.search(label)
    if works and len(document.prose) < 30:
        weight = 0.5 if works.group().lower().strip() in ("search", "find") else 2.0
        yield Signal({"tool": weight}, f"it has a button “{works.group().strip()}”")
    if buttons > 3:
        yield Signal({"category": 3}, f"it has {buttons} buttons to buy")
    elif buttons:
        yield Signal({"product": 3}, "it has a button to buy")


def _from_text(document: Document) -> Iterator[Signal]:
    text = document.sample
    prices = len(patterns.PRICE.findall(text))
    if prices > 11:
        yield Signal({"category": 1.5}, f"it names {prices} prices")
    elif prices:
        yield Signal({"product": 1}, f"it names {prices} prices")
    if document.words < _SHORT and patterns.CHALLENGED.search(text):
        yield Signal({"other": 4}, "it is an error message or a check for robots")
    if len({found.lower() for found in patterns.OFFER.findall(text)}) > 1:
        yield Signal({"product": 2}, "it asks readers to start, call or get a quote")
    for pattern, least, weights, said in _TEXT:
        if len(pattern.findall(text)) >= least:
            yield Signal(weights, said)


def _from_prose(document: Document) -> Iterator[Signal]:
    count = len(document.prose)
    if count > 7:
        less = {"category": -1.0, "tool": -1.0, "video": -1.0}
        yield Signal({**ARTICLE, **less}, f"it has {count} paragraphs")
    elif count < 3:
        yield Signal(dict.fromkeys(ARTICLE, -1.0), "it has hardly any prose")
    if document.videos and count < 4:
        yield Signal({"video": 2}, "it is a video with little text")
    running = " ".join(document.prose)[:_RUNNING]
    if count > 4 and len(patterns.YOU.findall(running)) > 0.02 * len(running.split()):
        yield Signal({"guide": 0.5, "news": -0.5}, "it speaks to “you”")
    foreign = len(outbound_of(document))
    if foreign > 25 and count < 200:
        yield Signal({"list": 1.5}, f"it links to {foreign} other sites")


def _repeated(document: Document) -> tuple[int, int]:
    """Return how often the commonest post-like and the commonest card-like class occurs."""
    posts: Counter[str] = Counter()
    cards: Counter[str] = Counter()
    for node in document.tree.css(
        "div[class], li[class], article[class], section[class], tr[class]"
    )[:_MAX_ELEMENTS]:
        marks = node.attributes.get("class") or ""
        if _POSTS.search(marks):
            posts[marks] += 1
        if _CARDS.search(marks):
            cards[marks] += 1
    return max(posts.values(), default=0), max(cards.values(), default=0)


def _in_furniture(node: LexborNode) -> bool:
    parent = node.parent
    for _ in range(30):
        if parent is None:
            return False
        if parent.tag in ("header", "footer", "nav", "aside"):
            return True
        parent = parent.parent
    return False
