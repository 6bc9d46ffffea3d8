"""Signals from markup: schema.org, Open Graph, the site's software, its declared page type."""

import re
from collections.abc import Iterator

from bot.common.domains import is_platform
from bot.pages.document import Document
from bot.pages.kind import marks
from bot.pages.kind.evidence import ARTICLE, Signal

_SCHEMA: dict[str, dict[str, float]] = {
    "Product": {"product": 4},
    "ProductGroup": {"product": 4},
    "IndividualProduct": {"product": 4},
    "Vehicle": {"product": 3},
    "Service": {"product": 3},
    "SoftwareApplication": {"product": 2, "tool": 1},
    "MobileApplication": {"product": 3},
    "WebApplication": {"tool": 3},
    "Recipe": {"guide": 5},
    "HowTo": {"guide": 4},
    "TechArticle": {"guide": 3},
    "APIReference": {"guide": 4},
    "LearningResource": {"guide": 2},
    "MedicalWebPage": {"guide": 2},
    "FAQPage": {"guide": 0.5, "product": 0.5},
    "NewsArticle": {"news": 2.5},
    "ReportageNewsArticle": {"news": 4},
    "AnalysisNewsArticle": {"news": 3},
    "OpinionNewsArticle": {"news": 3},
    "BackgroundNewsArticle": {"news": 3},
    "LiveBlogPosting": {"news": 4},
    "Review": {"review": 3},
    "CriticReview": {"review": 4},
    "ReviewNewsArticle": {"review": 4},
    "DiscussionForumPosting": {"forum": 6},
    "QAPage": {"forum": 6},
    "VideoObject": {"video": 3},
    "Movie": {"video": 1},
    "TVEpisode": {"video": 3},
    "CollectionPage": {"category": 2},
    "OfferCatalog": {"category": 2},
    "SearchResultsPage": {"category": 3},
    "ProfilePage": {"profile": 5},
    "AboutPage": {"profile": 5},
    "ContactPage": {"profile": 5},
    "Person": {"profile": 1},
    "Physician": {"profile": 3},
    "Event": {"other": 4},
    "MusicEvent": {"other": 4},
    "EducationEvent": {"other": 4},
    "TheaterEvent": {"other": 4},
    "JobPosting": {"other": 5},
    "ScholarlyArticle": {"other": 4},
    "DefinedTerm": {"other": 3},
    "MusicComposition": {"other": 2},
}
WRITTEN = frozenset({"Article", "BlogPosting", "NewsArticle", "Recipe", "TechArticle", "Review"})
"""The schema.org types of written texts."""
_FIRMS = frozenset(
    {
        *("LocalBusiness", "ProfessionalService", "LegalService", "Attorney", "Plumber", "Dentist"),
        *("HVACBusiness", "Electrician", "RoofingContractor", "MovingCompany", "AutoRepair"),
        *("HomeAndConstructionBusiness", "GeneralContractor", "MedicalBusiness", "RealEstateAgent"),
        *("FinancialService", "InsuranceAgency", "BeautySalon", "Restaurant", "Hotel", "Store"),
    }
)
_PARTS = frozenset({"VideoObject", "Person", "Movie", "FAQPage"})  # articles have these too
_OG_TYPES = (
    (re.compile(r"product\.group|product_group"), {"category": 4.0}),
    (re.compile(r"(?:og:)?product(?:\.item)?"), {"product": 4.0}),
    (re.compile(r"video(?:\..*)?"), {"video": 4.0}),
    (re.compile(r"profile"), {"profile": 4.0}),
    (re.compile(r"event"), {"other": 4.0}),
    (re.compile(r"news"), {"news": 3.0}),
    (re.compile(r"article"), dict.fromkeys(ARTICLE, 0.5)),
    (re.compile(r"website"), {"news": -0.5}),
)
_IN_SCRIPT = re.compile(
    r"[\"'_.]?(?:page|content|template|asset|view|post)[_-]?(?:type|template|kind|group)[\"']?\s*"
    r"[:=]\s*[\"']([a-z][\w .:/-]{2,30})[\"']",
    re.IGNORECASE,
)
# A platform gives all its members' pages the same type, whatever they contain.
_ON_PLATFORM = 1.0
_SCRIPTS, _SCRIPT, _CLAIMS = 60, 40_000, 6
_PUBLISHERS = re.compile(
    r"parsely-|sailthru\.|cxenseparse|news_keywords|syndication-source|original-source|article:opinion"
    r"|article:content_tier|standout|msvalidate\.news|vr:|brightspot|vf:|bt:|cse-"
)


def declared(document: Document) -> Iterator[Signal]:
    """Yield the kinds that the page's own markup declares."""
    yield from _from_schema(document)
    yield from _from_parts(document)
    yield from _from_head(document)
    yield from _from_marks(document)
    yield from _from_page_type(document)


