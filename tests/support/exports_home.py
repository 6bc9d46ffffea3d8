"""A working folder for `linkgap import`, with the fixture files."""

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.clock import FakeClock

from bot.cli import main
from bot.model.links import Scope, Target
from bot.providers.base import (
    Capability,
)
from bot.providers.local.exports import build
from bot.settings.environment import Settings
from bot.store.import_reads import open_read_only
from bot.store.imports import list_imports

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
AHREFS = FIXTURES / "rival.example-backlinks-subdomains_2026-10-18_15-44-46.csv"
AHREFS_DOMAINS = FIXTURES / "rival.example-refdomains-subdomains_2026-10-18_15-44-46.csv"
SEMRUSH = FIXTURES / "rival.example-backlinks.csv"
SITE = Target(Scope.SITE, "rival.example")
GUIDE = Target(Scope.PAGE, "http://rival.example/guide/#top")
OURS = Target(Scope.SITE, "ledgerly.example")
LINKS = "Page ascore,Source url,Target url,Nofollow,First seen\n"


def move_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run the command in its own folder with its own database."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LINKGAP_DB", str(folder / "linkgap.db"))
    monkeypatch.delenv("LINKGAP_SITE", raising=False)
    return folder


def invoke(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["import", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def asker(home: Path):
    vendor = build(Settings(db=home / "linkgap.db"), FakeClock())

    def answer(capability: Capability, query: object):
        return vendor.capabilities[capability].read(query)

    return answer


def imports(home: Path):
    with closing(open_read_only(home / "linkgap.db")) as db:
        return list_imports(db)


def table_sizes(home: Path) -> dict[str, int]:
    with closing(open_read_only(home / "linkgap.db")) as db:
        return {
            name: db[name].count
            for name in ("imports", "import_targets", "import_rows", "import_pages")
        }


def links(path: Path, *rows: str) -> Path:
    path.write_text(LINKS + "".join(f"{row}\n" for row in rows))
    return path
