"""Rejects pages whose nesting, attributes or open tags would cost the parser quadratic time.

Scripts, styles and comments are skipped as the parser does. The contents of SVG drawings, and the
options of select lists, are removed if there are very many: nothing needs them.
"""

import re
from collections import Counter, defaultdict

MAX_DEPTH = 2000
MAX_ATTRIBUTES = 1000
MAX_COPIES = 1_500_000
_TAG = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][^\s/<>]{0,30}))")
# Elements that never stay open, or that the parser closes by itself.
_FLAT = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link"),
        *("meta", "param", "source", "track", "wbr", "p", "li", "dd", "dt"),
        *("td", "th", "tr", "tbody", "thead", "tfoot", "option", "optgroup", "rt"),
        *("rp", "html", "head", "body"),
    }
)
# If left open, each of these is opened again in every paragraph that follows.
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
_RAW = frozenset("script style textarea title xmp iframe noembed noframes".split())  # noqa: SIM905
_FOREIGN = frozenset({"svg", "math"})
# An end tag does not close elements outside of these.
_WALLS = frozenset({"table", "template", "object", "marquee", "applet", "caption", "foreignobject"})
_MERGED = frozenset({"html", "body"})
_LONG = 1_000
# For each of these, the parser walks over all the others.
_OPTION = re.compile(r"</?opt(?:ion|group)(?:[\s/][^<>]*+)?>", re.IGNORECASE)
# A start tag as the HTML tokenizer reads it: quotes matter only after an equals sign. Possessive
# throughout, so that it never backtracks.
_OPENING = re.compile(r"""<[a-zA-Z](?:[^"'<>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]++)?|["'<])*+""")
_ATTRIBUTE = re.compile(r"""[^\s"'>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]++))?""")


class _Harm(Exception):
    """Stops the check of a page; the message is the objection."""


def objection(html: str) -> str | None:
    """Return why a page must not be parsed, or None if it may be."""
    try:
        _Look(html).through()
    except _Harm as harm:
        return str(harm)
    return None


def lightened(html: str) -> str:
    """Remove the option tags, and the contents of large drawings, from a page with many tags."""
    if html.count("<") <= MAX_DEPTH // 4:
        return html
    return _undrawn(_OPTION.sub(" ", html))


def _undrawn(html: str) -> str:
    small = html.lower()
    if len(small) != len(html) or small.count("<svg") == 0:
        return html
    kept, at = [], 0
    while (start := small.find("<svg", at)) >= 0:
        end = small.find("</svg", start)
        end = len(html) if end < 0 else end
        drawn = small.count("<", start, end)
        kept.append(html[at : start + 4] + ">" if drawn > MAX_DEPTH // 4 else html[at:end])
        at = end
    return "".join(kept) + html[at:]


class _Look:
    """One walk over the tags of a page."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._small = html.lower() if html.isascii() else ""
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._formats: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._formatting = self._copies = self._merged = 0

    def through(self) -> None:
        """Walk from tag to tag. Raises `_Harm`."""
        at: int | None = 0
        while at is not None:
            found = _TAG.search(self._html, at)
            if found is None:
                return
            comment, closing, name = found.groups()
            if comment:
                end = self._html.find("-->", found.end() - 2)
                at = None if end < 0 else end + 3
            elif closing:
                self._close(name.lower())
                at = found.end()
            else:
                at = self._start(name.lower(), found.start())

    def _start(self, name: str, start: int) -> int | None:
        """Handle a start tag. Returns where to continue, or None at the end."""
        opening = _OPENING.match(self._html, start)
        end = opening.end() if opening else start + 1
        if end - start > _LONG or name in _MERGED:
            self._attributes(name, start, end)
        self._copies += self._formatting
        if self._copies > MAX_COPIES:
            raise _Harm("it leaves too many elements open")
        foreign = self._counts["svg"] or self._counts["math"]
        if name in _RAW and not foreign:
            return self._after(name, end)
        closed = self._html[end - 1] == "/" and (foreign or name in _FOREIGN)
        if name not in _FLAT and not closed:
            self._open.append(name)
            self._counts[name] += 1
            if len(self._open) > MAX_DEPTH:
                raise _Harm("its elements are nested too deeply")
            if name in _FORMATTING:
                self._format(name, self._html[start:end])
        return end

    def _attributes(self, name: str, start: int, end: int) -> None:
        count = len(_ATTRIBUTE.findall(self._html, start + 1, end)) - 1
        if name in _MERGED:  # the parser adds those of a second body to the first
            self._merged += count
            count = self._merged
        if count > MAX_ATTRIBUTES:
            raise _Harm("it has a tag with too many attributes")

    def _format(self, name: str, tag: str) -> None:
        alike = self._formats[name]
        alike[tag] += 1
        if alike[tag] <= 3:  # the parser remembers at most three identical ones
            self._formatting += 1

    def _after(self, name: str, at: int) -> int | None:
        """Return where the text of a script or similar element ends, or None if it never does."""
        if self._small:
            end = self._small.find(f"</{name}", at)
            return None if end < 0 else end
        found = _ENDS[name].search(self._html, at)
        return found.start() if found else None

    def _close(self, name: str) -> None:
        if name in _FORMATTING:
            self._unformat(name)
        if not self._counts[name]:
            return
        if self._open[-1] == name:
            self._open.pop()
            self._counts[name] -= 1
            return
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at] == name:
                # A formatting element ends alone; elements opened inside it stay open.
                gone = slice(at, at + 1) if name in _FORMATTING else slice(at, None)
                self._counts.subtract(self._open[gone])
                del self._open[gone]
                return
            if self._open[at] in _WALLS:
                return

    def _unformat(self, name: str) -> None:
        alike = self._formats[name]
        if alike:
            tag = next(reversed(alike))
            self._formatting -= alike[tag] <= 3
            alike[tag] -= 1
            if not alike[tag]:
                del alike[tag]


_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in sorted(_RAW)}
