"""`linkgap page URL|FILE…`: what the reader understood of a page, as the page checks see it."""

import asyncio
import gzip
import json
import zlib
from pathlib import Path

import click
from rich.table import Table

from bot.cli._reading import NothingRead
from bot.cli._terminal import Terminal, say_json
from bot.common.clock import SystemClock
from bot.common.errors import BadQuestion
from bot.model.page import PageFacts, to_dict
from bot.model.question import read_url
from bot.pages.facts import unreadable
from bot.pages.reading.fetch import MAX_BYTES, Reader
from bot.pages.understand import understood, understood_file

_GZIP = b"\x1f\x8b"


@click.command("page")
@click.argument("pages", nargs=-1, required=True, metavar="URL|FILE...")
@click.option("--url", help="The address a FILE was saved from; links are read against it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page, a line each.")
def command(pages: tuple[str, ...], url: str | None, *, as_json: bool) -> None:
    """Print what LinkGap understands of a page.

    Its kind with the evidence, author, dates and links. A FILE is saved HTML, also gzipped. Only
    public pages are read, no script is run, and robots.txt is obeyed. What could not be read is
    null; `kind_evidence` says why.

    Exit code: 0 if a page was read, 4 if none could be.
    """
    files = {page: Path(page) for page in pages if Path(page).is_file()}
    if url is not None and len(files) != len(pages):
        raise BadQuestion("`--url` goes with a FILE; a page that is fetched has its own address.")
    home = read_url(url) if url else None
    addresses = {page: _address(page) for page in pages if page not in files}
    if not asyncio.run(_print_all(pages, files, addresses, home, as_json=as_json)):
        raise NothingRead("Nothing could be read.")


def _address(page: str) -> str:
    """Return the URL to fetch. Complete URLs go unchanged to the reader, which rejects bad ones."""
    return page if "://" in page else read_url(page)


async def _print_all(
    pages: tuple[str, ...],
    files: dict[str, Path],
    addresses: dict[str, str],
    home: str | None,
    *,
    as_json: bool,
) -> bool:
    """Fetch what has to be fetched, and print each page as soon as it is understood.

    Returns whether any could be read.
    """
    any_read = False
    async with Reader(SystemClock()) as reader:
        urls = tuple(addresses.values())
        reads = dict(zip(urls, await reader.read_many(urls), strict=True))
        for page in pages:
            if page in files:
                facts = await _saved(reader, files[page], home)
            else:
                (facts,) = await understood(reader, [reads[addresses[page]]])
            any_read = any_read or facts.readable
            if as_json:
                say_json(json.dumps(to_dict(facts), ensure_ascii=False))
            else:
                _show(page, facts)
    return any_read


async def _saved(reader: Reader, file: Path, url: str | None) -> PageFacts:
    try:
        html = _start_of(file)
    except (OSError, EOFError, zlib.error) as error:
        return unreadable(url, f"the file could not be read ({error})")
    return await understood_file(reader.apart, html, url)


def _start_of(file: Path) -> bytes:
    """Read the start of a file, gzipped or not: no more of it than of a page on the web."""
    with file.open("rb") as plain:
        packed = plain.read(2) == _GZIP
        plain.seek(0)
        if not packed:
            return plain.read(MAX_BYTES + 1)
        with gzip.open(plain) as inflated:
            return inflated.read(MAX_BYTES + 1)


def _show(page: str, facts: PageFacts) -> None:
    table = Table(title=page, title_justify="left", show_header=False, box=None)
    for name, value in to_dict(facts).items():
        table.add_row(name, _words(value))
    Terminal().print(table)


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
