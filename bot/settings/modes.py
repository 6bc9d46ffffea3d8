"""Files with keys or spending in them that other users of the machine can read or change."""

from collections.abc import Iterable
from pathlib import Path

from bot.store.inspection import is_exposed

ENV_FILE = Path(".env")
KEYS, ALL = "keys and tokens", "all that the bot knows"


def exposed(database: Path, env_file: Path = ENV_FILE) -> Iterable[str]:
    """Yield a sentence for each such file, with its cure."""
    for path, holds in ((env_file, KEYS), (database, ALL)):
        if is_exposed(path):
            yield in_words(path, holds)


def in_words(path: Path, holds: str) -> str:
    """Return what is wrong with a file that others can open, and the command that closes it."""
    mode = f"{path.stat().st_mode & 0o777:04o}"
    return (
        f"{path} holds {holds} and is open to other users of this machine (mode {mode}). "
        f"Run `chmod 600 {path}`."
    )
