"""Remember the prospects that a digest names, as those of answers are: people act on both."""

from collections import defaultdict

import sqlite_utils

from bot.model.links import Market, Scope
from bot.model.outreach import Sighting
from bot.model.report import Absence, Prospect
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
    prospect = Prospect(
        domain=link.domain,
        score=link.score,
        reasons=(link.why,),
        links_to=(link.competitor,),
        level=Scope.PAGE,
        absence=Absence.PROVEN if link.absence_proven else Absence.UNPROVEN,
        authority=link.authority,
        authority_scale=link.authority_scale,
        traffic=None,
        relevance=None,
        trust=None,
        link=link.link,
        example_page=link.page,
        anchor=link.anchor,
        first_seen=link.first_seen,
        seen_by=(),
        links_to_pages=1,
        example_title=link.title,
    )
    market = Market(line.country, line.language)
    return Sighting(line.keyword, market, line.read_at, prospect, line.page, line.position)
