"""New competitor links over all keywords: who started to link to competitors and not to us."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.compare import Own, compare
from bot.gap.new_links import KeywordNews, new_links
from bot.gap.prioritise import Evidence, rank
from bot.gap.relevance import terms_of
from bot.model.links import (
    Authority,
    Link,
    LinkKind,
    Profile,
    ReferringDomain,
    Scale,
    Scope,
    Target,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OURS = Own(frozenset({"ours.example"}), frozenset({"fan.example"}), complete=True)
COMPETITORS = tuple(f"https://{name}.example/best" for name in ("r1", "r2", "r3"))


def row(name, dr=None, **more):
    return ReferringDomain(name, None if dr is None else Authority(dr, Scale.DR), **more)


def gained(*by_competitors, competitors=COMPETITORS):
    """The newly seen rows of each competitor's page; competitors left out gained nothing."""
    rows = (*by_competitors, *[()] * (len(competitors) - len(by_competitors)))
    return tuple(
        Profile(Target(Scope.PAGE, url), "sample", tuple(new), complete=True, as_of=NOW)
        for url, new in zip(competitors, rows, strict=True)
    )


def news(profiles, keyword="", *, own=OURS, evidence=None):
    return KeywordNews(keyword, terms_of(keyword, [], "en"), profiles, own, evidence or {})


def domains(links):
    return [link.domain for link in links]


def test_without_news_there_are_no_links():
    assert new_links([]) == ()
    assert new_links([news(gained())]) == ()


def test_a_new_link_is_described_as_in_the_report():
    seen = row("a.example", 70, link=LinkKind.FOLLOW, traffic=1000, first_seen=date(2026, 5, 30))
    one = news(gained([seen], [seen]), "best crm")

    [link] = new_links([one])

    [prospect] = rank(compare(one.profiles, OURS), terms=one.terms, evidence={})
    assert link.score == prospect.score
    assert link.why == (
        "links to 2 of 3 pages, follow link, DR 70, 1,000 visits a month, first seen May 2026"
    )
    assert (link.domain, link.competitor) == ("a.example", COMPETITORS[0])
    assert (link.keyword, link.keywords) == ("best crm", ("best crm",))
    assert (link.authority, link.authority_scale, link.link) == (70, "DR", LinkKind.FOLLOW)
    assert (link.page, link.first_seen) == (None, date(2026, 5, 30))


def test_the_linking_page_comes_with_the_competitor_that_it_links_to():
    """The domain links to r1 and r3; the page that was bought links to r3."""
    page = Link("a.example", "https://a.example/tools", COMPETITORS[2], "CRM tools")
    one = news(
        gained([row("a.example")], [], [row("a.example")]),
        "crm",
        evidence={"a.example": Evidence(page)},
    )
    [link] = new_links([one])
    assert (link.page, link.competitor) == ("https://a.example/tools", COMPETITORS[2])
    assert link.why == "links to 2 of 3 pages, from “CRM tools”"
    assert link.score == pytest.approx((35 + 10 * 2 / 3) / 45 * 100, abs=0.05)


@pytest.mark.parametrize("target", [None, "https://r2.example/another-page"])
def test_where_the_page_does_not_tell_the_competitor_is_the_first_that_the_domain_links_to(target):
    page = Link("a.example", "https://a.example/tools", target)
    evidence = {"a.example": Evidence(page)}
    [link] = new_links([news(gained([], [row("a.example")]), evidence=evidence)])
    assert link.competitor == COMPETITORS[1]


def test_us_our_linkers_competitors_and_noise_are_dropped():
    ours = ["ours.example", "blog.ours.example", "fan.example"]
    rows = map(row, [*ours, "r2.example", "cloudfront.net", "a.example"])
    assert domains(new_links([news(gained(list(rows)))])) == ["a.example"]


