"""Short vendor answers that unfold to giants: the bot stays small, told why, and acks at once."""

import asyncio
from pathlib import Path

from benchmarks.torture.hostile_vendor import BOMBS, HostileVendor
from benchmarks.torture.memory import peak_megabytes
from benchmarks.torture.stage import Stage, stage
from benchmarks.torture.tally import Tally, patience
from benchmarks.torture.web import keyword

SECONDS = 50
MEMORY_MB, ACK_S = 500, 1.5


async def attack(tally: Tally, folder: Path) -> None:
    vendor = HostileVendor()
    async with stage(folder, rooms=2 * len(BOMBS) + 1, vendor=vendor) as it:
        bot = await it.start()
        for number, name in enumerate(BOMBS):
            vendor.how, vendor.victims = name, (keyword(number),)
            await it.ask(number)
            slowest = await _slowest_ack(it, len(BOMBS) + number, number)
            tally.hold(f"{name}: an ack took {slowest:.1f} s", slowest <= patience(ACK_S))
            tally.hold(f"{name}: nobody was told", it.told(number))
            peak = peak_megabytes(bot.pid)
            tally.hold(f"{name}: {peak} MB were taken up to then", peak <= MEMORY_MB)
        await it.ask(2 * len(BOMBS))
        answered = await it.until(lambda: it.answered(2 * len(BOMBS)), 15)
        tally.hold("a question after it was not answered", answered)
        tally.hold("reservations are left open", await it.open_reservations() == 0)
        tally.hold("the bot does not stop", await it.stop(bot))


async def _slowest_ack(it: Stage, room: int, victim: int) -> float:
    """Type `/gap help` again and again until the victim has heard."""
    waits = [0.0]
    for _ in range(100):
        person = ("ana", "ben")[len(waits) % 2]
        waits.append((await it.playground.slash(person, f"room-{room}", "/gap", "help")).elapsed)
        if it.told(victim):
            break
        await asyncio.sleep(0.1)
    return max(waits)
