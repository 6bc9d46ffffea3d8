"""Report builders: the worked example, and a Hypothesis strategy for every possible report."""

import re
import string
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.model.links import LinkKind, Market, Scope, SerpRow
from bot.model.report import (
    Absence,
    AuthorityAdjustment,
    Basis,
    CappedPage,
    Competitor,
    CostLine,
    Gate,
    IndexNeed,
    Need,
    Prospect,
    Report,
    Source,
    SourceState,
    Verdict,
)

TAKEN_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

NEED = Need(
    metric="referring_domains",
    per_page=(55, 1, 15),
    mean=71 / 3,
    even_field=24,
    median=15,
    low=1,
    high=55,
    distorted_by=None,
    authority=AuthorityAdjustment(44, 42, "DR", 1.0, Basis.NOT_BEHIND),
    needed=24,
    have=6,
    gap=18,
    base=71 / 3,
)


def competitor(position: int | None, domain: str, count: int | None, *, platform=False):
    return Competitor(
        position=position,
        url=f"https://{domain}/best",
        domain=domain,
        title=f"The best of {domain}",
        referring_domains=count,
        backlinks=None,
        authority=None if platform else 42.0,
        authority_scale=None if platform else "DR",
        platform=platform,
    )


def prospect(index: int = 1, **changes) -> Prospect:
    made = Prospect(
        domain=f"p{index}.example",
        score=87.5,
        reasons=("links to 3 of 3 pages", "follow", "DR 74"),
        links_to=("https://one.example/best", "https://two.example/best"),
        level=Scope.PAGE,
        absence=Absence.PROVEN,
        authority=74.0,
        authority_scale="DR",
        traffic=12_000,
        relevance=0.8,
        trust=None,
        link=LinkKind.FOLLOW,
        example_page=f"https://p{index}.example/tools",
        anchor="best tools",
        first_seen=None,
        seen_by=("ahrefs",),
        links_to_pages=2,
    )
    return replace(made, **changes)


EXAMPLE = Report(
    keyword="best crm",
    market=Market("us", "en"),
    site="ledgerly.example",
    page="https://ledgerly.example/crm",
    verdict=Verdict.BUILD_LINKS,
    need=NEED,
    competitors=(
        competitor(1, "one.example", 55),
        competitor(2, "reddit.com", 1, platform=True),
        competitor(3, "three.example", 15),
    ),
    gates=(),
    prospects=(prospect(1), prospect(2, absence=Absence.UNPROVEN, link=None, traffic=None)),
    sources=(
        Source("Ahrefs", "serp", SourceState.OK, 10, complete=True, as_of=TAKEN_AT),
        Source("Ahrefs", "links_between", SourceState.NOT_ASKED, None, None, None),
    ),
    cost=(CostLine("Ahrefs", "units", 1450, None, 1500),),
    taken_at=TAKEN_AT,
    difficulty=42.0,
    dropped={"own": 0, "already_links": 12, "spam_marked": 3},
)


def with_need(verdict: Verdict = Verdict.BUILD_LINKS, **need) -> Report:
    return replace(EXAMPLE, verdict=verdict, need=replace(NEED, **need))


def ranked_at(
    position, verdict=Verdict.BUILD_LINKS, url="http://www.ledgerly.example/crm/", **more
) -> Report:
    """Return an answer with ten results, one of them ours."""
    rows = [SerpRow(at, f"https://s{at}.example/a", "", f"s{at}.example") for at in range(1, 11)]
    rows[position - 1] = SerpRow(position, url, "", "ledgerly.example")
    report = replace(EXAMPLE, verdict=verdict, position=position, results=tuple(rows))
    return replace(report, **more)


NASTY = (
    '<!channel> & "quotes" \\ back',
    "<@U123|boss> <https://evil.example|click>",
    '=HYPERLINK("http://evil.example")',
    "  +1+1",
    "אבג דהו 123",
    "\u202eevil\u2066",
    "🇩🇪👩‍👩‍👧‍👦e\u0301" * 30,
    "x" * 500,
    "&" * 500,
    "line\nbreak\ttab\x00\x1b[31m",
    "{{ 7*7 }} {% raw %}",
    "a|b>c<d",
    "*bold* _it_ `code`",
    "\ud800 alone",
    "",
    "   ",
)

