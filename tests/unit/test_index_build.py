"""A release becomes an index, or nothing changes: the old index goes on answering."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.clock import FakeClock
from support.small_graph import RELEASE, WORLD, Shelf, SmallGraph, backwards

from bot.common.errors import BadQuestion, ConfigError
from bot.index import engine as engine_module
from bot.index.engine import Bounds, IndexFault, NotInstalled, engine
from bot.index.place import MARKER, Busy, Place
from bot.index.release import KNOWN_BAD, chosen, releases_in
from bot.index.sync import Wanted, found_in, watchable

OLD = SmallGraph(frozenset({("old.example", "rival.example")}))
SAID = WORLD.texts()


OLD_RELEASE = "cc-main-2026-jun-jul-aug"


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path, FakeClock())


@pytest.fixture(scope="module")
def old_index(tmp_path_factory):
    shelf = Shelf(tmp_path_factory.mktemp("old"), FakeClock())
    shelf.make(OLD, watch=["rival.example"], release=OLD_RELEASE)
    return shelf.place.folder


@pytest.fixture
def used(shelf, old_index):
    """A shelf on which an older index answers."""
    shutil.copytree(old_index, shelf.place.folder)
    return shelf


def swapped(text: str, one: int, other: int) -> str:
    lines = text.splitlines(keepends=True)
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def renumbered(text: str) -> str:
    """Return the vertices with two names exchanged, so that only the names are out of order."""
    rows = [line.split("\t") for line in text.splitlines()]
    rows[1][1], rows[2][1] = rows[2][1], rows[1][1]
    return "".join("\t".join(row) + "\n" for row in rows)


BROKEN = {
    "ids out of order": ({"vertices": swapped(SAID["vertices"], 1, 2)}, "should have the id 1"),
    "names out of order": ({"vertices": renumbered(SAID["vertices"])}, "not in order"),
    "a column is missing": ({"vertices": SAID["vertices"].replace("\t1\n", "\n")}, "columns"),
    "words where ids should be": ({"edges": "com.a\tcom.b\n"}, "columns"),
    "a third column of links": ({"edges": "0\t1\t7\n"}, "columns"),
    "a rank is missing": ({"ranks": SAID["ranks"].rsplit("\n", 2)[0] + "\n"}, "has no rank of"),
    "a link to nowhere": ({"edges": SAID["edges"] + "0\t9999\n"}, "names domain 9,999"),
    "fewer domains than stated": ({"stats": "nodes=99\narcs=1\n"}, "says that it has 99 domains"),
    "fewer links than stated": (
        {"stats": SAID["stats"].replace("arcs=", "arcs=9")},
        "says that it has 9",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_release_is_told_and_the_old_index_still_answers(used, what):
    before = sorted(path.name for path in used.place.folder.iterdir())
    texts, said = BROKEN[what]
    with pytest.raises(IndexFault, match=said) as told:
        used.make(watch=["rival.example"], texts=texts)
    assert "still answers" in str(told.value)
    assert used.place.marker().release == OLD_RELEASE
    with used.place.locked():
        pass
    assert sorted(path.name for path in used.place.folder.iterdir()) == before


@pytest.mark.parametrize("part", ["vertices", "edges", "ranks"])
def test_a_file_that_is_cut_is_told(shelf, part):
    many = frozenset((f"b{number}.example", "a.example") for number in range(500))
    folder = SmallGraph(many).write(shelf.folder / "release")
    path = folder / f"{RELEASE}-domain-{part}.txt.gz"
    path.write_bytes(path.read_bytes()[:-200])
    with shelf.place.locked(), pytest.raises(IndexFault, match="damaged or cut short"):
        shelf.maker.make(found_in([folder]), Wanted(("a.example",)))
    assert shelf.place.marker() is None


def test_links_that_are_not_sorted_are_told_where_order_matters(shelf):
    links = frozenset((f"b{number}.example", "a.example") for number in range(3))
    graph = SmallGraph(links)
    edges = graph.texts()["edges"]
    many = edges * 60_000
    with pytest.raises(IndexFault, match="not sorted"):
        shelf.make(graph, full=True, texts={"edges": many, "stats": ""})


def test_a_missing_file_and_files_of_two_releases_are_told(tmp_path):
    folder = WORLD.write(tmp_path / "one")
    with pytest.raises(BadQuestion, match="no files"):
        found_in([tmp_path])
    (folder / f"{RELEASE}-domain-ranks.txt.gz").unlink()
    with pytest.raises(BadQuestion, match=r"ranks\.txt\.gz is missing"):
        found_in([folder])
    WORLD.write(folder, "cc-main-2026-may-jun-jul")
    with pytest.raises(BadQuestion, match="files of 2 releases"):
        found_in([folder])


def test_a_release_that_is_known_to_be_bad_is_refused_with_the_reason(tmp_path):
    (bad,) = KNOWN_BAD
    with pytest.raises(BadQuestion, match="not sorted"):
        found_in([WORLD.write(tmp_path, bad)])
    listed = releases_in(json.dumps([{"id": bad}, {"id": RELEASE}]).encode())
    assert chosen(listed, None) == RELEASE
    with pytest.raises(BadQuestion, match="not sorted"):
        chosen(listed, bad)
    with pytest.raises(BadQuestion, match="no release"):
        chosen(listed, "cc-main-2020-jan")


@pytest.mark.parametrize("text", [b"", b"[]", b"<html>", b'[{"name": 1}]', b'[{"id": "../x"}]'])
def test_a_list_of_releases_that_is_none_is_told(text):
    with pytest.raises(ConfigError, match="--release"):
        releases_in(text)


def test_what_a_killed_one_left_never_answers_and_is_removed(used):
    made = used.place.folder / "build-abandoned"
    made.mkdir()
    (made / "half.parquet").write_bytes(b"PAR1")
    (used.place.work / "spill").mkdir(parents=True)
    assert used.reader().nodes(["rival.example"])["rival.example"].id == 1
    used.make(watch=["rival.example"])
    assert used.place.marker().domains == len(WORLD.domains)
    kept = {path.name for path in used.place.folder.iterdir()}
    assert len(kept) == 3
    assert {MARKER, "lock"} < kept


def test_a_second_one_at_work_says_so_and_a_killed_one_holds_nothing(tmp_path):
    hold = (
        "import sys, time; from pathlib import Path; from bot.index.place import Place\n"
        "with Place(Path(sys.argv[1])).locked(): print('held', flush=True); time.sleep(60)"
    )
    place = Place(tmp_path)
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Busy, match=rf"process {other.pid}"), place.locked():
            pass
        other.kill()
        other.wait()
        with place.locked():
            pass


@pytest.mark.parametrize("text", ["{}", "[1", '{"release": "x"}'])
def test_a_marker_that_is_none_is_told(used, text):
    (used.place.folder / MARKER).write_text(text)
    with pytest.raises(IndexFault, match="Build it again"):
        used.place.marker()


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../b", "http://x/y", ""])
def test_a_marker_names_no_file_outside_its_folder(used, path):
    marker = used.place.folder / MARKER
    said = json.loads(marker.read_text())
    said["inlinks"][0]["path"] = path
    marker.write_text(json.dumps(said))
    with pytest.raises(IndexFault, match="another version"):
        used.place.marker()


def test_a_full_disk_is_told_as_one(tmp_path):
    with (
        pytest.raises(IndexFault, match="disk is full"),
        engine(Bounds(256, 1, tmp_path)) as db,
    ):
        db.execute("COPY (SELECT range AS n FROM range(1000000)) TO '/dev/full' (FORMAT csv)")


def test_too_little_memory_is_told_with_the_setting():
    with (
        pytest.raises(IndexFault, match="LINKGAP_COMMONCRAWL_MEMORY_MB"),
        engine(Bounds(20, 1)) as db,
    ):
        db.execute("SELECT list(n) FROM range(20000000) AS r(n)").fetchone()


def test_without_the_extra_one_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(engine_module, "find_spec", lambda _name: None)
    with pytest.raises(NotInstalled, match=r'pip install "linkgap\[index\]"'), engine(Bounds()):
        pass


def test_sites_that_the_graph_merges_cannot_be_watched():
    assert watchable(["https://www.Rival.example/x", "rival.example"]) == ("rival.example",)
    with pytest.raises(BadQuestion, match="all its neighbours"):
        watchable(["someone.github.io"])
    with pytest.raises(BadQuestion, match="no domain"):
        watchable(["localhost"])


def test_a_name_is_reversed_as_the_graph_writes_it():
    assert [backwards(one) for one in ("example.co.uk", "io")] == ["uk.co.example", "io"]
    assert gzip.decompress(WORLD.files()[f"{RELEASE}-domain-ranks.txt.gz"]).startswith(b"#harm")
