"""The outreach board: each change in one transaction, whoever else clicks or whatever dies."""

import random
import sqlite3
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from support import outreach_process
from support.clock import FakeClock
from support.sweep import tried

from bot.common.errors import BadQuestion, ConfigError
from bot.model.links import LinkKind
from bot.model.outreach import (
    ASKED,
    By,
    Event,
    Method,
    Refusal,
    Status,
    Verification,
    Verified,
    Whom,
)
from bot.outreach import rules
from bot.outreach.board import Board, NotAnOwner
from bot.settings import overrides
from bot.settings.environment import Settings, load
from bot.store import workspace
from bot.store.connect import Database

SITE, BLOG = "ours.example", "blog.example"
WHOM = Whom("T1", SITE, BLOG)
ANNA, BEN, OWNER = "U0ANNA", "U0BEN", "U0WNER"
SETTINGS = load(Settings, env_file=None).model_copy(update={"owners": OWNER})


def by(person: str = ANNA, click: str | None = None) -> By:
    return By(person, "slack", click)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def database(tmp_path, clock):
    opened = await Database.open(tmp_path / "linkgap.db", clock)
    yield opened
    await opened.close()


@pytest.fixture
def board(database, clock):
    return Board(database, clock, SETTINGS)


async def statuses(board: Board, whom: Whom = WHOM) -> list[tuple[str | None, str | None]]:
    lines = await board.history(whom)
    return [(one.was, one.now) for one in lines if one.event is Event.STATUS]


async def test_two_claims_in_the_same_moment_make_one_owner_and_the_other_is_told(board, tmp_path):
    told = outreach_process.claim_together(tmp_path / "linkgap.db", (ANNA, BEN))
    [mine] = [one for one in told if one.changed]
    [other] = [one for one in told if one.refused is Refusal.HELD]
    assert mine.entry.owner == other.entry.owner
    assert await statuses(board) == [("new", "claimed")]


async def test_a_click_killed_at_any_statement_and_made_again_counts_once(clock, tmp_path):
    path, every = tmp_path / "linkgap.db", len(tried(range(3)))
    await (await Database.open(path, clock)).close()
    for at in count(1, 4 - every):
        whom, click = replace(WHOM, domain=f"d{at}.example"), by(click=f"c{at}")
        died = outreach_process.click_and_die(path, whom, click, at)
        database = await Database.open(path, clock)
        board = Board(database, clock, SETTINGS)
        await board.change(whom, Status.CLAIMED, click)
        again = await board.change(whom, Status.CLAIMED, click)
        assert (again.entry.owner, again.repeated, again.changed) == (ANNA, True, False)
        assert await statuses(board, whom) == [("new", "claimed")], at
        await database.close()
        if not died:
            break
    assert at > 5, "it was killed within its transaction"


async def test_a_click_that_comes_twice_changes_nothing_the_second_time(board):
    first = await board.change(WHOM, Status.CLAIMED, by(click="7"))
    await board.change(WHOM, Status.NEW, by(click="8"))
    second = await board.change(WHOM, Status.CLAIMED, by(click="7"))
    assert (first.changed, second.changed, second.repeated) == (True, False, True)
    assert second.entry.status is Status.NEW


async def test_one_domain_in_two_spellings_is_one(board):
    await board.change(WHOM, Status.CONTACTED, by())
    odd = Whom("T1", "WWW.Ours.example.", "https://News.BLOG.example/page")
    assert (await board.change(odd, Status.CLAIMED, by(BEN))).refused is Refusal.ASKED
    assert await board.history(odd) == await board.history(WHOM)


async def test_one_click_may_claim_several(board):
    for name in ("a.example", "b.example"):
        outcome = await board.change(Whom("T1", SITE, name), Status.CLAIMED, by(click="7"))
        assert outcome.changed


async def test_another_client_of_the_team_is_a_warning_and_no_block(board):
    await board.change(WHOM, Status.CLAIMED, by())
    other = await board.change(replace(WHOM, site="other.example"), Status.CLAIMED, by(BEN))
    assert (other.changed, other.elsewhere, other.entry.owner) == (True, True, BEN)
    stranger = await board.change(replace(WHOM, team="T2"), Status.CLAIMED, by(BEN))
    assert not stranger.elsewhere


