"""New competitor links: who started to link to the competitors and does not link to us. Pure.

A report's own code decides everything: `compare` drops, `rank` scores and gives the reasons. This
file only combines the keywords.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domains import is_platform, registrable
from bot.gap.compare import Own, compare
from bot.gap.prioritise import Evidence, rank
from bot.gap.relevance import Terms
from bot.model.links import Profile
from bot.model.report import Prospect
from bot.model.tracking import NewCompetitorLink


@dataclass(frozen=True, slots=True)
class KeywordNews:
    """The new links around one keyword.

    `profiles` are those of its competitors' pages and hold only the rows that are new. A competitor
    that gained nothing has an empty profile, so that "links to 1 of 3 pages" counts all three.
    """

    keyword: str
    terms: Terms
    profiles: tuple[Profile, ...]
    own: Own
    evidence: Mapping[str, Evidence]
    blocked: frozenset[str] = frozenset()
    floor: float = 0


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


def _prospects(one: KeywordNews) -> Iterator[Prospect]:
    sites = {registrable(profile.target.value) for profile in one.profiles}
    competitors = frozenset(site for site in sites if site and not is_platform(site))
    comparison = compare(
        one.profiles, one.own, competitors=competitors, blocked=one.blocked, floor=one.floor
    )
    yield from rank(comparison, terms=one.terms, evidence=one.evidence)


def _link(told: Sequence[tuple[KeywordNews, Prospect]]) -> NewCompetitorLink:
    keywords = tuple(dict.fromkeys(one.keyword for one, _ in told))
    news, best = max(told, key=lambda pair: pair[1].score)
    return NewCompetitorLink(
        domain=best.domain,
        competitor=_competitors(news.evidence.get(best.domain), best),
        keyword=news.keyword,
        page=best.example_page,
        first_seen=best.first_seen,
        score=best.score,
        why=", ".join(best.reasons),
        keywords=keywords,
        authority=best.authority,
        authority_scale=best.authority_scale,
        link=best.link,
    )


def _competitors(bought: Evidence | None, prospect: Prospect) -> str:
    target = bought.link.target_url if bought and bought.link else None
    return target if target and target in prospect.links_to else prospect.links_to[0]
