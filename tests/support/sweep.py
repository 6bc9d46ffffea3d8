"""Which kill points a sweep tries: every second one, or all in the thorough profile."""

import os
from collections.abc import Sequence
from typing import TypeVar

Point = TypeVar("Point")


def tried(points: Sequence[Point]) -> list[Point]:
    """Return every second point and the last, or all with HYPOTHESIS_PROFILE=thorough.

    A kill costs the start of two processes, and neighbours differ by one request.
    """
    if os.environ.get("HYPOTHESIS_PROFILE") == "thorough":
        return [*points]
    return [*points[:-1:2], *points[-1:]]
