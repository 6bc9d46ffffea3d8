"""A channel's settings decide who answers there, and whether that will be sample data."""

import pytest

from bot.common.errors import BadQuestion
from bot.model.question import Defaults, parse
from bot.providers.base import Capability, Vendor
from bot.providers.registry import Registry
from bot.settings.environment import Settings
from bot.settings.levels import TeamSettings
from bot.settings.overrides import Overrides
from handlers.channel_settings import ChannelSettings

ANSWERS = {Capability.SERP: object(), Capability.REFERRING_DOMAINS: object()}
REAL = Vendor("ahrefs", "Ahrefs", None, ANSWERS)
SAMPLE = Vendor("sample", "Sample", None, ANSWERS, sample=True)
QUESTION = parse("best crm", Defaults())


def channel(*vendors: Vendor, **held: str) -> ChannelSettings:
    team = TeamSettings(Settings(_env_file=None), Overrides(channels={"C1": held}))
    return ChannelSettings(team, "C1", Registry(vendors, ()))


def test_sample_data_is_foreseen_where_the_channel_chooses_it():
    assert channel(REAL, SAMPLE, serp="sample").will_invent(QUESTION)
    assert not channel(REAL, SAMPLE).will_invent(QUESTION)
    assert channel(SAMPLE).will_invent(QUESTION)


def test_who_answers_is_as_the_channel_prefers():
    other = Vendor("moz", "Moz", None, ANSWERS)
    assert channel(REAL, other, via="moz").vendors(QUESTION).main is other


def test_where_nobody_can_answer_the_asker_is_told_and_nothing_is_foreseen():
    nobody = channel()
    with pytest.raises(BadQuestion):
        nobody.vendors(QUESTION)
    assert not nobody.will_invent(QUESTION)
