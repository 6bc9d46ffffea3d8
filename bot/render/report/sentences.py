"""A report in plain sentences, for every interface. No markup, and no promises."""

from collections.abc import Iterable

from bot.gap.need import range_coverage
from bot.model.links import Market, Scope
from bot.model.report import (
    Absence,
    Basis,
    Competitor,
    CostLine,
    Need,
    Prospect,
    Report,
    Source,
    SourceState,
)
from bot.render.slack.limits import MAX_TEXT
from bot.render.words import (
    UNKNOWN,
    clip,
    counted,
    listed,
    micro_dollars,
    number,
    shown,
)

_LONGEST = MAX_TEXT // 5  # an escape is 5 characters
SAMPLE = "Sample data: every site and number here is invented."
_STATES = {
    SourceState.OK: "ok",
    SourceState.PARTIAL: "partial",
    SourceState.UNAVAILABLE: "unavailable",
    SourceState.NOT_ASKED: "not asked",
}
_DROPPED = {
    "own": "your own",
    "competitor": "competitors themselves",
    "already_links": "that already link to you",
    "blocked": "on your blocklist",
    "noise": "platform or CDN noise",
    "withheld": "in outreach already or never to be contacted",
    "weak": "under your authority floor",
}
_OUR_CHOICE = ("blocked", "withheld", "weak")
"""Reasons that are the team's own: who is left out for one of them was found all the same."""


def field(competitors: tuple[Competitor, ...]) -> str:
    """Return what we compare with: the search's top 3, or the pages that the asker named."""
    named = bool(competitors) and all(competitor.position is None for competitor in competitors)
    return "the pages you named" if named else "today's top 3"


def is_unanswered(report: Report, *capabilities: str) -> bool:
    """Say whether a question of these capabilities got no answer."""
    no_answer = (SourceState.UNAVAILABLE, SourceState.NOT_ASKED)
    return any(
        source.state in no_answer and source.capability in capabilities for source in report.sources
    )


def sentence(text: str, limit: int) -> str:
    """Return outside words as a sentence: cut to length, with exactly one full stop."""
    said = shown(text, limit)
    return said if said.endswith((".", "…", "?")) else f"{said}."


def first_sentence(text: str, limit: int) -> str:
    """Return what happened, without a full stop; the advice that follows stands elsewhere."""
    return shown(text[: _first_end(text)].rstrip(". "), limit)


def after_first_sentence(text: str, limit: int) -> str:
    """Return what follows the first sentence, or an empty text."""
    rest = text[_first_end(text) :].strip()
    return sentence(rest, limit) if rest else ""


def parted(text: str) -> tuple[str, str]:
    """Return the first sentence as it is, and what follows it."""
    end = _first_end(text)
    return text[:end], text[end:].strip()


def _first_end(text: str) -> int:
    """Return where the first sentence ends; what stands in quotes ends none."""
    is_quoted = is_code = False
    for at, sign in enumerate(text):
        is_quoted = sign == "“" or (is_quoted and sign != "”")
        is_code ^= sign == "`"
        if sign in ".?" and text[at + 1 : at + 2] == " " and not is_quoted and not is_code:
            return at + 1
    return len(text)


def marked(report: Report, said: str) -> str:
    """Return the words of a notification, which stand alone: of invented data, they say so."""
    return f"{clip(said, _LONGEST - len(SAMPLE) - 1)} {SAMPLE}" if report.sample else said


def subject(report: Report) -> str:
    """Return what was asked: keyword, market and site."""
    return asked(report.keyword, report.market.country, report.market.language, report.site)


def asked(keyword: str, country: str, language: str, site: str | None) -> str:
    """Return `“best crm” in US (en) for example.com`."""
    whose = f" for {shown(site, 80)}" if site else ""
    return f"“{shown(keyword, 200)}” in {market(Market(country, language))}{whose}"


def market(searched: Market) -> str:
    """Return `US (en)`."""
    return f"{shown(searched.country, 5).upper()} ({shown(searched.language, 5)})"


def spread(need: Need) -> str | None:
    """Return mean, median, low-high and n, and how far to trust so few pages."""
    known = pages_counted(need)
    if not known:
        return None
    unread = len(need.per_page) - known
    missing = f", {counted(unread, 'page')} without a count" if unread else ""
    counted_as = f" ({number(need.base)} as counted)" if need.capped else ""
    return (
        f"What the compared pages have: mean {number(need.mean)}{counted_as}, "
        f"median {number(need.median)}, "
        f"low–high {number(need.low)}–{number(need.high)}, "
        f"from {counted(known, 'page')}{missing}. {_support(known)}"
    )


