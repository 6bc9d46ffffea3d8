"""From facts to a report: which index each count is attributed to."""

from support.vendors.vendor_selections import asked

from bot.analysis.assemble import Facts, competitors_as, competitors_of
from bot.model.links import Authority, Metrics, Scale, Scope, SerpRow, Target
from bot.planning.vendors import VendorSelection
from bot.providers.base import Vendor

COUNTING = Vendor("counting", "Counting", Scale.DR, {}, serp_counts=True)
OTHER = Vendor("other", "Other", Scale.DA, {})
PAGE = "https://rival.example/best"
RESULTS = (SerpRow(1, PAGE, "Best", "rival.example", Authority(70, Scale.DR), 55, 900),)


def test_the_search_vendors_counts_are_never_attributed_to_another_index():
    chosen = VendorSelection(COUNTING, None, (OTHER,))
    (competitor,) = competitors_of(asked("crm"), chosen, Facts(serp=RESULTS))
    assert (competitor.referring_domains, competitor.backlinks, competitor.authority) == (
        None,
        None,
        None,
    )


def test_its_own_counts_stand_where_it_is_asked_as_an_index_too():
    chosen = VendorSelection(COUNTING, None, (OTHER, COUNTING))
    facts = Facts(serp=RESULTS, metrics={("other", Target(Scope.PAGE, PAGE)): _counted(9)})
    (other,) = competitors_as(asked("crm"), chosen, facts, "other")
    (counting,) = competitors_as(asked("crm"), chosen, facts, "counting")
    assert (other.referring_domains, counting.referring_domains) == (9, 55)
    assert (other.authority_scale, counting.authority_scale) == (None, "DR")


def _counted(count: int) -> Metrics:
    return Metrics(Target(Scope.PAGE, PAGE), count)
