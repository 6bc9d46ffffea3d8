"""Whole runs with the page checks: real pages on loopback, Ahrefs' formats."""

import asyncio
from dataclasses import replace

import pytest
from fakes.servers.hostile_server import HostileServer, answer, redirect, stalled
from fakes.worlds.ahrefs_world import KEYWORD, Result, worked_example_world
from support.runs import TEAM, desk

from bot.model.question import Defaults, parse
from bot.model.report import Verdict
from bot.providers.local import sample

SITE = "site:ledgerly.example"
LIST = """<html lang=en><title>7 best accounting tools for startups</title>
<h1>7 best accounting tools for startups</h1>
<p>By <a rel=author href=/jane>Jane Doe</a>, <time datetime=2026-10-01>1 October 2026</time></p>
{}<p><a href=/about>About us</a> <a href=/contact>Contact</a>
<a href=/privacy>Privacy policy</a></p>"""
ITEMS = "".join(
    f"<h2>{number}. Tool{number}</h2><p>{'We tried it for a month and liked it a lot. ' * 8}</p>"
    for number in range(1, 8)
)
SHARED = "<h2>Payroll integrations</h2><p>Which of them run payroll as well.</p>"
RANKING = LIST.format(ITEMS + SHARED)
PRODUCT = f"""<html lang=en><title>Ledgerly: buy now</title>
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "Product",
"name": "Ledgerly", "offers": {{"@type": "Offer", "price": "29.00", "priceCurrency": "USD"}}}}
</script><h1>Ledgerly</h1><p>$29.00</p><button>Add to cart</button>
<p>{"Accounting that does itself while you build the company. " * 10}</p>"""


@pytest.fixture
async def pages():
    async with HostileServer() as server:
        yield server


@pytest.fixture
async def here(monkeypatch, tmp_path, pages):
    """Make the worked example's pages rank on the local server, each on its own path."""
    async with desk(monkeypatch, tmp_path) as opened:
        world = worked_example_world()
        ((keyword, rows),) = world.serps.items()
        here = [row for row in rows if row.url]
        world.serps[keyword] = tuple(Result(local(row.url, pages), row.title) for row in here[:10])
        world.links = tuple(replace(link, url_to=local(link.url_to, pages)) for link in world.links)
        for row in here[:3]:
            pages.routes[path_of(row.url)] = answer(RANKING.encode())
        opened.server.world = world
        opened.home = lambda site: f"http://{site}:{pages.port}/"
        yield opened


def local(url: str, pages: HostileServer) -> str:
    scheme_and_host, path = url.split("://")[1].split("/", 1)
    return f"http://{scheme_and_host}:{pages.port}/{path}"


def path_of(url: str) -> str:
    return f"/{url.split('://')[1].split('/', 1)[1]}"


OURS = "/accounting-software-for-startups"


def ours(pages: HostileServer) -> str:
    return f"{SITE} page:http://ledgerly.example:{pages.port}{OURS}"


def state(report, name: str) -> str:
    return next(gate.state for gate in report.gates if gate.name == name)


async def test_a_product_page_among_lists_is_fixed_first_and_the_number_still_stands(here, pages):
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(ours(pages))
    assert report.verdict is Verdict.FIX_FIRST
    assert [gate.reason for gate in report.gates if gate.name == "intent"] == [
        "3 of 3 readable pages are lists; yours is a product page."
    ]
    assert (report.need.even_field, report.need.have) == (24, 6)
    assert report.prospects


async def test_ten_pages_tell_what_ranks_where_that_is_asked_for(here, pages):
    ((_, rows),) = here.server.world.serps.items()
    pages.routes[OURS] = answer(PRODUCT.encode())
    for row in rows[3:]:
        pages.routes.setdefault(path_of(row.url), answer(RANKING.encode()))
    report = await here.ask(f"{ours(pages)} gates:10")
    read = next(gate.reason for gate in report.gates if gate.name == "intent")
    assert read.startswith("10 of 10 readable pages are lists")
    assert len(report.competitors) == 3


