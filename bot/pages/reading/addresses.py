"""Which addresses the page reader may connect to: public ones, on the web's own ports.

A host is resolved once per request, every address is checked, and the connection goes to a checked
address, so a later change of the DNS answer has no effect.
"""

import ipaddress
import re
from collections.abc import Awaitable, Callable

import httpx

Resolve = Callable[[str, int], Awaitable[list[str]]]
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

WEB_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_TRANSITION = (
    ipaddress.IPv6Network("2002::/16"),  # 6to4: contains an IPv4 address of the page's choice
    ipaddress.IPv6Network("2001::/32"),  # Teredo: the same
    ipaddress.IPv6Network("3fff::/20"),  # documentation, newer than this Python's own list
    ipaddress.IPv6Network("5f00::/16"),  # segment routing, newer too
)
_INNER = (
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays
    # Protocol assignments: older Pythons call most of it global, and one cloud's metadata is there.
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("168.63.129.16/32"),  # a cloud's host agent, seen from its machines only
)


class Refused(Exception):
    """The address must not be read; the message says why."""


async def checked(url: httpx.URL, resolver: Resolve, *, allow_loopback: bool) -> list[str]:
    """Return the public addresses that a URL may be fetched from, in the resolver's order.

    Raises `Refused` for anything but a plain public web address, and `OSError` if the name does not
    resolve. A single private address among several refuses them all: an honest host has none.
    """
    if url.scheme not in WEB_PORTS:
        raise Refused("it is not an http or https address")
    if url.userinfo:
        raise Refused("it carries a user name or password")
    host = url.raw_host.decode("ascii").strip("[]").rstrip(".")
    literal = _literal(host)
    port = url.port or WEB_PORTS[url.scheme]
    found = [host] if literal else await resolver(host, port)
    addresses = [ipaddress.ip_address(address) for address in found]
    if not addresses:
        raise OSError(f"no address for {host}")
    local = allow_loopback and all(address.is_loopback for address in addresses)
    if not local:
        if port != WEB_PORTS[url.scheme]:
            raise Refused(f"it uses port {port}; only 80 and 443 are read")
        for address in addresses:
            if not is_public(address):
                name = "it" if literal else f"{host} leads to {address}, which"
                raise Refused(f"{name} is not a public address")
    return [str(address) for address in addresses]


def is_public(address: IPAddress) -> bool:
    """Say whether an address is on the public internet, even if wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or any(address in network for network in _TRANSITION):
            return False
    elif any(address in network for network in _INNER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _literal(host: str) -> bool:
    """Say whether the host is an IP address. Raises `Refused` for odd spellings that C accepts."""
    if not host:
        raise Refused("it has no host")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rsplit(".", 1)[-1].lower()
        if last.isdigit() or last.startswith("0x"):
            raise Refused("its host is a number in disguise") from None
        if not _NAME.fullmatch(host):
            raise Refused("its host is no name") from None
        return False
    return True
