"""The messages when a keyword starts or stops being tracked."""

from bot.model.tracking import Snapshot, TrackedKeyword
from bot.render.notes import Button, asked, note_of
from bot.render.report.sentences import sentence
from bot.render.slack.message import Message
from bot.render.tracking.tracked_words import quoted, seen_at, standing
from bot.render.words import Calendar, words_or_unknown

_CLOSEST = 5


def tracking_begun(
    tracked: TrackedKeyword, schedule_words: str, *, sample: bool = False
) -> Message:
    """Return the first message in the channel, which proves before a read that we can post here."""
    lines = [f"Tracking {asked(tracked.question)}. The first read is under way…"]
    return note_of(lines, [_schedule(schedule_words)], sample=sample)


def tracking(
    tracked: TrackedKeyword,
    snapshot: Snapshot | None,
    schedule_words: str,
    calendar: Calendar,
    *,
    fault: str | None = None,
    sample: bool = False,
) -> Message:
    """Return the text that replaces it after the first read; `fault` says why a read failed."""
    who = asked(tracked.question)
    if snapshot is None:
        why = f" {sentence(fault, 250)}" if fault else ""
        lines = [f"Tracking {who}, but the first read failed.{why}"]
        small = ["It is read again on schedule.", _schedule(schedule_words)]
    else:
        lines = [f"Tracking {who}: {standing(snapshot)}; {seen_at(snapshot)}."]
        small = [_schedule(schedule_words), f"As of {calendar.moment(snapshot.taken_at)}."]
    return note_of(lines, small, _buttons(tracked), sample=sample)


def already_tracked(tracked: TrackedKeyword, schedule_words: str) -> Message:
    """Return the private note when this channel tracks the keyword for that site already."""
    state = " It is paused." if tracked.paused else ""
    lines = [f"{asked(tracked.question)} is tracked here already.{state}"]
    small = [_schedule(schedule_words), "Nothing was spent."]
    return note_of(lines, small, _buttons(tracked))


def untracked(keyword: str, site: str | None) -> Message:
    """Return the message that tracking has ended."""
    whose = f" for {words_or_unknown(site, 60)}" if site else ""
    return note_of(
        [f"{quoted(keyword)}{whose} is no longer tracked here. It costs nothing from now on."],
        ["Track it again with `/gap track`."],
    )


def not_tracked(keyword: str, closest: tuple[str, ...]) -> Message:
    """Return the private note when no keyword here has that name; `closest` are similar names."""
    lines = [f"{quoted(keyword)} is not tracked here."]
    if closest:
        lines.append(f"Did you mean {_or([quoted(one) for one in closest[:_CLOSEST]])}?")
    return note_of(lines, ["`/gap list` shows everything that is tracked here."])


def _or(names: list[str]) -> str:
    *rest, last = names
    return f"{', '.join(rest)} or {last}" if rest else last


def _schedule(words: str) -> str:
    return sentence(words, 200) if words.strip() else ""


def _buttons(tracked: TrackedKeyword) -> list[Button]:
    return [
        Button("Untrack", "untrack", tracked.id),
        Button("Settings", "open_settings", tracked.id),
    ]
