"""A file from a stranger cannot hang `linkgap import`, and nothing of it is kept."""

import pytest
from support.exports_home import AHREFS, LINKS, imports, invoke, move_in

from bot.common.killable import Killable, Limits
from bot.exports import limited

# Valid rows, but far more than can be read within the limit below.
ENDLESS = LINKS + "30,https://a.example/x,https://rival.example/,false,2026-01-01\n" * 100_000


@pytest.fixture
def home(tmp_path, monkeypatch):
    hasty = Killable(Limits(cpu_seconds=0.05, seconds=20), preload=("bot.exports.limited",))
    monkeypatch.setattr(limited, "shared", lambda: hasty)
    yield move_in(tmp_path, monkeypatch)
    hasty.close()


def test_a_file_that_takes_too_long_is_refused_in_words_and_the_others_are_imported(home):
    (home / "endless.csv").write_text(ENDLESS)

    said = " ".join(invoke("endless.csv", AHREFS, code=1).split())

    assert "Reading endless.csv took longer than" in said
    assert "Nothing of it was imported and nothing else was lost" in said
    assert [one.facts.file_name for one in imports(home)] == [AHREFS.name]


def test_a_larger_file_gets_more_time(tmp_path):
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_text(LINKS)
    with large.open("wb") as out:
        out.truncate(800 << 20)
    assert limited.times_for(small) < 1.1
    assert limited.times_for(large) > 100
