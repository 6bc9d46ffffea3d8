"""Signals from the structure of a page: headings, posts, cards, forms, buttons."""

import re
from collections import Counter
from collections.abc import Iterator

from bot.pages.document import Document
from bot.pages.kind import patterns
from bot.pages.kind.declared import WRITTEN
from bot.pages.kind.evidence import Signal
from bot.pages.links import outbound_of
from bot.pages.texts import words

_FIELDS = (
    "input[type=number], input[type=range], input[type=text], input:not([type]), select, "
    "input[type=radio], input[type=url], input[type=file], textarea"
)
_ONE_OFFER = (
    "[itemprop=sku], [itemprop=gtin13], select[name*=quantity i], [id=add-to-cart-button i], "
    "input[type=number][id*=quantity i], [id*=product-detail i], [class~=product-detail]"
)
_BUTTONS = "button, input[type=submit], input[type=button], a[class*=cart i], a[class*=btn i]"
_FAQ = re.compile(
    r"\bfaqs?\b|questions? (?:&|and) answers|frequently asked|häufige fragen|questions fréquentes"
    r"|preguntas frecuentes|domande frequenti|veelgestelde vragen",
    re.IGNORECASE,
)
_POSTS = re.compile(r"post|message|comment|reply|answer|entry", re.IGNORECASE)
_CARDS = re.compile(r"product|item|card|listing|result|offer|teaser|tile|job|course", re.IGNORECASE)
_PEOPLE = re.compile(r"team|member|staff|person|people|employee|bio", re.IGNORECASE)
_REVIEWS = re.compile(r"review|rating|testimonial|bewertung|opinion|avis", re.IGNORECASE)
_MAX_ELEMENTS = 6000
_MAX_STEPS = 500_000
_MOST = 0.5
_LONG_STEP = 30
_MUCH_CODE = 9
_LITTLE = 400
_SHARE = 0.4
_LONGEST_CALL = 60
_CALLS = "button, a[class*=btn i], a[class*=button i], a[class*=cta i]"
_LIST_HEADINGS, _MATCHED = 4, 0.6
_HEADINGS: tuple[tuple[re.Pattern[str], int, dict[str, float], str], ...] = (
    (patterns.DOC_PART, 2, {"guide": 2}, "it has the parts of an instruction or a reference"),
    (patterns.ASKS, 3, {"guide": 1}, "several of its headings are questions"),
    (patterns.BEST_FOR, 3, {"list": 2}, "several of its headings name a best one"),
    (patterns.JUDGES, 2, {"review": 2}, "several of its headings weigh or judge"),
    (patterns.ABOUT_PART, 1, {"profile": 1.5}, "its headings are those of a page about somebody"),
    (patterns.PRODUCT_PART, 1, {"product": 1}, "it has the parts of a product page"),
)


def structure(document: Document) -> Iterator[Signal]:
    """Yield signals from the structure of the page."""
    yield from _from_headings(document)
    code = len(document.tree.css("pre"))
    if code > 2:
        yield Signal({"guide": 2, "news": -1}, f"it shows {code} blocks of code")
    elif len(document.tree.css("code")) > _MUCH_CODE:
        yield Signal({"guide": 1.5, "news": -0.5}, "it speaks in code")
    yield from _from_repetition(document)
    yield from _from_trade(document)
    yield from _from_forms(document)
    yield from _from_buttons(document)
    yield from _from_calls(document)
    yield from _from_address(document)


def _from_headings(document: Document) -> Iterator[Signal]:
    headings = [text for level, text in document.headings if level > 1]
    steps = sum(map(bool, map(patterns.STEP.match, headings)))
    numbered = sum(map(bool, map(patterns.NUMBERED.match, headings)))
    if steps > 2:
        yield Signal({"guide": 3, "news": -1.5}, f"{steps} of its headings are steps")
    elif numbered > 3:
        weight = 3 if numbered > _SHARE * len(headings) else 1.5
        yield Signal({"list": weight, "news": -1.5}, f"{numbered} of its headings are numbered")
    faq = any(map(_FAQ.search, headings)) or "FAQPage" in document.types
    for pattern, least, weights, said in _HEADINGS:
        if faq and pattern is patterns.ASKS:
            continue  # firms answer questions below what they sell
        found = {heading.lower() for heading in headings if pattern.search(heading)}
        if len(found) >= least:
            yield Signal(weights, said)
    if {"abstract", "references"} <= {text.strip(" :.0123456789").lower() for text in headings}:
        yield Signal({"other": 3}, "it has the parts of a paper")
    yield from _from_links(document, len(headings))


