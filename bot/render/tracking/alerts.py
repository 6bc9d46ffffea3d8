"""Alerts between digests: one message per day, the main sentence first."""

from collections.abc import Sequence

from bot.model.tracking import Alert, Moment
from bot.render.notes import Button, note_of
from bot.render.slack.message import Message
from bot.render.tracking.tracked_words import quoted
from bot.render.words import UNKNOWN, counted, short_url, words_or_unknown

_LISTED = 10
_ORDER = (
    *(Moment.ENTERED_TOP3, Moment.LEFT_TOP3, Moment.LOST_STRONG),
    *(Moment.WON, Moment.ENTERED_TOP10, Moment.LEFT_TOP10),
)
_MOVES = {
    Moment.ENTERED_TOP3: "entered the top 3",
    Moment.LEFT_TOP3: "left the top 3",
    Moment.ENTERED_TOP10: "entered the top 10",
    Moment.LEFT_TOP10: "left the top 10",
}


def alert_message(alerts: Sequence[Alert]) -> Message:
    """Return all alerts of a day in one message; raises `ValueError` when there are none."""
    if not alerts:
        raise ValueError("an alert without a moment: post nothing instead")
    first, *rest = [
        _alert_words(one) for one in sorted(alerts, key=lambda one: _ORDER.index(one.moment))
    ]
    lines = [f"{first}, and {counted(len(rest), 'more thing')} happened." if rest else f"{first}."]
    if rest:
        listed = [f"• {one}." for one in rest[:_LISTED]]
        more = len(rest) - _LISTED
        listed += [f"and {more:,} more: the weekly digest has them."] if more > 0 else []
        lines.append("\n".join(listed))
    small = ["Choose alerts in Settings."]
    buttons = [
        Button("List", "tracked_list", "alert"),
        Button("Settings", "open_settings", "alert"),
    ]
    return note_of(lines, small, buttons, sample=any(one.sample for one in alerts))


def _alert_words(alert: Alert) -> str:
    """Return one alert as words, without a full stop."""
    keyword = quoted(alert.keyword)
    if alert.moment in _MOVES:
        return f"{keyword} {_MOVES[alert.moment]} ({_place(alert)})"
    if alert.count is not None:
        page = short_url(alert.page or "", 80) or UNKNOWN
        links = counted(alert.count, "more referring domain")
        return f"{page} has {links} for {keyword}; the next weekly read will show which"
    domain = words_or_unknown(alert.domain or "", 60)
    page = short_url(alert.page, 80) if alert.page else ""
    where = f" ({page})" if page else ""
    if alert.moment is Moment.WON:
        return f"You won a link from {domain}{where} for {keyword}"
    return f"You lost a strong link from {domain}{where} for {keyword}"


def _place(alert: Alert) -> str:
    if alert.position is None:
        return "not among the results read"
    return f"position {alert.position}"
