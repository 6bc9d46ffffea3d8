"""The open index beside its plain peers: one pass for a watchlist, the full sort, and questions.

    python -m benchmarks.index [MILLIONS …]

Edges are invented: 16 a domain, as in a real release, one domain in three links, and a few domains
have most links. They are no easier than real ones, which take 3.8 bytes each when gzipped. Each
measurement is a process of its own, so that its memory and its processor time are its own. `make
bench` runs the smallest size.
"""

import http.server
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from bot.common.clock import SystemClock
from bot.index import tables
from bot.index.engine import Bounds, engine
from bot.index.files import LocalFiles
from bot.index.place import Place
from bot.index.questions import Graph, Node
from bot.index.rows import Files
from bot.index.served import ServedFiles
from bot.index.sync import Maker, Wanted, found_in

SMALLEST = 2
MEMORY = 1024
NAME = "cc-main-bench-domain"
WATCHED = 8
_CSV = (
    "delim='\t', header=false, auto_detect=false, compression='gzip', "
    "columns={'f': 'UINTEGER', 't': 'UINTEGER'}"
)


def generate(folder: Path, millions: int) -> None:
    """Write a release of so many million links."""
    nodes, links = millions * 1_000_000 // 16, millions * 1_000_000
    with engine(Bounds(3000, 2, folder / "spill")) as db:
        out = "FORMAT csv, DELIMITER '\t', HEADER {}, COMPRESSION gzip, QUOTE ''"
        db.execute("SELECT setseed(0.42)")
        db.execute(
            f"CREATE TABLE names AS SELECT (row_number() OVER (ORDER BY rev) - 1)::UINTEGER AS id, "
            "rev FROM (SELECT DISTINCT (CASE WHEN i % 5 < 3 THEN 'com.' WHEN i % 5 = 3 THEN 'de.' "
            "ELSE 'org.' END) || translate(substr(md5(i::VARCHAR), 1, 6 + (i % 7)::INT), "
            f"'0123456789', 'ghijklmnop') AS rev FROM range({nodes}) AS r(i))"
        )
        found = db.execute("SELECT count(*) FROM names").fetchone()
        assert found
        nodes = found[0]
        # A target's number says nothing about its rank; a source's links are many or few.
        db.execute(
            "CREATE TABLE links AS SELECT DISTINCT f, t FROM (SELECT "
            f"(hash(floor(power(random(), 1.5) * {nodes} / 3)) % {nodes})::UINTEGER AS f, "
            f"(hash(floor(power(random(), 3.2) * {nodes}) + 7) % {nodes})::UINTEGER AS t "
            f"FROM range({links * 104 // 100})) WHERE f <> t"
        )
        db.execute(
            f"COPY (FROM links ORDER BY f, t) TO '{folder}/{NAME}-edges.txt.gz' "
            f"({out.format('false')})"
        )
        db.execute(
            f"COPY (SELECT id, rev, 1 FROM names ORDER BY id) TO "
            f"'{folder}/{NAME}-vertices.txt.gz' ({out.format('false')})"
        )
        db.execute(
            "COPY (SELECT place, 1.5, place, 0.5, rev, 1 FROM (SELECT rev, row_number() OVER "
            "(ORDER BY n DESC, id) AS place FROM (SELECT id, rev, coalesce(n, 0) AS n FROM names "
            "LEFT JOIN (SELECT t, count(*) AS n FROM links GROUP BY t) ON id = t))) TO "
            f"'{folder}/{NAME}-ranks.txt.gz' ({out.format('true')})"
        )
        wanted = (100_000, 90_000, 80_000, 2_000, 200, 20, 5, 1)
        chosen = [
            db.execute(
                "SELECT t, count(*) AS n FROM links GROUP BY t ORDER BY abs(n - ?), t LIMIT 1 "
                "OFFSET ?",
                [near, place if near >= 80_000 else 0],
            ).fetchone()
            for place, near in enumerate(wanted)
        ]
        some = db.execute(
            "SELECT rev FROM names WHERE id IN (SELECT t FROM links USING SAMPLE 200 ROWS)"
        ).fetchall()
        count = db.execute("SELECT count(*) FROM links").fetchone()
        assert count
    about = {
        "links": count[0],
        "nodes": nodes,
        "targets": [row[0] for row in chosen if row],
        "linkers": [row[1] for row in chosen if row],
        "some": [".".join(reversed(rev.split("."))) for (rev,) in some],
    }
    (folder / "about.json").write_text(json.dumps(about))


