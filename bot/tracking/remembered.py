"""Remember the prospects that a digest names, as those of answers are: people act on both."""

from collections import defaultdict

import sqlite_utils

from bot.gap.new_links import as_prospect
from bot.model.links import Market
from bot.model.outreach import Sighting
from bot.model.tracking import Digest, KeywordLine, NewCompetitorLink
from bot.store import outreach_prospects


def remember_digest(db: sqlite_utils.Database, team: str, digest: Digest) -> None:
    """Remember who is new to competitors, each for its site; a digest told anew adds nothing."""
    lines = {(line.site, line.keyword): line for line in digest.keywords}
    found: defaultdict[str | None, list[Sighting]] = defaultdict(list)
    for link in digest.new_competitor_links:
        line = lines.get((link.site, link.keyword))
        if line is not None:
            found[link.site].append(_sighting(link, line))
    for site, seen in found.items():
        outreach_prospects.remember(db, team, site, seen)


def _sighting(link: NewCompetitorLink, line: KeywordLine) -> Sighting:
    market = Market(line.country, line.language)
    return Sighting(line.keyword, market, line.read_at, as_prospect(link), line.page, line.position)
