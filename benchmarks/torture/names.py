"""DNS hangs for strangers' names: vendors and Slack are found all the same, acks are prompt."""

import asyncio
from pathlib import Path

from benchmarks.torture.stage import SERVE, in_time, stage
from benchmarks.torture.tally import Tally

SECONDS = 70
QUESTIONS = 10
HANGING = """
import socket, time
real = socket.getaddrinfo
def look_up(host, *rest, **options):
    name = host.decode() if isinstance(host, bytes) else host
    if name and name.endswith(".example"):
        time.sleep(30)
        raise socket.gaierror("no such name")
    return real(host, *rest, **options)
socket.getaddrinfo = look_up
"""


async def attack(tally: Tally, folder: Path) -> None:
    async with stage(folder, rooms=QUESTIONS) as it:
        for name in ("LINKGAP_AHREFS_BASE_URL", "LINKGAP_SLACK_BASE_URL"):
            it.env[name] = it.env[name].replace("127.0.0.1", "localhost")  # has to be looked up
        bot = await it.start(program=HANGING + SERVE)
        acks = await asyncio.gather(*(it.ask(number, words="") for number in range(QUESTIONS)))
        for number, ack in enumerate(acks):
            tally.hold(f"ack {number}: {ack.error}", in_time(ack))
        await it.until(lambda: all(map(it.answered, range(QUESTIONS))), 60)
        for number in range(QUESTIONS):
            tally.hold(f"question {number} was not answered", it.answered(number))
        tally.hold("the bot does not stop", await it.stop(bot))
