"""Hypothesis strategies for digests, snapshots, keywords and alerts, including hostile texts."""

from datetime import UTC, date, datetime

from fakes.worlds.reports import costs, texts
from hypothesis import strategies as st

from bot.gap.why_moved import REASONS
from bot.model.links import Market
from bot.model.question import Question
from bot.model.report import Unproven
from bot.model.tracking import (
    Alert,
    ClientWeek,
    Digest,
    ForecastCheck,
    GapPoint,
    GapReasons,
    GapStep,
    KeywordLine,
    LinkLedger,
    Moment,
    NewCompetitorLink,
    OwnLink,
    Snapshot,
    TrackedKeyword,
    Unread,
)
from bot.render.tracking.tracked_list import ListRow

_counts = st.integers(0, 10**6)
_changes = st.integers(-(10**6), 10**6)
_sizes = st.floats(0, 1e9) | st.just(float("nan"))
_moments = st.integers(946_684_800, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC))
_hostile = texts | st.just("m" * 200) | st.just("א" * 200)
_scales = st.sampled_from(("DR", "AS", "TF"))


_LEDGER = ("won", "lost", "left_index", "unchecked", "unnamed", "net")


def _maybe(strategy):
    return st.none() | strategy


_ledgers = st.builds(LinkLedger, **dict.fromkeys(_LEDGER, _changes))
lines = st.builds(
    KeywordLine,
    id=texts,
    keyword=_hostile,
    site=_maybe(texts),
    page=_maybe(texts | st.just("none")),
    need=_maybe(_counts),
    have=_maybe(_counts),
    gap=_maybe(_counts),
    need_change=_maybe(_changes),
    have_change=_maybe(_changes),
    gap_change=_maybe(_changes),
    position=_maybe(st.integers(1, 100)),
    position_before=_maybe(st.integers(1, 100)),
    position_change=_maybe(st.integers(-99, 99)),
    months_to_close=_maybe(_sizes),
    own_pace=_maybe(_sizes),
    need_pace=_maybe(_sizes),
    forecast_check=_maybe(
        st.builds(
            ForecastCheck, made_at=_moments, foreseen=_counts, found=_counts, no_change=_counts
        )
    ),
    ledger=_maybe(_ledgers),
    why=_maybe(st.builds(GapReasons, **dict.fromkeys(("change", *REASONS), _changes))),
    needs_a_month=_maybe(_counts),
    competitors_gained=_counts,
    entered=st.lists(texts, max_size=2).map(tuple),
    left=st.lists(texts, max_size=2).map(tuple),
    read_at=_moments,
)
new_links = st.builds(
    NewCompetitorLink,
    domain=texts,
    competitor=texts,
    keyword=_hostile,
    page=_maybe(texts | texts.map(lambda t: f"https://x.example/{t}")),
    first_seen=_maybe(st.dates()),
    score=_sizes,
    why=texts,
    keywords=st.lists(_hostile, max_size=3).map(tuple),
    authority=_maybe(_sizes),
    authority_scale=_maybe(_scales),
    absence_proven=st.booleans(),
)
own_links = st.builds(
    OwnLink,
    domain=texts,
    target=texts,
    keyword=_maybe(_hostile),
    page=_maybe(texts),
    first_seen=_maybe(st.dates()),
    authority=_maybe(_sizes),
    authority_scale=_maybe(_scales),
)
points = st.builds(
    GapPoint,
    day=st.sampled_from([date(2026, 1, day) for day in (5, 12, 19)])
    | st.dates(date(2026, 1, 1), date(2026, 1, 25)),
    keyword=_maybe(st.sampled_from(("best crm", "Total", "א" * 200, "m" * 200, "m" * 199, ""))),
    gap=_counts,
    site=_maybe(st.sampled_from(("a.example", "b.example", "c.example"))),
    need=_maybe(_counts),
    have=_maybe(_counts),
)
steps = st.builds(
    GapStep,
    day=st.sampled_from((date(2026, 1, 5), date(2026, 1, 12))),
    site=_maybe(st.just("a.example")),
    keyword=_hostile,
    page=_maybe(texts),
)


def tuples_of(strategy, most):
    return st.lists(strategy, max_size=most).map(tuple)


_unread = st.builds(
    Unread,
    id=texts,
    keyword=_hostile,
    reason=texts,
    since=_maybe(_moments),
    told_before=st.booleans(),
)
digests = st.builds(
    Digest,
    week=st.just("2026-W48"),
    channel=texts,
    sentence=_hostile,
    keywords=tuples_of(lines, 16),
    new_competitor_links=tuples_of(new_links, 5),
    won=tuples_of(own_links, 3),
    lost=tuples_of(own_links, 3),
    cost=costs,
    suggestions=tuples_of(_hostile, 4),
    taken_at=_moments,
    since=_maybe(_moments),
    unread=tuples_of(_unread, 5),
    read_again=tuples_of(_unread, 5),
    ledger=_maybe(_ledgers),
    unchecked_losses=st.integers(0, 30),
    links_to_both=tuples_of(new_links, 3),
    unproven=tuples_of(
        st.builds(Unproven, domain=texts, links_to=st.lists(texts, max_size=2).map(tuple)), 3
    ),
    paused=st.integers(0, 30),
    gap_history=tuples_of(points, 60),
    gap_steps=tuples_of(steps, 5),
    clients=tuples_of(st.builds(ClientWeek, site=texts, sentence=_hostile), 4),
    time_zone=st.sampled_from(("UTC", "Pacific/Auckland")),
)
alerts = st.builds(
    Alert,
    moment=st.sampled_from(Moment),
    keyword=_hostile,
    domain=_maybe(texts),
    page=_maybe(texts),
    position=_maybe(st.integers(1, 100)),
)
snapshots = st.builds(
    Snapshot,
    run_id=texts,
    taken_at=_moments,
    serp=st.just(()),
    competitors=st.just(()),
    even_field=_maybe(_counts),
    multiplier=st.floats(1, 2),
    needed=_maybe(_counts),
    have=_maybe(_counts),
    gap=_maybe(_counts),
    page=_maybe(texts),
    position=_maybe(st.integers(1, 100)),
)
tracked_keywords = st.builds(
    TrackedKeyword,
    id=st.uuids().map(str),
    team=st.just("T1"),
    channel=texts,
    question=st.builds(
        Question,
        keyword=_hostile,
        market=st.builds(Market, country=texts, language=texts),
        site=_maybe(texts),
        page=_maybe(texts),
    ),
    created_by=_maybe(texts),
    created_at=_moments,
)
list_rows = st.builds(
    ListRow,
    tracked=tracked_keywords,
    latest=_maybe(snapshots),
    gap_change=_maybe(_changes),
    next_run=_maybe(_moments),
)
