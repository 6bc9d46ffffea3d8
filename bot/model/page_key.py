"""When two addresses are "the same page": in search results, exports, snapshots and `vs:`.

`plain` removes click parameters from an address. `page_key` is the form that all spellings of one
page share.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from urllib.parse import SplitResult, quote, urlsplit

from bot.common.domains import host_of

_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_BEGINNING = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", re.IGNORECASE)
_DEFAULT_PORT = re.compile(r"^(http://[^/?]*):80(?=[/?]|$)|^(https://[^/?]*):443(?=[/?]|$)")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?#]*", re.IGNORECASE)
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_DEFAULT_PORTS = (None, 80, 443)


@lru_cache(maxsize=8192)
def plain(url: str) -> str:
    """Return an address without fragment, default port, click and session parameters.

    Scheme and host become lower case; the rest keeps its spelling.
    """
    address = _BEGINNING.sub(_lower, url.strip().partition("#")[0], count=1)
    address = _DEFAULT_PORT.sub(r"\1\2", address)
    path, mark, query = address.partition("?")
    kept = "&".join(part for part in query.split("&") if part and not _is_click_parameter(part))
    return f"{_SESSION_IN_PATH.sub('', path)}{mark if kept else ''}{kept}"


def has_click_parameters(url: str) -> bool:
    """Say whether an address records a click or session: an index counts it as another page."""
    path, _, query = url.partition("#")[0].partition("?")
    return bool(_SESSION_IN_PATH.search(path)) or any(map(_is_click_parameter, query.split("&")))


@lru_cache(maxsize=8192)
def page_key(url: str) -> str:
    """Return the key that all spellings of one page share.

    Scheme, `www.`, default port, fragment, trailing slash and click parameters are ignored; host
    case, IDN and percent escapes are normalised; path case and the rest of the query count.
    """
    url = plain(url)
    address = url if "://" in url.split("?", 1)[0] else f"//{url.removeprefix('//')}"
    try:
        parts = urlsplit(address)
    except ValueError:  # not a valid address (bracket): equal only to the same spelling
        return url
    query = f"?{parts.query}" if parts.query else ""
    tail = quote(f"{parts.path.rstrip('/')}{query}", safe="/%:@!$&'()*+,;=~?[]|")
    return f"{_without_www(host_of(address) or '')}{_port(parts)}{_ESCAPE.sub(_normalised, tail)}"


def is_same_page(one: str | None, other: str | None) -> bool:
    """Say whether two addresses are one page; an address without a key equals only itself."""
    return one == other or (
        None not in (one, other) and page_key(one or "") == page_key(other or "")
    )


def once(urls: Iterable[str]) -> tuple[str, ...]:
    """Return each page once, in its first spelling."""
    pages: dict[str, str] = {}
    for url in urls:
        pages.setdefault(page_key(url), url)
    return tuple(pages.values())


def _port(parts: SplitResult) -> str:
    try:
        return "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"
    except ValueError:
        return ""


def _lower(found: re.Match[str]) -> str:
    return found.group().lower()


def _without_www(host: str) -> str:
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _normalised(escape: re.Match[str]) -> str:
    character = chr(int(escape.group()[1:], 16))
    return character if character in _UNRESERVED else escape.group().upper()


def _is_click_parameter(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    names, beginnings = _click_parameters()
    return name in names or name.startswith(beginnings)


@lru_cache(maxsize=1)
def _click_parameters() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names in bot/model/click_parameters.txt, and the prefixes (`utm_*`)."""
    lines = files("bot.model").joinpath("click_parameters.txt").read_text("utf-8").splitlines()
    words = [word for word in (line.split("#")[0].strip() for line in lines) if word]
    beginnings = tuple(word.removesuffix("*") for word in words if word.endswith("*"))
    return frozenset(word for word in words if not word.endswith("*")), beginnings
