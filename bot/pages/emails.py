"""E-mail addresses that a page publishes, in plain text or lightly obfuscated."""

import re
from urllib.parse import unquote, urlsplit

from bot.common.domains import registrable
from bot.pages.document import Document

_ADDRESS = re.compile(
    r"(?<![\w.+%@/-])(?<!@ )[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24}(?![\w@-])"
)
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
_SPACED = re.compile(
    r"(?<![\w@])((?:info|mail|office|hello|hallo|contact|kontakt|contacto|support|sales|service|team"
    r"|press|presse|redaktion|editor|webmaster|post|[a-z]+\.[a-z]+)) @ "
    r"((?:[\w-]{1,63}\.){1,3}[a-z]{2,10})\b",
    re.IGNORECASE,
)
_DOT = re.compile(r"\s?[\[({]\s?(?:dot|punkt|\.)\s?[\])}]\s?", re.IGNORECASE)
_SEARCHED = 500_000
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|html?)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\A(?:you|your|yourname|name|user|username|e?mail|youremail|someone)@"
    r"|@(?:example\.(?:com|org|net)|(?:email|domain|yourdomain|company|mysite|website|yoursite)\.com"
    r"|sentry\.io)\Z"
)


def emails_of(document: Document) -> tuple[str, ...]:
    """Return the published addresses in order of appearance, lower case, without placeholders."""
    found = [*_linked(document), *_shielded(document)]
    text = document.text[:_SEARCHED]
    found += _ADDRESS.findall(text)
    for name, host in _SPELT.findall(text):
        found.append(f"{name}@{_DOT.sub('.', host)}")
    # Check for the words first: the patterns are slow on long texts that do not contain them.
    loose = _IN_WORDS.findall(text) if " dot " in text.lower() else []
    loose += _SPACED.findall(text) if " @ " in text else []
    for name, host in loose:
        found.append(f"{name}@{host.replace(' dot ', '.')}")
    kept = (address.strip(". ").lower() for address in found)
    return tuple(dict.fromkeys(address for address in kept if _real(address)))


def _linked(document: Document) -> list[str]:
    """Return the addresses of mailto links; a share link has no recipient."""
    found = []
    for anchor in document.anchors:
        if anchor.url[:7].lower() == "mailto:":
            addressees = unquote(urlsplit(anchor.url).path)
            found += _ADDRESS.findall(addressees)
    return found


def _shielded(document: Document) -> list[str]:
    """Return addresses behind Cloudflare's e-mail protection: hex, each byte XORed with the first.

    An "@" right before one marks a handle of a social network, not an address.
    """
    found = []
    for node in document.tree.css("[data-cfemail]"):
        before = node.prev
        handle = before is not None and (before.text() or "").rstrip().endswith("@")
        plain = _unshield(node.attributes.get("data-cfemail") or "")
        if plain is not None and not handle:
            found.append(plain)
    for anchor in document.anchors:
        if "/cdn-cgi/l/email-protection#" in anchor.url:
            plain = _unshield(anchor.url.rsplit("#", 1)[1])
            found += _ADDRESS.findall(plain.split("?", 1)[0]) if plain else []
    return [address for text in found for address in _ADDRESS.findall(text)]


def _unshield(code: str) -> str | None:
    try:
        data = bytes.fromhex(code)
        return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8")
    except (ValueError, IndexError):
        return None


def _real(address: str) -> bool:
    if _FILE.search(address) or _PLACEHOLDER.search(address):
        return False
    return registrable(address.partition("@")[2]) is not None
