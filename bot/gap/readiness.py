"""The gates before links: does our page match the intent, earn trust and cover the topic?

Pure. Facts come from `bot.pages`. A page that could not be read is left out of every count, and
when too few remain the answer is "unknown", never a verdict. The trust gate is about readers:
Google publishes no such checklist, so it is never presented as ranking points.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.gap.relevance import terms_of
from bot.model.page import PageFacts
from bot.model.report import Gate

MATCH, MISMATCH, MIXED, UNKNOWN = "match", "mismatch", "mixed", "unknown"
MAJORITY = 0.6
LEAST_PAGES = 2
OTHER = "other"
MOST_TOPICS = 8
NOT_READ = (
    "The pages were not read this time: the bot was stopped twice while it worked on this answer, "
    "and reading them may have been why."
)
NOT_KNOWN, NO_PAGE_YET = "your page is not known", "you have no page yet"
_MANY = {
    "list": "lists",
    "guide": "guides",
    "product": "product pages",
    "category": "category pages",
    "tool": "tools",
    "forum": "forum threads",
    "review": "reviews",
    "news": "news",
    "video": "videos",
    "profile": "profile pages",
    "other": "pages of another sort",
}
_ONE = {
    "list": "a list",
    "guide": "a guide",
    "product": "a product page",
    "category": "a category page",
    "tool": "a tool",
    "forum": "a forum thread",
    "review": "a review",
    "news": "a news article",
    "video": "a video",
    "profile": "a profile page",
    "other": "a page of another sort",
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """The gates' results for a run. `proposed_page` may be ours; nobody has confirmed it."""

    gates: tuple[Gate, ...] = ()
    checklist: tuple[str, ...] = ()
    coverage: tuple[str, ...] = ()
    proposed_page: str | None = None


@dataclass(frozen=True, slots=True)
class TrustRow:
    """One thing that readers look for: `theirs` of the `read` pages show it, and whether ours does.

    `evidence` is the place where one of theirs shows it.
    """

    name: str
    theirs: int
    read: int
    ours: bool
    evidence: str | None


def judge(
    ours: PageFacts | None,
    top3: Sequence[PageFacts],
    language: str,
    *,
    more: Sequence[PageFacts] = (),
    without: str = NOT_KNOWN,
    overruled: frozenset[str] = frozenset(),
    vendor_kind: str | None = None,
) -> Readiness:
    """Put our page through the gates; `without` says why there is no page of ours to compare.

    `more` are ranking pages below the top 3: they count for the intent alone. `overruled` are the
    names of gates that the team set aside: "intent", "trust" or both. `vendor_kind` is the kind
    that a vendor gives most of the top pages.
    """
    trust, lacking = trust_gate(ours, top3, without=without)
    gates = (intent_gate(ours, (*top3, *more), vendor_kind, without=without), trust)
    return Readiness(
        gates=tuple(replace(gate, overruled=gate.name in overruled) for gate in gates),
        checklist=tuple(_checklist_line(row) for row in lacking),
        coverage=coverage(ours, top3, language),
    )


def not_read() -> Readiness:
    """Return the gates' results for pages that were not read on purpose."""
    return Readiness(gates=(Gate("intent", UNKNOWN, NOT_READ), Gate("trust", UNKNOWN, NOT_READ)))


def fault(gates: Sequence[Gate]) -> Gate | None:
    """Return the first gate that says to fix our page first, or None.

    Unknown and mixed are no faults, and a gate that the team overruled is never returned.
    """
    return next((gate for gate in gates if gate.state == MISMATCH and not gate.overruled), None)


def intent_gate(
    ours: PageFacts | None,
    field: Sequence[PageFacts],
    vendor_kind: str | None = None,
    *,
    without: str = NOT_KNOWN,
) -> Gate:
    """Compare the kind of page that ranks with the kind that ours is.

    `field` are the ranking pages without ours; `vendor_kind` is the kind that a vendor gives most
    of them, mentioned when it disagrees. A majority is 60 % of the pages that could be read, and at
    least two.
    """
    readable = [page for page in field if page.readable]
    kinds = Counter(page.kind for page in readable if page.kind is not None)
    if kinds.total() < LEAST_PAGES:
        reason = _too_little(len(readable), kinds.total())
        return Gate("intent", UNKNOWN, f"{reason}{_vendor_disagrees(vendor_kind, None)}")
    kind, count = max(kinds.items(), key=lambda pair: (pair[1], pair[0]))
    # "Other" is everything unclassified, bot walls included: not a kind that ours could miss.
    if kind == OTHER or count < LEAST_PAGES or count < MAJORITY * len(readable):
        named = ", ".join(f"{number} {_MANY[name]}" for name, number in kinds.most_common())
        reason = f"The ranking pages are mixed ({named}): no verdict."
        return Gate("intent", MIXED, f"{reason}{_vendor_disagrees(vendor_kind, None)}")
    said = f"{count} of {len(readable)} readable pages are {_MANY[kind]}"
    state, yours = _compare_kind(ours, kind, without)
    return Gate("intent", state, f"{said}; {yours}.{_vendor_disagrees(vendor_kind, kind)}")


