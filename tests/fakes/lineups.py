"""Questions as they are typed, and the vendors that would answer them."""

from bot import plan
from bot.providers.base import Vendor
from bot.providers.registry import Registry
from bot.question import Defaults, Question, parse


def asked(text: str) -> Question:
    return parse(text, Defaults())


def lineup(text: str, *vendors: Vendor) -> plan.Lineup:
    return plan.lineup(Registry(vendors, ()), asked(text))
