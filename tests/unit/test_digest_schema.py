"""The documented JSON of a digest: every digest follows docs/digest.schema.json."""

import json
from pathlib import Path

import jsonschema
import pytest
from fakes.worlds.digests import digest, line, new_link, own_link
from hypothesis import given
from hypothesis import strategies as st

from bot.tracking.digest import schema, to_json

DOCUMENTED = json.loads(
    (Path(__file__).parents[2] / "docs" / "digest.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(
    DOCUMENTED, format_checker=jsonschema.FormatChecker(["date", "date-time"])
)
# Keys that are promised to scripts; keys may be added, but none of these may be removed.
PROMISED = {
    "Digest": "week channel sentence keywords new_competitor_links won lost cost suggestions",
    "KeywordLine": "keyword need have gap gap_change position position_change months_to_close",
    "NewCompetitorLink": "domain competitor keyword page first_seen score",
}
COUNTS = st.none() | st.integers(0)
CHANGES = st.none() | st.integers()


def test_the_schema_matches_the_code():
    assert schema() == DOCUMENTED


def test_the_document_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(DOCUMENTED)


@pytest.mark.parametrize(("name", "fields"), PROMISED.items())
def test_every_promised_field_is_documented(name, fields):
    described = DOCUMENTED if name == "Digest" else DOCUMENTED["$defs"][name]
    assert set(fields.split()) <= described["properties"].keys()


@given(
    st.builds(line, need=COUNTS, have=COUNTS, gap=COUNTS, gap_change=CHANGES, position=COUNTS),
    st.builds(new_link, page=st.none(), score=st.floats(0, 100), authority=st.none()),
    st.booleans(),
)
def test_every_digest_is_as_documented(keyword, new, changed):
    week = digest(keyword, new_competitor_links=(new,), won=(own_link(),), changed=changed)
    written = json.loads(to_json(week))
    VALIDATOR.validate(written)
    assert written["keywords"][0]["gap"] == keyword.gap
    assert written["changed"] == changed


@given(st.integers(0))
def test_competitors_gained_is_in_the_json_under_its_old_name_too(gained):
    [written] = json.loads(to_json(digest(line(competitors_gained=gained))))["keywords"]
    assert written["rivals_gained"] == written["competitors_gained"] == gained
    described = DOCUMENTED["$defs"]["KeywordLine"]["properties"]
    assert [name for name, one in described.items() if one.get("deprecated")] == ["rivals_gained"]


def test_unknown_is_null_and_zero_is_zero():
    [written] = json.loads(to_json(digest(line(gap=None, have=0))))["keywords"]
    assert (written["gap"], written["have"]) == (None, 0)


@pytest.mark.parametrize(("name", "value"), [("week", None), ("keywords", [{}]), ("changed", 1)])
def test_the_document_refuses_what_is_no_digest(name, value):
    broken = {**json.loads(to_json(digest(line()))), name: value}
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(broken)