async def test_items_and_topics_that_only_the_top_pages_have_are_listed(here, pages):
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(ours(pages))
    assert state(report, "trust") == "mismatch"
    assert [row.split(":")[0] for row in report.checklist if row.startswith(("con", "pri"))] == [
        "contact",
        "privacy policy",
    ]
    assert "payroll integrations" in report.coverage


async def test_a_page_like_those_that_rank_goes_on_to_the_links(here, pages):
    pages.routes[OURS] = answer(RANKING.encode())
    report = await here.ask(ours(pages))
    assert [(gate.name, gate.state) for gate in report.gates] == [
        ("intent", "match"),
        ("trust", "match"),
    ]
    assert (report.verdict, report.checklist, report.coverage) == (Verdict.BUILD_LINKS, (), ())


@pytest.mark.parametrize(
    "handler", [answer(b"", status=403), answer(b"PDF", kind="application/pdf"), redirect("/loop")]
)
async def test_a_page_that_cannot_be_read_is_unknown_and_never_bad(here, pages, handler):
    pages.routes |= {OURS: handler, "/loop": redirect(OURS)}
    report = await here.ask(ours(pages))
    assert {gate.state for gate in report.gates} == {"unknown"}
    assert report.verdict is Verdict.BUILD_LINKS


async def test_robots_are_obeyed_for_every_page(here, pages):
    pages.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /", kind="text/plain")
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(ours(pages))
    assert set(pages.paths) == {"/robots.txt"}
    assert {gate.state for gate in report.gates} == {"unknown"}


@pytest.mark.parametrize("off", ["gates:off", "gates:no"])
async def test_gates_off_reads_no_page_and_overrules_every_verdict(here, pages, off):
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(f"{ours(pages)} {off}")
    assert pages.paths == []
    assert (report.gates, report.verdict) == ((), Verdict.BUILD_LINKS)


@pytest.mark.parametrize(
    ("overruled", "verdict"),
    [("intent", Verdict.FIX_FIRST), ("intent,trust", Verdict.BUILD_LINKS)],
)
async def test_each_check_can_be_overruled_and_is_still_listed(here, pages, overruled, verdict):
    here.set(overruled=overruled)
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(ours(pages))
    assert [(gate.state, gate.overruled) for gate in report.gates] == [
        ("mismatch", "intent" in overruled),
        ("mismatch", "trust" in overruled),
    ]
    assert report.verdict is verdict


async def test_a_page_in_the_top_3_needs_no_fixing(here, pages):
    ((keyword, rows),) = here.server.world.serps.items()
    mine = Result(f"http://ledgerly.example:{pages.port}{OURS}", "Ledgerly")
    here.server.world.serps[keyword] = (rows[0], mine, *rows[1:9])
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(SITE)
    assert (state(report, "intent"), report.verdict) == ("mismatch", Verdict.ALREADY_TOP3)


async def test_enough_links_on_the_wrong_page_are_not_good_enough(here, pages):
    ((_, rows),) = here.server.world.serps.items()
    few = [row.url for row in rows if "reddit" in row.url or "opsdaily" in row.url]
    pages.routes |= {
        "/finance/accounting-software": answer(RANKING.encode()),
        OURS: answer(PRODUCT.encode()),
    }
    vs = " ".join(f"vs:{url}" for url in few)
    report = await here.ask(f"{ours(pages)} {vs}")
    assert (report.need.per_page, report.need.gap) == ((1, 3), 0)
    assert report.verdict is Verdict.FIX_FIRST
    content = await here.ask(f"{ours(pages)} {vs} gates:off", run="r2")
    assert content.verdict is Verdict.LINKS_NOT_THE_CONSTRAINT


