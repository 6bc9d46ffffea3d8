"""Makes an index from a release: fetched, or from files that are here already."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.common.clock import Clock
from bot.common.domains import registrable, under_private_suffix
from bot.common.errors import BadQuestion
from bot.index import tables
from bot.index.download import Downloads
from bot.index.engine import Bounds, IndexFault, engine
from bot.index.place import Marker, Place, Shape
from bot.index.release import (
    LIST_PATH,
    PARTS,
    Stated,
    address,
    chosen,
    part_of,
    refuse_known_bad,
    releases_in,
    reversed_name,
    stated_in,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Told = Callable[[str], None]
"""Told what is being done, in a sentence."""


@dataclass(frozen=True, slots=True)
class Release:
    """The files of a release on this machine, and what it says of itself."""

    name: str
    files: Mapping[str, Path]
    stated: Stated = field(default_factory=Stated)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where the data lies, and where the list of releases does."""

    data: str
    index: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make: the watched domains, or every domain; `names` as in `Marker.named`."""

    watched: tuple[str, ...] = ()
    full: bool = False
    names: bool = False

    @property
    def shape(self) -> Shape:
        """Return the shape that the marker says."""
        return "full" if self.full else "watchlist"


async def which_release(fetch: Downloads, hosts: Hosts, wanted: str | None) -> str:
    """Return the release to sync; raises `BadQuestion` for one that must not be used."""
    if wanted is not None:
        refuse_known_bad(wanted)
    text = await fetch.small(f"{hosts.index}{LIST_PATH}")
    return chosen(releases_in(text or b""), wanted)


async def fetched(fetch: Downloads, hosts: Hosts, release: str) -> Release:
    """Fetch a release's files, one after the other; what is there already is not fetched again."""
    stated = stated_in(await fetch.small(address(hosts.data, release, "stats")) or b"")
    files = {part: await fetch.large(address(hosts.data, release, part)) for part in PARTS}
    return Release(release, files, stated)


def found_in(paths: Sequence[Path]) -> Release:
    """Return the release whose files these are, or lie in this folder.

    Raises `BadQuestion` that names what is missing or what does not belong together.
    """
    files = [one for path in paths for one in (sorted(path.iterdir()) if path.is_dir() else [path])]
    parts: dict[str, dict[str, Path]] = {}
    for path in files:
        if said := part_of(path.name):
            parts.setdefault(said[0], {})[said[1]] = path
    if len(parts) != 1:
        what = "no files" if not parts else f"files of {len(parts)} releases"
        raise BadQuestion(
            f"There are {what} here. A release has three files: NAME-domain-vertices.txt.gz, "
            "NAME-domain-edges.txt.gz and NAME-domain-ranks.txt.gz."
        )
    ((name, found),) = parts.items()
    refuse_known_bad(name)
    if missing := [part for part in PARTS if part not in found]:
        raise BadQuestion(f"{name}-domain-{missing[0]}.txt.gz is missing. Nothing was loaded.")
    beside = found["edges"].with_name(f"{name}-domain.stats")
    stated = stated_in(beside.read_bytes()) if beside.is_file() else Stated()
    return Release(name, found, stated)


