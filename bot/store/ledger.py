"""The ledger: one row per request, written before it is sent and settled after.

Units and micro-dollars are integers. A pool belongs to its provider: Ahrefs units and Semrush units
are different currencies, so sums and caps are per provider and pool, or in money if the price is
known.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import sqlite_utils

from bot.common.errors import BudgetExceeded, OverMoneyCap
from bot.model.costs import Spent
from bot.model.prices import Amount
from bot.model.report import CostLine
from bot.store.times import to_text
from bot.store.workspace import ensure_team

RESERVED = "reserved"
KILLED = "killed"
CACHED = "cached"
LONGEST_REQUEST = timedelta(hours=1)
"""No request waits for its turn and its answer for longer."""
_COLUMNS = ("team", "person", "site", "channel", "provider", "pool")


@dataclass(frozen=True, slots=True)
class Payer:
    """Who asked, for which site and in which channel; None: nobody in particular."""

    person: str | None = None
    site: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap: at most `most` since a moment, over the rows with these values (None: any).

    `cap` is its name in a sentence.
    """

    cap: str
    most: Amount
    since: datetime
    team: str | None = None
    person: str | None = None
    site: str | None = None
    channel: str | None = None
    provider: str | None = None
    pool: str | None = None


NOBODY = Payer()


def reserve(
    db: sqlite_utils.Database,
    *,
    run_id: str,
    team: str,
    provider: str,
    capability: str,
    pool: str,
    worst_units: int,
    worst_micro_usd: int | None,
    cap_units: int | None,
    at: datetime,
    payer: Payer = NOBODY,
    limits: Sequence[Limit] = (),
    owner: str | None = None,
) -> int:
    """Reserve the worst case before a request; returns the row's id for `settle`.

    `owner` names the lease of the process that sends it; None: it has none.

    The sum and the row are one writing transaction (`Database.run`), so parallel workers stop
    exactly at a cap. Raises `BudgetExceeded` and writes nothing when a cap would be passed;
    `cap_units` None means that the run has no cap, and a worst case in money of None counts as
    nothing.
    """
    ensure_team(db, team, at)
    used = used_units(db, team, run_id, provider, pool)
    if cap_units is not None and used + worst_units > cap_units:
        raise BudgetExceeded(
            cap="run",
            limit=cap_units,
            used=used,
            wanted=worst_units,
            pool=f"{provider} {pool}",
        )
    for limit in limits:
        _check_cap(db, limit, (worst_micro_usd or 0) if limit.most.money else worst_units)
    row_id: int = db.execute(
        "INSERT INTO spend (run_id, team, provider, capability, pool, reserved_units, "
        "reserved_micro_usd, outcome, reserved_at, person, site, channel, owner) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            *(run_id, team, provider, capability, pool),
            *(worst_units, worst_micro_usd, RESERVED, to_text(at)),
            *(payer.person, payer.site, payer.channel, owner),
        ),
    ).fetchone()[0]
    return row_id


def _check_cap(db: sqlite_utils.Database, limit: Limit, wanted: int) -> None:
    """Raise when a request would pass a cap. A request that costs nothing is always allowed."""
    used, most = used_of(db, limit), limit.most.value
    if wanted == 0 or used + wanted <= most:
        return
    if limit.most.money:
        raise OverMoneyCap(cap=limit.cap, limit=most, used=used, wanted=wanted)
    pool = f"{limit.provider} {limit.pool}"
    raise BudgetExceeded(cap=limit.cap, limit=most, used=used, wanted=wanted, pool=pool)


def used_of(db: sqlite_utils.Database, limit: Limit) -> int:
    """Return what counts against a cap: settled costs, and the worst case of open requests."""
    given = {name: value for name in _COLUMNS if (value := getattr(limit, name)) is not None}
    amount = "micro_usd" if limit.most.money else "units"
    where = "".join(f" AND {name} = :{name}" for name in given)
    used: int = db.execute(
        f"SELECT coalesce(sum(coalesce({amount}, reserved_{amount})), 0) FROM spend "  # noqa: S608 - the names are ours
        f"WHERE reserved_at >= :since{where}",
        {"since": to_text(limit.since), **given},
    ).fetchone()[0]
    return used


def settle(
    db: sqlite_utils.Database,
    row_id: int,
    *,
    units: int | None,
    micro_usd: int | None,
    outcome: str,
    at: datetime,
) -> None:
    """Record the true cost; None stays at the worst case that was reserved.

    A true cost that arrives after `close_orphans` replaces the worst case (another process may have
    started on this file). Raises `LookupError` for a row that is unknown or already settled.
    """
    changed = db.execute(
        "UPDATE spend SET units = coalesce(?, reserved_units), "
        "micro_usd = coalesce(?, reserved_micro_usd), outcome = ?, settled_at = ? "
        "WHERE id = ? AND outcome IN (?, ?)",
        (units, micro_usd, outcome, to_text(at), row_id, RESERVED, KILLED),
    ).rowcount
    if changed != 1:
        raise LookupError(f"no open reservation {row_id}")