async def test_a_claim_for_another_client_that_is_over_is_no_warning(board, clock):
    await board.change(WHOM, Status.CLAIMED, by())
    clock.advance(31 * 86_400)
    other = await board.change(replace(WHOM, site="other.example"), Status.CLAIMED, by(BEN))
    assert not other.elsewhere


async def test_the_days_of_a_claim_are_the_clients_setting(board, clock, database):
    place = overrides.Place.site(SITE)
    await database.run(
        lambda db: overrides.save(db, "T1", place, {"claim_days": "5"}, by="U1", at=clock.now())
    )
    await board.change(WHOM, Status.CLAIMED, by())
    clock.advance(5 * 86_400)
    outcome = await board.change(WHOM, Status.CLAIMED, by(BEN))
    assert (outcome.entry.owner, outcome.refused) == (BEN, None)
    assert await statuses(board) == [
        ("new", "claimed"),
        ("claimed", "stale"),
        ("stale", "claimed"),
    ]


async def test_an_alias_of_a_client_is_the_same_client(board, database, clock):
    def alias(db) -> None:
        workspace.ensure_site(db, "T1", SITE, clock.now())
        workspace.set_aliases(db, "T1", SITE, ("old.example",))

    await database.run(alias)
    await board.change(WHOM, Status.CONTACTED, by())
    again = await board.change(replace(WHOM, site="old.example"), Status.CLAIMED, by(BEN))
    assert (again.refused, again.entry.owner) == (Refusal.ASKED, ANNA)


@pytest.mark.parametrize("first", ["old.example", SITE])
async def test_what_was_done_for_a_domain_holds_once_it_is_an_alias_of_a_client(
    board, database, clock, first
):
    other = SITE if first == "old.example" else "old.example"
    asked = await board.change(replace(WHOM, site=first), Status.CONTACTED, by())
    await board.annotate(replace(WHOM, site=first), by(), note="Met at the fair")
    clock.advance(60)
    await board.change(replace(WHOM, site=other), Status.CLAIMED, by(BEN))
    await board.change(
        replace(WHOM, site="old.example", domain="two.example"), Status.CLAIMED, by()
    )

    def alias(db) -> None:
        workspace.ensure_site(db, "T1", SITE, clock.now())
        workspace.set_aliases(db, "T1", SITE, ("old.example",))

    for _ in range(2):  # saved again, it changes nothing
        await database.run(alias)
    again = await board.change(WHOM, Status.CLAIMED, by(BEN))
    assert (again.refused, again.entry.owner) == (Refusal.ASKED, ANNA)
    assert (again.entry.id, again.entry.note) == (asked.entry.id, "Met at the fair")
    assert (await board.withheld("T1", SITE)).is_withheld(BLOG)
    assert [one.entry.domain for one in await board.entries("T1")] == [BLOG, "two.example"]
    told = [(one.event, one.now, one.who) for one in await board.history(WHOM)]
    assert told == [
        (Event.STATUS, "contacted", ANNA),
        (Event.NOTE, None, ANNA),
        (Event.STATUS, "claimed", BEN),
    ]


async def test_what_one_team_did_is_nothing_to_another(board):
    mine = await board.change(WHOM, Status.CONTACTED, by())
    await board.suppress("T1", "never.example", by())
    assert await board.change_by_id("T2", mine.entry.id, Status.DECLINED, by(BEN)) is None
    assert await board.entry("T2", mine.entry.id) is None
    assert await board.entries("T2") == ()
    assert await board.history(replace(WHOM, team="T2")) == []
    assert not (await board.withheld("T2", SITE)).domains
    assert (await board.change(replace(WHOM, team="T2"), Status.CLAIMED, by(BEN))).changed