def _from_schema(document: Document) -> Iterator[Signal]:
    products = sum(
        "Product" in node.types and "Review" not in node.parents for node in document.nodes
    )
    written = document.own_types & WRITTEN
    for name in sorted(document.own_types & _SCHEMA.keys()):
        if name == "Product" and products > 3:
            yield Signal({"category": 3.5}, f"it marks up {products} products")
        elif name not in _PARTS or not written:
            yield Signal(_SCHEMA[name], f"it calls itself {name} (schema.org)")
    if document.own_types & {"Article", "BlogPosting"}:
        yield Signal({**ARTICLE, "forum": -1}, "it calls itself an article (schema.org)")
    if document.types["NewsMediaOrganization"]:
        yield Signal({"news": 1.5}, "it names a news organisation as its publisher")
    if document.own_types & _FIRMS:
        yield Signal({"product": 1, "profile": 0.5}, "it calls itself a local firm (schema.org)")


def _from_parts(document: Document) -> Iterator[Signal]:
    """Yield signals from the marked-up parts of the page."""
    if document.types["HowToStep"]:
        yield Signal({"guide": 2}, "it marks up steps")
    if document.types["Review"] + document.types["UserReview"] > 4:
        yield Signal({"review": 1, "product": 1}, "it marks up customer reviews")
    if document.types["ListItem"] > 3 and "ItemList" in document.types:
        yield Signal({"list": 0.5, "category": 0.5}, "it marks up a list of items")
    if (
        "Comment" not in document.own_types
        and document.types["Answer"]
        and "FAQPage" not in document.types
    ):
        yield Signal({"forum": 2}, "it marks up answers")


def _from_head(document: Document) -> Iterator[Signal]:
    og_type = (document.meta("og:type") or "").lower()
    for pattern, weights in _OG_TYPES:
        if pattern.fullmatch(og_type):
            most = _ON_PLATFORM if is_platform(document.site or "") else max(weights.values())
            capped = {kind: min(weight, most) for kind, weight in weights.items()}
            yield Signal(capped, f"its og:type is {og_type}")
            break
    yield from _from_cards(document)
    if any(map(_PUBLISHERS.match, document.meta_names)):
        yield Signal({"news": 1}, "it has metadata that newspapers use")
    if document.citation:
        yield Signal({"other": 4}, "it carries the citation metadata of a paper")
    if document.meta("og:video", "og:video:url", "twitter:player"):
        yield Signal({"video": 1.5}, "its metadata offers a player")
    if document.tree.css_first("[class*=pagination i], [rel=next], [class*=pager i]") is not None:
        yield Signal({"category": 0.5, "forum": 0.5}, "it is one page of several")


def _from_cards(document: Document) -> Iterator[Signal]:
    """Yield signals from a price, an author or a date in the metadata, or from the lack of them."""
    if document.meta("product:price:amount", "og:price:amount", "product:availability"):
        yield Signal({"product": 3}, "its metadata names a price")
    if (
        document.meta("twitter:label1")
        and "price" in (document.meta("twitter:label1") or "").lower()
    ):
        yield Signal({"product": 2}, "its card names a price")
    if document.meta("article:published_time", "datepublished", "author"):
        yield Signal(dict.fromkeys(ARTICLE, 0.5), "its metadata has a date or an author")
    elif not document.own_types & WRITTEN:
        yield Signal({"product": 0.5, "category": 0.5}, "its markup names neither author nor date")


def _from_marks(document: Document) -> Iterator[Signal]:
    made = document.marks
    for pattern, weights in marks.MARKS:
        found = pattern.search(made)
        if found:
            yield Signal(weights, f"its markup calls it “{found.group().strip()}”")
    ids = (document.attribute("html", "id") or "", document.attribute("body", "id") or "")
    made_with = " ".join((document.meta("generator") or "", *ids))
    for pattern, weights in marks.SOFTWARE:
        software = pattern.search(made_with)
        if software:
            yield Signal(weights, f"it is made with {software.group().strip()}")


def _from_page_type(document: Document) -> Iterator[Signal]:
    """Yield the first page type that a meta element or the page's own scripts name."""
    claims = [document.meta(name) for name in marks.PAGE_TYPE_METAS]
    for script in document.tree.css("script:not([src])")[:_SCRIPTS]:
        claims += _IN_SCRIPT.findall(script.text()[:_SCRIPT])[:_CLAIMS]
    for claim in filter(None, claims):
        said = claim.lower()
        for pattern, unless, weights in marks.PAGE_TYPES:
            if pattern.search(said) and not (unless and unless.search(said)):
                yield Signal(weights, f"it gives its page type as “{said[:30]}”")
                return
