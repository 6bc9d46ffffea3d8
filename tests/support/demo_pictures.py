"""Take docs/outreach-prospect.png and docs/home.png anew, from a demo that has just begun.

PYTHONPATH=.:tests python -m support.demo_pictures docs
"""

import asyncio
import base64
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from support.bot_process import free_port
from support.chromium import Tab, chromium

PROSPECT = "bootstrapped-weekly.example"
"""Whom the demo's Ana holds and has not written to."""
_MODAL = """(() => {
  const {x, y, width} = document.querySelector("#modal").getBoundingClientRect();
  const last = document.querySelector("[data-action=prospect_mail]").getBoundingClientRect();
  return {x, y, width, height: last.bottom + 14 - y};
})()"""
_HOME = """(() => {
  const {x, y, width} = document.querySelector(".home").getBoundingClientRect();
  const last = document.querySelector(".home").lastElementChild.getBoundingClientRect();
  return {x, y, width, height: last.bottom + 14 - y};
})()"""


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[str]:
    """Run `linkgap demo` in a terminal of its own; yield the address when all weeks passed."""
    ours, theirs = pty.openpty()
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()"),
        *("demo", "--folder", str(folder), "--port", str(port)),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def read() -> None:
        said = b""
        try:
            while chunk := os.read(ours, 65_536):
                said += chunk
                if b"Ctrl-C to stop" in said:
                    loop.call_soon_threadsafe(begun.set)
        except OSError:  # the other end is closed
            os.close(ours)

    reading = asyncio.create_task(asyncio.to_thread(read))
    try:
        await asyncio.wait_for(begun.wait(), 120)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()
        await reading


async def take(tab: Tab, path: Path, frame: str) -> None:
    """Write a part of the page as a PNG; the script `frame` returns where it is."""
    await asyncio.sleep(1)  # until nothing is drawn anew
    clip = {**await tab.run(frame), "scale": 1}
    shot = await tab.send("Page.captureScreenshot", format="png", clip=clip)
    path.write_bytes(base64.b64decode(shot["data"]))  # noqa: ASYNC240 - a small script


async def both(folder: Path) -> None:
    """Take both pictures."""
    with TemporaryDirectory() as home:
        async with demo(Path(home)) as url, chromium() as tab:
            await tab.open(f"{url}/?user=ana#seo", width=1000, height=2200)
            await tab.click(".replies")
            await tab.see("document.querySelector('#thread .data-table')")
            opened = f"""[...document.querySelectorAll("#thread tr")]
              .find((row) => row.innerText.includes("{PROSPECT}"))?.querySelector("button")"""
            await tab.see(opened)
            await tab.run(f"{opened}.click()")
            await tab.see(f"document.querySelector('#modal').innerText.includes('{PROSPECT}')")
            await tab.see("!document.querySelector('#modal').innerText.includes('being read')")
            await take(tab, folder / "outreach-prospect.png", _MODAL)
            await tab.open(f"{url}/?user=ana#seo", width=1000, height=2200)
            await tab.click("#modal [aria-label=Close]")
            app = """[...document.querySelectorAll("#sidebar button")]
              .find((one) => one.innerText.includes("LinkGap"))"""
            await tab.see(app)
            await tab.run(f"{app}.click()")
            await tab.click("[data-hold='tab home']")
            await tab.see("document.querySelector('.home')?.innerText.includes('Your prospects')")
            await take(tab, folder / "home.png", _HOME)


if __name__ == "__main__":
    asyncio.run(both(Path(sys.argv[1])))
