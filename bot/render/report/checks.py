"""The results of the gates: one line per gate, and what our page lacks, for every interface."""

from bot.model.report import Report
from bot.render.report.sentences import sentence
from bot.render.words import listed, shown

OVERRULED = ", overruled in settings"
FOR_READERS = "This is for readers; it is no ranking checklist."


def lines(report: Report) -> list[str]:
    """Return one line per gate, and the missing topics."""
    gates = [
        f"{shown(gate.name, 20).capitalize()}: {shown(gate.state, 20)}"
        f"{OVERRULED if gate.overruled else ''}. " + sentence(gate.reason, 300)
        for gate in report.gates[:4]
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
