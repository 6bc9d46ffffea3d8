"""The documentation matches the code exactly."""

import ast
import json
import os
import re
import sys
import tomllib
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path

import click
import httpx
import pytest
from fakes.servers.ahrefs_server import KEY as AHREFS_KEY
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE
from fakes.worlds.serps import need, pages
from support.clock import FakeClock

import bot.vendor
from bot.cli import EXIT_CODES, main
from bot.common.errors import BadKey
from bot.gap.need import range_coverage
from bot.gap.rank_statistics import falling_p
from bot.model.links import Market
from bot.model.question import OPTIONS, Defaults, Question, parse, read_track_words
from bot.model.report import Verdict
from bot.providers.base import Capability, SerpQuery
from bot.providers.gateway import Gateway
from bot.providers.registry import GROUP, discover
from bot.settings.environment import RENAMED, Settings
from bot.spending.budget import RunBudget
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database
from bot.wiring import core
from tools import doc_tables

ROOT = Path(__file__).parents[2]
_CONTEXT = click.Context(main)
COMMANDS = {name: main.get_command(_CONTEXT, name) for name in main.list_commands(_CONTEXT)}
PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
}
README, CONTRIBUTING, METHOD, CLI, COSTS, SETTINGS, ASKING, EXPORTS = (
    PAGES[name]
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        *(
            f"docs/{page}.md"
            for page in ("method", "cli", "costs", "settings", "asking", "exports")
        ),
    )
)
FOLDERS = "bot|handlers|playground|tests|templates|docs|tools|benchmarks|deploy|requirements"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """Ignore the developer's own keys."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith(("LINKGAP_", "SLACK_")):
            monkeypatch.delenv(name)


def section(text: str, heading: str) -> str:
    """Return the text below a heading, up to the next heading of its level."""
    level, title = re.fullmatch(r"(#+) (.*)", heading).groups()
    parts = re.split(rf"^#{{1,{len(level)}}} (.*)$\n", text, flags=re.MULTILINE)
    return parts[parts.index(title) + 1]


def rows(text: str) -> list[list[str]]:
    """Return the cells of all tables, without their heads."""
    lines = [*text.splitlines(), ""]
    return [
        [cell.strip().strip("`*") for cell in line.strip("|").split("|")]
        for line, following in pairwise(lines)
        if line.startswith("|") and not is_rule(line) and not is_rule(following)
    ]


def is_rule(line: str) -> bool:
    """Say whether it is the line below a table's head."""
    return line.startswith("|") and set(line) <= set("|-")


def block(text: str, language: str) -> str:
    return next(code for name, code in FENCE.findall(text) if name == language)


def prose(text: str) -> str:
    """Return a page without code, pictures, link addresses and comments."""
    text = re.sub(r"<!--.*?-->", "", FENCE.sub("", text), flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text))


