"""What the environment does to a command is told in one sentence that names the cure, exit 3."""

import pytest
from click.testing import CliRunner
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.servers.socks_proxy import SocksProxy
from fakes.worlds.ahrefs_world import KEYWORD, OWN_SITE

from bot.cli import main
from bot.store import connect

COMMANDS = {
    "gap": ["gap", KEYWORD, "--site", OWN_SITE, "--yes", "--no-gates"],
    "track": ["track", KEYWORD, "--site", OWN_SITE, "--yes"],
    "refresh": ["refresh", "--all"],
    "list": ["list"],
    "history": ["history", KEYWORD],
    "digest": ["digest"],
    "spend": ["spend"],
    "settings": ["settings"],
    "untrack": ["untrack", KEYWORD],
}
IN_THE_WAY = {
    "ALL_PROXY": ("nonsense://127.0.0.1:9", "this is no proxy that can be used"),
    "NO_PROXY": ("fe80::/10,localhost", "no IPv6 ranges"),
    "SSL_CERT_FILE": ("/nothing/here.pem", "no certificates can be read there"),
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments, **settings):
        env = {"LINKGAP_DB": str(tmp_path / "a.db"), "COLUMNS": "200", **settings}
        return CliRunner(env=env).invoke(main, arguments)

    return call


def is_one_sentence(said) -> bool:
    """Say whether a command ended as it should: no traceback, the fault last, exit 3."""
    last = said.output.strip().splitlines()[-1]
    is_told = last.startswith(("Error: ", "LINKGAP_"))
    return said.exit_code == 3 and is_told and "Traceback" not in said.output


@pytest.mark.parametrize("variable", IN_THE_WAY)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_proxy_or_certificate_that_is_none(run, command, variable):
    value, says = IN_THE_WAY[variable]
    said = run(*COMMANDS[command], **{variable: value})
    assert is_one_sentence(said), said.output
    assert variable in said.output
    assert says in said.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_none(run, tmp_path, command):
    (tmp_path / "a.db").write_bytes(b"no database at all" * 100)
    said = run(*COMMANDS[command])
    assert is_one_sentence(said), said.output
    assert "file is not a database" in said.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_not_there(run, tmp_path, command):
    said = run(*COMMANDS[command], LINKGAP_DB=str(tmp_path / "nowhere" / "a.db"))
    assert is_one_sentence(said), said.output
    assert "Create it first" in said.output


def test_a_disk_that_fills_up_under_a_command(run, tmp_path, monkeypatch):
    assert run("list").exit_code == 0
    pages = (tmp_path / "a.db").stat().st_size // 4096
    with in_thread(AhrefsServer()) as server:
        fill_up(monkeypatch, pages)
        said = run(
            *COMMANDS["gap"],
            LINKGAP_AHREFS_API_KEY=KEY,
            LINKGAP_AHREFS_BASE_URL=server.base_url,
        )
    assert is_one_sentence(said), said.output
    assert "full" in said.output


def fill_up(monkeypatch, pages: int) -> None:
    """Let the file grow no further, as on a disk without room."""
    plain = connect.set_up

    def set_up(database) -> None:
        plain(database)
        database.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr(connect, "set_up", set_up)


def test_a_file_that_is_damaged_inside(run, tmp_path):
    assert run("list").exit_code == 0
    file = tmp_path / "a.db"
    first_page = file.read_bytes()[:4096]
    file.write_bytes(first_page + b"\xff" * (file.stat().st_size - 4096))
    said = run("list")
    assert is_one_sentence(said), said.output
    assert "restore a backup" in said.output


def test_a_socks_proxy_is_followed(run):
    with in_thread(AhrefsServer()) as server, in_thread(SocksProxy()) as proxy:
        said = run(
            "doctor",
            "--online",
            ALL_PROXY=proxy.url,
            NO_PROXY="",
            LINKGAP_AHREFS_API_KEY=KEY,
            LINKGAP_AHREFS_BASE_URL=server.base_url,
        )
    assert "Ahrefs: the key works" in said.output
    assert {host for host, _ in proxy.asked} == {"127.0.0.1"}