def watchable(domains: Iterable[str]) -> tuple[str, ...]:
    """Return registrable domains; raises `BadQuestion` for what the graph cannot tell apart."""
    found = []
    for text in domains:
        domain = registrable(text)
        if domain is None:
            raise BadQuestion(f"“{text[:60]}” is no domain. Write it like example.com.")
        if under_private_suffix(domain):
            raise BadQuestion(
                f"The open graph knows {domain} only together with all its neighbours, as one "
                "site. It cannot be watched."
            )
        found.append(domain)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes indexes in a place, which must be locked.

    If it fails or is killed, what answered before goes on answering. `told` hears each step.
    """

    place: Place
    bounds: Bounds
    clock: Clock
    told: Told

    def make(self, release: Release, wanted: Wanted) -> Marker:
        """Make an index of a release and let it answer."""
        marker, made = self.build(release, wanted)
        self.place.finish(made, marker)
        return marker

    def build(self, release: Release, wanted: Wanted) -> tuple[Marker, Path]:
        """Make the files of an index in a new folder; return its marker and the folder."""
        out = self.place.begin()
        edges = release.files["edges"]
        with engine(self._bounds()) as db:
            self.told("Sorting the domains and their ranks")
            vertices, ranks = release.files["vertices"], release.files["ranks"]
            domains, nodes = tables.write_nodes(db, vertices, ranks, out, release.stated)
            about = Marker(
                release=release.name,
                shape=wanted.shape,
                built_at=self.clock.now(),
                domains=domains,
                links=0,
                nodes=nodes,
                inlinks=(),
                named=wanted.names or not wanted.full,
                edges=None if wanted.full else str(edges.absolute()),
            )
            if wanted.full:
                self.told("Sorting the links in both directions")
                links, inlinks, outlinks = tables.write_both(
                    db, edges, out / "nodes", out, names=wanted.names
                )
                tables.check_links(links, release.stated)
                return replace(about, links=links, inlinks=inlinks, outlinks=outlinks), out
            self.told(f"Reading the links of {counted(len(wanted.watched))}")
            ids = _ids(db, out / "nodes", wanted.watched)
            links = tables.watch(db, edges, out / "nodes", _present(ids), out / "inlinks")
            tables.check_links(links, release.stated)
            inlinks = tables.links_in(db, out / "inlinks", "t", out.name)
            return replace(about, links=links, inlinks=inlinks, watched=ids), out

    def holds(self, release: str, wanted: Wanted) -> bool:
        """Say whether what answers is of this release and shape, and can grow if it must."""
        marker = self.place.marker_or_none()
        if marker is None or (marker.release, marker.shape) != (release, wanted.shape):
            return False
        if wanted.full:
            return marker.named == wanted.names
        return {*wanted.watched} <= {*marker.watched} or Path(marker.edges or "").is_file()

    def add(self, domains: tuple[str, ...]) -> Marker:
        """Watch further domains of the release that is here: one more pass over its links."""
        marker = self.place.marker()
        if marker is None:
            raise BadQuestion("There is no index yet. Begin with `linkgap index sync`.")
        new = tuple(one for one in domains if one not in marker.watched)
        if marker.shape == "full" or not new:
            return marker
        edges = Path(marker.edges or "")
        if not edges.is_file():
            raise IndexFault(
                "The release's file of links is not on this machine any more, so nothing was "
                "added. `linkgap index sync` fetches it again; name the new domains with --watch."
            )
        out = self.place.begin()
        # The domains of the release lie in the folder of the index that is here.
        nodes = (self.place.folder / marker.nodes[0].path).parent
        with engine(self._bounds()) as db:
            self.told(f"Reading the links of {counted(len(new))} more")
            ids = _ids(db, nodes, new)
            links = tables.watch(db, edges, nodes, _present(ids), out / "inlinks")
            if links != marker.links:
                raise IndexFault(
                    f"{edges} has {links:,} links, and the index was made from "
                    f"{marker.links:,}: it was replaced meanwhile. Nothing was added; call "
                    "`linkgap index sync`."
                )
            more = tables.links_in(db, out / "inlinks", "t", out.name)
        grown = replace(
            marker,
            built_at=self.clock.now(),
            inlinks=(*marker.inlinks, *more),
            watched={**marker.watched, **ids},
        )
        self.place.finish(out, grown)
        return grown

    def _bounds(self) -> Bounds:
        return replace(self.bounds, spill=self.place.work / "spill")


def counted(domains: int) -> str:
    """Return how many domains, in words."""
    return "1 domain" if domains == 1 else f"{domains:,} domains"


def _ids(db: "DuckDBPyConnection", nodes: Path, domains: Sequence[str]) -> dict[str, int | None]:
    names = {reversed_name(one): one for one in domains}
    found = tables.ids_of(db, nodes, [*names])
    return {domain: found.get(name) for name, domain in names.items()}


def _present(ids: Mapping[str, int | None]) -> dict[str, int]:
    return {name: number for name, number in ids.items() if number is not None}