def options_of(command: click.Command) -> set[str]:
    names = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    names = {name for name in names if name.startswith("--")} - {"--help"}
    parts = command.commands.values() if isinstance(command, click.Group) else ()
    return names.union(*map(options_of, parts))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    kept = (re.sub(r"[^\w\s-]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in kept}


def test_the_readme_shows_the_two_commands_before_anything_else():
    assert block(README, "").split("\n")[:2] == ["make demo", "make test"]


def test_the_readme_stays_short_enough_to_be_read():
    assert len(README.splitlines()) <= 210


def test_every_command_and_option_is_in_the_synopsis_and_the_reverse():
    synopsis = block(CLI, "")
    shown: dict[str, set[str]] = {}
    for line in synopsis.splitlines():
        shown.setdefault(line.split()[1], set()).update(OPTION.findall(line))
    assert shown.pop("--version") == {"--version"}
    assert shown == {name: options_of(command) for name, command in COMMANDS.items()}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_a_page_names_exists_with_its_options(page):
    for line in re.findall(r"^linkgap .*$|`linkgap [^`]*`", PAGES[page], re.MULTILINE):
        name = line.strip("`").split()[1]
        known = {"--version"} if name == "--version" else options_of(COMMANDS[name])
        assert set(OPTION.findall(line)) <= known, line


def test_the_exit_codes_are_those_of_the_help():
    told = " ".join(EXIT_CODES.split()).removeprefix("Exit codes: ").rstrip(".").split(" · ")
    table = section(CLI, "## Exit codes")
    assert [" ".join(row) for row in rows(table)] == told


def test_every_setting_is_on_the_page_of_settings_and_the_reverse():
    own = {}
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"LINKGAP_{name}".upper()
        own[variable] = "not set" if field.default is None else str(field.default) or "empty"
    vendors = doc_tables.described()
    theirs = {one.variable: one.default for vendor in vendors for one in vendor.settings}
    table = {name: default for name, default, _ in rows(section(SETTINGS, "## The environment"))}
    assert table == own | theirs


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_a_page_names_exists(page):
    known = {row[0] for row in rows(section(SETTINGS, "## The environment"))}
    known |= {"LINKGAP_ACME_API_KEY"}
    known |= {f"LINKGAP_{old.upper()}" for old in RENAMED}
    named = re.findall(r"\b(?:LINKGAP|SLACK)_[A-Z0-9_]*[A-Z0-9]\b", PAGES[page])
    assert set(named) - {"LINKGAP_ACME"} <= known


def test_the_tables_of_vendors_and_exports_are_those_of_the_code():
    vendors, again = doc_tables.described(), "run make docs"
    assert doc_tables.readme(README, vendors) == README, again
    assert doc_tables.settings_page(SETTINGS, vendors) == SETTINGS, again
    assert doc_tables.exports_page(EXPORTS) == EXPORTS, again
    assert doc_tables.providers_page(vendors) == PAGES["docs/providers.md"], again


def test_the_grammar_table_has_every_option_and_no_other():
    table = rows(section(README, "## Asking"))
    assert [row[0].rstrip(":") for row in table if row[0].endswith(":")] == list(OPTIONS)


@pytest.mark.parametrize("page", PAGES)
def test_every_question_a_page_shows_can_be_asked(page):
    for words in re.findall(r"(?:^|`)/gap ([^`\n]+)", PAGES[page], re.MULTILINE):
        command, _, rest = words.partition(" ")
        asked = (
            read_track_words(rest).asked.question(Defaults())
            if command == "track" and rest
            else None
        )
        assert isinstance(asked or parse(words, Defaults()), Question)


def test_every_button_that_is_shown_is_explained_and_no_other():
    folders = (ROOT / "templates", ROOT / "bot" / "render", ROOT / "handlers")
    files = [path for folder in folders for path in folder.rglob("*.*") if path.suffix != ".pyc"]
    code = "\n".join(path.read_text("utf-8") for path in files)
    shown = {*re.findall(r'Button\(\s*f?"([^"{]+?) ?["{]', code)}
    shown |= {*re.findall(r'"type": "button".*"text": "([^"{]+?) ?["{]', code)}
    assert {name for name, *_ in rows(section(ASKING, "## Buttons"))} == shown


def test_the_keys_of_the_json_are_those_of_the_schema():
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    described = {"Report": schema, **schema["$defs"]}
    expected = {
        name: set(one["properties"]) for name, one in described.items() if "properties" in one
    }
    page = PAGES["docs/report.md"]
    names = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert {
        name: {row[0] for row in rows(section(page, f"## {name}"))} for name in names
    } == expected


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_leads_somewhere(page):
    for address in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", PAGES[page])):
        if address.startswith(("http://", "https://")):
            continue
        name, _, anchor = address.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), address
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), address


@pytest.mark.parametrize("page", PAGES)
def test_every_file_a_page_names_exists(page):
    named = re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", PAGES[page])
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_promise_of_the_security_page_names_the_tests_that_hold_it():
    promises = rows(section(PAGES["docs/security.md"], "## What is promised"))
    named = [re.findall(r"tests/[\w/]+/test_\w+\.py", tests) for *_, tests in promises]
    assert len(promises) > 10
    assert all(named)
    assert [file for files in named for file in files if not (ROOT / file).is_file()] == []


def test_every_attack_has_a_deadline_and_all_together_take_ten_minutes_at_most():
    sources = [path.read_text("utf-8") for path in ROOT.glob("benchmarks/torture/*.py")]
    attacks = [one for one in sources if "async def attack(" in one]
    deadlines = [re.search(r"^SECONDS = (\d+)$", one, re.MULTILINE) for one in attacks]
    assert len(attacks) >= 9
    assert all(deadlines)
    assert sum(int(found[1]) for found in deadlines) <= 600


