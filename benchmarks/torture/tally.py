"""What an attack reports: how often it was tried, how often it was survived, and what broke."""

import os
from dataclasses import dataclass, field

SLOWER = "TORTURE_SLOWER"


def patience(seconds: float) -> float:
    """Return how long something may take on a machine that is slowed by other work."""
    return seconds * float(os.environ.get(SLOWER, "1"))


class NotTried(Exception):
    """This machine does not allow the attack; the sentence says why."""


@dataclass
class Tally:
    """The count of one attack."""

    survived: int = 0
    tried: int = 0
    faults: list[str] = field(default_factory=list)

    def hold(self, promise: str, kept: object) -> None:
        """Count one promise as kept or broken; `promise` is what a broken one is called."""
        self.tried += 1
        if kept:
            self.survived += 1
        else:
            self.faults.append(promise)
