"""Which keywords of a week somebody should look at, and in which order. Pure."""

from collections.abc import Sequence
from enum import IntEnum

from bot.gap.changes import TOP3, TOP10
from bot.gap.compare import hundredths
from bot.model.links import Authority, Scale
from bot.model.page_key import is_same_page
from bot.model.tracking import KeywordLine, OwnLink

STRONG = 50
"""From this authority on, in hundredths of its scale, a lost link is a strong one."""
_REACH = 5
_STILL = 1


class Attention(IntEnum):
    """Why a keyword is looked at, the most urgent first."""

    TOP3 = 0
    TOP10 = 1
    UNSEEN = 2
    LOST_STRONG = 3
    PAGE = 4
    WITHIN_REACH = 5
    MOVED = 6
    STILL = 7


def attention(line: KeywordLine, lost: Sequence[OwnLink]) -> Attention:
    """Return the most urgent reason to look at a keyword."""
    there = line.position is not None and line.position <= TOP3
    reasons = {
        Attention.TOP3: crossed(line, TOP3),
        Attention.TOP10: crossed(line, TOP10),
        Attention.UNSEEN: line.position is None and line.position_before is not None,
        Attention.LOST_STRONG: any(
            is_strong(link) and is_same_page(link.target, line.page) for link in lost
        ),
        Attention.PAGE: line.page_before is not None,
        Attention.WITHIN_REACH: 0 < (line.gap or 0) <= _REACH and not there,
        Attention.MOVED: abs(line.gap_change or 0) > _STILL,
    }
    return min((one for one, holds in reasons.items() if holds), default=Attention.STILL)


def crossed(line: KeywordLine, top: int) -> bool:
    """Say whether a keyword entered or left the first `top` results.

    One that is seen now and was not among the rows read before has entered. One that is no longer
    among them has left, however many were read.
    """
    now, before = line.position, line.position_before
    if now is None:
        return before is not None and before <= top
    if before is None:
        # Without an earlier read the rank of before is unknown, and so is every change.
        appeared = any(one is not None for one in (line.need_change, line.gap_change))
        return appeared and now <= top
    return (now <= top) != (before <= top)


def is_strong(link: OwnLink) -> bool:
    """Say whether a lost link is one that an alert would tell of."""
    if link.authority is None or link.authority_scale is None:
        return False
    known = {scale.value: scale for scale in Scale}
    scale = known.get(link.authority_scale)
    return scale is not None and hundredths(Authority(link.authority, scale)) >= STRONG
