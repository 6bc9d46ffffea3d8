"""Every failure of a vendor at every request of a run: the report names the source and reason."""

import asyncio

import pytest
from fakes.worlds.ahrefs_world import OWN_PAGE
from support.runs import Desk, desk, source

from bot.common.errors import BadQuestion
from bot.model.report import Absence, Report, SourceState, Verdict, from_json, to_json
from bot.render.report import sentences

OURS = f"site:ledgerly.example page:{OWN_PAGE}"

# Each request of a run: the end of its path, and its name in the report.
REQUESTS = {
    "serp-overview": "search results",
    "keywords-explorer/overview": "keyword difficulty",
    "batch-analysis": "our own numbers",
    "site-explorer/refdomains": "referring domains of",
    "site-explorer/all-backlinks": "linking pages to",
}
# Each failure, and what the reader is told.
FAULTS = {
    401: "refused the API key",
    "units gone": "has no API units left",
    403: "does not include this request in your plan",
    429: "asked us to slow down",
    500: "is not reachable or failed on its side",
    "timeout": "no answer within 0.2 seconds; it may have been billed",
    "truncated": "sent an answer LinkGap cannot read",
    "html": "a web page came instead of data",
}


# A refusal, a failure that is retried, and an answer that was paid for; the contract suite covers
# all others. Without a SERP nothing else is asked, so the SERP gets every failure.
KINDS = (401, 500, "truncated")
BROKEN = [
    (path, fault)
    for path in REQUESTS
    for fault in FAULTS
    if path == "serp-overview" or fault in KINDS
]


@pytest.fixture
async def here(monkeypatch, tmp_path):
    async with desk(monkeypatch, tmp_path, patience=0.2) as opened:
        yield opened


def break_at(here: Desk, path: str, fault: object) -> None:
    """Let every request to a path fail in this way, permanently."""
    if fault != "units gone":
        here.server.fail_next(_end(path), fault, times=99)
        return
    respond = here.server._charge  # noqa: SLF001  an allowance that ends just before this path

    def charge(asked, params, answer):
        if _end(path) in asked:
            here.server.units_left = 0
        try:
            return respond(asked, params, answer)
        finally:
            here.server.units_left = None

    here.server._charge = charge  # noqa: SLF001  as above


def _end(path: str) -> str:
    return {"serp-overview": "serp-overview/serp-overview"}.get(path, path)


def check_honest(report: Report) -> None:
    """Check that no unknown is a zero, and that every source that is not `ok` says why."""
    for one in report.sources:
        if one.state in (SourceState.UNAVAILABLE, SourceState.NOT_ASKED):
            assert (one.rows, one.complete, one.as_of) == (None, None, None)
        if one.state is not SourceState.OK:
            assert one.note
    assert 0 not in report.need.per_page
    assert report.need.needed != 0
    assert report.need.have != 0
    for page in report.competitors:
        assert page.referring_domains != 0
        assert page.authority != 0
    for prospect in report.prospects:
        assert prospect.traffic != 0
    assert from_json(to_json(report)) == report


@pytest.mark.parametrize(("path", "fault"), BROKEN)
async def test_a_fault_at_a_request_is_named_and_the_rest_is_answered(here, path, fault):
    break_at(here, path, fault)
    report = await asyncio.wait_for(here.ask(OURS), timeout=20)
    check_honest(report)
    failed = [one for one in report.sources if one.state is not SourceState.OK]
    named = [one for one in failed if one.what.startswith(REQUESTS[path])]
    assert named
    assert all(FAULTS[fault] in (one.note or "") for one in named)
    if path == "serp-overview":
        assert report.competitors == ()
        assert (report.need.needed, report.verdict) == (None, Verdict.UNKNOWN)
    else:
        assert report.need.per_page == (55, 1, 15)
        assert report.need.even_field == 24
    if path == "batch-analysis":
        assert (report.need.have, report.need.gap) == (None, None)
        assert report.need.authority.own is None
    if path == "keywords-explorer/overview":
        assert report.difficulty is None
    if path == "site-explorer/refdomains":
        assert report.prospects == ()
    if path == "site-explorer/all-backlinks":
        assert report.prospects
        assert all(one.example_page is None for one in report.prospects)
        assert any(one.traffic for one in report.prospects)
    assert await here.rows("SELECT id FROM spend WHERE outcome = 'reserved'") == []


