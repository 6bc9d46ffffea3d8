"""robots.txt is obeyed, and a missing answer about it is not a permission."""

import pytest
from fakes.servers.hostile_server import HostileServer, answer, bomb, raw, redirect
from support.clock import FakeClock

from bot.pages.reading.fetch import Reader, ReadState


@pytest.fixture
async def server():
    async with HostileServer() as running:
        yield running


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def reader(clock):
    async with Reader(clock, allow_loopback=True, seconds=5) as one:
        yield one


async def test_robots_txt_is_obeyed_and_asked_for_once_a_day(server, reader, clock):
    rules = b"User-agent: *\nDisallow: /private\nAllow: /private/page$\n"
    server.routes["/robots.txt"] = answer(rules, kind="text/plain")
    server.routes["/open"] = server.routes["/private/page"] = answer()

    open_page = await reader.read(server.url("/open"))
    closed = await reader.read(server.url("/private/other"))
    excepted = await reader.read(server.url("/private/page"))

    assert open_page.state is excepted.state is ReadState.READ
    assert closed.state is ReadState.ROBOTS
    assert "robots.txt forbids it" in closed.reason
    assert server.paths.count("/robots.txt") == 1
    assert "/private/other" not in server.paths

    clock.advance(25 * 3600)
    await reader.read(server.url("/open"))
    assert server.paths.count("/robots.txt") == 2


async def test_rules_for_our_name_come_before_those_for_all(server, reader):
    rules = b"User-agent: *\nAllow: /\n\nUser-agent: LinkGap\nDisallow: /\n"
    server.routes["/robots.txt"] = answer(rules, kind="text/plain")

    assert (await reader.read(server.url("/"))).state is ReadState.ROBOTS


async def test_a_redirect_to_a_forbidden_page_is_not_followed(server, reader):
    server.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /no\n", kind="text/plain")
    server.routes["/"] = redirect("/no")

    assert (await reader.read(server.url("/"))).state is ReadState.ROBOTS
    assert "/no" not in server.paths


@pytest.mark.parametrize(
    "robots",
    [
        answer(status=404),
        answer(status=403),
        redirect("/robots.txt"),
        answer(b"\xef\xbb\xbf\x00\xff not a robots file", kind="application/octet-stream"),
        bomb(50),
    ],
)
async def test_no_robots_file_or_one_without_rules_allows_everything(server, reader, robots):
    server.routes["/robots.txt"] = robots
    server.routes["/"] = answer()

    assert (await reader.read(server.url("/"))).state is ReadState.READ


@pytest.mark.parametrize(
    "robots",
    [answer(status=503), answer(status=429), raw(b""), redirect("http://10.0.0.1/robots.txt")],
)
async def test_a_robots_file_that_cannot_be_read_is_no_permission(server, reader, clock, robots):
    server.routes["/robots.txt"] = robots
    server.routes["/"] = answer()

    read = await reader.read(server.url("/"))
    assert read.state is ReadState.UNREACHABLE
    assert "robots.txt could not be read" in read.reason

    server.routes["/robots.txt"] = answer(status=404)
    clock.advance(11 * 60)
    assert (await reader.read(server.url("/"))).state is ReadState.READ
