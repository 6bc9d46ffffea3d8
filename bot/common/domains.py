"""Registrable domains: which site a URL or a host belongs to.

One suffix list for the whole product, bundled with the `publicsuffixlist` package: no network.
Private suffixes count (`a.github.io` is not `b.github.io`); an unknown suffix is a plain label
(`x.example` is registrable). A host that is itself a public suffix (`s3.amazonaws.com`, `nhs.uk`)
has pages too, and is its own registrable domain. Results are ASCII (punycode), lower case,
without a trailing dot.
"""

import ipaddress
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

import idna
from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList(accept_unknown=True)
_RESERVED = ("example", "test")
_PRIVATE_PART = "===BEGIN PRIVATE DOMAINS==="


def host_of(text: str) -> str | None:
    """Return the ASCII host of a URL or bare host (`WWW.Bücher.de:80/x` → `www.xn--bcher-kva.de`).

    None if it contains no host. IP addresses are returned unchanged.
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
    """Say whether the host is an IP address (v4 dotted or v6); no site of ours can be one."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=400_000)
def registrable(text: str) -> str | None:
    """Return the registrable domain of a URL or host, or None when it has none.

    IP addresses and single labels (`localhost`, `com`) have none, nor does a host that ends in a
    number: browsers read `127.1` as an address. A host that is itself a public suffix is its own
    registrable domain.
    """
    host = host_of(text)
    if host is None or is_address(host) or host.rpartition(".")[2].isdigit():
        return None
    found: str | None = _SUFFIXES.privatesuffix(host)
    return found or (host if "." in host else None)


def ends_as_domains_do(domain: str) -> bool:
    """Say whether the last part exists (`com`) or is reserved for examples, like those in tests."""
    last = domain.rpartition(".")[2]
    return last in _RESERVED or _SUFFIXES.publicsuffix(domain, accept_unknown=False) is not None


def is_public_suffix(domain: str) -> bool:
    """Say whether strangers register domains directly below this one (`co.uk`, `github.io`)."""
    return _SUFFIXES.privatesuffix(domain) is None


def under_private_suffix(domain: str) -> bool:
    """Say whether a domain is registrable only because of a private suffix (`a.github.io`)."""
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
    """Return the registrable domains whose pages belong to strangers.

    These are the domains in bot/common/platforms.txt and the hosts that are themselves private
    suffixes (`s3.amazonaws.com`): pages at the suffix itself do not belong to the host.
    """
    lines = files("bot.common").joinpath("platforms.txt").read_text("utf-8").splitlines()
    listed = frozenset(line for line in (raw.split("#")[0].strip() for raw in lines) if line)
    return listed | _private_suffixes()


def _private_suffixes() -> frozenset[str]:
    """Return the private part of the suffix list; hosts under a wildcard belong to their owners."""
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    _, _, private = text.partition(_PRIVATE_PART)
    rules = (line.strip() for line in private.splitlines())
    names = (rule for rule in rules if "." in rule and rule[0].isalnum())
    return frozenset(name if name.isascii() else host_of(name) or name for name in names)


def is_platform(domain: str) -> bool:
    """Say whether a registrable domain is a platform, which is analysed at page level only."""
    return domain in platforms()
