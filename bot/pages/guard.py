"""Pages that no parser should be given: nesting and attributes cost it quadratic time."""

import re

MAX_DEPTH = 2000
MAX_ATTRIBUTES = 2000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that never stay open, or that the parser closes by itself.
_FLAT = re.compile(
    r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|d[td]|t[dhr]"
    r"|tbody|thead|tfoot|option|optgroup|r[tp]|html|head|body|script|style|path",
    re.IGNORECASE,
)
_LONG = 8_000
# A start tag as the HTML tokenizer takes it: quotes matter after an equals sign only. Possessive
# throughout, so that it never goes back.
_OPENING = re.compile(r"""<[a-zA-Z](?:[^"'<>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]++)?|["'<])*+""")
_ATTRIBUTE = re.compile(r"""[^\s"'>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]++))?""")


def objection(html: str) -> str | None:
    """Return why a page must not be parsed, or None when it may."""
    if html.count("<") > MAX_DEPTH and _too_deep(html):
        return "its elements are nested too deeply"
    if len(html) > _LONG and _too_many_attributes(html):
        return "it has a tag with too many attributes"
    return None


def _too_deep(html: str) -> bool:
    depth = 0
    for match in _TAG.finditer(html):
        closing, name = match.groups()
        if _FLAT.fullmatch(name):
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


def _too_many_attributes(html: str) -> bool:
    for match in _OPENING.finditer(html):
        if match.end() - match.start() < _LONG:
            continue
        if len(_ATTRIBUTE.findall(match.group())) > MAX_ATTRIBUTES:
            return True
    return False
