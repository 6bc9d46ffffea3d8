"""Text from strangers is read where it can be stopped, and delays nobody else."""

import asyncio
import signal
import sys
import time

import pytest
from fakes.servers.hostile_server import PAGE, HostileServer, answer
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from support.clock import FakeClock

from bot.common.killable import Limits
from bot.gap.relevance import terms_of
from bot.pages.limited import apart
from bot.pages.reading.fetch import AGENT, Reader, ReadState
from bot.pages.reading.robots import MAX_RULES, for_us
from bot.pages.sitemap import best_page
from bot.pages.understand import understood

WORDS = b"Some words that a reader would like to see here. "
ORDINARY = b"<html lang=en><title>A page</title><p>" + WORDS * 30
LARGE = b"<html><title>A page</title>" + (b"<p>" + WORDS + b"</p>") * 50_000
TERMS = terms_of("best accounting software", (), "en")


@pytest.fixture(scope="module")
def tight():
    """Return processes with so little time that a large page cannot be read."""
    made = apart(Limits(cpu_seconds=0.15, seconds=20), Limits(cpu_seconds=1, seconds=20))
    made.start()
    yield made
    made.close()


@pytest.fixture
async def server():
    async with HostileServer() as running:
        yield running


@pytest.fixture
async def reader(tight):
    async def here(_host, _port):
        return ["127.0.0.1"]

    async with Reader(FakeClock(), allow_loopback=True, resolver=here, apart=tight) as one:
        yield one


async def test_a_page_that_takes_too_long_is_unknown_and_the_next_one_is_read(server, reader):
    server.routes |= {"/slow": answer(LARGE), "/": answer(ORDINARY)}

    reads = await reader.read_many([server.url("/slow"), server.url("/")])
    slow, ordinary = await understood(reader, reads)

    assert (slow.readable, slow.words, slow.url) == (False, None, server.url("/slow"))
    assert slow.kind_evidence == ("reading it took longer than 0.15 seconds",)
    assert (ordinary.readable, ordinary.title) == (True, "A page")


async def test_a_robots_file_of_many_names_and_rules_is_read_for_our_rules_only(server, reader):
    """Each rule for each name above it would make four million rules."""
    names = "".join(f"User-agent: bot{number}\n" for number in range(2000))
    rules = "".join(f"Disallow: /{number}\n" for number in range(2000))
    ours = "User-agent: *\nDisallow: /private\n"
    server.routes |= {
        "/robots.txt": answer((names + rules + ours).encode(), kind="text/plain"),
        "/1": answer(PAGE),
    }

    begun = time.process_time()
    read = await reader.read_many([server.url("/1"), server.url("/private")])

    assert [each.state for each in read] == [ReadState.READ, ReadState.ROBOTS]
    assert time.process_time() - begun < 0.5


async def test_a_robots_file_with_more_rules_for_us_than_we_take_is_no_permission(server, reader):
    rules = "User-agent: *\n" + "Disallow: /x\n" * (MAX_RULES + 1)
    server.routes |= {
        "/robots.txt": answer(rules.encode(), kind="text/plain"),
        "/": answer(PAGE),
    }

    read = await reader.read(server.url("/"))

    assert read.state is ReadState.UNREACHABLE
    assert "robots.txt could not be read (it has more than 10,000 rules)" in read.reason


LINES = st.sampled_from(
    [
        "User-agent: *",
        "User-agent: LinkGap",
        "user-agent: link*",
        "User-agent: Otherbot # not us",
        "Useragent Otherbot",
        "Allow: /a",
        "Disallow: /",
        "Disallow: /a/b$",
        "Disallow /a",
        "Disallow:",
        "Crawl-delay: 3",
        "Sitemap: https://a.example/map.xml",
        "no directive",
        "",
    ]
)


@given(st.lists(LINES, max_size=14), st.sampled_from(["/", "/a", "/a/b", "/c"]))
def test_what_is_kept_of_a_robots_file_permits_what_all_of_it_permits(lines, path):
    url, text = f"https://a.example{path}", "\n".join(lines)
    whole, ours = Protego.parse(text), for_us(text, AGENT)
    assert Protego.parse(ours.text).can_fetch(url, AGENT) == whole.can_fetch(url, AGENT)
    assert ours.sitemaps == tuple(whole.sitemaps)


async def test_a_sitemap_that_takes_too_long_proposes_nothing(server, reader):
    place = server.url("/accounting-software", "own.example").encode()
    padded = b"<urlset>" + b"<url><loc> " + place + b" </loc></url>" * 60_000
    server.routes["/sitemap.xml"] = answer(padded + (b"<loc>" + place + b"</loc>") * 30_000)

    assert await best_page(reader, server.url("/", "own.example"), TERMS) is None


BUSY = """
import asyncio, re, signal
from bot.pages.limited import shared

async def main():
    work = asyncio.create_task(shared().pages.run(re.fullmatch, "(a|a)*b", "a" * 40))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    while not shared().pages.busy:
        await asyncio.sleep(0.01)
    print("busy", flush=True)
    await asyncio.wait([work])

asyncio.run(main())
print("ended", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
async def test_a_stop_is_obeyed_while_a_page_is_read():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BUSY, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        assert await process.stdout.readline() == b"busy\n"
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        said, _ = await process.communicate()
    assert (said, process.returncode) == (b"ended\n", 0)
    assert time.monotonic() - begun < 3
