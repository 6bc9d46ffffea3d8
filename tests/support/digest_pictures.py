"""Take the pictures of docs/tracking.md anew: eight scripted weeks, as the playground shows them.

PYTHONPATH=.:tests python -m support.digest_pictures docs
"""

import asyncio
import base64
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fakes.slack.gap_bot import Bot, gap_bot
from fakes.worlds.eight_weeks import ADDED_IN, FIRST_CLIENT, Keyword, story, tell
from support.chromium import Tab, chromium

from bot.model.question import Defaults, make

WIDTH = 700
WEEKS = 8
A_WEEK = 7 * 86_400
PICTURES = {  # how many keywords, of how many clients, in which weeks, by which name
    "digest": (1, 1, WEEKS),
    "digest-clients": (5, 2, WEEKS),
    "digest-thirty": (30, 1, WEEKS),
}
_LAST_TABLE = """(() => {
  const all = [...document.querySelectorAll("#channel .message")];
  const last = all.filter((one) => one.querySelector("table")).at(-1);
  all.filter((one) => one !== last).forEach((one) => one.remove());
  Object.assign(last.style, {
    width: "700px", position: "fixed", left: 0, top: 0, zIndex: 9999, background: "#fff",
    boxSizing: "border-box",
  });
  return Math.ceil(last.getBoundingClientRect().height);
})()"""


async def follow(bot: Bot, *keywords: Keyword) -> None:
    """Track keywords in the channel, and read them."""
    workspace = bot.playground.workspace
    channel, ana = workspace.channel("seo").id, workspace.user("ana").id
    tracked = []
    for one in keywords:
        question = make(one.phrase, Defaults(), site=one.site)
        made, _ = await bot.services.tracking.track(
            question, team=workspace.team_id, channel=channel, person=ana
        )
        tracked.append(made)
    await bot.services.tracking.refresh(tracked, run_id=f"first {keywords[0].phrase}")


async def take(bot: Bot, tab: Tab, path: Path) -> None:
    """Write the last digest of the channel as a PNG, 700 pixels wide."""
    await tab.open(f"{bot.playground.url}/?user=ana#seo", width=1000, height=1400)
    await tab.see("document.querySelector('.message table')")
    height = await tab.run(_LAST_TABLE)
    size = {"width": 1000, "height": height, "deviceScaleFactor": 1, "mobile": False}
    await tab.send("Emulation.setDeviceMetricsOverride", **size)
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
    shot = await tab.send("Page.captureScreenshot", format="png", clip=clip)
    path.write_bytes(base64.b64decode(shot["data"]))  # noqa: ASYNC240 - a small script


async def live(name: str, folder: Path, weeks: set[int] | None = None) -> None:
    """Live through the weeks of a picture, and take it at the end (or after each of `weeks`)."""
    count, clients, last = PICTURES[name]
    keywords = story(count, clients=clients)
    later = keywords[-1:] if count > 1 else []
    with TemporaryDirectory() as home:
        async with gap_bot(Path(home), site=FIRST_CLIENT) as bot, chromium() as tab:
            bot.join("seo")
            for week in range(last + 1):
                tell(bot.moving, keywords, week)
                if week == 0:
                    await follow(bot, *keywords[: count - len(later)])
                if week == ADDED_IN and later:
                    await follow(bot, *later)
                await bot.services.schedule.run_due()
                if week in (weeks or {last}):
                    suffix = f"-{week}" if weeks else ""
                    await take(bot, tab, folder / f"{name}{suffix}.png")
                bot.clock.advance(A_WEEK - bot.clock.now().timestamp() % 60)


if __name__ == "__main__":
    for picture in PICTURES:
        asyncio.run(live(picture, Path(sys.argv[1]), {int(one) for one in sys.argv[2:]}))
