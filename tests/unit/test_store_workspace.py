"""Teams, sites, channels and reports: everything belongs to one team, and no other sees it."""

import asyncio
import json
import sqlite3
from datetime import timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from support.clock import FakeClock

from bot.store import reports, workspace
from bot.store.connect import Database
from bot.store.workspace import Channel

CLOCK = FakeClock()
NOW = CLOCK.now()


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


def setting(channel: str, team: str = "T1", **values):
    return lambda db: workspace.set_channel(db, team, channel, NOW, **values)


async def test_a_site_is_made_once_however_often_it_is_named(database):
    made = await asyncio.gather(
        *(
            database.run(lambda db: workspace.ensure_site(db, "T1", "ours.example", NOW))
            for _ in range(5)
        )
    )
    assert len({site.id for site in made}) == 1
    assert (made[0].domain, made[0].aliases, made[0].country, made[0].language) == (
        "ours.example",
        (),
        None,
        None,
    )


async def test_aliases_and_market_of_a_site_are_kept(database):
    def describe(db):
        workspace.ensure_site(db, "T1", "ours.example", NOW)
        workspace.set_aliases(
            db, "T1", "ours.example", ("old.example", "b.example", "old.example", "ours.example")
        )
        workspace.set_market(db, "T1", "ours.example", "de", "de")

    await database.run(describe)
    [site] = await database.read(lambda db: workspace.sites(db, "T1"))
    assert site.aliases == ("b.example", "old.example")
    assert (site.country, site.language) == ("de", "de")
    await database.run(lambda db: workspace.set_aliases(db, "T1", "ours.example", ()))
    [site] = await database.read(lambda db: workspace.sites(db, "T1"))
    assert site.aliases == ()


async def test_sites_and_aliases_of_one_team_are_nothing_to_another(database):
    def both(db):
        for team, alias in (("T1", "one.example"), ("T2", "two.example")):
            workspace.ensure_site(db, team, "ours.example", NOW)
            workspace.set_aliases(db, team, "ours.example", (alias,))

    await database.run(both)
    for team, alias in (("T1", ("one.example",)), ("T2", ("two.example",))):
        [site] = await database.read(lambda db, team=team: workspace.sites(db, team))
        assert site.aliases == alias
    assert await database.read(lambda db: workspace.sites(db, "T3")) == []


async def test_a_channel_nobody_set_up_has_nothing_set(database):
    found = await database.read(lambda db: workspace.channel_of(db, "T1", "C1"))
    assert found == Channel("C1", None, None)


async def test_setting_one_thing_of_a_channel_leaves_the_other(database):
    assert await database.run(setting("C1", site="ours.example")) == Channel(
        "C1", "ours.example", None
    )
    assert await database.run(setting("C1", time_zone="Europe/Berlin")) == Channel(
        "C1", "ours.example", "Europe/Berlin"
    )
    assert await database.run(setting("C1", site="new.example")) == Channel(
        "C1", "new.example", "Europe/Berlin"
    )


async def test_a_time_zone_that_does_not_exist_is_refused_and_leaves_nothing(database):
    with pytest.raises(ZoneInfoNotFoundError):
        await database.run(setting("C1", site="ours.example", time_zone="Europe/Atlantis"))
    assert await database.read(lambda db: workspace.sites(db, "T1")) == []


async def test_the_same_channel_name_in_two_teams_is_two_channels(database):
    await database.run(setting("C1", "T1", site="one.example"))
    await database.run(setting("C1", "T2", site="two.example"))
    found = await database.read(lambda db: workspace.channel_of(db, "T1", "C1"))
    assert found.site == "one.example"


async def test_the_file_itself_refuses_a_channel_with_another_teams_site(database):
    site = await database.run(lambda db: workspace.ensure_site(db, "T1", "ours.example", NOW))
    await database.run(setting("C1", "T2"))
    with pytest.raises(sqlite3.IntegrityError):
        await database.run(
            lambda db: db.execute("UPDATE channels SET site_id = ? WHERE team = 'T2'", (site.id,))
        )


def answer(gap: int | None) -> str:
    return json.dumps(
        {
            "keyword": "best crm",
            "market": {"country": "us", "language": "en"},
            "site": "ours.example",
            "verdict": "build_links",
            "need": {"needed": 24, "have": None if gap is None else 24 - gap, "gap": gap},
        }
    )


def saving(run: str, team: str = "T1", channel: str | None = "C1", gap: int = 18, week: int = 0):
    return lambda db: reports.save(
        db,
        run_id=run,
        team=team,
        channel=channel,
        question='{"keyword": "best crm"}',
        report=answer(gap),
        at=NOW + timedelta(weeks=week),
    )


async def loaded(database: Database, run: str, team: str = "T1"):
    return await database.read(lambda db: reports.load(db, run, team))


async def test_a_report_is_returned_to_its_own_team_only(database):
    await database.run(saving("r1"))
    stored = await loaded(database, "r1")
    assert (stored.run_id, stored.channel, stored.taken_at) == ("r1", "C1", NOW)
    assert (stored.question, stored.report) == ('{"keyword": "best crm"}', answer(18))
    assert await loaded(database, "r1", "T2") is None
    assert await loaded(database, "r2") is None


async def test_a_resumed_run_replaces_its_own_report_and_never_another_teams(database):
    await database.run(saving("r1", gap=18))
    await database.run(saving("r1", gap=7))
    await database.run(saving("r1", "T2", gap=3))
    assert (await loaded(database, "r1")).report == answer(7)
    assert (await loaded(database, "r1", "T2")).report == answer(3)


async def test_the_latest_reports_of_a_channel_come_newest_first(database):
    for week, run in enumerate(["r1", "r2", "r3"]):
        await database.run(saving(run, week=week))
    await database.run(saving("other", channel="C2"))
    await database.run(saving("stranger", team="T2"))
    found = await database.read(lambda db: reports.latest(db, "T1", "C1", limit=2))
    assert [stored.run_id for stored in found] == ["r3", "r2"]


async def test_a_report_that_is_no_json_is_refused(database):
    with pytest.raises(sqlite3.DatabaseError):
        await database.run(
            lambda db: reports.save(
                db, run_id="r", team="T1", channel=None, question="{}", report="{", at=NOW
            )
        )


async def test_the_owner_sees_runs_with_their_verdict_and_unknown_stays_unknown(database):
    await database.run(saving("r1", gap=None))
    [row] = await database.read(lambda db: list(db["runs_with_verdict"].rows))
    assert (row["keyword"], row["site"], row["verdict"], row["needed"]) == (
        "best crm",
        "ours.example",
        "build_links",
        24,
    )
    assert (row["have"], row["gap"], row["units"]) == (None, None, None)
