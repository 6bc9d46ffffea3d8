"""Moments as the store writes them: UTC ISO text of fixed width, so that it sorts by time."""

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return an aware moment in UTC as text, like `2026-11-23T09:00:00.000000+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """Return the aware moment that `to_text` wrote."""
    return datetime.fromisoformat(text)
