"""Turns the text files of a release into Parquet that is sorted for the questions asked of it.

Every file is checked while it is read, so no check costs another pass: ids count up from 0, names
are in C order, each domain has its rank, and no link names a domain that is not there.
"""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.index.engine import IndexFault, literal
from bot.index.place import Links, Named
from bot.index.release import Stated

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_GROUP = 122_880
"""Rows of a row group: about 300 kB of a range read."""
_NAMED_GROUP = 40_960
_NODE_GROUP = 16_384
FILE_BYTES = 256 * 1024 * 1024
"""About the bytes of a file, so that its footer is a small read."""
_FORMAT = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, WRITE_BLOOM_FILTER false"
_CSV = "delim='\t', header=false, auto_detect=false, quote='', escape='', compression='gzip'"


def _edges_of(path: Path) -> str:
    return f"read_csv({literal(path)}, {_CSV}, columns={{'f': 'UINTEGER', 't': 'UINTEGER'}})"


def _vertices_of(path: Path) -> str:
    columns = "{'id': 'UINTEGER', 'rev': 'VARCHAR', 'n_hosts': 'UINTEGER'}"
    return f"read_csv({literal(path)}, {_CSV}, columns={columns})"


def _ranks_of(path: Path) -> str:
    columns = (
        "{'hc_pos': 'UINTEGER', 'hc_val': 'DOUBLE', 'pr_pos': 'UINTEGER', 'pr_val': 'DOUBLE', "
        "'rev': 'VARCHAR', 'n_hosts': 'UINTEGER'}"
    )
    return f"read_csv({literal(path)}, {_CSV}, skip=1, columns={columns})"


def write_nodes(
    db: "DuckDBPyConnection", vertices: Path, ranks: Path, out: Path, stated: Stated
) -> tuple[int, tuple[Named, ...]]:
    """Write every domain with its number and ranks, by name; return how many, and the files."""
    _write(
        db,
        f"""
            WITH told AS (
                SELECT id, rev, n_hosts, row_number() OVER () - 1 AS line, lag(rev) OVER () AS above
                FROM {_vertices_of(vertices)}
            ), checked AS (
                SELECT rev, n_hosts, CASE
                    WHEN id IS NULL OR rev IS NULL OR id <> line
                        THEN error('linkgap: line ' || line + 1 || ' of {vertices.name} should '
                        || 'have the id ' || line || ': the file is damaged or is no vertices file '
                        || 'of a domain-level release. An index that was there still answers.')
                        ::UINTEGER
                    WHEN above >= rev
                        THEN error('linkgap: line ' || line + 1 || ' of {vertices.name} is not in '
                        || 'order: its edges cannot be trusted. Take another release; an index '
                        || 'that was there still answers.')::UINTEGER
                    ELSE id END AS id
                FROM told
            )
            SELECT id, rev, CASE WHEN pr_pos IS NULL
                THEN error('linkgap: {ranks.name} has no rank of ' || rev || ': the file is cut '
                || 'short or belongs to another release. An index that was there still answers.')
                ::UINTEGER ELSE pr_pos END AS pr_pos, hc_pos, checked.n_hosts
            FROM checked LEFT JOIN {_ranks_of(ranks)} AS ranks USING (rev)
            ORDER BY id
        """,
        out / "nodes",
        "id",
        _NODE_GROUP,
    )
    files = tuple(
        Named(f"{out.name}/nodes/{Path(name).name}", first, last, Path(name).stat().st_size)
        for name, first, last in _extents(db, out / "nodes", "rev")
    )
    count = _rows(db, out / "nodes")
    _as_stated("domains", count, stated.domains)
    return count, files


