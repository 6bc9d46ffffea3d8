"""The checklist of docs/providers.md says of each vendor what the contract suite does."""

import ast
from pathlib import Path

import pytest
from support.vendors.contract_lines import LINES, each_case, every_case
from support.vendors.vendor_bench import CASES

from tools import checklist

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "tests" / "contract"
SUITE = [CONTRACT / f"test_every_{name}.py" for name in ("vendor", "vendors_keys")]
TREES = [ast.parse(path.read_text("utf-8")) for path in SUITE]
TESTS = [
    node
    for tree in TREES
    for node in tree.body
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")
]
EVERY_VENDOR = pytest.mark.parametrize("name", list(CASES))


def decorated_with(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in node.decorator_list)


def test_each_line_is_a_test_over_all_cases_and_each_such_test_is_a_line():
    over_all = [
        node.name
        for node in TESTS
        if decorated_with(node, "every_case") or decorated_with(node, "each_case")
    ]
    assert sorted(line.test for line in LINES) == sorted(over_all)
    assert len({line.says for line in LINES}) == len(LINES)


def promise(test: str, seen: list):
    async def held(capability):
        seen.append(capability)

    held.__name__ = test
    return held


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.test)
def test_the_suite_leaves_out_what_the_page_gives_a_reason_for_and_nothing_else(line):
    [mark] = each_case(promise(line.test, [])).pytestmark
    ran = [param.values for param in mark.args[1]]
    kept = [
        (name, one)
        for name in CASES
        for verdict in checklist.verdicts(CASES[name])
        if verdict.line is line
        for one in verdict.kept
    ]
    assert ran == kept
    assert not any("pytest.skip" in path.read_text("utf-8") for path in SUITE)


@EVERY_VENDOR
async def test_one_test_a_vendor_holds_all_its_cases(name, monkeypatch, tmp_path):
    seen: list = []
    await every_case(promise(LINES[0].test, seen))(name, monkeypatch, tmp_path)
    assert seen == list(CASES[name].cases)


@EVERY_VENDOR
def test_a_case_that_does_not_apply_says_why_in_a_sentence(name):
    for verdict in checklist.verdicts(CASES[name]):
        cases = [*verdict.kept, *(one for names in verdict.reasons.values() for one in names)]
        assert sorted(cases) == sorted(CASES[name].cases)
        for why in verdict.reasons:
            assert why.endswith(".")
            assert len(why.split()) > 3


@EVERY_VENDOR
def test_the_hard_cases_apply_to_every_vendor(name):
    whole = len(CASES[name].cases)
    hard = ("Good answer", "Last page", "429 with", "5xx", "Read timeout", "A web page", "The key")
    kept = {verdict.line.says: len(verdict.kept) for verdict in checklist.verdicts(CASES[name])}
    for words in hard:
        counts = [count for says, count in kept.items() if says.startswith(words)]
        assert counts
        assert set(counts) == {whole}


def test_a_grade_follows_from_the_fixtures():
    names = [name for name, contract in CASES.items() if not contract.vendor]
    grades = {name: checklist.grade_of(name) for name in (*names, "sample", "exports")}
    assert grades == {
        **dict.fromkeys(("ahrefs", "dataforseo"), "A"),
        **dict.fromkeys(("majestic", "moz", "semrush"), "B"),
        **dict.fromkeys(("brave", "searxng", "serpapi", "serper"), "C"),
        **dict.fromkeys(("sample", "exports"), "local"),
    }
    bare = checklist.Evidence((), (), (), ("tests/contract/test_new.py",))
    assert bare.grade == "D"
    assert len(checklist.evidence("semrush").answers) == 9
    assert checklist.evidence("ahrefs").contract == ("tests/contract/test_ahrefs_openapi.py",)


@EVERY_VENDOR
def test_what_a_grade_rests_on_is_skipped_where_it_is_not_at_hand_and_the_page_says_so(name):
    """A checkout without the vendors' files proves grade C at most, and nobody may be told more."""
    page = (ROOT / "docs" / "providers.md").read_text("utf-8")
    assert "Where they are not at hand their tests are skipped" in " ".join(page.split())
    found = checklist.evidence(name)
    texts = [(ROOT / path).read_text("utf-8") for path in found.tests]
    if found.grade in {"A", "B"}:
        assert any("skip" in text for text in texts)