_letters = st.text(alphabet=string.ascii_letters + "<>&|\"'\\ =+-@\n\t*_`אب🇩🇪", max_size=40)
texts = st.one_of(st.sampled_from(NASTY), _letters, st.text(max_size=80)).filter(
    # A stranger's text may contain the very words that ours must not.
    lambda text: not re.search(r"none|null|\b(nan|inf)\b", text, re.IGNORECASE)
)
_counts = st.integers(0, 10**9)
_sizes = st.floats(0, 1e9) | st.just(float("nan"))


def _maybe(strategy):
    return st.none() | strategy


_moments = st.integers(946_684_800, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC))

prospects = st.builds(
    Prospect,
    domain=texts,
    score=_sizes,
    reasons=st.lists(texts, max_size=4).map(tuple),
    links_to=st.lists(texts, max_size=3).map(tuple),
    authority=_maybe(_sizes),
    authority_scale=_maybe(texts),
    traffic=_maybe(_counts),
    relevance=_maybe(_sizes),
    trust=_maybe(_sizes),
    link=_maybe(st.sampled_from(LinkKind)),
    example_page=_maybe(texts | texts.map(lambda t: f"https://x.example/{t}")),
    anchor=_maybe(texts),
    first_seen=_maybe(st.dates()),
    seen_by=st.lists(texts, max_size=2).map(tuple),
)

_needs = st.builds(
    Need,
    metric=texts,
    per_page=st.lists(_maybe(_counts), max_size=3).map(tuple),
    mean=_maybe(_sizes),
    even_field=_maybe(_counts),
    median=_maybe(_sizes),
    low=_maybe(_counts),
    high=_maybe(_counts),
    distorted_by=_maybe(texts),
    base=_maybe(_sizes),
    capped=st.lists(st.builds(CappedPage, texts, _counts, _counts), max_size=2).map(tuple),
    authority=st.builds(
        AuthorityAdjustment,
        own=_maybe(_sizes),
        competitors_mean=_maybe(_sizes),
        scale=_maybe(texts),
        multiplier=st.floats(1, 2),
    ),
    needed=_maybe(_counts),
    have=_maybe(_counts),
    gap=_maybe(_counts),
    by_index=st.lists(
        st.builds(
            IndexNeed,
            provider=texts,
            per_page=st.just(()),
            mean=_maybe(_sizes),
            even_field=_maybe(_counts),
            median=_maybe(_sizes),
            low=_maybe(_counts),
            high=_maybe(_counts),
            needed=_maybe(_counts),
        ),
        max_size=3,
    ).map(tuple),
)

_competitors = st.builds(
    Competitor,
    position=_maybe(st.integers(1, 10)),
    url=texts | texts.map(lambda t: f"https://x.example/{t}"),
    domain=texts,
    title=_maybe(texts),
    referring_domains=_maybe(_counts),
    backlinks=_maybe(_counts),
    authority=_maybe(_sizes),
    authority_scale=_maybe(texts),
)

costs = st.lists(
    st.builds(
        CostLine,
        provider=texts,
        pool=texts,
        units=_counts,
        micro_usd=_maybe(_counts),
        estimated_units=_counts,
    ),
    max_size=3,
).map(tuple)
reports = st.builds(
    Report,
    keyword=texts,
    market=st.builds(Market, country=texts, language=texts),
    site=_maybe(texts),
    page=_maybe(texts | st.just("none")),
    need=_needs,
    competitors=st.lists(_competitors, max_size=3).map(tuple),
    gates=st.lists(
        st.builds(Gate, name=texts, state=texts, reason=texts),
        max_size=3,
    ).map(tuple),
    prospects=st.lists(prospects, max_size=6).map(tuple),
    sources=st.lists(
        st.builds(
            Source,
            provider=texts,
            what=texts,
            rows=_maybe(_counts),
            as_of=_maybe(_moments),
            note=_maybe(texts),
        ),
        max_size=5,
    ).map(tuple),
    cost=costs,
    taken_at=_moments,
    difficulty=_maybe(_sizes),
    dropped=_maybe(st.dictionaries(texts, _counts, max_size=4)),
    sample=st.booleans(),
    proposed_page=_maybe(texts),
    position=_maybe(st.integers(1, 12)),
    checklist=st.lists(texts, max_size=4).map(tuple),
    coverage=st.lists(texts, max_size=3).map(tuple),
)
