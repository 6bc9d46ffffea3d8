"""From the cells of one record to what they mean."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.common.domains import registrable
from bot.exports.detect import Layout
from bot.exports.signatures import Field, Kind
from bot.exports.values import (
    NOTHING,
    count,
    day,
    domain_beside_blanks,
    flag,
    score,
    web_host,
)
from bot.model.links import LinkKind, Scope, Target
from bot.model.page_key import page_key
from bot.store.imports import ImportRow, PageCount

_UNSURE = (
    (Field.SPONSORED, LinkKind.SPONSORED),
    (Field.UGC, LinkKind.UGC),
    (Field.NOFOLLOW, LinkKind.NOFOLLOW),
)
_GONE = 400
# A host without a dot (`localhost`); one that nothing follows may be the beginning of another.
_MACHINE = re.compile(r"https?://[a-z0-9-]+(?::\d+)?/", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"\A(?!https?:)[a-z][a-z0-9+.-]*+:(?://|[^/0-9])", re.IGNORECASE)


class BrokenRow(Exception):
    """The record cannot be read; the message says why."""


class SpoiltTarget(BrokenRow):
    """The linking domain can be read, but not what it links to."""


class NamelessSource(BrokenRow):
    """The record names no domain (an IP address, a machine, an app), so it can hide none."""


@dataclass(frozen=True, slots=True)
class About:
    """What a link points to. `page` is a page key, None when only the site is known."""

    site: str
    page: str | None = None
    url: str | None = None

    @classmethod
    def of(cls, target: Target) -> "About":
        """Return the meaning of a target that the user named, for rows that do not name one."""
        site = registrable(target.value) or target.value
        if target.scope is Scope.SITE:
            return cls(site)
        return cls(site, page_key(target.value), target.value)

    @classmethod
    def named(cls, column: str) -> "About":
        """Return the target that a column is named after: a bare host is a site, else a page."""
        key = page_key(column)
        site = registrable(web_host(column) or "") or key
        return cls(site, key, column) if "/" in key else cls(site)


@dataclass(frozen=True, slots=True)
class Row:
    """One record with the right number of cells."""

    layout: Layout
    cells: tuple[str, ...]

    def source(self) -> tuple[str | None, str]:
        """Return the linking page, if there is one, and its registrable domain."""
        url = self._first(Field.SOURCE_URL)
        text = url or self._first(Field.SOURCE_DOMAIN) or ""
        host = web_host(text)
        if host is None and (domain := domain_beside_blanks(text)):
            return url, domain
        if host is None:
            nameless = _OTHER_SCHEME.match(text) or _MACHINE.match(text)
            kind = NamelessSource if nameless else BrokenRow
            raise kind(f"“{text[:60]}” is no web address")
        domain = registrable(host)
        if domain is None:
            raise NamelessSource(f"“{host}” is no domain that can be registered")
        return url, domain

    def abouts(self, target: Target | None) -> tuple[About, ...]:
        """Return the targets that this row links to."""
        if self.layout.signature.kind is Kind.INTERSECT:
            named = tuple(
                About.named(name)
                for index, name in self.layout.targets
                if self.cells[index].strip().casefold() not in (*NOTHING, "0", "false", "no")
            )
            if not named:
                raise BrokenRow("it names none of the targets")
            return named
        if Field.TARGET_URL in self.layout.columns:
            return (self._own_target(),)
        return () if target is None else (About.of(target),)

    def _own_target(self) -> About:
        url = self._first(Field.TARGET_URL) or ""
        about = _page(url)
        if about is None:
            raise SpoiltTarget(f"its target “{url[:60]}” is no web address")
        return about

    def lost(self) -> bool:
        """Say whether the link is lost: the cell has a date or any word but "no"."""
        if self.layout.signature.kind is Kind.BROKEN_BACKLINKS:
            code = self.number(Field.TARGET_CODE)
            return code is None or code >= _GONE
        return any(
            flag(self.cells[index]) is not False
            for index in self.layout.columns.get(Field.LOST, ())
        )

    def number(self, field: Field) -> int | None:
        """Return an integer of the record."""
        return count(self._first(field) or "")

    def link(self, url: str | None, domain: str, about: About) -> ImportRow:
        """Return the row to store."""
        return ImportRow(
            source_domain=domain,
            target_site=about.site,
            target_page=about.page,
            target_url=about.url,
            source_url=url,
            source_title=self._first(Field.TITLE),
            anchor=self._first(Field.ANCHOR),
            link=self._kind(),
            authority=score(self._first(Field.AUTHORITY) or ""),
            target_authority=score(self._first(Field.TARGET_AUTHORITY) or ""),
            trust=0.0 if flag(self._first(Field.SPAM) or "") else None,
            traffic=self.number(Field.TRAFFIC),
            first_seen=day(self._first(Field.FIRST_SEEN) or ""),
            links=self.number(Field.LINKS),
        )

    def page_count(self, target: Target | None) -> PageCount:
        """Return the counts of a page of the target."""
        about = self._own_target()
        if target is not None and about.site != registrable(target.value):
            raise BrokenRow(f"its page is not on {registrable(target.value)}")
        return PageCount(
            about.site,
            about.page or about.site,
            about.url or about.site,
            self.number(Field.LINKING_SITES),
            self.number(Field.LINKS),
        )

    def _first(self, field: Field) -> str | None:
        for index in self.layout.columns.get(field, ()):
            if cell := self.cells[index].strip():
                return cell
        return None

    def _kind(self) -> LinkKind | None:
        if Field.FOLLOW_LINKS in self.layout.columns:
            following = self.number(Field.FOLLOW_LINKS)
            if following is None:
                return None
            return LinkKind.FOLLOW if following else LinkKind.NOFOLLOW
        said = {field: self._flag(field) for field, _ in _UNSURE if field in self.layout.columns}
        for field, kind in _UNSURE:
            if said.get(field):
                return kind
        known = Field.NOFOLLOW in said and None not in said.values()
        return LinkKind.FOLLOW if known else None

    def _flag(self, field: Field) -> bool | None:
        value = flag(self._first(field) or "")
        return True if value is None and self.layout.signature.any_word_is_yes else value


@lru_cache(maxsize=8_192)
def _page(url: str) -> About | None:
    site = registrable(web_host(url) or "")
    return None if site is None else About(site, page_key(url), url)
