"""The log: one form for all loggers, and nothing in a message can steer who reads it."""

import io
import json
import logging
import re
import sys

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.wiring import set_up_logs

LOGGERS = ("bot.jobs", "uvicorn.error", "slack_bolt.app")
HOSTILE = "title\x1b]0;mine\x07 \x9b31m \u202eback\n2026-11-27T09:00:00.000Z INFO bot.jobs: forged"


@pytest.fixture
def written(monkeypatch):
    """Return a function that logs with a form, and gives the lines of stderr."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    for name in ("uvicorn", "uvicorn.error"):  # a server that another test ran may have set them up
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
    server = logging.getLogger("uvicorn.error")
    its_level = server.level
    server.setLevel(logging.NOTSET)

    def write(form, act) -> list[str]:
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        root.handlers.clear()
        set_up_logs(form=form)
        act()
        return sys.stderr.getvalue().splitlines()

    yield write
    server.setLevel(its_level)
    root.handlers[:] = before
    root.setLevel(level)


def everybody() -> None:
    for name in LOGGERS:
        logging.getLogger(name).warning("%s spoke", name)


def test_every_logger_writes_lines_of_one_form(written):
    lines = written("text", everybody)
    at = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    for name, line in zip(LOGGERS, lines, strict=True):
        assert re.fullmatch(rf"{at} WARNING {name}: {name} spoke", line)


def test_as_json_every_line_is_an_object_with_time_and_level(written):
    lines = [json.loads(line) for line in written("json", everybody)]
    assert [line["logger"] for line in lines] == list(LOGGERS)
    assert {line["level"] for line in lines} == {"WARNING"}
    assert all(line["time"].endswith("Z") for line in lines)


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_strangers_wrote_stays_one_line_without_controls(written, form):
    lines = written(form, lambda: logging.getLogger("bot.x").warning("%s", HOSTILE))
    [line] = lines
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", line)
    assert "forged" in line


def refuse() -> None:
    raise ValueError(HOSTILE)


def fail() -> None:
    try:
        refuse()
    except ValueError:
        logging.getLogger("bot.x").exception("it failed")


def test_a_traceback_is_there_and_harmless_too(written):
    first, *rest = written("text", fail)
    assert first.endswith("ERROR bot.x: it failed")
    assert "Traceback" in rest[0]
    assert "forged" in rest[-1]
    assert all(line.startswith("  ") and "\x1b" not in line for line in rest)
    [line] = written("json", fail)
    assert "Traceback" in json.loads(line)["traceback"]


def test_a_warning_of_a_short_command_has_the_same_form(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_PURSE", "100")
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers.clear()
    try:
        done = CliRunner().invoke(main, ["doctor"])
    finally:
        root.handlers[:] = handlers
    assert re.search(r"^\S+Z WARNING bot.settings.environment: LINKGAP_PURSE", done.stderr)


def test_a_form_that_does_not_exist_is_told(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LINKGAP_LOG", "xml")
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 3
    assert "LINKGAP_LOG" in done.output
