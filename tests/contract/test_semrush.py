"""What Semrush's v3 answers mean, and what our requests contain."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.vendors.semrush_vendor import (
    COMPETITOR,
    OTHER,
    OUR_PAGE,
    OUR_SITE,
    QUESTIONS,
    US,
    configured,
    fixture,
    good,
    parse,
    plan,
)

from bot.common.errors import BadAnswer
from bot.model.links import (
    Authority,
    Balance,
    KeywordMetrics,
    Link,
    LinkKind,
    Market,
    Metrics,
    ReferringDomain,
    Scale,
    Scope,
    SerpRow,
    Target,
)
from bot.providers.base import (
    Call,
    Capability,
    Cost,
    IntersectQuery,
    KeywordQuery,
    LinksQuery,
    MetricsQuery,
    Page,
    ReferringQuery,
    SerpQuery,
    Shared,
    Vendor,
)
from bot.providers.semrush.links import Links
from bot.providers.semrush.reports import Api


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


def answered(vendor: Vendor, capability: Capability) -> Page[object]:
    query, name = QUESTIONS[capability]
    return parse(vendor, capability, query, good(fixture(name)))


def strength(value: float) -> Authority:
    return Authority(value, Scale.AS)


# What the answers mean


def test_a_serp_ranks_pages_not_domains_and_survives_a_semicolon_in_an_address(vendor):
    page = answered(vendor, Capability.SERP)
    assert page.rows == (
        SerpRow(1, "https://www.alpha.example/best-crm", "", "alpha.example"),
        SerpRow(2, "https://www.reddit.com/r/sales/comments/1/crm/", "", "reddit.com"),
        SerpRow(3, "https://blog.alpha.example/crm;guide?a=1", "", "alpha.example"),
        SerpRow(5, "https://beta.example/crm", "", "beta.example"),
    )
    assert page.complete
    assert page.note == "1 results without a domain name were left out."


def test_a_serp_shorter_than_asked_is_not_called_complete(vendor):
    page = parse(vendor, Capability.SERP, SerpQuery("crm", US), good(fixture("serp.csv")))
    assert not page.complete
    assert "Fewer results came than were asked for" in (page.note or "")


def test_a_keyword_without_results_is_a_complete_answer_that_says_so(vendor):
    query = SerpQuery("crm", Market("gb", "en"))
    page = parse(vendor, Capability.SERP, query, good("ERROR 50 :: NOTHING FOUND"))
    assert (page.rows, page.complete) == ((), True)
    assert page.note == "Semrush holds no search results for this keyword in “gb”."


def test_keyword_metrics_come_back_under_the_words_that_were_asked(vendor):
    page = answered(vendor, Capability.KEYWORD_METRICS)
    assert page.rows == (
        KeywordMetrics("CRM", 92, 74000),
        KeywordMetrics("crm; plumbers", None, None),
    )
    assert page.complete


def test_a_keyword_without_a_line_is_named_as_missing(vendor):
    query = KeywordQuery(("crm", "unheard of"), US)
    body = "Keyword Difficulty Index;Search Volume;Keyword;Competition\n92.00;74000;crm;0\n"
    page = parse(vendor, Capability.KEYWORD_METRICS, query, good(body))
    assert [row.keyword for row in page.rows if isinstance(row, KeywordMetrics)] == ["crm"]
    assert not page.complete
    assert page.note == "Semrush told of 1 of 2 keywords; the others are unknown."


def test_counts_are_joined_to_their_targets_and_a_page_has_no_site_authority(vendor):
    page = answered(vendor, Capability.PAGE_METRICS)
    assert page.rows == (Metrics(OUR_PAGE, 6, 9), Metrics(OUR_SITE, 210, 1204, strength(34)))
    assert page.complete


COMPARED = "domains_num;backlinks_num;ascore;target;target_type\n"


def test_counts_in_another_order_are_joined_by_name(vendor):
    body = COMPARED + "2;2;1;ours.example;root_domain\n1;1;1;ours.example/crm?a=1&b=2;c;url\n"
    page = parse(vendor, Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), good(body))
    counts = [row.referring_domains for row in page.rows if isinstance(row, Metrics)]
    assert counts == [1, 2]


def test_pages_of_one_site_in_another_order_are_joined_by_name(vendor):
    pages = tuple(Target(Scope.PAGE, f"https://ours.example/{name}") for name in "ab")
    body = COMPARED + "2;2;1;https://ours.example/b/;url\n1;1;1;ours.example/a;url\n"
    page = parse(vendor, Capability.PAGE_METRICS, MetricsQuery(pages), good(body))
    assert page.rows == (Metrics(pages[0], 1, 1), Metrics(pages[1], 2, 2))


def test_an_address_in_another_spelling_is_matched_by_its_position(vendor):
    body = COMPARED + "1;1;1;www.ours.example/CRM?b=2;url\n2;2;;ours.example;root_domain\n"
    page = parse(vendor, Capability.PAGE_METRICS, MetricsQuery((OUR_PAGE, OUR_SITE)), good(body))
    assert page.rows == (Metrics(OUR_PAGE, 1, 1), Metrics(OUR_SITE, 2, 2))


@pytest.mark.parametrize(
    "lines",
    [
        "6;9;34;ours.example;root_domain\n",  # one of two
        "6;9;34;ours.example;root_domain\n1;1;1;stranger.example/x;url\n",
        "6;9;34;ours.example;root_domain\n1;1;1;www.ours.example;domain\n",
    ],
)
def test_a_target_without_its_own_line_stays_unknown(vendor, lines):
    query = MetricsQuery((OUR_SITE, OUR_PAGE))
    page = parse(vendor, Capability.SITE_METRICS, query, good(COMPARED + lines))
    assert page.rows == (Metrics(OUR_SITE, 6, 9, strength(34)),)
    assert not page.complete
    assert page.note == "Semrush told of 1 of 2 targets; the others are unknown."


def test_counts_of_nothing_found_are_unknown_and_not_zero(vendor):
    query = MetricsQuery((OUR_SITE,))
    page = parse(vendor, Capability.SITE_METRICS, query, good("ERROR 50 :: NOTHING FOUND"))
    assert (page.rows, page.complete) == ((), False)


def test_hosts_of_one_domain_are_one_referring_domain_with_the_best_of_each(vendor):
    page = answered(vendor, Capability.REFERRING_DOMAINS)
    assert page.rows == (
        ReferringDomain("news.example", strength(74), first_seen=date(2025, 1, 9)),
        ReferringDomain("a.github.io", strength(41), first_seen=date(2026, 7, 1)),
        ReferringDomain("bare.example"),
    )
    assert page.note == "1 row without a registrable domain was left out."


def test_a_full_list_counts_as_cut_off_and_asks_for_nothing_more(vendor):
    query = ReferringQuery(OUR_SITE, limit=5)
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, good(fixture("refdomains.csv")))
    assert not page.complete
    assert page.next is None
    assert "Only the first 5 were read." in (page.note or "")


def test_what_is_new_is_read_newest_first_and_is_whole_once_it_reaches_the_day(vendor):
    query = ReferringQuery(OUR_SITE, limit=5, since=date(2026, 1, 1))
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, good(fixture("refdomains.csv")))
    names = [row.domain for row in page.rows if isinstance(row, ReferringDomain)]
    assert names == ["a.github.io"]  # a host of news.example linked before
    assert (page.complete, page.next) == (True, None)
    (call,) = plan(vendor, Capability.REFERRING_DOMAINS, query)
    assert call.request.url.params["display_sort"] == "first_seen_desc"


def test_what_is_new_is_cut_off_when_the_list_ends_before_the_day(vendor):
    query = ReferringQuery(OUR_SITE, limit=5, since=date(2020, 1, 1))
    page = parse(vendor, Capability.REFERRING_DOMAINS, query, good(fixture("refdomains.csv")))
    assert not page.complete


def test_an_intersection_reads_one_column_a_target_and_proves_absence_by_our_zero(vendor):
    page = answered(vendor, Capability.INTERSECT)
    assert page.rows == (
        Shared(
            ReferringDomain("news.example", strength(74)), (COMPETITOR, OTHER), absence_proven=True
        ),
        Shared(
            ReferringDomain("paper.example", strength(61)), (COMPETITOR, OTHER), absence_proven=True
        ),
    ), "friend.example links to us from another of its hosts"
    assert page.note == "1 row without a registrable domain was left out."


def test_an_intersection_proves_nothing_about_our_site_from_our_page(vendor):
    for own in (OUR_PAGE, None):
        query = IntersectQuery((COMPETITOR,), own, 50)
        zero = "0;" if own else ""
        names = "ours;competitor" if own else "competitor"
        body = f"domain;domain_ascore;matches_num;{names}\nnews.example;74;1;{zero}3\n"
        (row,) = parse(vendor, Capability.INTERSECT, query, good(body)).rows
        assert isinstance(row, Shared)
        assert row.targets == (COMPETITOR,)
        assert not row.absence_proven


def test_an_unknown_count_of_our_site_is_never_taken_for_a_zero(vendor):
    query = IntersectQuery((COMPETITOR,), OUR_SITE, 50)
    body = "domain;domain_ascore;matches_num;ours.example;competitor\nnews.example;74;1;;3\n"
    with pytest.raises(BadAnswer, match="row 1 does not hold what was asked for"):
        parse(vendor, Capability.INTERSECT, query, good(body))


def test_a_link_is_parsed_whatever_its_texts_contain(vendor):
    page = answered(vendor, Capability.LINKS)
    assert page.rows == (
        Link(
            "news.example",
            "https://www.news.example/tools;id=7",
            "https://ours.example/crm",
            title='Tools we like; and "why";\nsecond line',
            anchor="CRM; simply",
            kind=LinkKind.FOLLOW,
            first_seen=date(2026, 6, 3),
        ),
    )
    assert page.complete


@pytest.mark.parametrize(
    ("change", "kind"),
    [(b"true;", LinkKind.NOFOLLOW), (b";", None)],
)
def test_a_link_says_nofollow_or_nothing(vendor, change, kind):
    query, name = QUESTIONS[Capability.LINKS]
    body = fixture(name).replace(b";false;https://ours", b";" + change + b"https://ours", 1)
    (row,) = parse(vendor, Capability.LINKS, query, good(body)).rows
    assert isinstance(row, Link)
    assert row.kind is kind


@pytest.mark.parametrize(
    ("old", "new"),
    [(b";false;CRM", b";true;CRM"), (b"www.news.example", b"www.else.example")],
)
def test_a_lost_link_or_one_from_elsewhere_is_not_shown(vendor, old, new):
    query, name = QUESTIONS[Capability.LINKS]
    page = parse(vendor, Capability.LINKS, query, good(fixture(name).replace(old, new)))
    assert (page.rows, page.complete) == ((), False)
    assert page.note == "Semrush showed no live link from some of the domains."


def test_the_balance_is_what_may_still_be_used(vendor):
    assert answered(vendor, Capability.BALANCE).rows == (Balance("units", None, 1_234_567, None),)


# A low balance silently shortens lists


def after(vendor: Vendor, capability: Capability) -> tuple[object, Call]:
    query, name = QUESTIONS[capability]
    page = parse(vendor, capability, query, good(fixture(name)))
    assert page.complete
    assert page.next is not None
    return query, page.next


LISTS = pytest.mark.parametrize("capability", [Capability.REFERRING_DOMAINS, Capability.INTERSECT])


@LISTS
def test_a_short_list_is_whole_when_the_balance_still_pays_for_a_line(vendor, capability):
    query, call = after(vendor, capability)
    page = parse(vendor, capability, query, good("40"), call)
    assert (page.rows, page.complete, page.note, page.billed) == ((), True, None, Cost(0))
    assert call.worst == Cost(0)


@LISTS
def test_a_short_list_may_be_cut_when_the_balance_pays_for_no_line(vendor, capability):
    query, call = after(vendor, capability)
    page = parse(vendor, capability, query, good("39"), call)
    assert not page.complete
    assert "no units left for another line" in (page.note or "")


def test_the_balance_after_a_list_is_kept_with_that_list_alone(vendor):
    _, one = after(vendor, Capability.REFERRING_DOMAINS)
    _, other = after(vendor, Capability.INTERSECT)
    (alone,) = plan(vendor, Capability.BALANCE, QUESTIONS[Capability.BALANCE][0])
    assert len({str(call.request.url) for call in (one, other, alone)}) == 3
    assert len({call.request.url.raw_path for call in (one, other, alone)}) == 1
    assert (one.keep_seconds, alone.keep_seconds) == (86_400, 0)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters='"\r\n'), max_size=30)


@given(TEXTS, TEXTS)
def test_a_title_and_an_anchor_are_read_back_as_they_were(title, anchor):
    links = Links(Api("https://api.example", "https://www.example"))
    query = LinksQuery(OUR_SITE, ("news.example",))
    (call,) = links.plan(query)
    header, _ = fixture("backlink.csv").decode().split("\n", 1)
    urls = "https://news.example/;true;https://ours.example/"
    body = f"{header}\n{urls};1780444800;{title};false;{anchor};false\n"
    (row,) = links.parse(query, call, good(body)).rows
    assert (row.title or "", row.anchor) == (title, anchor)


def test_unrequested_columns_may_follow(vendor):
    body = "Domain;Url;Position;Novelty\nalpha.example;https://alpha.example/;1;x;y\n"
    (row,) = parse(vendor, Capability.SERP, SerpQuery("crm", US), good(body)).rows
    assert row == SerpRow(1, "https://alpha.example/", "", "alpha.example")


def test_quoted_cells_and_a_byte_order_mark_are_read_too(vendor):
    body = '\ufeffDomain;Url;Position\r\n"alpha.example";"https://alpha.example/";"1"\r\n'
    (row,) = parse(vendor, Capability.SERP, SerpQuery("crm", US), good(body)).rows
    assert row == SerpRow(1, "https://alpha.example/", "", "alpha.example")
