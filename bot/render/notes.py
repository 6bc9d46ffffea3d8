"""Short messages: work started, work failed, and what to do when Slack refuses our answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.question import Question
from bot.model.report import CostLine, Report
from bot.render.report import sentences
from bot.render.slack.blocks import render
from bot.render.slack.limits import MAX_TEXT
from bot.render.slack.message import Message, message
from bot.render.words import clip, counted, listed, shown

_LONGEST = MAX_TEXT // 5  # an escape is 5 characters


@dataclass(frozen=True, slots=True)
class Button:
    """What it says, what it does, and the opaque id it carries."""

    text: str
    action_id: str
    value: str


def asked(question: Question) -> str:
    """Return the question in words: keyword, market, site."""
    market = question.market
    return sentences.asked(question.keyword, market.country, market.language, question.site)


def placeholder(question: Question, *, price: str = "", sample: bool = False) -> Message:
    """Return the first message, posted before anything is spent; `price` is the worst case."""
    return note_of(
        [f"Looking at who ranks for {asked(question)}…"],
        [
            "Next: the search results and the link counts of the top 3. Nothing is charged yet.",
            price,
        ],
        sample=sample,
    )


def progress(report: Report, waiting: Sequence[str]) -> Message:
    """Return a staged edit: the number as soon as it is known, and what is still running."""
    subject = sentences.subject(report)
    still = (
        f"Still running: {listed([shown(what, 60) for what in waiting[:6]])}." if waiting else ""
    )
    said = sentences.so_far(report)
    if said is None:
        return note_of([f"Looking at who ranks for {subject}…"], [still], sample=report.sample)
    return note_of([said], [subject, still], sample=report.sample)


def failed(
    question: Question,
    error_sentence: str,
    cost: tuple[CostLine, ...] | None,
    run_id: str,
    *,
    sample: bool = False,
) -> Message:
    """Return the text that replaces the placeholder when there is no answer; cost None: unknown."""
    spent = "What it cost is not known." if cost is None else sentences.cost(cost)
    return note_of(
        [f"No answer for {asked(question)}.", sentences.sentence(error_sentence, 500)],
        [spent, _run(run_id)],
        [_retry(run_id)],
        sample=sample,
    )


def interrupted(
    question: Question, cost: tuple[CostLine, ...], run_id: str, *, sample: bool = False
) -> Message:
    """Return the text that replaces the placeholder of a run that a restart interrupted."""
    return note_of(
        [
            f"The run for {asked(question)} was interrupted by a restart and is not finished.",
            "Answers already paid for are kept where the vendor allows it; Retry uses them.",
        ],
        [sentences.cost(cost), _run(run_id)],
        [_retry(run_id)],
        sample=sample,
    )


def not_a_member(run_id: str, *, bot_name: str = "LinkGap") -> Message:
    """Return the private note when the answer cannot be posted here; nothing was spent."""
    return note_of(
        [
            "I cannot post here, because I am not a member of this channel. Nothing was spent.",
            f"Add me with `/invite @{shown(bot_name, 80)}` and ask again, or choose another way:",
        ],
        [],
        [
            Button("Send to my DM", "answer_dm", run_id),
            Button("Answer privately here", "answer_private", run_id),
        ],
    )


def busy(waiting: int) -> Message:
    """Return the private note when the queue is full; nothing was spent."""
    return note_of(
        [
            (
                f"{counted(waiting, 'run')} {'is' if waiting == 1 else 'are'} waiting already, "
                "so I did not take this one. Nothing was spent. Try again in a few minutes."
            )
        ],
        [],
    )


def duplicate(question: Question) -> Message:
    """Return the private note when the same question is already running here."""
    return note_of(
        [f"I am already working on {asked(question)} in this channel. Nothing was spent twice."], []
    )


def usage_error(error_sentence: str) -> Message:
    """Return the private note for words that are not a question; nothing was spent."""
    return note_of(
        [sentences.sentence(error_sentence, 500)],
        ["Nothing was spent. `/gap help` shows how to ask."],
    )


def help_note() -> Message:
    """Return how to ask, with buttons that open the forms."""
    text = (
        "LinkGap says how many links it takes to rank in the top 3, and who can give them to you."
    )
    buttons = [
        Button("Open the form", "open_form", "help"),
        Button("Track keywords", "track_more", "help"),
    ]
    return message(text, render("help", lead=text, buttons=buttons))


def _run(run_id: str) -> str:
    return f"Run {shown(run_id, 80)}"


def _retry(run_id: str) -> Button:
    return Button("Retry", "run_again", run_id)


def note_of(
    lines: list[str], small: list[str], buttons: Sequence[Button] = (), *, sample: bool = False
) -> Message:
    """Return a short message: lines, small print, buttons, and a mark on sample data."""
    small = [line for line in [*small, sentences.SAMPLE if sample else ""] if line]
    text = " ".join(lines)
    if sample:  # the sample data mark must survive when the lines are cut
        text = f"{clip(text, _LONGEST - len(sentences.SAMPLE) - 1)} {sentences.SAMPLE}"
    return message(text, render("note", lines=lines, small=small, buttons=buttons))
