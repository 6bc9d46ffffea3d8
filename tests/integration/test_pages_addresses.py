"""Only public addresses are reached, whatever name, number or redirect leads elsewhere."""

import pytest
from fakes.servers.hostile_server import HostileServer, answer, redirect
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


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:0a00:0001::]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3/",
        "http://100.64.1.1/",
        "http://192.168.0.1/",
        "http://192.88.99.1/",
        "http://192.0.0.192/opc/v1/",
        "http://192.0.0.8/",
        "http://168.63.129.16/",
        "http://100.100.100.200/",
        "http://198.18.0.1/",
        "http://240.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "http://[::ffff:0:a9fe:a9fe]/",
        "http://[::10.0.0.1]/",
        "http://[64:ff9b:1::a9fe:a9fe]/",
        "http://[2001:0:a9fe::1]/",
        "http://[fd00:ec2::254]/",
        "http://224.0.0.1/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://127.1/",
        "http://0x08080808/",
        "http://example.com:22/",
        "https://example.com:80/",
        "http://user:secret@example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http:///nothing",
        "just words",
        "http://[broken/",
        "http://a\u0000b/",
        "http://[::1%25eth0]/",
        "http://a b/",
        "http://" + "ü" * 300 + ".com/",
    ],
)
async def test_an_address_that_is_not_a_plain_public_web_address_is_refused(url, clock):
    async def public(_host, _port):
        return ["93.184.216.34"]

    async with Reader(clock, resolver=public, seconds=0.2) as strict:
        read = await strict.read(url)

    assert read.state is ReadState.REFUSED_ADDRESS
    assert read.reason.startswith(f"{url} could not be read: ")
    assert read.body is None


@pytest.mark.parametrize(
    "answers",
    [["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["::ffff:192.168.1.1"], ["64:ff9b::7f00:1"]],
)
async def test_a_name_that_leads_to_a_private_address_is_refused_before_anything_is_sent(
    answers, clock, server
):
    async def lying(_host, _port):
        return answers

    async with Reader(clock, resolver=lying) as strict:
        read = await strict.read("http://innocent.example/")

    assert read.state is ReadState.REFUSED_ADDRESS
    assert "not a public address" in read.reason
    assert server.asked == []


async def test_a_public_address_may_be_named_as_a_number_and_wrapped_as_networks_do(clock):
    """Only the time limit ends these: the addresses are valid, but no host answers."""

    async def wrapped(_host, _port):
        return ["64:ff9b::5db8:d822"]

    async with Reader(clock, resolver=wrapped, seconds=0.0) as strict:
        for url in ("http://93.184.216.34/", "http://nat64.example/"):
            assert (await strict.read(url)).state is ReadState.TIMEOUT


async def test_a_name_of_this_machine_is_refused_by_the_system_s_own_resolver(clock):
    async with Reader(clock) as strict:
        read = await strict.read("http://localhost/")
    assert read.state is ReadState.REFUSED_ADDRESS


async def test_even_the_test_allowance_opens_loopback_only(reader):
    read = await reader.read("http://10.0.0.1/")
    assert read.state is ReadState.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "//10.0.0.1/",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_to_a_private_address_is_refused(server, reader, place):
    server.routes["/"] = redirect(place)

    read = await reader.read(server.url("/"))

    assert read.state is ReadState.REFUSED_ADDRESS
    assert read.url != server.url("/")
    assert [request.path for request in server.asked] == ["/robots.txt", "/"]


async def test_a_name_that_changes_its_address_between_check_and_connect_gains_nothing(
    server, clock
):
    """DNS rebinding: each lookup answers differently, and each connection goes to a checked one."""
    given = []

    async def rebinding(_host, _port):
        given.append("127.0.0.1" if len(given) < 3 else "169.254.169.254")
        return [given[-1]]

    server.routes["/"] = answer()
    async with Reader(clock, allow_loopback=True, resolver=rebinding) as one:
        first = await one.read(server.url("/", host="rebind.example"))
        looked_up = len(given)
        second = await one.read(server.url("/", host="rebind.example"))

    assert first.state is ReadState.READ
    # One lookup for the name, one for each connection: none happens after the check.
    assert looked_up == 1 + len(server.asked)
    assert second.state is ReadState.REFUSED_ADDRESS


async def test_the_connection_goes_to_the_checked_address_under_the_original_name(server, clock):
    async def local(_host, _port):
        return ["127.0.0.1"]

    server.routes["/x?y=1"] = answer()
    async with Reader(clock, allow_loopback=True, resolver=local) as one:
        read = await one.read(server.url("/x?y=1#part", host="shop.example"))
        await one.read(f"https://shop.example:{server.port}/")

    assert read.state is ReadState.READ
    assert server.asked[-1].path == "/x?y=1"
    assert {request.headers["host"] for request in server.asked} == {f"shop.example:{server.port}"}
    # TLS uses the name too, so the certificate is checked against the name.
    assert b"shop.example" in server.first_bytes[0]


async def test_the_next_address_is_tried_when_one_does_not_answer(server, clock):
    async def two(_host, _port):
        return ["127.0.0.2", "127.0.0.1"]

    server.routes["/"] = answer()
    async with Reader(clock, allow_loopback=True, resolver=two) as one:
        read = await one.read(server.url("/", host="two.example"))

    assert read.state is ReadState.READ


async def test_no_cookie_of_one_page_reaches_the_next(server, reader):
    server.routes["/"] = answer(headers={"Set-Cookie": "who=you; Path=/"})
    server.routes["/next"] = answer()

    await reader.read(server.url("/"))
    await reader.read(server.url("/next"))

    assert not any("cookie" in request.headers for request in server.asked)


async def test_proxies_of_the_environment_are_not_used(server, clock, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.routes["/"] = answer()
    async with Reader(clock, allow_loopback=True) as one:
        assert (await one.read(server.url("/"))).state is ReadState.READ
