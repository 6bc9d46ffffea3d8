"""Parsers for the text of settings, from the environment, the form or the command line alike.

Each returns the text as it is stored, or raises `ValueError` with a sentence.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from zoneinfo import available_timezones

from bot.common.domains import (
    host_of,
    is_address,
    is_public_suffix,
    registrable,
    under_private_suffix,
)
from bot.common.errors import BadQuestion
from bot.model.prices import read_amount, read_amounts, read_prices
from bot.model.question import Defaults, make, read_site
from bot.model.tracking import Moment

GATES = ("intent", "trust")
NONE = "none"
"""The word for an empty list; an empty text means the value of the level above."""
_BETWEEN = re.compile(r"[,\s]+")
MOST_REMINDERS = 4
_DAYS = re.compile(r"[1-9][0-9]{0,2}")
_LATEST_REMINDER = 365
_PERSON = re.compile(r"\A[UW][A-Z0-9]+")


def parts(text: str) -> tuple[str, ...]:
    """Split a list at commas, spaces and line breaks, and drop duplicates."""
    return tuple(dict.fromkeys(filter(None, _BETWEEN.split(text))))


def several(text: str) -> tuple[str, ...]:
    """Split a list that may also be `none`."""
    return () if text == NONE else parts(text)


def _site(text: str) -> str:
    try:
        return read_site(text.strip())
    except BadQuestion as error:
        raise ValueError(str(error)) from None


def _country(text: str) -> str:
    return _market(country=text.strip())


def _language(text: str) -> str:
    return _market(language=text.strip())


def _market(*, country: str | None = None, language: str | None = None) -> str:
    try:
        market = make("any", Defaults(), country=country, language=language).market
    except BadQuestion as error:
        raise ValueError(str(error)) from None
    return market.country if country else market.language


def _vendors(text: str) -> str:
    return ",".join(parts(text.lower()))


def read_domains(text: str) -> str:
    """Read registrable domains; a private suffix (`blogspot.com`) stands for all sites below it."""
    return ",".join(dict.fromkeys(map(_domain, parts(text))))


def _domain(text: str) -> str:
    host = host_of(text)
    if host is not None and not is_address(host) and "." in host:
        domain = registrable(host)
        if domain is not None and not (is_public_suffix(domain) and under_private_suffix(domain)):
            return domain
    raise ValueError(f"“{text[:80]}” is not a domain; write it like example.com")


def _one_of(known: Iterable[str], what: str) -> Callable[[str], str]:
    names = list(known)

    def read(text: str) -> str:
        wanted = parts(text.lower())
        if wanted == (NONE,):
            return NONE
        for name in wanted:
            if name not in names:
                raise ValueError(
                    f"“{name[:40]}” is not a known {what}; choose from {', '.join(names)}, or none"
                )
        return ",".join(name for name in names if name in wanted)

    return read


def _people(text: str) -> str:
    for person in parts(text):
        if not _PERSON.fullmatch(person):
            raise ValueError(f"“{person[:40]}” is not a Slack user id; these look like U012AB3CD")
    return ",".join(parts(text))


def _days(text: str) -> str:
    days = parts(text)
    read = all(_DAYS.fullmatch(day) and int(day) <= _LATEST_REMINDER for day in days)
    if not days or len(days) > MOST_REMINDERS or not read:
        raise ValueError(
            f"“{text[:40]}” is no list of days; write whole numbers of 1 to 365 like 7,14, "
            f"{MOST_REMINDERS} at most"
        )
    return ",".join(map(str, sorted({int(day) for day in days})))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _zone(text: str) -> str:
    name = _zones().get(text.strip().lower())
    if name is None:
        raise ValueError(f"“{text[:40]}” is not a time zone; write it like Europe/Berlin or UTC")
    return name


def _checked(check: Callable[[str], object]) -> Callable[[str], str]:
    def read(text: str) -> str:
        check(text)
        return text.strip()

    return read


READERS: dict[str, Callable[[str], str]] = {
    "site": _site,
    "country": _country,
    "lang": _language,
    "via": _vendors,
    "serp": _vendors,
    "cap_vendor_month": _checked(read_amounts),
    "prices": _checked(read_prices),
    "confirm_over": _checked(read_amount),
    "blocklist": read_domains,
    "overruled": _one_of(GATES, "check"),
    "time_zone": _zone,
    "alerts": _one_of(Moment, "alert"),
    "reminder_days": _days,
    "owners": _people,
}