def about_of(folder: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = json.loads((folder / "about.json").read_text())
    return found


def _bare(folder: Path) -> duckdb.DuckDBPyConnection:
    spill: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(folder / "spill"),
        "memory_limit": f"{MEMORY}MB",
        "threads": 2,
    }
    return duckdb.connect(":memory:", config=spill)


def bare_watch(folder: Path) -> None:
    ids = ",".join(map(str, about_of(folder)["targets"]))
    _bare(folder).execute(
        f"COPY (SELECT t, f FROM read_csv('{folder}/{NAME}-edges.txt.gz', {_CSV}) "
        f"WHERE t IN ({ids})) TO '{folder}/bare-watch.parquet'"
    )


def our_nodes(folder: Path) -> None:
    out = folder / "ours"
    with engine(Bounds(MEMORY, 2, folder / "spill")) as db:
        release = found_in([folder])
        vertices, ranks = release.files["vertices"], release.files["ranks"]
        tables.write_nodes(db, vertices, ranks, out, release.stated)


def our_watch(folder: Path) -> None:
    watched = {str(number): number for number in about_of(folder)["targets"]}
    with engine(Bounds(MEMORY, 2, folder / "spill")) as db:
        edges = folder / f"{NAME}-edges.txt.gz"
        tables.watch(db, edges, folder / "ours" / "nodes", watched, folder / "ours" / "watch")


def awk_watch(folder: Path) -> None:
    wanted = " || ".join(f"$2 == {number}" for number in about_of(folder)["targets"])
    with (folder / "awk.txt").open("w") as out:
        subprocess.run(
            ["bash", "-c", f"zcat {folder}/{NAME}-edges.txt.gz | awk -F'\\t' '{wanted}'"],
            stdout=out,
            check=True,
        )


def bare_full(folder: Path) -> None:
    db, edges = _bare(folder), f"read_csv('{folder}/{NAME}-edges.txt.gz', {_CSV})"
    form = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd"
    db.execute(f"COPY (SELECT f, t FROM {edges}) TO '{folder}/bare-out.parquet' ({form})")
    db.execute(
        f"COPY (SELECT t, f FROM {edges} ORDER BY t, f) TO '{folder}/bare-in.parquet' ({form})"
    )


def our_full(folder: Path) -> None:
    out = folder / "ours"
    with engine(Bounds(MEMORY, 2, folder / "spill")) as db:
        edges = folder / f"{NAME}-edges.txt.gz"
        tables.write_both(db, edges, out / "nodes", out, names=False)


def make_full(folder: Path) -> None:
    _make(folder, Place(folder / "full"), names=False)


def make_named(folder: Path) -> None:
    _make(folder, Place(folder / "named"), names=True)


def _make(folder: Path, place: Place, *, names: bool) -> None:
    maker = Maker(place, Bounds(MEMORY, 2), SystemClock(), lambda _said: None)
    with place.locked():
        maker.make(found_in([folder]), Wanted(full=True, names=names))


def local_questions(folder: Path) -> None:
    for kind in ("full", "named"):
        found = _times(LocalFiles(Place(folder / kind)), folder)
        print(json.dumps({"kind": kind, **found}))


def _times(files: Files, folder: Path) -> dict[str, float]:
    """Return how many milliseconds questions take: of one target, and the gap of three."""
    about, graph = about_of(folder), Graph(files, Bounds(MEMORY, 2))
    one, gap = [], []
    for domain in [str(name) for name in about["some"]]:
        begun = time.perf_counter()
        reader = graph.reader()
        assert reader
        node = reader.nodes([domain])[domain]
        reader.shared([node], [], [], 1000)
        one.append(1000 * (time.perf_counter() - begun))
    reader = graph.reader()
    assert reader
    strong = _strong(folder, graph)
    for _ in range(5):
        begun = time.perf_counter()
        reader.shared(strong, [], [], 1000)
        gap.append(1000 * (time.perf_counter() - begun))
    return {
        "one_p50": statistics.median(one),
        "one_p95": statistics.quantiles(one, n=20)[-1],
        "gap": statistics.median(gap),
    }


def _strong(folder: Path, graph: Graph) -> list[Node]:
    ids = set(about_of(folder)["targets"][:3])
    with duckdb.connect() as db:
        rows = db.execute(
            f"SELECT rev FROM read_parquet('{folder}/full/build-*/nodes/*.parquet') "
            f"WHERE id IN ({','.join(map(str, ids))})"
        ).fetchall()
    reader = graph.reader()
    assert reader
    return [*reader.nodes(".".join(reversed(rev.split("."))) for (rev,) in rows).values()]


