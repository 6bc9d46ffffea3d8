"""`/gap settings`: a form for a channel, a client or everything; the next `/gap` obeys it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words

from bot.model.links import Market
from bot.render.notes import Button
from bot.settings.catalogue import Level
from bot.settings.overrides import TEAM, Place
from bot.store import preferences, workspace
from handlers import private_notes
from handlers.settings.form import open_settings
from handlers.settings.page import block_id
from handlers.slack import people
from playground.errors import SlackError
from playground.inputs import label_of
from playground.model import View


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path, site="own.com") as it:
        it.join("seo")
        yield it


async def opened(bot: Bot, place: str | None = None, *, user="ana", channel="seo") -> View:
    """Open the settings as `/gap settings` does, and choose the place."""
    room = bot.playground.workspace
    who = room.user(user).id
    await open_settings(
        bot.services,
        team=room.team_id,
        channel=room.channel(channel).id,
        user=who,
        trigger_id=room.triggers.issue(who),
        response_url=None,
    )
    if place is not None:
        await bot.playground.click(user, bot.playground.modal(user), "settings_place", place)
        await bot.settle()
    return bot.playground.modal(user)


async def saved(bot: Bot, place: str, *, user="ana", channel="seo", **filled: object) -> None:
    """Fill in the form and submit it; it must be accepted."""
    await opened(bot, place, user=user, channel=channel)
    await sent(bot, user=user, **filled)
    with pytest.raises(SlackError):
        bot.playground.modal(user)


async def sent(bot: Bot, *, user="ana", **filled: object) -> dict[str, str]:
    """Submit the open form; return the errors by setting."""
    view = bot.playground.modal(user)
    names = {b["block_id"].partition("@")[0]: b["block_id"] for b in view.body["blocks"]}
    await bot.playground.submit_view(user, {names[name]: text for name, text in filled.items()})
    await bot.settle()
    return {name.partition("@")[0]: fault for name, fault in view.errors.items()}


def fields(view: View) -> dict[str, dict]:
    return {
        block["block_id"].partition("@")[0]: block
        for block in view.body["blocks"]
        if block["type"] == "input"
    }


def told(view: View) -> str:
    return str([block for block in view.body["blocks"] if block["type"] == "section"])


async def kept(bot: Bot, team: str | None = None) -> dict[tuple[str, str], str]:
    team = team or bot.playground.workspace.team_id
    rows = await bot.database.read(lambda db: preferences.of_team(db, team))
    return {(row.level, row.name): row.value for row in rows}


# Opening


async def test_the_form_opens_for_this_channel_with_what_holds_in_words(bot):
    view = await opened(bot)
    hints = {name: block["hint"]["text"] for name, block in fields(view).items()}
    assert hints["site"].endswith("Empty: own.com.")
    assert hints["run_cap"].endswith("Empty: each vendor's own.")
    assert hints["alerts"].endswith("Nothing ticked: A link was won.")
    day = fields(view)["digest_day"]["element"]
    assert label_of(day["options"][0]) == "As above: Monday"
    assert day["initial_option"] == day["options"][0]


@pytest.mark.parametrize(
    ("place", "there", "not_there"),
    [
        (Level.CHANNEL, {"site", "digest_hour", "cap_channel_month_usd"}, {"aliases", "prices"}),
        (Level.TEAM, {"site", "country", "prices", "blocklist"}, {"aliases"}),
        ("new", {"domain", "aliases", "country", "lang"}, {"run_cap", "digest_day"}),
    ],
)
async def test_each_place_has_the_fields_that_are_set_there(bot, place, there, not_there):
    names = fields(await opened(bot, place)).keys()
    assert there <= names
    assert not_there.isdisjoint(names)


async def test_a_form_that_slack_does_not_open_breaks_nothing(bot):
    bot.playground.fail_next("views.open", "expired_trigger_id")
    room = bot.playground.workspace
    await open_settings(
        bot.services,
        team=room.team_id,
        channel=room.channel("seo").id,
        user=room.user("ana").id,
        trigger_id="1.2.3",
        response_url=None,
    )
    assert bot.seen() == []


# Saving


async def test_the_next_gap_obeys_what_was_saved(bot):
    await bot.gap("before")
    await saved(bot, "new", domain="https://www.client.com/", country="at", lang="de")
    await saved(bot, Level.CHANNEL, site="client.com", level="page", window="6")
    await bot.gap("after")
    assert [(one.site, one.market) for one in bot.analysis.asked] == [
        ("own.com", Market("us", "en")),
        ("client.com", Market("at", "de")),
    ]
    here = await bot.settings_in()
    assert (here.level, here.window) == ("page", 6)


async def test_a_named_client_brings_its_own_market(bot):
    await saved(bot, "new", domain="client.com", country="at", lang="de")
    await bot.gap("crm site:client.com")
    await bot.gap("crm site:client.com in:ch")
    await bot.gap("crm site:stranger.com")
    assert [one.market for one in bot.analysis.asked] == [
        Market("at", "de"),
        Market("ch", "de"),
        Market("us", "en"),
    ]


async def test_the_channel_wins_over_the_client_and_the_client_over_everything(bot):
    await saved(bot, "new", domain="own.com")
    await saved(bot, Level.TEAM, authority_floor="10", blocklist="a.com\nb.com")
    await saved(bot, "site:own.com", authority_floor="20", blocklist="c.com")
    await bot.gap("one")
    assert (await bot.settings_in()).authority_floor == 20
    assert (await bot.settings_in()).blocked == {"a.com", "b.com", "c.com"}
    await saved(bot, Level.CHANNEL, authority_floor="30")
    await bot.gap("two")
    assert (await bot.settings_in()).authority_floor == 30
    await bot.gap("three", channel="marketing")
    assert (await bot.settings_in("marketing")).authority_floor == 20


async def test_an_emptied_field_and_as_above_let_the_level_above_hold_again(bot):
    await saved(bot, Level.TEAM, window="6", level="site")
    await saved(bot, Level.CHANNEL, window="8", level="page", overruled=["intent"])
    await saved(bot, Level.CHANNEL, window="", level="-", overruled=[])
    await bot.gap("crm")
    here = await bot.settings_in()
    assert (here.window, here.level, here.overruled_gates) == (6, "site", frozenset())


async def test_none_of_these_differs_from_nothing_ticked(bot):
    await saved(bot, Level.TEAM, alerts=["won", "lost_strong"])
    await saved(bot, Level.CHANNEL, alerts=["none"])
    await bot.gap("crm")
    assert (await bot.settings_in()).alert_moments == frozenset()


async def test_a_button_opens_the_form_and_what_was_saved_is_told_privately(bot):
    note = private_notes.note("Here:", buttons=(Button("Settings", "open_settings", "x"),))
    await bot.services.slack_api.post(bot.playground.workspace.channel("seo").id, note)
    await bot.click(bot.by_bot()[0], "open_settings")
    assert await sent(bot, digest_hour="10") == {}
    _, said = bot.seen()
    assert "Saved for this channel. Hour: 10. Time zone: Europe/Berlin." in words(said)
    assert len(bot.seen("ben")) == 1


async def test_a_channel_gets_the_time_zone_of_the_person_who_set_it_up(bot):
    assert fields(await opened(bot, user="mei"))["time_zone"]["element"]["initial_value"] == (
        "Asia/Tokyo"
    )
    await sent(bot, user="mei", digest_hour="10")
    room = bot.playground.workspace
    channel = await bot.database.read(
        lambda db: workspace.channel_of(db, room.team_id, room.channel("seo").id)
    )
    assert channel.time_zone == "Asia/Tokyo"
    again = fields(await opened(bot, user="ben"))["time_zone"]["element"]
    assert again["initial_value"] == "Asia/Tokyo"


async def test_every_error_is_shown_below_its_field_and_nothing_is_saved(bot):
    await opened(bot, Level.CHANNEL)
    faults = await sent(
        bot, site="127.0.0.1", window="99", time_zone="Berlin", blocklist="a.com, b", level="page"
    )
    assert {name: fault.split(":")[0] for name, fault in faults.items()} == {
        "site": "127.0.0.1 is an IP address. Name the site by its domain",
        "window": "99 is too much",
        "time_zone": "“Berlin” is no time zone; name it like Europe/Berlin or UTC.",
        "blocklist": "“b” is not a domain; name it like example.com.",
    }
    assert await kept(bot) == {}


async def test_a_client_needs_a_domain(bot):
    await opened(bot, "new")
    faults = await sent(bot, domain="client", aliases="old.com")
    assert "is not a site" in faults["domain"]
    assert await kept(bot) == {}


async def test_a_form_that_is_sent_as_it_was_changes_nothing(bot):
    await saved(bot, Level.TEAM, window="6", blocklist="a.com, b.com", alerts=["won"])
    before = await kept(bot)
    await saved(bot, Level.TEAM)
    assert await kept(bot) == before


# Two people, two teams


async def test_two_people_who_change_different_things_both_get_them(bot):
    await opened(bot, Level.TEAM, user="ana")
    await opened(bot, Level.TEAM, user="ben")
    results = await asyncio.gather(
        sent(bot, user="ana", window="6"), sent(bot, user="ben", level="page")
    )
    assert results == [{}, {}]
    assert await kept(bot) == {("team", "window"): "6", ("team", "level"): "page"}


async def test_the_second_person_to_change_a_field_gets_an_error(bot):
    await opened(bot, Level.TEAM, user="ana")
    await opened(bot, Level.TEAM, user="ben")
    assert await sent(bot, user="ana", window="6") == {}
    faults = await sent(bot, user="ben", window="8", level="page")
    assert faults == {"window": "Somebody set it to “6” meanwhile. Open the settings again."}
    assert await kept(bot) == {("team", "window"): "6"}


async def test_another_team_sees_nothing_of_it(bot):
    await saved(bot, Level.TEAM, window="6", blocklist="secret.com")
    await saved(bot, "new", domain="client.com", country="at")
    bot.playground.workspace.team_id = "T2"
    view = await opened(bot, Level.TEAM)
    assert "secret.com" not in str(view.body)
    assert "client.com" not in str(view.body)
    assert "initial_value" not in fields(view)["window"]["element"]
    await bot.gap("crm")
    assert (await bot.settings_in()).window == 4


# Money


async def test_a_non_admin_sees_money_settings_and_who_may_change_them(bot):
    view = await opened(bot, Level.TEAM, user="ben")
    assert {"run_cap", "prices", "via", "compare_indexes"}.isdisjoint(fields(view))
    assert "Cap of an answer: each vendor's own" in told(view)
    assert "Only workspace admins may change this." in told(view)
    assert "level" in fields(view)


async def test_an_admin_changes_money(bot):
    await saved(bot, Level.TEAM, run_cap="500", via="dataforseo,ahrefs")
    assert await kept(bot) == {
        ("team", "run_cap"): "500",
        ("team", "via"): "dataforseo,ahrefs",
    }


async def test_an_owner_by_name_changes_money_and_is_named_to_others(tmp_path):
    async with gap_bot(tmp_path, site="own.com") as bot:
        ben = bot.playground.workspace.user("ben").id
        bot.settings.owners = ben
        await saved(bot, Level.TEAM, user="ben", run_cap="500")
        assert await kept(bot) == {("team", "run_cap"): "500"}
        view = await opened(bot, Level.TEAM, user="mei")
        assert f"Only workspace admins and <@{ben}> may change this." in told(view)


@pytest.mark.parametrize("name", ["run_cap", "list_budget", "purse"])
async def test_a_forged_form_does_not_change_money(bot, name):
    view = await opened(bot, Level.TEAM, user="ben")
    forged = {
        "type": "input",
        "block_id": block_id(name, Level.TEAM),
        "optional": True,
        "label": {"type": "plain_text", "text": "Cap"},
        "element": {"type": "plain_text_input", "action_id": "value"},
    }
    view.body["blocks"].append(forged)
    faults = await sent(bot, user="ben", window="6", **{name: "999999"})
    assert list(faults.values()) == ["Only workspace admins may change this."]
    assert await kept(bot) == {}


async def test_a_form_that_was_open_over_an_update_saves_under_the_new_name(bot):
    view = await opened(bot, Level.TEAM)
    [field] = [one for one in view.body["blocks"] if one["block_id"].startswith("list_budget@")]
    field["block_id"] = block_id("purse", Level.TEAM)
    assert await sent(bot, purse="500") == {}
    assert await kept(bot) == {("team", "list_budget"): "500"}


async def test_a_person_who_is_no_longer_admin_at_submission_is_rejected(bot):
    await opened(bot, Level.TEAM)
    bot.playground.workspace.user("ana").is_admin = False
    assert (await sent(bot, run_cap="500"))["run_cap"].startswith("Only workspace admins")
    assert await kept(bot) == {}


async def test_where_slack_does_not_say_who_somebody_is_money_stays_as_it_is(bot):
    bot.app.scopes = frozenset(bot.app.scopes) - {"users:read"}
    view = await opened(bot, Level.TEAM)
    assert "run_cap" not in fields(view)
    assert "reinstall" in told(view)
    assert await sent(bot, window="6") == {}


async def test_a_slow_user_lookup_does_not_delay_the_form(bot, monkeypatch):
    monkeypatch.setattr(people, "PATIENCE_S", 0.05)
    bot.playground.stall(1, after=False)
    view = await opened(bot)
    bot.playground.released.set()
    assert "run_cap" not in fields(view)
    assert "Slack took too long to say who you are." in told(view)


async def test_where_there_is_no_channel_the_form_opens_for_everything(bot):
    room = bot.playground.workspace
    ana = room.user("ana").id
    await open_settings(
        bot.services,
        team=room.team_id,
        channel="",
        user=ana,
        trigger_id=room.triggers.issue(ana),
        response_url=None,
    )
    assert "prices" in fields(bot.playground.modal("ana"))
    assert await sent(bot, window="6") == {}
    assert await kept(bot) == {("team", "window"): "6"}


async def test_thirty_clients_are_all_in_the_menu(bot):
    for number in range(30):
        place = Place.site(f"client-{number:02}.com")
        await bot.services.channels.save(bot.playground.workspace.team_id, place, {}, "U1")
    view = await opened(bot, "site:client-29.com")
    menu = view.body["blocks"][0]["accessory"]
    assert len(menu["options"]) == 3 + 30
    assert menu["initial_option"]["value"] == "site:client-29.com"
    await sent(bot, aliases="old.com new.com", window="6")
    team = bot.playground.workspace.team_id
    overrides = await bot.services.channels.overrides(team)
    assert overrides.sites["client-29.com"] == {"aliases": "new.com,old.com", "window": "6"}


async def test_a_blocklist_too_long_for_a_form_is_shown_as_text_and_kept(bot):
    many = ",".join(f"blocked-{n:04}.com" for n in range(300))
    await bot.services.channels.save(
        bot.playground.workspace.team_id, TEAM, {"blocklist": many}, "U1"
    )
    view = await opened(bot, Level.TEAM)
    assert "Blocklist: 300 domains" in told(view)
    await sent(bot, window="6")
    assert (await kept(bot))["team", "blocklist"] == many


async def test_another_processs_change_takes_effect_within_half_a_minute(bot):
    await bot.gap("one")
    team, at = bot.playground.workspace.team_id, bot.clock.now()
    row = preferences.Preference("team", "", "window", "7", None, at)
    await bot.database.run(lambda db: preferences.keep(db, team, row))
    await bot.gap("two")
    assert (await bot.settings_in()).window == 4
    bot.clock.advance(30)
    await bot.gap("three")
    assert (await bot.settings_in()).window == 7
