"""Short messages: work started, work failed, and what to do when Slack refuses our answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model.question import Question
from bot.model.report import CostLine, Report
from bot.render.report import sentences
from bot.render.report.headline import so_far
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
    small = [f"Nothing is charged yet. {price}".rstrip()]
    return told(f"Looking at who ranks for {asked(question)}…", small, sample=sample)


def progress(report: Report, waiting: Sequence[str]) -> Message:
    """Return a staged edit: the number as soon as it is known, and what is still running."""
    still = (
        f"Still running: {listed([shown(what, 60) for what in waiting[:6]])}." if waiting else ""
    )
    said = so_far(report)
    if said is None:
        looking = f"Looking at who ranks for {sentences.subject(report)}…"
        return told(looking, [still], sample=report.sample)
    small = [still, f"Market: {sentences.market(report.market)}."]
    return told(said, small, sample=report.sample)


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
    why = sentences.first_sentence(error_sentence, 300)
    advice = sentences.after_first_sentence(error_sentence, 500)
    return told(
        f"No answer for {asked(question)}: {why}.",
        [advice, spent, f"{_run(run_id)}."],
        [_retry(run_id)],
        sample=sample,
    )


def interrupted(
    question: Question, cost: tuple[CostLine, ...], run_id: str, *, sample: bool = False
) -> Message:
    """Return the text that replaces the placeholder of a run that a restart interrupted."""
    return told(
        f"No answer for {asked(question)}: the run was interrupted by a restart.",
        [
            "Retry uses what was already paid for, where the vendor allows it.",
            sentences.cost(cost),
            f"{_run(run_id)}.",
        ],
        [_retry(run_id)],
        sample=sample,
    )


def retried(question: Question) -> Message:
    """Return the text that replaces a failure whose Retry was pressed."""
    return told(f"Trying again: {asked(question)}.", ["The answer comes in a new message."])


def not_a_member(run_id: str, *, bot_name: str = "LinkGap") -> Message:
    """Return the private note when the answer cannot be posted here; nothing was spent."""
    return told(
        "I cannot post here, because I am not a member of this channel.",
        [
            "Nothing was spent.",
            f"Add me with `/invite @{shown(bot_name, 80)}` and ask again, or choose another way.",
        ],
        [
            Button("Send to my DM", "answer_dm", run_id),
            Button("Answer privately here", "answer_private", run_id),
        ],
    )


def busy(waiting: int) -> Message:
    """Return the private note when the queue is full; nothing was spent."""
    are = "is" if waiting == 1 else "are"
    return told(
        f"I did not take this one, because {counted(waiting, 'run')} {are} waiting already.",
        ["Nothing was spent. Try again in a few minutes."],
    )


def duplicate(question: Question, link: str = "") -> Message:
    """Return the private note when the same question is already running here.

    `link` is the address of the message that is working on it.
    """
    said = f"I am already working on {asked(question)} in this channel."
    small = "The answer comes there; nothing is spent twice."
    linked = [*render("linked", words="See the message", url=link, small=small)] if link else []
    drawn = told(said, [] if link else [small])
    return replace(drawn, blocks=[*drawn.blocks, *linked])


def usage_error(error_sentence: str) -> Message:
    """Return the private note for words that are not a question; nothing was spent."""
    return told(
        sentences.sentence(sentences.first_sentence(error_sentence, 300), 300),
        [
            sentences.after_first_sentence(error_sentence, 500),
            "Nothing was spent. `/gap help` shows how to ask.",
        ],
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
    return f"Run ID {shown(run_id, 80)}"


def _retry(run_id: str) -> Button:
    return Button("Retry", "run_again", run_id)


def told(
    bold: str, small: Sequence[str], buttons: Sequence[Button] = (), *, sample: bool = False
) -> Message:
    """Return a message in the shape of an answer: a bold sentence, a small line, buttons."""
    line = " ".join(part for part in [sentences.SAMPLE if sample else "", *small] if part)
    blocks = render("note", bold=bold, lines=[], small=[line] if line else [], buttons=buttons)
    return message(f"{bold} {line}".rstrip(), blocks)


def note_of(
    lines: list[str], small: list[str], buttons: Sequence[Button] = (), *, sample: bool = False
) -> Message:
    """Return a short message: lines, small print, buttons, and a mark on sample data."""
    small = [line for line in [*small, sentences.SAMPLE if sample else ""] if line]
    text = " ".join(lines)
    if sample:  # the sample data mark must survive when the lines are cut
        text = f"{clip(text, _LONGEST - len(sentences.SAMPLE) - 1)} {sentences.SAMPLE}"
    return message(text, render("note", lines=lines, small=small, buttons=buttons))
