"""A little release of the web graph in the exact format of Common Crawl, and its plain truth."""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.common.clock import Clock
from bot.index.engine import Bounds
from bot.index.files import LocalFiles
from bot.index.place import Marker, Place
from bot.index.questions import Graph, Reader
from bot.index.sync import Maker, Wanted, found_in

RELEASE = "cc-main-2026-jul-aug-sep"
HEADER = "#harmonicc_pos\t#harmonicc_val\t#pr_pos\t#pr_val\t#host_rev\t#n_hosts\n"


def backwards(name: str) -> str:
    return ".".join(reversed(name.split(".")))


@dataclass(frozen=True)
class SmallGraph:
    """Links between domains; `besides` are domains without any, `first` those that rank first."""

    links: frozenset[tuple[str, str]]
    besides: frozenset[str] = frozenset()
    first: tuple[str, ...] = ()

    @property
    def domains(self) -> list[str]:
        """Return all domains in the order of the graph."""
        named = {name for link in self.links for name in link} | self.besides | {*self.first}
        return sorted(named, key=backwards)

    @property
    def ranking(self) -> list[str]:
        """Return all domains, the strongest first."""
        return [*self.first, *(name for name in self.domains if name not in self.first)]

    def linkers(self, target: str) -> set[str]:
        """Return who links to a domain, by the links alone."""
        return {source for source, to in self.links if to == target and source != target}

    def texts(self) -> dict[str, str]:
        """Return the text of each file of the release."""
        ids = {name: number for number, name in enumerate(self.domains)}
        edges = sorted((ids[source], ids[target]) for source, target in self.links)
        ranks = (
            f"{place}\t{100 - place}.5\t{place}\t{1 / place:.6E}\t{backwards(name)}\t1\n"
            for place, name in enumerate(self.ranking, start=1)
        )
        return {
            "vertices": "".join(f"{ids[one]}\t{backwards(one)}\t1\n" for one in self.domains),
            "edges": "".join(f"{source}\t{target}\n" for source, target in edges),
            "ranks": HEADER + "".join(ranks),
            "stats": f"nodes={len(ids)}\narcs={len(edges)}\nloops=0\n",
        }

    def files(self, release: str = RELEASE, **texts: str) -> dict[str, bytes]:
        """Return the release's files by name; `texts` replace those of some parts."""
        said = self.texts() | texts
        files = {
            f"{release}-domain-{part}.txt.gz": gzip.compress(said[part].encode(), 1, mtime=0)
            for part in ("vertices", "edges", "ranks")
        }
        return files | {f"{release}-domain.stats": said["stats"].encode()}

    def write(self, folder: Path, release: str = RELEASE, **texts: str) -> Path:
        """Write the release's files into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in self.files(release, **texts).items():
            (folder / name).write_bytes(body)
        return folder


WORLD = SmallGraph(
    frozenset(
        {
            *((f"blog-{number}.example", "rival.example") for number in range(1, 6)),
            *((f"blog-{number}.example", "other.example") for number in range(4, 9)),
            *((f"blog-{number}.example", "ours.example") for number in (1, 8)),
            ("rival.example", "ours.example"),
            ("ours.example", "rival.example"),
            ("github.io", "rival.example"),
            ("gravatar.com", "rival.example"),
            ("reddit.com", "other.example"),
        }
    ),
    besides=frozenset({"silent.example"}),
    first=("gravatar.com", "reddit.com", "blog-5.example", "rival.example"),
)
"""Five link to one rival, five to the other, two to us as well; a suffix, a hub and a platform."""


@dataclass
class Shelf:
    """An index in a folder, made and asked without the command line."""

    folder: Path
    clock: Clock
    told: list[str] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return Place(self.folder / "linkgap-index")

    def make(
        self,
        graph: SmallGraph = WORLD,
        *,
        watch: Iterable[str] = (),
        full: bool = False,
        names: bool = False,
        texts: Mapping[str, str] | None = None,
        release: str = RELEASE,
    ) -> Marker:
        """Make an index from files that are here."""
        found = found_in([graph.write(self.folder / "release", release, **(texts or {}))])
        with self.place.locked():
            return self.maker.make(found, Wanted(tuple(watch), full, names))

    @property
    def maker(self) -> Maker:
        return Maker(self.place, Bounds(256, 1), self.clock, self.told.append)

    def reader(self) -> Reader:
        found = Graph(LocalFiles(self.place), Bounds(256, 1)).reader()
        assert found is not None
        return found
