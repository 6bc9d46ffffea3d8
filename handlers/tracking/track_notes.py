"""Private notes about tracking that only Slack needs: the price, and why it cannot start."""

from bot.model.costs import Quote
from bot.render import money
from bot.render.notes import Button, asked
from bot.render.slack.message import Message
from handlers import private_notes
from handlers.request import Track
from handlers.slack.refusals import CANNOT_POST_HERE, NOT_A_MEMBER, SlackRefused

SURPRISE = "Something went wrong on my side, and it was written down."
_NOTHING = "Nothing is tracked by this, and nothing was spent."


def now_words(quote: Quote, *, read_already: bool = False) -> str:
    """Return what the first read may cost, in words."""
    if read_already:
        return "The first read is the answer that you have, so nothing is charged now."
    if not quote.lines:
        return "Reading costs nothing."
    return f"The first read: {_lower(money.at_most(quote))}"


def weekly_words(quote: Quote) -> str:
    """Return what each week may cost, in words."""
    return f"Each week: {_lower(money.at_most(quote))}" if quote.lines else ""


def price(
    wanted: Track, quote: Quote, job_id: str, *, move: str = "", tracked: bool = False
) -> Message:
    """Return the note that asks for confirmation of one keyword's price, or of a moved digest.

    `tracked`: the keyword is read already, so only `move` is asked about.
    """
    now = now_words(quote, read_already=wanted.run is not None)
    lines = [move, "Others follow keywords here; their digest moves too."] if move else []
    if tracked:
        lines.append("Move it?")
    else:
        lines += [f"Track {asked(wanted.questions[0])}?", f"{now} {weekly_words(quote)}".strip()]
    return private_notes.note(
        *lines,
        small=("Nothing was spent. The cost counts against whoever confirms.",),
        buttons=(
            Button("Confirm", "bulk_confirm", job_id),
            Button("Cancel", "bulk_cancel", job_id),
        ),
    )


def moved(move: str, person: str) -> Message:
    """Return the public message about a digest that moved without a new keyword."""
    return private_notes.note(f"{move} <@{person}> moved it.")


def cancelled(wanted: Track) -> Message:
    """Return the note that replaces the price after Cancel."""
    count = len(wanted.questions)
    what = asked(wanted.questions[0]) if count == 1 else f"{count:,} keywords"
    return private_notes.note(f"Cancelled: {what}. {_NOTHING}")


def cannot_post(refused: SlackRefused, job_id: str) -> Message:
    """Return the note on why the bot cannot post in the channel, and what to do."""
    if refused.code in NOT_A_MEMBER:
        why = "I cannot post here, because I am not a member of this channel."
        cure = "Add me with `/invite @LinkGap`, then try again."
    elif refused.code in CANNOT_POST_HERE:
        why, cure = str(refused), "Tracking reports in its channel, so it needs one I can post in."
    else:
        why, cure = str(refused), ""
    lines = filter(None, (f"{why} {_NOTHING}", cure))
    return private_notes.note(*lines, buttons=_again(job_id))


def unsure(job_id: str) -> Message:
    """Return the note for a public message that may or may not have been posted."""
    return private_notes.note(
        "I was interrupted while I told this channel that tracking begins, and nobody knows "
        f"whether the message is there. {_NOTHING}",
        buttons=_again(job_id),
    )


def _again(job_id: str) -> tuple[Button, ...]:
    return (Button("Try again", "bulk_confirm", job_id),)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
