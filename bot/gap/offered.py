"""Take out of an answer whom nobody may be told to contact: the one filter of every list. Pure."""

from dataclasses import replace

from bot.model.outreach import WITHHELD, Withheld
from bot.model.report import Report


def offered(report: Report, withheld: Withheld) -> Report:
    """Return the answer without those that are withheld; `dropped` says how many they were."""
    prospects = tuple(one for one in report.prospects if not withheld.is_withheld(one.domain))
    unproven = tuple(one for one in report.unproven if not withheld.is_withheld(one.domain))
    out = len(report.prospects) + len(report.unproven) - len(prospects) - len(unproven)
    if not out:
        return report
    dropped = report.dropped or {}
    dropped = dropped | {WITHHELD: dropped.get(WITHHELD, 0) + out}
    return replace(report, prospects=prospects, unproven=unproven, dropped=dropped)