def test_a_platform_that_ranks_may_still_give_a_link():
    """A thread on reddit ranks third; another thread there links to r1."""
    competitors = (*COMPETITORS[:2], "https://www.reddit.com/r/crm/1")
    profiles = gained([row("reddit.com")], competitors=competitors)
    assert domains(new_links([news(profiles)])) == ["reddit.com"]


def test_a_domain_proven_to_link_to_us_already_is_dropped():
    evidence = {"a.example": Evidence(already_links=True)}
    profiles = gained([row("a.example"), row("b.example")])
    assert domains(new_links([news(profiles, evidence=evidence)])) == ["b.example"]


def test_the_best_comes_first_and_equals_go_by_name():
    rows = [row("b.example", 50), row("c.example", 90), row("a.example", 50)]
    assert domains(new_links([news(gained(rows))])) == ["c.example", "a.example", "b.example"]
    apart = [news(gained([row(name, 50)]), "crm") for name in ("b.example", "a.example")]
    assert domains(new_links(apart)) == ["a.example", "b.example"]


def test_a_domain_is_listed_once_where_it_scores_best_with_all_its_keywords():
    """crmweekly fits "crm"; "invoice app" comes first and sees its link to another competitor."""
    others = ("https://i1.example/x", "https://i2.example/y")
    first = news(gained([row("crmweekly.example", 60)], competitors=others), "invoice app")
    best = news(gained([row("crmweekly.example", 60)]), "crm")
    third = news(gained([row("other.example")]), "erp")

    [link, _] = sorted(new_links([first, best, third]), key=lambda link: link.domain)

    assert link.keywords == ("invoice app", "crm")
    assert link.keyword == "crm"
    assert link.competitor == COMPETITORS[0]
    assert link.score == max(new_links([one])[0].score for one in (first, best))
    assert link.why == "links to 1 of 3 pages, “crm” in its name, DR 60"


def test_at_equal_score_the_first_keyword_lists_it():
    others = ("https://i1.example/x", "https://i2.example/y", "https://i3.example/z")
    one = news(gained([row("a.example", 60)]), "erp")
    two = news(gained([row("a.example", 60)], competitors=others), "crm")
    assert [link.competitor for link in new_links([one, two])] == [COMPETITORS[0]]
    assert [link.competitor for link in new_links([two, one])] == [others[0]]


def test_the_same_keyword_in_two_markets_is_named_once():
    one = news(gained([row("a.example", 60)]), "crm")
    [link] = new_links([one, one])
    assert link.keywords == ("crm",)


def test_a_link_to_one_of_our_sites_is_still_new_to_the_other():
    """A channel may track several sites: each keyword has its own site."""
    profiles = gained([row("fan.example")])
    other = Own(frozenset({"second.example"}), frozenset(), complete=True)
    [link] = new_links([news(profiles, "crm"), news(profiles, "erp", own=other)])
    assert link.keywords == ("erp",)


NAMES = st.sampled_from(["a.example", "b.example", "crm.example", "fan.example", "ours.example"])
ROWS = st.lists(st.builds(row, NAMES, st.sampled_from([None, 10, 90])), max_size=4)


@given(st.lists(st.tuples(st.sampled_from(["crm", "erp", "best app"]), ROWS, ROWS), max_size=4))
def test_every_domain_is_listed_once_best_first_never_ours_or_a_linker_of_ours(found):
    all_news = [news(gained(first, second), keyword) for keyword, first, second in found]
    links = new_links(all_news)
    assert len(set(domains(links))) == len(links)
    assert [link.score for link in links] == sorted((one.score for one in links), reverse=True)
    assert not {"ours.example", "fan.example"} & set(domains(links))
    apart = [link for one in all_news for link in new_links([one])]
    for link in links:
        same = [one for one in apart if one.domain == link.domain]
        assert link.score == max(one.score for one in same)
        assert link.keywords == tuple(dict.fromkeys(one.keyword for one in same))
        assert link.competitor in COMPETITORS
    assert set(domains(links)) == set(domains(apart))
