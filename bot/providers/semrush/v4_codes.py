"""Semrush API v4: what its own error codes and words mean, wherever in an answer they stand.

They come inside HTTP 200 as well as with a status, under `error` or at the top, and have the
meanings of version 3; a 403 may mean an empty balance and not a plan.
"""

import re

from bot.errors import BadKey, OutOfUnits, PlanLacks, ProviderError

_CODES: dict[int, type[ProviderError]] = {
    **dict.fromkeys((70, 110, 120, 121), BadKey),
    **dict.fromkeys((130, 133, 135), PlanLacks),
    **dict.fromkeys((131, 132, 134, 136), OutOfUnits),
}
_SPENT = re.compile(
    r"units?\W+balance\W+is\W+(zero|0)\b|(not enough|insufficient|no)\W+(api\W+)?units",
    re.IGNORECASE,
)


def meaning(code: int | None, words: str) -> type[ProviderError] | None:
    """Return the error that a code or its words name; None: the HTTP status says it all."""
    if _SPENT.search(words):
        return OutOfUnits
    return _CODES.get(code or 0)
