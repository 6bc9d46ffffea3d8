"""The promises of the shared contract suite, one per test, and why one does not apply to a case.

The suite leaves out cases for these reasons and no others, and docs/providers.md is generated from
them, so the page says what the tests do.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path

import pytest
from support.vendors.contract_cases import Case, ContractCases
from support.vendors.vendor_bench import CASES, Bench, built

from bot.providers.base import Capability, Vendor

Reason = Callable[[ContractCases, Case], str | None]
ALL_NEEDED = "Every field of this answer is needed."
NO_KEY = "There is no key."


def _always_applies(_contract: ContractCases, _case: Case) -> None:
    return None


def _said(value: object) -> str | None:
    """Return the reason that the contract cases give instead of an answer."""
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Line:
    """One promise of the contract, the test that holds it, and when it does not apply."""

    says: str
    test: str
    why_not: Reason = _always_applies


LINES = (
    Line(
        "Good answer: rows, at no more than was reserved",
        "test_a_good_answer_becomes_rows_and_costs_no_more_than_was_reserved",
    ),
    Line(
        "Registrable names, and authority on its own scale",
        "test_names_are_registrable_and_authority_is_on_the_vendors_own_scale",
    ),
    Line(
        "Empty answer: no rows and no failure",
        "test_nothing_found_is_an_empty_answer_and_no_failure",
        lambda _, case: _said(case.empty),
    ),
    Line(
        "Last page: read to it and no further",
        "test_an_answer_is_read_to_its_last_page_and_no_further",
    ),
    Line(
        "Cut off: never called complete",
        "test_a_cut_off_list_is_not_called_complete",
        lambda _, case: _said(case.cut_off),
    ),
    Line(
        "Unknown extra fields: nothing changes",
        "test_unknown_fields_change_nothing",
        lambda _, case: _said(case.extended),
    ),
    Line(
        "Missing optional fields: no row is lost",
        "test_missing_optional_fields_cost_no_row",
        lambda _, case: ALL_NEEDED if not (case.sparse or case.optional) else _said(case.sparse),
    ),
    Line(
        "The same question again: free where terms allow keeping",
        "test_the_same_question_again_is_free_where_the_terms_allow_keeping",
    ),
    Line(
        "Wrong key: told, free, not repeated",
        "test_a_wrong_key_is_reported_costs_nothing_and_is_not_retried",
        lambda contract, _: _said(contract.wrong_key),
    ),
    Line(
        "Plan lacks it: told, free, not repeated",
        "test_a_feature_missing_in_the_plan_is_reported_free_and_not_retried",
        lambda contract, _: _said(contract.plan_lacks),
    ),
    Line(
        "Units gone: told, free, not repeated",
        "test_used_up_units_are_reported_cost_nothing_and_are_not_retried",
        lambda contract, _: _said(contract.units_gone),
    ),
    Line("429 with Retry-After: obeyed", "test_slow_down_with_a_pause_is_obeyed"),
    Line(
        "429 without: repeated after our own pause, then told",
        "test_slow_down_without_a_pause_is_retried_after_our_own_and_then_reported",
    ),
    Line(
        "5xx, then good: asked again where the failure was free, else told at once",
        "test_a_server_error_is_retried_only_if_it_cost_nothing",
    ),
    Line(
        "whatever fails: no more is written down than was quoted",
        "test_whatever_fails_no_more_is_booked_than_was_quoted",
    ),
    Line(
        "5xx that stays: unavailable, without its web page",
        "test_a_server_that_stays_broken_is_unavailable_without_its_web_page",
    ),
    Line(
        "Read timeout: not repeated, booked at the worst case",
        "test_a_read_timeout_is_not_repeated_and_stays_at_the_worst_case",
    ),
    Line("A web page instead of data", "test_a_web_page_instead_of_data_is_a_bad_answer"),
    Line(
        "A body that ends in the middle",
        "test_an_answer_that_ends_in_the_middle_is_a_bad_answer",
        lambda _, case: _said(case.broken),
    ),
    Line(
        "The key: in no log, error, Slack message or file",
        "test_a_key_is_in_no_log_no_error_and_not_in_the_bots_file",
    ),
    Line(
        "The key: in no plan, added as a request leaves",
        "test_requests_are_planned_without_the_key_and_leave_with_it",
        lambda contract, _: None if contract.secrets else NO_KEY,
    ),
)
_BY_TEST = {line.test: line for line in LINES}


def _applying(test: str) -> dict[str, list[Capability]]:
    """Return the cases of each vendor to which a test of the suite applies."""
    line = _BY_TEST[test]
    found = {
        name: [one for one, case in contract.cases.items() if not line.why_not(contract, case)]
        for name, contract in CASES.items()
    }
    return {name: capabilities for name, capabilities in found.items() if capabilities}


def every_case(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Hold a promise for all cases of a vendor in one test: they share the vendor, no more.

    It takes a `bench`, and if it likes the `capability` and the `case`.
    """
    cases, wanted = _applying(test.__name__), signature(test).parameters

    async def of_a_vendor(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        vendor, contract = built(name, monkeypatch, tmp_path), CASES[name]
        assert isinstance(vendor, Vendor)
        for capability in cases[name]:
            given = {
                "bench": Bench(vendor, contract),
                "capability": capability,
                "case": contract.cases[capability],
            }
            try:
                await test(**{one: given[one] for one in wanted})
            except BaseException as error:
                error.add_note(f"This is {name}'s {capability}.")
                raise

    of_a_vendor.__name__, of_a_vendor.__doc__ = test.__name__, test.__doc__
    return pytest.mark.parametrize("name", list(cases))(of_a_vendor)


def each_case(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Hold a promise in a test for each case of each vendor to which it applies."""
    return pytest.mark.parametrize(
        ("name", "capability"),
        [
            pytest.param(name, capability, id=f"{name}-{capability}")
            for name, capabilities in _applying(test.__name__).items()
            for capability in capabilities
        ],
    )(test)
