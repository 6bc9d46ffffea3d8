"""The bold sentence: the number, what we have, what is to go, and our rank."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.worlds.reports import EXAMPLE, ranked_at, with_need

from bot.model.report import AuthorityAdjustment, Basis, Gate, Verdict
from bot.render.report.headline import headline
from bot.render.report.result import result
from bot.render.report.trust import small_print
from bot.render.words import ordinal

_UNREAD = {"needed": None, "even_field": None, "have": None, "gap": None, "per_page": ()}
_WEAKER = AuthorityAdjustment(31, 52, "DR", 1.5, Basis.RULE_OF_THUMB)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            EXAMPLE,
            (
                "You need about 24 referring domains to match today's top 3 for “best crm”; "
                "you have 6, so 18 to go."
            ),
        ),
        (
            replace(
                with_need(base=172 / 3, even_field=58, needed=86, gap=80, authority=_WEAKER),
                position=7,
            ),
            (
                "You need about 86 referring domains to match today's top 3 for “best crm” "
                "(58 on an even field × 1.5, because your site is weaker); "
                "you have 6, so 80 to go, and you rank 7th."
            ),
        ),
        (
            replace(with_need(have=None, gap=None), page=None),
            (
                "You need about 24 referring domains to match today's top 3 for “best crm”; "
                "name your page to see how many you still need."
            ),
        ),
        (
            with_need(have=None, gap=None),
            (
                "You need about 24 referring domains to match today's top 3 for “best crm”; "
                "what you have is unknown: no link count was read for your page."
            ),
        ),
        (
            replace(with_need(have=0, gap=24), page="none"),
            (
                "You need about 24 referring domains to match today's top 3 for “best crm”; "
                "you have no page yet, so all 24 to go."
            ),
        ),
        (
            with_need(needed=1, even_field=1, gap=None, have=1234),
            (
                "You need about 1 referring domain to match today's top 3 for “best crm”; "
                "you have 1,234."
            ),
        ),
        (
            with_need(Verdict.ALREADY_TOP3, have=30),
            (
                "You already rank in the top 3 for “best crm”: your page has "
                "30 referring domains, the other pages there have about 24."
            ),
        ),
        (
            with_need(Verdict.ALREADY_TOP3, have=None),
            (
                "You already rank in the top 3 for “best crm”: the other pages there have "
                "about 24 referring domains; yours is unknown."
            ),
        ),
        (
            with_need(Verdict.ALREADY_TOP3, even_field=None, have=1),
            (
                "You already rank in the top 3 for “best crm”: your page has "
                "1 referring domain; what the other pages there have is unknown."
            ),
        ),
        (
            with_need(Verdict.ALREADY_TOP3, even_field=None, have=None),
            "You already rank in the top 3 for “best crm”.",
        ),
        (
            with_need(Verdict.LINKS_NOT_THE_CONSTRAINT, have=30, gap=0),
            (
                "Links aren't holding you back for “best crm”: you have 30 referring domains, "
                "matching today's top 3 takes about 24."
            ),
        ),
        (
            with_need(Verdict.LINKS_NOT_THE_CONSTRAINT, have=None, needed=None),
            "Links aren't holding you back for “best crm”.",
        ),
        (
            replace(
                with_need(Verdict.FIX_FIRST),
                gates=(
                    Gate("trust", "ok", "nothing is missing"),
                    Gate("intent", "mismatch", "4 of 5 readable pages are lists. A vendor agrees."),
                ),
            ),
            "Fix this before building links for “best crm”: 4 of 5 readable pages are lists.",
        ),
        (
            with_need(Verdict.FIX_FIRST),
            (
                "Fix this before building links for “best crm”: "
                "a check that comes before links did not pass."
            ),
        ),
        (
            with_need(Verdict.UNKNOWN, **_UNREAD),
            (
                "How many referring domains it takes to match today's top 3 for “best crm” "
                "is unknown: no link count was read."
            ),
        ),
        (
            replace(with_need(Verdict.UNKNOWN, **_UNREAD), competitors=()),
            (
                "How many referring domains it takes to match today's top 3 for “best crm” "
                "is unknown: no page to compare with was found."
            ),
        ),
        (
            replace(
                EXAMPLE, competitors=tuple(replace(c, position=None) for c in EXAMPLE.competitors)
            ),
            (
                "You need about 24 referring domains to match the pages you named for “best crm”; "
                "you have 6, so 18 to go."
            ),
        ),
    ],
)
def test_the_answer_is_one_sentence(report, said):
    assert headline(report) == said
    message = result(report, "run-1")
    assert message.blocks[0]["text"]["text"] == f"*{said}*"
    assert said in message.text


def test_the_page_about_asking_shows_an_answer_as_it_is():
    report = replace(
        with_need(
            base=172 / 3,
            even_field=58,
            needed=86,
            gap=80,
            per_page=(120, 21, 31),
            low=21,
            high=120,
            authority=_WEAKER,
        ),
        position=7,
    )
    page = Path(__file__).parents[2].joinpath("docs", "asking.md").read_text("utf-8")
    assert f"> **{headline(report)}**\n>\n> {small_print(report)}\n" in page


ASTERISK = "\N{ASTERISK OPERATOR}"


def test_an_asterisk_in_a_keyword_does_not_end_the_bold_sentence():
    report = replace(EXAMPLE, keyword="c* algebra *free*")
    said = result(report, "run-1").blocks[0]["text"]["text"]
    assert said == f"*{headline(report).replace('*', ASTERISK)}*"
    assert "“c* algebra *free*”" in headline(report)


def test_a_multiplier_that_changes_nothing_is_not_in_the_sentence():
    rounded = replace(_WEAKER, multiplier=1.001)
    assert "even field" not in headline(with_need(authority=rounded))
    assert "(24 on an even field × just over 1," in headline(
        with_need(needed=25, authority=rounded)
    )


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.ALREADY_TOP3])
def test_every_verdict_says_where_we_rank(verdict):
    assert "you rank 7th" in headline(ranked_at(7, verdict))
    away = replace(ranked_at(7, verdict), position=None)
    assert "you are not in the first 10 results" in headline(away)
    for unread in ({"results": ()}, {"site": None, "page": None}):
        assert not re.search("you rank|results", headline(replace(away, **unread)))


def test_a_page_in_the_top_3_is_told_its_rank():
    assert headline(ranked_at(2, Verdict.ALREADY_TOP3)).startswith(
        "You already rank in the top 3 for “best crm” (2nd): your page has 6"
    )


def test_another_page_of_ours_that_ranks_is_named():
    said = headline(ranked_at(3, url="https://ledgerly.example/blog/crm"))
    assert said.endswith(
        ", and you rank 3rd with another page of yours, ledgerly.example/blog/crm."
    )
    for page in ("none", None):
        said = headline(ranked_at(3, url="https://ledgerly.example/blog/crm", page=page))
        assert said.endswith(", and you rank 3rd with ledgerly.example/blog/crm.")


@pytest.mark.parametrize(
    ("place", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (13, "13th"), (22, "22nd")],
)
def test_a_place_is_worded_as_people_say_it(place, said):
    assert ordinal(place) == said
