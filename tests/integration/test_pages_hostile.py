"""The page reader against a malicious server."""

import asyncio
import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from fakes.servers.hostile_server import (
    PAGE,
    HostileServer,
    answer,
    bomb,
    dripping,
    endless,
    packed,
    raw,
    redirect,
    stalled,
)
from support.clock import FakeClock

from bot.pages.reading.fetch import MAX_BYTES, Reader, ReadState

ROOT = Path(__file__).parents[2]


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


@pytest.fixture
async def hasty(clock):
    async with Reader(clock, allow_loopback=True, seconds=0.3) as one:
        yield one


async def test_a_plain_page_is_read_with_its_charset_and_the_moment_it_was_read(
    server, reader, clock
):
    server.routes["/"] = answer()

    read = await reader.read(server.url("/"))

    assert (read.state, read.body, read.charset) == (ReadState.READ, PAGE, "utf-8")
    assert read.reason is None
    assert read.read_at == clock.now()


async def test_the_reader_says_who_it_is_and_where_to_read_about_it(server, reader):
    server.routes["/"] = answer()

    await reader.read(server.url("/"))

    assert all("+https://" in request.headers["user-agent"] for request in server.asked)
    assert all(request.headers["user-agent"].startswith("linkgap/") for request in server.asked)


async def test_the_charset_of_the_header_is_used(server, reader):
    server.routes["/"] = answer("<p>Größe".encode("cp1252"), kind="text/html; charset=ISO-8859-1")

    read = await reader.read(server.url("/"))

    assert read.body is not None
    assert read.charset is not None
    assert read.body.decode(read.charset) == "<p>Größe"


async def test_up_to_five_redirects_are_followed(server, reader):
    for step in range(5):
        server.routes[f"/{step}"] = redirect(f"/{step + 1}", status=[301, 302, 303, 307, 308][step])
    server.routes["/5"] = answer()

    read = await reader.read(server.url("/0"))

    assert read.state is ReadState.READ
    assert read.url == server.url("/5")
    assert read.asked == server.url("/0")


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/", "in a circle"),
        ("http://a:port/", "unreadable"),
        ("javascript:alert(1)", "not an http"),
    ],
)
async def test_a_redirect_that_leads_nowhere_says_so(server, reader, location, words):
    server.routes["/"] = redirect(location)

    read = await reader.read(server.url("/"))

    assert read.state in (ReadState.REDIRECTS, ReadState.REFUSED_ADDRESS)
    assert words in read.reason


async def test_a_sixth_redirect_is_too_many(server, reader):
    for step in range(6):
        server.routes[f"/{step}"] = redirect(f"/{step + 1}")
    server.routes["/6"] = answer()

    read = await reader.read(server.url("/0"))

    assert read.state is ReadState.REDIRECTS
    assert "more than 5 times" in read.reason


@pytest.mark.parametrize("handler", [answer(b"<p>" * (18 * 1024 * 1024)), endless(), bomb(60)])
async def test_a_page_over_three_megabytes_is_too_large_however_it_is_sent(server, reader, handler):
    server.routes["/"] = handler

    read = await reader.read(server.url("/"))

    assert read.state is ReadState.TOO_LARGE
    assert "larger than 3 MB" in read.reason


async def test_a_page_of_exactly_three_megabytes_is_read(server, reader):
    server.routes["/"] = packed(gzip.compress(b"<p>" + b"a" * (MAX_BYTES - 3)))
    assert (await reader.read(server.url("/"))).state is ReadState.READ


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("x-gzip", gzip.compress(PAGE, mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE, wbits=-15)),
        ("identity", PAGE),
    ],
)
async def test_the_codings_that_were_asked_for_are_undone(server, reader, coding, body):
    server.routes["/"] = packed(body, coding)
    assert (await reader.read(server.url("/"))).body == PAGE


@pytest.mark.parametrize(
    ("handler", "state"),
    [
        (packed(b"\x1b\x00\x00", "br"), ReadState.NOT_HTML),
        (packed(b"\x28\xb5\x2f\xfd\x00", "zstd"), ReadState.NOT_HTML),
        (packed(gzip.compress(gzip.compress(PAGE, mtime=0)), "gzip, gzip"), ReadState.NOT_HTML),
        (packed(b"this is no gzip"), ReadState.UNREACHABLE),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), ReadState.UNREACHABLE),
        (raw(b""), ReadState.UNREACHABLE),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<p>cut"), ReadState.UNREACHABLE),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 500_000), ReadState.UNREACHABLE),
        (answer(b""), ReadState.EMPTY),
        (answer(b"  \r\n\t "), ReadState.EMPTY),
        (answer(b"%PDF-1.7 \0\0 <", kind="application/pdf"), ReadState.NOT_HTML),
        (answer(b"\x89PNG\r\n\0\0<<<", kind="text/html"), ReadState.NOT_HTML),
        (answer(b"only words", kind=None), ReadState.NOT_HTML),
        (answer(b"{}", kind="application/json"), ReadState.NOT_HTML),
        (answer(status=403), ReadState.BLOCKED),
        (answer(status=429), ReadState.BLOCKED),
        (answer(status=503), ReadState.BLOCKED),
        (answer(status=404), ReadState.MISSING),
        (answer(status=410), ReadState.MISSING),
        (answer(status=500), ReadState.UNREACHABLE),
        (answer(status=204), ReadState.UNREACHABLE),
        (answer(status=302), ReadState.UNREACHABLE),
    ],
)
async def test_whatever_else_comes_back_has_a_state_and_a_reason(server, reader, handler, state):
    server.routes["/"] = handler

    read = await reader.read(server.url("/"))

    assert (read.state, read.body, read.charset) == (state, None, None)
    assert "could not be read: " in read.reason


