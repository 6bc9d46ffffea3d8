"""Short private notes that only Slack needs: refusals, places, who may press what."""

from collections.abc import Mapping
from dataclasses import replace

from bot.render.notes import Button, told
from bot.render.report.sentences import SAMPLE, parted
from bot.render.slack.blocks import render
from bot.render.slack.message import Message
from bot.render.words import listed


def note(*lines: str, small: tuple[str, ...] = (), buttons: tuple[Button, ...] = ()) -> Message:
    """Return a short message: the first sentence is bold, the others are small."""
    first, rest = parted(" ".join(lines))
    return told(first, [rest, *small], buttons)


def elsewhere(run_id: str) -> tuple[Button, ...]:
    """Return buttons for the two other places where an answer can go."""
    return (
        Button("Send to my DM", "answer_dm", run_id),
        Button("Answer privately here", "answer_private", run_id),
    )


def cannot_post_here(why: str, run_id: str) -> Message:
    """Return the note for a channel that accepts no messages; nothing was spent."""
    return note(why, "Nothing was spent. Choose another place:", buttons=elsewhere(run_id))


def refused(why: str, run_id: str) -> Message:
    """Return the note for a refusal that another place would not solve; nothing was spent."""
    return note(why, "Nothing was spent.", buttons=(Button("Retry", "run_again", run_id),))


def file_elsewhere(why: str, sent: bool) -> Message:  # noqa: FBT001 - one fact, told in words
    """Return the note in the thread for a CSV file that could not be uploaded there."""
    told = "I sent it to you in a direct message." if sent else "A direct message failed as well."
    return note(f"The CSV file is not in this thread: {why}", told)


def maybe_missing(parts: list[str]) -> str:
    """Return the text below a result after a kill: parts that may be missing."""
    return (
        f"This run was interrupted. Not certain to be in the thread: {listed(parts)}. "
        "Run again repeats it."
    )


_PARTS = {
    "new_links": "the new links to competitors",
    "won": "the links won",
    "lost": "the links lost",
    "targets": "the changed targets",
    "forecasts": "the earlier forecasts",
    "outreach": "the list of whom to write to",
    "csv": "the CSV file of the keywords",
    "links_csv": "the CSV file of the links",
}


def thread_lacks(uncertain: list[str], refused: Mapping[str, str]) -> Message:
    """Return the note about a digest's thread: parts that may be missing, and parts refused."""
    lines = []
    if uncertain:
        parts = dict.fromkeys(map(_part, uncertain))
        lines.append(f"Not certain to be in this thread: {listed(parts)}.")
    for why in dict.fromkeys(refused.values()):
        parts = dict.fromkeys(_part(step) for step, said in refused.items() if said == why)
        lines.append(f"Not in this thread: {listed(parts)}. {why}")
    return note(*lines, "`/gap digest` shows the week again.")


def _part(step: str) -> str:
    """Describe a step of a digest; steps of tables end in a number, one per message."""
    return _PARTS.get(step.rstrip("_0123456789"), "what it cost")


def working(place: str) -> Message:
    """Return the note that replaces the message whose button was pressed."""
    return note(f"Working on it. The answer comes {place}.")


NO_FILE = (
    "I could not read or write my database, so what you asked for was not finished. "
    "Ask again in a few minutes: what was paid for is used again where it could be kept."
)


def waits_to_be_written() -> Message:
    """Return the note for a request that could not be stored before the ack was due."""
    return note(
        "I cannot write to my database at the moment, so your request waits. Nothing was spent.",
        "It begins by itself as soon as I can write; if I cannot, I will tell you.",
    )


def never_written() -> Message:
    """Return the note for a waiting request that could not be stored at all."""
    return note(
        "I could not write your request to my database, so it was not begun. Nothing was spent.",
        "Ask again in a few minutes.",
    )


def no_file(reference: str) -> Message:
    """Return the note for a database that could not be read or written."""
    return note(
        NO_FILE,
        f"If it stays, tell the person who set LinkGap up: reference {reference}.",
    )


def broken(reference: str) -> Message:
    """Return the note that the error boundary sends."""
    return note(
        "Something went wrong on my side, and it was written down.",
        f"If it happens again, tell the person who set LinkGap up: reference {reference}.",
    )


def marked(message: Message) -> Message:
    """Return the message with the sample-data mark below it."""
    mark = render("note", lines=[], small=[SAMPLE], buttons=[])
    return replace(message, text=f"{message.text} {SAMPLE}", blocks=[*message.blocks, *mark])
