"""Which vendors answer a question, and the error if none can."""

import pytest
from support.clock import FakeClock
from support.vendors.ahrefs_vendor import configured
from support.vendors.vendor_selections import chosen_vendors

from bot.common.errors import BadQuestion
from bot.providers.base import Capability, Vendor
from bot.providers.local import exports, sample
from bot.settings.environment import Settings

NO_LINKS = Vendor("serponly", "Serp Only", None, {Capability.SERP: object()})


@pytest.fixture
def ahrefs(monkeypatch, tmp_path) -> Vendor:
    return configured(monkeypatch, tmp_path)


@pytest.fixture
def files(tmp_path) -> Vendor:
    return exports.build(Settings(db=tmp_path / "x.db", _env_file=None), FakeClock())


@pytest.fixture
def invented() -> Vendor:
    return sample.build(Settings(_env_file=None), FakeClock())


def test_real_vendors_are_chosen_before_the_sample(ahrefs, invented, files):
    chosen = chosen_vendors("crm", ahrefs, files, invented)
    assert chosen.serp is chosen.keyword is chosen.main is ahrefs
    assert [one.name for one in chosen.indexes] == ["ahrefs"]
    assert [one.name for one in chosen.own_files] == ["exports"]


def test_the_sample_answers_only_where_nothing_real_could(invented, files):
    assert chosen_vendors("crm", files, invented).main is invented
    assert chosen_vendors("crm vs:a.example", files, invented).main is files
    assert chosen_vendors("crm serp:sample", files, invented).main is files


def test_several_indexes_are_asked_only_when_they_are_named(ahrefs, files):
    assert chosen_vendors("crm via:ahrefs,exports", ahrefs, files).indexes == (ahrefs, files)


def test_results_come_from_the_first_named_vendor_that_has_them(ahrefs, invented, files):
    assert chosen_vendors("crm via:exports,sample,ahrefs", ahrefs, files, invented).serp is invented
    assert chosen_vendors("crm via:ahrefs serp:sample", ahrefs, invented).serp is invented


def searches(name: str, *, own: bool = False) -> Vendor:
    return Vendor(name, name, None, {Capability.SERP: object()}, own_web_index=own)


def test_an_index_answers_with_its_own_results_and_before_a_vendor_that_only_searches(ahrefs):
    assert chosen_vendors("crm", searches("aaa"), ahrefs).serp is ahrefs


def test_google_is_asked_before_a_search_engine_with_an_index_of_its_own(ahrefs):
    counts = {Capability.REFERRING_DOMAINS: ahrefs.capabilities[Capability.REFERRING_DOMAINS]}
    index, own, google = Vendor("i", "I", None, counts), searches("a", own=True), searches("b")
    assert chosen_vendors("crm", own, index, google).serp is google
    assert chosen_vendors("crm", own, index).serp is own
    assert chosen_vendors("crm via:a,i,b", own, index, google).serp is own


def test_imported_files_are_no_index_beside_one_that_is_paid_for(ahrefs, files):
    only_links = {Capability.REFERRING_DOMAINS: ahrefs.capabilities[Capability.REFERRING_DOMAINS]}
    index = Vendor("z", "Z", None, only_links)
    chosen = chosen_vendors("crm", searches("b"), files, index)
    assert (chosen.main, chosen.own_files) == (index, (files,))
    assert chosen_vendors("crm", searches("b"), files).main is files


def test_a_paid_index_without_search_results_says_so_and_invents_nothing(ahrefs, invented):
    only_links = {Capability.REFERRING_DOMAINS: ahrefs.capabilities[Capability.REFERRING_DOMAINS]}
    with pytest.raises(BadQuestion, match=r"^Z: no search results to be had\."):
        chosen_vendors("crm", Vendor("z", "Z", None, only_links), invented)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("crm serp:exports", "Imported files has no search results; choose another `serp:`."),
        (
            "crm via:exports",
            (
                "Imported files: no search results to be had. Name the ranking pages yourself with "
                "`vs:URL`, or a vendor that has search results with `serp:`."
            ),
        ),
        (
            "crm via:serponly",
            (
                "None of these vendors knows links. Connect a link index, or import your own "
                "exports with `linkgap import FILE`; `linkgap doctor` shows what is connected."
            ),
        ),
        ("crm via:nobody", "I do not know a vendor “nobody”. Connected: exports, serponly."),
    ],
)
def test_an_unanswerable_question_is_reported_with_what_would_help(files, text, sentence):
    with pytest.raises(BadQuestion) as refused:
        chosen_vendors(text, files, NO_LINKS)
    assert str(refused.value) == sentence


def test_without_any_vendor_there_is_a_sentence_too():
    with pytest.raises(BadQuestion, match=r"^No connected vendor: no search results to be had"):
        chosen_vendors("crm")
