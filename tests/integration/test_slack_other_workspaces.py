"""People of other workspaces ask only where they may, with our caps, and have no rights here."""

import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from fakes.slack.gap_bot import Bot, gap_bot
from fakes.slack.knocking import FORM, Knock, signed

from bot.settings.catalogue import Level
from bot.settings.overrides import Place
from bot.wiring import http_app
from handlers.slack.people import ask_slack
from handlers.slack.refusals import SlackRefused

THEIRS = "T0THEIRS"
JSON = b"application/json"


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        yield it


async def deliver(bot: Bot, body: bytes, kind: bytes = FORM) -> Knock:
    knock = signed(body, secret=bot.app.signing_secret, at=time.time(), kind=kind)
    await knock.at(http_app(bot.services))
    await bot.settle()
    return knock


def words_of(knock: Knock) -> str:
    return b"".join(message.get("body", b"") for message in knock.said).decode()


def ids(bot: Bot) -> tuple[str, str, str]:
    workspace = bot.playground.workspace
    return workspace.team_id, workspace.channel("seo").id, workspace.user("ana").id


def command(bot: Bot, text: str = "best crm", team: str = THEIRS) -> bytes:
    _, channel, user = ids(bot)
    return urlencode(
        {
            "command": "/gap",
            "text": text,
            "team_id": team,
            "channel_id": channel,
            "user_id": user,
            "trigger_id": f"{text}.{team}",
            "response_url": f"{bot.playground.url}/response/1",
        }
    ).encode()


def mention(bot: Bot, *, installed: str | None = None, **event: str) -> bytes:
    ours, channel, user = ids(bot)
    return json.dumps(
        {
            "type": "event_callback",
            "team_id": THEIRS,  # the owner of the shared channel
            "is_ext_shared_channel": True,
            "authorizations": [{"team_id": installed or ours, "user_id": bot.app.bot_user}],
            "event_id": f"Ev{sorted(event.items())}",
            "event": {
                "type": "app_mention",
                "channel": channel,
                "user": user,
                "ts": "1.1",
                "text": f"<@{bot.app.bot_user}> best crm",
                **event,
            },
        }
    ).encode()


def form(bot: Bot, *, installed: str, home: str) -> bytes:
    _, channel, user = ids(bot)
    kept = {"channel": channel, "response_url": f"{bot.playground.url}/response/1"}
    payload = {
        "type": "view_submission",
        "team": {"id": home},
        "user": {"id": user, "team_id": home},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "gap_form",
            "app_installed_team_id": installed,
            "private_metadata": json.dumps(kept),
            "blocks": [{"type": "input", "block_id": "keyword", "element": {}}],
            "state": {"values": {"keyword": {"value": {"value": "best crm"}}}},
        },
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


async def allow(bot: Bot) -> None:
    team, channel, user = ids(bot)
    place = Place(Level.CHANNEL, channel)
    await bot.services.channels.save(team, place, {"other_workspaces": "yes"}, user)


async def teams(bot: Bot) -> list[str]:
    """Return the team of each job that somebody asked for; reading prospects follows by itself."""
    return await bot.database.read(
        lambda db: [one["team"] for one in db["jobs"].rows if one["kind"] != "read_prospects"]
    )


async def test_a_command_of_another_workspace_is_refused_and_spends_nothing(bot):
    knock = await deliver(bot, command(bot))
    assert knock.status == 200
    assert "people of its own workspace only" in words_of(knock)
    assert (await teams(bot), bot.analysis.asked) == ([], [])


@pytest.mark.parametrize("who", [{"user_team": THEIRS}, {"team": THEIRS}, {}])
async def test_a_mention_of_another_workspaces_person_is_refused_in_private(bot, who):
    await deliver(bot, mention(bot, **who), JSON)
    assert "people of its own workspace only" in bot.seen()[-1].text
    assert bot.seen()[-1].only_for is not None
    assert await teams(bot) == []


async def test_a_form_and_a_press_of_another_workspaces_person_are_refused(bot):
    ours, *_ = ids(bot)
    said = await deliver(bot, form(bot, installed=ours, home=THEIRS))
    assert "people of its own workspace only" in json.loads(words_of(said))["errors"]["keyword"]
    await bot.gap("best crm")
    bot.playground.workspace.team_id = THEIRS
    await bot.click(bot.by_bot()[0], "Run again")
    assert "people of its own workspace only" in bot.seen()[-1].text
    assert await teams(bot) == [ours]


async def test_where_the_owner_allows_it_they_ask_and_our_team_pays(bot):
    ours, *_ = ids(bot)
    await allow(bot)
    assert words_of(await deliver(bot, command(bot))) == ""
    await deliver(bot, mention(bot, user_team=THEIRS), JSON)
    await deliver(bot, form(bot, installed=ours, home=THEIRS))
    assert await teams(bot) == [ours] * 3


async def test_our_own_person_asks_in_a_channel_that_another_workspace_owns(bot):
    ours, *_ = ids(bot)
    await deliver(bot, mention(bot, team=ours), JSON)
    assert await teams(bot) == [ours]


async def test_even_where_they_may_ask_they_change_no_settings(bot):
    await allow(bot)
    said = await deliver(bot, command(bot, "settings"))
    assert "Settings belong to the workspace" in words_of(said)
    assert "views.open" not in bot.methods()


@pytest.mark.parametrize("home", ["stranger", "team", "ours"])
async def test_an_admin_of_another_workspace_has_no_rights_here(bot, home):
    ours, _, user = ids(bot)
    said = {
        "is_admin": True,
        "team_id": THEIRS if home == "team" else ours,
        "is_stranger": home == "stranger",
    }

    async def about(_user: str) -> dict[str, object]:
        return said

    bot.services.slack_api.about = about
    settings = bot.settings.model_copy(update={"owners": user})
    person = await ask_slack(bot.services.slack_api, user)
    assert person.may_change_money(settings) == (home == "ours")


async def test_what_is_for_another_installation_is_refused(bot):
    await allow(bot)
    await deliver(bot, mention(bot, installed=THEIRS, user_team=THEIRS), JSON)
    said = await deliver(bot, form(bot, installed=THEIRS, home=THEIRS))
    assert "not installed in that workspace" in words_of(said)
    assert await teams(bot) == []


async def test_no_acknowledgement_asks_slack_who_we_are(bot):
    before = len(bot.playground.calls)
    await bot.playground.slash("ana", "seo", "/gap", "help")
    assert bot.playground.calls[before:] == []


async def test_until_slack_has_said_who_we_are_nobody_waits_and_nobody_is_served(bot):
    ours, *_ = ids(bot)
    bot.services.slack_api.installed = None
    said = await deliver(bot, command(bot, team=ours))
    assert "I have only just started" in words_of(said)
    assert (await deliver(bot, mention(bot, team=ours), JSON)).status == 503, "Slack sends it again"
    assert await teams(bot) == []
    await bot.services.slack_api.introduce()
    await deliver(bot, mention(bot, team=ours), JSON)
    assert await teams(bot) == [ours]


async def test_slack_is_asked_until_it_says_who_we_are(bot, monkeypatch):
    tries = 0
    bot.services.slack_api.installed = None
    check = bot.services.slack_api.check

    async def sometimes() -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise SlackRefused("fatal_error")
        await check()

    monkeypatch.setattr(bot.services.slack_api, "check", sometimes)
    await bot.services.slack_api.introduce()
    assert bot.services.slack_api.installed.team == ids(bot)[0]
