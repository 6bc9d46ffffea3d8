"""The files that an operator copies: what they name exists, and what is needed is in them."""

import re
import shlex
import tomllib
from configparser import ConfigParser
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.version import Version

from bot.cli import main
from bot.cli._doctor import names
from bot.settings.environment import Settings, load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"
UNITS = sorted((ROOT / "deploy").iterdir())
VARIABLE = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, _ in VARIABLE.findall(EXAMPLE.read_text("utf-8")):
        monkeypatch.delenv(name, raising=False)


def check(line: str) -> None:
    """Let click read a line `linkgap …`, without running it."""
    words = shlex.split(line)
    found = main.get_command(click.Context(main), words[0])
    assert found is not None, line
    found.make_context(words[0], words[1:])


def test_every_variable_of_the_example_is_one_that_is_read(tmp_path):
    text = EXAMPLE.read_text("utf-8")
    in_use = re.sub(r"^#(?=[A-Z][A-Z0-9_]*=)", "", text, flags=re.MULTILINE)
    (tmp_path / ".env").write_text(in_use, "utf-8")
    assert [one.says for one in names.unread(tmp_path / ".env")] == []
    assert load(Settings).keep_answers_days == 180


def test_what_the_example_shows_for_days_is_the_default():
    shown = dict(VARIABLE.findall(EXAMPLE.read_text("utf-8")))
    for name in ("KEEP_ANSWERS_DAYS", "KEEP_SPEND_DAYS", "KEEP_READS_DAYS", "COUNTRY", "LANG"):
        assert shown[f"LINKGAP_{name}"] == str(Settings.model_fields[name.lower()].default)


@pytest.mark.parametrize("mode", [[], ["--socket"]])
def test_all_that_serve_needs_is_in_the_example_and_not_behind_a_mark(mode):
    said = CliRunner().invoke(main, ["serve", *mode]).output
    needed = set(re.findall(r"\b[A-Z]+_[A-Z_]+(?= is not set)", said))
    assert len(needed) == 2
    assert needed <= set(re.findall(r"^([A-Z_]+)=$", EXAMPLE.read_text("utf-8"), re.MULTILINE))


def test_a_copy_of_the_example_without_values_is_as_good_as_none(tmp_path):
    (tmp_path / ".env").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    assert load(Settings) == load(Settings, None)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_commands_of_a_unit_exist_with_their_options(unit):
    for line in re.findall(r"/linkgap ([^'\n]+)", unit.read_text("utf-8")):
        check(line)


def test_the_units_agree_about_where_things_are():
    read = {}
    for unit in UNITS:
        read[unit.name] = ConfigParser(interpolation=None, strict=False)
        read[unit.name].optionxform = str
        read[unit.name].read(unit)
    bot, backup = read["linkgap.service"], read["linkgap-backup.service"]
    for name in ("User", "WorkingDirectory", "Environment", "UMask"):
        assert bot["Service"][name] == backup["Service"][name]
    assert "linkgap-backup.timer" in read


def test_the_image_and_compose_run_commands_that_exist():
    image = (ROOT / "Dockerfile").read_text("utf-8")
    for line in re.findall(r"^(?:CMD|HEALTHCHECK .*CMD) (\[.*\])$", image, re.MULTILINE):
        check(shlex.join(word for word in yaml.safe_load(line) if word != "linkgap"))
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    service = compose["services"]["linkgap"]
    assert service["volumes"] == ["linkgap-data:/data"]
    assert list(compose["volumes"]) == ["linkgap-data"]
    assert service["ports"] == ["127.0.0.1:3000:3000"]


def test_the_tool_that_builds_the_wheel_is_pinned_with_hashes_at_a_version_that_fits():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    text = (ROOT / "requirements" / "build.lock").read_text("utf-8")
    pinned = {
        name: Version(version)
        for name, version in re.findall(r"^([\w-]+)==(\S+)", text, re.MULTILINE)
    }
    for one in map(Requirement, wanted):
        assert pinned[one.name] in one.specifier
    blocks = re.split(r"^(?=[\w-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert len(blocks) == len(pinned)
    image = (ROOT / "Dockerfile").read_text("utf-8")
    assert "--no-build-isolation" in image
    assert set(re.findall(r"--require-hashes -r (\S+)", image)) == {
        "requirements/build.lock",
        "/tmp/app.lock",  # noqa: S108 - a folder of the image
    }


@pytest.mark.parametrize(
    ("words", "offered"), [("linkgap rest", "restore"), ("linkgap backup --k", "--keep")]
)
def test_the_shell_completes_commands_and_options(words, offered):
    env = {
        "_LINKGAP_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    said = CliRunner(env=env).invoke(main, prog_name="linkgap")
    assert said.output.split() == [f"plain,{offered}"]


def test_the_lines_for_a_shells_start_file_are_those_of_the_page():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    shells = re.findall(r"_LINKGAP_COMPLETE=(\w+)_source linkgap", page)
    assert shells == ["bash", "zsh", "fish"]
    for shell in shells[1:]:  # bash is asked for its version first, by running it
        env = {"_LINKGAP_COMPLETE": f"{shell}_source"}
        said = CliRunner(env=env).invoke(main, prog_name="linkgap")
        assert "_LINKGAP_COMPLETE" in said.output
