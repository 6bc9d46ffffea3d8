"""`linkgap serve`: the real process, reached by HTTP and by Socket Mode."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager, closing
from types import SimpleNamespace

import aiohttp
import pytest
from click.testing import CliRunner
from fakes.servers.in_thread import in_thread
from fakes.slack.gap_bot import gap_bot
from support.bot_process import HastyClock, free_port
from support.forks import Pipe, command, fork

from bot import wiring
from bot.cli import main
from bot.common.errors import ConfigError
from bot.wiring import slack_bot
from handlers.slack.manifest import EVENTS_PATH, read_manifest
from playground.sample import sample_workspace
from playground.server import Playground

TOKENS = {"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "secret"}


@asynccontextmanager
async def serving(folder, playground, *arguments, until: str):
    """Run the command in a process of its own until it says that it is ready."""
    env = {
        "PATH": os.environ["PATH"],
        "LINKGAP_DB": str(folder / "linkgap.db"),
        "LINKGAP_SLACK_BASE_URL": playground.api_url,
        "SLACK_BOT_TOKEN": TOKENS["bot_token"],
        "SLACK_APP_TOKEN": TOKENS["app_token"],
        "SLACK_SIGNING_SECRET": TOKENS["signing_secret"],
    }
    says, pipe = Pipe(duplex=False)
    process = fork(served, ("serve", *arguments), folder, env, pipe)
    pipe.close()
    try:
        async with asyncio.timeout(30):
            said = b""
            while until.encode() not in said:
                piece = await asyncio.to_thread(os.read, says.fileno(), 4096)
                assert piece, said.decode()
                said += piece
            assert b"WARNING" not in said, "a sound start warns of nothing"
            yield
            process.terminate()
            await asyncio.to_thread(process.join)
    finally:
        process.kill()
        says.close()
    assert process.exitcode == 0


def served(arguments, folder, env, pipe):
    """Be the command in the fork, where waits last a hundredth."""
    wiring.SystemClock, wiring.INTRODUCTION_S = HastyClock, 0.05
    command(arguments, folder, env, os.devnull, f"/dev/fd/{pipe.fileno()}")


async def test_a_file_that_cannot_be_written_is_reported_in_a_sentence(tmp_path, monkeypatch):
    async with gap_bot(tmp_path) as bot:
        product = SimpleNamespace(
            settings=bot.settings, clock=bot.clock, database=bot.database, analysis=bot.analysis
        )

        async def full(_):
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(bot.database, "run", full)
        with pytest.raises(ConfigError, match="disk is full"):
            await slack_bot(product).__aenter__()
        monkeypatch.undo()


async def test_files_that_others_may_change_are_in_the_log_at_the_start(
    tmp_path, monkeypatch, caplog
):
    async with gap_bot(tmp_path) as bot:
        product = SimpleNamespace(
            settings=bot.settings, clock=bot.clock, database=bot.database, analysis=bot.analysis
        )

        async def full(_):
            raise sqlite3.OperationalError("database or disk is full")

        bot.settings.db.chmod(0o666)
        monkeypatch.setattr(bot.database, "run", full)
        with pytest.raises(ConfigError):
            await slack_bot(product).__aenter__()
        monkeypatch.undo()
    assert f"Run `chmod 600 {bot.settings.db}`." in caplog.text


async def answered(playground, channel="seo"):
    await playground.slash("ana", channel, "/gap", "best crm site:ledgerly.example via:sample")
    await playground.until(
        lambda: any(
            "<@" in reply.text
            for message in playground.workspace.conversation(channel)
            for reply in playground.workspace.thread(message)
        ),
        20,
    )


async def test_by_http_it_answers_and_passes_the_health_check(tmp_path):
    port = free_port()
    async with Playground(sample_workspace()) as playground:
        playground.workspace.install(
            read_manifest(), request_url=f"http://127.0.0.1:{port}{EVENTS_PATH}", **TOKENS
        )
        arguments = ("--port", str(port))
        async with serving(tmp_path, playground, *arguments, until="requests go to"):
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{port}/health") as health,
            ):
                assert (health.status, await health.text()) == (200, "ok")
            await answered(playground)
    with closing(sqlite3.connect(tmp_path / "linkgap.db")) as db:
        leases = db.execute("SELECT count(*) FROM processes").fetchall()
    assert leases == [(0,)], "a stop in good order frees the jobs at once"
    code, said = health_of(tmp_path)
    assert (code, "No bot runs" in said) == (1, True)


async def test_by_socket_mode_it_needs_no_open_port(tmp_path):
    async with Playground(sample_workspace()) as playground:
        playground.workspace.install(read_manifest(), **TOKENS)
        async with serving(tmp_path, playground, "--socket", until="by Socket Mode"):
            await answered(playground)
            assert health_of(tmp_path) == (0, "ok\n")
    code, said = health_of(tmp_path)
    assert (code, "No bot runs" in said) == (1, True), "a stop in good order leaves no sign of life"


@pytest.mark.parametrize(
    ("arguments", "dead"),
    [
        (["--port", "0"], "SLACK_BOT_TOKEN"),
        (["--socket"], "SLACK_BOT_TOKEN"),
        (["--socket"], "SLACK_APP_TOKEN"),
    ],
)
def test_a_token_that_slack_refuses_ends_it_before_anything_is_begun(tmp_path, arguments, dead):
    playground = Playground(sample_workspace())
    playground.workspace.install(read_manifest(), **TOKENS)
    with in_thread(playground):
        env = {
            "LINKGAP_DB": str(tmp_path / "linkgap.db"),
            "LINKGAP_SLACK_BASE_URL": playground.api_url,
            **{f"SLACK_{name.upper()}": value for name, value in TOKENS.items()},
            dead: "xoxb-dead",
        }
        said = CliRunner(env=env).invoke(main, ["serve", *arguments])
    assert said.exit_code == 3
    assert f"{dead}: Slack refuses it (invalid_auth)" in said.output
    assert "dead" not in said.output
    assert not (tmp_path / "linkgap.db").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_without_a_network_it_waits_and_can_be_stopped(tmp_path, number):
    env = {
        "PATH": os.environ["PATH"],
        "LINKGAP_DB": str(tmp_path / "linkgap.db"),
        "LINKGAP_SLACK_BASE_URL": f"http://127.0.0.1:{free_port()}/api/",
        **{f"SLACK_{name.upper()}": value for name, value in TOKENS.items()},
    }
    says, pipe = Pipe(duplex=False)
    process = fork(served, ("serve", "--socket"), tmp_path, env, pipe)
    pipe.close()
    try:
        said = b""
        async with asyncio.timeout(30):
            while b"Failed to connect" not in said:
                piece = await asyncio.to_thread(os.read, says.fileno(), 4096)
                assert piece, said.decode()
                said += piece
            os.kill(process.pid, number)
            await asyncio.to_thread(process.join, 10)
    finally:
        process.kill()
        says.close()
    assert process.exitcode == 0


def health_of(folder) -> tuple[int, str]:
    env = {"LINKGAP_DB": str(folder / "linkgap.db")}
    done = CliRunner(env=env).invoke(main, ["health"])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [([], "SLACK_SIGNING_SECRET"), (["--socket"], "SLACK_APP_TOKEN")],
)
def test_without_its_tokens_it_says_which_and_does_not_start(
    tmp_path, monkeypatch, arguments, missing
):
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    said = CliRunner().invoke(main, ["serve", *arguments])
    assert said.exit_code == 3
    assert "SLACK_BOT_TOKEN is not set" in said.output
    assert f"{missing} is not set" in said.output
    assert not (tmp_path / "linkgap.db").exists()


def test_in_an_interpreter_of_its_own_it_says_the_same(tmp_path):
    """All others run where everything is imported already."""
    words = (sys.executable, "-c", "from bot.cli import main; main()", "serve")
    said = subprocess.run(  # noqa: S603 - our own command
        words, cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False
    )
    assert (said.returncode, said.stdout) == (3, b"")
    assert b"SLACK_BOT_TOKEN is not set" in said.stderr


def test_a_second_serve_on_a_taken_port_ends_before_it_touches_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_DB", str(tmp_path / "linkgap.db"))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = CliRunner().invoke(main, ["serve", "--port", str(taken.getsockname()[1])])
    assert said.exit_code == 3
    assert "cannot be opened" in said.output
    assert "Nothing was begun." in said.output
    assert not (tmp_path / "linkgap.db").exists()
