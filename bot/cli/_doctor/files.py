"""Checks the database and the `.env` file: they exist, are usable, and are closed to others."""

from collections.abc import Iterator
from pathlib import Path

from bot.cli._doctor.diagnosis import Diagnosis, good, note, wrong
from bot.settings import modes
from bot.store.inspection import FileState, is_exposed

DATABASE = "Database"
_LEAST_FREE, _LITTLE_FREE = 50_000_000, 500_000_000  # bytes


def database(state: FileState) -> Iterator[Diagnosis]:
    """Yield the findings about the database file and its folder."""
    path = state.path
    if state.fault is not None:
        yield wrong(DATABASE, _sentence(state.fault))
    elif not state.exists:
        yield note(DATABASE, f"{path} does not exist yet. The first command creates it.")
    else:
        size = f"{state.size / 1e6:,.1f} MB"
        busy = "; another program is writing to it" if state.busy else ""
        yield good(DATABASE, f"{path} can be used and fits this version ({size}{busy}).")
    if state.free is not None and state.free < _LITTLE_FREE:
        say = wrong if state.free < _LEAST_FREE else note
        left = f"{state.free / 1e6:,.0f} MB"
        yield say(DATABASE, f"Only {left} are free beside {path}. Make room before it is full.")
    yield from (wrong(DATABASE, modes.in_words(file, modes.ALL)) for file in state.exposed)


def env_file(path: Path) -> Iterator[Diagnosis]:
    """Yield a finding if other users can read the keys."""
    if is_exposed(path):
        yield wrong("Settings", modes.in_words(path, modes.KEYS))


def _sentence(fault: str) -> str:
    fault = fault.removeprefix("LINKGAP_DB: ").rstrip(".")
    return f"LINKGAP_DB: {fault}."
