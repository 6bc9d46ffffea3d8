"""E-mail addresses that a page publishes, in plain text, in links or lightly obfuscated.

An address is never guessed: it stands in one piece where readers see it, or in a link, or in the
page's schema.org data.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from bot.common.mail_address import mail_address
from bot.model.approach import Published, Way
from bot.pages.document import Document
from bot.pages.shown import MOST, Shown, shown

_ADDRESS = re.compile(
    r"(?<![\w.+%@/-])(?<!@ )(?<!\w['’])([\w.+%-]{1,64})@"
    r"((?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24})(?![\w@-])"
)
_HANDLE = re.compile(r"(?<![\w.@])@([\w.-]{1,64})@((?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24})(?![\w@-])")
_SPELT = re.compile(
    r"(?<![\w.+-])[.+-]*+([\w.+-]{1,64}+)\s?[\[({]\s?(?:at|ät|æt|a|arroba|chez|@)\s?[\])}]\s?"
    r"((?:[\w-]{1,63}(?:\.|\s?[\[({]\s?(?:dot|punkt|\.)\s?[\])}]\s?)){1,4}[a-zA-Z]{2,24})\b",
    re.IGNORECASE,
)
# Without brackets, only what nobody writes by accident: “jo at firm dot com”, “info @ firm.com”.
_IN_WORDS = re.compile(
    r"(?<![\w.+-])[.+-]*+([\w.+-]{2,64}+) at ((?:[\w-]{1,63} dot ){1,3}[a-z]{2,10})\b",
    re.IGNORECASE,
)
# “Visit us at firm dot com” names a site. An address has such a word before it, or such a name.
_INVITES = re.compile(r"mail|writ|contact|reach|messag|kontakt|schreib|adress", re.IGNORECASE)
_NO_NAME = frozenset(
    {"us", "me", "it", "him", "her", "them", "look", "here", "online", "mail", "email"}
)
_BEFORE = 60
_ROLES = (
    "info|mail|office|hello|hallo|contact|kontakt|contacto|support|sales|service|team"
    "|press|presse|redaktion|editor|webmaster|post"
)
_ROLE = re.compile(rf"(?:{_ROLES})\Z", re.IGNORECASE)
_SPACED = re.compile(
    rf"(?<![\w@])((?:{_ROLES}|[a-z]+\.[a-z]+)) @ ((?:[\w-]{{1,63}}\.){{1,3}}[a-z]{{2,10}})\b",
    re.IGNORECASE,
)
_DOT = re.compile(r"\s?[\[({]\s?(?:dot|punkt|\.)\s?[\])}]\s?", re.IGNORECASE)
_ENDS = re.compile(r"[\x00-\x1f\x7f]")
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|html?)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\A(?:you|your|yourname|name|user|username|e?mail|youremail|someone)@"
    r"|@(?:example\.(?:com|org|net)|(?:email|domain|yourdomain|company|mysite|website|yoursite)\.com"
    r"|sentry\.io)\Z"
)
_RECIPIENTS, _LONGEST_LINK = 20, 2_000
_WRAPPED = 4
_MARKED_UP, _POINTS = 50, 10
_NOTHING = Shown("", (), frozenset())
_OTHERS = frozenset({"Review", "Comment", "UserReview", "Answer"})


def emails_of(document: Document) -> tuple[str, ...]:
    """Return the addresses that readers see, in order of appearance, without placeholders."""
    return tuple(each.address for each in published_in(document) if each.how is not Way.SCHEMA)


def published_in(document: Document) -> tuple[Published, ...]:
    """Return every address that the page publishes, and how; the first way found counts."""
    found: dict[str, Way] = {}
    seen = shown(document.tree) if _may_show_any(document) else _NOTHING
    for text, how in _candidates(document, seen):
        address = mail_address(text.strip(". "))
        if address is not None and _real(address):
            found.setdefault(address, how)
    for handle in _handles(document, seen):
        found.pop(handle, None)
    return tuple(Published(address, how) for address, how in found.items())


def _may_show_any(document: Document) -> bool:
    """Say whether to look closely: most pages have no sign of an address at all."""
    text = document.text[:MOST]
    return (
        "@" in text
        or " dot " in text.lower()
        or _SPELT.search(text) is not None
        or document.tree.css_first("[href^='mailto:' i], [href*=email-protection], [data-cfemail]")
        is not None
    )


def _candidates(document: Document, seen: Shown) -> Iterator[tuple[str, Way]]:
    for address in _linked(document, seen):
        yield address, Way.MAILTO
    for address in _shielded(document, seen):
        yield address, Way.PROTECTED
    for found in _pieces(_ADDRESS, seen):
        yield found.group(), Way.WRITTEN
    for address in _spelt(seen):
        yield address, Way.SPELT
    for address in _marked_up(document):
        yield address, Way.SCHEMA


def _spelt(seen: Shown) -> Iterator[str]:
    for found in _pieces(_SPELT, seen):
        yield f"{found.group(1)}@{_DOT.sub('.', found.group(2))}"
    # Check for the words first: the patterns are slow on long texts that do not contain them.
    if " dot " in seen.text.lower():
        for found in _pieces(_IN_WORDS, seen):
            if _is_meant(seen.text, found):
                yield f"{found.group(1)}@{found.group(2).replace(' dot ', '.')}"
    if " @ " in seen.text:
        for found in _pieces(_SPACED, seen):
            yield f"{found.group(1)}@{found.group(2)}"


def _pieces(pattern: re.Pattern[str], seen: Shown) -> Iterator[re.Match[str]]:
    """Yield the matches whose name and whose domain stand in one piece each."""
    for found in pattern.finditer(seen.text):
        if seen.in_one_piece(*found.span(1)) and seen.in_one_piece(*found.span(2)):
            yield found


def _is_meant(text: str, found: re.Match[str]) -> bool:
    """Say whether “X at Y dot com” is an address and not where something is."""
    name = found.group(1).lower()
    if name in _NO_NAME:
        return False
    before = text[max(0, found.start() - _BEFORE) : found.start()]
    return bool(_ROLE.match(name) or "." in name or _INVITES.search(before))


def _linked(document: Document, seen: Shown) -> Iterator[str]:
    """Yield the recipients of mailto links that can be seen; a share link has none.

    What comes after a line's end is a header that was slipped in, and not an address.
    """
    for anchor in document.anchors:
        if anchor.url[:7].lower() == "mailto:" and seen.shows(anchor.node):
            yield from _recipients(anchor.url)


def _recipients(link: str) -> Iterator[str]:
    path = unquote(urlsplit(link[:_LONGEST_LINK]).path)
    plain = _ENDS.split(path, maxsplit=1)[0]
    for one in plain.replace(";", ",").split(",")[:_RECIPIENTS]:
        yield one.rpartition("<")[2].partition(">")[0]  # as in “Jo <jo@firm.com>”


def _shielded(document: Document, seen: Shown) -> Iterator[str]:
    """Yield addresses behind Cloudflare's protection: hex, each byte XORed with the first."""
    for node in document.tree.css("[data-cfemail]"):
        plain = _unshield(node.attributes.get("data-cfemail") or "")
        if plain is not None and seen.shows(node):
            yield plain
    for anchor in document.anchors:
        if "/cdn-cgi/l/email-protection#" in anchor.url and seen.shows(anchor.node):
            plain = _unshield(anchor.url.rsplit("#", 1)[1])
            if plain is not None:
                yield from _recipients(f"mailto:{plain}")


