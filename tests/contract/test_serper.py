"""What is specific to Serper."""

import json

import httpx
import pytest
from support.vendors.serp_vendors import KEY, configured, good, parse, plan, signed

from bot.common.errors import BadAnswer, BadKey, OutOfUnits
from bot.model.links import Market
from bot.providers.base import Cost, SerpQuery


@pytest.fixture
def vendor(monkeypatch, tmp_path):
    return configured("serper", monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("market", "place"),
    [
        (Market("us", "en"), {"gl": "us", "hl": "en"}),
        (Market("gb", "en"), {"gl": "gb", "hl": "en"}),
        (Market("tw", "zh"), {"gl": "tw", "hl": "zh-tw"}),
        (Market("sg", "zh"), {"gl": "sg", "hl": "zh-cn"}),
        (Market("br", "pt"), {"gl": "br", "hl": "pt-br"}),
        (Market("ao", "pt"), {"gl": "ao", "hl": "pt-pt"}),
        (Market("il", "he"), {"gl": "il", "hl": "iw"}),
        (Market("no", "nb"), {"gl": "no", "hl": "no"}),
    ],
)
def test_a_search_is_a_post_of_keyword_country_and_language(vendor, market, place):
    request = plan(vendor, SerpQuery("crm für Ärzte", market)).request
    assert (request.method, str(request.url)) == ("POST", "https://google.serper.dev/search")
    assert json.loads(request.content) == {"q": "crm für Ärzte", **place}


def test_the_key_leaves_in_its_header(vendor):
    call = plan(vendor)
    assert "x-api-key" not in call.request.headers
    sent = signed(vendor, call)
    assert sent.headers["x-api-key"] == KEY
    assert sent.content == call.request.content


@pytest.mark.parametrize(
    ("told", "billed"), [({"credits": 2}, Cost(2, "searches")), ({"credits": None}, None)]
)
def test_its_own_credits_say_what_it_cost(vendor, told, billed):
    assert parse(vendor, good("serper", **told)).billed == billed


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (403, "Unauthorized.", BadKey),
        (401, "Unauthorized.", BadKey),
        (400, "Not enough credits", OutOfUnits),
        (400, "Missing query parameter", BadAnswer),
    ],
)
def test_refusals_are_classified_by_status_and_words(vendor, status, message, error):
    refused = httpx.Response(status, json={"message": message, "statusCode": status})
    with pytest.raises(error, match=f"HTTP {status} {message}") as caught:
        parse(vendor, refused)
    assert type(caught.value) is error


@pytest.mark.parametrize("before", range(45, 60))
def test_a_long_refusal_is_never_cut_inside_the_key(vendor, before):
    words = f"no credits {'word ' * before} {KEY} and {'word ' * 20}"
    with pytest.raises(OutOfUnits) as caught:
        parse(vendor, httpx.Response(400, json={"message": words}))
    assert len(caught.value.detail) <= 300
    clean = caught.value.redacted([KEY])
    assert KEY[:8] not in str(clean)
    assert clean.detail.endswith(" …")