def pages_counted(need: Need) -> int:
    """Return of how many pages the links were counted."""
    return sum(count is not None for count in need.per_page)


def _support(pages: int) -> str:
    if pages == 1:
        return "One page supports no range."
    chance = 100 * range_coverage(pages)
    return f"The median of such pages lies in this range in {number(chance)} % of cases."


def multiplier(need: Need) -> str:
    """Return `1.5`; what would round to 1 and is more is `just over 1`."""
    said = f"{need.authority.multiplier:,.2f}".rstrip("0").rstrip(".")
    return "just over 1" if said == "1" and need.authority.multiplier > 1 else said


def adjustment(need: Need) -> str:
    """Return the authority multiplier and its basis; always shown."""
    authority = need.authority
    if (
        authority.basis is Basis.UNKNOWN
        or authority.own is None
        or authority.competitors_mean is None
    ):
        return "Not adjusted for authority: yours or theirs is unknown."
    scale = shown(authority.scale or "", 20)
    both = (
        f"Authority{' (' + scale + ')' if scale else ''}: yours {number(authority.own)}, "
        f"theirs {number(authority.competitors_mean)} on average"
    )
    basis = {
        Basis.NOT_BEHIND: "no extra links needed",
        Basis.FIT: "fitted on this search's results",
        Basis.RULE_OF_THUMB: "rule of thumb",
    }[authority.basis]
    return f"{both}: × {multiplier(need)} ({basis})."


def difficulty(report: Report) -> str | None:
    """Return keyword difficulty for comparison, if it is known."""
    if report.difficulty is None:
        return None
    return f"Keyword difficulty {number(report.difficulty)} (for the top 10)."


def indexes(need: Need) -> str | None:
    """Return what each link index counts, side by side, if several were asked."""
    if len(need.by_index) < 2:
        return None
    each = [f"{shown(one.provider, 40)} {number(one.needed)}" for one in need.by_index[:6]]
    return f"Needed by index: {', '.join(each)}."


def missing(sources: tuple[Source, ...]) -> str | None:
    """Return what makes the answer partial, or None.

    A list that the list budget cut off is as planned, and stands with the sources alone.
    """
    failed = [source for source in sources if source.state is SourceState.UNAVAILABLE]
    if not failed:
        return None
    same_trouble: dict[tuple[str, str], list[str]] = {}
    for source in failed:
        trouble = (source.provider, first_sentence(source.note or "", 100))
        same_trouble.setdefault(trouble, []).append(_lost(source))
    told = list(same_trouble.items())[:2]
    said = [
        f"{listed(what[:3])} from {shown(provider, 30)}" + (f" ({why})" if why else "")
        for (provider, why), what in told
    ]
    left = len(failed) - sum(len(what[:3]) for _, what in told)
    more = f"; the thread names {left:,} more" if left else ""
    return f"Partial answer, without {' and without '.join(said)}{more}."


def _lost(source: Source) -> str:
    """Return what was not read. The counts of a page are known without the list of who links."""
    what = source.what.replace("_", " ").removeprefix("referring domains")
    return shown(
        source.what.replace("_", " ") if what[:1].strip() else f"the linking sites{what}", 50
    )


def source_state(source: Source) -> str:
    """Return a source's state in words."""
    return _STATES[source.state]


def cost(lines: tuple[CostLine, ...]) -> str:
    """Return what the run was charged, in one sentence."""
    if not lines:
        return "Cost: nothing was charged."
    return f"Cost: {listed(cost_part(line) for line in lines[:5])}."


def cost_part(line: CostLine) -> str:
    """Return `Ahrefs 1,450 units ($0.12)`."""
    money = f" ({micro_dollars(line.micro_usd)})" if line.micro_usd is not None else ""
    return f"{shown(line.provider, 30)} {line.units:,} {shown(line.pool, 20)}{money}"


