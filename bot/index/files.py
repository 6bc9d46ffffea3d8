"""Which index is asked: a folder on this machine, or one that somebody serves."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.common.errors import ConfigError
from bot.index.place import Marker, Place

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER = "linkgap-index"
"""The folder beside the database, unless LINKGAP_INDEX names another place."""


def place_of(index: str, database: Path) -> Place:
    """Return the folder that holds the index of this installation."""
    return Place(Path(index) if index else database.parent / FOLDER)


def is_remote(index: str) -> bool:
    """Say whether LINKGAP_INDEX names an index that somebody serves."""
    return index.startswith(("http://", "https://", "s3://")) or in_clickhouse(index)


def in_clickhouse(index: str) -> bool:
    """Say whether LINKGAP_INDEX names a ClickHouse server."""
    return index.startswith(("clickhouse://", "clickhouses://"))


def local_place(index: str, database: Path) -> Place:
    """Return the folder to make an index in; raises `ConfigError` if the index is served."""
    if is_remote(index):
        raise ConfigError(
            f"LINKGAP_INDEX is {_shown(index)}: that index is read in place and made elsewhere, "
            "with `linkgap index build`. Unset it to make one on this machine."
        )
    return place_of(index, database)


def _shown(index: str) -> str:
    """Return an address without the user and password that somebody may have put into it."""
    scheme, _, rest = index.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """An index in a folder."""

    place: Place

    @property
    def dear(self) -> bool:
        """Say whether each look into another part of a file is a request."""
        return False

    def marker(self) -> Marker | None:
        """Return what answers; read anew each time, because another process may replace it."""
        return self.place.marker()

    def address(self, path: str) -> str:
        """Return the path of a file."""
        return str(self.place.folder / path)

    def prepare(self, db: "DuckDBPyConnection") -> None:
        """Do nothing: the engine opens paths by itself."""

    def forget(self) -> None:
        """Do nothing: everything is read anew each time."""
