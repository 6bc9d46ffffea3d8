"""A wallet in memory: what was reserved and settled, and the cached answers."""

from dataclasses import dataclass, field

from bot.model.links import StoredAnswer
from bot.providers.base import Call, Capability, Cost, Reservation


@dataclass
class Entry:
    """One request: its worst case, and the settled cost (`billed` None: unknown)."""

    worst: Cost
    billed: Cost | None = None
    outcome: str | None = None


@dataclass
class MemoryWallet:
    """Both the meter and the cache of one run; it has no cap."""

    entries: list[Entry] = field(default_factory=list)
    reused: int = 0
    kept: dict[str, StoredAnswer] = field(default_factory=dict)

    @property
    def meter(self) -> "MemoryWallet":
        return self

    @property
    def answers(self) -> "MemoryWallet":
        return self

    async def reserve(self, vendor: str, capability: Capability, call: Call) -> Reservation:
        del capability
        self.entries.append(Entry(call.worst))
        return Reservation(len(self.entries) - 1, call, vendor)

    async def settle(self, reservation: Reservation, billed: Cost | None, outcome: str) -> None:
        entry = self.entries[reservation.id]
        assert entry.outcome is None, "settled twice"
        entry.billed, entry.outcome = billed, outcome

    async def cached(self, vendor: str, capability: Capability) -> None:
        del vendor, capability
        self.reused += 1

    async def get(self, key: str) -> StoredAnswer | None:
        return self.kept.get(key)

    async def put(self, key: str, vendor: str, answer: StoredAnswer, keep_seconds: int) -> None:
        del vendor, keep_seconds
        self.kept[key] = answer
