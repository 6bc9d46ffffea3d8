"""Where Google's own codes differ from ISO 639-1."""

from bot.model.links import Market

_RENAMED = {"he": "iw", "jv": "jw", "nb": "no", "nn": "no"}
_TRADITIONAL_CHINESE = frozenset({"hk", "mo", "tw"})


def interface_language(market: Market) -> str:
    """Return Google's `hl` for a market: Chinese and Portuguese need the country to be one."""
    if market.language == "zh":
        return "zh-tw" if market.country in _TRADITIONAL_CHINESE else "zh-cn"
    if market.language == "pt":
        return "pt-br" if market.country == "br" else "pt-pt"
    return _RENAMED.get(market.language, market.language)
