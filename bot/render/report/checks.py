"""The results of the gates: one line per gate, and what our page lacks, for every interface."""

from bot.gap.readiness import fault
from bot.model.report import Report, Verdict
from bot.render.report.sentences import sentence
from bot.render.words import listed, short_url, shown

OVERRULED = ", overruled in settings"
FOR_READERS = "This is for readers; it is no ranking checklist."


def lines(report: Report) -> list[str]:
    """Return one line per gate, except the one in the headline, and the missing topics."""
    told = fault(report.gates) if report.verdict is Verdict.FIX_FIRST else None
    gates = [
        f"{shown(gate.name, 20).capitalize()}: {shown(gate.state, 20)}"
        f"{OVERRULED if gate.overruled else ''}. " + sentence(gate.reason, 300)
        for gate in report.gates[:4]
        if gate is not told
    ]
    return [*gates, *topics(report)]


def topics(report: Report) -> list[str]:
    """Return what most of the top pages cover and ours never mentions, as one line or none."""
    if not report.coverage:
        return []
    named = listed([f"“{shown(topic, 60)}”" for topic in report.coverage[:8]])
    return [f"Most of the top pages have headings about what your page never mentions: {named}."]


def for_readers(report: Report) -> list[str]:
    """Return the checklist with where to look, one line each; empty when nothing is missing."""
    rows = [f"• {shown(row, 200)}" for row in report.checklist[:10]]
    return [*rows, FOR_READERS] if rows else []


def proposal(report: Report) -> str | None:
    """Return the question whether a page of the site is ours for this keyword."""
    if report.proposed_page is None:
        return None
    page = short_url(report.proposed_page, 120)
    return (
        f"Your site's closest page seems to be {page}. Is it yours for this keyword? "
        "Until you say so, how many you have stays unknown."
    )
