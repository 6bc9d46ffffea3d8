"""Where our page ranks, and what to look at when links are not the problem."""

from bot.gap.readiness import MATCH, UNKNOWN
from bot.model.page_key import page_key
from bot.model.question import NO_PAGE
from bot.model.report import Gate, Report
from bot.render.words import counted, listed, ordinal, short_url, shown

_NAMED = 3


def rank(report: Report) -> str:
    """Return `you rank 7th`, or that we are not in the results read; empty if none was read.

    If the page that ranks is not the one that was counted, names it.
    """
    if report.position is None:
        return _nowhere(report)
    where = ordinal(report.position)
    ranking = next((row.url for row in report.results if row.position == report.position), None)
    if ranking is None or _is_ours(report, ranking):
        return f"you rank {where}"
    named = short_url(ranking, 80)
    if report.page in (None, NO_PAGE):
        return f"you rank {where} with {named}"
    return f"you rank {where} with another page of yours, {named}"


def place(report: Report) -> str:
    """Return ` (2nd)`, or an empty text where our rank is unknown."""
    return "" if report.position is None else f" ({ordinal(report.position)})"


def _nowhere(report: Report) -> str:
    if not report.results or (report.site is None and report.page is None):
        return ""
    last = max(row.position for row in report.results)
    return f"you are not in the first {counted(last, 'result')}"


def look_next(report: Report) -> str:
    """Return what to look at when links are not the problem.

    That is what the gates found on our page or, if they found nothing, the pages above ours.
    """
    found = [gate for gate in report.gates[:4] if _worth_a_look(gate)]
    if found or report.checklist or report.coverage:
        names = [shown(gate.name, 20) for gate in found]
        if report.checklist and "trust" not in names:
            names.append("what readers find elsewhere and not on your page")
        if report.coverage:
            names.append("the topics that your page never mentions")
        return f"Look next at what the checks found: {listed(names)}, in the thread."
    above = _above(report)
    if not above:
        return ""
    more = "" if len(above) <= _NAMED else f" and {len(above) - _NAMED} more"
    named = ", ".join(short_url(url, 60) for url in above[:_NAMED])
    return f"Look next at what the pages above yours do better: {named}{more}."


def _is_ours(report: Report, url: str) -> bool:
    page = report.page
    return page not in (None, NO_PAGE) and page_key(page or "") == page_key(url)


def _worth_a_look(gate: Gate) -> bool:
    return gate.state not in (MATCH, UNKNOWN)


def _above(report: Report) -> list[str]:
    """Return the pages above ours, best first; all competitors if our rank is unknown."""
    if report.position is None:
        return [page.url for page in report.competitors]
    above = [row for row in report.results if row.position < (report.position or 0)]
    return [row.url for row in sorted(above, key=lambda row: row.position)]
