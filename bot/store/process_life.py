"""Tell whether a process of this machine is surely dead.

Nothing is guessed: a process in another container or on another machine, and any process where the
system has no `/proc`, may be alive. Only its lease says when it is over.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROC = Path("/proc")
_ZOMBIE = "Z"


@dataclass(frozen=True, slots=True)
class Life:
    """One life of one process: numbers are reused, so its start and its machine's belong to it."""

    boot: str
    numbers: str
    pid: int
    started: str

    @classmethod
    def ours(cls) -> Self | None:
        """Return this process's; None where the system does not tell."""
        try:
            boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
            numbers = str((_PROC / "self/ns/pid").readlink())
            started = _state_and_start(os.getpid())[1]
        except (OSError, IndexError):
            return None
        return cls(boot, numbers, os.getpid(), started)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what `str` wrote; None: nothing is known of it."""
        parts = text.split(" ")
        if len(parts) != 4 or not parts[2].isdigit():
            return None
        return cls(parts[0], parts[1], int(parts[2]), parts[3])

    def __str__(self) -> str:
        """Return it as text for a row."""
        return f"{self.boot} {self.numbers} {self.pid} {self.started}"

    def is_over(self, ours: Self | None) -> bool:
        """Say whether it has surely ended. `ours` is the life of the process that asks."""
        # Within one boot, a list of process numbers has no second of the same name while it lives.
        if ours is None or (self.boot, self.numbers) != (ours.boot, ours.numbers):
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        with suppress(OSError, IndexError):
            state, started = _state_and_start(self.pid)
            return state == _ZOMBIE or started != self.started
        return False


def _state_and_start(pid: int) -> tuple[str, str]:
    """Return two fields of `/proc/PID/stat`; the name before them may hold anything."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return fields[0], fields[19]
