"""From imported files to the answers of the local vendor."""

import sqlite3
from datetime import date

import pytest
from support.exports_home import (
    AHREFS,
    FIXTURES,
    GUIDE,
    OURS,
    SEMRUSH,
    SITE,
    asker,
    invoke,
    links,
    move_in,
)

from bot.common.errors import Unavailable
from bot.model.links import Authority, Link, Metrics, Scale, Scope, Target
from bot.providers.base import (
    BetweenQuery,
    Capability,
    LinksQuery,
    MetricsQuery,
    ReferringQuery,
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    return move_in(tmp_path, monkeypatch)


@pytest.fixture
def run(home):
    del home  # the command now runs there
    return invoke


@pytest.fixture
def ask(home):
    return asker(home)


def test_a_sites_linkers_come_strongest_first_with_their_best_link(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    assert [(row.domain, row.authority, row.link, row.traffic) for row in page.rows] == [
        ("alpha.example", Authority(71.0, Scale.DR), "follow", 1240),
        ("beta.example", Authority(40.0, Scale.DR), "ugc", 1240),
        ("gamma.example", Authority(40.0, Scale.DR), "sponsored", 1240),
    ]
    assert page.complete
    assert page.rows[0].first_seen == date(2025, 3, 1)
    assert page.rows[2].trust == 0.0
    assert page.note is not None
    assert page.note.startswith("Imported files: Ahrefs backlinks of ")


def test_a_page_matches_in_any_spelling_and_only_its_own_links(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(GUIDE, 10))
    assert [(row.domain, row.link) for row in page.rows] == [
        ("alpha.example", "nofollow"),
        ("beta.example", "ugc"),
        ("gamma.example", "sponsored"),
    ]
    assert page.complete


def test_a_cut_answer_is_not_complete(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 2))
    assert [row.domain for row in page.rows] == ["alpha.example", "beta.example"]
    assert not page.complete


def test_only_new_linkers_are_given_since_a_day_and_undated_ones_are_said(run, ask, home):
    run(links(home / "a.csv", "5,https://old.example/,https://rival.example/,false,2025-01-01"))
    run(links(home / "b.csv", "5,https://new.example/,https://rival.example/x,false,2026-02-01"))
    run(links(home / "c.csv", "5,https://when.example/,https://rival.example/y,false,"))
    query = ReferringQuery(SITE, 10, since=date(2026, 2, 1))
    page = ask(Capability.REFERRING_DOMAINS, query)
    assert [row.domain for row in page.rows] == ["new.example"]
    assert not page.complete
    assert "1 domains have no date" in page.note
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10, since=date(2025, 2, 1)))
    assert [row.domain for row in page.rows] == ["new.example"]


def test_a_complete_file_answers_what_is_new_completely(run, ask):
    run(AHREFS)
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10, since=date(2025, 3, 2)))
    assert (page.rows, page.complete) == ((), True)


def test_counts_are_of_live_domains_and_a_target_without_a_file_is_left_out(run, ask):
    run(AHREFS)
    page = ask(Capability.SITE_METRICS, MetricsQuery((SITE, GUIDE, OURS)))
    assert page.rows == (
        Metrics(SITE, referring_domains=3, backlinks=4),
        Metrics(GUIDE, referring_domains=3, backlinks=3),
    )
    assert not page.complete
    assert page.note.endswith(
        "No export for ledgerly.example imported yet: `linkgap import FILE --for ledgerly.example`."
    )


def test_a_page_without_links_in_a_whole_sites_file_truly_has_none(run, ask):
    run(AHREFS)
    lonely = Target(Scope.PAGE, "https://rival.example/lonely")
    assert ask(Capability.PAGE_METRICS, MetricsQuery((lonely,))).rows == (Metrics(lonely, 0, 0),)


def test_an_export_without_a_row_is_a_true_zero_for_the_site_in_its_name(run, ask, home):
    run(links(home / "rival.example-backlinks.csv"))
    assert ask(Capability.SITE_METRICS, MetricsQuery((SITE,))).rows == (Metrics(SITE, 0, 0),)


@pytest.mark.parametrize("name", ["semrush-domains.csv", "gsc-sites.csv"])
def test_a_list_of_domains_says_nothing_about_single_pages(run, ask, name):
    run(FIXTURES / name, "--for", "rival.example")
    with pytest.raises(Unavailable, match=r"No export for http://rival\.example/guide/"):
        ask(Capability.PAGE_METRICS, MetricsQuery((GUIDE,)))


def test_a_file_that_groups_similar_links_proves_nothing_for_single_pages(run, ask, home):
    content = AHREFS.read_text("utf-16")
    path = home / AHREFS.name
    path.write_text(content.replace('"1"\n', '"7"\n'), "utf-16", newline="\r\n")
    run(path)
    assert ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10)).complete
    assert not ask(Capability.REFERRING_DOMAINS, ReferringQuery(GUIDE, 10)).complete


def test_majestic_gives_the_pages_own_authority_and_says_what_it_stands_for(run, ask):
    run(FIXTURES / "majestic.csv.gz")
    page = ask(Capability.PAGE_METRICS, MetricsQuery((GUIDE,)))
    assert page.rows == (Metrics(GUIDE, 2, 2, Authority(30.0, Scale.TF)),)
    assert not page.complete
    assert "1 of 6 rows could not be read" in page.note
    assert "Authority of Majestic is the linking page's" in page.note


