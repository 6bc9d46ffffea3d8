"""The cost of parsing grows only with a page's size, whatever the page contains."""

from time import thread_time

import pytest
from fakes.worlds.hostile_pages import PAGES

from bot.pages.facts import facts_of
from bot.pages.guard import objection

_SIZE = 60_000
_PLENTY = 0.25
_URL = "https://firm.example/how-to-x"


def cost(page):
    start = thread_time()
    facts = facts_of(page, _URL)
    assert facts.kind_evidence
    return thread_time() - start


@pytest.fixture(scope="module", autouse=True)
def _warm():
    """Load lazy imports, so that their cost is not attributed to a page."""
    facts_of("<p>3 May 2020</p>" + "<p>Some words here.</p>" * 30, None)


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_twice_the_size_costs_no_more_than_three_times_as_much(kind):
    once = cost(PAGES[kind](_SIZE))

    if once > _PLENTY:  # so small a page is never slow, unless its cost grows faster than it does
        once = min(once, cost(PAGES[kind](_SIZE)))
        twice = min(cost(PAGES[kind](2 * _SIZE)) for _ in range(2))
        assert twice < 3 * max(once, _PLENTY)


ORDINARY = {
    "scripts that compare": "<script>" + "for(i=0;i<n;i++){a<b}" * 4000 + "</script>",
    "a script with a tag without end": "<script>x='<a " + "b=1 " * 4000 + "'</script>",
    "drawings of many closed parts": "<svg>" + "<rect x=1 />" * 5000 + "</svg>",
    "drawings of many open parts": "<svg>" + '<circle r="1">' * 5000 + "</svg>",
    "many small drawings": "<svg><g><path d='M0'></svg>" * 3000,
    "cells that are never closed": "<table>" + "<tr><td>1<td>2" * 3000 + "</table>",
    "paragraphs of nothing": "<p> </p>" * 50 + ("<div>" + " " * 200 + "</div>") * 50,
    "a comment that draws a tree": "<!-- " + "<div>" * 4000 + " -->",
    "bold words": "<p><b>word</b> and <i>word</i></p>" * 2500,
    "fonts in every cell": "<table>" + "<tr><td><font size=2>word</font>" * 2500 + "</table>",
    "a long list to choose from": "<select>" + "<option value=1>A</option>" * 5000 + "</select>",
}  # fmt: skip


@pytest.mark.parametrize("full_of", ORDINARY)
def test_a_large_but_ordinary_page_is_read(full_of):
    words = "<p>These are the plain words of a page that anybody may read and enjoy.</p>" * 8
    facts = facts_of(f"<title>Tea</title>{words}{ORDINARY[full_of]}{words}", _URL)

    assert facts.readable, facts.kind_evidence


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<div>" * 3000, "nested too deeply"),
        ("<div><table><tr><td></div>" * 3000, "nested too deeply"),
        ("<b><div></b>" * 3000, "nested too deeply"),
        ("<svg><title><div>" * 3000, "nested too deeply"),
        ("<p " + "".join(f"a{n} " for n in range(3000)) + ">", "too many attributes"),
        ("".join(f"<body a{n}>" for n in range(3000)), "too many attributes"),
        ("".join(f"<font size={n}>" for n in range(1500)) + "<p>x" * 3000, "elements open"),
    ],
)
def test_a_page_that_would_cost_the_parser_more_than_its_size_is_not_parsed(page, reason):
    assert reason in (objection(page) or "")


@pytest.mark.parametrize("closing", ["-->", " -->  ", "\n//-->\n", "//]]>", "]]>;"])
def test_old_wrappings_around_json_ld_are_taken_off(closing):
    opening = {"-": "<!--", "]": "<![CDATA["}["-" if "-" in closing else "]"]
    said = (
        '{"@type":"Recipe","author":{"@id":"#a"}},{"@id":"#a","@type":"Person","name":"Ada Byron"}'
    )
    block = f'<script type="application/ld+json">{opening}[{said}]{closing}</script>'
    page = f"<p>{'Words. ' * 60}{block}"

    facts = facts_of(page, _URL)

    assert facts.schema_types == ("Person", "Recipe")
    assert facts.author == "Ada Byron"
