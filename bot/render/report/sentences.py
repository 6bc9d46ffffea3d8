"""A report in plain sentences, for every interface. No markup, and no promises."""

from bot.gap.need import range_coverage
from bot.gap.readiness import fault
from bot.model.links import Scope
from bot.model.report import (
    PAGE_COUNTS,
    Absence,
    Basis,
    Competitor,
    CostLine,
    Gate,
    Need,
    Prospect,
    Report,
    Source,
    SourceState,
    Verdict,
)
from bot.render.report.ranking import look_next, rank
from bot.render.words import (
    UNKNOWN,
    counted,
    listed,
    micro_dollars,
    number,
    ordinal,
    short_url,
    shown,
)

NAME_THE_PAGE = "name your page to see how far it is"
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
    "already_links": "already link to you",
    "blocked": "on your blocklist",
    "noise": "platform or CDN noise",
    "weak": "under your authority floor",
}


def headline(report: Report) -> str:
    """Return the answer in one sentence, and our rank if it was read."""
    said = [_answer(report)]
    if report.verdict is not Verdict.ALREADY_TOP3:
        said.append(rank(report) or "")
    if report.verdict is Verdict.LINKS_NOT_THE_CONSTRAINT:
        said.append(look_next(report))
    return " ".join(part for part in said if part)


def _answer(report: Report) -> str:
    need = report.need
    if report.verdict is Verdict.ALREADY_TOP3:
        return _already(need, report.position)
    if report.verdict is Verdict.FIX_FIRST:
        return f"Do not build links yet, fix this first: {_first_fault(report.gates)}"
    if report.verdict is Verdict.LINKS_NOT_THE_CONSTRAINT:
        return _links_are_enough(need, field(report.competitors))
    return need_sentence(report)


PAGES_FROM = (
    "Pages are counted cheapest by `linkgap import` of an export, by a vendor whose plan you have, "
    "or by DataForSEO at about nine cents an answer."
)


def need_sentence(report: Report) -> str:
    """Return how many links it takes to match the top 3, as far as it is known."""
    need, whom = report.need, field(report.competitors)
    if need.needed is None and counts_sites_only(report):
        return _by_sites(report, whom)
    if need.needed is None:
        return f"How many referring domains it takes is unknown: {_why_unknown(report, whom)}."
    start = _to_match_top3(need, need.needed, whom)
    if need.have is None:
        why = NAME_THE_PAGE if unnamed(report) else "no link count was read for your page"
        return f"{start}; how many you have is unknown: {why}."
    to_go = f"; {number(need.gap)} to go" if need.gap is not None else ""
    return f"{start}; you have {number(need.have)}{to_go}."


def counts_sites_only(report: Report) -> bool:
    """Say whether the first index knows which site links to which, and no pages."""
    main = [one.provider for one in report.need.by_index[:1]]
    return any(one.what == PAGE_COUNTS and one.provider in main for one in report.sources)


def _by_sites(report: Report, whom: str) -> str:
    """Return what an index of sites knows, and the cheapest ways to count pages."""
    found = len(report.prospects)
    lead = f"{counted(found, 'site')} could link to you: they link to rivals. " if found else ""
    return (
        f"{lead}How many referring domains it takes to match {whom} is unknown, because the open "
        f"index knows sites and no pages. {PAGES_FROM}"
    )


def _why_unknown(report: Report, whom: str) -> str:
    if report.competitors:
        return f"no link count was read for {whom}"
    if _is_unanswered(report, "serp"):
        return "the search results could not be read"
    return f"no page to compare with was found for {whom}"


def _is_unanswered(report: Report, *capabilities: str) -> bool:
    """Say whether a question of these capabilities got no answer."""
    no_answer = (SourceState.UNAVAILABLE, SourceState.NOT_ASKED)
    return any(
        source.state in no_answer and source.capability in capabilities for source in report.sources
    )


def unnamed(report: Report) -> bool:
    """Say whether naming our page would turn an unknown into a number."""
    return report.need.have is None and report.page is None


def so_far(report: Report) -> str | None:
    """Return the number while the run continues; None until it is known."""
    need = report.need
    if need.needed is None:
        return None
    if need.have is None:
        whom = field(report.competitors)
        return f"{_to_match_top3(need, need.needed, whom)}."
    return need_sentence(report)


def _to_match_top3(need: Need, needed: int, whom: str) -> str:
    return f"You need {about(needed)} to match {whom}{_capped(need)}"


def _capped(need: Need) -> str:
    """Return in brackets which page counts for less than it has, or nothing."""
    if not need.capped:
        return ""
    most = f"counted as {number(need.capped[0].counted_as)}"
    if len(need.capped) > 1:
        return f" ({len(need.capped)} pages have far more, each {most})"
    (far,) = need.capped
    page = short_url(far.url, 80) or UNKNOWN
    return f" (one page has far more, {page}: {number(far.count)}, {most})"


def about(count: int) -> str:
    """Return `about 24 referring domains`."""
    return f"about {counted(count, 'referring domain')}"


