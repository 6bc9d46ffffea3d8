"""A kind follows from what a page shows, not from one frequent word or from its surroundings."""

# ruff: noqa: E501 - one piece of markup a line

import pytest
from fakes.worlds.saved_page import ld, page

from bot.pages.document import Document
from bot.pages.facts import facts_of
from bot.pages.kind.kinds import scored, signals_of

PROSE = "<p>The water should be warm but not hot, and the towel is best kept close at hand.</p>"
BUY = "<div class='product-card'>Towel $12.00 <span class=price>$12</span><button>Add to cart</button></div>"


def weighed(html, url="https://a.example/x"):
    return scored(tuple(signals_of(Document(html, url))))


def test_a_word_repeated_in_title_heading_and_address_counts_once():
    once = weighed(f"<title>Community</title>{PROSE}")["forum"]
    thrice = weighed(
        f"<title>Community</title><h1>Community</h1>{PROSE}", "https://a.example/community"
    )["forum"]
    assert once <= thrice <= once + 2


def test_another_word_for_the_same_kind_is_a_sign_of_its_own():
    one = weighed(f"<title>Towel review</title>{PROSE}")["review"]
    two = weighed(f"<title>Towel review: the verdict, compared</title>{PROSE}")["review"]
    assert two >= one + 2


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Why a mortgage calculator misleads", "tool"),
        ("Video doorbells", "video"),
        ("Our community", "forum"),
    ],
)
def test_a_text_only_titled_like_a_tool_a_video_or_a_forum_is_none(title, kind):
    assert page(f"<h1>{title}</h1>{PROSE * 9}", f"<title>{title}</title>").kind != kind


@pytest.mark.parametrize("kind", ["product", "video.other", "profile"])
def test_the_type_that_a_platform_gives_all_pages_of_its_members_settles_nothing(kind):
    head = f'<title>How to wash a dog</title><meta property="og:type" content="{kind}">'
    html = f"<html><head>{head}</head><body>{PROSE * 9}</body></html>"
    assert facts_of(html, "https://www.facebook.com/x").kind == "guide"


@pytest.mark.parametrize("around", ["related-products", "upsell", "recommended", "also-bought"])
def test_similar_items_below_a_product_do_not_make_it_a_shelf(around):
    one = "<h1>Towel 3000</h1><span itemprop=price>$12</span><button>Add to cart</button>"
    assert page(f"{one}<div class={around}>{BUY * 12}</div>").kind == "product"


def test_the_items_of_a_menu_are_not_cards():
    menu = "<div class=mega-menu>" + "<li class=menu-item>Towels</li>" * 40 + "</div>"
    assert page(f"{menu}{PROSE * 5}").kind == page(PROSE * 5).kind


def test_a_category_is_recognised_by_its_plural_and_its_prices():
    items = "".join(f"<div>Towel {n} for ${n}.00</div>" for n in range(10, 18))
    assert page(f"<h1>Beach Towels</h1>{items}").kind == "category"


def test_the_home_page_of_a_shop_is_its_range_and_that_of_a_firm_what_it_sells():
    shop = "<a href=/c>Cart</a><a href=/a>My account</a><a href=/w>Wishlist</a>"
    assert page(shop, url="https://a.example/").kind == "category"
    assert page(url="https://a.example/").kind == "product"


def test_the_home_page_of_a_blog_is_its_range_and_its_teasers_are_no_thread():
    teasers = "".join(
        f'<article class="post"><h2><a href=/{n}>A day with towel {n}</a></h2>'
        f"<time>2026-05-0{n}</time>{PROSE}</article>"
        for n in range(1, 9)
    )
    assert page(teasers, url="https://a.example/").kind == "category"
    assert page(teasers, url="https://a.example/blog").kind == "category"
    offers = "".join(f"<h2><a href=/{n}>Towels for firm {n}</a></h2>" for n in range(8))
    assert page(offers, url="https://a.example/").kind == "product"


def test_a_country_in_an_address_is_not_a_newspaper_section():
    assert page(PROSE * 9, url="https://a.example/us/en/towels").kind is None


def test_the_questions_that_a_firm_answers_below_what_it_sells_make_it_no_guide():
    asked = "<h2>FAQ</h2>" + "".join(
        f"<h3>How much does it cost in year {n}?</h3>" for n in range(5)
    )
    firm = f"<h1>Dog washing services</h1><a class=btn href=/q>Get a quote</a>{PROSE * 4}{asked}"
    assert page(firm, "<title>Dog washing services</title>").kind == "product"


def test_terms_in_the_middle_of_an_address_mark_a_glossary():
    head = ld('{"@type":"Article"}') + "<title>Understanding towels</title>"
    assert page(PROSE * 9, head, url="https://a.example/terms/t/towel").kind == "guide"
    assert page(url="https://a.example/terms").kind == "other"
