"""What the four SERP vendors have in common, each with its own formats."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.vendors.serp_vendors import (
    KEY,
    MODULES,
    QUERY,
    US,
    configured,
    good,
    parse,
    plan,
    setup,
)

from bot.common.errors import ConfigError
from bot.model.links import SerpRow
from bot.providers.base import Capability, NotConfigured, SerpQuery
from bot.providers.search.common import Hit, organic

EVERY = pytest.mark.parametrize("name", list(MODULES))
KEYED = pytest.mark.parametrize("name", ["brave", "serpapi", "serper"])


@pytest.fixture
def vendor(name, monkeypatch, tmp_path):
    return configured(name, monkeypatch, tmp_path)


@EVERY
def test_only_organic_pages_are_ranked_each_once_in_their_order(vendor, name):
    page = parse(vendor, good(name))
    assert [(row.position, row.url, row.domain) for row in page.rows] == [
        (1, "https://www.alpha.example/best-crm", "alpha.example"),
        (2, "https://www.reddit.com/r/sales/comments/1/crm/", "reddit.com"),
        (4, "https://blog.alpha.example/crm-guide", "alpha.example"),
    ]
    assert "1 results without a domain name were left out." in (page.note or "")
    assert page.complete


@EVERY
def test_facts_that_a_search_engine_does_not_have_stay_unknown(vendor, name):
    for row in parse(vendor, good(name)).rows:
        assert (row.authority, row.referring_domains, row.backlinks) == (None, None, None)
    assert [row.title for row in parse(vendor, good(name)).rows][1:] == ["Which CRM?", ""]


@EVERY
def test_no_more_rows_come_than_were_asked_for(vendor, name):
    page = parse(vendor, good(name), SerpQuery("best crm", US, top=2))
    assert [row.position for row in page.rows] == [1, 2]
    assert page.complete


@EVERY
def test_one_search_is_one_unit_of_the_pool_of_searches(vendor, name):
    call = plan(vendor)
    assert (call.worst.units, call.worst.pool) == (1, "searches")
    assert call.worst.micro_usd == (0 if name == "searxng" else None)
    page = parse(vendor, good(name))
    assert page.billed == call.worst


@EVERY
def test_answers_are_kept_for_a_day_except_where_a_plan_may_forbid_it(vendor, name):
    assert plan(vendor).keep_seconds == (0 if name == "brave" else 86_400)


@EVERY
def test_search_results_are_all_it_gives(vendor):
    assert list(vendor.capabilities) == [Capability.SERP]
    assert vendor.scale is None


@KEYED
def test_a_base_url_replaces_the_host_whether_or_not_it_ends_in_a_slash(
    name, monkeypatch, tmp_path
):
    vendor = configured(name, monkeypatch, tmp_path, base_url="http://127.0.0.1:9/proxy/")
    assert str(plan(vendor).request.url).startswith("http://127.0.0.1:9/proxy/")
    assert "//" not in plan(vendor).request.url.path


@KEYED
def test_without_a_base_url_a_key_only_ever_travels_encrypted(vendor):
    assert plan(vendor).request.url.scheme == "https"


@KEYED
def test_a_blank_key_is_no_key(name, monkeypatch, tmp_path):
    lacking = setup(name, monkeypatch, tmp_path, api_key="   ")
    assert isinstance(lacking, NotConfigured)
    assert lacking.needs == (f"LINKGAP_{name.upper()}_API_KEY",)


@KEYED
@pytest.mark.parametrize(
    ("variable", "value"),
    [("api_key", "two words"), ("api_key", "schlüssel"), ("base_url", "google.example")],
)
def test_faulty_settings_are_named_without_their_value(
    name, variable, value, monkeypatch, tmp_path
):
    with pytest.raises(ConfigError, match=f"LINKGAP_{name}_{variable}".upper()) as caught:
        setup(name, monkeypatch, tmp_path, **{"api_key": KEY, variable: value})
    assert value not in str(caught.value)


@KEYED
def test_the_key_is_read_from_the_env_file_too(name, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text(f"LINKGAP_{name.upper()}_API_KEY=from-the-file\n")
    vendor = configured(name, monkeypatch, tmp_path, api_key=None)
    assert vendor.secrets[0].get_secret_value() == "from-the-file"


# The shared reading


def ranked(*urls: str | None, top: int = 10, most: int = 10):
    hits = [Hit(url, None) for url in urls]
    return organic(SerpQuery("crm", US, top), hits, billed=None, most=most)


def test_a_result_without_an_address_has_no_rank():
    assert ranked(None, "", "https://a.example/").rows == (
        SerpRow(1, "https://a.example/", "", "a.example"),
    )


@given(
    urls=st.lists(st.sampled_from([f"https://{name}.example/" for name in "abcdefgh"] + ["x"])),
    top=st.integers(1, 12),
)
def test_ranks_follow_the_order_of_first_sight_whatever_comes(urls, top):
    page = ranked(*urls, top=top)
    first_seen = list(dict.fromkeys(urls))[:top]
    assert [(row.position, row.url) for row in page.rows] == [
        (at, url) for at, url in enumerate(first_seen, start=1) if url != "x"
    ]
    assert page.complete == (top <= 10 or len(first_seen) == top)


def test_a_longer_list_than_a_page_holds_is_incomplete_and_says_so():
    page = ranked("https://a.example/", top=20)
    assert not page.complete
    assert page.note == "Only the first 10 results can be read."


def test_a_page_that_holds_all_that_was_asked_for_is_complete():
    page = ranked("https://a.example/", "https://b.example/", top=2, most=1)
    assert (page.complete, page.note) == (True, None)


def test_nothing_found_names_the_market():
    assert ranked().note == "No page was found for this keyword in “us” in “en”."


@EVERY
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"error": "odd"}',
        b'{"organic": {}, "organic_results": 7, "search_metadata": [], "results": null}',
        b'{"type": "search", "query": {}, "web": {"results": [{"url": 7}]}}',
        b'{"organic": [{"link": 7}], "results": [{"url": 7}], "credits": -1}',
    ],
)
def test_what_is_not_the_contract_is_a_bad_answer_and_never_an_empty_list(vendor, body):
    with pytest.raises(Exception, match="sent an answer LinkGap cannot read"):
        parse(vendor, httpx.Response(200, content=body), QUERY)
