"""DataForSEO: the free calls that show whether its contract still holds.

Its sandbox answers the same paths with invented data for the same login. It stands beside the
official host alone; behind another address nobody knows what a request costs.
"""

from dataclasses import replace

from bot.model.links import Market
from bot.providers.base import BalanceQuery, SerpQuery
from bot.providers.dataforseo.api import Api, Whole, usd
from bot.providers.dataforseo.counts import Account, Serp, SerpResult, User
from bot.providers.drift import Contract, Probe

OFFICIAL, SANDBOX = "https://api.dataforseo.com", "https://sandbox.dataforseo.com"


def contract(api: Api) -> Contract:
    """Return the probes: the account, and results of the sandbox."""
    account, balance = Account(api), BalanceQuery()
    (told,) = account.plan(balance)
    probes = [Probe("its account", account, balance, told, Whole[User])]
    if api.base_url == OFFICIAL:
        results, query = Serp(Api(SANDBOX)), SerpQuery("pizza", Market("us", "en"))
        (call,) = results.plan(query)
        free = replace(call, worst=usd(0), keep_seconds=0)
        asked = "search results of its sandbox"
        probes.append(Probe(asked, results, query, free, Whole[SerpResult], invented=True))
    return Contract(*probes)
