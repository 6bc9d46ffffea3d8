"""The kind of a page, with the evidence, or that it is unclear."""

# ruff: noqa: E501 - one example a line

import importlib
import sys
from pathlib import Path

import pytest

from bot.pages.facts import facts_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "pages"
PROSE = "<p>The water should be warm but not hot, and the towel is best kept close at hand.</p>"
FIELDS = "<input type=number><input type=range><select><option>1</select><input type=text>"


def facts(body, title="", url="https://a.example/x", head="", classes=""):
    html = f"<html><head><title>{title}</title>{head}</head><body class='{classes}'>"
    return facts_of(f"{html}{'word ' * 30}{body}</body></html>", url)


def ld(kind):
    return f'<script type="application/ld+json">{{"@type":"{kind}"}}</script>'


def og(kind):
    return f'<meta property="og:type" content="{kind}">'


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("list", {"title": "12 Best Towels for Dogs", "body": PROSE * 12}),
        ("list", {"title": "Die 10 besten Handtücher", "body": PROSE * 12}),
        ("list", {"title": "Dog towels", "body": "".join(f"<h2>{n}. Towel</h2>{PROSE}" for n in range(1, 9))}),
        ("guide", {"title": "How to wash a dog", "body": PROSE * 12}),
        ("guide", {"title": "Hund waschen: Anleitung", "body": PROSE * 12}),
        ("guide", {"head": ld("Recipe"), "title": "Soup"}),
        ("guide", {"title": "Dogs", "body": "".join(f"<h3>Step {n}: wash</h3>{PROSE}" for n in range(1, 9))}),
        ("guide", {"url": "https://docs.a.example/x", "body": "<pre>x</pre>" * 4 + PROSE * 9}),
        ("product", {"head": ld("Product"), "title": "Towel"}),
        ("product", {"head": og("product"), "body": "<button>Add to cart</button> $12.00"}),
        ("product", {"title": "CRM software", "body": "Start free. Book a demo. Get started. $12"}),
        ("category", {"url": "https://a.example/category/towels", "body": "<button>In den Warenkorb</button>" * 5}),
        ("category", {"title": "Towels", "body": "<div class=product-card>A €5</div>" * 14}),
        ("tool", {"title": "Mortgage calculator", "body": f"<form>{FIELDS}<button>Calculate</button></form>"}),
        ("tool", {"url": "https://a.example/hypothekenrechner", "body": FIELDS}),
        ("forum", {"head": ld("DiscussionForumPosting"), "title": "Wet dog"}),
        ("forum", {"head": '<meta name=generator content="phpBB 3">', "url": "https://a.example/viewtopic.php?t=1"}),
        ("forum", {"url": "https://a.example/threads/wet-dog.123/", "body": "<div class=post>Joined: 2001 Quote</div>" * 8}),
        ("review", {"title": "Towel 3000 review", "body": PROSE * 12 + "Pros and cons"}),
        ("review", {"title": "Handtuch im Test", "body": PROSE * 12}),
        ("review", {"title": "Towel vs. Robe: which is better", "body": PROSE * 12}),
        ("news", {"head": ld("NewsArticle"), "url": "https://a.example/news/dog", "body": PROSE * 9 + "he said she said they said"}),
        ("news", {"title": "Towel maker launches robe", "url": "https://a.example/press/1", "body": PROSE * 9 + "/PRNewswire/"}),
        ("video", {"head": og("video.other") + ld("VideoObject"), "title": "Dog - YouTube"}),
        ("news", {"head": ld("NewsArticle") + ld("VideoObject"), "title": "Towel recall", "body": PROSE * 9}),
        ("video", {"url": "https://a.example/watch/1", "title": "Dog trailer", "body": "<video></video>"}),
        ("profile", {"title": "About us", "url": "https://a.example/about"}),
        ("profile", {"title": "Kontakt - Laden", "url": "https://a.example/kontakt/", "body": "<form><input type=email><textarea></textarea></form>"}),
        ("profile", {"head": ld("ProfilePage") + og("profile"), "title": "Ada (@ada)"}),
        ("other", {"title": "Privacy Policy", "url": "https://a.example/privacy-policy"}),
        ("other", {"title": "Sign in", "url": "https://a.example/login", "body": "<input type=password>"}),
        ("other", {"title": "Attention is enough", "head": '<meta name="citation_title" content="x">'}),
        ("other", {"title": "Oops", "body": "The page you requested was not found."}),
        ("other", {"title": "Towel", "body": "noun, verb. Pronunciation: x. Etymology: y. Synonyms: z."}),
        ("other", {"title": "Towel folder", "body": "Full-time. Responsibilities. Requirements. Salary. Apply now. Qualifications."}),
        ("other", {"title": "Dog day", "body": "Venue: park. Get tickets. Doors open at 8."}),
        ("other", {"head": ld("Event"), "title": "Dog day"}),
    ],
)  # fmt: skip
def test_the_kind_is_named_with_what_speaks_for_it(kind, page):
    understood = facts(**{"body": "", **page})
    assert understood.kind == kind
    assert 1 <= len(understood.kind_evidence) <= 4
    assert all(understood.kind_evidence)


