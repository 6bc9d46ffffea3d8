"""Delete old backups of one name, and nothing else.

A backup is recognised by what is in it, not only by its name: it carries the mark of
`bot.store.backup`, and it is in no write-ahead mode, as every database in use is.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from bot.common.errors import BadQuestion, LinkGapError
from bot.store.backup import BACKUP_MARK

_HEADER = 100
_MAGIC = b"SQLite format 3\x00"
_ROLLBACK_MODE = b"\x01\x01"
_NUMBER = re.compile(r"[0-9]+")


def shape_of(name: str) -> str:
    """Return what names alike have in common: the same name, with a 0 for each number.

    Raises `BadQuestion` for a name without a number, which can have no older ones.
    """
    shape = _NUMBER.sub("0", name)
    if not _NUMBER.search(name):
        raise BadQuestion(
            f"--keep needs a date or a number in the file's name, to find older ones: {name} has "
            "none. Nothing was copied."
        )
    return shape


def delete_older(newest: Path, keep: int) -> list[Path]:
    """Delete backups named like the newest one until `keep` are left; return those deleted.

    The newest are those written last. Links, folders and files that LinkGap did not make stay.
    Raises `LinkGapError` when one cannot be deleted.
    """
    shape = shape_of(newest.name)
    others = [file for file in _backups(newest.parent, shape) if file.name != newest.name]
    others.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    old = others[keep - 1 :]
    for file in old:
        try:
            file.unlink()
        except OSError as error:
            raise LinkGapError(
                f"{newest} was made, but the older {file} cannot be deleted: {error}."
            ) from error
    return old


def _backups(folder: Path, shape: str) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _NUMBER.sub("0", entry.name) != shape or not entry.is_file(follow_symlinks=False):
                continue
            file = Path(entry.path)
            if _is_backup(file) and not file.with_name(f"{file.name}-wal").exists():
                yield file


def _is_backup(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            header = opened.read(_HEADER)
    except OSError:
        return False
    return (
        header.startswith(_MAGIC)
        and header[18:20] == _ROLLBACK_MODE
        and header[68:72] == BACKUP_MARK.to_bytes(4, "big")
    )