@pytest.mark.parametrize("kind", ["application/xhtml+xml", "TEXT/HTML;charset=utf-8", None])
async def test_a_page_is_recognised_by_its_content_type_or_its_first_bytes(server, reader, kind):
    server.routes["/"] = answer(kind=kind)
    assert (await reader.read(server.url("/"))).state is ReadState.READ


@pytest.mark.parametrize(
    "handler",
    [stalled(), stalled(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"), dripping()],
)
async def test_the_whole_read_has_one_time_limit(server, hasty, handler):
    server.routes["/"] = handler

    read = await hasty.read(server.url("/"))

    assert read.state is ReadState.TIMEOUT
    assert "within 0.3 seconds" in read.reason


async def test_a_stalling_robots_file_counts_against_the_same_limit(server, hasty):
    server.routes["/robots.txt"] = stalled()
    assert (await hasty.read(server.url("/"))).state is ReadState.TIMEOUT


async def test_a_host_that_is_not_there_is_unreachable(reader, clock):
    async def unknown(_host, _port):
        raise OSError("no such name")

    async def nothing(_host, _port):
        return []

    for resolver in (unknown, nothing):
        async with Reader(clock, resolver=resolver) as strict:
            read = await strict.read("https://gone.example/")
            assert read.state is ReadState.UNREACHABLE
            assert "gone.example has no address" in read.reason
    closed = await reader.read("http://127.0.0.1:9/")
    assert closed.state is ReadState.UNREACHABLE


@pytest.mark.parametrize("host", ["a..example", f"{'a' * 64}.example", "xn--a.example"])
async def test_a_name_that_no_host_can_have_is_unreachable_and_no_crash(clock, server, host):
    async def as_python_does(name, _port):
        name.encode("idna")
        raise OSError("no such name")

    server.routes["/"] = redirect(f"http://{host}/")
    async with Reader(clock, resolver=as_python_does, allow_loopback=True) as lenient:
        for url in (f"http://{host}/", server.url("/")):
            assert (await lenient.read(url)).state is ReadState.UNREACHABLE


async def test_several_pages_are_read_at_once_and_come_back_in_the_order_asked(server, reader):
    names = [f"/{number}" for number in range(12)]
    for name in names:
        server.routes[name] = answer(PAGE + name.encode())
    urls = [server.url(name) for name in names]

    reads = await reader.read_many([*urls, urls[0], "http://10.0.0.1/"])

    assert [read.asked for read in reads] == [*urls, urls[0], "http://10.0.0.1/"]
    assert all(read.body.endswith(name.encode()) for read, name in zip(reads, names, strict=False))
    assert reads[0] is reads[12]
    assert reads[13].state is ReadState.REFUSED_ADDRESS
    assert server.paths.count("/robots.txt") == 1
    assert server.paths.count("/0") == 1
    assert 1 < server.busiest <= 6


async def test_one_bad_page_does_not_spoil_the_others(server, hasty):
    server.routes.update({"/good": answer(), "/bad": stalled(), "/huge": endless()})

    reads = await hasty.read_many([server.url(path) for path in ("/bad", "/good", "/huge")])

    assert [read.state for read in reads] == [
        ReadState.TIMEOUT,
        ReadState.READ,
        ReadState.TOO_LARGE,
    ]


async def test_reading_can_be_cancelled(server, reader):
    arrived = asyncio.Event()

    async def notice(_writer):
        arrived.set()
        await asyncio.Event().wait()

    server.routes["/"] = notice
    task = asyncio.create_task(reader.read(server.url("/")))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# The kernel's own peak value: that of `resource` includes the process that forked.
PEAK = (
    "def peak():\n"
    "    lines = open('/proc/self/status').read().splitlines()\n"
    "    (mark,) = [line for line in lines if line.startswith('VmHWM')]\n"
    "    return int(mark.split()[1]) // 1024\n"
)
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").is_file(), reason="peak memory is read from /proc"
)
MALICE = {
    "a hundred thousand headings": "'<h2>Heading text here</h2>' * 100_000",
    "a hundred thousand links": "'<a href=/about>About us now</a>' * 95_000",
    "deep nesting": "'<div>' * 600_000",
    "nesting that closes": "'<div>' * 150_000 + 'x' + '</div>' * 150_000",
    "countless attributes": "'<p ' + ' '.join(f'a{n}=1' for n in range(300_000)) + '>x'",
    "deep JSON-LD": '\'<p>x<script type=application/ld+json>\' + \'{"@type":"A","a":[\' * 90_000',
    "wide JSON-LD": (
        "'<p>x<script type=application/ld+json>[' + ','.join(['{\"@type\":\"A\"}'] * 150_000) + ']'"
    ),
    "countless items": "'<div itemscope itemtype=https://schema.org/Product>a</div>' * 50_000",
    "half addresses": "'<p>' + 'a.b-c+' * 500_000",
    "half verdicts": "'<p>' + 'pros ' * 600_000",
    "countless dates": "'<title>How to date</title>' + '<p>12.12.2012 and 3 May 2011</p>' * 90_000",
    "a title without end": "'<title>' + 'best 10 ' * 390_000",
    "posts in posts": "('<div class=post>' + 'word ' * 300) * 1900",
    "countless posts": "'<div class=post><p>I said so 3 days ago</p></div>' * 60_000",
    "lists in lists": "('<ol><li class=item>' + 'word ' * 150) * 900",
    "countless scripts": "'<p>x' + '<script>var pageType=\"x\";</script>' * 80_000",
    "countless fields": "'<p>x' + '<input type=number><button>x</button>' * 70_000",
    "half quotations": "('<p>' + '“' * 990 + '</p>') * 2_000",
    "half bylines": "'<p>By Ada de la ' + '<p>By A a A a A a A a' * 140_000",
    "half months": "'<p>12 January ' * 200_000",
    "countless metas": "'<meta name=a content=b>' * 120_000 + '<p>' + 'x ' * 99",
    "invalid bytes": "'<p>' + '\\udcff\\udcfe ' * 900_000",
}


MEGABYTE = 1024 * 1024
SECONDS_A_MEGABYTE = 10 / 3
# These two take most memory, and are as long as a page may be. A third of it tells of the others
# whether their time grows faster than they do.
WHOLE = {"half months", "countless metas"}

# Imports what reads pages once; each page then has a process of its own, with a mark of its own.
ONE_EACH = (
    f"{PEAK}"
    "import os, signal, sys, time\n"
    "from bot.pages.facts import facts_of\n"
    "facts_of('<p>Some words here, 3 May 2020.</p>' * 30, None)\n"
    "for line in sys.stdin:\n"
    "    if os.fork() == 0:\n"
    "        signal.alarm(60)\n"
    "        body = eval(line)\n"
    "        start = time.process_time()\n"
    "        assert facts_of(body, 'https://a.example/how-to-x').kind_evidence\n"
    "        print(time.process_time() - start, peak(), flush=True)\n"
    "        os._exit(0)\n"
    "    if os.wait()[1]:\n"
    "        print('inf inf', flush=True)\n"
)


@pytest.fixture(scope="module")
def page_reader():
    with subprocess.Popen(  # noqa: S603 - our own words, to measure the memory of its children
        [sys.executable, "-c", ONE_EACH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        yield process
        process.stdin.close()


@needs_proc
@pytest.mark.parametrize("malice", MALICE)
def test_a_hostile_page_gets_its_facts_in_bounded_time_and_memory(page_reader, malice):
    size = (3 if malice in WHOLE else 1) * MEGABYTE
    page_reader.stdin.write(f"({MALICE[malice]}).encode('utf-8', 'surrogateescape')[:{size}]\n")
    page_reader.stdin.flush()
    seconds, megabytes = map(float, page_reader.stdout.readline().split())
    assert seconds < SECONDS_A_MEGABYTE * size / MEGABYTE
    assert megabytes < 150


@needs_proc
def test_reading_a_bomb_and_an_endless_stream_stays_under_150_megabytes():
    script = (
        f"{PEAK}"
        "import asyncio, sys\n"
        "sys.path.insert(0, 'tests')\n"
        "from support.clock import FakeClock\n"
        "from fakes.servers.hostile_server import HostileServer, bomb, endless\n"
        "from bot.pages.reading.fetch import Reader\n"
        "async def main():\n"
        "    reader = Reader(FakeClock(), allow_loopback=True)\n"
        "    async with HostileServer() as server, reader as one:\n"
        "        for n in range(5):\n"
        "            server.routes[f'/{n}'] = endless()\n"
        "        server.routes['/bomb'] = bomb(120)\n"
        "        urls = [server.url(path) for path in server.routes]\n"
        "        states = {read.state for read in await one.read_many(urls)}\n"
        "        print(*states, peak())\n"
        "asyncio.run(main())\n"
    )
    run = subprocess.run(  # noqa: S603 - our own words in a fresh process, to measure its memory
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    state, peak = run.stdout.split()
    assert state == "too_large"
    assert int(peak) < 150
