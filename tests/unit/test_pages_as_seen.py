"""What readers see of a page: its text without what is around it, its dates, bot walls."""

# ruff: noqa: E501 - one piece of markup a line

from datetime import date

import pytest
from fakes.worlds.saved_page import ld, page

from bot.gap.readiness import coverage, intent_gate, trust_gate
from bot.pages.facts import facts_of

SHOP = "https://www.shop.example/x"
PARAGRAPH = (
    "<p>Sewing a button takes a needle, a thread and the patience to do it slowly and well.</p>"
)
GERMAN = "<p>Wer einen Knopf annähen will, braucht eine Nadel, einen Faden und die Geduld, es langsam zu tun.</p>"


@pytest.mark.parametrize(
    "around",
    [
        '<div class="widget Blog" data-version="1" id="Blog1"><div class="post hentry">{}</div></div>',
        '<div class="elementor-element elementor-widget elementor-widget-post-info">{}</div>',
        '<div class="content has-sidebar comments-open">{}</div>',
        '<div class="post-1 no-comments">{}</div>',
        '<article><footer class="entry-footer">{}</footer></article>',
    ],
)
def test_a_byline_in_a_wrapper_that_only_sounds_like_a_sidebar_counts(around):
    assert page(around.format('<span class="post-author">Ada Byron</span>')).author == "Ada Byron"


@pytest.mark.parametrize(
    "around",
    [
        '<div class="widget widget_recent_entries">{}</div>',
        '<div class="sidebar">{}</div>',
        '<div class="elementor-widget"><div class="related-posts">{}</div></div>',
        '<div id="comments">{}</div>',
    ],
)
def test_a_byline_beside_the_text_does_not_count(around):
    assert page(around.format('<span class="post-author">Ada Byron</span>')).author is None


WALLS = [
    "<title>Just a moment...</title><p>Checking your browser before you proceed.</p><p>Ray ID: 7a</p>",
    "<title>Attention Required!</title><h1>Sorry, you have been blocked</h1><p>Why have I been blocked?</p>",
    "<title>shop.example</title><script src='https://ct.captcha-delivery.com/c.js'></script><p>Please enable JS and disable any ad blocker and then load the page again.</p>",
    "<title>Robot or human?</title><p>Press &amp; hold to confirm you are a human and not a bot.</p>",
    "<title>Tell us you’re not a robot - The Shop</title><p>Hold the button to confirm you are a human.</p>",
    "<title>Sicherheitsüberprüfung</title><p>Ungewöhnlicher Datenverkehr. Ich bin kein Roboter.</p>",
]


@pytest.mark.parametrize("wall", WALLS)
def test_a_bot_wall_is_unknown_instead_of_a_page(wall):
    ours = facts_of(f"<html lang=en>{wall}{'<p>word</p>' * 30}", SHOP)
    theirs = page(head=ld('{"@type":"Recipe"}'))

    assert (ours.readable, ours.kind) == (False, None)
    assert ours.kind_evidence == ("it asks whether we are a robot instead of showing the page",)
    assert intent_gate(ours, [theirs] * 3).state == "unknown"
    assert trust_gate(ours, [theirs] * 3)[0].state == "unknown"


@pytest.mark.parametrize(
    "html",
    [
        f"<title>What a captcha is</title>{PARAGRAPH * 12}<p>It asks: are you a robot?</p>",
        f"<title>Page not found</title>{'<p>word</p>' * 40}",
        f"<title>Shop</title><form id=challenge-form></form>{'<p>word</p>' * 40}",
    ],
)
def test_a_page_about_bot_walls_or_with_a_walls_script_is_read(html):
    assert facts_of(html, SHOP).readable


@pytest.mark.parametrize(
    ("stamp", "shown", "day"),
    [
        ("2024-05-17T23:30:00Z", "May 18, 2024", date(2024, 5, 18)),
        ("2024-05-17T01:30:00+00:00", "16. Mai 2024", date(2024, 5, 16)),
        ("2024-05-17T23:30:00Z", "17 May 2024, answered 18 May 2024", date(2024, 5, 17)),
        ("2024-05-17T23:30:00Z", "30 May 2024", date(2024, 5, 17)),
    ],
)
def test_the_date_is_the_one_that_readers_see(stamp, shown, day):
    head = ld(f'{{"@type":"Article","datePublished":"{stamp}"}}')
    assert page(f"<p>{shown}</p>{PARAGRAPH * 5}", head).published == day


@pytest.mark.parametrize("kind", ["Product", "Recipe", "Event", "ProfilePage", "JobPosting"])
def test_the_day_a_page_gives_in_its_metadata_counts_whatever_its_kind(kind):
    head = '<meta property="article:published_time" content="2024-05-17">'
    assert page(head=head + ld(f'{{"@type":"{kind}"}}')).published == date(2024, 5, 17)


