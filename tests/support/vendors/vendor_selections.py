"""Questions as typed, and the vendors that would answer them."""

from bot.model.question import Defaults, Question, parse
from bot.planning.vendors import VendorSelection, select_vendors
from bot.providers.base import Vendor
from bot.providers.registry import Registry


def asked(text: str) -> Question:
    return parse(text, Defaults())


def chosen_vendors(text: str, *vendors: Vendor) -> VendorSelection:
    return select_vendors(Registry(vendors, ()), asked(text))
