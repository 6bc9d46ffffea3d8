"""`/gap settings`: a form for a channel, a client or everything; the next `/gap` obeys it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.reports import EXAMPLE

from bot.model.links import Market
from bot.render.notes import Button
from bot.settings.catalogue import BY_NAME, Group, Level
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


async def opened(
    bot: Bot, place: str | None = None, *, user="ana", channel="seo", page: str = ""
) -> View:
    """Open the settings as `/gap settings` does, and choose the place and the page."""
    room = bot.playground.workspace
    who = room.user(user).id
    await open_settings(
        bot.services,
        team=room.team_id,
        channel=room.channel(channel).id,
        user=who,
        trigger_id=room.triggers.issue(who),
        response_url=None,
        page=page,
    )
    if place is not None:
        await bot.playground.click(user, bot.playground.modal(user), "settings_place", place)
        await bot.settle()
    return bot.playground.modal(user)


async def pages(bot: Bot, place: str | None = None, *, user="ana") -> dict[str, View]:
    """Return all pages of the form for a place."""
    view = await opened(bot, place, user=user)
    menus = [one for one in view.body["blocks"] if one["block_id"].startswith("page@")]
    names = [label_of(one) for menu in menus for one in menu["accessory"]["options"]]
    return {name: replace(await turned(bot, name, user=user)) for name in names} or {"": view}


async def saved(bot: Bot, place: str, *, user="ana", channel="seo", **filled: object) -> None:
    """Fill in the form and submit it; it must be accepted."""
    await opened(bot, place, user=user, channel=channel)
    await sent(bot, user=user, **filled)
    with pytest.raises(SlackError):
        bot.playground.modal(user)


async def sent(bot: Bot, *, user="ana", **filled: object) -> dict[str, str]:
    """Fill in the open form, page by page, and submit it; return the errors by setting."""
    rest = dict(filled)
    while rest:
        here = {name: text for name, text in rest.items() if name in blocks(bot, user)}
        rest = {name: text for name, text in rest.items() if name not in here}
        if not rest:
            return await submitted(bot, user, **here)
        name = next(iter(rest))
        await turned(bot, BY_NAME[name].group, user=user, **here)
        assert name in blocks(bot, user)
    return await submitted(bot, user)


async def submitted(bot: Bot, user: str = "ana", **filled: object) -> dict[str, str]:
    view, ids = bot.playground.modal(user), blocks(bot, user)
    await bot.playground.submit_view(user, {ids[name]: text for name, text in filled.items()})
    await bot.settle()
    return {name.partition("@")[0]: fault for name, fault in view.errors.items()}


async def turned(bot: Bot, page: str, *, user="ana", **filled: object) -> View:
    """Fill in fields of the page on screen, and choose another page."""
    ids = blocks(bot, user)
    await bot.playground.click(
        user,
        bot.playground.modal(user),
        "settings_page",
        page,
        filled={ids[name]: text for name, text in filled.items()},
    )
    await bot.settle()
    return bot.playground.modal(user)


def blocks(bot: Bot, user: str = "ana") -> dict[str, str]:
    view = bot.playground.modal(user)
    return {one["block_id"].partition("@")[0]: one["block_id"] for one in view.body["blocks"]}


def fields(view: View) -> dict[str, dict]:
    return {
        block["block_id"].partition("@")[0]: block
        for block in view.body["blocks"]
        if block["type"] == "input"
    }


def all_fields(views: dict[str, View]) -> dict[str, dict]:
    return {name: field for view in views.values() for name, field in fields(view).items()}


def told(view: View) -> str:
    return str([block for block in view.body["blocks"] if block["type"] == "section"])


async def kept(bot: Bot, team: str | None = None) -> dict[tuple[str, str], str]:
    team = team or bot.playground.workspace.team_id
    rows = await bot.database.read(lambda db: preferences.of_team(db, team))
    return {(row.level, row.name): row.value for row in rows}


# Opening


async def test_the_form_opens_for_this_channel_with_what_holds_in_words(bot):
    every = all_fields(await pages(bot))
    hints = {name: block["hint"]["text"] for name, block in every.items()}
    assert hints["site"].endswith("Empty: own.com.")
    assert hints["run_cap"].endswith("Empty: each vendor's own.")
    assert hints["alerts"].endswith("Nothing ticked: Won a link.")
    day = every["digest_day"]["element"]
    assert label_of(day["options"][0]) == "Inherited: Monday"
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
    found = await pages(bot, place)
    names = all_fields(found).keys()
    assert there <= names
    assert not_there.isdisjoint(names)
    assert sum(len(fields(page)) for page in found.values()) == len(names)


async def test_no_page_has_more_fields_than_are_seen_without_scrolling_for_long(bot):
    for place in (Level.CHANNEL, Level.TEAM, "new"):
        assert all(1 <= len(fields(page)) <= 7 for page in (await pages(bot, place)).values())


# Pages


async def test_what_was_typed_on_several_pages_is_saved_together(bot):
    await opened(bot, Level.TEAM, page=Group.PROSPECTS)
    await turned(bot, Group.DIGEST, level="page", blocklist="a.com\nb.com")
    view = await turned(bot, Group.CAPS, window="6", alerts=["won", "lost_strong"])
    assert "level" not in fields(view)
    assert await submitted(bot, cap_person_day_usd="5") == {}
    assert await kept(bot) == {
        ("team", "level"): "page",
        ("team", "blocklist"): "a.com,b.com",
        ("team", "window"): "6",
        ("team", "alerts"): "won,lost_strong",
        ("team", "cap_person_day_usd"): "5",
    }


async def test_a_page_that_is_turned_back_to_shows_what_was_typed(bot):
    await opened(bot, Level.TEAM, page=Group.DIGEST)
    await turned(bot, Group.PROSPECTS, window="6", digest_day="tue", alerts=["none"])
    back = fields(await turned(bot, Group.DIGEST))
    assert back["window"]["element"]["initial_value"] == "6"
    assert label_of(back["digest_day"]["element"]["initial_option"]) == "Tuesday"
    assert [label_of(one) for one in back["alerts"]["element"]["initial_options"]] == [
        "None of these"
    ]
    assert await submitted(bot, window="", digest_day="-", alerts=[]) == {}
    assert await kept(bot) == {}


async def test_pages_that_were_only_looked_at_leave_every_value_inherited(bot):
    await pages(bot, Level.TEAM)
    assert await submitted(bot) == {}
    assert await kept(bot) == {}


async def test_an_error_on_another_page_opens_that_page_and_loses_nothing(bot):
    await opened(bot, Level.TEAM, page=Group.DIGEST)
    await turned(bot, Group.PROSPECTS, window="99")
    before = blocks(bot)
    assert await submitted(bot, level="page") == {}
    view = bot.playground.modal("ana")
    assert "Weeks averaged: 99 is too much: 12 is the most." in str(view.body)
    menu = next(one for one in view.body["blocks"] if one["block_id"].startswith("page@"))
    assert menu["accessory"]["initial_option"]["value"] == Group.DIGEST
    assert menu["block_id"] != before["page"]  # or Slack would go on showing the page left
    assert fields(view)["window"]["element"]["initial_value"] == "99"
    assert await submitted(bot, window="9") == {}
    assert await kept(bot) == {("team", "window"): "9", ("team", "level"): "page"}


async def test_somebody_elses_change_is_noticed_from_another_page_too(bot):
    await opened(bot, Level.TEAM, page=Group.DIGEST)
    await turned(bot, Group.PROSPECTS, window="8")
    await opened(bot, Level.TEAM, user="ben", page=Group.DIGEST)
    await submitted(bot, "ben", window="6")
    await submitted(bot, level="page")
    assert "Somebody set it to “6” meanwhile." in str(bot.playground.modal("ana").body)
    assert await kept(bot) == {("team", "window"): "6"}


async def test_what_is_too_long_to_keep_is_to_be_saved_first(bot):
    await opened(bot, Level.TEAM, page=Group.PROSPECTS)
    many = "\n".join(f"blocked-{n:04}.com" for n in range(160))
    view = await turned(bot, Group.DIGEST, blocklist=many)
    assert "Save first: what you typed is too long to keep" in str(view.body)
    assert await submitted(bot, blocklist=many) == {}
    assert (await kept(bot))["team", "blocklist"].count(",") == 159


async def test_another_place_begins_anew_on_the_same_page(bot):
    await opened(bot, Level.TEAM, page=Group.DIGEST)
    await bot.playground.click(
        "ana", bot.playground.modal("ana"), "settings_place", Level.CHANNEL, filled={}
    )
    await bot.settle()
    assert "digest_day" in fields(bot.playground.modal("ana"))


@pytest.mark.parametrize(
    ("said", "code"),
    [("germany", "de"), ("Deutschland", "de"), ("New Zealand", "nz"), ("AT", "at")],
)
async def test_a_country_is_taken_by_name_or_code(bot, said, code):
    await saved(bot, Level.TEAM, country=said, lang="german")
    assert await kept(bot) == {("team", "country"): code, ("team", "lang"): "de"}
    await opened(bot, Level.TEAM)
    faults = await sent(bot, country="Atlantis", lang="klingon")
    assert faults["country"].startswith("I do not know the country “Atlantis”.")
    assert faults["lang"].startswith("I do not know the language “klingon”.")


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
    assert "Saved for this channel. Digest time: 10:00. Time zone: Europe/Berlin." in words(said)
    assert len(bot.seen("ben")) == 1


async def test_a_channel_gets_the_time_zone_of_the_person_who_set_it_up(bot):
    digest = fields(await opened(bot, user="mei", page=Group.DIGEST))
    assert digest["time_zone"]["element"]["initial_value"] == "Asia/Tokyo"
    await sent(bot, user="mei", digest_hour="10")
    room = bot.playground.workspace
    channel = await bot.database.read(
        lambda db: workspace.channel_of(db, room.team_id, room.channel("seo").id)
    )
    assert channel.time_zone == "Asia/Tokyo"
    again = fields(await opened(bot, user="ben", page=Group.DIGEST))["time_zone"]["element"]
    assert again["initial_value"] == "Asia/Tokyo"


async def test_every_error_is_shown_below_its_field_and_nothing_is_saved(bot):
    await opened(bot, Level.CHANNEL)
    faults = await sent(bot, site="127.0.0.1")
    assert faults["site"].startswith("127.0.0.1 is an IP address. Name the site by its domain:")
    await sent(bot, site="")
    await opened(bot, Level.CHANNEL, page=Group.DIGEST)
    faults = await sent(bot, window="99", time_zone="Berlin", quiet="yes")
    assert {name: fault.split(":")[0] for name, fault in faults.items()} == {
        "window": "99 is too much",
        "time_zone": "“Berlin” is not a time zone; write it like Europe/Berlin or UTC.",
    }
    await opened(bot, Level.CHANNEL, page=Group.PROSPECTS)
    faults = await sent(bot, blocklist="a.com, b", level="page")
    assert faults == {"blocklist": "“b” is not a domain; write it like example.com."}
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
    await opened(bot, Level.TEAM, user="ana", page=Group.DIGEST)
    await opened(bot, Level.TEAM, user="ben", page=Group.DIGEST)
    assert await sent(bot, user="ana", window="6") == {}
    faults = await sent(bot, user="ben", window="8", quiet="yes")
    assert faults == {"window": "Somebody set it to “6” meanwhile. Open the settings again."}
    assert await kept(bot) == {("team", "window"): "6"}


async def test_another_team_sees_nothing_of_it(bot):
    await saved(bot, Level.TEAM, window="6", blocklist="secret.com")
    await saved(bot, "new", domain="client.com", country="at")
    bot.playground.workspace.team_id = "T2"
    views = {page: replace(await opened(bot, page=page)) for page in Group}
    assert "secret.com" not in str(views)
    assert "client.com" not in str(views)
    assert "initial_value" not in all_fields(views)["window"]["element"]
    await bot.gap("crm")
    assert (await bot.settings_in()).window == 4


# Money


async def test_a_non_admin_sees_money_settings_and_who_may_change_them(bot):
    views = await pages(bot, Level.TEAM, user="ben")
    assert {"run_cap", "prices", "via", "compare_indexes"}.isdisjoint(all_fields(views))
    answer = views[Group.ANSWER]
    assert "Cap per answer: each vendor's own" in told(answer)
    assert "Only workspace admins may change this." in told(answer)
    assert "level" in all_fields(views)


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
        view = await opened(bot, Level.TEAM, user="mei", page=Group.CAPS)
        assert f"Only workspace admins and <@{ben}> may change this." in told(view)


@pytest.mark.parametrize("name", ["run_cap", "list_budget", "purse"])
async def test_a_forged_form_does_not_change_money(bot, name):
    view = await opened(bot, Level.TEAM, user="ben", page=Group.DIGEST)
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
    view = await opened(bot, Level.TEAM, page=Group.ANSWER)
    [field] = [one for one in view.body["blocks"] if one["block_id"].startswith("list_budget@")]
    field["block_id"] = block_id("purse", Level.TEAM)
    assert await sent(bot, purse="500") == {}
    assert await kept(bot) == {("team", "list_budget"): "500"}


async def test_a_person_who_is_no_longer_admin_at_submission_is_rejected(bot):
    await opened(bot, Level.TEAM, page=Group.ANSWER)
    bot.playground.workspace.user("ana").is_admin = False
    assert (await sent(bot, run_cap="500"))["run_cap"].startswith("Only workspace admins")
    assert await kept(bot) == {}


async def test_where_slack_does_not_say_who_somebody_is_money_stays_as_it_is(bot):
    bot.app.scopes = frozenset(bot.app.scopes) - {"users:read"}
    view = await opened(bot, Level.TEAM, page=Group.ANSWER)
    assert "run_cap" not in fields(view)
    assert "reinstall" in told(view)
    assert await sent(bot, window="6") == {}


async def test_a_slow_user_lookup_does_not_delay_the_form(bot, monkeypatch):
    monkeypatch.setattr(people, "PATIENCE_S", 0.05)
    bot.playground.stall(1, after=False)
    view = await opened(bot, page=Group.ANSWER)
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
    assert "prices" in fields(await turned(bot, Group.CAPS))
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
    view = await opened(bot, Level.TEAM, page=Group.PROSPECTS)
    assert "Blocked domains: 300 domains" in told(view)
    await sent(bot, window="6")
    assert (await kept(bot))["team", "blocklist"] == many


async def test_another_processs_change_takes_effect_within_half_a_minute(bot):
    bot.analysis.report = replace(EXAMPLE, prospects=())  # reading pages takes time of its own
    await bot.gap("one")
    team, at = bot.playground.workspace.team_id, bot.clock.now()
    row = preferences.Preference("team", "", "window", "7", None, at)
    await bot.database.run(lambda db: preferences.keep(db, team, row))
    await bot.gap("two")
    assert (await bot.settings_in()).window == 4
    bot.clock.advance(30)
    await bot.gap("three")
    assert (await bot.settings_in()).window == 7
