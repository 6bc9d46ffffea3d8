"""The error classes, one small tree; each class knows its own sentence.

`str(error)` may be shown to a user: what happened and what to do, in plain words, without keys. The
code that holds the ledger adds what the run has cost so far.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Self


class LinkGapError(Exception):
    """The base class: catch this at a boundary to the user, never `Exception`.

    `exit_code` is the command line's exit code.
    """

    exit_code = 1


class BadQuestion(LinkGapError):
    """The user's words are not a valid question. Nothing was spent."""

    exit_code = 2


class NotConnected(BadQuestion):
    """The question is sound, but no vendor that could answer it is connected."""

    exit_code = 3


class BadSetting(LinkGapError):
    """Values that a setting does not accept; `faults` maps the setting's name to a sentence."""

    exit_code = 2

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__("\n".join(f"{name}: {fault}" for name, fault in self.faults.items()))


class ConfigError(LinkGapError):
    """The configuration does not allow this. Carries every fault found, not just the first."""

    exit_code = 3

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class BudgetExceeded(LinkGapError):
    """The next request would pass a cap; it was not sent."""

    def __init__(self, *, cap: str, limit: int, used: int, wanted: int, pool: str) -> None:
        self.cap, self.limit, self.used, self.wanted, self.pool = cap, limit, used, wanted, pool
        super().__init__(
            f"The cap of {limit:,} {pool} per {cap} stopped this: {used:,} are used or reserved "
            f"and the next request could cost {wanted:,}. Raise the cap or wait."
        )


class OverMoneyCap(BudgetExceeded):
    """The next request would pass a cap in money; amounts are micro-dollars."""

    def __init__(self, *, cap: str, limit: int, used: int, wanted: int) -> None:
        super().__init__(cap=cap, limit=limit, used=used, wanted=wanted, pool="micro-USD")
        sentence = (
            f"The cap of {_dollars(limit)} per {cap} stopped this: {_dollars(used)} are used or "
            f"reserved and the next request could cost {_dollars(wanted)}. Raise the cap or wait."
        )
        self.args = (sentence,)


class Unpriced(BudgetExceeded):
    """There is a cap in money and the price of the request is unknown; it was not sent."""

    def __init__(self, vendor: str, cap: str) -> None:
        super().__init__(cap=cap, limit=0, used=0, wanted=0, pool=vendor)
        sentence = (
            f"The cap in money per {cap} stopped this: what a unit of {vendor} costs is unknown. "
            f"Set its price (LINKGAP_PRICES={vendor}=…) or LINKGAP_ALLOW_UNPRICED=yes."
        )
        self.args = (sentence,)


def _dollars(micro: int) -> str:
    whole, cents = f"{micro / 1_000_000:,.6f}".split(".")
    return f"${whole}.{cents.rstrip('0'):0<2}"


class ProviderError(LinkGapError):
    """A vendor did not give what was asked for. Never means zero.

    `vendor` is the vendor's registry name; `detail` is its own words, already free of keys.
    """

    meaning = "could not answer"
    cure = "Try again later."

    def __init__(self, vendor: str, detail: str = "") -> None:
        self.vendor, self.detail = vendor, detail
        said = f" It said: {detail}" if detail else ""
        super().__init__(f"{vendor} {self.meaning}. {self.cure}{said}")

    def redacted(self, secrets: Iterable[str]) -> Self:
        """Return the same error with every secret in the vendor's words replaced by `[key]`."""
        clean = copy(self)
        detail = self.detail
        for secret in filter(None, secrets):
            detail = detail.replace(secret, "[key]")
        ProviderError.__init__(clean, self.vendor, detail)
        return clean


class BadKey(ProviderError):
    """The vendor rejects the key: 401 and similar."""

    meaning = "refused the API key"
    cure = (
        "Ask the person who set LinkGap up to renew it; `linkgap doctor --online` then checks it, "
        "if the vendor has a free call for that."
    )


class PlanLacks(ProviderError):
    """The key works, but the subscription does not include this request."""

    meaning = "does not include this request in your plan"
    cure = "Use another vendor for it, or upgrade the plan."


class Unserved(PlanLacks):
    """The vendor has no data for this market, in any of its plans."""

    meaning = "does not serve this market"
    cure = "Name another vendor of search results with `serp:`."


class OutOfUnits(ProviderError):
    """The vendor's own allowance is used up."""

    meaning = "has no API units left"
    cure = "Wait for the monthly reset or buy units."


class RateLimited(ProviderError):
    """429, after all retries."""

    meaning = "asked us to slow down"
    cure = "Try again in a few minutes."

    def __init__(self, vendor: str, detail: str = "", *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(vendor, detail)


class Unavailable(ProviderError):
    """Network fault, timeout or 5xx, after all retries."""

    meaning = "is not reachable or failed on its side"


class BadAnswer(ProviderError):
    """The answer arrived, but does not match the vendor's contract."""

    meaning = "sent an answer LinkGap cannot read"
    cure = "Try again; if it stays, report it with the vendor's name."
