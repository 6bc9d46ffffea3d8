"""Payloads of jobs: what is written can be read back, and so can older versions' payloads."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.model.question import Defaults, make
from bot.tracking.keywords import to_keep
from handlers.request import (
    Answer,
    Destination,
    Kind,
    Lookup,
    Place,
    Request,
    ShowAll,
    Track,
    from_payload,
    place_of,
    to_payload,
)

QUESTION = make("best crm", Defaults(), site="own.example", vs=("https://a.example/",))
OLD_QUESTION = {
    "keyword": "best crm",
    "market": {"country": "us", "language": "en"},
    "site": "own.example",
    "page": None,
    "vs": ["https://a.example/"],
    "via": [],
    "serp": None,
    "fresh": False,
    "gates": True,
    "light": False,
    "top10": False,
}
URL = "https://hooks.slack.com/commands/1"
OLD_PLACE = {
    "team": "T1",
    "channel": "C1",
    "user": "U1",
    "response_url": URL,
    "thread_ts": None,
    "message_ts": "5.0",
    "trigger_id": "1.2.abc",
}
PLACE = Place("T1", "C1", "U1", response_url=URL, message_ts="5.0")
OLD_CLICK = {
    "team": "T1",
    "user": "U1",
    "channel": "C1",
    "value": "run1",
    "trigger_id": "1.2.abc",
    "response_url": URL,
    "message_ts": "5.0",
    "thread_ts": None,
    "is_ephemeral": False,
}

WRITTEN_BEFORE = [
    (
        {
            "question": OLD_QUESTION,
            "team": "T1",
            "channel": "C1",
            "user": "U1",
            "thread_ts": "4.0",
            "response_url": URL,
            "to": "dm",
            "dm": "D1",
            "confirmed": True,
            "price_ts": "6.0",
        },
        Request(
            Place("T1", "C1", "U1", response_url=URL, thread_ts="4.0", dm="D1"),
            Answer(QUESTION, Destination.DM, confirmed=True, price_ts="6.0"),
        ),
    ),
    (
        {
            "place": OLD_PLACE,
            "questions": [OLD_QUESTION],
            "day": "mon",
            "hour": 9,
            "run": "run1",
            "skipped": [["crm", "twice in the list"]],
            "confirmed": True,
        },
        Request(
            PLACE,
            Track(
                (to_keep(QUESTION),),
                "mon",
                9,
                "run1",
                (("crm", "twice in the list"),),
                confirmed=True,
            ),
        ),
    ),
    (
        {"place": OLD_PLACE, "words": "2", "replace": True},
        Request(PLACE, Lookup("2", replace=True)),
    ),
    (OLD_CLICK, Request(PLACE, ShowAll("run1"))),
    (
        {**OLD_CLICK, "is_ephemeral": True},
        Request(replace(PLACE, message_ts=None), ShowAll("run1", is_ephemeral=True)),
    ),
]


@pytest.mark.parametrize(("payload", "request_"), WRITTEN_BEFORE)
def test_a_job_that_an_older_version_wrote_is_read(payload, request_):
    written = json.dumps(payload)
    assert from_payload(written, type(request_.body)) == request_
    assert place_of(written) == request_.place


@pytest.mark.parametrize("request_", [request for _, request in WRITTEN_BEFORE])
def test_a_written_payload_is_read_back(request_):
    payload = to_payload(request_)
    assert from_payload(payload, type(request_.body)) == request_
    assert json.loads(payload).keys() == {"place", "body"}


TEXT = st.none() | st.text(max_size=5)


@given(st.builds(Place, *[st.text(max_size=5)] * 3, *[TEXT] * (len(fields(Place)) - 3)))
def test_any_place_is_read_back(place):
    assert place_of(to_payload(Request(place, Lookup()))) == place


@pytest.mark.parametrize("payload", ["", "{}", "[]", '{"place": {}, "body": {}}', '{"value": 1}'])
def test_an_invalid_payload_is_rejected(payload):
    with pytest.raises(ValidationError):
        from_payload(payload, Answer)


def test_the_kinds_of_jobs_keep_their_names_because_rows_on_disk_have_them():
    assert {str(kind) for kind in Kind} == {
        *("answer", "show_all", "track", "track_many"),
        *("list", "history", "digest", "budget"),
        *("read_prospects", "next_prospects"),
    }
