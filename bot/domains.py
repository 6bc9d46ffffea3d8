"""Registrable domains: which site a URL or a host belongs to.

One suffix list for the whole product, bundled with the `publicsuffixlist` package: no network.
Private suffixes count (`a.github.io` is not `b.github.io`); an unknown suffix is a plain label
(`x.example` is registrable). Results are ASCII (punycode), lower case, without a trailing dot.
"""

import ipaddress
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

import idna
from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList(accept_unknown=True)


def host_of(text: str) -> str | None:
    """Return the ASCII host of a URL or bare host (`WWW.Bücher.de:80/x` → `www.xn--bcher-kva.de`).

    None if there is no host in it. IP addresses are returned as they stand.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "//" in text.split("?", 1)[0] else f"//{text}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if not host:
        return None
    if host.isascii():
        return host if _plausible(host) else None
    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii").rstrip(".")
    except idna.IDNAError:
        return None


def _plausible(host: str) -> bool:
    if ":" in host:
        return is_address(host)
    labels = host.split(".")
    return len(host) <= 253 and all(
        0 < len(label) <= 63 and label.replace("-", "").replace("_", "").isalnum()
        for label in labels
    )


def is_address(host: str) -> bool:
    """Say whether the host is an IP address (v4 dotted or v6), which no site of ours may be."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=400_000)
def registrable(text: str) -> str | None:
    """Return the registrable domain of a URL or host, or None when it has none.

    IP addresses, single labels (`localhost`) and bare public suffixes (`co.uk`) have none, nor has
    a host that ends in a number: browsers read `127.1` as an address.
    """
    host = host_of(text)
    if host is None or is_address(host) or host.rpartition(".")[2].isdigit():
        return None
    found: str | None = _SUFFIXES.privatesuffix(host)
    return found


def under_private_suffix(domain: str) -> bool:
    """Say whether a registrable domain is one by a private suffix only (`a.github.io`)."""
    found: str | None = _public_suffixes().privatesuffix(domain)
    return found != domain


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True, only_icann=True)


def readable(domain: str) -> str:
    """Return the domain as its owner writes it (`xn--bcher-kva.de` → `bücher.de`)."""
    if "xn--" not in domain:
        return domain
    try:
        return idna.decode(domain)
    except idna.IDNAError:
        return domain


@lru_cache(maxsize=1)
def platforms() -> frozenset[str]:
    """Return the registrable domains whose pages belong to strangers (bot/platforms.txt)."""
    lines = files("bot").joinpath("platforms.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in (raw.split("#")[0].strip() for raw in lines) if line)


def is_platform(domain: str) -> bool:
    """Say whether a registrable domain is a platform: analysed at page level only."""
    return domain in platforms()
