"""Why a page would link: its kind, a dead link on it, or that nobody knows."""

from datetime import UTC, datetime

import pytest
from fakes.worlds.saved_page import ld

from bot.model.approach import NAMED, AngleKind
from bot.outreach.angle import angle_of, is_home
from bot.pages.linking import linking_page_of
from bot.pages.reading.fetch import Lookup, ReadState

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
RIVAL = "https://rival.example/guide"
RIVALS = frozenset({"rival.example"})
TEXT = "<p>" + "It took us a while to see what this does and what it leaves out. " * 6 + "</p>"
LINK = f"<p>{'We say more about it further down on this page. ' * 2}<a href={RIVAL}>Rival</a></p>"


def read(title, body="", head="", path="/a-page"):
    html = (
        f"<html lang=en><head><title>{title}</title>{head}</head><body><h1>{title}</h1>"
        f"{TEXT * 3}{body}{LINK}</body></html>"
    )
    return linking_page_of(html, f"https://site.example{path}", RIVALS)


ITEMS = "".join(f"<h2>{number}. Tool{number}</h2>{TEXT}" for number in range(1, 8))
STEPS = "".join(f"<h2>Step {number}: press on</h2>{TEXT}" for number in range(1, 6))
KINDS = {
    AngleKind.RESOURCE_LIST: read("7 best tools for startups", ITEMS),
    AngleKind.COMPARISON: read(
        "Rival review: we tested it", "<h2>Pros</h2><h2>Cons</h2>", ld('{"@type":"Review"}')
    ),
    AngleKind.NEWS_MENTION: read(
        "Rival raises ten million", "", ld('{"@type":"NewsArticle"}'), "/news/rival-raises"
    ),
    AngleKind.FORUM: read("Which tool?", "", ld('{"@type":"DiscussionForumPosting"}')),
    AngleKind.DIRECTORY: read("Payroll firms", "", ld('{"@type":"CollectionPage"}')),
    AngleKind.ARTICLE: read("How to run payroll", STEPS, ld('{"@type":"HowTo"}')),
    AngleKind.GUEST_POST: read("How we run payroll: a guest post", STEPS),
    AngleKind.INTERVIEW: read("Interview with the founder of Rival", STEPS),
    AngleKind.OTHER: read("Rival", "<button>Add to cart</button>", ld('{"@type":"Product"}')),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_page_has_its_angle_with_evidence_and_one_line(kind):
    angle, why = angle_of(KINDS[kind])

    assert (angle.kind, why, angle.easiest) == (kind, None, False)
    assert angle.evidence
    assert "\n" not in angle.ask
    assert len(angle.ask) < 120
    assert "{" not in angle.ask


def test_every_kind_has_a_name():
    assert NAMED.keys() == set(AngleKind)
    assert KINDS.keys() == set(AngleKind) - {AngleKind.BROKEN_LINK}


def test_a_text_signed_by_a_guest_is_a_guest_post_and_a_word_about_guests_is_none():
    signed = read("How to run payroll", f"{STEPS}<p>This is a guest post by Jo Doe.</p>")
    bio = read("How to run payroll", f"{STEPS}<p>Jo wrote a guest post elsewhere once.</p>")

    assert angle_of(signed)[0].kind is AngleKind.GUEST_POST
    assert angle_of(bio)[0].kind is not AngleKind.GUEST_POST


def test_a_guide_on_a_site_that_asks_outsiders_to_write_is_a_guest_post():
    page = read("How to run payroll", f"{STEPS}<a href=/write-for-us>Write for us</a>")

    angle, _ = angle_of(page)

    assert angle.kind is AngleKind.GUEST_POST
    assert "https://site.example/write-for-us" in angle.evidence[0]


def test_questions_for_an_interview_are_no_interview():
    assert angle_of(read("20 interview questions to ask", STEPS))[0].kind is not AngleKind.INTERVIEW


def looked_up(state, url=RIVAL, asked=RIVAL, reason=None):
    said = f"{asked} could not be read: {reason}." if reason else None
    return Lookup(asked, url, state, NOON, said)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            looked_up(ReadState.MISSING, reason="there is no such page (status 410)"),
            "there is no such page (status 410)",
        ),
        (
            looked_up(ReadState.READ, "https://rival.example/"),
            "it leads to the front page https://rival.example/",
        ),
        (
            looked_up(ReadState.READ, "https://new.example/de/"),
            "it leads to the front page https://new.example/de/",
        ),
    ],
)
def test_a_dead_link_to_a_competitor_is_the_easiest_ask_on_any_page(target, said):
    for page in KINDS.values():
        angle, why = angle_of(page, [target])

        assert (angle.kind, angle.easiest, angle.broken) == (AngleKind.BROKEN_LINK, True, RIVAL)
        assert angle.evidence[0] == f"{RIVAL}: {said}"
        assert why is None
    unclear = linking_page_of(f"<p>{TEXT}{LINK}", "https://site.example/x", RIVALS)
    assert angle_of(unclear, [target])[0].easiest


@pytest.mark.parametrize(
    "target",
    [
        looked_up(ReadState.READ),
        looked_up(ReadState.READ, "https://rival.example/new-guide"),
        looked_up(ReadState.READ, "https://rival.example/?login=1"),
        looked_up(ReadState.READ, "https://rival.example/", "https://rival.example/en"),
        looked_up(ReadState.BLOCKED, reason="the site does not let us in (status 403)"),
        looked_up(ReadState.ROBOTS, reason="its robots.txt forbids it"),
        looked_up(ReadState.UNREACHABLE, reason="the site answered with status 500"),
        looked_up(ReadState.TIMEOUT, reason="no answer within 10 seconds"),
    ],
)
def test_a_link_that_works_or_of_which_nothing_is_known_is_not_dead(target):
    for kind, page in KINDS.items():
        assert angle_of(page, [target])[0].kind is kind


def test_a_page_that_could_not_be_read_has_no_angle_and_says_why():
    wall = "<title>Just a moment</title><h1>Just a moment</h1><p>Verify you are human.</p>"
    empty = linking_page_of("<html><body></body></html>", "https://site.example/", RIVALS)

    assert angle_of(linking_page_of(wall, "https://site.example/")) == (
        None,
        "The page could not be read: it asks whether we are a robot instead of showing the page.",
    )
    assert angle_of(empty)[0] is None


def test_a_page_of_no_clear_kind_has_no_angle_and_says_so():
    plain = linking_page_of(f"<p>{'Words and words and more words. ' * 20}", None)

    angle, why = angle_of(plain)

    assert angle is None
    assert why.startswith("What kind of page it is is not clear: ")


def test_links_to_competitors_are_found_with_their_anchor_and_where_they_stand():
    html = (
        f"<html><body>{TEXT * 5}<p>{TEXT}<a href=//www.rival.example/a#b>the <b>guide</b></a></p>"
        "<footer><a href=https://rival.example/>Rival</a></footer>"
        "<a href=https://notrival.example/>no</a><a href=mailto:x@rival.example>no</a></body>"
    )
    page = linking_page_of(html, "https://site.example/x", RIVALS)

    assert [(one.url, one.anchor, one.in_text) for one in page.links] == [
        ("https://www.rival.example/a#b", "the guide", True),
        ("https://rival.example/", "Rival", False),
    ]


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://a.example", True),
        ("https://a.example/", True),
        ("https://a.example/pt-br/", True),
        ("https://a.example/?p=12", False),
        ("https://a.example/guide", False),
        ("http://[", False),
    ],
)
def test_a_front_page_is_known_by_its_address(url, home):
    assert is_home(url) is home
