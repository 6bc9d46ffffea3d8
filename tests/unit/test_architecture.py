"""The floors of the house: who may import whom, and which library lives where."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "playground")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# A module belongs to the longest name here that it starts with. Rooms import from lower floors and
# from themselves; on their own floor only from the rooms named here, to their left.
FLOORS: dict[str, int] = {
    **dict.fromkeys(
        (
            "bot.model.links",
            "bot.model.report",
            "bot.errors",
            "bot.clock",
            "bot.domains",
            "bot.model.page_key",
            "bot.model.places",
        ),
        0,
    ),
    **dict.fromkeys(("bot.settings.environment", "bot.model.question", "bot.model.page"), 0),
    **dict.fromkeys(("bot.model.tracking", "bot.track_grammar"), 0),
    **dict.fromkeys(
        ("handlers.slack.manifest", "bot.model.prices", "bot.model.costs", "bot.settings.values"), 0
    ),
    **dict.fromkeys(("bot.settings.catalogue", "bot.tracking.local_hours", "bot.process.loops"), 0),
    **dict.fromkeys(
        ("bot.settings.catalogue", "bot.process.killable", "bot.process.killable_child"), 0
    ),
    "bot.gap": 1,
    **dict.fromkeys(("bot.store", "bot.render", "bot.index", "bot.exports"), 2),
    **dict.fromkeys(("bot.pages", "bot.providers"), 3),
    **dict.fromkeys(("bot.planning.steps", "bot.planning.link_lists", "bot.planning.refresh"), 4),
    **dict.fromkeys(("bot.planning.quote", "bot.spending.budget", "bot.settings.levels"), 4),
    **dict.fromkeys(
        (
            "bot.analysis.assemble",
            "bot.analysis.compare_worker",
            "bot.analysis.run",
            "bot.tracking.keywords",
        ),
        5,
    ),
    **dict.fromkeys(
        (
            "bot.analysis.page_checks",
            "bot.analysis.shortlist",
            "bot.tracking.refresh",
            "bot.tracking.link_changes",
        ),
        5,
    ),
    **dict.fromkeys(
        (
            "bot.tracking.alerts",
            "bot.tracking.notifier",
            "bot.tracking.posting",
            "bot.analysis.contract_check",
        ),
        5,
    ),
    **dict.fromkeys(
        ("bot.tracking.digest", "bot.outreach", "bot.analysis.ask", "bot.spending.overview"), 5
    ),
    **dict.fromkeys(("bot.jobs", "bot.tracking.schedule"), 6),
    "handlers": 7,
    "handlers.health": 7,
    **dict.fromkeys(("bot.wiring", "bot.cli"), 8),
    "playground": 8,
}
LEFT = {
    "bot.exports": {"bot.store"},
    "bot.providers": {"bot.pages"},
    "bot.planning.link_lists": {"bot.planning.steps"},
    "bot.planning.refresh": {"bot.planning.steps"},
    "bot.planning.quote": {"bot.planning.link_lists", "bot.planning.steps", "bot.planning.refresh"},
    "bot.spending.budget": {"bot.planning.steps"},
    "bot.analysis.run": {
        "bot.analysis.assemble",
        "bot.analysis.compare_worker",
        "bot.analysis.page_checks",
        "bot.analysis.ask",
        "bot.analysis.shortlist",
    },
    "bot.analysis.shortlist": {"bot.analysis.ask"},
    "bot.spending.overview": {"bot.analysis.run"},
    "bot.analysis.contract_check": {"bot.analysis.run"},
    "bot.tracking.link_changes": {"bot.analysis.ask"},
    "bot.tracking.refresh": {"bot.analysis.ask", "bot.tracking.link_changes"},
    "bot.tracking.keywords": {"bot.tracking.refresh"},
    "bot.tracking.posting": {
        "bot.tracking.alerts",
        "bot.tracking.digest",
        "bot.tracking.notifier",
        "bot.tracking.keywords",
    },
    "bot.outreach": {"bot.analysis.run", "bot.tracking.keywords"},
    "bot.tracking.schedule": {"bot.jobs"},
    "handlers.health": {"handlers"},
    "bot.wiring": {"playground"},
    "bot.cli": {"bot.wiring", "playground"},
}
HOMES: dict[str, set[str]] = {
    "slack_bolt": {"handlers", "playground", "bot.wiring"},
    "slack_sdk": {"handlers", "playground", "bot.wiring"},
    "httpx": {"bot.pages", "bot.providers", "bot.index", "bot.wiring", "playground"},
    "sqlite_utils": {"bot.store", "bot.exports"},
    "python_calamine": {"bot.exports"},
    "duckdb": {"bot.index"},
    "jinja2": {"bot.render"},
    "apscheduler": {"bot.tracking.schedule"},
}
LONGEST = 600


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name: path for path in FILES if (name := name_of(path)) != "bot"}


def room_of(module: str) -> str:
    rooms = [room for room in FLOORS if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default="")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return every module a file imports, wherever in the file."""
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


def test_every_module_has_a_floor():
    assert [name for name in MODULES if not room_of(name)] == []


def test_rooms_import_only_from_lower_floors_and_from_their_left():
    def allowed(room: str, other: str) -> bool:
        ground = FLOORS[room] == FLOORS[other] == 0
        lower = FLOORS[other] < FLOORS[room]
        return room == other or lower or ground or other in LEFT.get(room, ())

    assert offences(allowed) == []


def test_the_playground_and_the_product_know_nothing_of_each_other():
    doors = {"bot.wiring", "bot.cli", "playground"}
    assert offences(lambda room, other: room != "playground" or other == "playground") == []
    assert offences(lambda room, other: other != "playground" or room in doors) == []


@cache
def worked_with(path: Path) -> frozenset[str]:
    """Return the names a file does more with than say what it is handed (type annotations)."""
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
def test_a_library_is_used_only_in_its_rooms(library):
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
    """Yield what reads the time or waits without a Clock; sleep(0) only lets others run."""
    banned = {
        "datetime": {"now", "utcnow", "today"},
        "date": {"today"},
        "time": {"time", "monotonic", "sleep", "perf_counter", "time_ns"},
        "asyncio": {"sleep"},
    }
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
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
        if name != "bot.clock" and room_of(name) != "playground"
        for found in time_taken(path)
    ]
    assert clockless == []
    assert len(list(time_taken(MODULES["bot.clock"]))) == 3  # the search does find what is there
