"""How well each vendor is tested, for docs/providers.md: from contract cases and test files."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.vendors.contract_cases import ContractCases
from support.vendors.contract_lines import LINES, Line
from support.vendors.serp_vendors import MODULES as SERP_SOURCES
from support.vendors.vendor_bench import CASES, built

from bot.providers.base import Capability, Remote, Vendor

TESTS = Path(__file__).parents[1] / "tests"
A_DAY = 86_400

GRADES = {
    "A": "The part of the vendor's own OpenAPI contract that we have checks the requests and "
    "fixtures, and whole answers are run at our strict local server.",
    "B": "Real answers, as the vendor or others published them, are read by tests, and whole "
    "answers are run at our strict local server.",
    "C": "Only our own strict local server stands behind it, built from what the vendor publishes.",
    "D": "Only invented answers stand behind it.",
    "local": "It is read from this machine; nothing is asked over HTTP.",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for a vendor's tests, each as paths below the repository's root."""

    contract: tuple[str, ...]
    answers: tuple[str, ...]
    server: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def grade(self) -> str:
        """Return the grade; a `local` vendor has no contract cases and no such evidence."""
        if self.contract and self.server:
            return "A"
        if self.answers and self.server:
            return "B"
        return "C" if self.server else "D"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the contract for a vendor: where it holds, and why not elsewhere.

    A line holds if its test runs and the suite is green, which is when this page is right.
    """

    line: Line
    kept: tuple[Capability, ...]
    reasons: dict[str, tuple[Capability, ...]]


def verdicts(book: ContractCases) -> list[Verdict]:
    """Return each line of the contract for one vendor."""
    found = []
    for line in LINES:
        kept, reasons = [], defaultdict(list)
        for capability, case in book.cases.items():
            why = line.why_not(book, case)
            (reasons[why] if why else kept).append(capability)
        found.append(
            Verdict(line, tuple(kept), {why: tuple(names) for why, names in reasons.items()})
        )
    return found


def evidence(name: str) -> Evidence:
    """Return the test files and folders of a vendor."""
    own = sorted((TESTS / "contract").glob(f"test_{name}*.py"))
    if name in SERP_SOURCES:
        own += [TESTS / "contract" / f"test_serp_{part}.py" for part in ("sources", "server")]
    servers = [TESTS / "fakes" / "servers" / f"{name}_server.py"]
    if name in SERP_SOURCES:
        servers = [TESTS / "fakes" / "servers" / "serp_server.py"]
    texts = {path: path.read_text("utf-8") for path in own}
    quoted = re.compile(rf'shared["/ ]+examples["/ ]+{name}')
    answers = {
        answer
        for text in texts.values()
        if quoted.search(text)
        for answer in re.findall(r'["/](\w+\.txt)"', text)
    }
    return Evidence(
        contract=_shown(path for path in own if path.stem == f"test_{name}_openapi"),
        answers=tuple(sorted(answers)),
        server=_shown(path for path in servers if path.exists()),
        tests=_shown(own),
    )


def _shown(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(path.relative_to(TESTS.parent).as_posix() for path in paths)


def grade_of(name: str) -> str:
    """Return the grade of a registered vendor."""
    return evidence(name).grade if name in CASES else "local"


def overview(vendors: Sequence[tuple[str, str, int]]) -> str:
    """Return the table of all vendors, each given as name, title and how much it answers."""
    rows = []
    for name, title, capabilities in vendors:
        kept, whole = _sum(name)
        lines = f"{kept} of {whole}" if whole else "–"
        rows.append(
            f"| [{title}](#{title.lower().replace(' ', '-')}) | {grade_of(name)} "
            f"| {capabilities} of {len(Capability)} | {lines} |"
        )
    head = (
        "| Vendor | Grade | Capabilities | Contract cases that apply, all kept |\n|---|---|---|---|"
    )
    return "\n".join([head, *rows])


def _sum(name: str) -> tuple[int, int]:
    if name not in CASES:
        return 0, 0
    suites = [CASES[one] for one in (name, *_others(name))]
    kept = sum(len(one.kept) for suite in suites for one in verdicts(suite))
    return kept, len(LINES) * sum(len(suite.cases) for suite in suites)


def section(name: str, capabilities: Sequence[Capability]) -> str:
    """Return which questions a vendor answers and how that is tested."""
    if name not in CASES:
        return f"{_capabilities(capabilities)}\n\n{_local(name)}"
    parts = [_capabilities(capabilities), _terms(name), _behind(evidence(name)), _contract(name)]
    for other in _others(name):
        settings = " and ".join(f"`{variable}`" for variable in CASES[other].env)
        answered = f"With {settings} alone: {_names(CASES[other].cases)}."
        parts += [answered, _contract(other)]
    return "\n\n".join(parts)


def _others(name: str) -> list[str]:
    """Return the further contract cases of a vendor."""
    return [other for other, book in CASES.items() if book.vendor == name]


def _local(name: str) -> str:
    paths = [
        path
        for folder in ("contract", "unit")
        for path in sorted((TESTS / folder).glob(f"test_{name}*.py"))
    ]
    tests = ", ".join(f"`{path}`" for path in _shown(paths))
    return f"**Grade: local.** {GRADES['local']} Tests of its own: {tests}."


def _capabilities(answered: Sequence[Capability]) -> str:
    lacking = [one for one in Capability if one not in answered]
    parts = [f"Answered: {_names(answered)}."]
    if lacking:
        parts.append(f"Not offered: {_names(lacking)}.")
    return " ".join(parts)


def _names(capabilities: Iterable[Capability]) -> str:
    return ", ".join(f"`{one}`" for one in capabilities)


def _terms(name: str) -> str:
    """Return the unit it bills in, what a run may spend, and which failures it tolerates."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        vendor = built(name, patch, Path(folder))
    assert isinstance(vendor, Vendor)
    kept: dict[int, list[Capability]] = defaultdict(list)
    pools: dict[str, None] = {}
    for capability, adapter in vendor.capabilities.items():
        assert isinstance(adapter, Remote), "those that are local have no contract cases"
        calls = adapter.plan(CASES[name].cases[capability].query)
        kept[min(call.keep_seconds for call in calls)].append(capability)
        pools |= {pool: None for call in calls for pool in call.worst.by_pool}
    others = [pool for pool in pools if pool != vendor.pool]
    words = [
        f"Billed in {vendor.pool}: one answer may take {vendor.run_cap:,}"
        + (
            f", of which {vendor.list_budget:,} for who links."
            if vendor.can(Capability.REFERRING_DOMAINS)
            else "."
        ),
        f"Booked by themselves besides: {', '.join(others)}." if others else "",
        f"At most {vendor.rate.per_minute:,} requests a minute, {vendor.rate.concurrency} at once.",
        " ".join(
            f"Answers to {_names(names)} are {_kept(seconds)}."
            for seconds, names in sorted(kept.items(), reverse=True)
        ),
    ]
    if vendor.can(Capability.REFERRING_DOMAINS):
        words.append(
            "Who is new since a day is asked for by itself."
            if vendor.dates_links
            else "Who is new since a day would take the whole list; a weekly re-read leaves it out."
        )
    return " ".join(filter(None, words))


