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


def channel(*vendors: Vendor, **values: str) -> ChannelSettings:
    team = TeamSettings(Settings(_env_file=None), Overrides(channels={"C1": values}))
    return ChannelSettings(team, "C1", Registry(vendors, ()))


def test_sample_data_is_expected_where_the_channel_chooses_it():
    assert channel(REAL, SAMPLE, serp="sample").will_invent(QUESTION)
    assert not channel(REAL, SAMPLE).will_invent(QUESTION)
    assert channel(SAMPLE).will_invent(QUESTION)


def test_the_channels_preferred_vendor_answers():
    other = Vendor("moz", "Moz", None, ANSWERS)
    assert channel(REAL, other, via="moz").vendors(QUESTION).main is other


def test_without_a_fitting_vendor_a_question_is_rejected_and_not_marked():
    nobody = channel()
    with pytest.raises(BadQuestion):
        nobody.vendors(QUESTION)
    assert not nobody.will_invent(QUESTION)
