"""Two independent tables of limits agree on what the bot sends."""

from dataclasses import replace

import pytest
from fakes.worlds.reports import EXAMPLE, prospect, reports
from hypothesis import given

from bot.model.question import Defaults, Question
from bot.render import notes
from bot.render.report.method import method
from bot.render.report.prospects import all_prospects, prospects
from bot.render.report.result import result
from bot.render.views import form, name_page
from playground.blocks.check import check_message, check_view, too_long

_QUESTION = Question("best crm", EXAMPLE.market)


def _refused(drawn):
    return [
        fault
        for variant in (drawn, drawn.plain)
        for fault in [*check_message(variant.blocks), *([True] if too_long(variant.blocks) else [])]
    ]


@given(reports)
def test_the_playground_takes_every_message_of_any_report(report):
    for drawn in (result(report, "r"), prospects(report), *all_prospects(report), method(report)):
        assert _refused(drawn) == []


@pytest.mark.parametrize(
    "drawn",
    [
        notes.placeholder(_QUESTION, sample=True),
        notes.progress(EXAMPLE, ["proof"]),
        notes.failed(_QUESTION, "It failed", EXAMPLE.cost, "r"),
        notes.interrupted(_QUESTION, (), "r"),
        notes.not_a_member("r"),
        notes.busy(3),
        notes.duplicate(_QUESTION),
        notes.usage_error("Which keyword?"),
        notes.help_note(),
        *all_prospects(replace(EXAMPLE, prospects=tuple(prospect(n) for n in range(900)))),
    ],
    ids=lambda drawn: drawn.text[:40],
)
def test_the_playground_takes_every_note_and_long_list(drawn):
    assert _refused(drawn) == []


@pytest.mark.parametrize("view", [form(Defaults(), keyword="crm"), name_page("r")])
def test_the_playground_takes_both_modals(view):
    assert check_view(view.payload()) == []
