"""`linkgap index pages`: estimates links to pages from a sample of the archive."""

import asyncio
import json
from urllib.parse import urlsplit

import click
from pydantic import TypeAdapter

from bot.cli._terminal import say, say_json
from bot.common.clock import SystemClock
from bot.common.domains import registrable
from bot.common.errors import BadQuestion
from bot.index.captures import is_crawl
from bot.index.engine import need_engine
from bot.model.report import ArchiveEstimate
from bot.providers.commoncrawl.archive import Archive
from bot.render.report.archive import sentence
from bot.settings.environment import Settings, load

_ESTIMATES = TypeAdapter(tuple[ArchiveEstimate, ...])
_MOST = 20


@click.command("pages")
@click.argument("urls", nargs=-1, required=True, metavar="URL…")
@click.option("--crawl", metavar="C", help="A crawl, such as CC-MAIN-2026-30. Default: the newest.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def pages(ctx: click.Context, *, urls: tuple[str, ...], crawl: str | None, as_json: bool) -> None:
    """Estimate how many sites link to a page, from a sample of Common Crawl's archived pages.

    The index must know who links to the page's site. A sample of those sites is looked up in the
    archive, with at most 300 requests, 150 MB and 3 minutes unless the settings say otherwise. The
    answer is an estimate with its interval, and no count. Exit with 4 if nothing could be said.
    """
    need_engine()
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https") or registrable(url) is None:
            raise BadQuestion(f"“{url[:80]}” is no web address. Write it with https://.")
    if len(urls) > _MOST:
        raise BadQuestion(f"At most {_MOST} pages share the bounds of one reading. Name fewer.")
    if crawl is not None and not is_crawl(crawl):
        raise BadQuestion(f"“{crawl[:40]}” is no crawl. Write it as CC-MAIN-2026-30.")
    archive = Archive(load(Settings), SystemClock())
    found = asyncio.run(archive.estimates(urls, crawl))
    if as_json:
        say_json(json.dumps(_ESTIMATES.dump_python(found, mode="json"), indent=2))
    else:
        for one in found:
            say(sentence(one))
    ctx.exit(0 if any(one.about is not None for one in found) else 4)
