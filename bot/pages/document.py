"""A parsed page: the markup is parsed once, and all fact finders share a few views of it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import SplitResult, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.common.domains import registrable
from bot.pages.furniture import ASIDE, REMARK, Standing
from bot.pages.schema import Node, json_ld, microdata
from bot.pages.texts import MAX_WORDS, label, words

_UNSEEN = frozenset({"script", "style", "template", "svg", "select", "datalist", "head"})
_BLANKS = "\t\n\v\f\r\x85\xa0\u2028\u2029\u3000"
_SENTENCE = 60
_SENTENCE_HAN = 25
_HAN = re.compile("\\A\\W*+[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_LOOSE = 100
_LOOSE_IN = frozenset({"div", "td", "section", "article", "main", "body", "font", "span", "center"})
_SAMPLE = 200_000
_IN_LINK = 100
_MAX_URL = 4096
_MAX_LINKS = 5000
_MAX_HEADINGS = 2000
_MAX_PROSE = 2000
_MAX_MARK = 600
_MAX_CONTENT = 4000
_MAX_LINES, _LINE = 4000, 90
_TEXT_OF_ITS_OWN = 5
_MARK = re.compile(r"\A(?:id|class)\Z|\Adata-.*(?:page|template|type|view|controller|route)")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One link: absolute URL (with its fragment), visible text, `rel` text, and its element."""

    url: str
    text: str
    rel: str
    node: LexborNode


