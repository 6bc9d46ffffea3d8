"""When it is a given hour in a channel's time zone, computed directly across clock changes.

When clocks go back and an hour occurs twice, the first occurrence counts. When clocks go forward
and an hour is skipped, it is the moment at which unchanged clocks would show it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Steps around a date: enough for any clock change, even one that skips a whole day.
_NEAR = range(-2, 3)


@dataclass(frozen=True, slots=True)
class LocalHour:
    """A full hour of each day, or of one weekday (Monday is 0), in a time zone."""

    zone: ZoneInfo
    hour: int
    weekday: int | None = None

    def after(self, moment: datetime) -> datetime:
        """Return the first time that it is this hour after a moment, in UTC."""
        return min(one for one in self._near(moment) if one > moment)

    def latest(self, moment: datetime) -> datetime:
        """Return the last time that it was this hour at or before a moment, in UTC."""
        return max(one for one in self._near(moment) if one <= moment)

    def _near(self, moment: datetime) -> Iterator[datetime]:
        day, step = moment.astimezone(self.zone).date(), timedelta(days=1)
        if self.weekday is not None:
            day -= timedelta(days=(day.weekday() - self.weekday) % 7)
            step *= 7
        for number in _NEAR:
            # Python compares two times of one zone by their wall clocks, so compare in UTC.
            local = datetime.combine(day + step * number, time(self.hour), self.zone)
            yield local.astimezone(UTC)
