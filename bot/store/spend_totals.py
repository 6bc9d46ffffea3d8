"""The ledger added up for people: by vendor, site or person, since a moment."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import sqlite_utils

from bot.model.costs import Spent
from bot.store.ledger import CACHED
from bot.store.times import to_text

_LAST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Total:
    """What one payer spent in one pool; `pool` None: answers from the cache alone.

    Open requests count at their worst case. `micro_usd` None: what costs units has no price.
    """

    team: str
    person: str | None
    site: str | None
    channel: str | None
    provider: str
    pool: str | None
    requests: int
    units: int
    estimated: int
    micro_usd: int | None


def totals(db: sqlite_utils.Database, since: datetime, team: str | None = None) -> list[Total]:
    """Return what every payer of a team (None: of all teams) spent since a moment."""
    rows = db.execute(
        "SELECT team, person, site, channel, provider, pool, count(*), "
        "sum(coalesce(units, reserved_units)), sum(reserved_units), "
        "CASE WHEN sum(coalesce(units, reserved_units) > 0 "
        "AND coalesce(micro_usd, reserved_micro_usd) IS NULL) = 0 "
        "THEN sum(coalesce(micro_usd, reserved_micro_usd)) END "
        "FROM spend WHERE reserved_at >= :since AND (:team IS NULL OR team = :team) "
        "GROUP BY team, person, site, channel, provider, pool",
        {"since": to_text(since), "team": team},
    )
    return [Total(*row) for row in rows]


def typical(
    db: sqlite_utils.Database, team: str, provider: str, pool: str, since: datetime
) -> int | None:
    """Return the median of what the last runs cost there; None when none was billed."""
    rows = db.execute(
        "SELECT sum(units) FROM spend WHERE team = ? AND provider = ? AND pool = ? "
        "AND reserved_at >= ? AND outcome != ? "
        "GROUP BY run_id HAVING sum(units) > 0 ORDER BY max(id) DESC LIMIT ?",
        (team, provider, pool, to_text(since), CACHED, _LAST_RUNS),
    ).fetchall()
    return round(median(units for (units,) in rows)) if rows else None


def spent_by(found: Iterable[Total], whose: Callable[[Total], str | None]) -> tuple[Spent, ...]:
    """Add up by whoever `whose` names, dearest first; a line for each pool."""
    groups: dict[tuple[str | None, str, str], list[Total]] = {}
    cached: Counter[tuple[str | None, str]] = Counter()
    for total in found:
        if total.pool is None:
            cached[whose(total), total.provider] += total.requests
        else:
            groups.setdefault((whose(total), total.provider, total.pool), []).append(total)
    for who, provider in cached:
        if not any(key[:2] == (who, provider) for key in groups):
            groups[who, provider, ""] = []
    lines = []
    for (who, provider, pool), group in groups.items():
        reused = cached.pop((who, provider), 0)
        money = [total.micro_usd for total in group]
        known = [micro for micro in money if micro is not None]
        lines.append(
            Spent(
                who=who,
                vendor=provider,
                pool=pool,
                requests=sum(total.requests for total in group) + reused,
                cached=reused,
                units=sum(total.units for total in group),
                estimated=sum(total.estimated for total in group),
                micro_usd=sum(known) if known and len(known) == len(money) else None,
            )
        )
    return tuple(sorted(lines, key=_dearest))


def _dearest(line: Spent) -> tuple[int, int, str, str]:
    return (-(line.micro_usd or 0), -line.units, line.who or "", line.vendor)