async def test_a_live_link_makes_it_won_and_a_lost_one_is_told_beside_it(board, clock):
    entry = (await board.change(WHOM, Status.CONTACTED, by())).entry
    live = Verification(
        Verified.LIVE, clock.now(), "https://blog.example/a", LinkKind.FOLLOW, "ours"
    )
    won = await board.verified("T1", entry.id, live)
    assert (won.status, won.verification) == (Status.WON, live)
    unread = replace(live, state=Verified.UNREADABLE, at=clock.now() + timedelta(days=7))
    kept = await board.verified("T1", entry.id, unread)
    assert (kept.status, kept.verification) == (Status.WON, unread)
    told = [(one.event, one.now, one.who) for one in await board.history(WHOM)]
    assert told[-3:] == [
        (Event.VERIFIED, "live", None),
        (Event.STATUS, "won", None),
        (Event.VERIFIED, "could_not_read", None),
    ]


async def test_what_could_not_be_read_wins_nothing(board, clock):
    entry = (await board.change(WHOM, Status.CONTACTED, by())).entry
    seen = Verification(Verified.UNREADABLE, clock.now())
    assert (await board.verified("T1", entry.id, seen)).status is Status.CONTACTED


async def test_a_note_and_a_method_are_kept_and_the_history_says_who_wrote_them(board):
    await board.annotate(WHOM, by(), note=" Ask Kim. ", method=Method.EXCHANGE)
    await board.annotate(WHOM, by(BEN), method=Method.EXCHANGE)
    [found] = await board.entries("T1", site=SITE)
    assert (found.entry.note, found.entry.method) == ("Ask Kim.", Method.EXCHANGE)
    told = [(one.event, one.was, one.now, one.who) for one in await board.history(WHOM)]
    assert told == [
        (Event.NOTE, None, None, ANNA),
        (Event.METHOD, None, "exchange", ANNA),
    ]


async def test_opening_a_mail_keeps_a_claim_and_says_nothing_about_contact(board, clock):
    await board.change(WHOM, Status.CLAIMED, by())
    clock.advance(29 * 86_400)
    await board.opened(WHOM, by())
    clock.advance(29 * 86_400)
    outcome = await board.change(WHOM, Status.CLAIMED, by(BEN))
    assert (outcome.refused, outcome.entry.contacted_at) == (Refusal.HELD, None)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Never.Example.", "never.example"),
        ("https://www.blog.never.example/page?x=1", "never.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("https://kim@never.example/@anna.example", "never.example"),
        ("mailto:Kim+links@Mail.Never.Example.?subject=x", "kim@mail.never.example"),
    ],
)
async def test_never_contact_is_kept_folded(board, written, kept):
    assert await board.suppress("T1", written, by(), reason="They said no.")
    assert not await board.suppress("T1", kept, by(BEN))
    [found] = await board.suppressed("T1")
    assert (found.what, found.by, found.reason) == (kept, ANNA, "They said no.")


@pytest.mark.parametrize(
    "word", ["", "com", "co.uk", "127.0.0.1", "@", "a b@c.example", "x", "x/@a.example"]
)
async def test_what_names_nobody_cannot_be_put_on_the_list(board, word):
    with pytest.raises(BadQuestion, match="neither a domain nor an e-mail"):
        await board.suppress("T1", word, by())


async def test_a_suppressed_domain_holds_for_all_below_it_and_its_addresses(board):
    for what in ("blogspot.com", "never.example", "kim@some.example"):
        await board.suppress("T1", what, by())
    withheld = await board.withheld("T1", SITE)
    for domain in ("kim.blogspot.com", "blogspot.com", "never.example"):
        assert withheld.is_withheld(domain)
        assert domain in withheld.among({domain, "fine.example"})
    for domain in ("some.example", "notnever.example", "spot.com"):
        assert not withheld.is_withheld(domain)
    assert withheld.may_write_to("info@some.example")
    for address in ("Kim+x@some.example", "kim@SOME.example.", "a@mail.never.example", "nobody"):
        assert not withheld.may_write_to(address)


async def test_the_other_domains_of_a_client_are_suppressed_with_it(board, database, clock):
    def alias(db) -> None:
        workspace.ensure_site(db, "T1", SITE, clock.now())
        workspace.set_aliases(db, "T1", SITE, ("old.example",))

    await database.run(alias)
    await board.suppress("T1", "old.example", by())
    assert (await board.withheld("T1", "else.example")).is_withheld(SITE)