def _kept(seconds: int) -> str:
    if seconds == 0:
        return "never kept"
    days, rest = divmod(seconds, A_DAY)
    if rest:
        return f"kept {seconds // 3600} hours"
    return "kept a day" if days == 1 else f"kept {days} days"


def _behind(found: Evidence) -> str:
    parts = [f"**Grade {found.grade}.** {GRADES[found.grade]}"]
    parts.append(
        f"Contract: `{found.contract[0]}`, where the vendor's file is at hand."
        if found.contract
        else "Contract: none is published that fits, or none was found."
    )
    parts.append(
        f"Published real answers, where they are at hand: {len(found.answers)}."
        if found.answers
        else "Published real answers: none."
    )
    parts.append(f"Server: {', '.join(f'`{one}`' for one in found.server) or 'none'}.")
    parts.append("Live service: never.")
    parts.append(f"Tests of its own: {', '.join(f'`{one}`' for one in found.tests)}.")
    return " ".join(parts)


def _contract(name: str) -> str:
    whole = len(CASES[name].cases)
    rows = [f"| {one.line.says} | {_verdict(one, whole)} |" for one in verdicts(CASES[name])]
    return "\n".join(["| Contract case | At this vendor |\n|---|---|", *rows])


def _verdict(verdict: Verdict, whole: int) -> str:
    if len(verdict.kept) == whole:
        return "kept"
    reasons = [f"{_names(names)}: {why.rstrip('.')}" for why, names in verdict.reasons.items()]
    if not verdict.kept:
        return f"does not apply; {'; '.join(reasons)}"
    return "; ".join([f"kept for {len(verdict.kept)} of {whole}", *reasons])
