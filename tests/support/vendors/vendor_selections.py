"""Questions as they are typed, and the vendors that would answer them."""

from bot.model.question import Defaults, Question, parse
from bot.planning import steps
from bot.providers.base import Vendor
from bot.providers.registry import Registry


def asked(text: str) -> Question:
    return parse(text, Defaults())


def lineup(text: str, *vendors: Vendor) -> steps.Lineup:
    return steps.lineup(Registry(vendors, ()), asked(text))
