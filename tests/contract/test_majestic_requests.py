"""What our requests to Majestic contain."""

import pytest
from support.vendors.ahrefs_vendor import plan
from support.vendors.majestic_vendor import LINKERS, OUR_PAGE, OUR_SITE, QUESTIONS, configured, form

from bot.common.errors import PlanLacks
from bot.model.links import Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    IntersectQuery,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
    Vendor,
)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def test_the_index_is_always_named_and_every_request_is_a_form_to_one_address(vendor):
    for capability, (query, _) in QUESTIONS.items():
        for call in plan(vendor, capability, query):
            assert (call.request.method, str(call.request.url)) == (
                "POST",
                "https://api.majestic.com/api/json",
            )
            assert form(call)["datasource"] == "fresh"


def test_pages_and_sites_travel_together_a_hundred_to_a_call(vendor):
    assert (
        vendor.capabilities[Capability.PAGE_METRICS] is vendor.capabilities[Capability.SITE_METRICS]
    )
    targets = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(130))
    first, second = plan(vendor, Capability.SITE_METRICS, MetricsQuery(targets))
    assert (form(first)["items"], form(second)["items"]) == ("100", "30")
    assert (form(second)["item0"], form(second)["item29"]) == ("d100.example", "d129.example")


def test_a_page_is_sent_as_its_exact_address(vendor):
    (call,) = plan(vendor, Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE,)))
    assert form(call)["item0"] == "https://ours.example/crm?a=1&b=2"


def test_traffic_is_nothing_majestic_knows(vendor):
    query = MetricsQuery((OUR_SITE,), counts=False, traffic=True)
    with pytest.raises(PlanLacks, match="no traffic"):
        plan(vendor, Capability.SITE_METRICS, query)


def test_a_list_is_asked_for_strongest_first_with_items_numbered_from_zero(vendor):
    (call,) = plan(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_PAGE, 55))
    sent = form(call)
    assert (sent["cmd"], sent["item0"]) == ("GetRefDomains", OUR_PAGE.value)
    assert (sent["Count"], sent["AnalysisDepth"]) == ("55", "1000")
    assert (sent["OrderBy1"], sent["OrderDir1"]) == ("13", "1")
    (long,) = plan(vendor, Capability.REFERRING_DOMAINS, ReferringQuery(OUR_SITE, 99_999))
    assert (form(long)["Count"], form(long)["AnalysisDepth"]) == ("10000", "10000")


@pytest.mark.parametrize(
    ("targets", "own", "calls"), [(3, OUR_SITE, [4]), (4, None, [4]), (7, OUR_SITE, [4, 4, 2])]
)
def test_never_more_than_four_items_travel_in_an_intersection(vendor, targets, own, calls):
    asked = tuple(Target(Scope.SITE, f"d{at}.example") for at in range(targets))
    planned = plan(vendor, Capability.INTERSECT, IntersectQuery(asked, own, 100))
    items = [[name for name in form(call) if name.startswith("item")] for call in planned]
    assert [len(names) for names in items] == calls
    if own:
        assert {form(call)["item0"] for call in planned} == {own.value}


def test_the_question_about_links_to_us_is_the_same_request_for_whatever_domains(vendor):
    one = plan(vendor, Capability.LINKS_BETWEEN, BetweenQuery(LINKERS, OUR_SITE))
    other = plan(vendor, Capability.LINKS_BETWEEN, BetweenQuery(("x.example",), OUR_SITE))
    assert [call.request.content for call in one] == [call.request.content for call in other]


@pytest.mark.parametrize(
    ("capability", "query"),
    [
        (Capability.LINKS_BETWEEN, BetweenQuery((), OUR_SITE)),
        (Capability.LINKS, LinksQuery(OUR_SITE, ())),
        (Capability.INTERSECT, IntersectQuery((), OUR_SITE, 9)),
        (Capability.SITE_METRICS, MetricsQuery(())),
    ],
)
def test_nothing_is_sent_about_nothing(vendor, capability, query):
    assert plan(vendor, capability, query) == ()


def test_links_that_are_gone_are_not_asked_for_and_one_domain_is_named(vendor):
    (several,) = plan(vendor, Capability.LINKS, LinksQuery(OUR_SITE, LINKERS))
    assert (form(several)["Mode"], form(several)["MaxSourceURLsPerRefDomain"]) == ("1", "1")
    assert "RefDomain" not in form(several)
    (single,) = plan(vendor, Capability.LINKS, LinksQuery(OUR_SITE, ("news.example",)))
    assert (form(single)["RefDomain"], form(single)["Count"]) == ("news.example", "1")