async def test_an_empty_list_of_results_is_no_zero(here):
    here.server.world.serps.clear()
    report = await here.ask(OURS)
    check_honest(report)
    assert report.need.needed is None
    assert "holds no search results" in (source(report, "search results").note or "")


async def test_an_empty_list_of_keywords_leaves_the_difficulty_unknown(here):
    here.server.world.keywords.clear()
    report = await here.ask(OURS)
    assert report.difficulty is None
    assert report.need.even_field == 24


async def test_pages_without_any_links_are_a_real_zero_and_are_not_asked_again(here):
    here.server.world = type(here.server.world)(
        serps=here.server.world.serps, sites=here.server.world.sites
    )
    report = await here.ask(OURS)
    assert report.need.per_page == (0, 0, 0)
    assert (report.need.needed, report.need.have) == (0, 0)
    assert report.verdict is Verdict.LINKS_NOT_THE_CONSTRAINT
    assert report.prospects == ()
    pages = [
        entry.params["mode"]
        for entry in here.server.ledger
        if entry.path == "site-explorer/refdomains"
    ]
    assert pages == ["subdomains", "subdomains"]


async def test_a_failed_proof_lists_no_prospect_and_names_the_unchecked_domains(here):
    first = await here.ask(OURS)
    assert any(one.absence is Absence.PROVEN for one in first.prospects)
    profiles = sum(entry.path == "site-explorer/refdomains" for entry in here.server.ledger) - 1
    here.server.ledger.clear()

    respond = here.server._next_failure  # noqa: SLF001  only the last of these requests fails

    def fail_the_proof(path):
        asked = sum(entry.path == path for entry in here.server.ledger)
        if path == "site-explorer/refdomains" and asked >= profiles:
            here.server.fail_next(path, 403)
        return respond(path)

    here.server._next_failure = fail_the_proof  # noqa: SLF001  as above
    report = await here.ask(f"{OURS} fresh:yes", run="r2")
    check_honest(report)
    assert source(report, "links from prospects").state is SourceState.UNAVAILABLE
    assert report.prospects == ()
    assert {one.domain for one in first.prospects} <= {one.domain for one in report.unproven}
    assert sentences.unchecked(report).endswith(
        " could not be checked because ahrefs did not answer."
    )


@pytest.mark.parametrize("cap", [0, 100, 150, 250, 600, 700, 950, 1100, 1250])
async def test_the_cap_stops_a_run_wherever_it_stands_and_says_what_was_not_asked(here, cap):
    here.set(run_cap=cap)
    report = await here.ask(OURS)
    check_honest(report)
    assert here.server.spent <= cap
    stopped = [one for one in report.sources if one.state is SourceState.NOT_ASKED]
    assert stopped
    assert all(f"The cap of {cap:,} ahrefs units per run" in (one.note or "") for one in stopped)
    assert sum(line.units for line in report.cost) == here.server.spent


async def test_a_run_with_room_asks_everything(here):
    here.set(run_cap=3000)
    report = await here.ask(OURS)
    assert {one.state for one in report.sources} <= {SourceState.OK, SourceState.PARTIAL}


async def test_a_failure_to_find_competitors_is_reported_with_its_source(here):
    here.server.fail_next("serp-overview/serp-overview", 401)
    report = await here.ask(OURS)
    assert "refused the API key" in (source(report, "search results").note or "")
    assert report.prospects == ()


async def test_a_short_rate_limit_goes_unnoticed(here):
    here.server.fail_next("serp-overview/serp-overview", 429, headers={"retry-after": "7"})
    report = await here.ask(OURS)
    assert source(report, "search results").state is SourceState.OK
    assert here.clock.monotonic() >= 7


async def test_a_question_no_vendor_can_answer_spends_nothing(here):
    with pytest.raises(BadQuestion):
        await here.ask("via:nobody")
    assert here.server.ledger == []