def trust_gate(
    ours: PageFacts | None, top3: Sequence[PageFacts], *, without: str = NOT_KNOWN
) -> tuple[Gate, tuple[TrustRow, ...]]:
    """Return as a checklist what most of the top pages show their readers and ours does not.

    The gate fails only when ours lacks at least half of what most of them show, and at least two
    things: one missing date deserves a line, but is no reason to stop.
    """
    readable = [page for page in top3 if page.readable]
    if ours is None or not ours.readable:
        why = without if ours is None else _unread(ours)
        return Gate("trust", UNKNOWN, f"Not compared: {why}."), ()
    if len(readable) < LEAST_PAGES:
        return Gate("trust", UNKNOWN, "Not compared: too few of the top pages can be read."), ()
    expected = [row for row in _checklist(ours, readable) if _is_usual(row)]
    lacking = tuple(row for row in expected if not row.ours)
    if not lacking:
        reason = "Your page shows readers what most of the top pages show."
        return Gate("trust", MATCH, reason), ()
    names = ", ".join(f"{row.name} ({row.theirs} of {row.read})" for row in lacking)
    half = 2 * len(lacking) >= len(expected)
    much = half and len(lacking) > 1
    start = "Your page shows readers most of what the top pages show, but not"
    if half:
        what = "what" if much else "one thing that"
        start = f"Most of the top pages show readers {what} yours does not"
    reason = f"{start}: {names}. This is for readers; it is no ranking checklist."
    return Gate("trust", MISMATCH if much else MIXED, reason), lacking


def coverage(ours: PageFacts | None, top3: Sequence[PageFacts], language: str) -> tuple[str, ...]:
    """Return the topics that most of the top pages have in headings and our page never mentions.

    At most eight, the most shared first; None when it cannot be told. Words are compared by stem;
    words that stand together in a heading are shown together.
    """
    readable = [page for page in top3 if page.readable]
    if ours is None or not ours.readable or len(readable) < LEAST_PAGES:
        return ()
    known = _stems((ours.title or "", *ours.headings, *ours.vocabulary), language)
    pages = Counter(stem for page in readable for stem in _stems(page.headings, language))
    missing = {stem: count for stem, count in pages.items() if 2 * count > len(readable)}
    for stem in known:
        missing.pop(stem, None)
    return tuple(_topics(missing, readable, language))[:MOST_TOPICS]


def most_seen(kinds: Sequence[str | None]) -> str | None:
    """Return the kind that a vendor gives most of the pages, at least two of them; else None.

    A page that the vendor says nothing about counts against it.
    """
    named = Counter(kind for kind in kinds if kind is not None)
    kind, count = max(named.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    return kind if count >= LEAST_PAGES and count >= MAJORITY * len(kinds) else None


def _vendor_disagrees(vendor_kind: str | None, ours: str | None) -> str:
    """Return the sentence that says that a vendor sees another kind of page than we do."""
    if vendor_kind is None or vendor_kind == ours:
        return ""
    seen = _MANY.get(vendor_kind, vendor_kind)
    return f" A vendor sees {seen}{' instead' if ours else ''}."


def _compare_kind(ours: PageFacts | None, kind: str, without: str) -> tuple[str, str]:
    if ours is None:
        return UNKNOWN, without
    if not ours.readable:
        return UNKNOWN, _unread(ours)
    if ours.kind is None:
        return UNKNOWN, "what yours is cannot be told"
    if ours.kind == kind:
        return MATCH, "so is yours"
    return MISMATCH, f"yours is {_ONE[ours.kind]}"


def _unread(page: PageFacts) -> str:
    reason = f" ({page.kind_evidence[0]})" if page.kind_evidence else ""
    return f"your page could not be read{reason}"


def _too_little(readable: int, named: int) -> str:
    if readable < LEAST_PAGES:
        return "Too few of the ranking pages could be read to say what they are."
    return f"Only {named} of {readable} readable pages show clearly what they are."


def _checklist(ours: PageFacts, readable: Sequence[PageFacts]) -> list[TrustRow]:
    rows = []
    for sign in ours.trust:
        theirs = [other for page in readable for other in page.trust if other.name == sign.name]
        told = [other for other in theirs if other.present is not None]
        shown = [other for other in told if other.present]
        if sign.present is not None and told:
            evidence = next((other.evidence for other in shown), None)
            rows.append(TrustRow(sign.name, len(shown), len(told), sign.present, evidence))
    return rows


def _is_usual(row: TrustRow) -> bool:
    return row.theirs >= LEAST_PAGES and 2 * row.theirs > row.read


def _checklist_line(row: TrustRow) -> str:
    example = f", for example {row.evidence}" if row.evidence else ""
    return f"{row.name}: {row.theirs} of {row.read} of the top pages show it{example}"


def _stems(texts: Sequence[str], language: str) -> set[str]:
    return {term.stem for term in terms_of("", texts, language).terms}


def _topics(missing: dict[str, int], readable: Sequence[PageFacts], language: str) -> list[str]:
    """Return the missing stems as words in the order of their headings, most shared first."""
    told: dict[str, None] = {}
    done: set[str] = set()
    headings = [heading for page in readable for heading in page.headings]
    for stem in sorted(missing, key=lambda one: (-missing[one], one)):
        if stem in done:
            continue
        together = [_missing_in(heading, missing, language) for heading in headings]
        candidates = [found for found in together if stem in found]
        phrase = max(candidates, key=lambda found: (len(found) <= _LONGEST, len(found)))
        shown = phrase if len(phrase) <= _LONGEST else {stem: phrase[stem]}
        done |= shown.keys()
        told[" ".join(shown.values())] = None
    return list(told)


_LONGEST = 3


def _missing_in(heading: str, missing: dict[str, int], language: str) -> dict[str, str]:
    """Return the missing stems of one heading with their words, in the heading's order."""
    found = {
        term.stem: term.word
        for term in terms_of("", (heading,), language).terms
        if term.stem in missing
    }
    folded = heading.casefold()
    return dict(sorted(found.items(), key=lambda pair: folded.find(pair[1])))
