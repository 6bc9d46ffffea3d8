"""SIGKILL at random moments under load: every question is answered or told, nothing twice."""

import asyncio
import random
from pathlib import Path

from benchmarks.torture.stage import stage
from benchmarks.torture.tally import Tally

SECONDS = 90
KILLS, QUESTIONS = 5, 20


async def attack(tally: Tally, folder: Path) -> None:
    chance = random.Random(13)  # noqa: S311 not for secrets
    async with stage(folder, rooms=QUESTIONS) as it:
        bot = await it.start()
        acks = await asyncio.gather(*(it.ask(number) for number in range(QUESTIONS)))
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 2.0))
            it.kill(bot)
            bot = await it.start()
        over = await it.idle(50)
        await it.until(lambda: all(map(it.told, range(QUESTIONS))), 5)
        for number, ack in enumerate(acks):
            if ack.error is None:
                tally.hold(f"question {number} was acknowledged and forgotten", it.told(number))
        tally.hold("jobs are left", over)
        tally.hold(f"posted twice: {it.posted_twice()}", not it.posted_twice())
        [(ours,)] = await it.rows("SELECT sum(units) FROM spend")
        tally.hold("the ledger is below the bill", ours >= it.vendor.spent)
        tally.hold("reservations are left open", await it.open_reservations() == 0)
