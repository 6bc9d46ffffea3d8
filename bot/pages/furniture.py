"""Finds what is not the main text: menus, sidebars, footers, related items, comments.

HTML has elements for some of these; most sites only name them in a class. A class counts only as a
whole word, and never on an element that contains the page's own heading: `widget Blog` contains the
whole text.
"""

# ruff: noqa: E501 - rows of words

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.pages.word_patterns import compiled

ASIDE, REMARK = "aside", "remark"

_TAGS = frozenset({"nav", "footer", "aside"})
_ROLES = frozenset({"navigation", "contentinfo", "complementary", "search", "dialog"})
_NAMED = compiled(
    r"(?:^|[-_ ])(?:(?:mega|main|sub|drop|top|site|nav|mobile|primary|side|footer|header)?-?_?menus?"
    r"|(?:site|page|global|main|top)[-_]?(?:footer|navigation|nav)|nav(?:bar|igation)?|navbox|sidebar|side[-_]bar"
    r"|footer|breadcrumbs?|related(?:[-_]\w+)?|similar(?:[-_]\w+)?|recommend(?:ed|ations?)(?:[-_]\w+)?"
    r"|up[-_]?sells?|cross[-_]?sells?|also[-_](?:bought|viewed|like)|recently[-_]viewed|cookie[-_]?\w*"
    r"|consent[-_]?\w*|newsletter[-_]?\w*|share(?:[-_](?:bar|buttons|links))?|social[-_]?(?:links|share|icons|media)?"
    r"|popup|modal|offcanvas|facets?|filters?|skip[-_]link|more[-_](?:stories|news|articles|posts))(?:$|[ ])",
    re.IGNORECASE,
)
_REMARKED = compiled(
    r"(?:^|[ ])(?:(?:the|post|entry|article|wp|fb|user|blog)?[-_]?comments?(?:[-_](?:area|list|section|wrap(?:per)?"
    r"|thread|block|respond|template|form|container))?|commentlist|disqus_thread|respond|kommentare?|commentaires"
    r"|comentarios|commenti|reacties|hozzaszolasok|komentarze)(?:$|[ ])",
    re.IGNORECASE,
)
_ITSELF = "h1, main, [role=main], [itemprop=articleBody]"
_PARTS = frozenset({"article", "section", "main", "li"})
_HELD, _ABOVE, _NAME, _ABOVE_HEADER = 20, 200, 300, 8


class Standing:
    """Classifies the elements of a page one by one, from the root down."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._holders: set[int] = set()
        for node in tree.css(_ITSELF)[:_HELD]:
            above: LexborNode | None = node
            for _ in range(_ABOVE):
                if above is None or above.mem_id in self._holders:
                    break
                self._holders.add(above.mem_id)
                above = above.parent

    def of(self, node: LexborNode, tag: str, where: str) -> str:
        """Return ASIDE, REMARK or "" for an element; `where` is its parent's class."""
        if where == ASIDE or tag in _TAGS:
            return ASIDE
        said = node.attributes
        if not said and tag != "header":
            return where
        return self._called(node, tag, where)

    def _called(self, node: LexborNode, tag: str, where: str) -> str:
        said = node.attributes
        if said.get("role") in _ROLES:
            return ASIDE
        if node.mem_id in self._holders:
            return where
        name = f"{(said.get('class') or '')[:_NAME]} {(said.get('id') or '')[:_NAME]}"
        if (tag == "header" and not _heads_a_part(node)) or _NAMED.search(name):
            return ASIDE
        return REMARK if _REMARKED.search(name) else where


def _heads_a_part(header: LexborNode) -> bool:
    """Say whether a header belongs to an article or a section rather than to the site."""
    above = header.parent
    for _ in range(_ABOVE_HEADER):
        if above is None or above.tag == "body":
            return False
        if above.tag in _PARTS:
            return True
        above = above.parent
    return True
