"""Marks that content systems and sites put on their pages, and the kind of page each one means."""

# ruff: noqa: E501 - rows of marks, one kind a line

import re

from bot.pages.kind.evidence import ARTICLE
from bot.pages.word_patterns import compiled

# Classes, ids and template names that content systems put on html and body.
MARKS = (
    (compiled(r"single-product|product-(?:template|details?|page|view)|template-product|-product\b|is--ctl-detail|page-type-product|catalog-product-view|\bview-item\b|post-type-product\b|\bpdp\b"), {"product": 3.5}),
    (compiled(r"\barchive\b|tax-|page-category|template-collection|catalog-category|page-products|is--ctl-listing|category-page|page-type-(?:category|list)|post-type-archive|search-results|\bplp\b|catalogsearch"), {"category": 3.0}),
    (compiled(r"single-post|postid-|node-type-(?:article|blog|post|story|news)|post-template|article-page|single-format|page-article|template-article|template-post"), {**ARTICLE, "forum": -1.0}),
    (compiled(r"node-type-(?:news|press|story)|\bnews-(?:article|detail)|story-page|page-story"), {"news": 2.0}),
    (compiled(r"question-page|\bforum|\btopic-\d|\bthread|template-topic|section-viewtopic|showthread|view-?topic|topic-page|tplthread|discussion-page|bbpress|\bsmf\b"), {"forum": 3.0}),
    (compiled(r"error-?(?:page|404)|page-error|page-404|\b404\b|not-found|access-denied"), {"other": 4.0}),
    (compiled(r"kontakt|page-contact|contact-page|contact-us|template-contact|page-about|about-(?:us|page)|template-about|page-team|\bprofile\b|user-profile|author-page|archive author"), {"profile": 2.5}),
    (compiled(r"\bvideo-(?:page|detail|template)|single-video|watch-page|format-video"), {"video": 2.5}),
    (compiled(r"\brecipe|single-recipe|docs-|\bdoc-page|documentation|wiki-page|how-?to\b"), {"guide": 2.5}),
    (compiled(r"\breview-(?:page|template)|single-review|node-type-review|page-review"), {"review": 3.0}),
    (compiled(r"single-job|job-(?:page|detail)|single-event|tribe-events-single|page-login|login-page|privacy-policy"), {"other": 3.0}),
    (compiled(r"\b(?:calculator|converter|generator)(?:-page|-template)?\b"), {"tool": 2.0}),
)  # fmt: skip
SOFTWARE = (
    (compiled(r"vbulletin|xenforo|phpbb|discourse|nodebb|vanilla|mybb|simple machines|\bsmf\b|invision|ips ?community|flarum|woltlab|bbpress|fluxbb|punbb|yabb|discuz|question2answer|lemmy|askbot|yetanotherforum|jforum|fudforum|esotalk|burning board", re.IGNORECASE), {"forum": 5.0}),
    (compiled(r"sphinx|mkdocs|docusaurus|gitbook|vuepress|vitepress|javadoc|doxygen|mdbook|rustdoc|docsify|readme\.io|antora|docfx|yard |pdoc|starlight|document360|zendesk guide", re.IGNORECASE), {"guide": 4.0}),
    (compiled(r"shopify|woocommerce|magento|prestashop|opencart|bigcommerce|shopware|oscommerce|gambio|oxid|plentymarkets|jtl-shop|nopcommerce|ecwid", re.IGNORECASE), {"product": 0.5, "category": 0.5}),
)  # fmt: skip
PAGE_TYPE_METAS = (
    *("page-type", "pagetype", "page_type", "content-type-name", "contenttype", "content_type"),
    *("sailthru.contenttype", "parsely-type", "cxenseparse:pageclass", "article.type", "ob_page_type"),
    *("dc.type", "dcterms.type", "pagename", "template", "wt.cg_n", "og:content_type", "docs-type"),
)  # fmt: skip
PAGE_TYPES = (
    (compiled(r"product|pdp\b|sku"), compiled(r"products|list|categor|collection|index|search"), {"product": 2.5}),
    (compiled(r"categor|plp\b|collection|listing|search|catalog|archive|products|section|taxonomy|department"), None, {"category": 2.0}),
    (compiled(r"recipe|how-?to|guide|tutorial|documentation|\bdocs?\b|help|knowledge|wiki"), None, {"guide": 2.0}),
    (compiled(r"listicle|gallery|round-?up|ranking"), None, {"list": 2.0}),
    (compiled(r"review"), None, {"review": 2.0}),
    (compiled(r"news|story|press"), compiled(r"newsletter|history|index|home"), {"news": 2.0}),
    (compiled(r"article|blog|\bpost\b|entry"), compiled(r"index|list|home|blogs\b"), dict.fromkeys(ARTICLE, 0.5)),
    (compiled(r"forum|thread|topic|discussion|question"), None, {"forum": 2.5}),
    (compiled(r"video|watch|episode"), None, {"video": 2.0}),
    (compiled(r"profile|\bauthor\b|contact|about|\bteam\b|\bbio\b|person"), None, {"profile": 2.0}),
    (compiled(r"calculator|\btool\b|converter"), None, {"tool": 2.5}),
    (compiled(r"login|error|404|legal|privacy|terms|\bjob\b|event|checkout|\bcart\b"), None, {"other": 2.5}),
)  # fmt: skip
