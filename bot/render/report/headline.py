"""The answer in one sentence: the number, what we have, what is to go, and our rank."""

from bot.gap.readiness import fault
from bot.model.question import NO_PAGE
from bot.model.report import PAGE_COUNTS, Need, Report, Verdict
from bot.render.report import archive
from bot.render.report.ranking import place, rank
from bot.render.report.sentences import field, first_sentence, is_unanswered, multiplier
from bot.render.words import counted, number, short_url, shown

_KEYWORD = 80
_NO_REASON = "a check that comes before links did not pass"


def headline(report: Report) -> str:
    """Return the answer in one sentence; our rank is in it where the results were read."""
    if report.verdict is Verdict.ALREADY_TOP3:
        return _already(report)
    if report.verdict is Verdict.FIX_FIRST:
        return _fix_first(report)
    if report.verdict is Verdict.LINKS_NOT_THE_CONSTRAINT:
        return _links_are_enough(report)
    return _need_sentence(report)


def so_far(report: Report) -> str | None:
    """Return the number while the run continues; None until it is known."""
    need = report.need
    if need.needed is None:
        return None
    return _need_sentence(report) if need.have is not None else f"{_to_match(report)}."


def once_fixed(report: Report) -> str | None:
    """Return the number that follows a fix-first verdict, or None for other verdicts."""
    need = report.need
    if report.verdict is not Verdict.FIX_FIRST or need.needed is None:
        return None
    start = f"Once fixed, you need {about(need.needed)}{_even_field(need)}"
    return f"{start}; {_have(report)}." if need.have is not None else f"{start}."


def unnamed(report: Report) -> bool:
    """Say whether naming our page would turn an unknown into a number."""
    return report.need.have is None and report.page is None


def about(count: int) -> str:
    """Return `about 24 referring domains`."""
    return f"about {counted(count, 'referring domain')}"


def _need_sentence(report: Report) -> str:
    need = report.need
    ranks = _and(rank(report))
    if need.needed is None and counts_sites_only(report):
        return _by_sites(report)
    if need.needed is None:
        takes = f"How many referring domains it takes to match {_whom(report)}"
        return f"{takes} is unknown: {_why_unknown(report)}{ranks}."
    start = _to_match(report)
    if need.have is not None:
        return f"{start}; {_have(report)}{ranks}."
    if report.proposed_page is not None:
        return f"{start}{ranks}; is {short_url(report.proposed_page, 80)} your page for it?"
    if unnamed(report):
        return f"{start}{ranks}; name your page to see how many you still need."
    return f"{start}{ranks}; what you have is unknown: no link count was read for your page."


def counts_sites_only(report: Report) -> bool:
    """Say whether the first index knows which site links to which, and no pages."""
    main = [one.provider for one in report.need.by_index[:1]]
    return any(one.what == PAGE_COUNTS and one.provider in main for one in report.sources)


def _by_sites(report: Report) -> str:
    """Return what an index of sites knows: an estimate, or that a number takes pages."""
    found = counted(len(report.prospects), "site")
    lead = f"{found} could link to you: they link to rivals. " if report.prospects else ""
    if (theirs := archive.field(report)) is not None:
        ours = archive.ours(report)
        return f"{lead}{_capital(_whom(report))}: on average {theirs}{ours}{_and(rank(report))}."
    return (
        f"{lead}How many referring domains it takes to match {_whom(report)} is unknown, because "
        f"the open index knows sites and no pages{_and(rank(report))}."
    )


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _have(report: Report) -> str:
    need = report.need
    if need.gap is None:
        return f"you have {number(need.have)}"
    if report.page == NO_PAGE and not need.have:
        return f"you have no page yet, so all {number(need.gap)} to go"
    return f"you have {number(need.have)}, so {number(need.gap) if need.gap else 'none'} to go"


def _to_match(report: Report) -> str:
    need = report.need
    start = f"You need {about(need.needed or 0)} to match {_whom(report)}"
    return f"{start}{_even_field(need)}"


def _even_field(need: Need) -> str:
    """Return in brackets what it would take with sites of our strength, or nothing."""
    if need.needed is None or need.even_field is None or need.needed <= need.even_field:
        return ""
    return (
        f" ({need.even_field:,} on an even field × {multiplier(need)}, because your site is weaker)"
    )


def _whom(report: Report) -> str:
    return f"{field(report.competitors)} for {_keyword(report)}"


def _keyword(report: Report) -> str:
    return f"“{shown(report.keyword, _KEYWORD)}”"


def _and(said: str) -> str:
    return f", and {said}" if said else ""


def _why_unknown(report: Report) -> str:
    if report.competitors:
        return "no link count was read"
    if is_unanswered(report, "serp"):
        return "the search results could not be read"
    return "no page to compare with was found"


def _already(report: Report) -> str:
    need = report.need
    start = f"You already rank in the top 3 for {_keyword(report)}{place(report)}"
    have = None if need.have is None else counted(need.have, "referring domain")
    if need.even_field is None:
        theirs = "what the other pages there have is unknown"
        return f"{start}: your page has {have}; {theirs}." if have else f"{start}."
    theirs = number(need.even_field)
    if have is None:
        return f"{start}: the other pages there have {about(need.even_field)}; yours is unknown."
    return f"{start}: your page has {have}, the other pages there have about {theirs}."


def _links_are_enough(report: Report) -> str:
    need, known = report.need, list[str]()
    if need.have is not None:
        known.append(f"you have {counted(need.have, 'referring domain')}")
    if need.needed is not None:
        takes = f"matching {field(report.competitors)} takes about {number(need.needed)}"
        known.append(f"{takes}{_even_field(need)}")
    start = f"Links aren't holding you back for {_keyword(report)}"
    if not known:
        return f"{start}{_and(rank(report))}."
    return f"{start}: {', '.join(known)}{_and(rank(report))}."


def _fix_first(report: Report) -> str:
    found = fault(report.gates)
    why = first_sentence(found.reason, 300) if found else _NO_REASON
    ranks = f" ({rank(report)})" if rank(report) else ""
    return f"Fix this before building links for {_keyword(report)}{ranks}: {why}."
