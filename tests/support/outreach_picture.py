"""Take the picture of docs/outreach.md anew: a list that two people work through.

PYTHONPATH=.:tests python -m support.outreach_picture docs/outreach.png
"""

import asyncio
import base64
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fakes.slack.gap_bot import Bot, gap_bot
from fakes.worlds.reports import EXAMPLE, prospect
from support.chromium import Tab, chromium

from bot.model.outreach import By, Status, Whom
from bot.pages.reading.fetch import ReadState

WIDTH = 700
SITE = "ledgerly.example"
NAMES = "fernbook ledgernews toolmill billable invoiceclub harborpost clerkwise papertrail"
_TEXT = " ".join(f"Tool number {n} does its work well and keeps your books." for n in range(60))
_LIST = (
    "<html lang=en><head><title>{count} tools for small firms</title></head><body>"
    "<h1>{count} tools for small firms</h1><p>{text}</p><ol>{items}</ol></body></html>"
)
_GUEST = (
    "<html lang=en><head><title>Guest post: our books</title></head><body><h1>Guest post: our "
    "books</h1><p>This is a guest post by Jo Doe.</p><p>{text}</p>"
    "<a href='https://one.example/best'>One</a></body></html>"
)
_BOARD = """(() => {
  const all = [...document.querySelectorAll(".message")];
  const board = all.find((one) => one.querySelector("figure.data-table"));
  Object.assign(board.style, {
    width: "700px", position: "fixed", left: 0, top: 0, zIndex: 9999, background: "#fff",
    boxSizing: "border-box",
  });
  return Math.ceil(board.getBoundingClientRect().height);
})()"""


def tell(bot: Bot) -> None:
    """Invent the pages of the prospects; two of them link to a page that is gone."""
    found = []
    for n, name in enumerate(NAMES.split()):
        url = f"https://{name}.example/tools"
        dead = "old-" if n in (1, 4) else ""
        items = "".join(
            f"<li><a href='https://two.example/{dead}best'>Tool {k}</a> {_TEXT[:60]}"
            for k in range(9)
        )
        listed = _LIST.format(count=n + 5, text=_TEXT, items=items)
        bot.moving.pages[url] = ReadState.READ
        bot.moving.bodies[url] = _GUEST.format(text=_TEXT) if n % 3 == 2 else listed
        found.append(prospect(n, domain=f"{name}.example", score=92 - n * 1.3, example_page=url))
    bot.moving.pages["https://two.example/old-best"] = ReadState.MISSING
    bot.analysis.report = replace(EXAMPLE, prospects=tuple(found), dropped=None)


async def work(bot: Bot) -> None:
    """Let two people have done something."""
    workspace = bot.playground.workspace
    for domain, who, status in (
        ("fernbook.example", "ana", Status.CLAIMED),
        ("toolmill.example", "ben", Status.CONTACTED),
    ):
        by = By(workspace.user(who).id, "slack")
        await bot.services.board.change(Whom(workspace.team_id, SITE, domain), status, by)
    message = bot.thread(bot.by_bot()[-1])[0]
    await bot.click(message, "prospect:2")
    await bot.playground.click("ana", bot.playground.modal("ana"), "Claim")
    await bot.settle()
    workspace.modals.clear()


async def take(bot: Bot, tab: Tab, path: Path) -> None:
    """Write the list as a PNG, 700 pixels wide."""
    await tab.open(f"{bot.playground.url}/?user=ana#seo", width=1280, height=1400)
    await tab.click(".replies")
    await tab.see("document.querySelector('figure.data-table')")
    height = await tab.run(_BOARD)
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
    shot = await tab.send("Page.captureScreenshot", format="png", clip=clip)
    path.write_bytes(base64.b64decode(shot["data"]))  # noqa: ASYNC240 - a small script


async def main(path: Path) -> None:
    """Take the picture."""
    with TemporaryDirectory() as home:
        async with gap_bot(Path(home)) as bot, chromium() as tab:
            bot.join("seo")
            tell(bot)
            await bot.gap(f"best crm site:{SITE}")
            await work(bot)
            await take(bot, tab, path)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
