"""A small file beside the database in which a running bot says, again and again, how it is.

It answers `linkgap health` where nobody can ask by HTTP. It is a file and no row, because it must
also tell that the database cannot be written.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.store.times import from_text, to_text

EVERY = timedelta(seconds=15)
STALE = timedelta(seconds=60)
"""After this time without a sign, the bot hangs or is gone."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The last sign of a bot: when, and what was wrong (None: nothing)."""

    at: datetime
    fault: str | None


def place(database: Path) -> Path:
    """Return where the bot that holds this database writes."""
    path = database.resolve()
    return path.with_name(f"{path.name}-health")


def show(database: Path, sign: Sign) -> None:
    """Replace the file (mode 0600) at once, so that nobody reads half of it."""
    path = place(database)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    opened = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump({"at": to_text(sign.at), "fault": sign.fault}, file)
    new.replace(path)


def last(database: Path) -> Sign | None:
    """Return the last sign; None if there is none that can be read."""
    try:
        said = json.loads(place(database).read_text("utf-8"))
        return Sign(from_text(said["at"]), said["fault"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def end(database: Path) -> None:
    """Remove the file when the bot is stopped in good order."""
    place(database).unlink(missing_ok=True)
