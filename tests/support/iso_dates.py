"""Finds dates that people would have to decode: ISO ones stand in JSON and CSV only."""

import re

_ISO = re.compile(r"(?<![\w/.-])\d{4}-(?:\d{2}-\d{2}|W\d{2})(?!\d)")
_READ_BY_MACHINES = ("value", "action_id", "block_id", "url")


def iso_dates(shown) -> list[str]:
    """Return the ISO dates and weeks in a text, or in all texts of a message's blocks."""
    if isinstance(shown, str):
        return _ISO.findall(shown)
    if isinstance(shown, dict):
        parts = [part for name, part in shown.items() if name not in _READ_BY_MACHINES]
        return [found for part in parts for found in iso_dates(part)]
    if isinstance(shown, list | tuple):
        return [found for part in shown for found in iso_dates(part)]
    return []
