"""Why a prospect is worth a look, in a marketer's words. Short, and never a guess."""

from datetime import date

from bot.common.domains import is_platform
from bot.gap.compare import Candidate
from bot.model.links import Authority, Link, LinkKind, Scale, Scope

_TITLE = 60
_LINK = {
    LinkKind.FOLLOW: "follow link",
    LinkKind.NOFOLLOW: "nofollow link",
    LinkKind.UGC: "link by a user of the site (ugc)",
    LinkKind.SPONSORED: "sponsored link",
}
_LOW_TRUST = 0.3


def reasons(
    candidate: Candidate,
    *,
    competitors: int,
    pages: int,
    page: Link | None,
    kind: LinkKind | None,
    words: tuple[str, ...],
    authority: Authority | None,
    traffic: int | None,
    trust: float | None,
    first_seen: date | None,
) -> tuple[str, ...]:
    """Return the reasons, the most important first.

    `competitors` and `pages` are how many were read; `page` is the linking page where it is known,
    `words` are the terms in the domain's name where it is not.
    """
    found = [_reach(candidate, competitors, pages)]
    if kind is not None:
        found.append(_LINK[kind])
    if page is not None and page.title:
        found.append(f"from “{_short(page.title)}”")
    found += _subject(candidate, words)
    if is_platform(candidate.domain):
        found.append("anyone can publish there")
    elif authority is not None:
        found.append(_strength(authority))
    if traffic is not None:
        found.append(f"{traffic:,} visits a month")
    if trust is not None and trust < _LOW_TRUST:
        found.append("marked as spam" if trust == 0 else "low trust")
    if len(candidate.seen_by) > 1:
        found.append(f"seen by {len(candidate.seen_by)} link indexes")
    if first_seen is not None:
        found.append(f"first seen {first_seen:%b %Y}")
    return tuple(found)


def _subject(candidate: Candidate, words: tuple[str, ...]) -> list[str]:
    """Return the topic of the domain, by its own name and by an index."""
    named = [f"“{'”, “'.join(words)}” in its name"] if words else []
    return [*named, f"topic “{candidate.topic}”"] if candidate.topic else named


def _reach(candidate: Candidate, competitors: int, read: int) -> str:
    """Return how many pages it links to and how many bare sites; the two differ in value."""
    pages, sites = candidate.links_to(Scope.PAGE), candidate.links_to(Scope.SITE)
    if not pages:
        return f"links to {sites} of {competitors} sites, not seen on the ranking pages"
    said = f"links to {pages} of {read} pages"
    return f"{said}, and to {sites} {'site' if sites == 1 else 'sites'} only" if sites else said


def _strength(authority: Authority) -> str:
    name = "authority" if authority.scale is Scale.SAMPLE else authority.scale.value
    return f"{name} {authority.value:.0f}"


def _short(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= _TITLE else f"{title[:_TITLE].rsplit(' ', 1)[0]}…"
