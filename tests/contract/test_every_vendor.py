"""The contract that every vendor keeps, asked through the real gateway.

It runs over all registered vendors and the contract cases of each
(tests/fixtures/<vendor>/contract_cases.py). A vendor that is asked over HTTP and has none fails
here. `support.vendors.contract_lines` lists the promises and where one does not apply;
docs/providers.md is generated from it.
"""

from collections import Counter
from functools import partial
from pathlib import Path

import httpx
import pytest
from support.vendors.contract_cases import Reply, Said, each, extended, without
from support.vendors.contract_lines import every_case
from support.vendors.vendor_bench import CASES, REGISTERED, Bench, built
from support.wallet import Entry, MemoryWallet

from bot.common.domains import registrable
from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)
from bot.model.links import (
    Authority,
    Balance,
    CountPoint,
    KeywordMetrics,
    Link,
    Metrics,
    ReferringDomain,
    SerpRow,
)
from bot.providers.base import Capability, Cost, Shared, Vendor
from bot.providers.gateway import TRIES

ROW = {
    Capability.SERP: SerpRow,
    Capability.KEYWORD_METRICS: KeywordMetrics,
    Capability.PAGE_METRICS: Metrics,
    Capability.SITE_METRICS: Metrics,
    Capability.REFERRING_DOMAINS: ReferringDomain,
    Capability.INTERSECT: Shared,
    Capability.LINKS_BETWEEN: ReferringDomain,
    Capability.LINKS: Link,
    Capability.COUNT_HISTORY: CountPoint,
    Capability.LOST: Link,
    Capability.BALANCE: Balance,
}
WEB_PAGE = b"<!doctype html><title>Sign in to the network</title>"


