"""The measured limits of the estimate: the figures in docs/method.md are what the code gives."""

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
METHOD = (ROOT / "docs" / "method.md").read_text("utf-8")


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    sys.modules.pop("benchmarks.estimate", None)
    return importlib.import_module("benchmarks.estimate")


def test_the_method_prints_what_the_simulation_gives(bench):
    _, _, rest = METHOD.partition(bench.START)
    printed, _, _ = rest.partition(bench.END)
    assert printed.strip() == "\n".join(bench.tables())


@pytest.mark.parametrize(("pages", "promised"), [(1, 0.0), (3, 0.75), (10, 1 - 2 / 2**10)])
def test_low_to_high_holds_the_median_as_often_as_the_method_promises(bench, pages, promised):
    found = bench.covered(bench.Sample("some", pages), 2_000)
    assert found.promised == promised
    assert found.median_inside == pytest.approx(promised, abs=0.03)


def test_reading_the_same_pages_every_week_adds_no_certainty(bench):
    once = bench.covered(bench.Sample("once", 3), 1_000)
    weekly = bench.covered(bench.Sample("weekly", 3, reads=12), 1_000)
    assert weekly.promised == once.promised
    assert weekly.median_inside == pytest.approx(once.median_inside, abs=0.06)


def test_without_a_true_effect_of_authority_hardly_any_serp_shows_one(bench):
    found = bench.multipliers(bench.World("none", 0.0), 500)
    assert found.fitted <= 0.08 * 500
    assert bench.multipliers(bench.World("much", 0.03, luck=0.3), 500).fitted > 4 * found.fitted


def test_another_seed_gives_other_pages_with_the_same_numbers(bench):
    world = bench.World("much", 0.03, luck=0.3)
    first, second = (bench.multipliers(world, 500, seed) for seed in (1, 2))
    assert first.ours != second.ours
    assert abs(first.fitted - second.fitted) < 0.1 * 500
