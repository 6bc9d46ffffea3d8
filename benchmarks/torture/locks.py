"""Another program holds the write lock for 45 s: every asker gets an answer or is told."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.torture.stage import in_time, stage
from benchmarks.torture.tally import Tally

SECONDS = 120
LOCKED_S, BEFORE, DURING = 45.0, 8, 5


async def attack(tally: Tally, folder: Path) -> None:
    questions = BEFORE + DURING + 1
    async with stage(folder, rooms=questions) as it:
        bot = await it.start()
        acks = list(await asyncio.gather(*(it.ask(number) for number in range(BEFORE))))
        await asyncio.sleep(0.7)
        path = it.env["LINKGAP_DB"]
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN IMMEDIATE")
            for number in range(BEFORE, BEFORE + DURING):
                await asyncio.sleep(LOCKED_S / DURING / 2)
                acks.append(await it.ask(number))
            await asyncio.sleep(LOCKED_S / 2)
            other.execute("ROLLBACK")
        acks.append(await it.ask(questions - 1))
        over = await it.idle(40)
        await it.until(lambda: all(map(it.told, range(questions))), 20)
        for number, ack in enumerate(acks):
            said = [one.text[:90] for one in it.said(number)]
            tally.hold(f"ack {number}: {ack.error}", in_time(ack))
            tally.hold(f"question {number} heard no last word, only {said}", it.told(number))
        tally.hold("jobs are left", over)
        tally.hold("reservations are left open", await it.open_reservations() == 0)
        tally.hold(f"posted twice: {it.posted_twice()}", not it.posted_twice())
        tally.hold("the bot does not stop", await it.stop(bot))
