"""Drifting contracts: plain sentences about what was asked, what came and what does not fit."""

import json
from typing import Any

import httpx
import pytest
from support.vendors import (
    ahrefs_vendor,
    dataforseo_vendor,
    majestic_vendor,
    moz_vendor,
    semrush_vendor,
)

from bot.common.errors import BadKey
from bot.providers.base import Call, Capability, Vendor
from bot.providers.drift import Contract, Finding

VENDORS = [ahrefs_vendor, dataforseo_vendor, majestic_vendor, moz_vendor, semrush_vendor]


@pytest.fixture
def moz(monkeypatch, tmp_path) -> Vendor:
    return moz_vendor.configured(monkeypatch, tmp_path)


def contract_of(vendor: Vendor) -> Contract:
    assert isinstance(vendor.contract, Contract)
    return vendor.contract


def found(vendor: Vendor, body: object, *, status: int = 200, at: int = 0, **headers) -> Finding:
    contract = contract_of(vendor)
    call: Call = contract.plan(None)[at]
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = httpx.Response(status, content=content, headers=headers)
    (finding,) = contract.parse(None, call, response).rows
    return finding


@pytest.mark.parametrize("fake", VENDORS, ids=lambda fake: fake.__name__)
def test_a_check_is_free_and_never_kept(fake, monkeypatch, tmp_path):
    calls = contract_of(fake.configured(monkeypatch, tmp_path)).plan(None)
    assert calls
    for call in calls:
        assert not any(call.worst.by_pool.values())
        assert not call.worst.micro_usd
        assert call.keep_seconds == 0


def quota(**change: Any) -> dict[str, Any]:
    known = {"allotted": 3_000, "used": 12, "period_reset": 1796083200} | change
    return moz_vendor.result({"quota": {key: one for key, one in known.items() if one != "gone"}})


def test_an_unbroken_contract_is_reported_in_one_sentence(moz):
    assert found(moz, quota()).sentence == (
        "asked for its quota: 5 of 5 fields that LinkGap reads came."
    )


def test_a_missing_field_is_named(moz):
    said = found(moz, quota(period_reset="gone"))
    assert said.missing == ("result.quota.period_reset",)
    assert "4 of 5 fields that LinkGap reads came. Missing, and taken as unknown" in said.sentence


def test_a_value_that_no_longer_fits_is_named_without_the_value(moz):
    said = found(moz, quota(used="a secret"))
    assert "No longer fits: result.quota.used" in said.sentence
    assert "Update LinkGap, or report this line." in said.sentence
    assert "a secret" not in said.sentence


def test_an_unrelated_answer_is_reported(moz):
    said = found(moz, b"<!doctype html><title>Sign in</title>")
    assert said.sentence.startswith("asked for its quota: something else came. No longer fits:")


def test_a_refusal_is_an_error_and_says_nothing_of_the_contract(moz):
    with pytest.raises(BadKey):
        found(moz, {"error": {"message": "Missing or invalid authentication"}}, status=401)


def test_a_test_target_that_is_billed_anyway_is_reported(monkeypatch, tmp_path):
    ahrefs = ahrefs_vendor.configured(monkeypatch, tmp_path)
    body = {"refdomains": [{"domain": "a.example", "domain_rating": 7.0}]}
    said = found(ahrefs, body, at=1, **{"x-api-units-cost-total-actual": "50"})
    assert said.charged == 50
    assert "This check should be free and was billed 50." in said.sentence


def test_a_balance_that_is_no_longer_a_number_is_reported(monkeypatch, tmp_path):
    semrush = semrush_vendor.configured(monkeypatch, tmp_path)
    assert found(semrush, b"1,000").sentence == (
        "asked for its unit balance: it came as LinkGap reads it."
    )
    assert "No longer fits" in found(semrush, b"plenty").sentence


def test_the_sandbox_stands_beside_the_official_host_alone(monkeypatch, tmp_path):
    official = dataforseo_vendor.configured(monkeypatch, tmp_path)
    hosts = [call.request.url.host for call in contract_of(official).plan(None)]
    assert hosts == ["api.dataforseo.com", "sandbox.dataforseo.com"]
    elsewhere = dataforseo_vendor.configured(
        monkeypatch, tmp_path, base_url="https://proxy.example"
    )
    hosts = [call.request.url.host for call in contract_of(elsewhere).plan(None)]
    assert hosts == ["proxy.example"]


def test_a_version_4_key_of_semrush_has_no_free_call(monkeypatch, tmp_path):
    alone = semrush_vendor.configured(monkeypatch, tmp_path, key=None, v4_key="a-version-4-key")
    assert (alone.contract, alone.can(Capability.BALANCE)) == (None, False)
