"""`linkgap index …`: makes, shows and removes the open link index of Common Crawl's web graph."""

import asyncio
import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click

from bot.cli._archive_pages import pages
from bot.cli._terminal import say, say_json
from bot.common.clock import SystemClock
from bot.common.domains import under_private_suffix
from bot.common.errors import BadQuestion
from bot.index.download import Downloads, data_client
from bot.index.engine import Bounds, need_engine
from bot.index.files import local_place
from bot.index.place import Marker, Place
from bot.index.sync import (
    Hosts,
    Maker,
    Release,
    Wanted,
    counted,
    fetched,
    found_in,
    watchable,
    which_release,
)
from bot.providers.commoncrawl.vendor import Options
from bot.settings.environment import Settings, load
from bot.store.known_sites import sites_of_interest

release_option = click.option(
    "--release", metavar="R", help="A release, such as cc-main-2026-jul-aug-sep. Default: newest."
)
watch_option = click.option(
    "--watch", multiple=True, metavar="DOMAIN", help="Keep who links to this site, too."
)
full_option = click.option(
    "--full", is_flag=True, help="Keep all links, both ways: every site is answered at once."
)
names_option = click.option(
    "--names/--no-names",
    default=None,
    help="Write the linking sites' names beside all links: three times the size, and faster to "
    "ask. Default: only where it is built to be served.",
)


