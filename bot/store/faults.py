"""What mends a database file that cannot be used: a sentence for each kind of SQLite's errors."""

import sqlite3


def cure(error: Exception) -> str:
    """Return what the owner of the file can do about an error of SQLite or of its folder."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL"):
        return "Make room on that disk, then try again."
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "Another program holds the file: end it, or try again in a minute."
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return "Name a file of LinkGap's, or restore a backup (docs/operations.md)."
    if isinstance(error, OSError | sqlite3.OperationalError):
        return "Let this user write to the file and its folder: `linkgap doctor` looks at both."
    return "`linkgap doctor` looks at the file."
