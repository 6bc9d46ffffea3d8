"""The disk of the database is full: everybody is told, and after it the bot works again."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.torture.stage import in_time, stage
from benchmarks.torture.tally import NotTried, Tally

SECONDS = 60
QUESTIONS, SIZE = 6, "24m"


async def attack(tally: Tally, folder: Path) -> None:
    with small_disk(folder / "small") as disk:
        env = {"LINKGAP_DB": str(disk / "linkgap.db")}
        async with stage(folder, rooms=2 * QUESTIONS + 1, env=env) as it:
            bot = await it.start()
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(shutil.disk_usage(disk).free))
            acks = await asyncio.gather(*(it.ask(number) for number in range(QUESTIONS)))
            for number, ack in enumerate(acks):
                tally.hold(
                    f"ack {number}: {ack.error}",
                    in_time(ack),
                )
            await it.until(lambda: all(map(it.told, range(QUESTIONS))), 25)
            tally.hold("the bot died", bot.poll() is None)
            ballast.unlink()
            later = range(QUESTIONS, 2 * QUESTIONS)
            await asyncio.gather(*(it.ask(number) for number in later))
            await it.until(lambda: all(map(it.told, range(2 * QUESTIONS))), 30)
            for number in range(2 * QUESTIONS):
                said = [one.text[:90] for one in it.said(number)]
                tally.hold(f"question {number} heard no last word, only {said}", it.told(number))
            for number in later:
                tally.hold(f"question {number} was not answered", it.answered(number))
            tally.hold("reservations are left open", await it.open_reservations() == 0)
            [(sound,)] = await it.rows("PRAGMA integrity_check")
            tally.hold(f"the file is {sound}", sound == "ok")
            tally.hold("the bot does not stop", await it.stop(bot))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a file system of some megabytes. Raises `NotTried` where that is not allowed."""
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None or os.geteuid() != 0:
        raise NotTried("only the superuser may mount a small disk here")
    made = subprocess.run(  # noqa: S603 our own words
        [mount, "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise NotTried(f"a small disk cannot be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([umount, "--lazy", str(folder)], check=True)  # noqa: S603 our own words