def prospects_found(report: Report, listed_here: int) -> str:
    """Return how many prospects there are, at which level, and how many are proven."""
    whom = field(report.competitors)
    found = len(report.prospects)
    if not found:
        return _no_prospects(report, whom)
    proven = sum(prospect.absence is Absence.PROVEN for prospect in report.prospects)
    start = f"{counted(found, 'domain')} {'links' if found == 1 else 'link'} to {whom} and"
    if proven == found:
        sure = " not to you (proven)"
    elif not proven:
        why = "nothing connected can tell who links to you" if report.site else "no site was named"
        sure = f" perhaps to you as well ({why})"
    else:
        sure = f", as far as is known, not to you ({proven:,} proven, {found - proven:,} unproven)"
    more = _at_which_level(report.prospects) + _listed(report, listed_here)
    return f"{start}{sure}{more}."


def _at_which_level(prospects: tuple[Prospect, ...]) -> str:
    """Return to whose pages and to whose sites alone they link: the second means much less."""
    sites = sum(prospect.level is Scope.SITE for prospect in prospects)
    pages = len(prospects) - sites
    if not sites:
        return ": all to the pages" if pages > 1 else ": to a page"
    if not pages:
        return ": all only to their sites" if sites > 1 else ": only to a site"
    return f": {pages:,} to the pages, {sites:,} only to their sites"


def _listed(report: Report, here: int) -> str:
    spam = sum(prospect.spam for prospect in report.prospects)
    best = f"; the best {here:,} are here" if len(report.prospects) - spam > here else ""
    if not spam:
        return best
    last = f"; {spam:,} marked as spam {'stands' if spam == 1 else 'stand'} last in the CSV"
    return f"{best}{last}"


def levels(prospect: Prospect) -> str:
    """Return `1 page, 2 sites`: what a domain links to, by level."""
    pages, sites = prospect.links_to_pages, prospect.links_to_sites
    if not pages and not sites:  # an answer stored before the two were counted separately
        return counted(len(prospect.links_to), prospect.level.value)
    known = ((pages, "page"), (sites, "site"))
    return ", ".join(counted(count, noun) for count, noun in known if count)


def _no_prospects(report: Report, whom: str) -> str:
    if report.unproven:
        return f"No prospects: none of those that link to {whom} is proven not to link to you."
    if not report.competitors:
        return "Prospects are unknown: there is no page to compare with."
    if is_unanswered(report, "referring_domains", "intersect"):
        return f"Prospects are unknown: who links to {whom} could not be read."
    if any((report.dropped or {}).get(reason) for reason in _OUR_CHOICE):
        return f"No prospects: none of those that link to {whom} and not to you is left."
    return f"No prospects: no domain was found that links to {whom} and not to you."


def unchecked(report: Report) -> str | None:
    """Return how many more domains link to the competitors and could not be checked, and why."""
    count = len(report.unproven)
    if not count:
        return None
    asked = [source for source in report.sources if source.capability == "links_between"]
    states = {source.state for source in asked}
    why = "within the cap"
    if SourceState.UNAVAILABLE in states:
        lost = [one.provider for one in asked if one.state is SourceState.UNAVAILABLE]
        why = f"because {listed(shown(one, 40) for one in lost)} did not answer"
    elif SourceState.PARTIAL in states and SourceState.NOT_ASKED not in states:
        why = "because an answer was cut off"
    elif not asked:
        why = "by name: the index cannot be asked about single domains"
    more = " more" if report.prospects else ""
    return f"{count:,}{more} could not be checked {why}."


def left_out(dropped: dict[str, int] | None) -> str | None:
    """Return why domains were left out of the list of prospects."""
    counts = [(name, count) for name, count in (dropped or {}).items() if count > 0]
    if not counts:
        return None
    said = [
        f"{n:,} {_DROPPED.get(name, shown(name.replace('_', ' '), 40))}" for name, n in counts[:8]
    ]
    return f"Left out: {', '.join(said)}."


def one_scale(scales: Iterable[str | None]) -> str | None:
    """Return the scale that all values of a column share, or None."""
    found = set(scales)
    return found.pop() if len(found) == 1 else None


def authority_head(scale: str | None) -> str:
    """Return `Authority (DR)`, the header of a column with one scale."""
    return f"Authority ({shown(scale, 20)})" if scale else "Authority"


def authority(value: float | None, scale: str | None) -> str:
    """Return `DR 74`: a value is never shown without its scale."""
    said = number(value)
    return f"{shown(scale, 20)} {said}" if scale and said != UNKNOWN else said
