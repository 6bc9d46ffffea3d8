"""Environment < team < site < channel: which value applies, and which values are rejected."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock

from bot.common.errors import BadSetting
from bot.model.tracking import Moment
from bot.providers.base import Capability, NotConfigured, Vendor
from bot.providers.registry import Registry
from bot.settings import levels
from bot.settings.catalogue import BY_NAME, SETTINGS, Level
from bot.settings.environment import Settings
from bot.settings.levels import TeamSettings
from bot.settings.overrides import TEAM, Overrides, Place, overrides_of, save
from bot.store import workspace
from bot.store.connect import Database

BASE = Settings(_env_file=None)
REGISTRY = Registry(
    (Vendor("ahrefs", "Ahrefs", None, {Capability.SERP: object()}), Vendor("moz", "Moz", None, {})),
    (NotConfigured("serper", "Serper", ("LINKGAP_SERPER_API_KEY",), ()),),
)
SITE, CHANNEL = Place.site("ours.example"), Place(Level.CHANNEL, "C1")
CLOCK = FakeClock()

# A value of each kind of setting, as the form or the command line gives it.
VALUES = {
    "site": ["ours.example", "other.example"],
    "country": ["us", "de", "gb"],
    "lang": ["en", "de"],
    "digest_day": ["mon", "sun"],
    "digest_hour": ["6", "9", "22"],
    "time_zone": ["UTC", "Europe/Berlin", "Asia/Kolkata"],
    "quiet": ["yes", "no"],
    "alerts": ["none", "won", "won,lost_strong"],
    "window": ["1", "4", "12"],
    "level": ["both", "page", "site"],
    "authority_floor": ["0", "20", "100"],
    "claim_days": ["1", "30", "365"],
    "reminders": ["yes", "no"],
    "reminder_days": ["7", "7,14"],
    "keep_contacts_days": ["1", "365"],
    "letter_name": ["Ana Berger"],
    "letter_firm": ["Ledgerly"],
    "letter_address": ["1 Example Street, Berlin"],
    "letter": ["Subject: Hello {{ their_site }}"],
    "overruled": ["none", "intent", "intent,trust"],
    "via": ["ahrefs", "moz,ahrefs"],
    "serp": ["ahrefs"],
    "compare_indexes": ["yes", "no"],
    "run_cap": ["0", "200"],
    "list_budget": ["0", "750"],
    "shortlist": ["1", "200"],
    "confirm_over": ["1000", "$0.50"],
    "cap_person_day_usd": ["0", "2.50"],
    "cap_site_month_usd": ["20"],
    "cap_channel_month_usd": ["5"],
    "cap_vendor_month": ["ahrefs=500,moz=$2"],
    "prices": ["ahrefs=0.0002"],
    "allow_unpriced": ["yes", "no"],
    "other_workspaces": ["yes", "no"],
    "blocklist": ["spam.example", "bad.example,worse.example"],
    "aliases": ["old.example,a.example"],
}


def levels_of(level: Level) -> st.SearchStrategy[dict[str, str]]:
    """Generate any values that may be set at a level."""
    names = [one.name for one in SETTINGS if level in one.levels and one.name != "aliases"]
    return st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(VALUES[name]) for name in names}
    )


def test_every_setting_has_examples_here_and_a_field_or_a_table():
    assert VALUES.keys() == BY_NAME.keys()
    assert BY_NAME.keys() - Settings.model_fields.keys() == {"aliases"}


@given(levels_of(Level.TEAM), levels_of(Level.SITE), levels_of(Level.CHANNEL))
def test_the_nearest_level_that_says_something_holds(team, site, channel):
    found = levels.effective(BASE, team, site, channel)
    for name in BY_NAME.keys() - {"aliases", "blocklist"}:
        said = [values[name] for values in (channel, site, team) if name in values]
        expected = said[0] if said else levels.as_text(getattr(BASE, name))
        assert levels.as_text(getattr(found, name)) == expected


@given(levels_of(Level.TEAM), levels_of(Level.SITE), levels_of(Level.CHANNEL))
def test_a_domain_blocked_at_any_level_stays_blocked(team, site, channel):
    base = BASE.model_copy(update={"blocklist": "always.example"})
    found = levels.effective(base, team, site, channel)
    lists = [values.get("blocklist", "") for values in (team, site, channel)]
    said = {name for text in lists for name in text.split(",") if name}
    assert found.blocked == said | {"always.example"}


@given(levels_of(Level.TEAM), levels_of(Level.SITE), levels_of(Level.CHANNEL))
def test_each_value_is_shown_with_its_level(team, site, channel):
    overrides = Overrides(team, {"ours.example": site}, {"C1": channel})
    base = BASE.model_copy(update={"site": "ours.example"})
    told = {
        one.setting.name: one for one in TeamSettings(base, overrides).explain("ours.example", "C1")
    }
    found = TeamSettings(base, overrides).at("ours.example", "C1")
    assert told.keys() == BY_NAME.keys()
    for name in BY_NAME.keys() - {"aliases"}:
        holders = [
            level
            for level, values in (("channel", channel), ("site", site), ("team", team))
            if name in values
        ]
        assert told[name].level == (holders[0] if holders else "environment")
        assert told[name].value == levels.as_text(getattr(found, name))


@pytest.mark.parametrize("name", VALUES)
def test_an_accepted_value_is_accepted_again_as_stored(name):
    place = {Level.TEAM: TEAM, Level.SITE: SITE, Level.CHANNEL: CHANNEL}[BY_NAME[name].levels[0]]
    for text in VALUES[name]:
        once = levels.checked(BASE, place, {name: text}, REGISTRY.names)
        assert levels.checked(BASE, place, once, REGISTRY.names) == once


def test_texts_are_kept_in_one_form():
    values = {
        "blocklist": "https://www.Spam.example/x\n BÜCHER.de,  blogspot.com spam.example",
        "time_zone": " europe/berlin ",
        "country": "UK",
        "via": "Moz, ahrefs",
        "quiet": "on",
        "overruled": "Trust",
        "cap_person_day_usd": "$2.50",
        "run_cap": "",
    }
    assert levels.checked(BASE, TEAM, values, REGISTRY.names) == {
        "blocklist": "spam.example,xn--bcher-kva.de,blogspot.com",
        "time_zone": "Europe/Berlin",
        "country": "gb",
        "via": "moz,ahrefs",
        "quiet": "yes",
        "overruled": "trust",
        "cap_person_day_usd": "2.50",
        "run_cap": None,
    }


FAULTS = [
    (TEAM, "digest_hour", "5", "5 is too little: 6 is the least."),
    (TEAM, "digest_hour", "noon", "“noon” is not a whole number."),
    (TEAM, "window", "13", "13 is too much: 12 is the most."),
    (TEAM, "digest_day", "someday", "“someday” is not one of 'mon', 'tue'"),
    (TEAM, "level", "pages", "“pages” is not one of 'both', 'page' or 'site'."),
    (TEAM, "quiet", "perhaps", "“perhaps” is neither yes nor no."),
    (
        TEAM,
        "time_zone",
        "Berlin",
        "“Berlin” is not a time zone; write it like Europe/Berlin or UTC.",
    ),
    (TEAM, "time_zone", "../etc/passwd", "is not a time zone"),
    (TEAM, "country", "zz", "I do not know the country “zz”."),
    (TEAM, "site", "127.0.0.1", "127.0.0.1 is an IP address."),
    (TEAM, "blocklist", "a.example, nothing", "“nothing” is not a domain"),
    (TEAM, "blocklist", "co.uk", "“co.uk” is not a domain"),
    (
        TEAM,
        "overruled",
        "intent, links",
        "“links” is not a known check; choose from intent, trust, or none.",
    ),
    (TEAM, "alerts", "everything", "“everything” is not a known alert; choose from entered_top3,"),
    (TEAM, "run_cap", "-1", "-1 is too little: 0 is the least."),
    (TEAM, "run_cap", "9" * 40, "is too much"),
    (TEAM, "cap_person_day_usd", "much", "“much” is not an amount in dollars."),
    (TEAM, "cap_person_day_usd", "NaN", "“NaN” is not an amount in dollars."),
    (TEAM, "confirm_over", "0.5", "“0.5” is no whole number of units; money is written $0.50."),
    (TEAM, "prices", "ahrefs", "“ahrefs” is not of the form vendor=amount."),
    (TEAM, "prices", "bing=1", "No installed vendor is called bing: choose from ahrefs, moz,"),
    (TEAM, "via", "serper", "No connected vendor is called serper: choose from ahrefs, moz."),
    (TEAM, "serp", "moz", "No connected search vendor is called moz: choose from ahrefs."),
    (TEAM, "aliases", "a.example", "It can be set for a site, not for a team."),
    (SITE, "aliases", "a.example, 10.0.0.1", "“10.0.0.1” is not a domain"),
    (CHANNEL, "cap_person_day_usd", "1", "It can be set for a team, not for a channel."),
    (TEAM, "owners", "U1", "No setting has that name; choose from site, aliases,"),
    (TEAM, "contry", "de", "No setting has that name; the nearest is country."),
    (TEAM, "db", "other.db", "No setting has that name"),
    (TEAM, "blocklist", "a.example," * 20_000, "200,000 characters; 100,000 is the most."),
]


@pytest.mark.parametrize(("place", "name", "text", "sentence"), FAULTS)
def test_a_fault_is_a_plain_sentence(place, name, text, sentence):
    with pytest.raises(BadSetting) as refused:
        levels.checked(BASE, place, {name: text}, REGISTRY.names)
    (told,) = refused.value.faults.values()
    assert sentence in told
    assert told.endswith(".")


def test_all_errors_are_reported_together_by_name():
    with pytest.raises(BadSetting) as refused:
        levels.checked(BASE, TEAM, {"level": "x", "quiet": "yes", "window": "0"}, REGISTRY.names)
    assert refused.value.faults.keys() == {"level", "window"}


def test_a_site_is_named_by_its_domain():
    assert Place.site("https://www.Ours.example/x") == SITE
    with pytest.raises(BadSetting, match="is not a site"):
        Place.site("ours")


def test_a_value_that_is_not_taken_any_more_leaves_the_level_above(caplog):
    found = levels.effective(BASE, {"window": "3"}, {}, {"window": "99", "gone": "1"})
    assert found.window == 3
    assert "window" in caplog.text


def test_the_environments_settings_are_never_changed():
    before = BASE.model_dump()
    levels.effective(BASE, {"window": "3", "blocklist": "a.example"})
    assert BASE.model_dump() == before


def test_a_shared_list_is_read_once_for_all_keywords():
    found = levels.effective(BASE, {"alerts": "none", "overruled": "none"})
    assert (found.alert_moments, found.overruled_gates) == (frozenset(), frozenset())
    assert BASE.alert_moments == {Moment.WON}
    assert levels.effective(BASE, {"via": "moz,ahrefs"}).vendor_order == ("moz", "ahrefs")


def test_the_preferred_vendors_come_first_and_strangers_change_nothing():
    assert [one.name for one in REGISTRY.preferring(("moz", "gone")).vendors] == ["moz", "ahrefs"]
    assert REGISTRY.preferring(()) == REGISTRY


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(tmp_path / "linkgap.db", CLOCK)
    yield database
    await database.close()


async def keep(database: Database, place: Place, team: str = "T1", **values: str) -> None:
    taken = levels.checked(BASE, place, values, REGISTRY.names)
    at = CLOCK.now()
    await database.run(lambda db: save(db, team, place, taken, by="U1", at=at))


async def settings_of(database: Database, team: str = "T1") -> TeamSettings:
    return await database.read(lambda db: levels.read(db, BASE, team))


async def read(
    database: Database, team: str = "T1", site: str | None = None, channel: str | None = None
) -> Settings:
    return (await settings_of(database, team)).at(site, channel)


async def test_what_is_saved_holds_at_its_level_and_below(database):
    await keep(database, TEAM, window="6", level="page", cap_person_day_usd="2")
    await keep(database, SITE, window="8", country="de")
    await keep(database, CHANNEL, window="10")
    assert (await read(database)).window == 6
    at_site = await read(database, site="ours.example")
    assert (at_site.window, at_site.country, at_site.level) == (8, "de", "page")
    both = await read(database, site="ours.example", channel="C1")
    assert (both.window, both.cap_person_day_usd) == (10, Decimal(2))
    assert (await read(database, site="other.example", channel="C2")).window == 6


async def test_an_empty_value_lets_the_level_above_hold_again(database):
    await keep(database, TEAM, window="6")
    await keep(database, CHANNEL, window="10", site="ours.example", time_zone="Asia/Tokyo")
    await keep(database, SITE, country="de", lang="de", aliases="old.example")
    await keep(database, CHANNEL, window="", site="", time_zone="")
    await keep(database, SITE, country="", aliases="")
    found = await read(database, site="ours.example", channel="C1")
    assert (found.window, found.site, found.time_zone) == (6, None, "UTC")
    assert (found.country, found.lang) == ("us", "de")
    assert (await settings_of(database)).own_domains("ours.example") == {"ours.example"}


async def test_sites_and_channels_stand_in_their_own_tables(database):
    await keep(database, SITE, aliases="old.example, ours.example", country="de", lang="de")
    await keep(database, CHANNEL, site="ours.example", time_zone="europe/berlin")
    (site,) = await database.read(lambda db: workspace.sites(db, "T1"))
    assert (site.aliases, site.country, site.language) == (("old.example",), "de", "de")
    channel = await database.read(lambda db: workspace.channel_of(db, "T1", "C1"))
    assert (channel.site, channel.time_zone) == ("ours.example", "Europe/Berlin")


async def test_a_channels_default_site_brings_its_own_settings(database):
    await keep(database, SITE, country="de", authority_floor="30")
    await keep(database, CHANNEL, site="ours.example")
    found = (await settings_of(database)).in_channel("C1")
    assert (found.site, found.country, found.authority_floor) == ("ours.example", "de", 30)


async def test_nothing_of_one_team_holds_for_another(database):
    for place in (TEAM, SITE, CHANNEL):
        await keep(database, place, window="7", blocklist="spam.example")
    await keep(database, CHANNEL, site="ours.example", time_zone="Asia/Tokyo")
    await keep(database, SITE, country="de")
    theirs = await database.read(lambda db: overrides_of(db, "T2"))
    assert theirs == Overrides()
    assert await read(database, "T2", site="ours.example", channel="C1") == BASE


async def test_two_people_who_change_different_things_both_get_them(database):
    await asyncio.gather(keep(database, CHANNEL, window="7"), keep(database, CHANNEL, quiet="yes"))
    found = await read(database, channel="C1")
    assert (found.window, found.quiet) == (7, True)