def menu(*labels):
    return "".join(f"<a href=/{n}>{label}</a> " for n, label in enumerate(labels))


@pytest.mark.parametrize(
    ("kind", "body", "classes", "why"),
    [
        ("product", "", "single-product postid-3", "its markup calls it “single-product”"),
        ("category", "<script>var page = {pageType: 'category'}</script>", "", "it gives its page type as “category”"),
        ("forum", menu("New posts", "Members", "Register", "FAQ", "Quote", "Reply", "Report"), "", "its site has the links of a forum"),
        ("news", menu("Politik", "Wirtschaft", "Kultur", "Panorama", "Wissen", "Reise", "Wetter") + PROSE * 5, "", "its site has the sections of a newspaper"),
        ("news", "<p>“We did not think that it would ever come to this,” the mayor said on Tuesday of the towels.</p>" * 5, "", "it begins with the day something happened"),
        ("profile", "Phone 030 1 Fax 030 2 Opening hours 9 to 5 <a href='tel:0301'>call</a> <a href='mailto:a@a.example'>write</a>", "", "it says how to reach somebody"),
        ("profile", "<h2>Our mission</h2>" + "<p>We have made towels by the river for our neighbours since our grandparents came.</p>" * 5, "", "its headings are those of a page about somebody"),
        ("guide", "<h2>Ingredients</h2><h2>Instructions</h2>" + PROSE * 5, "", "it has the parts of an instruction or a reference"),
    ],
)  # fmt: skip
def test_a_page_with_a_plain_name_is_recognised_by_markup_menu_or_wording(kind, body, classes, why):
    understood = facts(body, "Blue", classes=classes)
    assert understood.kind == kind
    assert why in understood.kind_evidence


def test_the_evidence_says_what_was_seen_and_where():
    said = facts("", "About us", "https://a.example/about-us").kind_evidence
    assert "its address says “about-us”" in said
    assert "its title says “About us”" in said


def test_many_marked_products_make_a_category_and_one_makes_a_product_page():
    item = '<div itemscope itemtype="https://schema.org/Product">A</div>'
    assert facts(item).kind == "product"
    assert facts(item * 8).kind == "category"


def test_an_article_that_shows_no_more_than_that_it_is_one_gets_no_kind():
    assert facts(PROSE * 20, "Blue", head=ld("BlogPosting"), classes="single-post").kind is None


def test_a_page_that_shows_nothing_gets_no_kind():
    understood = facts("", "Blue")
    assert understood.readable
    assert understood.kind is None
    assert understood.kind_evidence == ("nothing on it shows clearly what kind of page it is",)


def test_a_page_that_shows_two_kinds_alike_gets_none_of_them():
    torn = facts("", head=ld("ContactPage") + ld("JobPosting"))
    assert torn.kind is None
    assert torn.kind_evidence == ("it looks as much like other as like profile",)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the labelled pages (../shared/pages) are absent")
def test_the_labelled_pages_are_understood_as_well_as_was_promised(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    sys.modules.pop("benchmarks.pages", None)
    bench = importlib.import_module("benchmarks.pages")
    pages = bench.read(FOLDER)
    share = {name: score.share for name, score in bench.figures(pages).items()}

    assert len(pages) > 100
    assert share["kind named"] >= 0.80
    assert share["kind right where named"] >= 0.85
    assert share["author"] >= 0.85
    assert share["publication date"] >= 0.85
    assert share["about link"] >= 0.90
    assert share["contact link"] >= 0.90
    assert share["privacy link"] >= 0.90
    assert share["e-mail"] >= 0.90
    assert share["language"] >= 0.90
    readable = [page for page in pages if page.label["is_readable_without_js"]]
    for named, right in (
        bench.without_own_site(readable),
        bench.without(readable, lambda page, one: one is not bench.strongest(page)),
    ):
        assert named.share >= 0.80
        assert right.share >= 0.85
