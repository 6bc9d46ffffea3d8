"""1,000 half-open connections and bodies of 100 MB: Slack is heard meanwhile, memory stays."""

import asyncio
from contextlib import suppress
from pathlib import Path

from benchmarks.torture.memory import peak_megabytes
from benchmarks.torture.stage import in_time, stage
from benchmarks.torture.tally import Tally
from handlers.slack.manifest import EVENTS_PATH

SECONDS = 50
HALF_OPEN, GIANTS, QUESTIONS, MEMORY_MB = 1_000, 8, 5, 400
LUMP, BODY = 1 << 20, 100 << 20
HALF = f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: x\r\n".encode()


async def attack(tally: Tally, folder: Path) -> None:
    async with stage(folder, rooms=2 * QUESTIONS) as it:
        bot = await it.start()
        writers: list[asyncio.StreamWriter] = []
        for _ in range(HALF_OPEN):
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", it.port)
                writer.write(HALF)
                writers.append(writer)
        for number in range(QUESTIONS):
            ack = await it.ask(number)
            kept = in_time(ack)
            tally.hold(f"half-open: ack {ack.error}, {ack.elapsed:.1f} s", kept)
        for writer in writers:
            writer.close()
        giants = [asyncio.create_task(_giant(it.port)) for _ in range(GIANTS)]
        for number in range(QUESTIONS, 2 * QUESTIONS):
            ack = await it.ask(number)
            kept = in_time(ack)
            tally.hold(f"giants: ack {ack.error}, {ack.elapsed:.1f} s", kept)
        for status in await asyncio.gather(*giants):
            tally.hold(f"100 MB were answered with {status!r}", status in (b"413", b""))
        heard = await it.until(lambda: all(map(it.told, range(2 * QUESTIONS))), 25)
        tally.hold("a question was not answered", heard)
        peak = peak_megabytes(bot.pid)
        tally.hold(f"it took {peak} MB", peak <= MEMORY_MB)
        tally.hold("the bot does not stop", await it.stop(bot))


async def _giant(port: int) -> bytes:
    """Send 100 MB; returns the status, or nothing if the connection was closed."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HALF + f"Content-Length: {BODY}\r\n\r\n".encode())
        with suppress(OSError):
            for _ in range(BODY // LUMP):
                writer.write(bytes(LUMP))
                await writer.drain()
        line = await reader.readline()
        writer.close()
        return line.split()[1] if line else b""
    return b""
