"""What a person may do with a prospect; any sequence of wishes keeps one contact per site."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.outreach import ASKED, FORMER, Entry, Refusal, Status
from bot.outreach.rules import (
    BY_PEOPLE,
    Decision,
    as_of,
    decide,
    may_be_offered,
    may_write,
    seen_won,
)

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAYS = 30
ANNA, BEN = "U0ANNA", "U0BEN"
SITES, DOMAINS = ("one.example", "two.example"), ("blog.example", "news.example")
WISHES = (*Status, "won on the page", "never contact", "lifted")


def entry(status: Status = Status.NEW, owner: str | None = None, site: str = SITES[0]) -> Entry:
    return Entry("id", site, DOMAINS[0], status, owner, START, START)


def wish(found: Entry, wanted: Status, person: str = ANNA, days: float = 1, **more) -> Decision:
    at = START + timedelta(days=days)
    return decide(found, wanted, person=person, at=at, claim_days=DAYS, **more)


def test_claiming_what_a_colleague_holds_says_who_and_since_when():
    made = wish(entry(Status.CLAIMED, ANNA), Status.CLAIMED, BEN)
    assert (made.refused, made.steps) == (Refusal.HELD, ())
    assert (made.entry.owner, made.entry.since) == (ANNA, START)


def test_a_claim_returns_after_its_days_and_whoever_takes_it_owns_it():
    held = entry(Status.CLAIMED, ANNA)
    assert wish(held, Status.CLAIMED, BEN, days=DAYS - 0.01).refused is Refusal.HELD
    made = wish(held, Status.CLAIMED, BEN, days=DAYS)
    assert (made.entry.owner, made.refused) == (BEN, None)
    assert [(one.was, one.now, one.who) for one in made.steps] == [
        (Status.CLAIMED, Status.STALE, None),
        (Status.STALE, Status.CLAIMED, BEN),
    ]


def test_touching_a_claim_keeps_it_for_another_thirty_days():
    touched = wish(entry(Status.CLAIMED, ANNA), Status.CLAIMED, days=29).entry
    assert touched.since == START
    assert wish(touched, Status.CLAIMED, BEN, days=58).refused is Refusal.HELD


@pytest.mark.parametrize("asked", sorted(ASKED - {Status.WON, Status.DECLINED}))
def test_nobody_writes_to_whom_was_written_to_but_anybody_notes_the_answer(asked):
    found = entry(asked, ANNA)
    for again in (Status.CLAIMED, Status.CONTACTED, Status.NEW, Status.NOT_FOR_US):
        assert wish(found, again, BEN, days=4_000).refused is Refusal.ASKED
    told = wish(found, Status.DECLINED, BEN)
    assert (told.refused, told.entry.status, told.entry.owner) == (None, Status.DECLINED, ANNA)


@pytest.mark.parametrize("ended", [Status.WON, Status.DECLINED])
def test_what_is_won_or_declined_stays_so(ended):
    for wanted in BY_PEOPLE - {ended}:
        assert wish(entry(ended, ANNA), wanted).refused is Refusal.ENDED


@pytest.mark.parametrize(
    ("wanted", "why"), [(Status.WON, Refusal.ONLY_SEEN), (Status.STALE, Refusal.BY_TIME)]
)
def test_what_a_machine_can_tell_nobody_types(wanted, why):
    for status in Status:
        assert wish(entry(status, ANNA), wanted).refused is why


def test_the_claim_of_a_former_colleague_is_free():
    assert wish(entry(Status.CLAIMED, FORMER), Status.CLAIMED, BEN).entry.owner == BEN


def test_whom_nobody_may_contact_is_neither_claimed_nor_written_to():
    for wanted in (Status.CLAIMED, Status.CONTACTED, Status.REPLIED):
        assert wish(entry(), wanted, suppressed=True).refused is Refusal.SUPPRESSED
    for wanted in (Status.NEW, Status.NOT_FOR_US, Status.DECLINED):
        assert wish(entry(), wanted, suppressed=True).refused is None


def test_a_colleague_is_not_offered_what_somebody_holds():
    held = entry(Status.CLAIMED, ANNA)
    assert [may_be_offered(held, one) for one in (ANNA, BEN, None)] == [True, False, True]
    assert may_be_offered(as_of(held, START + timedelta(days=DAYS), DAYS), BEN)
    assert not any(may_be_offered(entry(one)) for one in (*ASKED, Status.NOT_FOR_US))


@dataclass
class Team:
    """Two people, two sites, two domains: what the rules made of all wishes so far."""

    now: datetime = START
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    suppressed: set[str] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)

    def does(self, person: str, site: str, domain: str, what: str, days: float) -> None:
        self.now += timedelta(days=days)
        key = site, domain
        if what == "never contact":
            self.suppressed.add(domain)
        elif what == "lifted":
            self.suppressed.discard(domain)
        else:
            before = self.entries.get(key) or Entry(
                domain, site, domain, Status.NEW, None, START, START
            )
            made = self._made(before, what, person)
            self._holds(before, made)
            self.entries[key] = made.entry if made.steps else before
            if self.entries[key].status in ASKED:
                self.asked.add(key)
        self._nothing_asked_is_offered()

    def _made(self, before: Entry, what: str, person: str) -> Decision:
        if what == "won on the page":
            return seen_won(before, self.now)
        suppressed = before.domain in self.suppressed
        made = decide(
            before,
            Status(what),
            person=person,
            at=self.now,
            claim_days=DAYS,
            suppressed=suppressed,
        )
        held = as_of(before, self.now, DAYS)
        theirs = held.status is Status.CLAIMED and held.owner != person
        assert not (theirs and made.steps), "never two owners"
        wrote = any(one.now is Status.CONTACTED for one in made.steps)
        assert not (wrote and (suppressed or self._was_asked(before))), "nobody is written to again"
        assert all(one.now is not Status.WON for one in made.steps)
        return made

    def _was_asked(self, one: Entry) -> bool:
        return (one.site, one.domain) in self.asked

    def _holds(self, before: Entry, made: Decision) -> None:
        if not made.steps:
            return
        assert made.refused is None
        walked = [before.status, *(one.now for one in made.steps)]
        assert walked[:-1] == [one.was for one in made.steps], "the history has no hole"
        assert walked[-1] is made.entry.status
        times = [one.at for one in made.steps]
        assert times == sorted(times)
        owned = made.entry.owner is not None
        assert owned or made.entry.status in (Status.NEW, Status.WON)

    def _nothing_asked_is_offered(self) -> None:
        later = self.now + timedelta(days=4_000)
        for key in self.asked:
            for at in (self.now, later):
                assert not may_be_offered(as_of(self.entries[key], at, DAYS))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("owner", [ANNA, BEN, FORMER])
def test_a_letter_is_for_whoever_may_write_and_for_nobody_second(status, owner):
    found = entry(status, owner)
    may = may_write(found, ANNA)
    if status in ASKED:
        assert may == (owner == ANNA and status is not Status.DECLINED)
    else:
        refused = wish(found, Status.CONTACTED).refused
        assert may == (refused is None and status is not Status.NOT_FOR_US)


def test_ten_thousand_random_sequences_never_write_twice():
    draw = random.Random(15)  # noqa: S311 - a game, and the same one each time
    for _ in range(10_000):
        team = Team()
        for _ in range(6):
            team.does(
                draw.choice((ANNA, BEN)),
                draw.choice(SITES),
                draw.choice(DOMAINS),
                draw.choice(WISHES),
                draw.choice((0, 0, 1, 12, 31)),
            )


@given(
    st.lists(
        st.tuples(
            st.sampled_from((ANNA, BEN)),
            st.sampled_from(SITES),
            st.sampled_from(DOMAINS),
            st.sampled_from(WISHES),
            st.floats(0, 100),
        ),
        max_size=30,
    )
)
def test_any_sequence_keeps_the_rules(wishes):
    team = Team()
    for one in wishes:
        team.does(*one)
