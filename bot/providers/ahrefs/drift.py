"""Ahrefs: the free calls that show whether its contract still holds.

Its own site is a free test target for every key of a paid plan; a list of one row is asked for.
"""

from dataclasses import replace

from bot.model.links import Scope, Target
from bot.providers.ahrefs.api import Api
from bot.providers.ahrefs.counts import Allowance, LimitsBody
from bot.providers.ahrefs.links import RefdomainsBody, ReferringDomains
from bot.providers.base import BalanceQuery, Cost, ReferringQuery
from bot.providers.drift import Contract, Probe

TEST_TARGET = "ahrefs.com"


def contract(api: Api) -> Contract:
    """Return the probes: the subscription, and one referring domain of the test target."""
    allowance, linkers = Allowance(api), ReferringDomains(api)
    balance = BalanceQuery()
    one = ReferringQuery(Target(Scope.SITE, TEST_TARGET), 1)
    (subscription,), (listed,) = allowance.plan(balance), linkers.plan(one)
    free = replace(listed, worst=Cost(0), keep_seconds=0, part=None)
    return Contract(
        Probe("its limits and usage", allowance, balance, subscription, LimitsBody),
        Probe(f"one linker of {TEST_TARGET}", linkers, one, free, RefdomainsBody),
    )
