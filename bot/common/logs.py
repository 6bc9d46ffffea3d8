"""The two forms of the log. In both, a record of any library is written the same way.

What strangers wrote can be in a message. It cannot steer a terminal, and it cannot look like a line
of its own.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Literal

from bot.common.harmless import harmless, one_line

Form = Literal["text", "json"]


class _Text(logging.Formatter):
    """`2026-11-27T09:00:00.000Z INFO bot.jobs: what happened`, then a traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line, and the lines of its traceback."""
        line = f"{_time(record)} {record.levelname} {record.name}: {one_line(record.getMessage())}"
        trace = _trace(self, record)
        # Indented, so that no line of it can look like a record.
        return "\n  ".join([line, *map(harmless, trace.splitlines())])


class _Json(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON; whatever is not ASCII is escaped."""
        said = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        trace = _trace(self, record)
        return json.dumps(said | {"traceback": trace} if trace else said)


def formatter(form: Form) -> logging.Formatter:
    """Return what writes the records."""
    return _Json() if form == "json" else _Text()


def tidy_warnings() -> None:
    """Write warnings of a command that sets up no log in the same form, to stderr."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_Text())


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = []
    if record.exc_info and record.exc_info[0] is not None:
        parts.append(formatter.formatException(record.exc_info))
    if record.stack_info:
        parts.append(record.stack_info)
    return "\n".join(parts)
