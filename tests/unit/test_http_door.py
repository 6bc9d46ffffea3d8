"""Over HTTP only what Slack signed is accepted, and a rejection costs next to nothing."""

import asyncio
import json
import logging
from itertools import repeat
from urllib.parse import urlencode

import pytest
from fakes.slack.knocking import FORM, Knock, knock, signed, unsigned
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock

from handlers.transport import http_door
from handlers.transport.http_door import DEEPEST, LARGEST, HttpDoor
from handlers.transport.refusal_log import ServerNoise, TurnedAway

SECRET = "a secret between two"
CLOCK = FakeClock()
NOW = CLOCK.now().timestamp()
JSON = b"application/json"
NAMES = tuple(unsigned(NOW, "http://victim.example/"))
MEGABYTE = b"a" * (1 << 20)


class Inside:
    """The app behind the door: it reads the body and answers 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict, bytes]] = []

    async def __call__(self, scope, receive, send) -> None:
        message = await receive()
        self.got.append((scope, message["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def door_to(inside, *, secret=SECRET, clock=CLOCK) -> HttpDoor:
    return HttpDoor(inside, secret=secret, path="/slack/events", clock=clock)


async def nobody(*_request) -> None:
    raise AssertionError("the inside was asked")


def from_slack(body: bytes, kind: bytes = FORM, at: float = NOW) -> Knock:
    return signed(body, secret=SECRET, at=at, kind=kind)


@pytest.mark.parametrize("name", NAMES)
async def test_an_unsigned_request_is_rejected_in_one_short_line(name, caplog):
    caplog.set_level(logging.DEBUG)
    it = await unsigned(NOW, "http://victim.example/")[name].at(door_to(nobody))
    assert it.status == 401
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.INFO
    assert len(caplog.text) < 250
    assert "victim" not in caplog.text


@given(st.binary(max_size=200), st.sampled_from([FORM, JSON, b"", b"text/plain; charset=x"]))
async def test_no_signed_body_makes_the_door_raise(body, kind):
    it = await from_slack(body, kind).at(door_to(Inside()))
    assert it.status in (200, 400)


@given(st.binary(max_size=40), st.binary(max_size=80), st.binary(max_size=80))
async def test_no_header_and_no_body_makes_the_check_raise(stamp, signature, body):
    it = await knock(body, stamp=stamp, signature=signature).at(door_to(nobody))
    assert it.status == 401


async def test_an_empty_secret_signs_nothing():
    it = await signed(b"a=b", secret="", at=NOW).at(door_to(nobody, secret=""))
    assert it.status == 401


@pytest.mark.parametrize(("age", "status"), [(0, 200), (300, 200), (-300, 200)])
async def test_a_signature_holds_for_five_minutes_either_way(age, status):
    assert (await from_slack(b"a=b", at=NOW - age).at(door_to(Inside()))).status == status
    gone = 301 if age >= 0 else -301
    assert (await from_slack(b"a=b", at=NOW - gone).at(door_to(nobody))).status == 401


@pytest.mark.parametrize("name", [b"x-slack-request-timestamp", b"x-slack-signature"])
async def test_a_duplicate_header_is_not_trusted(name):
    it = from_slack(b"a=b")
    it.headers = [*it.headers, (name.title(), b"another")]
    assert (await it.at(door_to(nobody))).status == 401
    without = from_slack(b"a=b")
    without.headers = [header for header in without.headers if header[0] != name]
    assert (await without.at(door_to(nobody))).status == 401


DEEP = b'{"a":' * DEEPEST + b"{}" + b"}" * DEEPEST


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"\xff\xfe", FORM),
        (b"text=payload\xff", FORM),
        (b'{"a": "\xff"}', JSON),
        (b"[]", JSON),
        (b"null", JSON),
        (b"5", JSON),
        (b'"text"', JSON),
        (b"{", JSON),
        (b"{}", JSON),
        (b"9" * 5000, JSON),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, JSON),
        (b"[" * 5000 + b"]" * 5000, JSON),
        (DEEP, JSON),
        (urlencode({"payload": DEEP.decode()}).encode(), FORM),
        (b"payload=[1]", FORM),
        (b"payload=null", FORM),
        (b"payload=", FORM),
        (b'{"team": 5}', JSON),
        (b'{"authorizations": [' * 40 + b"5" + b"]}" * 40, JSON),
    ],
)
async def test_a_signed_body_that_is_no_object_is_refused(body, kind, caplog):
    caplog.set_level(logging.DEBUG)
    it = await from_slack(body, kind).at(door_to(nobody))
    assert it.status == 400
    assert len(caplog.text) < 250


async def test_a_signed_request_passes_unchanged_with_only_slacks_headers():
    inside = Inside()
    body = urlencode({"payload": json.dumps({"type": "x", "text": "größer"})}).encode()
    it = from_slack(body)
    sent = list(it.headers)
    it.headers = [*sent, (b"x-slack-bolt-lazy-only", b"1"), (b"x-from", b"\xe9")]
    assert (await it.at(door_to(inside))).status == 200
    ((scope, arrived),) = inside.got
    assert arrived == body
    assert scope["headers"] == [header for header in sent if header[0] != b"content-length"]
    assert scope["query_string"] == b""


async def test_a_page_declared_too_large_is_rejected_unread():
    for length, connection in (
        (LARGEST + 1, None),
        (99 << 20, None),
        (10**10, b"close"),
        (10**400, b"close"),
    ):
        it = Knock([(b"content-length", str(length).encode())], repeat(MEGABYTE))
        assert (await it.at(door_to(nobody))).status == 413
        assert it.taken == 0
        assert it.answered.get(b"connection") == connection
    odd = await Knock([(b"content-length", b"-1")]).at(door_to(nobody))
    assert (odd.status, odd.taken) == (400, 0)


async def test_an_undeclared_giant_is_read_up_to_the_limit_only():
    stamp, signature = (b"x-slack-request-timestamp", str(int(NOW)).encode()), b"v0=" + b"0" * 64
    chunked = (b"transfer-encoding", b"chunked")
    it = Knock([stamp, (b"x-slack-signature", signature), chunked], repeat(b"a" * 300_000))
    assert (await it.at(door_to(nobody))).status == 413
    assert it.taken == 4
    assert it.answered[b"connection"] == b"close"
    # Without anything that looks like a signature, not even that.
    it = Knock([chunked], repeat(MEGABYTE))
    assert (await it.at(door_to(nobody))).status == 401
    assert it.taken == 0
    assert it.answered[b"connection"] == b"close"


async def test_a_signed_body_of_a_megabyte_comes_in():
    body = b"text=" + b"a" * (LARGEST - 5)
    assert (await from_slack(body).at(door_to(Inside()))).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/", 404),
        ("POST", "/slack/events/", 404),
        ("GET", "/slack/install", 404),
        ("GET", "/slack/events", 405),
        ("PUT", "/slack/events", 405),
        ("HEAD", "/health", 405),
        ("POST", "/health", 405),
    ],
)
async def test_other_addresses_and_methods_are_refused_unread(method, path, status):
    it = from_slack(b"a=b")
    it.method, it.path = method, path
    await it.at(door_to(nobody))
    assert (it.status, it.taken) == (status, 0)


async def test_health_checks_are_let_through():
    inside = Inside()
    it = await Knock((), method="GET", path="/health").at(door_to(inside))
    assert it.status == 200
    assert inside.got[0][0] == it.scope


async def test_a_body_that_does_not_arrive_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(http_door, "PATIENCE_S", 0.01)
    it = from_slack(b"a=b")

    async def never():
        await asyncio.Event().wait()

    await door_to(nobody)(it.scope, never, it.send)
    assert it.status == 408
    assert it.answered[b"connection"] == b"close"


async def test_a_client_that_leaves_in_the_middle_is_not_answered():
    it = from_slack(b"a=b")

    async def gone():
        return {"type": "http.disconnect"}

    await door_to(nobody)(it.scope, gone, it.send)
    assert it.said == []


class Busy:
    """What stands behind the door and takes its time."""

    def __init__(self) -> None:
        self.inside, self.most, self.go_on = 0, 0, asyncio.Event()

    async def __call__(self, scope, _receive, send) -> None:
        if scope["path"] == http_door.HEALTH_PATH:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            return
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.go_on.wait()
        self.inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def test_of_a_crowd_as_many_come_in_as_can_be_answered_and_the_rest_is_told_at_once():
    inside = Busy()
    door = door_to(inside)
    command = urlencode({"token": "x", "command": "/gap", "text": "crm"}).encode()
    crowd = [from_slack(command) for _ in range(1_000)]
    coming = [asyncio.create_task(one.at(door)) for one in crowd]
    event = from_slack(b'{"type": "event_callback"}', JSON)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    told = [one for one in crowd if one.said]
    assert len(told) == 1_000 - http_door.AT_ONCE
    assert {one.status for one in told} == {200}
    assert {one.said[1]["body"].decode() for one in told} == {http_door.CROWDED}
    assert (await event.at(door)).status == 503, "Slack sends it again"
    assert (await Knock(method="GET", path=http_door.HEALTH_PATH).at(door)).status == 200
    inside.go_on.set()
    await asyncio.gather(*coming)
    assert {one.status for one in crowd} == {200}
    assert inside.most == http_door.AT_ONCE
    assert (await from_slack(command).at(door)).said[1]["body"] == b""


async def test_a_websocket_is_closed():
    it = await Knock(kind="websocket").at(door_to(nobody))
    assert [message["type"] for message in it.said] == ["websocket.close"]


async def test_a_thousand_refusals_are_a_line_a_minute_with_their_number(caplog):
    caplog.set_level(logging.DEBUG)
    clock = FakeClock()
    door = door_to(nobody, clock=clock)
    for _ in range(1000):
        await knock(b"a" * 1000, stamp="nan", signature="v0=").at(door)
    await Knock(path="/wp-login.php").at(door)
    assert len(caplog.records) == 1
    clock.advance(60)
    await Knock(path="/wp-login.php").at(door)
    first, second = (record.getMessage() for record in caplog.records)
    assert "1 × 401" in first
    assert "999 × 401" in second
    assert "2 × 404 no such address" in second


def test_the_servers_own_log_lines_on_malformed_requests_are_counted_too(caplog):
    caplog.set_level(logging.DEBUG)
    server = logging.getLogger("a server of this test")
    server.addFilter(ServerNoise(TurnedAway(FakeClock())))
    for _ in range(100):
        server.warning("Invalid HTTP request received.")
        server.warning("Unsupported upgrade request.")
        server.warning("No supported WebSocket library detected. Please use something else.")
    server.warning("Something else.")
    counted, other = caplog.records
    assert "1 × 400 no HTTP" in counted.getMessage()
    assert other.getMessage() == "Something else."
