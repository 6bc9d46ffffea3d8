"""Why a page would link to us: what kind of linking page it is, and the one thing to ask for.

The kind of page is that of the page checks (`bot/pages/kind`). Nothing is asked on a guess: a page
whose kind is unclear has no angle, unless a link on it is dead.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.common.domains import readable, registrable
from bot.model.approach import Angle, AngleKind, LinkSeen
from bot.pages.linking import LinkingPage
from bot.pages.reading.fetch import Lookup, ReadState

_KINDS = {
    "list": AngleKind.RESOURCE_LIST,
    "review": AngleKind.COMPARISON,
    "news": AngleKind.NEWS_MENTION,
    "forum": AngleKind.FORUM,
    "category": AngleKind.DIRECTORY,
    "guide": AngleKind.ARTICLE,
}
_TOLD = frozenset({None, "guide", "list", "news", "review", "other", "video"})
_WRITTEN = frozenset({None, "guide", "list", "news", "review", "other"})
_COMPARED = frozenset({None, "guide", "other"})
_PAGES = {
    "product": "a page that sells",
    "tool": "a tool",
    "video": "a video",
    "profile": "a page about somebody",
    "other": "none of the usual kinds of page",
}
_ASKS = {
    AngleKind.RESOURCE_LIST: "It lists {them}: ask to be added, and name the place that fits.",
    AngleKind.COMPARISON: "It judges {them}: offer what it takes to judge yours beside it.",
    AngleKind.GUEST_POST: "Outsiders write there: offer a text of your own that it lacks.",
    AngleKind.NEWS_MENTION: "It reported on {them}: offer the writer news or figures of your own.",
    AngleKind.INTERVIEW: "It lets people of the trade speak: offer somebody who can answer.",
    AngleKind.FORUM: "People talk about {them} there: answer openly, as yourself, in the thread.",
    AngleKind.DIRECTORY: "It lists {them} by subject: ask what an entry takes, and for one.",
    AngleKind.ARTICLE: "It cites {them}: offer your page as a source for the same point.",
    AngleKind.OTHER: "It is {page}: say what its readers would gain by your page, or leave it.",
}
_BROKEN = "Its link to {them} is dead: say so, and offer your page in its place."
_TONGUE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)
_EVIDENCE = 3


def angle_of(
    page: LinkingPage, looked_up: Sequence[Lookup] = ()
) -> tuple[Angle | None, str | None]:
    """Return the angle of a page, or None and why it is unknown."""
    facts = page.facts
    if not facts.readable:
        return None, _sentence(facts.kind_evidence, "The page could not be read")
    kind, signs = _kind(page)
    evidence = (*signs, *_where(page.links))
    for target in looked_up:
        dead = why_dead(target)
        if dead is not None:
            was = () if kind is None else evidence
            them = _them(target.asked)
            ask = _BROKEN.format(them=them)
            said = (f"{target.asked}: {dead}", *was)
            return Angle(AngleKind.BROKEN_LINK, ask, said, easiest=True, broken=target.asked), None
    if kind is None:
        return None, _sentence(facts.kind_evidence, "What kind of page it is is not clear")
    them = _them(page.links[0].url) if page.links else "a competitor"
    ask = _ASKS[kind].format(them=them, page=_PAGES.get(facts.kind or "", "a page"))
    return Angle(kind, ask, evidence), None


def why_dead(target: Lookup) -> str | None:
    """Return why a link is dead, or None if it is not or nobody knows.

    Dead is what answers 404 or 410, and what leads to a front page though it named another page.
    """
    if target.state is ReadState.MISSING:
        reason = target.reason or "there is no such page."
        return reason.removeprefix(f"{target.asked} could not be read: ").rstrip(".")
    led = target.state is ReadState.READ and target.url != target.asked
    if led and not is_home(target.asked) and is_home(target.url):
        return f"it leads to the front page {target.url}"
    return None


def is_home(url: str) -> bool:
    """Say whether an address is a site's front page, also that of a language (`/de/`)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    path = parts.path.strip("/")
    return not parts.query.strip() and (not path or _TONGUE.fullmatch(path) is not None)


def _kind(page: LinkingPage) -> tuple[AngleKind | None, tuple[str, ...]]:
    """Return the kind and its evidence; a more telling sign wins over the kind of page."""
    kind, shown = page.facts.kind, page.facts.kind_evidence[:_EVIDENCE]
    if page.interview and kind in _TOLD:
        return AngleKind.INTERVIEW, (f"it names itself “{page.interview}”",)
    if page.guest and kind in _WRITTEN:
        return AngleKind.GUEST_POST, (f"it says “{page.guest}”",)
    if page.versus and kind in _COMPARED:
        return AngleKind.COMPARISON, (f"its title says “{page.versus}”",)
    if kind == "guide" and page.invitation:
        return AngleKind.GUEST_POST, (f"its site asks outsiders to write: {page.invitation}",)
    if kind is None:
        return None, ()
    return _KINDS.get(kind, AngleKind.OTHER), shown


def _where(links: Sequence[LinkSeen]) -> tuple[str, ...]:
    if links and not any(link.in_text for link in links):
        return ("its link to the competitor stands outside the text, in a menu or a footer",)
    return ()


def _them(url: str) -> str:
    domain = registrable(url)
    return readable(domain) if domain else "a competitor"


def _sentence(reasons: tuple[str, ...], lead: str) -> str:
    reason = "; ".join(reasons).rstrip(".")
    if " could not be read: " in reason:
        return f"{reason}."
    return f"{lead}: {reason}." if reason else f"{lead}."