def _handles(document: Document, seen: Shown) -> Iterator[str]:
    """Yield what looks like an address and names somebody in a social network: “@jo@firm.com”.

    Written once with that first sign, it is no address anywhere on the page.
    """
    if "@" not in document.text:
        return
    for found in _HANDLE.finditer(seen.text):
        yield f"{found.group(1)}@{found.group(2)}".lower()
    for node in document.tree.css("[data-cfemail]"):
        if _follows_a_sign(node):
            yield (_unshield(node.attributes.get("data-cfemail") or "") or "").lower()


def _follows_a_sign(node: LexborNode) -> bool:
    """Say whether an "@" stands right before an element, or before those that begin with it."""
    inner: LexborNode | None = node
    for _ in range(_WRAPPED):
        if inner is None:
            return False
        before = inner.prev
        if before is not None:
            return _last_words(before).rstrip().endswith("@")
        inner = inner.parent
    return False


def _last_words(node: LexborNode) -> str:
    """Return the text with which an element ends, without reading the whole of it."""
    for _ in range(_WRAPPED):
        if node.last_child is None:
            break
        node = node.last_child
    return (node.text_content or "")[-_BEFORE:] if node.tag == "-text" else ""


def _unshield(code: str) -> str | None:
    try:
        data = bytes.fromhex(code[:_LONGEST_LINK])
        return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8")
    except (ValueError, IndexError):
        return None


def _marked_up(document: Document) -> Iterator[str]:
    """Yield the addresses in schema.org data, except those of reviewers and commenters."""
    for node in document.statements[: _MARKED_UP * 4]:
        if _OTHERS.isdisjoint((*node.types, *node.parents)):
            yield from _said(node.values.get("email"))
            points = node.values.get("contactPoint")
            for point in (points if isinstance(points, list) else [points])[:_POINTS]:
                if isinstance(point, dict):
                    yield from _said(point.get("email"))
    for element in document.tree.css("[itemprop=email]")[:_MARKED_UP]:
        said = element.attributes
        yield from _said(said.get("content") or said.get("href") or element.text())


def _said(value: object) -> Iterator[str]:
    for each in (value if isinstance(value, list) else [value])[:_POINTS]:
        if isinstance(each, str):
            text = each.strip()
            yield from _recipients(text if text[:7].lower() == "mailto:" else f"mailto:{text}")


def _real(address: str) -> bool:
    return not (_FILE.search(address) or _PLACEHOLDER.search(address))