class _Ranged(http.server.SimpleHTTPRequestHandler):
    """Serves ranges of a folder with ETags, as a bucket does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        body_size, span = path.stat().st_size, self.headers.get("Range", "")
        first, last = 0, body_size - 1
        if span:
            start, _, end = span.removeprefix("bytes=").partition("-")
            first, last = int(start), min(last, int(end))
        self.send_response(206 if span else 200)
        self.send_header("ETag", f'"{path.stat().st_mtime_ns}"')
        self.send_header("Content-Range", f"bytes {first}-{last}/{body_size}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(first)
            self.wfile.write(file.read(last - first + 1))

    def log_message(self, *_arguments: object) -> None:
        return


def remote_questions(folder: Path) -> None:
    """Print requests and bytes of first questions, each by a bot that has just started."""
    handler = partial(_Ranged, directory=str(folder / "named"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    requests, sizes, warm = [], [], []
    keep = ServedFiles(address, SystemClock())
    graph = Graph(keep, Bounds(MEMORY, 2))
    for place, domain in enumerate(map(str, about_of(folder)["some"])):
        if place < 40:
            files = ServedFiles(address, SystemClock())
            _one(Graph(files, Bounds(MEMORY, 2)), domain)
            requests.append(files.tally.requests)
            sizes.append(files.tally.bytes)
        before = keep.tally.requests
        _one(graph, domain)
        warm.append(keep.tally.requests - before)
    print(
        json.dumps(
            {
                "requests_p50": statistics.median(requests),
                "requests_max": max(requests),
                "bytes_p50": statistics.median(sizes),
                "bytes_max": max(sizes),
                "warm_requests_p50": statistics.median(warm),
            }
        )
    )
    server.shutdown()


def _one(graph: Graph, domain: str) -> None:
    reader = graph.reader()
    assert reader
    node = reader.nodes([domain])[domain]
    reader.shared([node], [], [], 1000)


@dataclass(frozen=True)
class Took:
    """What a part took: seconds on the clock, seconds of a processor, peak megabytes."""

    seconds: float
    cpu: float
    megabytes: int
    said: str

    def line(self, name: str, beside: "Took | None" = None) -> str:
        """Return a line of the table."""
        times = f"  {self.cpu / beside.cpu:.2f} × bare" if beside else ""
        return (
            f"  {name:<24} {self.seconds:7.1f} s {self.cpu:7.1f} s of cpu "
            f"{self.megabytes:6,} MB{times}"
        )


def measured(part: Callable[[Path], None], folder: Path) -> Took:
    """Run a part in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.index", "--part", part.__name__, str(folder)]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    *said, last = ran.stdout.strip().splitlines()
    seconds, megabytes, cpu = json.loads(last)
    return Took(seconds, cpu, megabytes, "\n".join(said))


def _part(name: str, folder: Path) -> None:
    begun = time.perf_counter()
    globals()[name](folder)
    seconds = time.perf_counter() - begun
    print(json.dumps([seconds, _peak(), _cpu(name)]))


def _cpu(name: str) -> float:
    """Return the seconds of a processor that a part took: they say more on a busy machine."""
    who = resource.RUSAGE_CHILDREN if name == "awk_watch" else resource.RUSAGE_SELF
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _peak() -> int:
    """Return the most megabytes this process had; rusage would count its parent's, before exec."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def size_of(path: Path) -> int:
    files = path.rglob("*.parquet") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def run(millions: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, millions)
        about = about_of(folder)
        links = int(str(about["links"]))
        packed = (folder / f"{NAME}-edges.txt.gz").stat().st_size / links
        print(f"{links:,} links of {about['nodes']:,} domains, {packed:.2f} bytes a link gzipped")
        (folder / "ours").mkdir()
        print(measured(our_nodes, folder).line("domains and ranks"))
        for passes in ((bare_watch, our_watch, awk_watch), (bare_full, our_full)):
            took = [measured(part, folder) for part in passes]
            for part, one in zip(passes, took, strict=True):
                print(one.line(part.__name__, took[0]))
        for direction in ("inlinks", "outlinks"):
            each = size_of(folder / "ours" / direction) / links
            print(f"  {direction:<26} {each:7.2f} bytes a link")
        each = size_of(folder / "ours" / "nodes") / int(str(about["nodes"]))
        print(f"  domains                    {each:7.2f} bytes a domain")
        measured(make_full, folder)
        named = measured(make_named, folder)
        each = size_of(folder / "named") / links
        print(f"{named.line('whole build with names')}  {each:.2f} bytes a link")
        print(measured(local_questions, folder).said)
        print(measured(remote_questions, folder).said)


def main() -> None:
    sizes = [int(one) for one in sys.argv[1:] if one.isdecimal()] or [SMALLEST]
    for millions in sizes:
        run(millions)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        _part(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