@pytest.mark.parametrize("title", ["About us", "Towel calculator", "Blue"])
def test_a_line_with_only_a_date_counts_on_any_kind_of_page(title):
    body = f"<h1>{title}</h1><div>Published 17 May 2024</div>{PARAGRAPH}"
    assert facts_of(f"<title>{title}</title>{body}{'word ' * 40}", SHOP).published == date(
        2024, 5, 17
    )


def test_a_date_within_a_shops_text_is_not_the_pages_own():
    offer = ld('{"@type":"Product","offers":{"@type":"Offer"}}')
    assert page(f"<p>Sold since 12 May 1990.</p>{PARAGRAPH * 5}", offer).published is None


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en", GERMAN * 5, "de"),
        ("de", PARAGRAPH * 5, "en"),
        ("en-US", "<p>今日はとても良い天気ですね、公園まで散歩に行きましょう。針と糸を持って、ゆっくり縫います。</p>" * 5, "ja"),
        ("nb", "<p>En nål, en tråd og tålmodighet er det du trenger for å sy i en knapp langsomt og godt.</p>" * 5, "no"),
        ("de", "<p>Knopf. Button. Nadel.</p>", "de"),
        ("fr", "<p>123 456</p>" * 99, "fr"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_prose_and_the_declared_one_where_there_is_none(
    declared, text, language
):
    assert facts_of(f"<html lang={declared}><body>{text}", None).language == language


def test_a_menu_in_another_language_does_not_change_that_of_the_text():
    menu = "<nav>" + "<a href=/x>Unsere Angebote und alle Neuigkeiten</a> " * 60 + "</nav>"
    assert facts_of(f"<body>{menu}{PARAGRAPH * 5}", None).language == "en"


@pytest.mark.parametrize(
    ("link", "name", "found"),
    [
        ('<a href="/a">About Shop</a>', "about", "https://www.shop.example/a"),
        ('<a href="/a">Shop kontaktieren</a>', "contact", "https://www.shop.example/a"),
        ('<a href="/a">Kontakt Shop</a>', "contact", "https://www.shop.example/a"),
        ('<a href="/a">Über Shop uns</a>', "about", "https://www.shop.example/a"),
        ('<a href="https://other.example/a">About Shop</a>', "about", None),
        ('<a href="https://shop.test/a">About Shop</a>', "about", "https://shop.test/a"),
        ('<a href="https://towels.example/about-towels">About Towels</a>', "about", None),
        ('<p><a href="/dogs">About wet dogs</a></p>', "about", None),
        ('<footer><a href="/a">About the Guild</a></footer>', "about", "https://www.shop.example/a"),
        ('<a href="https://group.example/about-us">About us</a>', "about", "https://group.example/about-us"),
    ],
)  # fmt: skip
def test_about_and_contact_are_known_with_the_name_of_the_own_site_and_no_other(link, name, found):
    assert getattr(page(link).links, name) == found


FURNITURE = [
    "<nav><h2>{}</h2></nav>",
    "<footer><h3>{}</h3></footer>",
    "<div class='mega-menu'><h3>{}</h3></div>",
    "<div id=sidebar><h2>{}</h2></div>",
    "<div role=navigation><h2>{}</h2></div>",
    "<section class='related-posts'><h2>{}</h2></section>",
    "<header><h2>{}</h2></header>",
    "<div class='cookie-banner'><h2>{}</h2></div>",
    "<div class='site-footer'><h2>{}</h2></div>",
]


@pytest.mark.parametrize("around", FURNITURE)
def test_headings_of_menu_and_footer_are_no_topics_that_ours_could_miss(around):
    theirs = page(f"<h1>Buttons</h1><h2>Choosing a thread</h2>{around.format('Shipping offices')}")
    assert theirs.headings == ("Buttons", "Choosing a thread")
    assert coverage(page(), [theirs] * 3, "en") == ("buttons", "choosing thread")


def test_a_wrapper_named_like_a_sidebar_around_the_whole_page_hides_nothing():
    body = f"<div class='page-wrap sidebar'><h1>Buttons</h1><h2>Choosing a thread</h2>{PARAGRAPH * 5}</div>"
    assert page(body).headings == ("Buttons", "Choosing a thread")


def test_the_header_of_an_article_is_part_of_the_text():
    assert page("<article><header><h2>Choosing</h2></header></article>").headings == ("Choosing",)


def test_comments_are_not_the_main_text_unless_there_is_no_other():
    remarks = f"<div class='comments'><h3>Nice</h3>{PARAGRAPH * 3}</div>"
    assert page(f"<h2>Thread</h2>{PARAGRAPH * 9}{remarks}").headings == ("Thread",)
    assert page(f"<h2>Thread</h2>{remarks}").headings == ("Thread", "Nice")
