"""`linkgap demo`: the first thing that a newcomer sees."""

import fcntl
import json
import os
import pty
import re
import signal
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from support.bot_process import free_port
from support.forks import fork

from bot.cli import main

KEY = {"LINKGAP_AHREFS_API_KEY": "a key that must not be spent"}
SAMPLE = "Sample data: every site and number here is invented."
TIMELY = re.compile(r"LinkGap +(\w{3} \d+ \w{3} \d\d:\d\d)(.*)")


def demo(folder: Path, *arguments: str) -> Result:
    return CliRunner(env=KEY).invoke(main, ["demo", "--folder", str(folder), *arguments])


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> str:
    """Return what a demo of two weeks prints without a terminal."""
    result = demo(tmp_path_factory.mktemp("demo"), "--weeks", "2")
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_terminal_it_prints_the_conversation_and_ends(said):
    for words in (
        "Looking at who ranks for",
        "You need about 24 referring domains",
        "you have 6, so 18 to go",
        "Sample data",
        "Show all",
        ".csv",
        "How this number came about",
        "@Ana Berger",
    ):
        assert words in plain(said)
    assert "ahrefs" not in said.lower()


def test_weeks_pass_with_a_digest_each_on_mondays_at_nine(said):
    weeks = said.split("invented weeks pass")[1].split("The last message in full")[0]
    when = [f"{moment}{rest}".strip() for moment, rest in re.findall(TIMELY, weeks)]
    now = datetime.now(ZoneInfo("Europe/Berlin"))
    monday = now - timedelta(days=now.weekday(), weeks=now.weekday() == 0 and now.hour < 9)
    expected = [f"{day:Mon %-d %b} 09:00" for day in (monday - timedelta(weeks=1), monday)]
    assert [one for one in when if one.startswith("Mon ") and one.endswith(" 09:00")] == expected


def test_a_won_link_an_alert_and_the_history_are_seen_and_all_of_it_is_marked(said):
    words = plain(said)
    alert = (
        "has 1 more referring domain for “best accounting software for startups”; "
        "the next weekly read will show which."
    )
    assert f"{alert} {SAMPLE}" in words
    assert "You closed 5 of 28 missing links this week" in words
    _, digest = words.split("The last message in full:")
    assert "Links to your pages: won 5" in digest
    assert "ana types /gap history best accounting software for startups in #seo" in digest
    assert "The gap was 18 on" in digest
    weeks = words.split("invented weeks pass")[1].split("The last message in full")[0]
    parts = re.split(r"LinkGap +\w{3} \d+ \w{3} \d\d:\d\d", weeks)[1:]
    assert [part for part in parts if SAMPLE not in part] == []


def test_people_work_on_the_list_and_what_came_of_it_is_on_the_home_tab(said):
    words = plain(said)
    assert (
        "ben wants to claim remote-weekly.example too, and is told: 0 prospects are yours now. Not "
        "remote-weekly.example: Ana Berger has held it since"
    ) in words
    assert (
        "ana is asked in a direct message: Did they answer? You contacted 2 sites a while ago. "
        "“They replied”, for remote-weekly.example."
    ) in words
    home = words.split("ana opens the Home tab:")[1]
    assert "Your prospects: 1 claimed, 1 replied, 1 won" in home
    assert re.search(r"Links won: [12]\b", home)


def test_without_weeks_it_asks_the_one_question_and_can_be_run_again(tmp_path):
    for _ in range(2):
        result = demo(tmp_path, "--weeks", "0")
        assert result.exit_code == 0, result.output
        assert "18 to go" in plain(result.output)
        assert "weeks pass" not in result.output


def test_a_port_is_used_also_without_a_terminal(tmp_path):
    port = free_port()
    result = demo(tmp_path, "--weeks", "0", "--port", str(port))
    assert result.exit_code == 0, result.output
    assert f"The workspace is at http://127.0.0.1:{port}." in result.output


@pytest.mark.parametrize("taken", [True, False])
def test_a_port_that_cannot_be_had_is_refused_and_nothing_is_touched(tmp_path, taken):
    (tmp_path / "linkgap.db").write_text("of the demo that runs there")
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1]) if taken else "70000"
        result = demo(tmp_path, "--port", port)
    assert result.exit_code == (3 if taken else 2)
    if taken:
        assert f"--port: {port} cannot be opened: Address already in use." in plain(result.stderr)
        assert "Nothing was begun." in result.stderr
    assert (tmp_path / "linkgap.db").read_text() == "of the demo that runs there"


def test_a_folder_in_which_another_demo_runs_is_left_alone(tmp_path):
    (tmp_path / "linkgap.db").write_text("of the demo that runs there")
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = demo(tmp_path, "--weeks", "0")
    assert result.exit_code == 3
    assert f"--folder: another demo runs in {tmp_path}." in plain(result.stderr)
    assert (tmp_path / "linkgap.db").read_text() == "of the demo that runs there"


def test_a_second_demo_in_the_same_place_hears_of_the_first_and_not_of_its_port(tmp_path):
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        (tmp_path / "demo.lock").open("w") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = demo(tmp_path, "--weeks", "0", "--port", str(first.getsockname()[1]))
    assert result.exit_code == 3
    assert f"--folder: another demo runs in {tmp_path}." in plain(result.stderr)


def test_a_folder_that_cannot_be_used_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    result = demo(tmp_path / "file", "--weeks", "0")
    assert result.exit_code == 3
    assert "file cannot be used: File exists. Nothing was begun." in plain(result.stderr)


# In a terminal it stays until Ctrl-C


def in_a_terminal(name: str, folder: str, port: int) -> None:
    """Be `linkgap demo` in this process, in a terminal of its own."""
    os.setsid()
    terminal = os.open(name, os.O_RDWR)  # the first that a session opens is the one it obeys
    for number in (0, 1, 2):
        os.dup2(terminal, number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main(["demo", "--folder", folder, "--port", str(port), "--weeks", "0"])


def messages(port: int) -> list[dict]:
    """Return what the page of a demo shows of the channel; nothing while it is not there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/page/state?user=ana&channel=seo") as page:
            found: list[dict] = json.load(page)["messages"]
            return found
    except OSError:
        return []


@pytest.mark.parametrize("after", ["the invitation", "everything"])
def test_ctrl_c_ends_it_cleanly_at_any_moment(tmp_path, after):
    ours, theirs = pty.openpty()
    port, shown = free_port(), []
    process = fork(in_a_terminal, os.ttyname(theirs), str(tmp_path), port)
    Thread(target=drain, args=(ours, shown), daemon=True).start()
    until = monotonic() + 20
    while not (messages(port) if after == "the invitation" else "Ctrl-C to stop" in "".join(shown)):
        assert monotonic() < until, "".join(shown)[-3000:]
        sleep(0.01)
    os.write(ours, b"\x03")
    process.join(20)
    assert process.exitcode == 0, shown
    words = "".join(shown)
    assert "Traceback" not in words
    assert "Aborted" not in words
    assert children(process.pid) == []
    os.close(theirs)


def drain(terminal: int, shown: list[str]) -> None:
    while True:
        try:
            shown.append(os.read(terminal, 65_536).decode(errors="replace"))
        except OSError:
            return


def children(session: int | None) -> list[str]:
    """Return the processes that are left of a session."""
    left = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        if rest.split()[3] == str(session):
            left.append(name)
    return left
