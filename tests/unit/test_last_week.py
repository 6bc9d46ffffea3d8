"""How a channel's last week ended, and why a week is not posted: the same text everywhere."""

from datetime import timedelta

import pytest
from fakes.worlds.digests import MONDAY, digest, line
from support.memory import memory

from bot.model.tracking import Unread
from bot.settings.environment import Settings
from bot.store import posts, workspace
from bot.store.posts import PostState
from bot.tracking.digest import digest_slot
from bot.tracking.last_week import Untold, how_it_ended, why_untold

SETTINGS = Settings(_env_file=None)
SLOT = digest_slot("T1", "C1", SETTINGS, MONDAY)
NOTHING = "Nothing changed in the week of 23 Nov, so nothing was posted."
UNKNOWN = (
    "Whether the digest of the week of 23 Nov was posted is not known; it is not posted twice."
)


@pytest.fixture
def db():
    with memory() as db:
        workspace.ensure_team(db, "T1", MONDAY)
        yield db


def ended(db, state: PostState) -> None:
    posts.claim(db, SLOT, "process a", MONDAY)
    posts.end(db, SLOT, "process a", state, at=MONDAY, ts="1.1")


def said(db, days: int = 1) -> tuple[str, ...]:
    return how_it_ended(db, "T1", "C1", SETTINGS, MONDAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("state", "sentences"),
    [
        (PostState.NOTHING, (NOTHING,)),
        (PostState.UNKNOWN, (UNKNOWN,)),
        (PostState.POSTED, ()),
    ],
)
def test_an_unposted_week_is_shown_until_the_week_after(db, state, sentences):
    ended(db, state)
    assert said(db) == said(db, days=8) == sentences
    assert said(db, days=15) == ()


def test_a_digest_that_was_read_ahead_waits_for_its_hour_and_for_nothing_else(db):
    ended(db, PostState.HELD)
    assert said(db) == ()


def test_the_reason_that_stops_a_channel_is_reported_once(db):
    ended(db, PostState.HELD)
    workspace.set_stopped(db, "T1", "C1", "This channel is archived.", MONDAY)
    assert said(db) == ("The digest waits: This channel is archived.",)


STILL = line(have_change=0, gap_change=0, position=3, position_before=3, position_change=0)
UNREAD = (Unread("1", "best crm", "It was not read yet."),)


@pytest.mark.parametrize(
    ("week", "quiet", "why"),
    [
        (digest(changed=False), False, Untold.UNCHANGED),
        (digest(STILL, won=(), lost=()), True, Untold.QUIET),
        (digest(keywords=(), changed=False, paused=1), False, Untold.PAUSED),
        (digest(keywords=(), changed=False, unread=UNREAD), False, Untold.NOTHING_READ),
        (digest(keywords=(), changed=False, paused=1, unread=UNREAD), False, Untold.NOTHING_READ),
        (digest(changed=True), False, None),
    ],
)
def test_why_a_week_is_not_posted(week, quiet, why):
    assert why_untold(week, quiet=quiet) is why