def test_every_path_in_contributing_exists():
    quoted = re.findall(r"`([^`\s]+)`", CONTRIBUTING)
    commands = re.findall(r"(?<!\S)((?:tools|\.ci)/\S+)", CONTRIBUTING)
    paths = [name for name in quoted if name.endswith((".py", "/")) and "<" not in name]
    assert [name for name in (*paths, *commands) if not (ROOT / name).exists()] == []


def test_where_a_gap_goes_names_every_folder():
    way = section(CONTRIBUTING, "## Where a /gap goes")
    folders = {
        str(path.parent.relative_to(ROOT))
        for package in ("bot", "handlers")
        for path in ROOT.glob(f"{package}/*/__init__.py")
    }
    assert {"/".join(name.split("/")[:2]) for name in re.findall(r"`([\w/.]+)`", way)} >= folders


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_a_page_names_exists(page):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", PAGES[page], re.MULTILINE)) <= set(targets)


def test_make_docs_runs_every_tool_that_writes_a_page():
    tools = {path.stem for path in ROOT.glob("tools/*.py") if ".write_text(" in path.read_text()}
    [run] = re.findall(r"for tool in ([\w ]+);", (ROOT / "Makefile").read_text("utf-8"))
    assert set(run.split()) == tools


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shouts(page):
    assert "!" not in prose(PAGES[page])


def test_every_decision_is_in_the_list():
    notes = {path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}
    listed = re.findall(r"\]\((\d+-[^)]+)\)", PAGES["docs/decisions/README.md"])
    assert listed == sorted(notes)
    numbers = [name[:4] for name in listed]
    assert numbers == sorted(set(numbers))


def test_every_verdict_is_explained():
    assert {row[0] for row in rows(section(METHOD, "## Need, have, gap"))} == set(Verdict)


def test_the_least_falling_pairs_of_the_method_are_the_first_that_pass():
    table = rows(section(METHOD, "### The fit"))
    assert [row[0] for row in table] == ["6", "7", "8", "9", "10"]
    for size, pairs, needed in table:
        n, most, least = int(size), int(pairs), int(needed)
        assert most == n * (n - 1) // 2
        assert (
            falling_p(with_falling_pairs(n, least))
            <= 0.05
            < falling_p(with_falling_pairs(n, least - 1))
        )


def with_falling_pairs(n: int, falling: int) -> list[tuple[float, float]]:
    """Return n points without ties, of which exactly this many pairs fall."""
    ys: list[int] = []
    for y in range(n):
        before = min(len(ys), falling)
        ys.insert(len(ys) - before, y)
        falling -= before
    return list(enumerate(ys))


def test_the_chances_of_the_method_are_those_of_the_code():
    table = rows(section(METHOD, "## The range, and what three pages support"))
    told = {int(n): float(chance.rstrip(" %")) / 100 for n, chance in table}
    assert told == {n: range_coverage(n) for n in (1, 2, 3)}


def test_the_even_fields_of_the_method_are_those_of_the_code():
    table = rows(section(METHOD, "## The even field"))
    assert len(table) == 7
    for counts, mean, middle, base, even in table:
        known = [None if one == "unknown" else int(one) for one in counts.split(", ")]
        found = need(pages(known))
        assert (round(found.mean, 2), found.median) == (float(mean), float(middle))
        told, _, capped = base.partition("; ")
        assert (round(found.base, 2), found.even_field) == (float(told), int(even))
        said = ", ".join(f"{page.count} counts as {page.counted_as}" for page in found.capped)
        assert capped == said


# The lines of the bill, and what they are called in the ledger.
BILL = (
    Capability.SERP,
    Capability.KEYWORD_METRICS,
    Capability.SITE_METRICS,
    Capability.REFERRING_DOMAINS,
    Capability.REFERRING_DOMAINS,
    Capability.LINKS_BETWEEN,
    Capability.LINKS,
    Capability.SITE_METRICS,
)