async def test_a_vendor_that_classifies_the_top_pages_differently_is_mentioned(here, pages):
    ((keyword, rows),) = here.server.world.serps.items()
    discussions = tuple(replace(row, types=("organic", "discussion")) for row in rows)
    here.server.world.serps[keyword] = discussions
    pages.routes[OURS] = answer(RANKING.encode())
    report = await here.ask(ours(pages))
    assert report.gates[0].reason == (
        "3 of 3 readable pages are lists; so is yours. A vendor sees forum threads instead."
    )


async def test_pages_are_read_while_the_links_are_asked_for(here, pages, monkeypatch):
    """The pages answer only after a profile was requested, so a sequential run would never end."""
    asked = asyncio.Event()
    read = here.server.world.refdomains

    def on_request(target, mode):
        asked.set()
        return read(target, mode)

    async def patient(writer):
        await asked.wait()
        await answer(RANKING.encode())(writer)

    monkeypatch.setattr(here.server.world, "refdomains", on_request)
    for path in [path for path in pages.routes if path != OURS]:
        pages.routes[path] = patient
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(ours(pages))
    assert state(report, "intent") == "mismatch"


async def test_a_page_that_never_answers_is_given_up(here, pages, monkeypatch):
    monkeypatch.setattr(here.reader, "_seconds", 1.0)
    pages.routes[OURS] = stalled()
    report = await here.ask(ours(pages))
    assert state(report, "intent") == "unknown"
    assert "no answer within" in report.gates[0].reason


async def test_the_samples_pages_do_not_exist_and_are_not_asked_for(here, pages):
    here.vendor = sample.build(here.settings, here.clock)
    report = await here.ask(SITE)
    assert (report.sample, report.gates, pages.asked) == (True, (), [])


def sitemap(pages: HostileServer, *paths: str) -> bytes:
    places = "".join(
        f"<url><loc>http://ledgerly.example:{pages.port}{path}</loc></url>" for path in paths
    )
    return f"<urlset>{places}</urlset>".encode()


async def test_without_a_known_page_the_sites_closest_is_proposed_and_have_stays_unknown(
    here, pages
):
    pages.routes["/sitemap.xml"] = answer(
        sitemap(pages, "/", "/blog/payroll", OURS), kind="application/xml"
    )
    pages.routes[OURS] = answer(PRODUCT.encode())
    report = await here.ask(SITE)
    assert report.proposed_page == f"http://ledgerly.example:{pages.port}{OURS}"
    assert (report.page, report.need.have, report.need.gap) == (None, None, None)
    assert report.verdict is Verdict.UNKNOWN
    assert report.gates[0].reason == ("3 of 3 readable pages are lists; your page is not known.")


async def test_a_named_page_is_never_second_guessed(here, pages):
    report = await here.ask(f"{SITE} page:none")
    assert report.proposed_page is None
    assert "/sitemap.xml" not in pages.paths
    assert report.gates[0].reason == "3 of 3 readable pages are lists; you have no page yet."


async def test_without_a_site_nothing_is_proposed(here, pages):
    report = await here.ask("")
    assert (report.proposed_page, "/sitemap.xml" in pages.paths) == (None, False)


async def test_a_proposal_that_could_not_be_asked_with_is_not_made(here, pages):
    pages.routes["/sitemap.xml"] = answer(
        f"<loc>http://a:b@ledgerly.example:{pages.port}{OURS}</loc>".encode()
    )
    report = await here.ask(SITE)
    assert report.proposed_page is None


async def test_pages_that_may_have_stopped_the_bot_are_left_unread_and_the_answer_says_so(
    here, pages
):
    question = parse(f'"{KEYWORD}" {ours(pages)}', Defaults())
    report = await here.analysis().run(question, run_id="r1", team=TEAM, read_pages=False)
    assert [gate.state for gate in report.gates] == ["unknown", "unknown"]
    assert "The pages were not read this time: the bot was stopped twice" in report.gates[0].reason
    assert report.need is not None
    assert pages.asked == []
