"""Forms for tracking: many keywords at once, their price, and one keyword's page and vendors."""

from collections.abc import Sequence

from bot.model.question import NO_PAGE
from bot.model.tracking import TrackedKeyword
from bot.render.notes import Button, note_of
from bot.render.report.sentences import sentence
from bot.render.slack.blocks import render
from bot.render.slack.message import Message, View, checked
from bot.render.tracking.tracked_words import quoted
from bot.render.views import Field
from bot.render.words import counted, listed, shown

MOST_KEYWORDS = 500
KEYWORDS = "keywords"
_ROOM = 3_000  # characters that Slack lets one input hold
_NAMED = 5


def bulk_form(site: str, schedule_words: str, *, private_metadata: str = "") -> View:
    """Return the form for many keywords: one box, a keyword a line.

    Texts arrive as `values[name]["value"]["value"]`, for `KEYWORDS` and for `site`.
    """
    hint = (
        "One keyword a line. Options may follow it: best crm in:germany page:example.com/crm. "
        f"{_ROOM:,} characters fit; send the form again for more. You see the price first."
    )
    when = shown(schedule_words, 200)
    about = (
        f"For lines that name no site. All keywords are read {when}."
        if when
        else "Such as example.com."
    )
    fields = [
        Field(KEYWORDS, "Keywords", hint, longest=_ROOM, lines=True),
        Field("site", "Our site", about, site),
    ]
    blocks = render("form", fields=fields, required=KEYWORDS, fresh=False)
    return checked(
        View("bulk_form", "Track many keywords", "See the price", blocks, private_metadata)
    )


def bulk_quote(
    count: int,
    skipped: Sequence[tuple[str, str]],
    now_words: str,
    weekly_words: str,
    job_id: str,
) -> Message:
    """Return the price as a question; `skipped` are keywords that are left out, with the reason."""
    small = [_skipped(skipped)]
    if count < 1:
        return note_of(["There is no keyword to track. Nothing was spent."], small)
    lines = [
        f"Track {counted(count, 'keyword')}?",
        " ".join(sentence(words, 300) for words in (now_words, weekly_words) if words.strip()),
    ]
    small.append("Nothing was spent. The cost counts against whoever confirms.")
    buttons = [Button("Confirm", "bulk_confirm", job_id), Button("Cancel", "bulk_cancel", job_id)]
    return note_of([line for line in lines if line], small, buttons)


def _skipped(skipped: Sequence[tuple[str, str]]) -> str:
    if not skipped:
        return ""
    named = []
    for keyword, reason in skipped[:_NAMED]:
        why = shown(reason, 40).rstrip(". ")
        named.append(f"{quoted(keyword)}{f' ({why})' if why else ''}")
    if len(skipped) > _NAMED:
        named.append(f"{len(skipped) - _NAMED:,} more")
    return f"Left out: {listed(named)}."


def edit_form(tracked: TrackedKeyword) -> View:
    """Return the form to edit one keyword; `private_metadata` is its id.

    Keyword, site and market identify it: another market is another keyword.
    """
    asked = tracked.question
    hint = f"Its address for {quoted(asked.keyword)}, or {NO_PAGE} when there is no page yet."
    fields = [Field("page", "Our page", hint, asked.page or "", 3_000)]
    blocks = render("form", fields=fields, required="", fresh=False)
    return checked(View("edit_tracked_form", "Edit tracking", "Save", blocks, tracked.id))
