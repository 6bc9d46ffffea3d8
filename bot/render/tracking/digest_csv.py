"""A week as CSV files: all keywords in one, links won and lost in another."""

import re
from collections.abc import Iterator
from dataclasses import fields

from bot.model.tracking import Digest, ForecastCheck, GapReasons, KeywordLine, LinkLedger
from bot.render.csv_file import written

_SIGNS = re.compile(r"[^a-z0-9]+")
_APART = ("forecast_check", "ledger", "why")
_PLAIN = tuple(field.name for field in fields(KeywordLine) if field.name not in _APART)
_CHECK = tuple(field.name for field in fields(ForecastCheck))
_LEDGER = tuple(field.name for field in fields(LinkLedger))
_WHY = tuple(field.name for field in fields(GapReasons))
_KEYWORDS = (
    *("week", *_PLAIN, *(f"forecast_{name}" for name in _CHECK)),
    *(f"links_{name}" for name in _LEDGER),
    *(f"why_{name}" for name in _WHY),
)
_LINKS = (
    *("week", "change", "domain", "links_to", "page", "keyword", "keywords", "first_seen"),
    *("score", "why", "authority", "authority_scale", "link"),
)


def digest_csv(digest: Digest) -> bytes:
    """Return all keywords in the order given; those without a read come last, with the reason."""
    header = [*_KEYWORDS, "not_read_because", "sample_data"]
    return written(header, _keyword_rows(digest))


def digest_csv_name(digest: Digest) -> str:
    """Return `linkgap-keywords-2026-w48.csv`."""
    return _name("keywords", digest)


def links_csv(digest: Digest) -> bytes | None:
    """Return new competitor links, links won and links lost; None when there are none.

    Who links to us as well, and of whom that could not be checked, are changes of their own.
    """
    rows = list(_link_rows(digest))
    return written([*_LINKS, "sample_data"], rows) if rows else None


def links_csv_name(digest: Digest) -> str:
    """Return `linkgap-links-2026-w48.csv`."""
    return _name("links", digest)


def _name(what: str, digest: Digest) -> str:
    week = _SIGNS.sub("-", digest.week.lower()).strip("-")[:20]
    return f"linkgap-{what}-{week or 'week'}.csv"


def _keyword_rows(digest: Digest) -> Iterator[list[object]]:
    unread = {one.id: one for one in digest.unread}
    for line in digest.keywords:
        check, failed = line.forecast_check, unread.pop(line.id, None)
        yield [
            digest.week,
            *(getattr(line, name) for name in _PLAIN),
            *(getattr(check, name) if check else None for name in _CHECK),
            *(getattr(line.ledger, name) if line.ledger else None for name in _LEDGER),
            *(getattr(line.why, name) if line.why else None for name in _WHY),
            failed.reason if failed else None,
            digest.sample,
        ]
    for one in unread.values():
        known = {"week": digest.week, "id": one.id, "keyword": one.keyword}
        yield [*map(known.get, _KEYWORDS), one.reason, digest.sample]


def _link_rows(digest: Digest) -> Iterator[list[object]]:
    for change, found in (
        ("new_competitor_link", digest.new_competitor_links),
        ("links_to_both", digest.links_to_both),
    ):
        for new in found:
            yield [
                *(digest.week, change, new.domain, new.competitor, new.page),
                *(new.keyword, new.keywords, new.first_seen, new.score, new.why),
                *(new.authority, new.authority_scale, new.link, digest.sample),
            ]
    for one in digest.unproven:
        known = {"week": digest.week, "change": "unproven", "domain": one.domain}
        row = known | {"links_to": one.links_to}
        yield [*map(row.get, _LINKS), digest.sample]
    for change, links in (("won", digest.won), ("lost", digest.lost)):
        for own in links:
            yield [
                *(digest.week, change, own.domain, own.target, own.page, own.keyword, None),
                *(own.first_seen, None, None, own.authority, own.authority_scale, None),
                digest.sample,
            ]
