"""When a channel's digest is posted, and how that moves, in words for Slack and the terminal."""

from bot.model.places import WEEKDAYS
from bot.settings.environment import Settings


def in_words(settings: Settings) -> str:
    """Return `every Monday at 09:00 (Europe/Berlin)`."""
    day = WEEKDAYS[settings.digest_day]
    return f"every {day} at {settings.digest_hour:02}:00 ({settings.time_zone})"


def move(before: Settings, after: Settings) -> str:
    """Return `The channel's digest moves from Tuesday to Wednesday.`, or an empty text."""
    days = WEEKDAYS[before.digest_day], WEEKDAYS[after.digest_day]
    hours = f"{before.digest_hour:02}:00", f"{after.digest_hour:02}:00"
    if days[0] == days[1] and hours[0] == hours[1]:
        return ""
    if hours[0] == hours[1]:
        old, new = days
    elif days[0] == days[1]:
        old, new = (f"{days[0]} at {hours[0]}", hours[1])
    else:
        old, new = (f"{day} at {hour}" for day, hour in zip(days, hours, strict=True))
    return f"The channel's digest moves from {old} to {new}."
