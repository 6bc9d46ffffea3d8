"""Log refused requests in one short line per minute, however many arrive."""

import logging
from collections import Counter

from bot.common.clock import Clock

log = logging.getLogger(__name__)

BETWEEN_LINES_S = 60
# uvicorn's own lines, one or two for each malformed request that never reaches the bot.
_NOISE = {
    "Invalid HTTP request received.": "400 no HTTP",
    "Unsupported upgrade request.": "an upgrade that is not offered",
    "No supported WebSocket library detected.": None,
}


class TurnedAway:
    """Counts refusals by reason. Reasons are our own words: a stranger's never get into the log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._told_at: float | None = None

    def note(self, reason: str) -> None:
        """Count one; logs the first, and then once a minute the number since."""
        self._counts[reason] += 1
        now = self._clock.monotonic()
        if self._told_at is not None and now - self._told_at < BETWEEN_LINES_S:
            return
        told = ", ".join(f"{count} × {why}" for why, count in self._counts.items())
        log.info("refused since the last such line: %s", told)
        self._counts.clear()
        self._told_at = now


class ServerNoise(logging.Filter):
    """Counts uvicorn's messages about malformed requests, instead of logging each."""

    def __init__(self, turned_away: TurnedAway) -> None:
        super().__init__()
        self._turned_away = turned_away

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass records that are not about a malformed request."""
        said = record.getMessage()
        for beginning, reason in _NOISE.items():
            if said.startswith(beginning):
                if reason is not None:
                    self._turned_away.note(reason)
                return False
        return True
