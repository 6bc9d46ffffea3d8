"""From the command to the finished report, beside the longest chain of dependent calls.

The Ahrefs-shaped server answers each request after 300 ms. Four requests of a run depend on each
other: search results → profiles → proof → linking pages. The headline needs only the first.
"""

import asyncio
import os
import sys
import tempfile
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

from bot.analysis.run import Progress
from bot.model.question import Defaults, make
from bot.settings.environment import Settings, load
from bot.wiring import core

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE

LATENCY, CHAIN, RUNS, BAR = 0.3, 4, 5, 1.15


def main() -> None:
    here, there = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    asyncio.run(_measure(here.recv()))
    server.kill()


async def _measure(base_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "LINKGAP_DB": f"{folder}/bench.db",
            "LINKGAP_AHREFS_API_KEY": KEY,
            "LINKGAP_AHREFS_BASE_URL": base_url,
        }
        question = make(KEYWORD, Defaults(site=OWN_SITE), fresh=True)
        async with core(load(Settings, env_file=None)) as product:
            headlines, walls = [], []
            for _ in range(RUNS):
                marks: list[float] = []

                async def heard(_: Progress, marks: list[float] = marks) -> None:
                    marks.append(perf_counter())

                started = perf_counter()
                await product.analysis.run(
                    question, run_id=uuid4().hex, team="bench", progress=heard
                )
                walls.append(perf_counter() - started)
                headlines.append(marks[0] - started)
    chain = CHAIN * LATENCY
    print(f"longest chain      {chain:6.2f} s")
    print(
        f"whole report       {median(walls):6.2f} s  {median(walls) / chain:5.2f} ×  (bar {BAR} ×)"
    )
    print(f"headline           {median(headlines):6.2f} s  after one call of {LATENCY} s")


def _serve(pipe: Connection) -> None:
    async def run() -> None:
        async with AhrefsServer(latency=LATENCY) as server:
            pipe.send(server.base_url)
            await asyncio.Event().wait()

    asyncio.run(run())
