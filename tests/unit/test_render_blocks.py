"""The engine: templates become blocks, and a stranger's text never becomes markup."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.lexer import Lexer

from bot.render.slack.blocks import BrokenTemplate, environment, render, templates_folder


@pytest.fixture
def drawn(tmp_path):
    def draw(source: str, **values):
        (tmp_path / "it.blocks.j2").write_text(source, encoding="utf-8")
        return render("it", environment(tmp_path), **values)

    return draw


def _section(value: str) -> str:
    return '{"type": "section", "text": {"type": "mrkdwn", "text": "%s"}}' % value  # noqa: UP031 - braces


def test_a_value_is_escaped_for_json_and_for_mrkdwn(drawn):
    blocks = drawn(_section("*{{ it }}*"), it='<!channel> & "quotes" \\ back\n')
    assert blocks[0]["text"]["text"] == '*&lt;!channel&gt; &amp; "quotes" \\ back\n*'


def test_mrkdwn_is_sent_verbatim_so_that_no_name_becomes_a_mention(drawn):
    assert drawn(_section("{{ it }}"), it="@here")[0]["text"]["verbatim"] is True


def test_plain_text_is_escaped_for_json_only(drawn):
    blocks = drawn('{"type": "x", "text": "{{ it|plain }}"}', it='"<&>\\')
    assert blocks == [{"type": "x", "text": '"<&>\\'}]


def test_an_address_cannot_leave_its_link(drawn):
    blocks = drawn(_section("<{{ it|url }}|x>"), it='https://x.example/a|b>c<d"e\\f g?h&i')
    assert blocks[0]["text"]["text"] == "<https://x.example/a%7Cb%3Ec%3Cd%22e%5Cf%20g?h&amp;i|x>"


def test_a_moment_is_shown_in_the_readers_own_zone(drawn):
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    blocks = drawn(_section("{{ it|date }}"), it=moment)
    assert blocks[0]["text"]["text"] == (
        "<!date^1795424400^{date_short_pretty} at {time}|23 Nov 2026, 09:00 UTC>"
    )


def test_a_raw_json_value_stands_outside_quotes(drawn):
    blocks = drawn('{"type": "x", "value": {{ it|json }}}', it=[1, "a", True])
    assert blocks == [{"type": "x", "value": [1, "a", True]}]


def test_several_blocks_follow_one_another_without_commas(drawn):
    assert drawn('{"type": "a"}\n\n{"type": "b"} {"type": "c"}') == [
        {"type": "a"},
        {"type": "b"},
        {"type": "c"},
    ]


def test_an_empty_template_makes_no_block(drawn):
    assert drawn("{# nothing #}") == []


@pytest.mark.parametrize(
    ("source", "values", "said"),
    [
        (
            '{"type": "x",\n"a": "{{ it }}"}',
            {"it": None},
            "it.blocks.j2, line 2: None has no words",
        ),
        ('{"type": "x",\n"a": {{ it|json }}}', {"it": None}, "line 2: None has no words"),
        ('{"type": "x",\n"a": {{ it|json }}}', {"it": float("nan")}, "line 2"),
        ('{"type": "x",\n\n"a": "{{ other }}"}', {}, "line 3: 'other' is undefined"),
        ('{"type": "x",\n"a": "{{ it.b }}"}', {"it": {}}, "line 2: 'dict object' has no attribute"),
        ('{"type": "x"}\n{% if %}', {}, "it.blocks.j2, line 2: Expected an expression"),
        ('{"type": "x"}\n{"type" "y"}', {}, 'line 2 of what it makes: .*: {"type" "y"}'),
        ("[1]", {}, r"\[1\] is not a block with a type"),
        ('{"text": "x"}', {}, "is not a block with a type"),
    ],
)
def test_a_broken_template_names_itself_and_the_line(drawn, source, values, said):
    with pytest.raises(BrokenTemplate, match=said):
        drawn(source, **values)


def test_a_missing_template_is_named():
    with pytest.raises(BrokenTemplate, match=r"nowhere\.blocks\.j2"):
        render("nowhere")


@given(st.text())
def test_any_text_stays_inside_its_quotes(text):
    env = environment(templates_folder() / "slack")
    source = '{"type": "x", "a": "{{ it }}", "b": "{{ it|plain }}"}'
    made = json.loads(env.from_string(source).render(it=text))
    assert made["b"] == text
    assert "<" not in made["a"]
    assert ">" not in made["a"]
    unescaped = made["a"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert unescaped == text


def _values_outside_quotes(source: str) -> list[str]:
    """Return the `{{ … }}` of a template that are outside a JSON string and not `|json`."""
    env = environment(templates_folder())
    quoted, value, found = False, [], []
    for _, kind, text in Lexer(env).tokeniter(source, name=None):
        if kind == "data":
            quoted ^= len(re.findall(r'(?<!\\)"', text)) % 2 == 1
        elif kind == "variable_begin":
            value = []
        elif kind == "variable_end":
            said = "".join(value)
            if quoted == said.replace(" ", "").endswith("|json"):
                found.append(said)
        else:
            value.append(text)
    return found


@pytest.mark.parametrize(
    "path", sorted((templates_folder() / "slack").glob("*.j2")), ids=lambda path: path.name
)
def test_every_value_in_our_templates_stands_in_quotes_or_is_json(path):
    assert _values_outside_quotes(path.read_text(encoding="utf-8")) == []


def test_the_check_on_templates_sees_both_faults():
    assert _values_outside_quotes(
        '{"a": {{ bare }}, "b": "{{ fine }}", "c": "{{ raw|json }}"}'
    ) == [
        " bare ",
        " raw|json ",
    ]
