"""1,000 commands at once: the queue's limit holds exactly, and everybody hears within 3 s."""

import asyncio
from pathlib import Path

import aiohttp

from benchmarks.torture.stage import PEOPLE, stage
from benchmarks.torture.tally import Tally, patience
from benchmarks.torture.wire import command

SECONDS = 45
CROWD, LIMIT, ACK_S = 1_000, 200, 3.0


async def attack(tally: Tally, folder: Path) -> None:
    async with stage(folder, rooms=len(PEOPLE), env={"LINKGAP_QUEUE": str(LIMIT)}) as it:
        bot = await it.start()
        workspace = it.playground.workspace
        team = workspace.team_id
        people = [workspace.user(name).id for name in PEOPLE]
        rooms = [workspace.channel(f"room-{number}").id for number in range(len(PEOPLE))]
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(40)
        ) as session:
            acks = await asyncio.gather(
                *(
                    command(
                        session,
                        it.port,
                        text=f"nobody knows {number} gates:off",
                        channel=rooms[number % len(rooms)],
                        user=people[number % len(people)],
                        team=team,
                    )
                    for number in range(CROWD)
                )
            )
        # Slack itself tells whoever hears nothing for three seconds, written or not.
        silent = [seconds for status, said, seconds in acks if status == 200 and not said]
        accepted = sum(seconds < ACK_S for seconds in silent)
        [(begun,)] = await it.rows("SELECT count(*) FROM jobs")
        late = sorted(seconds for *_, seconds in acks if seconds > patience(ACK_S))
        tally.tried += CROWD
        tally.survived += CROWD - len(late)
        if late:
            tally.faults.append(
                f"{len(late)} heard later than {patience(ACK_S):.1f} s, the last {late[-1]:.1f}"
            )
        lost = sum(status != 200 for status, *_ in acks)
        tally.hold(f"{lost} got no answer", not lost)
        tally.hold(
            f"{accepted} to {len(silent)} were accepted and {begun} written",
            accepted <= begun <= len(silent),
        )
        [(waiting,)] = await it.rows("SELECT count(*) FROM jobs WHERE state = 'queued'")
        tally.hold(f"{waiting} wait where {LIMIT} may", waiting <= LIMIT)
        tally.hold("the bot does not stop", await it.stop(bot))
