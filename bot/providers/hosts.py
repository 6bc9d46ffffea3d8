"""What every adapter does with the hosts that a vendor's rows name."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.common.domains import registrable

Row = TypeVar("Row")


def grouped(
    rows: Iterable[Row], host: Callable[[Row], str | None]
) -> tuple[dict[str, list[Row]], str | None]:
    """Return the rows by registrable domain in their order, and a note on rows without one.

    A row without a domain (an IP address, a single label) can be no prospect. It was billed and
    counted by the vendor, so the note says why the rows are fewer.
    """
    groups: dict[str, list[Row]] = {}
    nameless = 0
    for row in rows:
        if domain := registrable(host(row) or ""):
            groups.setdefault(domain, []).append(row)
        else:
            nameless += 1
    return groups, _left_out(nameless)


def _left_out(nameless: int) -> str | None:
    if not nameless:
        return None
    if nameless == 1:
        return "1 row without a registrable domain was left out."
    return f"{nameless} rows without a registrable domain were left out."


def sentences(*parts: str | None) -> str | None:
    """Join the sentences that are given; None if there are none."""
    return " ".join(part for part in parts if part) or None
