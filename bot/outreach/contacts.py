"""Whom to write to: what a site publishes, in the order in which one would write."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files

from bot.common.domains import host_of, registrable
from bot.model.approach import Contact, Way
from bot.model.outreach import Withheld
from bot.pages.linking import LinkingPage

MOST = 10
"""Most contacts that are kept of one site."""
_NOBODY = re.compile(r"(?:no|donot|do-not|do_not|dont|never)[._-]?reply")
_FORUM = "forum"
_OF_THE_SITE = (Way.MAILTO, Way.SCHEMA)
_JOINT = re.compile(r"[._+-]")


def contacts_on(page: LinkingPage, domain: str, read_at: datetime) -> tuple[Contact, ...]:
    """Return what one page publishes: its addresses, and the contact page that it links to."""
    url = page.facts.url
    if not page.facts.readable or url is None:
        return ()
    found = [
        Contact(
            found_on=url,
            read_at=read_at,
            how=one.how,
            address=one.address,
            role=is_role(one.address),
            own_domain=registrable(one.address.partition("@")[2]) == domain,
        )
        for one in page.published
        if not _NOBODY.match(one.address)
    ]
    if page.facts.kind == _FORUM:  # what is written there is in posts, and of whoever wrote them
        found = [one for one in found if one.own_domain and one.how in _OF_THE_SITE]
    link = page.facts.links.contact
    if link and link[:4].lower() == "http":
        own = registrable(link) == domain
        found.append(Contact(url, read_at, Way.UNREAD, form_url=link, own_domain=own))
    return tuple(found)


def allowed(contacts: Iterable[Contact], withheld: Withheld) -> tuple[Contact, ...]:
    """Return the contacts without addresses and pages of whom nobody may contact."""
    return tuple(
        one
        for one in contacts
        if (one.address is None or withheld.may_write_to(one.address))
        and not any(withheld.is_suppressed(host_of(url) or "") for url in _pages(one))
    )


def _pages(contact: Contact) -> Iterable[str]:
    return filter(None, (contact.found_on, contact.form_url))


def is_role(address: str) -> bool:
    """Say whether an address names a task and not a person."""
    words = _words(address)
    return any(not names.isdisjoint(words) for names in _roles().values())


def with_page_read(contacts: Iterable[Contact], url: str, page: LinkingPage) -> tuple[Contact, ...]:
    """Return the contacts with what a contact page, now read, turned out to be."""
    how = Way.FORM if page.form else Way.PAGE
    return tuple(
        replace(one, how=how) if one.form_url == url and page.facts.readable else one
        for one in contacts
    )


def in_order(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Return each way once: the site's own role addresses first, then its people's, then others.

    Addresses at other domains come after the site's own: those in a text are often of somebody it
    names. Contact pages come last.
    """
    once: dict[str | None, Contact] = {}
    for contact in contacts:
        once.setdefault(contact.address or contact.form_url, contact)
    return tuple(sorted(once.values(), key=_rank))[:MOST]


def _rank(contact: Contact) -> tuple[bool, bool, bool, bool]:
    if contact.address is None:
        return True, contact.how is Way.UNREAD, False, False
    unfit = not _roles()["other"].isdisjoint(_words(contact.address))
    return False, not contact.own_domain, unfit, not contact.role


def _words(address: str) -> frozenset[str]:
    """Return the first word of the name and the whole of it: `press.office@` gives two."""
    name = address.partition("@")[0]
    parts = _JOINT.split(name)
    return frozenset({parts[0].rstrip("0123456789"), "".join(parts)})


@cache
def _roles() -> dict[str, frozenset[str]]:
    """Return the names of tasks: those that answer outsiders, and those for something else."""
    text = files("bot.outreach").joinpath("role_names.txt").read_text("utf-8")
    rows = (line.partition(":") for line in text.splitlines() if line and line[0] != "#")
    return {sort: frozenset(names.split()) for sort, _, names in rows}
