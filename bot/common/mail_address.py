"""E-mail addresses that can be written to: one strict form for the whole product."""

import re

from bot.common.domains import ends_as_domains_do, host_of, registrable

_LOCAL = re.compile(r"[a-z0-9_](?:[a-z0-9._+'-]{0,62}[a-z0-9_+-])?")
_LONGEST = 254


def mail_address(text: str) -> str | None:
    """Return an address in lower case and ASCII, or None if nobody should write to it.

    A name in other letters than ASCII is refused, because letters that look alike cannot be told
    apart. A domain in such letters becomes punycode. Its ending must exist: nobody has mail
    at “jo@firm.comPhone”.
    """
    name, at, host = text.strip().lower().rpartition("@")
    if not at or len(text) > _LONGEST * 2 or not _LOCAL.fullmatch(name) or ".." in name:
        return None
    domain = host_of(host) if "/" not in host and ":" not in host else None
    if domain is None or registrable(domain) is None or not ends_as_domains_do(domain):
        return None
    if len(name) + len(domain) >= _LONGEST:
        return None
    return f"{name}@{domain}"
