"""Prospects are read as their pages stand on the web: politely, in time, no more than needed."""

import asyncio
from dataclasses import replace

import pytest
from fakes.servers.hostile_server import HostileServer, answer, redirect, stalled
from support.clock import FakeClock

from bot.model.approach import AngleKind, Way
from bot.model.links import Scope
from bot.model.report import Absence, Prospect
from bot.outreach.reading import MOST_LOOKUPS, Asked, asked, read_prospects
from bot.pages.reading.fetch import Reader

WORDS = "<p>" + "It took us a while to see what this does and what it leaves out. " * 5 + "</p>"
ITEMS = "".join(f"<h2>{number}. Tool{number}</h2>{WORDS}" for number in range(1, 8))


@pytest.fixture
async def web():
    async with HostileServer() as running:
        yield running


class Patient(FakeClock):
    """A clock on which the time for reading is over when a test says so."""

    def __init__(self):
        super().__init__()
        self.over = asyncio.Event()

    async def sleep(self, _seconds):
        await self.over.wait()


@pytest.fixture
def clock():
    return Patient()


async def here(_host, _port):
    return ["127.0.0.1"]


@pytest.fixture
async def reader(clock):
    async with Reader(clock, allow_loopback=True, resolver=here) as one:
        yield one


@pytest.fixture
async def hasty(clock):
    """Return a reader that does not wait long for an answer."""
    async with Reader(clock, allow_loopback=True, resolver=here, seconds=0.8) as one:
        yield one


def listing(*links, about="", host="site.example"):
    anchors = " ".join(f"<p>We say a little about it: <a href={url}>it</a></p>" for url in links)
    html = (
        f"<html lang=en><title>7 best tools on {host}</title><h1>7 best tools</h1>{ITEMS}"
        f"{anchors}<footer>{about}</footer></html>"
    )
    return answer(html.encode())


def plain(body):
    return answer(f"<html lang=en><title>Us</title>{WORDS}{body}</html>".encode())


async def read_one(web, reader, **more):
    one = Asked("site.example", web.url("/list", "site.example"), ("rival.example",))
    (reading,) = await read_prospects(reader, [replace(one, **more)], Patient())
    return reading


async def test_a_prospect_has_an_angle_contacts_language_and_title(web, reader):
    rival = web.url("/guide", "rival.example")
    web.routes |= {
        "/list": listing(rival, about="<a href=/contact>Contact</a> <a href=/about>About us</a>"),
        "/guide": plain(""),
        "/contact": plain("<form><input type=email><textarea></textarea></form>"),
        "/about": plain("<p>Write to Jo, jo@site.example, or editor@site.example.</p>"),
    }
    reading = await read_one(web, reader)

    assert (reading.angle.kind, reading.why_unknown) == (AngleKind.RESOURCE_LIST, None)
    assert "rival.example" in reading.angle.ask
    assert (reading.language, reading.title) == ("en", "7 best tools on site.example")
    assert [(one.url, one.anchor) for one in reading.links] == [(rival, "it")]
    assert [(one.address or one.form_url, one.how, one.role) for one in reading.contacts] == [
        ("editor@site.example", Way.WRITTEN, True),
        ("jo@site.example", Way.WRITTEN, False),
        (web.url("/contact", "site.example"), Way.FORM, False),
    ]
    assert reading.contacts[0].found_on == web.url("/about", "site.example")
    assert reading.remarks == ()


@pytest.mark.parametrize("gone", [answer(b"gone", status=410), redirect("/")])
async def test_a_dead_link_to_a_competitor_is_the_easiest_ask(web, reader, gone):
    rival = web.url("/guide", "rival.example")
    web.routes |= {"/list": listing(rival), "/guide": gone, "/": plain("")}

    reading = await read_one(web, reader)

    assert reading.angle.easiest
    assert (reading.angle.kind, reading.angle.broken) == (AngleKind.BROKEN_LINK, rival)


@pytest.mark.parametrize("state", [answer(b"no", status=403), answer(b"", status=500)])
async def test_a_link_of_which_nothing_can_be_known_is_told_and_not_called_dead(web, reader, state):
    rival = web.url("/guide", "rival.example")
    web.routes |= {"/list": listing(rival), "/guide": state}

    reading = await read_one(web, reader)

    assert reading.angle.kind is AngleKind.RESOURCE_LIST
    assert reading.remarks[0].startswith("Whether a link of the page is dead is unknown: ")


@pytest.mark.parametrize(
    ("robots", "page", "reason"),
    [
        (b"User-agent: *\nDisallow: /", plain(""), "its robots.txt forbids it"),
        (b"", answer(b"no", status=403), "does not let us in"),
        (b"", answer(b"no", status=404), "there is no such page"),
        (b"", answer(b"<title>Just a moment</title><p>Verify you are human</p>"), "robot"),
    ],
)
async def test_a_page_that_cannot_be_read_stays_unknown_with_the_reason(
    web, reader, robots, page, reason
):
    web.routes |= {"/robots.txt": answer(robots, kind="text/plain"), "/list": page}

    reading = await read_one(web, reader)

    assert (reading.angle, reading.contacts, reading.language) == (None, (), None)
    assert reason in reading.why_unknown


async def test_a_contact_page_that_cannot_be_read_is_still_a_contact(web, reader):
    web.routes |= {
        "/list": listing(about="<a href=/contact>Contact</a>"),
        "/contact": answer(b"no", status=403),
    }
    reading = await read_one(web, reader)

    (contact,) = reading.contacts
    assert (contact.how, contact.address) == (Way.UNREAD, None)
    assert "does not let us in (status 403)" in reading.remarks[-1]
    assert reading.remarks[0] == "The page has no link to the competitor today."


