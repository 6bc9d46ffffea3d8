"""Relevance: the share of the keyword's vocabulary that a page or a name contains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gap.relevance import terms_of
from bot.model.links import Link


def stems(terms):
    return [term.stem for term in terms.terms]


def page(title=None, anchor=None, url="https://x.example/"):
    return Link("x.example", url, title=title, anchor=anchor)


ACCOUNTING = terms_of("accounting software for startups", [], "en")


def test_terms_are_stems_of_keyword_and_titles_without_stop_words():
    terms = terms_of("The Best Accounting Software", ["Accounts for a startup", "Startups"], "en")

    assert stems(terms) == ["account", "best", "softwar", "startup"]


def test_numbers_count_in_the_keyword_only():
    assert stems(terms_of("office 365 backup", ["12 backups in 2026"], "en")) == [
        "365",
        "backup",
        "offic",
    ]


def test_a_page_is_as_relevant_as_the_share_of_terms_it_contains():
    assert ACCOUNTING.in_page(page("Software for accountants")) == pytest.approx(2 / 3)
    assert ACCOUNTING.in_page(page("Gardening", "our startup")) == pytest.approx(1 / 3)
    assert ACCOUNTING.in_page(page("Gardening")) == 0


def test_the_address_counts_like_the_title():
    found = page(url="https://startupaccounting.example/a/best%20software?x=1")

    assert ACCOUNTING.in_page(found) == 1


def test_without_terms_nothing_can_be_said():
    terms = terms_of("the of and", [], "en")

    assert terms.in_page(page("The of and")) is None
    assert terms.floor is None
    assert terms.in_names(["the.example"]) == {}


@pytest.mark.parametrize(
    ("keyword", "domain", "matches"),
    [
        ("accounting", "startupaccounting.com", True),
        ("accounting", "gardening.com", False),
        ("company", "mycompanies.com", True),
        ("crm", "bestcrm.io", True),
        ("crm", "crmhelp.io", True),
        ("crm", "the-crm-blog.io", True),
        ("crm", "acrmb.io", False),
        ("net hosting", "garden.net", False),
        ("ai", "ai-news.example", True),
        ("ai", "news-ai.example", True),
        ("ai", "maintain.example", False),
        ("ai", "garden.ai", False),
    ],
)
def test_a_name_contains_a_term_where_a_reader_would_see_it(keyword, domain, matches):
    terms = terms_of(keyword, [], "en")

    assert (domain in terms.in_names([domain])) is matches


def test_names_are_searched_together_and_those_without_a_term_are_left_out():
    names = ["startup.example", "accounting-software.example", "garden.example", "x.example"]

    assert ACCOUNTING.in_names(names) == {
        "startup.example": pytest.approx(1 / 3),
        "accounting-software.example": pytest.approx(2 / 3),
    }
    assert ACCOUNTING.words_in_name("startup.example") == ("startups",)


def test_an_international_name_is_read_as_its_owner_writes_it():
    terms = terms_of("Bücher kaufen", [], "de")

    assert terms.in_names(["xn--bcher-kva.de", "xn--mnchen-3ya.de"]) == {"xn--bcher-kva.de": 0.5}
    assert terms.words_in_name("xn--bcher-kva.de") == ("bücher",)


def test_accents_do_not_hide_a_term_in_an_address():
    terms = terms_of("logiciel comptabilité", [], "fr")

    assert terms.in_page(page(url="https://x.example/logiciels-comptabilite")) == 1


@pytest.mark.parametrize(
    ("keyword", "language", "title"),
    [
        ("Buchhaltung für Gründer", "de", "Gründern hilft die Buchhaltung"),
        ("купить книги", "ru", "Где купить книгу"),
        ("会計ソフト", "ja", "おすすめの会計ソフト比較"),
        ("सॉफ्टवेयर", "hi", "अच्छा सॉफ्टवेयर"),
        ("foo bar", "xx", "bar of foo"),
    ],
)
def test_any_language_finds_its_own_words(keyword, language, title):
    assert terms_of(keyword, [], language).in_page(page(title)) == 1


def test_only_the_shared_pairs_of_a_spaceless_title_count():
    share = terms_of("会計ソフト", [], "ja").in_page(page("会計の本"))

    assert share == pytest.approx(1 / 4)


words = st.lists(
    st.sampled_from(["tax", "crm", "accounting", "ai", "startup", "best", "news"]), max_size=4
)


@given(words, st.lists(words, max_size=2), st.lists(words, min_size=1, max_size=5))
def test_one_name_and_many_names_are_parsed_alike(keyword, titles, labels):
    terms = terms_of(" ".join(keyword), map(" ".join, titles), "en")
    names = [f"x{''.join(label)}-{'-'.join(label)}.example" for label in labels]

    shares = terms.in_names(names)

    for name in names:
        found = len(terms.words_in_name(name)) / max(1, len(terms.terms))
        assert shares.get(name, 0) == found


@given(words, st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_share_is_within_0_and_1_whatever_is_read(keyword, title, anchor, address):
    share = terms_of(" ".join(keyword), [], "en").in_page(page(title, anchor, address))

    assert share is None or 0 <= share <= 1
