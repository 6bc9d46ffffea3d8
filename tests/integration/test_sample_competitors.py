"""Where sample data is all there is, as in the demo: competitors named with `vs:`."""

import pytest
from support.runs import Desk, desk

from bot.model.report import Report
from bot.providers.local import sample

STACKWISE, MONEYDESK = "vs:stackwise.example", "vs:https://moneydesk.example/guides/best-crm"


@pytest.fixture
async def here(monkeypatch, tmp_path):
    async with desk(monkeypatch, tmp_path) as opened:
        opened.vendor = sample.build(opened.settings, opened.clock)
        yield opened


async def ask(here: Desk, words: str) -> Report:
    return await here.ask(f"{words} site:ledgerly.example", keyword="best crm")


def counted(report: Report) -> list[tuple[str, int | None]]:
    return [(one.url, one.referring_domains) for one in report.competitors]


async def test_pages_and_sites_of_the_sample_can_be_named(here):
    report = await ask(here, f"{STACKWISE} {MONEYDESK}")
    assert counted(report) == [
        ("https://stackwise.example/", 62),
        ("https://moneydesk.example/guides/best-crm", 12),
    ]
    assert report.need.even_field == 37
    assert report.prospects
    assert report.sample


async def test_their_pages_do_not_exist_so_they_are_not_read(here):
    report = await ask(here, STACKWISE)
    assert report.gates == ()


async def test_a_site_that_the_sample_does_not_know_is_named_beside_the_number_of_the_others(here):
    report = await ask(here, f"{STACKWISE} vs:nowhere.example")
    assert counted(report)[1] == ("https://nowhere.example/", None)
    assert report.need.even_field == 62
    [note] = notes(report)
    assert note.startswith("The sample knows only its own invented sites, such as stackwise.exam")


async def test_with_unknown_sites_alone_there_is_no_number_and_the_reason_is_told(here):
    report = await ask(here, "vs:https://nowhere.example/x")
    assert (report.need.needed, report.need.gap) == (None, None)
    assert len(notes(report)) == 1


async def test_of_a_known_site_another_page_is_unknown_and_it_is_said_which_are_not(here):
    report = await ask(here, "vs:https://moneydesk.example/about")
    assert notes(report) == {
        "Of this site the sample knows only its home page and the pages that rank."
    }


def notes(report: Report) -> set[str]:
    return {one.note for one in report.sources if one.note}