def settle_all(
    db: sqlite_utils.Database,
    rows: Iterable[tuple[int, int | None, int | None]],
    *,
    outcome: str,
    at: datetime,
) -> None:
    """Settle the rows of one request, one row per pool: id, units and micro-dollars."""
    for row_id, units, micro_usd in rows:
        settle(db, row_id, units=units, micro_usd=micro_usd, outcome=outcome, at=at)


def record_cached(
    db: sqlite_utils.Database,
    *,
    run_id: str,
    team: str,
    provider: str,
    capability: str,
    at: datetime,
    payer: Payer = NOBODY,
) -> None:
    """Record that an answer came from the cache and cost nothing, in any pool."""
    ensure_team(db, team, at)
    moment = to_text(at)
    db.execute(
        "INSERT INTO spend (run_id, team, provider, capability, reserved_units, units, outcome, "
        "reserved_at, settled_at, person, site, channel) "
        "VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?)",
        (
            *(run_id, team, provider, capability, CACHED, moment, moment),
            *(payer.person, payer.site, payer.channel),
        ),
    )


def close_orphans(db: sqlite_utils.Database, at: datetime) -> int:
    """Settle reservations of processes that are gone, at their worst case; return how many.

    It covers all teams. The command line has no lease: what it left is settled after an hour.
    """
    return db.execute(
        "UPDATE spend SET units = reserved_units, micro_usd = reserved_micro_usd, outcome = ?, "
        "settled_at = ? WHERE outcome = 'reserved' AND CASE WHEN owner IS NULL "
        "THEN reserved_at <= ? ELSE owner NOT IN (SELECT owner FROM processes) END",
        (KILLED, to_text(at), to_text(at - LONGEST_REQUEST)),
    ).rowcount


def used_units(db: sqlite_utils.Database, team: str, run_id: str, provider: str, pool: str) -> int:
    """Return what counts against a run's cap: settled units, and the worst case of open requests.

    Requests whose answer was lost in a kill do not count here, because the run may repeat them.
    They count against all other caps.
    """
    used: int = db.execute(
        "SELECT coalesce(sum(coalesce(units, reserved_units)), 0) FROM spend "
        "WHERE run_id = ? AND team = ? AND provider = ? AND pool = ? AND outcome <> ?",
        (run_id, team, provider, pool, KILLED),
    ).fetchone()[0]
    return used


def spent(db: sqlite_utils.Database, team: str, run_id: str) -> tuple[CostLine, ...]:
    """Return what a run cost so far, one line per provider and pool.

    `units` are settled, `estimated_units` is the worst case of everything reserved; `micro_usd` is
    None when the price in money is unknown. Answers from the cache add no line. Parts of a run,
    whose ids are its own and `/` with a number, are in it.
    """
    rows = db.execute(
        "SELECT provider, pool, coalesce(sum(units), 0), sum(micro_usd), sum(reserved_units) "
        "FROM spend WHERE team = :team AND pool IS NOT NULL AND (run_id = :run "
        # A range and no pattern, which the index on run ids could not serve.
        "OR run_id > :run || '/' AND run_id < :run || '0') "
        "GROUP BY provider, pool ORDER BY provider, pool",
        {"team": team, "run": run_id},
    )
    return tuple(CostLine(*row) for row in rows)


def spent_in(
    db: sqlite_utils.Database,
    team: str,
    channel: str,
    runs: str,
    *,
    since: datetime | None,
    until: datetime,
) -> tuple[CostLine, ...]:
    """Return the cost of a channel's runs whose ids start like this, between two moments.

    Lines are as in `spent`.
    """
    rows = db.execute(
        "SELECT provider, pool, coalesce(sum(units), 0), sum(micro_usd), sum(reserved_units) "
        "FROM spend WHERE team = ? AND channel = ? AND substr(run_id, 1, length(?)) = ? "
        "AND reserved_at > ? AND reserved_at <= ? AND pool IS NOT NULL "
        "GROUP BY provider, pool ORDER BY provider, pool",
        (team, channel, runs, runs, to_text(since) if since else "", to_text(until)),
    )
    return tuple(CostLine(*row) for row in rows)


_LAST_RUNS = 20


@dataclass(frozen=True, slots=True)
class Total:
    """What one payer spent in one pool; `pool` None: answers from the cache alone.

    Open requests count at their worst case. `micro_usd` None: units whose price is unknown.
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
    """Return the median cost of the last runs there; None when none was billed."""
    rows = db.execute(
        "SELECT sum(units) FROM spend WHERE team = ? AND provider = ? AND pool = ? "
        "AND reserved_at >= ? AND outcome != ? "
        "GROUP BY run_id HAVING sum(units) > 0 ORDER BY max(id) DESC LIMIT ?",
        (team, provider, pool, to_text(since), CACHED, _LAST_RUNS),
    ).fetchall()
    return round(median(units for (units,) in rows)) if rows else None


def spent_by(found: Iterable[Total], whose: Callable[[Total], str | None]) -> tuple[Spent, ...]:
    """Add up by the payer that `whose` names, highest cost first; one line per pool."""
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
    return tuple(sorted(lines, key=_highest_cost_first))


def _highest_cost_first(line: Spent) -> tuple[int, int, str, str]:
    return (-(line.micro_usd or 0), -line.units, line.who or "", line.vendor)