async def test_the_costs_of_an_answer_are_those_of_the_ledger(monkeypatch, tmp_path):
    *lines, total = [
        [int(cell.split(" of ")[0].replace(",", "")) for cell in cells]
        for _, *cells in rows(section(COSTS, "## What an answer costs"))
        if cells[0].isdigit()
    ]
    async with AhrefsServer() as server:
        monkeypatch.setenv("LINKGAP_AHREFS_API_KEY", AHREFS_KEY)
        monkeypatch.setenv("LINKGAP_AHREFS_BASE_URL", server.base_url)
        async with core(Settings(_env_file=None, db=tmp_path / "linkgap.db")) as product:
            question = parse(f"{KEYWORD} site:{OWN_SITE}", Defaults())
            report = await product.analysis.run(question, run_id="r1", team="T1")
            spent = await product.database.read(
                lambda db: db.execute("SELECT capability, 1, units FROM spend").fetchall()
            )
    told = [(capability, *line) for capability, line in zip(BILL, lines, strict=True)]
    assert by_capability(told) == by_capability(spent)
    assert total == [len(spent), report.cost[0].units] == [12, 1487]


def lines_of(bill, name) -> list[tuple[int, ...]]:
    return [cells for capability, *cells in bill if capability == name]


def by_capability(bill) -> dict[str, list[int]]:
    """Return the requests and units of each capability."""
    return {
        name: [sum(cells) for cells in zip(*lines_of(bill, name), strict=True)] for name, *_ in bill
    }


@pytest.fixture
def acme(monkeypatch, tmp_path):
    """The vendor of CONTRIBUTING.md, installed as that page says."""
    how = section(CONTRIBUTING, "## Add a vendor in one file")
    lines = tomllib.loads(block(how, "toml"))["project"]["entry-points"][GROUP]
    [(name, value)] = lines.items()
    (tmp_path / f"{value.split(':')[0]}.py").write_text(block(how, "python"), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield EntryPoint(name, value, GROUP)
    sys.modules.pop(value.split(":")[0], None)


def test_the_example_vendor_imports_only_what_is_promised_to_stay():
    tree = ast.parse(block(section(CONTRIBUTING, "## Add a vendor in one file"), "python"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)]
    from_us = [node for node in imports if getattr(node, "module", None) == bot.vendor.__name__]
    others = {name for node in imports if node not in from_us for name in modules_of(node)}
    assert others <= {"httpx", "pydantic"}
    assert {alias.name for node in from_us for alias in node.names} <= set(bot.vendor.__all__)
    assert "`bot/vendor.py`" in CONTRIBUTING


def modules_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]


def test_the_example_vendor_without_a_key_says_what_it_needs(acme):
    [absent] = discover(Settings(_env_file=None), FakeClock(), [acme]).not_configured
    assert absent.needs == ("LINKGAP_ACME_API_KEY",)
    assert absent.gives == (Capability.SERP,)


async def ask_acme(acme, tmp_path, answer):
    clock = FakeClock()
    vendor = discover(Settings(_env_file=None), clock, [acme]).named("acme")
    database = await Database.open(tmp_path / "linkgap.db", clock)
    try:
        wallet = RunBudget(database, "r1", "T1", 5, SqliteAnswers(database, "T1"))
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            query = SerpQuery("best crm", Market("us", "en"), top=2)
            answered = await Gateway(client, clock).ask(vendor, Capability.SERP, query, wallet)
            return answered, await wallet.spent()
    finally:
        await database.close()


async def test_the_example_vendor_answers_through_the_gateway(acme, monkeypatch, tmp_path):
    monkeypatch.setenv("LINKGAP_ACME_API_KEY", "invented-acme-key")
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        results = [{"url": f"https://www.{name}.example/crm", "title": name} for name in "abc"]
        return httpx.Response(200, json={"results": results, "searches_charged": 1})

    answered, [line] = await ask_acme(acme, tmp_path, answer)
    assert [(row.position, row.domain) for row in answered.rows] == [
        (1, "a.example"),
        (2, "b.example"),
    ]
    assert answered.complete
    assert (line.provider, line.pool, line.units) == ("acme", "searches", 1)
    [request] = sent
    assert request.headers["X-Api-Key"] == "invented-acme-key"
    assert dict(request.url.params) == {"q": "best crm", "country": "us", "n": "2"}


async def test_a_failure_of_the_example_vendor_is_no_empty_list(acme, monkeypatch, tmp_path):
    monkeypatch.setenv("LINKGAP_ACME_API_KEY", "invented-acme-key")

    def answer(request: httpx.Request) -> httpx.Response:
        key = request.headers["X-Api-Key"]
        return httpx.Response(401, json={"message": f"no such key {key}"})

    with pytest.raises(BadKey, match=r"no such key \[key\]"):
        await ask_acme(acme, tmp_path, answer)