@pytest.mark.parametrize("about", ["ledgerly.example", "https://ledgerly.example/any"])
def test_search_console_counts_for_a_page_are_used_where_nothing_better_is(run, ask, about):
    run(FIXTURES / "gsc-pages.csv", "--for", about)
    ours = Target(Scope.PAGE, "https://www.ledgerly.example/p")
    other = Target(Scope.PAGE, "https://ledgerly.example/q")
    page = ask(Capability.PAGE_METRICS, MetricsQuery((ours, other)))
    assert page.rows == (Metrics(ours, 31, 1240),)
    assert not page.complete
    assert "a sample" in page.note


def test_absence_is_proven_by_a_complete_file_and_by_no_sample(run, ask):
    query = BetweenQuery(("beta.example", "nobody.example"), SITE)
    run(FIXTURES / "gsc-sites-hebrew.csv", "--for", "rival.example")
    sample = ask(Capability.LINKS_BETWEEN, query)
    assert ([row.domain for row in sample.rows], sample.complete) == (["beta.example"], False)
    run(AHREFS)
    whole = ask(Capability.LINKS_BETWEEN, query)
    assert ([row.domain for row in whole.rows], whole.complete) == (["beta.example"], True)


def test_broken_rows_take_the_proof_away(run, ask, home):
    good = "5,https://a.example/,https://rival.example/,false,2025-01-01"
    path = links(home / "rival.example-backlinks.csv", good, good, "x")
    assert "1 broken row left out. The first: line 4" in run(path)
    assert not ask(Capability.LINKS_BETWEEN, BetweenQuery(("b.example",), SITE)).complete


def test_one_unreadable_row_of_a_large_file_keeps_the_proof_and_is_named_in_it(run, ask, home):
    good = "5,https://a{}.example/,https://rival.example/,false,2025-01-01"
    rows = [good.format(at) for at in range(209)]
    path = links(home / "rival.example-backlinks.csv", *rows, "x")
    assert "still counts as complete" in run(path)
    page = ask(Capability.LINKS_BETWEEN, BetweenQuery(("b.example",), SITE))
    assert page.complete
    said = "1 of 210 rows could not be read (up to 1 linking domain may be missing)"
    assert said in page.note


def test_a_linker_in_an_odd_row_is_no_longer_called_absent(run, ask, home):
    good = "5,https://a.example/,https://rival.example/,false,2025-01-01"
    odd = "5,https://odd.example/post,https://rival.example/,false"
    words = run(links(home / "rival.example-backlinks.csv", good, good, odd))
    assert "of 1 odd row only the domain that links was taken" in words
    page = ask(Capability.LINKS_BETWEEN, BetweenQuery(("odd.example", "b.example"), SITE))
    assert ([row.domain for row in page.rows], page.complete) == (["odd.example"], True)


def test_a_link_is_shown_with_its_page_anchor_and_kind(run, ask):
    run(AHREFS)
    query = LinksQuery(SITE, ("alpha.example", "nobody.example"))
    page = ask(Capability.LINKS, query)
    assert page.rows == (
        Link(
            "alpha.example",
            "https://blog.alpha.example/tools",
            "https://rival.example/",
            "A page, with; marks\nand a second line",
            'the "guide"',
            page.rows[0].kind,
            date(2025, 3, 1),
        ),
    )
    assert page.rows[0].kind == "follow"


def test_two_tools_are_read_together_and_their_scales_stay_apart(run, ask):
    run(AHREFS, SEMRUSH, FIXTURES / "moz.csv")
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    scales = {row.domain: (row.authority.value, row.authority.scale) for row in page.rows}
    assert scales == {
        "alpha.example": (71.0, Scale.DR),
        "beta.example": (40.0, Scale.DR),
        "gamma.example": (40.0, Scale.DR),
    }


def test_the_scale_that_covers_most_leads_and_unknown_authority_comes_last(run, ask, home):
    run(FIXTURES / "moz.csv")
    run(links(home / "s.csv", "99,https://z.example/,https://rival.example/,false,2025-01-01"))
    run(FIXTURES / "gsc-sites.csv", "--for", "rival.example")
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    assert [(row.domain, row.authority and row.authority.scale) for row in page.rows] == [
        ("alpha.example", Scale.DA),
        ("beta.example", Scale.DA),
        ("z.example", Scale.AS),
        ("ledgerly.example", None),
    ]


def test_an_intersect_file_gives_linkers_but_no_counts(run, ask):
    run(FIXTURES / "ahrefs-intersect.csv")
    page = ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 10))
    assert ([row.domain for row in page.rows], page.complete) == (["alpha.example"], False)
    with pytest.raises(Unavailable):
        ask(Capability.SITE_METRICS, MetricsQuery((SITE,)))


@pytest.mark.parametrize("present", [False, True])
def test_without_a_file_about_it_the_cure_is_named(ask, home, present):
    if present:
        sqlite3.connect(home / "linkgap.db").close()
    for capability, query in (
        (Capability.REFERRING_DOMAINS, ReferringQuery(GUIDE, 5)),
        (Capability.PAGE_METRICS, MetricsQuery((GUIDE,))),
    ):
        with pytest.raises(Unavailable) as failure:
            ask(capability, query)
        assert str(failure.value) == (
            f"No export for {GUIDE.value} imported yet: `linkgap import FILE --for {GUIDE.value}`"
        )


def test_a_damaged_database_is_unavailable_rather_than_empty(ask, home):
    (home / "linkgap.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Unavailable, match="exports is not reachable"):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 5))


def test_a_database_that_cannot_be_opened_is_unavailable(ask, home):
    (home / "linkgap.db").mkdir()
    with pytest.raises(Unavailable, match="exports is not reachable"):
        ask(Capability.REFERRING_DOMAINS, ReferringQuery(SITE, 5))