def _from_links(document: Document, headings: int) -> Iterator[Signal]:
    foreign = len(outbound_of(document))
    if headings > _LIST_HEADINGS and _MATCHED * headings < foreign < 4 * headings:
        yield Signal({"list": 0.5}, "it has about as many links to other sites as headings")
    linked = linked_headings(document)
    if linked > 7 and len(document.prose) < 2 * linked:
        yield Signal({"category": 1.5}, f"{linked} of its headings are links")


def linked_headings(document: Document) -> int:
    """Return how many headings of the page lead to other pages: an index of them has many."""
    titles = document.tree.css("h2 a[href], h3 a[href], h4 a[href], a[href] h2, a[href] h3")[:120]
    return len({words(node) for node in titles if not document.is_aside(node)})


def _from_posts(document: Document, name: str, posts: int) -> Iterator[Signal]:
    if posts > 2 and _are_teasers(document, posts):
        # Each leads to the whole text, which a post of a thread has no need to do.
        yield Signal({"category": 1.5}, f"it has {posts} teasers alike")
        return
    if posts > 4:
        yield Signal({"forum": 1.5}, f"it has {posts} posts or comments alike")
    if posts > 2 and _written_in(document, name) > _MOST * len(document.main_text):
        yield Signal({"forum": 1.5}, "most of its text stands in posts")


def _are_teasers(document: Document, posts: int) -> bool:
    """Say whether the posts of a page are articles whose headings lead to the whole text."""
    articles = len(document.tree.css("article"))
    return min(articles, linked_headings(document)) > _SHARE * posts


def _from_repetition(document: Document) -> Iterator[Signal]:
    classes: Counter[str] = Counter()
    for node in document.tree.css(
        "div[class], li[class], article[class], section[class], tr[class]"
    )[:_MAX_ELEMENTS]:
        if document.is_aside(node):
            continue
        classes[node.attributes.get("class") or ""] += 1

    def most(pattern: re.Pattern[str]) -> tuple[str, int]:
        alike = [(count, name) for name, count in classes.items() if pattern.search(name)]
        count, name = max(alike, default=(0, ""))
        return name, count

    name, posts = most(_POSTS)
    yield from _from_posts(document, name, posts)
    _, cards = most(_CARDS)
    if cards > 9:
        yield Signal({"category": 1.5}, f"it has {cards} items alike")
    _, people = most(_PEOPLE)
    if people > 3:
        yield Signal({"profile": 1}, f"it shows {people} people alike")
    _, reviews = most(_REVIEWS)
    if reviews > 7:
        yield Signal({"review": 0.5, "product": 0.5}, f"it shows {reviews} reviews alike")
    faces = len(document.tree.css("img[class*=avatar i], [class*=avatar i] img"))
    if faces > 4 and posts > 2:
        yield Signal({"forum": 1}, f"it shows the faces of {faces} who wrote")


def _written_in(document: Document, name: str) -> int:
    """Return how many letters are in elements of a class; stops counting once there are enough.

    Elements of the class may be nested: only the outermost are counted.
    """
    total, enough, steps = 0, len(document.main_text), _MAX_STEPS
    last = -1
    for node in document.tree.css("[class]")[:_MAX_ELEMENTS]:
        if node.attributes.get("class") == name:
            above = node.parent
            while above is not None and above.mem_id != last and steps:
                above, steps = above.parent, steps - 1
            if not steps:
                break
            if above is not None:
                continue
            last = node.mem_id
            total += len(node.text())
            if total > enough:
                break
    return total


