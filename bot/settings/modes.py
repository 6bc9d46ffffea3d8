"""Files with keys or spending in them that others on the machine could read or change."""

import stat
from collections.abc import Iterable
from pathlib import Path

ENV_FILE = Path(".env")


def exposed(database: Path, env_file: Path = ENV_FILE) -> Iterable[str]:
    """Yield a sentence for each such file, with its cure."""
    for path, holds in ((env_file, "keys and tokens"), (database, "all that the bot knows")):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue  # not there, which others say
        can = [word for bits, word in ((0o007, "everybody"), (0o020, "its group")) if mode & bits]
        if can:
            yield (
                f"{path} holds {holds}, and {can[0]} on this machine may "
                f"{'change' if mode & 0o022 else 'read'} it (mode {mode:04o}). "
                f"Run `chmod 600 {path}`."
            )
