"""The main message of a run: one bold sentence, the table, one small line, the buttons.

The method, the sources, the checks, the cost and the date are in its thread.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.model.report import Report
from bot.render.report import top3
from bot.render.report.headline import headline, unnamed
from bot.render.report.prospects import LISTED, best
from bot.render.report.sentences import marked
from bot.render.report.trust import small_print
from bot.render.slack.blocks import render
from bot.render.slack.message import Message, message

OUR_PAGE = ("use_page", "name_page", "no_page")
"""Buttons of which one answers for all: which page is ours."""
_ELSEWHERE = "the answer comes in a new message."
_DONE = {
    "use_page": f"Asked again with that page; {_ELSEWHERE}",
    "name_page": f"Asked again with the page that was named; {_ELSEWHERE}",
    "no_page": f"Asked again without a page of yours; {_ELSEWHERE}",
    "show_all": "The whole list is in the thread.",
    "track_this": "Weekly tracking was asked for.",
    "run_again": f"Asked again; {_ELSEWHERE}",
}
_STAYS = "track_this"  # whoever cancels at its price may press it again


@dataclass(frozen=True, slots=True)
class _Button:
    text: str
    action_id: str
    is_primary: bool = False


def result(report: Report, run_id: str, pressed: Iterable[str] = ()) -> Message:
    """Return the final main message; its buttons carry only the opaque `run_id`.

    `pressed` are the action ids of buttons that did their work: a line says so in their place.
    """
    said, done = headline(report), frozenset(pressed)
    table = top3.table(report)
    blocks = render(
        "result",
        headline=said,
        head=table.head,
        rows=table.rows if report.competitors else (),
        small=small_print(report),
        buttons=[one for one in _buttons(report) if not _is_answered(one, done)],
        done=" ".join(words for name, words in _DONE.items() if name in done),
        run_id=run_id,
    )
    return message(marked(report, said), blocks)


def _buttons(report: Report) -> Iterator[_Button]:
    is_open = report.proposed_page is not None or unnamed(report)
    if report.proposed_page is not None:
        yield _Button("Use this", "use_page", is_primary=True)
        yield _Button("Another", "name_page")
        yield _Button("We have none", "no_page")
    elif unnamed(report):
        yield _Button("Name our page", "name_page", is_primary=True)
    if best(report):
        yield _Button("Start outreach", "start_outreach", is_primary=not is_open)
    if len(report.prospects) > LISTED:
        yield _Button(f"Show all {len(report.prospects):,} prospects", "show_all")
    if report.site is not None:
        yield _Button("Track weekly", "track_this")
    yield _Button("Run again", "run_again")


def _is_answered(button: _Button, done: frozenset[str]) -> bool:
    if button.action_id in OUR_PAGE:
        return not done.isdisjoint(OUR_PAGE)
    return button.action_id in done - {_STAYS}