@click.group("index", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Make an open link index from Common Crawl's web graph: free, and without any key.

    The graph says which site links to which, and how sites rank. docs/open-index.md says what that
    answers and what it does not, how large it is, and how to serve one index to many bots.
    """


@command.command("sync")
@release_option
@watch_option
@full_option
@names_option
def sync(*, release: str | None, watch: tuple[str, ...], full: bool, names: bool | None) -> None:
    """Fetch a release and make an index of it; a fetch that was interrupted goes on.

    Watched are the sites named here, those watched before, your own ones, and the competitors of
    your last answers. The old index answers until the new one is whole.
    """
    shop = _Shop()
    place = shop.place
    with place.locked():
        wanted = Wanted(() if full else shop.watched(watch), full, full and bool(names))
        if not full and not wanted.watched:
            raise BadQuestion(
                "No site is known yet. Name some with --watch, set LINKGAP_SITE, or take --full."
            )
        name, maker = asyncio.run(shop.choose(release, place.downloads)), shop.maker(place)
        if maker.holds(name, wanted):
            _made(maker.add(wanted.watched))
            return
        found = asyncio.run(shop.fetch(name, place.downloads))
        _made(maker.make(found, wanted))
        place.keep_downloads([] if full else [found.files["edges"]])


@command.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@watch_option
@full_option
@names_option
def load_(
    *, paths: tuple[Path, ...], watch: tuple[str, ...], full: bool, names: bool | None
) -> None:
    """Make an index of a release's files that are here already: a folder, or the three files."""
    shop = _Shop()
    found = found_in(paths)
    with shop.place.locked():
        wanted = Wanted(() if full else shop.watched(watch), full, full and bool(names))
        _made(shop.maker(shop.place).make(found, wanted))


@command.command("add")
@click.argument("domains", nargs=-1, required=True, metavar="DOMAIN…")
def add(*, domains: tuple[str, ...]) -> None:
    """Watch more sites of the release that is here: one more pass over its links."""
    shop = _Shop()
    with shop.place.locked():
        _made(shop.maker(shop.place).add(watchable(domains)))


@command.command("build")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to serve.")
@release_option
@click.option(
    "--from",
    "paths",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A release's files that are here already: a folder, or a file of three.",
)
@names_option
def build(*, out: Path, release: str | None, paths: tuple[Path, ...], names: bool | None) -> None:
    """Make the full index as plain Parquet, to be served to any number of bots.

    Copy the folder to a web server or bucket, index.json last, and set LINKGAP_INDEX to its
    address everywhere.
    """
    shop, place = _Shop(), Place(out)
    with place.locked():
        if paths:
            found = found_in(paths)
        else:
            name = asyncio.run(shop.choose(release, place.downloads))
            found = asyncio.run(shop.fetch(name, place.downloads))
        _made(shop.maker(place).make(found, Wanted(full=True, names=names is not False)))
        place.keep_downloads([])


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def status(ctx: click.Context, *, as_json: bool) -> None:
    """Say which index answers, what it holds and what it takes; exit with 4 if there is none."""
    place = _Shop().place
    marker, begun = place.marker(), sorted(place.downloads.glob("*.part"))
    if as_json:
        say_json(json.dumps(_as_json(place, marker, begun), indent=2))
    else:
        _show(place, marker, begun)
    ctx.exit(0 if marker else 4)


@command.command("drop")
@click.option("--yes", is_flag=True, help="Do not ask.")
def drop(*, yes: bool) -> None:
    """Remove the index and what was fetched for it."""
    place = _Shop().place
    if not yes:
        click.confirm(f"Remove the index in {place.folder} and its downloads?", abort=True)
    with place.locked():
        place.drop()
    say("There is no open link index on this machine now.")


command.add_command(pages)


class _Shop:
    """What the commands have in common: the settings, the folder and the engine's bounds."""

    def __init__(self) -> None:
        need_engine()
        self.settings = load(Settings)
        self.options = Options.beside(self.settings)

    @property
    def place(self) -> Place:
        """Return the folder of this installation's index; raises `ConfigError` if it is remote."""
        return local_place(self.settings.index, self.settings.db)

    def watched(self, named: Iterable[str]) -> tuple[str, ...]:
        """Return the sites to watch; those that the graph merges with others cannot be."""
        marker = self.place.marker_or_none()
        known = {*sites_of_interest(self.settings.db), *(marker.watched if marker else ())}
        if self.settings.site:
            known.add(self.settings.site)
        apart = [one for one in sorted(known) if not under_private_suffix(one)]
        return watchable([*named, *apart])

    def maker(self, place: Place) -> Maker:
        """Return what makes indexes in a place."""
        bounds = Bounds(self.options.memory_mb, self.options.threads)
        return Maker(place, bounds, SystemClock(), partial(say, err=True))

    async def choose(self, release: str | None, folder: Path) -> str:
        """Return the release to take: the one named, or the newest."""
        async with data_client() as client:
            fetch = Downloads(client, SystemClock(), folder, _progress)
            return await which_release(fetch, self._hosts, release)

    async def fetch(self, release: str, folder: Path) -> Release:
        """Fetch a release into a folder."""
        say(f"Fetching {release} into {folder}", err=True)
        async with data_client() as client:
            fetch = Downloads(client, SystemClock(), folder, _progress)
            return await fetched(fetch, self._hosts, release)

    @property
    def _hosts(self) -> Hosts:
        return Hosts(self.options.base_url, self.options.list_url)


def _progress(name: str, have: int, total: int) -> None:
    share = 100 * have / total if total else 100
    say(f"\r{name}: {have / 1e9:,.2f} of {total / 1e9:,.2f} GB ({share:.0f} %)", err=True, nl=False)
    if have == total:
        say("", err=True)


def _made(marker: Marker) -> None:
    """Say what answers now."""
    say(
        f"{marker.release} answers now: {counted(marker.domains)}, {marker.links:,} links, "
        f"{_holds(marker)}."
    )
    for domain in sorted(one for one, number in marker.watched.items() if number is None):
        say(f"{domain} is not in this release: its crawls did not meet it.")


def _holds(marker: Marker) -> str:
    if marker.shape == "full":
        return "every site both ways"
    return f"who links to {counted(len(marker.watched))}"


def _show(place: Place, marker: Marker | None, begun: list[Path]) -> None:
    if marker is None:
        say(f"There is no index in {place.folder}. `linkgap index sync` makes one.")
    else:
        _made(marker)
        say(f"Made {marker.built_at:%Y-%m-%d %H:%M} UTC in {place.folder}.")
        if marker.watched:
            say(f"Watched: {', '.join(sorted(marker.watched))}.")
    if place.folder.is_dir():
        say(f"It takes {place.size() / 1e9:,.2f} GB with its downloads.")
    for path in begun:
        say(f"Begun: {path.name}, {path.stat().st_size / 1e9:,.2f} GB; sync goes on with it.")


def _as_json(place: Place, marker: Marker | None, begun: list[Path]) -> dict[str, object]:
    return {
        "folder": str(place.folder),
        "release": marker.release if marker else None,
        "shape": marker.shape if marker else None,
        "built_at": marker.built_at.isoformat() if marker else None,
        "domains": marker.domains if marker else None,
        "links": marker.links if marker else None,
        "watched": sorted(marker.watched) if marker else [],
        "absent": sorted(n for n, at in marker.watched.items() if at is None) if marker else [],
        "bytes": place.size() if place.folder.is_dir() else 0,
        "begun": [path.name for path in begun],
    }
