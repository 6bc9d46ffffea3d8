"""`linkgap page URL|FILE…`: what the reader understood of a page, as the gates see it."""

import asyncio
import gzip
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.errors import BadQuestion
from bot.page_facts import PageFacts, to_dict
from bot.pages.facts import facts_of, facts_of_read, unreadable
from bot.pages.fetch import MAX_BYTES, Reader
from bot.question import read_url

_GZIP = b"\x1f\x8b"


@click.command("page")
@click.argument("pages", nargs=-1, required=True, metavar="URL|FILE...")
@click.option("--url", help="The address a FILE was saved from; links are read against it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page, a line each.")
def command(pages: tuple[str, ...], url: str | None, *, as_json: bool) -> None:
    """Print what LinkGap understands of a page: its kind with the evidence, author, dates, links.

    A FILE is saved HTML, also gzipped. Public pages only, no script is run, robots.txt is obeyed;
    what could not be read is null and says why in `kind_evidence`.
    """
    files = {page: Path(page) for page in pages if Path(page).is_file()}
    if url is not None and len(files) != len(pages):
        raise BadQuestion("`--url` goes with a FILE; a page that is fetched has its own address.")
    home = read_url(url) if url else None
    addresses = {page: _address(page) for page in pages if page not in files}
    read = asyncio.run(_fetched(tuple(addresses.values()))) if addresses else {}
    for page in pages:
        facts = _saved(files[page], home) if page in files else read[addresses[page]]
        if as_json:
            click.echo(json.dumps(to_dict(facts), ensure_ascii=False))
        else:
            _show(page, facts)


def _address(page: str) -> str:
    """Return the URL to fetch; whole ones go to the reader as they are, which refuses in words."""
    return page if "://" in page else read_url(page)


async def _fetched(urls: tuple[str, ...]) -> dict[str, PageFacts]:
    async with Reader(SystemClock()) as reader:
        reads = await reader.read_many(urls)
    return {read.asked: facts_of_read(read) for read in reads}


def _saved(file: Path, url: str | None) -> PageFacts:
    """Read a file, packed or not, and never more of it than of a page on the web."""
    try:
        with file.open("rb") as plain:
            packed = plain.read(2) == _GZIP
            plain.seek(0)
            if not packed:
                return facts_of(plain.read(MAX_BYTES + 1), url)
            with gzip.open(plain) as inflated:
                return facts_of(inflated.read(MAX_BYTES + 1), url)
    except (OSError, EOFError) as error:
        return unreadable(url, f"the file could not be read ({error})")


def _show(page: str, facts: PageFacts) -> None:
    table = Table(title=page, title_justify="left", show_header=False, box=None)
    for name, value in to_dict(facts).items():
        table.add_row(name, _words(value))
    Console().print(table)


def _words(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_words(each)}" for name, each in value.items())
    if isinstance(value, tuple):
        return "\n".join(map(_words_of_row, value)) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _words_of_row(row: object) -> str:
    if isinstance(row, dict):
        mark = {True: "yes", False: "no", None: "unknown"}[row["present"]]
        return f"{row['name']}: {mark}" + (f" ({row['evidence']})" if row["evidence"] else "")
    return str(row)