async def test_only_a_named_owner_lifts_it_and_the_reason_is_kept(board):
    await board.suppress("T1", "never.example", by())
    with pytest.raises(NotAnOwner, match="LINKGAP_OWNERS"):
        await board.lift("T1", "never.example", by(ANNA), reason="because")
    with pytest.raises(BadQuestion, match="reason"):
        await board.lift("T1", "never.example", by(OWNER), reason=" ")
    assert (await board.withheld("T1", SITE)).is_withheld("never.example")
    assert await board.lift("T1", "Never.example", by(OWNER), reason="They asked us to.")
    assert not await board.lift("T1", "never.example", by(OWNER), reason="Again.")
    assert not (await board.withheld("T1", SITE)).is_withheld("never.example")
    lines = await board.history(Whom("T1", SITE, "never.example"))
    told = [(one.event, one.who, one.now) for one in lines]
    assert told == [
        (Event.SUPPRESSED, ANNA, None),
        (Event.LIFTED, OWNER, "They asked us to."),
    ]


async def test_the_history_is_never_edited(board, database):
    await board.change(WHOM, Status.CLAIMED, by())
    for change in ({"at": "2000"}, {"domain": "x"}, {"event": "note"}):
        with pytest.raises(sqlite3.IntegrityError, match="never edited"):
            await database.run(lambda db, change=change: db["outreach_history"].update(1, change))


async def test_the_stored_board_agrees_with_the_rules_however_people_click(board, clock):
    draw = random.Random(7)  # noqa: S311 - a game, and the same one each time
    asked: set[tuple[str, str]] = set()
    never: set[str] = set()
    for number in range(300):
        clock.advance(draw.choice((0, 3_600, 5 * 86_400, 31 * 86_400)))
        site, domain = draw.choice((SITE, "two.example")), draw.choice((BLOG, "news.example"))
        person, wanted = draw.choice((ANNA, BEN)), draw.choice(tuple(Status))
        if number % 50 == 20:
            await board.suppress("T1", domain, by(person))
            never.add(domain)
        if number % 50 == 30:
            await board.lift("T1", domain, by(OWNER), reason="they asked")
            never.discard(domain)
        held = [one.entry for one in await board.entries("T1", site=site)]
        before = next((one for one in held if one.domain == domain), None)
        outcome = await board.change(Whom("T1", site, domain), wanted, by(person, str(number)))
        if before is not None:
            expected = rules.decide(
                before, wanted, person=person, at=clock.now(), claim_days=SETTINGS.claim_days
            )
            assert (outcome.entry, outcome.refused) == (expected.entry, expected.refused)
        if outcome.entry.status in ASKED:
            asked.add((site, domain))
        shown = {one.entry.domain for one in await board.entries("T1")}
        assert not never & shown
        offered = {one.entry.domain for one in await board.offered("T1", site)}
        assert not {name for place, name in asked if place == site} & offered
    for site in (SITE, "two.example"):
        for domain in (BLOG, "news.example"):
            walked = await statuses(board, Whom("T1", site, domain))
            assert [one for _, one in walked[:-1]] == [was for was, _ in walked[1:]]
    assert len(asked) == 4


@pytest.mark.parametrize("text", ["0", "366", "7,x", "1,2,3,4,5", ",", "-7"])
def test_days_of_reminders_that_cannot_be_are_refused_with_an_example(monkeypatch, text):
    monkeypatch.setenv("LINKGAP_REMINDER_DAYS", text)
    with pytest.raises(ConfigError, match="write whole numbers of 1 to 365 like 7,14, 4 at most"):
        load(Settings, env_file=None)


def test_reminders_come_in_order_and_not_at_all_where_they_are_off(monkeypatch):
    assert SETTINGS.reminded_after == (7, 14)
    monkeypatch.setenv("LINKGAP_REMINDER_DAYS", "30 7")
    assert load(Settings, env_file=None).reminded_after == (7, 30)
    monkeypatch.setenv("LINKGAP_REMINDERS", "no")
    assert load(Settings, env_file=None).reminded_after == ()
