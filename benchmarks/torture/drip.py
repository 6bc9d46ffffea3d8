"""A vendor drips a byte at a time to four runs: they end in time, and others are answered."""

import asyncio
from pathlib import Path

from benchmarks.torture.hostile_vendor import HostileVendor
from benchmarks.torture.stage import in_time, stage
from benchmarks.torture.tally import Tally
from benchmarks.torture.web import keyword

SECONDS = 95
DRIPPED, OTHERS, END_S = 4, 2, 75.0


async def attack(tally: Tally, folder: Path) -> None:
    vendor = HostileVendor()
    vendor.how = "drip"
    vendor.victims = tuple(keyword(number) for number in range(DRIPPED))
    async with stage(folder, rooms=DRIPPED + OTHERS, vendor=vendor) as it:
        bot = await it.start()
        acks = await asyncio.gather(*(it.ask(number) for number in range(DRIPPED + OTHERS)))
        for number, ack in enumerate(acks):
            tally.hold(f"ack {number}: {ack.error}", in_time(ack))
        await it.until(lambda: all(map(it.told, range(DRIPPED + OTHERS))), END_S)
        for number in range(DRIPPED):
            tally.hold(f"run {number} is held after {END_S} s", it.told(number))
        for number in range(DRIPPED, DRIPPED + OTHERS):
            tally.hold(f"question {number} was not answered", it.answered(number))
        tally.hold("reservations are left open", await it.open_reservations() == 0)
        tally.hold("the bot does not stop", await it.stop(bot))
