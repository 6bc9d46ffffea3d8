"""How well pages are understood: kinds, authors, dates, links and e-mails on labelled pages.

    python -m benchmarks.pages [FOLDER]

FOLDER holds labels.jsonl and the gzipped pages; it is not part of the project. The plain figures
flatter the author of the rules, so stricter ones are printed too: thresholds chosen without the
page's own site; without wording that occurs on no other site; and without the title, the address,
the structure, or the strongest sign.
"""

import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.common.domains import registrable
from bot.model.page import KINDS, PageFacts
from bot.pages.document import Document
from bot.pages.facts import facts_of
from bot.pages.kind.evidence import Signal
from bot.pages.kind.kinds import AHEAD, LEAST, named, signals_of
from bot.pages.reading.charset import decode, sniff

FOLDER = Path(__file__).parents[2] / "shared" / "pages"
_BARS = [(least, ahead) for least in (1.5, 2.0, 2.5, 3.0, 3.5) for ahead in (0.5, 1.0, 1.5)]
_TITLE = ("its title",)
_ADDRESS = ("its address", "its host")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Labelled:
    """One page: its label, what we understood, and how long that took."""

    label: dict[str, object]
    facts: PageFacts
    signals: tuple[Signal, ...]
    milliseconds: float

    @property
    def site(self) -> str:
        """The registrable domain, or the page's own id if its address is unknown."""
        return registrable(str(self.label["url"] or "")) or str(self.label["id"])


@dataclass(frozen=True)
class Score:
    """Right answers among those that can be judged."""

    right: int
    judged: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 when nothing could be judged."""
        return self.right / self.judged if self.judged else 0.0

    def __str__(self) -> str:
        return f"{self.right}/{self.judged} = {self.share:.1%}"


def read(folder: Path) -> list[Labelled]:
    """Understand every labelled page of a folder."""
    pages = []
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        body = gzip.decompress((folder / label["file"]).read_bytes())
        start = time.perf_counter()
        facts = facts_of(body, label["url"])
        taken = (time.perf_counter() - start) * 1000
        document = Document(decode(body, sniff(body)), label["url"])
        pages.append(Labelled(label, facts, tuple(signals_of(document)), taken))
    return pages


def figures(pages: list[Labelled]) -> dict[str, Score]:
    """Return the measured shares by name; pages or fields without a label are not judged."""
    pages = [page for page in pages if page.label["is_readable_without_js"]]
    kinds = [(page.facts.kind, page.label["kind"]) for page in pages]
    said = [(ours, true) for ours, true in kinds if ours is not None]
    links = ("about", "contact", "privacy")
    return {
        "kind named": Score(len(said), len(kinds)),
        "kind right where named": Score(sum(ours == true for ours, true in said), len(said)),
        "author": _presence(pages, "has_author", lambda facts: facts.author),
        "publication date": _presence(pages, "has_published_date", lambda facts: facts.published),
        **{f"{name} link": _link(pages, name) for name in links},
        "e-mail": _presence(pages, "has_email_published", lambda facts: facts.emails),
        "language": Score(
            sum(page.facts.language == page.label["language"] for page in pages), len(pages)
        ),
    }


def confusion(pages: list[Labelled]) -> Iterator[str]:
    """Yield the lines of the table: a row per true kind, a column per answer."""
    counts = Counter((str(page.label["kind"]), page.facts.kind or "-") for page in pages)
    columns = (*KINDS, "-")
    yield "true \\ said  " + " ".join(f"{name[:7]:>7}" for name in columns)
    for true in KINDS:
        cells = (counts[true, said] for said in columns)
        yield f"{true:<12} " + " ".join(f"{cell or '.':>7}" for cell in cells)


def without_own_site(pages: list[Labelled]) -> tuple[Score, Score]:
    """Return named and right with both thresholds chosen on the other sites' pages."""
    decisions = {bars: [(page, named(page.signals, *bars)) for page in pages] for bars in _BARS}
    said: list[bool] = []
    for index, page in enumerate(pages):
        best = max(_BARS, key=lambda bars: _net_score(decisions[bars], page.site))
        kind = decisions[best][index][1]
        if kind is not None:
            said.append(kind == page.label["kind"])
    return Score(len(said), len(pages)), Score(sum(said), len(said))


def without_own_wording(pages: list[Labelled]) -> tuple[Score, Score]:
    """Return named and right without the signals that no other site of the set shows."""
    sites: defaultdict[str, set[str]] = defaultdict(set)
    for page in pages:
        for signal in page.signals:
            sites[_general(signal)].add(page.site)
    said = []
    for page in pages:
        kept = tuple(one for one in page.signals if sites[_general(one)] - {page.site})
        kind = named(kept, LEAST, AHEAD)
        if kind is not None:
            said.append(kind == page.label["kind"])
    return Score(len(said), len(pages)), Score(sum(said), len(said))


def without(pages: list[Labelled], kept: Callable[[Labelled, Signal], bool]) -> tuple[Score, Score]:
    """Return named and right with only some of each page's signals."""
    said = []
    for page in pages:
        kind = named(tuple(one for one in page.signals if kept(page, one)), LEAST, AHEAD)
        if kind is not None:
            said.append(kind == page.label["kind"])
    return Score(len(said), len(pages)), Score(sum(said), len(said))


def strongest(page: Labelled) -> Signal | None:
    """Return the strongest signal for the kind we named, or for the true one if we named none."""
    kind = page.facts.kind or str(page.label["kind"])
    return max(page.signals, key=lambda signal: signal.weights.get(kind, 0), default=None)


def main(folder: Path | None = None) -> None:
    folder = folder or FOLDER
    if not (folder / "labels.jsonl").is_file():
        print(f"No labelled pages in {folder}: nothing is measured. Name the folder that has them.")
        return
    pages = read(folder)
    print(*confusion(pages), sep="\n")
    for name, score in figures(pages).items():
        print(f"{name:<26}{score}")
    times = sorted(page.milliseconds for page in pages)
    print(f"{'time a page':<26}median {statistics.median(times):.0f} ms, worst {times[-1]:.0f} ms")
    readable = [page for page in pages if page.label["is_readable_without_js"]]
    for name, (coverage, right) in {
        "bars from other sites": without_own_site(readable),
        "only shared wording": without_own_wording(readable),
        "without its strongest sign": without(
            readable, lambda page, one: one is not strongest(page)
        ),
        "without its title": without(readable, lambda _, one: not one.words.startswith(_TITLE)),
        "without its address": without(readable, lambda _, one: not one.words.startswith(_ADDRESS)),
        "title and address alone": without(
            readable, lambda _, one: one.words.startswith(_TITLE + _ADDRESS)
        ),
    }.items():
        print(f"{name:<28}named {coverage}, right {right}")


def _presence(pages: list[Labelled], field: str, ours: Callable[[PageFacts], object]) -> Score:
    judged = [page for page in pages if page.label[field] is not None]
    right = sum(bool(ours(page.facts)) == page.label[field] for page in judged)
    return Score(right, len(judged))


def _link(pages: list[Labelled], name: str) -> Score:
    return _presence(pages, f"has_{name}_link", lambda facts: getattr(facts.links, name))


def _net_score(decisions: list[tuple[Labelled, str | None]], left_out: str) -> float:
    """Return right minus twice wrong, without one site: no answer is better than a wrong one."""
    others = [(page, kind) for page, kind in decisions if page.site != left_out and kind]
    right = sum(kind == page.label["kind"] for page, kind in others)
    return right - 2 * (len(others) - right)


def _general(signal: Signal) -> str:
    return _NUMBER.sub("N", signal.words.lower())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
