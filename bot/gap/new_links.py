"""New competitor links: who started to link to the competitors and does not link to us. Pure.

A report's own code decides everything: `compare` drops, `rank` scores and gives the reasons. This
file only combines the keywords.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.common.domains import is_platform, registrable
from bot.gap.compare import Comparison, Own, compare
from bot.gap.prioritise import Evidence, rank, unproven
from bot.gap.relevance import Terms
from bot.model.links import Profile, Scope
from bot.model.outreach import Withheld
from bot.model.report import Absence, Prospect, Unproven
from bot.model.tracking import NewCompetitorLink


@dataclass(frozen=True, slots=True)
class KeywordNews:
    """The new links around one keyword.

    `profiles` are those of its competitors' pages and hold only the rows that are new. A competitor
    that gained nothing has an empty profile, so that "links to 1 of 3 pages" counts all three.
    `proven` are those that surely do not link to us; None: nobody could be asked. `withheld` are
    those that must not be offered.
    """

    keyword: str
    terms: Terms
    profiles: tuple[Profile, ...]
    own: Own
    evidence: Mapping[str, Evidence]
    proven: frozenset[str] | None = None
    blocked: frozenset[str] = frozenset()
    floor: float = 0
    site: str | None = None
    withheld: Withheld | None = None


def new_links(news: Sequence[KeywordNews]) -> tuple[NewCompetitorLink, ...]:
    """Return one link per domain over all keywords, best first; ties by name, spam last.

    What a report drops is dropped here too, keyword by keyword: our own domains, the competitors
    themselves, domains that already link to us, noise. A domain that is new for several keywords is
    listed under the one where it scores best (the first of equals): `keyword`, score, reasons,
    competitor and page are of that one. `keywords` are all of them, in the order given.

    `competitor` is the competitor page that the linking page links to, if that is known; otherwise
    the first by name of the competitors' pages that the domain links to.
    """
    found: dict[str, list[tuple[KeywordNews, Prospect]]] = {}
    for one in news:
        for prospect in _prospects(one):
            found.setdefault(prospect.domain, []).append((one, prospect))
    links = map(_link, found.values())
    spam = {domain for domain, told in found.items() if any(one.spam for _, one in told)}
    return tuple(sorted(links, key=lambda link: (link.domain in spam, -link.score, link.domain)))


def links_to_both(news: Sequence[KeywordNews]) -> tuple[NewCompetitorLink, ...]:
    """Return in the same way who is new to a competitor and links to us already."""
    return new_links(
        [
            replace(
                one,
                profiles=tuple(
                    replace(
                        profile,
                        rows=tuple(row for row in profile.rows if row.domain in one.own.linkers),
                    )
                    for profile in one.profiles
                ),
                own=replace(one.own, linkers=frozenset()),
                proven=None,
                # A link to us that was won is no offer, and whether they link elsewhere matters.
                withheld=replace(one.withheld, asked=frozenset()) if one.withheld else None,
            )
            for one in news
        ]
    )


def unproven_links(news: Sequence[KeywordNews]) -> tuple[Unproven, ...]:
    """Return of whom nobody could say whether they link to us, by name, with what they link to."""
    found: dict[str, dict[str, None]] = {}
    for one in news:
        for left in unproven(_comparison(one)):
            found.setdefault(left.domain, {}).update(dict.fromkeys(left.links_to))
    return tuple(Unproven(domain, tuple(found[domain])) for domain in sorted(found))


def _comparison(one: KeywordNews) -> Comparison:
    sites = {registrable(profile.target.value) for profile in one.profiles}
    competitors = frozenset(site for site in sites if site and not is_platform(site))
    names = {row.domain for profile in one.profiles for row in profile.rows}
    return compare(
        one.profiles,
        one.own,
        competitors=competitors,
        blocked=one.blocked,
        floor=one.floor,
        withheld=one.withheld,
        unproven=frozenset() if one.proven is None else frozenset(names - one.proven),
    )


def _prospects(one: KeywordNews) -> Iterator[Prospect]:
    yield from rank(_comparison(one), terms=one.terms, evidence=one.evidence)


def _link(told: Sequence[tuple[KeywordNews, Prospect]]) -> NewCompetitorLink:
    keywords = tuple(dict.fromkeys(one.keyword for one, _ in told))
    news, best = max(told, key=lambda pair: pair[1].score)
    bought = news.evidence.get(best.domain)
    page = bought.link if bought else None
    return NewCompetitorLink(
        domain=best.domain,
        competitor=_competitors(bought, best),
        keyword=news.keyword,
        page=best.example_page,
        first_seen=best.first_seen,
        score=best.score,
        why=", ".join(best.reasons),
        keywords=keywords,
        authority=best.authority,
        authority_scale=best.authority_scale,
        link=best.link,
        absence_proven=news.proven is not None,
        title=page.title if page else None,
        anchor=page.anchor if page else None,
        site=news.site,
    )


def _competitors(bought: Evidence | None, prospect: Prospect) -> str:
    target = bought.link.target_url if bought and bought.link else None
    return target if target and target in prospect.links_to else prospect.links_to[0]


def as_prospect(link: NewCompetitorLink) -> Prospect:
    """Return a new link to a competitor as what answers list; what it does not say is unknown."""
    return Prospect(
        domain=link.domain,
        score=link.score,
        reasons=(link.why,) if link.why else (),
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