def watch(
    db: "DuckDBPyConnection", edges: Path, nodes: Path, watched: Mapping[str, int], out: Path
) -> int:
    """Write who links to the watched domains, in one pass; return how many links were read."""
    ids = ", ".join(str(number) for number in sorted({*watched.values()})) or "NULL"
    db.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE pass AS
        SELECT count(*) AS links, greatest(max(f), max(t)) AS highest,
            list(t::UBIGINT * 4294967296 + f) FILTER (WHERE t IN ({ids})) AS kept
        FROM {_edges_of(edges)}
        """
    )
    found = db.execute("SELECT links, highest FROM pass").fetchone() or (0, None)
    links, highest = found
    domains = _rows(db, nodes)
    if highest is not None and highest >= domains:
        raise IndexFault(_STRANGE.format(name=edges.name, highest=highest, domains=domains))
    _write(
        db,
        f"""
            WITH kept AS (SELECT DISTINCT unnest(kept) AS pair FROM pass),
            links AS (SELECT (pair // 4294967296)::UINTEGER AS t,
                (pair % 4294967296)::UINTEGER AS f FROM kept)
            SELECT t, f, rev, pr_pos FROM links JOIN {_parquet(nodes)} ON id = f
            ORDER BY t, pr_pos, f
        """,
        out,
        "t",
        _GROUP,
    )
    db.execute("DROP TABLE pass")
    return int(links)


_STRANGE = (
    "{name} names domain {highest:,}, and the release has {domains:,} domains: the files are not "
    "of one release. An index that was there still answers."
)


def write_both(
    db: "DuckDBPyConnection", edges: Path, nodes: Path, out: Path, *, names: bool
) -> tuple[int, tuple[Links, ...], tuple[Links, ...]]:
    """Write all links in both directions; return how many, the inlinks and the outlinks.

    The file is in order of who links, so that direction is a copy of it; the other is sorted from
    that copy, which is faster to read. With `names`, inlinks have the name and rank of who links.
    """
    there, back = out / "outlinks", out / "inlinks"
    _write(db, f"SELECT f, t FROM {_edges_of(edges)}", there, "f", _GROUP)
    outlinks = links_in(db, there, "f", out.name)
    highest, links = _highest(db, there), _rows(db, there)
    domains = _rows(db, nodes)
    if highest is not None and highest >= domains:
        raise IndexFault(_STRANGE.format(name=edges.name, highest=highest, domains=domains))
    if not _in_order(db, there):
        raise IndexFault(
            f"{edges.name} is not sorted by who links: it is damaged or no edges file. "
            "An index that was there still answers."
        )
    sorted_links = f"SELECT t, f FROM {_parquet(there)} ORDER BY t, f"
    if names:
        sorted_links = (
            f"SELECT t, f, rev, pr_pos FROM {_parquet(there)} "
            f"JOIN {_parquet(nodes)} ON id = f ORDER BY t, pr_pos, f"
        )
    _write(db, sorted_links, back, "t", _NAMED_GROUP if names else _GROUP)
    return links, links_in(db, back, "t", out.name), outlinks


def _write(db: "DuckDBPyConnection", query: str, folder: Path, column: str, group: int) -> None:
    """Write the rows of a query, which are in order of a column, to files in that order.

    The engine writes one file in order, and several side by side in none; so a large file is cut
    afterwards, between two values of the column.
    """
    folder.mkdir()
    whole, form = folder / "whole.parquet", f"{_FORMAT}, ROW_GROUP_SIZE {group}"
    db.execute(f"COPY ({query}) TO {literal(whole)} ({form})")
    parts = -(-whole.stat().st_size // FILE_BYTES)
    groups = db.execute(
        f"SELECT DISTINCT stats_min_value::UINTEGER FROM parquet_metadata({literal(whole)}) "
        "WHERE path_in_schema = ? AND stats_min_value IS NOT NULL ORDER BY 1",
        [column],
    ).fetchall()
    firsts = [int(first) for (first,) in groups]
    each = max(1, -(-len(firsts) // parts))
    cuts = [0, *firsts[each::each], 2**32]
    if len(cuts) == 2:
        whole.rename(folder / "0000.parquet")
        return
    for number, (first, end) in enumerate(pairwise(cuts)):
        rows = f"SELECT * FROM {_read(whole)} WHERE {column} >= {first} AND {column} < {end}"
        db.execute(f"COPY ({rows}) TO {literal(folder / f'{number:04}.parquet')} ({form})")
    whole.unlink()


def _read(file: Path) -> str:
    return f"read_parquet({literal(file)})"


def ids_of(db: "DuckDBPyConnection", nodes: Path, names: list[str]) -> dict[str, int]:
    """Return the numbers of reversed names; names that are not in the release are left out."""
    found = db.execute(
        f"SELECT rev, id FROM {_parquet(nodes)} WHERE rev IN (SELECT unnest(?))",
        [names],
    ).fetchall()
    return dict(found)


def _parquet(folder: Path) -> str:
    return f"read_parquet({literal(folder / '*.parquet')})"


def _as_stated(what: str, found: int, stated: int | None) -> None:
    """Raise `IndexFault` if a file has another number of rows than its release says."""
    if stated is not None and found != stated:
        raise IndexFault(
            f"The release says that it has {stated:,} {what}, and {found:,} were read: the file is "
            "cut short or was replaced. Delete the download and sync again; an index that was "
            "there still answers."
        )


def check_links(found: int, stated: Stated) -> None:
    """Raise `IndexFault` if other links were read than the release says it has."""
    _as_stated("links", found, stated.links)


def _rows(db: "DuckDBPyConnection", folder: Path) -> int:
    files = literal(folder / "*.parquet")
    row = db.execute(
        f"SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata({files})"
    ).fetchone()
    return int(row[0]) if row else 0


def _extents(db: "DuckDBPyConnection", folder: Path, column: str) -> list[tuple[str, str, str]]:
    """Return each file's name with the first and last value of a sorted column."""
    files = literal(folder / "*.parquet")
    return db.execute(
        f"SELECT filename, min({column}), max({column}) "
        f"FROM read_parquet({files}, filename = true) GROUP BY 1 ORDER BY 2"
    ).fetchall()


def links_in(db: "DuckDBPyConnection", folder: Path, column: str, build: str) -> tuple[Links, ...]:
    """Return the files of links in a folder of a build, with the first and last number in each."""
    return tuple(
        Links(
            f"{build}/{folder.name}/{Path(name).name}",
            int(first),
            int(last),
            Path(name).stat().st_size,
        )
        for name, first, last in _extents(db, folder, column)
    )


def _highest(db: "DuckDBPyConnection", folder: Path) -> int | None:
    row = db.execute(
        "SELECT max(stats_max_value::UINTEGER) "
        f"FROM parquet_metadata({literal(folder / '*.parquet')})"
    ).fetchone()
    return row[0] if row else None


def _in_order(db: "DuckDBPyConnection", folder: Path) -> bool:
    """Say whether the row groups of outlinks follow each other by who links."""
    row = db.execute(
        f"""
        SELECT count(*) FROM (
            SELECT stats_min_value::UINTEGER AS low,
                lag(stats_max_value::UINTEGER) OVER (ORDER BY stats_min_value::UINTEGER) AS above
            FROM parquet_metadata({literal(folder / "*.parquet")}) WHERE path_in_schema = 'f'
        ) WHERE low < above
        """
    ).fetchone()
    return not (row and row[0])