class Document:
    """One parsed page. Without a `url`, its canonical URL is used, if it has one."""

    def __init__(self, html: str, url: str | None) -> None:
        self.tree = LexborHTMLParser(html)
        self.url = url or self._claimed_url()
        self._parts = _split(self.url)
        self.statements = json_ld(self.tree)
        self.items = microdata(self.tree)
        self.videos = len(self.tree.css("video, iframe[src*=youtube], iframe[src*=vimeo]"))
        self.anchors = self._anchors()

    @cached_property
    def named(self) -> dict[str, dict[str, object]]:
        """The first named statement for each `@id`."""
        found: dict[str, dict[str, object]] = {}
        for node in self.statements:
            key = node.values.get("@id")
            if isinstance(key, str) and node.values.get("name"):
                found.setdefault(key, node.values)
        return found

    @cached_property
    def nodes(self) -> list[Node]:
        """All schema.org statements, JSON-LD first."""
        return [*self.statements, *self.items]

    @cached_property
    def path(self) -> str:
        """The decoded, lower-case path of the URL, or ""."""
        return self._parts.path.lower()

    @property
    def is_home(self) -> bool:
        """Whether it is a site's front page; False if the address is unknown."""
        return bool(self.url) and self.path in ("", "/")

    @cached_property
    def host(self) -> str:
        """The lower-case host of the URL without www, or ""."""
        return (self._parts.hostname or "").removeprefix("www.")

    @cached_property
    def citation(self) -> bool:
        """Whether it has the metadata of a scholarly paper."""
        return any(name.startswith("citation_") for name in self._metas)

    @cached_property
    def site(self) -> str | None:
        """The registrable domain of the page."""
        return registrable(self.url) if self.url else None

    def meta(self, *names: str) -> str | None:
        """Return the content of the first `meta` name that has one, in the order of the names."""
        return next((self._metas[name] for name in names if self._metas.get(name)), None)

    @cached_property
    def _metas(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for element in self.tree.css("meta"):
            said = element.attributes
            name = said.get("property") or said.get("name") or said.get("http-equiv")
            name = name or said.get("itemprop")
            content = " ".join((said.get("content") or "")[:_MAX_CONTENT].split())
            if name and content:
                found.setdefault(name.strip().lower(), content)
        return found

    @property
    def meta_names(self) -> Iterable[str]:
        """The names of all `meta` elements with content, in lower case."""
        return self._metas.keys()

    @cached_property
    def marks(self) -> str:
        """What content systems name a page: id, class and data attributes of html and body."""
        found = []
        for selector in ("html", "body"):
            element = self.tree.css_first(selector)
            for name, value in (element.attributes if element is not None else {}).items():
                if value and _MARK.search(name[:100]):
                    found.append(value[:_MAX_MARK])
        return " ".join(found).lower()

    def attribute(self, selector: str, name: str) -> str | None:
        """Return an attribute of the first element that matches."""
        element = self.tree.css_first(selector)
        return None if element is None else element.attributes.get(name)

    def first_text(self, selector: str) -> str | None:
        """Return the text of the first matching element that has any."""
        found = (words(node) for node in self.tree.css(selector)[:20])
        return next((text for text in found if text), None)

    @cached_property
    def title(self) -> str | None:
        """The title element, else the Open Graph title."""
        element = self.tree.css_first("head title") or self.tree.css_first("title")
        return (words(element) if element is not None else None) or self.meta("og:title")

    @cached_property
    def h1(self) -> str | None:
        """The first h1 that has text."""
        return self.first_text("h1")

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Headings of level 1 to 3 in document order, without those in navigation and footer."""
        found = []
        for node in self.tree.css("h1, h2, h3")[:_MAX_HEADINGS]:
            text = None if self.is_aside(node) else words(node)
            if text:
                found.append((int((node.tag or "h3")[1]), text))
        return found

    def _claimed_url(self) -> str | None:
        """Return the address that a saved page gives as its own, if it is absolute."""
        said = self.attribute("link[rel=canonical]", "href") or self.meta("og:url")
        said = said if said and len(said) <= _MAX_URL else None
        return said if said and said[:8].lower().startswith(("http://", "https://")) else None

    def _anchors(self) -> list[Anchor]:
        base = self.attribute("base[href]", "href")
        origin = _joined(self.url or "", base) if base else (self.url or "")
        found = []
        for node in self.tree.css("a[href], area[href]")[:_MAX_LINKS]:
            said = node.attributes
            shown, pictured = label(node, _IN_LINK)
            text = shown or said.get("aria-label") or said.get("title") or pictured or ""
            url = _joined(origin, (said.get("href") or "").strip())
            text = " ".join(text[:MAX_WORDS].split())
            found.append(Anchor(url, text, said.get("rel") or "", node))
        return found

    @property
    def text(self) -> str:
        """The visible text of the page. Text inside noscript counts: some sites keep it there."""
        return self._visible.text

    @cached_property
    def words(self) -> int:
        """The number of visible words; two characters of Chinese, Japanese or Thai count as one."""
        unspaced = len(_UNSPACED.findall(self.text)) // 2
        return self.text.count(" ") + 1 + unspaced if self.text else 0

    @property
    def sample(self) -> str:
        """The start of the main text, as much of it as is searched for patterns."""
        return self._visible.main[:_SAMPLE]

    @property
    def main_text(self) -> str:
        """The visible text without navigation, sidebars and footer."""
        return self._visible.main

    @property
    def lines(self) -> list[str]:
        """The short text nodes of the main text, in order."""
        return self._visible.lines

    @property
    def prose(self) -> list[str]:
        """The paragraphs of at least a sentence, outside navigation, sidebars and footer."""
        return self._visible.prose

    def is_aside(self, node: LexborNode) -> bool:
        """Say whether an element is in a menu, a sidebar, a footer or beside the main text."""
        return node.mem_id in self._visible.aside

    @cached_property
    def _visible(self) -> "_Visible":
        return _visible(self.tree)

    @cached_property
    def types(self) -> Counter[str]:
        """How often each schema.org type is named."""
        return Counter(name for node in self.nodes for name in node.types)

    @cached_property
    def own_types(self) -> frozenset[str]:
        """The schema.org types that the page claims for itself, not for its parts."""
        return frozenset(name for node in self.nodes if node.depth == 0 for name in node.types)


@dataclass(frozen=True, slots=True)
class _Visible:
    text: str
    main: str
    prose: list[str]
    lines: list[str]
    aside: set[int]


def _visible(tree: LexborHTMLParser) -> _Visible:
    """Walk the visible text once, without recursion and without copying the tree."""
    body, seen = tree.body, _Seen(tree)
    waiting: list[tuple[LexborNode, str]] = [(body, "")] if body is not None else []
    while waiting:
        node, where = waiting.pop()
        if node.next is not None and node is not body:
            waiting.append((node.next, where))
        tag = node.tag or ""
        if tag == "-text":
            seen.text(node, where)
        elif tag not in _UNSEEN and tag[:1] not in ("-", "!"):
            below = seen.element(node, tag, where)
            if node.child is not None:
                waiting.append((node.child, below))
    return seen.all()


class _Seen:
    """What the walk found. Comments are kept apart: they count only without other text."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._standing = Standing(tree)
        self._everything: list[str] = []
        self._main: list[tuple[str, bool]] = []
        self._prose: list[tuple[str, bool]] = []
        self._aside: set[int] = set()
        self._remarks: list[int] = []

    def text(self, node: LexborNode, where: str) -> None:
        piece = node.text_content or ""
        self._everything.append(piece)
        if where == ASIDE:
            return
        self._main.append((piece, where == REMARK))
        if len(piece) >= _LOOSE and _stands_loose(node):
            self._paragraph(" ".join(piece[:MAX_WORDS].split()), where)

    def element(self, node: LexborNode, tag: str, where: str) -> str:
        """Record an element; returns where its children stand."""
        below = self._standing.of(node, tag, where)
        if below == ASIDE:
            self._aside.add(node.mem_id)
            return below
        if below == REMARK:
            self._remarks.append(node.mem_id)
        if tag == "p" and len(self._prose) < _MAX_PROSE:
            said = words(node) or ""
            if len(said) >= (_SENTENCE_HAN if _HAN.match(said) else _SENTENCE):
                self._paragraph(said, below)
        return below

    def _paragraph(self, said: str, where: str) -> None:
        if said and len(self._prose) < _MAX_PROSE:
            self._prose.append((said, where == REMARK))

    def all(self) -> _Visible:
        own = sum(not remarked for _, remarked in self._prose) >= _TEXT_OF_ITS_OWN
        aside = self._aside.union(self._remarks) if own else self._aside
        pieces = [piece for piece, remarked in self._main if not (own and remarked)]
        lines = [line for piece in pieces[:_MAX_LINES] if 0 < len(line := piece.strip()) <= _LINE]
        prose = [said for said, remarked in self._prose if not (own and remarked)]
        return _Visible(_folded(self._everything), _folded(pieces), prose, lines, aside)


def _stands_loose(node: LexborNode) -> bool:
    """Say whether a text node is a paragraph without a tag, as in old pages or between `br`."""
    parent = node.parent
    return parent is not None and (parent.tag or "") in _LOOSE_IN


def _folded(pieces: list[str]) -> str:
    """Join the pieces, single-spaced, without building a list of up to a million words."""
    text = " ".join(pieces)
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip()


def _split(url: str | None) -> SplitResult:
    """Split an address; an unreadable one gives empty parts."""
    try:
        return urlsplit(url or "")
    except ValueError:
        return urlsplit("")


def _joined(base: str, href: str) -> str:
    if len(base) > _MAX_URL or len(href) > _MAX_URL:
        return ""
    try:
        joined = urljoin(base, href)
        urlsplit(joined)
    except ValueError:
        return ""
    return joined