def _from_trade(document: Document) -> Iterator[Signal]:
    tree = document.tree
    marked = tree.css("[itemprop=price], [class~=price], [class~=woocommerce-Price-amount]")
    prices = sum(not document.is_aside(node) for node in marked[:_MAX_ELEMENTS])
    if prices > 8:
        yield Signal({"category": 1.5}, f"it marks {prices} prices")
    elif prices:
        yield Signal({"product": 1.5}, "it marks a price")
    if tree.css_first("[itemprop=sku], [itemprop=gtin13], [itemprop=mpn], [itemprop=offers]"):
        yield Signal({"product": 1}, "it marks an offer or an article number")
    amounts = len(tree.css("input[name*=quantity i], input[name=qty], input[name*=menge i]"))
    if 0 < amounts < 4:
        yield Signal({"product": 1.5}, "it asks how many to buy")
    if tree.css_first(
        "select[name*=sort i], select[name*=orderby i], select[id*=sort i], [class*=facet i], "
        "[class*=sort-by i], [class*=sortby i], [class*=toolbar-sorter i], [class*=filters i]"
    ):
        yield Signal({"category": 1.5}, "its items can be sorted or filtered")
    if tree.css_first(
        "[class*=recipe-ingredient i], [itemprop=recipeIngredient], [itemprop=ingredients], "
        "[class*=wprm-recipe i], [class*=tasty-recipes i], [class*=ingredients-list i]"
    ):
        yield Signal({"guide": 3}, "it marks the ingredients of a recipe")
    steps = sum(len(words(node) or "") > _LONG_STEP for node in tree.css("ol > li")[:40])
    if 2 < steps < 40:
        yield Signal({"guide": 0.5}, f"it has a numbered list of {steps} steps")


def _from_forms(document: Document) -> Iterator[Signal]:
    fields = [node for node in document.tree.css(_FIELDS)[:500] if not document.is_aside(node)]
    asks_mail = (
        document.tree.css_first("form input[type=email], form input[name*=mail i]") is not None
    )
    message = any(node.tag == "textarea" for node in fields)
    little = len(document.prose) < 6
    if little and message and asks_mail:
        yield Signal({"profile": 1.5}, "it has a message form and little prose")
    elif little and len(fields) > 3:
        yield Signal({"tool": 1}, f"it has {len(fields)} fields to fill in and little prose")
    figures = [n for n in fields if n.attributes.get("type") in ("number", "range")]
    if len(figures) > 1:
        yield Signal({"tool": 1.5}, f"it has {len(figures)} fields for figures")
    asks_password = document.tree.css_first("input[type=password]") is not None
    if asks_password and len(document.prose) < 3 and document.words < _LITTLE:
        yield Signal({"other": 2}, "it asks for a password")


def _from_buttons(document: Document) -> Iterator[Signal]:
    buttons, works = 0, None
    for node in document.tree.css(_BUTTONS)[:500]:
        if document.is_aside(node):
            continue
        label = words(node) or node.attributes.get("value") or node.attributes.get("title") or ""
        buttons += bool(patterns.BUY.search(label))
        if node.tag != "a":
            works = works or patterns.WORKED.search(label)
    if works and len(document.prose) < 30:
        weight = 0.5 if works.group().lower().strip() in ("search", "find") else 2.0
        yield Signal({"tool": weight}, f"it has a button “{works.group().strip()}”")
    if buttons > 3 and document.tree.css_first(_ONE_OFFER) is not None:
        yield Signal({"category": 1, "product": 1.5}, "it sells one thing, and others beside it")
    elif buttons > 3:
        yield Signal({"category": 3}, f"it has {buttons} buttons to buy")
    elif buttons:
        yield Signal({"product": 3}, "it has a button to buy")


def _from_calls(document: Document) -> Iterator[Signal]:
    """Yield signals from call-to-action buttons, unless the page is an article."""
    if document.own_types & WRITTEN or document.meta("og:type") == "article":
        return
    calls = {
        found.group().lower()
        for node in document.tree.css(_CALLS)[:500]
        if not document.is_aside(node)
        and (found := patterns.OFFER.search((words(node) or "")[:_LONGEST_CALL]))
    }
    if calls:
        weight = 1.5 if len(calls) > 1 else 1
        yield Signal({"product": weight}, f"it has a button “{min(calls)}”")


def _from_address(document: Document) -> Iterator[Signal]:
    if len(document.prose) > 12:
        return
    tree = document.tree
    if tree.css_first(
        "iframe[src*='google.com/maps'], iframe[src*='maps.google'], [class*=map-canvas i]"
    ):
        yield Signal({"profile": 1}, "it shows where somebody is on a map")
    main = [
        one
        for one in tree.css("a[href^='tel:'], a[href^='mailto:'], address")[:40]
        if not document.is_aside(one)
    ]
    if len(main) > 1 and document.words < 800:
        yield Signal({"profile": 1}, "it gives telephone, e-mail or address")
