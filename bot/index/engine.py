"""The database engine of the open link index, its bounds, and its failures in our words.

DuckDB is an optional extra. Everything that needs it begins here, so that one sentence says how to
install it.
"""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.common.errors import ConfigError, LinkGapError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

INSTALL = 'pip install "linkgap[index]"'
_OUR_WORDS = re.compile(r"linkgap: ([^\n]+)")
_FULL = ("No space left", "max_temp_directory_size", "Disk quota", "ENOSPC")


class IndexFault(LinkGapError):
    """The open index could not be read or built; the sentence says what to do."""


class NotInstalled(ConfigError):
    """The optional extra is missing."""

    def __init__(self) -> None:
        super().__init__(f"The open link index needs DuckDB. Install it with: {INSTALL}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the engine may take: memory in megabytes, threads, and where it may spill."""

    memory_mb: int = 1024
    threads: int = 2
    spill: Path | None = None


@contextmanager
def engine(bounds: Bounds) -> Iterator["DuckDBPyConnection"]:
    """Open an engine in memory and close it; its errors become `IndexFault`."""
    with closing(opened(bounds)) as db, said_plainly(bounds):
        yield db


def opened(bounds: Bounds) -> "DuckDBPyConnection":
    """Open an engine in memory; it loads no extensions by itself, so it asks no network.

    Raises `NotInstalled`.
    """
    need_engine()
    import duckdb  # noqa: PLC0415 - an optional extra

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{bounds.memory_mb}MB",
        "threads": bounds.threads,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": True,
    }
    # Without a place it may not spill at all: the default is the working folder.
    config["temp_directory"] = ""
    if bounds.spill is not None:
        bounds.spill.mkdir(parents=True, exist_ok=True)
        config["temp_directory"] = str(bounds.spill)
    db = duckdb.connect(":memory:", config=config)
    db.execute("SET enable_progress_bar = false")
    return db


def need_engine() -> None:
    """Raise `NotInstalled` if the optional extra is missing."""
    if find_spec("duckdb") is None or find_spec("fsspec") is None:
        raise NotInstalled


@contextmanager
def said_plainly(bounds: Bounds) -> Iterator[None]:
    """Turn the engine's errors into `IndexFault`."""
    import duckdb  # noqa: PLC0415 - an optional extra

    try:
        yield
    except duckdb.Error as error:
        raise IndexFault(_in_our_words(str(error), bounds)) from None


def _in_our_words(said: str, bounds: Bounds) -> str:
    """Return what a failure of the engine means and what to do."""
    if own := _OUR_WORDS.search(said):
        return own[1]
    first = said.strip().splitlines()[0][:300]
    if any(words in said for words in _FULL):
        return (
            f"The disk is full: {first}. Nothing was replaced: an index that was there still "
            "answers. Make room, or move the index with LINKGAP_INDEX."
        )
    if "Out of Memory" in said:
        return (
            f"{bounds.memory_mb} MB of memory are too few for this. Raise "
            "LINKGAP_COMMONCRAWL_MEMORY_MB; an index that was there still answers."
        )
    if "GZIP" in said:
        return (
            f"A file of the release is damaged or cut short: {first}. Delete it and sync again, "
            "or load a whole copy; an index that was there still answers."
        )
    if "CSV Error" in said:
        return (
            f"A file of the release does not have the columns it should have: {first}. Load the "
            "files of one domain-level release; an index that was there still answers."
        )
    return f"The open index could not be read: {first}. Build it again with `linkgap index sync`."


def literal(text: str | Path) -> str:
    """Return a text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"