async def test_a_page_without_links_to_contacts_is_left_through_the_front_page(web, reader):
    web.routes |= {
        "/list": listing(about="<a href=/>Home</a>"),
        "/": plain("<a href=/imprint-and-contact>Contact us</a>"),
        "/imprint-and-contact": plain("<a href=mailto:info@site.example>Mail</a>"),
    }
    reading = await read_one(web, reader)

    assert reading.contacts[0].address == "info@site.example"
    assert reading.contacts[0].how is Way.MAILTO


async def test_no_site_is_read_more_than_needed_or_by_two_requests_at_once(web, reader, clock):
    links = [web.url(f"/rival{number}", "rival.example") for number in range(40)]
    more = "<a href=/contact{n}>Contact</a><a href=/about{n}>About us</a>"
    for number in range(8):
        web.routes[f"/page{number}"] = listing(
            *links[number * 4 : number * 4 + 4], about=more.format(n=f"/{number}")
        )
    prospects = [
        Asked("site.example", web.url(f"/page{number}", "site.example"), ("rival.example",))
        for number in range(8)
    ]
    readings = await read_prospects(reader, prospects, clock)

    asked_for = [path for path in web.paths if path != "/robots.txt"]
    assert len(asked_for) == len(set(asked_for))
    assert sum(path.startswith("/rival") for path in asked_for) == MOST_LOOKUPS
    assert sum(path.startswith(("/contact", "/about")) for path in asked_for) == 2
    assert web.busiest <= 2
    assert all(reading.angle for reading in readings)


async def test_contact_pages_of_other_sites_and_of_platforms_are_not_read(web, reader):
    elsewhere = web.url("/contact", "publisher.example")
    web.routes |= {
        "/list": listing(about=f"<a href={elsewhere}>Contact</a>"),
        "/contact": plain("mail@publisher.example"),
    }
    reading = await read_one(web, reader)
    web.routes["/post"] = listing(about="<a href=/contact>Contact</a>")
    on_platform = await read_one(
        web, reader, domain="medium.com", page=web.url("/post", "medium.com")
    )

    assert [(one.form_url, one.how, one.own_domain) for one in reading.contacts] == [
        (elsewhere, Way.UNREAD, False)
    ]
    assert on_platform.contacts[0].form_url == web.url("/contact", "medium.com")
    assert "/contact" not in web.paths


async def test_a_page_that_leads_to_another_site_is_no_longer_that_of_the_prospect(web, reader):
    elsewhere = web.url("/list", "buyer.example")
    web.routes |= {"/old": redirect(elsewhere), "/list": listing(about="info@buyer.example")}

    reading = await read_one(web, reader, page=web.url("/old", "site.example"))

    assert (reading.angle, reading.contacts) == (None, ())
    assert reading.why_unknown.endswith("/old leads to another site today: buyer.example.")


async def test_a_page_that_does_not_answer_is_unknown_and_delays_nobody(web, hasty, clock):
    web.routes |= {"/list": listing(), "/slow": stalled()}
    prospects = [
        Asked("slow.example", web.url("/slow", "slow.example")),
        Asked("site.example", web.url("/list", "site.example")),
    ]
    slow, site = await read_prospects(hasty, prospects, clock)

    assert slow.why_unknown.endswith("could not be read: no answer within 0.8 seconds.")
    assert site.angle is not None


async def test_when_the_time_is_over_what_is_known_is_kept_and_the_rest_says_why(
    web, reader, clock
):
    async def over(_writer):
        clock.over.set()
        await asyncio.Event().wait()

    web.routes |= {
        "/list": listing(about="<a href=/contact>Contact</a>"),
        "/contact": over,
        "/slow": stalled(),
    }
    prospects = [
        Asked("site.example", web.url("/list", "site.example")),
        Asked("slow.example", web.url("/slow", "slow.example")),
        Asked("none.example", None),
    ]
    known, slow, none = await read_prospects(reader, prospects, clock, seconds=40)

    assert known.angle.kind is AngleKind.RESOURCE_LIST
    assert known.remarks[-1].startswith("The 40 seconds for reading all prospects were over")
    assert slow.angle is None
    assert slow.why_unknown.endswith("were over before this page was read.")
    assert none.why_unknown == "No page of this site that links to a competitor is known."
    assert none.remarks == ()


async def test_only_the_best_are_read_and_in_their_order(web, reader, clock):
    for number in range(4):
        web.routes[f"/{number}"] = listing(host=f"site{number}.example")
    prospects = [
        Asked(f"site{number}.example", web.url(f"/{number}", f"site{number}.example"))
        for number in range(4)
    ]
    readings = await read_prospects(reader, prospects, clock, most=3)

    assert [one.title[-13:] for one in readings] == [f"site{n}.example" for n in range(3)]
    assert "/3" not in web.paths
    assert await read_prospects(reader, [], clock) == ()


def test_the_prospects_of_a_report_say_what_to_read():
    prospect = Prospect(
        domain="site.example",
        score=90.0,
        reasons=("links to 3 of 3",),
        links_to=("https://rival.example/guide", "other.example"),
        level=Scope.PAGE,
        absence=Absence.PROVEN,
        authority=None,
        authority_scale=None,
        traffic=None,
        relevance=None,
        trust=None,
        link=None,
        example_page="https://site.example/list",
        anchor=None,
        first_seen=None,
        seen_by=("sample",),
    )
    assert asked([prospect]) == (
        Asked("site.example", "https://site.example/list", prospect.links_to),
    )
