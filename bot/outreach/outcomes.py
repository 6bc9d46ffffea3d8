"""What came of asking, by kind of linking page: the counts behind `bot.gap.placed_rate`. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.gap.placed_rate import Outcomes
from bot.model.outreach import Entry, Status

TIME_TO_ANSWER = timedelta(days=28)
"""Who was written to later than so long ago and has not answered does not count yet."""
UNREAD = "unread"
"""The kind of pages that were not read, or whose kind is unclear."""
_SAID_NO = frozenset({Status.REPLIED, Status.DECLINED})


def outcomes(
    entries: Iterable[Entry], kinds: Mapping[str, str], at: datetime
) -> dict[str, Outcomes]:
    """Return how many were asked and how many gave a link, by kind of page.

    `kinds` are those of domains. A link that came without anybody writing is no outcome of asking.
    """
    asked: Counter[str] = Counter()
    won: Counter[str] = Counter()
    for entry in entries:
        if not _was_asked(entry, at):
            continue
        kind = kinds.get(entry.domain, UNREAD)
        asked[kind] += 1
        won[kind] += entry.status is Status.WON
    return {kind: Outcomes(count, won[kind]) for kind, count in asked.items()}


def _was_asked(entry: Entry, at: datetime) -> bool:
    if entry.status in _SAID_NO:
        return True
    if entry.contacted_at is None:
        return False
    answered = entry.status is Status.WON
    return answered or (
        entry.status is Status.CONTACTED and at - entry.contacted_at >= TIME_TO_ANSWER
    )
