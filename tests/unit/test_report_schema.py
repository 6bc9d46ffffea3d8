"""The documented JSON: every report follows docs/report.schema.json."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from fakes.worlds.reports import EXAMPLE, prospect
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.model.report import from_json, schema, to_json

DOCUMENTED = json.loads(
    (Path(__file__).parents[2] / "docs" / "report.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(
    DOCUMENTED, format_checker=jsonschema.FormatChecker(["date", "date-time"])
)
# Keys that are promised to scripts; keys may be added, but none of these may be removed.
PROMISED = {
    "Report": "keyword market site page verdict need competitors gates prospects sources cost "
    "taken_at",
    "Need": "metric per_page mean even_field median low high distorted_by authority needed have "
    "gap by_index",
    "AuthorityAdjustment": "own competitors_mean scale multiplier basis",
    "Competitor": "position url domain referring_domains backlinks authority authority_scale "
    "platform",
    "Gate": "name state reason",
    "Prospect": "domain score reasons links_to level absence authority authority_scale traffic "
    "relevance trust link example_page anchor first_seen seen_by",
    "Source": "provider what state rows complete as_of note capability",
    "CostLine": "provider pool units micro_usd estimated_units",
}
WORDS = {
    "Verdict": "build_links fix_first links_not_the_constraint already_top3 unknown",
    "SourceState": "ok partial unavailable not_asked",
    "Absence": "proven unproven",
    "LinkKind": "follow nofollow ugc sponsored",
    "Scope": "page site",
}


def test_the_schema_matches_the_code():
    assert schema() == DOCUMENTED


def test_the_document_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(DOCUMENTED)


@pytest.mark.parametrize(("name", "fields"), PROMISED.items())
def test_every_promised_field_is_documented(name, fields):
    described = DOCUMENTED if name == "Report" else DOCUMENTED["$defs"][name]
    assert set(fields.split()) <= described["properties"].keys()


@pytest.mark.parametrize(("name", "words"), WORDS.items())
def test_every_choice_has_exactly_the_promised_words(name, words):
    assert DOCUMENTED["$defs"][name]["enum"] == words.split()


SCORES = st.floats(0, 100)
KNOWN = st.none() | st.integers(0)


@given(
    st.builds(prospect, score=SCORES, traffic=KNOWN, trust=st.none() | SCORES, link=st.none()),
    st.builds(replace, st.just(EXAMPLE.need), have=KNOWN, needed=KNOWN, mean=st.none() | SCORES),
)
def test_every_report_is_as_documented_and_comes_back_unchanged(shown, need):
    report = replace(EXAMPLE, prospects=(shown,), need=need)
    text = to_json(report)
    VALIDATOR.validate(json.loads(text))
    assert from_json(text) == report


def test_unknown_is_null_and_zero_is_zero():
    unknown = prospect(traffic=None, relevance=None, trust=0.0, authority=None)
    written = json.loads(to_json(replace(EXAMPLE, prospects=(unknown,))))["prospects"][0]
    known = {name: written[name] for name in ("traffic", "relevance", "trust", "authority")}
    assert known == {"traffic": None, "relevance": None, "trust": 0.0, "authority": None}


@pytest.mark.parametrize(
    ("name", "value"), [("verdict", "maybe"), ("need", None), ("prospects", [{}]), ("taken_at", 1)]
)
def test_the_document_refuses_what_is_no_report(name, value):
    broken = {**json.loads(to_json(EXAMPLE)), name: value}
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(broken)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"keyword": "crm"}'])
def test_other_json_is_not_read_as_a_report(text):
    with pytest.raises(ValidationError):
        from_json(text)


def test_a_report_can_be_printed_for_people():
    assert to_json(EXAMPLE, indent=2).startswith('{\n  "keyword": ')
