"""The floors of the house: which folder may import which, and where third-party libraries go."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools import floors

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "playground")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# From the top down. A folder imports from itself and from the lines below.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("bot.cli",),
    ("bot.wiring",),
    ("handlers", "playground"),
    ("bot.tracking", "bot.outreach"),
    ("bot.jobs", "bot.analysis"),
    ("bot.spending",),
    ("bot.planning", "bot.vendor"),
    ("bot.providers",),
    ("bot.pages", "bot.render", "bot.exports", "bot.settings", "bot.index"),
    ("bot.store", "bot.gap"),
    ("bot.model",),
    ("bot.common",),
)
FLOOR = {room: height for height, rooms in enumerate(reversed(FLOORS)) for room in rooms}
HOMES: dict[str, set[str]] = {
    "slack_bolt": {"handlers", "playground", "bot.wiring"},
    "slack_sdk": {"handlers", "playground", "bot.wiring"},
    "httpx": {"bot.index", "bot.pages", "bot.providers", "bot.wiring", "playground"},
    "duckdb": {"bot.index"},
    "fsspec": {"bot.index"},
    "sqlite_utils": {"bot.store", "bot.exports"},
    "jinja2": {"bot.render", "bot.outreach"},
    "prometheus_client": {"handlers"},
    "apscheduler": {"bot.tracking"},
    "python_calamine": {"bot.exports"},
}
LONGEST = 600
# The clock, and the limit of a child process, which has to hold whatever a clock of a test says.
OWN_TIME = {"bot.common.clock", "bot.common.killable"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name: path for path in FILES if (name := name_of(path)) != "bot"}


def room_of(module: str) -> str:
    rooms = (room for room in FLOOR if module == room or module.startswith(f"{room}."))
    return next(rooms, "")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return every module that a file imports, anywhere in the file."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the floor"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = inner & MODULES.keys()
            found |= submodules
            if len(submodules) < len(inner):
                found.add(node.module or "")
    return frozenset(found)


def own_imports(path: Path) -> Iterator[str]:
    return (module for module in imports_of(path) if module.split(".")[0] in PACKAGES)


def offences(allowed) -> list[str]:
    return [
        f"{name} imports {module}"
        for name, path in MODULES.items()
        for module in sorted(own_imports(path))
        if not allowed(room_of(name), room_of(module))
    ]


def test_every_module_has_a_floor_and_every_floor_exists():
    rooms = {name: room_of(name) for name in MODULES}
    assert [name for name, room in rooms.items() if not room] == []
    assert FLOOR.keys() == set(rooms.values())


def test_the_floors_in_contributing_are_these():
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("| Floor |")[1].split("\n\n")[0]
    told = [
        tuple(re.findall(r"`((?:bot|handlers|playground)[\w/.]*)`", row.split("|")[2]))
        for row in table.splitlines()[2:]
    ]
    assert told == [tuple(_as_path(room) for room in rooms) for rooms in FLOORS]


def test_the_picture_of_the_architecture_has_these_floors():
    page = floors.PAGE.read_text("utf-8")
    assert floors.page(page) == page, "run make docs"
    rooms = [tuple(_as_path(room) for room in rooms) for rooms in FLOORS]
    assert floors.floors() == rooms
    assert f'["{len(rooms) - 1}: {rooms[0][0]}"]' in page


def _as_path(room: str) -> str:
    path = room.replace(".", "/")
    return f"{path}/" if (ROOT / path).is_dir() else f"{path}.py"


def test_folders_import_only_from_lower_floors():
    def allowed(room: str, other: str) -> bool:
        ground = FLOOR[room] == FLOOR[other] == 0
        return room == other or ground or FLOOR[other] < FLOOR[room]

    assert offences(allowed) == []


def test_the_playground_and_the_product_know_nothing_of_each_other():
    doors = {"bot.wiring", "bot.cli", "playground"}
    assert offences(lambda room, other: room != "playground" or other == "playground") == []
    assert offences(lambda room, other: other != "playground" or room in doors) == []


@cache
def worked_with(path: Path) -> frozenset[str]:
    """Return the names that a file uses for more than type annotations."""
    nodes = list(ast.walk(tree_of(path)))
    annotations = {
        id(inner)
        for node in nodes
        for name in ("annotation", "returns")
        if isinstance(annotation := getattr(node, name, None), ast.AST)
        for inner in ast.walk(annotation)
    }
    names = {n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in annotations}
    return frozenset(names | {(n.module or "") for n in nodes if isinstance(n, ast.ImportFrom)})


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_used_only_in_its_folders(library):
    strangers = [
        name
        for name, path in MODULES.items()
        if room_of(name) not in HOMES[library]
        and library in {module.split(".")[0] for module in worked_with(path)}
    ]
    assert strangers == []


def test_no_two_modules_need_each_other():
    done: set[str] = set()

    def walk(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join([*above, name])
        if name not in done:
            for module in own_imports(MODULES[name]):
                if module in MODULES:
                    walk(module, (*above, name))
            done.add(name)

    for name in MODULES:
        walk(name, ())


def test_no_file_is_too_long_to_be_read_at_once():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in FILES
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def time_taken(path: Path) -> Iterator[str]:
    """Yield calls that read the time or wait without a Clock; sleep(0) only lets others run."""
    banned = {
        "datetime": {"now", "utcnow", "today"},
        "date": {"today"},
        "time": {"time", "monotonic", "sleep", "perf_counter", "time_ns"},
        "asyncio": {"sleep"},
    }
    by_name = {
        alias.asname or alias.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module in banned
        for alias in node.names
        if alias.name in banned[node.module]
    }
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in by_name:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.func.id}"
        if not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        nothing = [getattr(argument, "value", None) for argument in node.args] == [0]
        if node.func.attr in banned.get(name, ()) and not nothing:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {name}.{node.func.attr}"


def test_time_comes_only_from_the_clock():
    clockless = [
        found
        for name, path in MODULES.items()
        if name not in OWN_TIME and room_of(name) != "playground"
        for found in time_taken(path)
    ]
    assert clockless == []
    assert (
        len(list(time_taken(MODULES["bot.common.clock"]))) == 3
    )  # the search does find such calls
