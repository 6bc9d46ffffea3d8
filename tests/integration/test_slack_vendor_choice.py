"""Where admins have chosen the vendors, `via:` and `serp:` of everybody else keep to them."""

from types import SimpleNamespace

import pytest
from fakes.slack.gap_bot import gap_bot, words
from support.clock import FakeClock

from bot.model.links import Market
from bot.model.question import Question
from bot.providers.base import Capability, Vendor
from bot.providers.local.sample import build
from bot.providers.registry import Registry
from bot.settings.environment import Settings
from bot.settings.levels import TeamSettings
from handlers.channel_settings import ChannelSettings
from handlers.request import Place
from handlers.slack.refusals import SlackRefused
from handlers.vendor_choice import refusal

INDEX = {Capability.REFERRING_DOMAINS: object(), Capability.SERP: object()}
VENDORS = tuple(Vendor(name, name.title(), None, INDEX) for name in ("ahrefs", "moz", "dear"))
HERE = Place("T1", "C1", "U1")


class Slack:
    """Says whether the asker is an admin, and counts how often it is asked."""

    def __init__(self, *, is_admin: bool | None) -> None:
        self.is_admin, self.asked = is_admin, 0
        self.installed = None

    async def about(self, _user: str) -> dict[str, object]:
        self.asked += 1
        if self.is_admin is None:
            raise SlackRefused("ratelimited")
        return {"is_admin": self.is_admin}


async def told(slack: Slack, *, via: str = "", serp: str | None = None) -> str | None:
    """Return what somebody is told who names these vendors; None: the question is taken."""
    base = Settings(_env_file=None)
    sample = build(base, FakeClock())
    here = ChannelSettings(TeamSettings(base), "C1", Registry((*VENDORS, sample), ()))

    async def of(_team, _channel):
        return here

    services = SimpleNamespace(channels=SimpleNamespace(of=of), slack_api=slack, settings=base)
    named = tuple(filter(None, via.split(",")))
    question = Question("best crm", Market("us", "en"), "own.com", via=named, serp=serp)
    note = await refusal(services, HERE, (question,))
    return note and note.text


@pytest.mark.parametrize(
    ("named", "settings"),
    [
        ({"via": "dear"}, {}),
        ({"via": "ahrefs,moz", "serp": "dear"}, {}),
        ({"via": "moz"}, {"LINKGAP_VIA": "ahrefs,moz"}),
        ({"via": "moz,ahrefs"}, {"LINKGAP_VIA": "ahrefs,moz"}),
        ({"via": "sample"}, {"LINKGAP_VIA": "ahrefs"}),
        ({"serp": "dear"}, {"LINKGAP_VIA": "ahrefs", "LINKGAP_SERP": "dear"}),
        ({"via": "ahrefs,moz"}, {"LINKGAP_COMPARE_INDEXES": "yes"}),
        ({"via": "moz"}, {"LINKGAP_COMPARE_INDEXES": "no"}),
    ],
)
async def test_what_no_admin_has_settled_and_what_they_named_is_anybodys(
    named, settings, monkeypatch
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    slack = Slack(is_admin=False)
    assert await told(slack, **named) is None
    assert slack.asked == 0


@pytest.mark.parametrize(
    ("named", "settings", "fault"),
    [
        ({"via": "dear"}, {"LINKGAP_VIA": "ahrefs"}, "`via:dear`"),
        ({"via": "ahrefs,dear"}, {"LINKGAP_VIA": "ahrefs,moz"}, "`via:dear`"),
        ({"serp": "dear"}, {"LINKGAP_SERP": "moz"}, "`serp:dear`"),
        ({"serp": "dear"}, {"LINKGAP_VIA": "ahrefs"}, "`serp:dear`"),
        ({"via": "ahrefs,moz"}, {"LINKGAP_COMPARE_INDEXES": "no"}, "`via:ahrefs,moz` side by side"),
    ],
)
async def test_what_goes_beyond_it_is_for_admins(named, settings, fault, monkeypatch):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert await told(Slack(is_admin=True), **named) is None
    refused = await told(Slack(is_admin=False), **named)
    assert f"{fault}: which vendors are asked here is set by admins" in refused
    assert "Nothing was spent." in refused
    unknown = await told(Slack(is_admin=None), **named)
    assert "Slack asked LinkGap to slow down" in unknown
    monkeypatch.setenv("LINKGAP_OWNERS", HERE.user)
    assert await told(Slack(is_admin=False), **named) is None


@pytest.mark.parametrize(
    "text", ["best crm via:scripted", "track best crm site:own.com via:scripted"]
)
async def test_a_command_that_names_a_vendor_beyond_is_refused_and_an_admins_is_taken(
    tmp_path, text
):
    async with gap_bot(tmp_path, via="ahrefs", site="own.com") as bot:
        bot.join("seo")
        await bot.gap(text, user="ben")
        assert "`via:scripted`: which vendors are asked here is set by admins" in words(
            bot.seen("ben")[-1]
        )
        assert bot.by_bot() == []
        await bot.gap(text, user="ana")
        assert bot.by_bot() != []


async def test_an_admins_question_is_not_asked_again_by_somebody_else(tmp_path):
    async with gap_bot(tmp_path, via="ahrefs", site="own.com") as bot:
        bot.join("seo")
        await bot.gap("best crm via:scripted", user="ana")
        await bot.click(bot.by_bot()[0], "Run again", user="ben")
        assert len(bot.analysis.asked) == 1
        await bot.click(bot.by_bot()[0], "Run again", user="ana")
        assert len(bot.analysis.asked) == 2