@pytest.fixture
def bench(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    vendor = built(name, monkeypatch, tmp_path)
    assert isinstance(vendor, Vendor), f"{name}'s contract cases set too little to connect it"
    return Bench(vendor, CASES[name])


def given(said: Said | str | None) -> Said:
    """Return what the contract cases provide; without it the case is left out."""
    assert said is not None, "the contract cases must say what this looks like"
    assert not isinstance(said, str)
    return said


def was_free(entry: Entry) -> bool:
    """Say whether nothing is booked for it, neither units of any pool nor money."""
    told = entry.billed
    nothing = dict.fromkeys(entry.worst.by_pool, 0)
    return told is not None and told.by_pool == nothing and not told.micro_usd


def entries(bench: Bench) -> list[tuple[Cost | None, str | None]]:
    assert isinstance(bench.wallet, MemoryWallet)
    return [(entry.billed, entry.outcome) for entry in bench.wallet.entries]


# Contract cases


@pytest.mark.parametrize("name", sorted(REGISTERED))
def test_a_registered_vendor_has_contract_cases_unless_it_answers_from_this_machine(
    name, monkeypatch, tmp_path
):
    vendor = built(name, monkeypatch, tmp_path, configured=False)
    local = vendor.is_local if isinstance(vendor, Vendor) else vendor.local
    assert local or name in CASES, f"write tests/fixtures/{name}/contract_cases.py"


@pytest.mark.parametrize("name", list(CASES))
def test_contract_cases_has_a_case_for_each_capability_asked_over_http(bench, name):
    remote = {
        capability
        for capability, adapter in bench.vendor.capabilities.items()
        if hasattr(adapter, "plan")
    }
    assert CASES[name].cases.keys() == remote
    assert bench.vendor.name == (CASES[name].vendor or name)
    assert {secret.get_secret_value() for secret in bench.vendor.secrets} == set(
        CASES[name].secrets
    )


@pytest.mark.parametrize("name", [name for name, contract in CASES.items() if not contract.vendor])
def test_without_settings_a_vendor_says_what_it_needs_and_what_it_would_give(
    bench, name, monkeypatch, tmp_path
):
    lacking = built(name, monkeypatch, tmp_path, configured=False)
    assert not isinstance(lacking, Vendor)
    assert lacking.name == name
    assert set(lacking.needs) <= set(CASES[name].env)
    assert set(lacking.gives) == set(bench.vendor.capabilities)


# Good answers


@every_case
async def test_a_good_answer_becomes_rows_and_costs_no_more_than_was_reserved(
    bench, capability, case
):
    answer = await bench.ask(capability, case.good)
    assert len(answer.rows) == case.rows
    assert case.rows > 0
    assert {type(row) for row in answer.rows} == {ROW[capability]}
    assert (answer.provider, answer.capability) == (bench.vendor.name, capability)
    assert len(bench.wallet.entries) == len(bench.sent)
    for entry in bench.wallet.entries:
        assert entry.outcome == "ok"
        told = entry.billed.by_pool if entry.billed else {}
        assert entry.billed is None or entry.billed.pool == entry.worst.pool
        assert all(units <= entry.worst.by_pool[pool] for pool, units in told.items())


@every_case
async def test_names_are_registrable_and_authority_is_on_the_vendors_own_scale(
    bench, capability, case
):
    answer = await bench.ask(capability, case.good)
    for row in answer.rows:
        told = row.domain if isinstance(row, Shared) else row
        if hasattr(told, "domain"):
            assert registrable(told.domain) == told.domain
        authority = getattr(told, "authority", None)
        assert authority is None or isinstance(authority, Authority)
        assert authority is None or authority.scale is bench.vendor.scale
    if capability is Capability.SERP:
        positions = [row.position for row in answer.rows]
        assert positions == sorted(set(positions))
        assert positions[0] == 1


@every_case
async def test_nothing_found_is_an_empty_answer_and_no_failure(bench, capability, case):
    answer = await bench.ask(capability, given(case.empty))
    assert answer.rows == ()


@every_case
async def test_an_answer_is_read_to_its_last_page_and_no_further(bench, capability, case):
    await bench.ask(capability, case.good)
    assert len(bench.sent) == (case.requests or len(bench.planned(capability)))


@every_case
async def test_a_cut_off_list_is_not_called_complete(bench, capability, case):
    assert not isinstance(case.cut_off, str)
    query, said = case.cut_off
    answer = await bench.ask(capability, said, query=query)
    assert not answer.complete


@every_case
async def test_unknown_fields_change_nothing(bench, capability, case):
    said = case.extended or each(case.good, partial(extended, case.maps))
    plain = await bench.ask(capability, case.good)
    grown = await Bench(bench.vendor, bench.contract).ask(capability, given(said))
    assert (grown.rows, grown.complete) == (plain.rows, plain.complete)


@every_case
async def test_missing_optional_fields_cost_no_row(bench, capability, case):
    said = case.sparse or each(case.good, partial(without, case.optional))
    answer = await bench.ask(capability, given(said))
    assert len(answer.rows) == case.rows


@every_case
async def test_the_same_question_again_is_free_where_the_terms_allow_keeping(
    bench, capability, case
):
    first = await bench.ask(capability, case.good)
    sent = len(bench.sent)
    again = await bench.ask(capability, case.good)
    assert again.rows == first.rows
    kept = all(call.keep_seconds > 0 for call in bench.planned(capability))
    assert len(bench.sent) == (sent if kept else 2 * sent)


# Refusals


async def refused(bench: Bench, capability: Capability, said: Said) -> ProviderError:
    """Return the error of a question when every request gets this answer."""
    with pytest.raises(ProviderError) as caught:
        await bench.ask(capability, said)
    assert caught.value.vendor == bench.vendor.name
    return caught.value


async def is_final_and_free(
    bench: Bench, capability: Capability, said: Said | str, kind: type[ProviderError]
) -> None:
    """Check that a refusal has the right error, costs nothing and is not repeated."""
    error = await refused(bench, capability, given(said))
    assert isinstance(error, kind)
    assert len(bench.sent) == len(bench.planned(capability))
    for entry in bench.wallet.entries:
        assert entry.outcome == type(error).__name__
        assert was_free(entry)


@every_case
async def test_a_wrong_key_is_reported_costs_nothing_and_is_not_retried(bench, capability):
    await is_final_and_free(bench, capability, bench.contract.wrong_key, BadKey)


@every_case
async def test_a_feature_missing_in_the_plan_is_reported_free_and_not_retried(bench, capability):
    await is_final_and_free(bench, capability, bench.contract.plan_lacks, PlanLacks)


@every_case
async def test_used_up_units_are_reported_cost_nothing_and_are_not_retried(bench, capability):
    await is_final_and_free(bench, capability, bench.contract.units_gone, OutOfUnits)


def hurried(bench: Bench, seconds: int) -> Said:
    """Return the vendor's "slow down" with a Retry-After."""
    said = bench.contract.slow_down

    def answer(request: httpx.Request) -> Reply:
        reply = said if isinstance(said, Reply) else said(request)
        headers = {**reply.headers, "retry-after": str(seconds)}
        return Reply(reply.body, reply.status, headers, reply.content_type)

    return answer


@every_case
async def test_slow_down_with_a_pause_is_obeyed(bench, capability, case):
    before = bench.clock.monotonic()
    answer = await bench.ask(capability, case.good, hurried(bench, 7))
    assert len(answer.rows) == case.rows
    assert bench.clock.monotonic() - before >= 7
    assert was_free(bench.wallet.entries[0])


@every_case
async def test_slow_down_without_a_pause_is_retried_after_our_own_and_then_reported(
    bench, capability
):
    before = bench.clock.monotonic()
    error = await refused(bench, capability, bench.contract.slow_down)
    assert isinstance(error, RateLimited)
    assert len(bench.sent) == TRIES * len(bench.planned(capability))
    assert bench.clock.monotonic() > before


def fails_for_free(bench: Bench, capability: Capability) -> bool:
    """Say whether a failed attempt costs nothing there, by contract or because it is free."""
    free = not any(sum(call.worst.by_pool.values()) for call in bench.planned(capability))
    return bench.vendor.failures_are_free or free


@every_case
async def test_a_server_error_is_retried_only_if_it_cost_nothing(bench, capability, case):
    broken = Reply(b"upstream failed", 503)
    if not fails_for_free(bench, capability):
        await refused(bench, capability, broken)
        assert len(bench.sent) == len(bench.planned(capability))
        assert entries(bench)[0] == (None, "Unavailable")
        return
    answer = await bench.ask(capability, case.good, broken)
    assert len(answer.rows) == case.rows
    assert entries(bench)[0][1] == "Unavailable"
    assert was_free(bench.wallet.entries[0])


@every_case
async def test_a_server_that_stays_broken_is_unavailable_without_its_web_page(bench, capability):
    error = await refused(bench, capability, Reply(WEB_PAGE, 502, content_type="text/html"))
    assert isinstance(error, Unavailable)
    attempts = TRIES if fails_for_free(bench, capability) else 1
    assert len(bench.sent) == attempts * len(bench.planned(capability))
    assert "<" not in str(error)


@every_case
async def test_whatever_fails_no_more_is_booked_than_was_quoted(bench, capability):
    """A quote once said "at most 1 search", but three failed attempts were booked."""
    await refused(bench, capability, Reply(WEB_PAGE, 502, content_type="text/html"))
    quoted: Counter[str] = Counter()
    for call in bench.planned(capability):
        quoted.update(call.worst.by_pool)
    spent: Counter[str] = Counter()
    for entry in bench.wallet.entries:
        spent.update((entry.billed or entry.worst).by_pool)
    assert all(units <= quoted[pool] for pool, units in spent.items())


@every_case
async def test_a_read_timeout_is_not_repeated_and_stays_at_the_worst_case(bench, capability, case):
    calls = bench.planned(capability)
    with pytest.raises(Unavailable, match="may have been billed"):
        await bench.ask(capability, case.good, *[httpx.ReadTimeout] * len(calls))
    assert entries(bench) == [(None, "ReadTimeout")] * len(calls)


@every_case
async def test_a_web_page_instead_of_data_is_a_bad_answer(bench, capability):
    error = await refused(bench, capability, Reply(WEB_PAGE, content_type="text/html"))
    assert isinstance(error, BadAnswer)


@every_case
async def test_an_answer_that_ends_in_the_middle_is_a_bad_answer(bench, capability, case):
    said = case.broken or each(case.good, lambda body: body[: len(body) // 2])
    error = await refused(bench, capability, given(said))
    assert isinstance(error, BadAnswer)
    assert {entry.billed for entry in bench.wallet.entries} == {None}, "it may have been billed"
