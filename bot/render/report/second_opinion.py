"""How many referring domains of a competitor every index misses, in one sentence each."""

from bot.gap.unseen_links import FEWEST_SHARED
from bot.model.report import Report, UnseenLinks
from bot.render.words import counted, listed, number, short_url, shown

_MOST = 6
_WHY = {
    "one_index": "only one of them knows any",
    "too_few_shared": f"they share fewer than {FEWEST_SHARED}",
    "dependent": "they depend on each other, so their overlap says nothing",
}


def lines(report: Report) -> list[str]:
    """Return a sentence for each competitor that several indexes read completely."""
    return [_sentence(one) for one in report.unseen[:_MOST]]


def _sentence(one: UnseenLinks) -> str:
    who = listed(shown(name, 40) for name in one.indexes)
    seen = f"{who} together saw {counted(one.seen, 'referring domain')} of"
    start = f"{seen} {short_url(one.target, 60)}"
    if one.least is None:
        why = _WHY.get(one.reason or "", "too little is known")
        return f"{start}; how many more none of them saw is unknown: {why}."
    nobody = "neither" if len(one.indexes) == 2 else "none of them"
    return (
        f"{start}; about {number(one.least)} more ({number(one.low)}–{number(one.high)}) "
        f"are in {nobody}."
    )