def field(competitors: tuple[Competitor, ...]) -> str:
    """Return what we compare with: the search's top 3, or the pages that the asker named."""
    named = bool(competitors) and all(competitor.position is None for competitor in competitors)
    return "the pages you named" if named else "today's top 3"


def _already(need: Need, position: int | None) -> str:
    place = "" if position is None else f" ({ordinal(position)})"
    start = f"You already rank in the top 3{place}"
    have = None if need.have is None else counted(need.have, "referring domain")
    if need.even_field is None:
        return f"{start}; your page has {have}." if have else f"{start}."
    yours = f", and yours has {number(need.have)}" if have else ""
    theirs = f"{about(need.even_field)}{_capped(need)}"
    return f"{start}; the other pages there have {theirs}{yours}."


def _links_are_enough(need: Need, whom: str) -> str:
    have = f"you have {counted(need.have, 'referring domain')}" if need.have is not None else None
    want = (
        f"standing level with {whom} takes about {number(need.needed)}{_capped(need)}"
        if need.needed is not None
        else None
    )
    known = [part for part in (have, want) if part]
    return f"Links aren't holding you back{': ' + ', and '.join(known) if known else ''}."


def _first_fault(gates: tuple[Gate, ...]) -> str:
    found = fault(gates)
    if found is None:
        return "a check that comes before links did not pass."
    return sentence(found.reason, 300)


def sentence(text: str, limit: int) -> str:
    """Return outside words as a sentence: cut to length, with exactly one full stop."""
    said = shown(text, limit)
    return said if said.endswith((".", "…", "?")) else f"{said}."


def once_fixed(report: Report) -> str | None:
    """Return the number that follows a fix-first verdict, or None for other verdicts."""
    if report.verdict is not Verdict.FIX_FIRST or report.need.needed is None:
        return None
    return f"Once fixed: {need_sentence(report)}"


def subject(report: Report) -> str:
    """Return what was asked: keyword, market and site."""
    return asked(report.keyword, report.market.country, report.market.language, report.site)


def asked(keyword: str, country: str, language: str, site: str | None) -> str:
    """Return `“best crm” in US (en) for example.com`."""
    whose = f" for {shown(site, 80)}" if site else ""
    return f"“{shown(keyword, 200)}” in {shown(country, 5).upper()} ({shown(language, 5)}){whose}"


def spread(need: Need) -> str | None:
    """Return mean, median, low-high and n, and how far to trust so few pages."""
    known = sum(count is not None for count in need.per_page)
    if not known:
        return None
    unread = len(need.per_page) - known
    missing = f", {counted(unread, 'page')} without a count" if unread else ""
    counted_as = f" ({number(need.base)} as counted)" if need.capped else ""
    return (
        f"What the present pages have: mean {number(need.mean)}{counted_as}, "
        f"median {number(need.median)}, "
        f"low–high {number(need.low)}–{number(need.high)}, "
        f"from {counted(known, 'page')}{missing}. {_support(known)}"
    )


def _support(pages: int) -> str:
    if pages == 1:
        return "One page supports no range."
    chance = 100 * range_coverage(pages)
    return (
        f"Rough estimate from only {pages} pages: "
        f"the median of such pages lies in this range in {number(chance)} % of cases."
    )


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
    return f"{both}: × {authority.multiplier:,.2f}".rstrip("0").rstrip(".") + f" ({basis})."


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
    return f"Needed, as each index counts: {listed(each)}."


def missing(sources: tuple[Source, ...]) -> str | None:
    """Return what makes the answer partial, or None when every question was answered."""
    open_ = [s for s in sources if s.state in (SourceState.PARTIAL, SourceState.UNAVAILABLE)]
    if not open_:
        return None
    same_trouble: dict[tuple[str, SourceState, str], list[str]] = {}
    for source in open_:
        trouble = (source.provider, source.state, _first_sentence(source.note))
        same_trouble.setdefault(trouble, []).append(shown(source.what.replace("_", " "), 40))
    said = [
        f"{shown(provider, 30)} {listed(what[:4])} {_STATES[state]}" + (f" ({why})" if why else "")
        for (provider, state, why), what in list(same_trouble.items())[:3]
    ]
    told = sum(len(what[:4]) for what in list(same_trouble.values())[:3])
    left = len(open_) - told
    more = f"; {counted(left, 'more source')} below" if left else ""
    # A list cut off by the list budget is as planned; a source that failed is not.
    failed = any(source.state is SourceState.UNAVAILABLE for source in open_)
    return f"{'This answer is partial' if failed else 'Not read whole'}: {'; '.join(said)}{more}."


def _first_sentence(note: str | None) -> str:
    """Return what happened; the advice is shown with the source."""
    return shown((note or "").partition(". ")[0].rstrip("."), 100) if note else ""


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
        return ": to the pages"
    if not pages:
        return ": only to their sites"
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
    if _is_unanswered(report, "referring_domains", "intersect"):
        return f"Prospects are unknown: who links to {whom} could not be read."
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


def authority(value: float | None, scale: str | None) -> str:
    """Return `DR 74`: a value is never shown without its scale."""
    said = number(value)
    return f"{shown(scale, 20)} {said}" if scale and said != UNKNOWN else said
