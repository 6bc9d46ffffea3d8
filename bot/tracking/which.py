"""Finds the tracked keyword that somebody typed, by one rule for Slack and the command line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.model.question import Defaults, QuestionInput, read_here
from bot.model.tracking import TrackedKeyword
from bot.tracking.keywords import is_same, spelled_so

_CLOSEST = 3
_CUTOFF = 0.6  # difflib's own; below it, names have little in common


@dataclass(frozen=True, slots=True)
class NotTracked:
    """No tracked keyword matches; `close` are similar names, the closest first."""

    keyword: str
    close: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """More than one keyword matches; they differ in site, market or capitalisation."""

    keyword: str
    keywords: tuple[TrackedKeyword, ...]

    @property
    def by_spelling(self) -> bool:
        """Say whether some differ in capitalisation."""
        return len({one.question.keyword for one in self.keywords}) > 1


def which(
    said: QuestionInput,
    here: Sequence[TrackedKeyword],
    defaults_of: Callable[[str | None], Defaults],
) -> TrackedKeyword | Several | NotTracked:
    """Return the channel's keyword that is meant, or why there is no single one.

    If several have that name, the default site and market decide, then exact capitalisation.
    Raises `BadQuestion` for words that cannot be read.
    """
    question = read_here(said, defaults_of)
    found = fitting(said, here)
    if not found:
        return NotTracked(question.keyword, _closest(question.keyword, here))
    usual = [one for one in found if is_same(one.question, question)]
    meant = spelled_so(usual or found, question.keyword)
    return meant[0] if len(meant) == 1 else Several(question.keyword, tuple(meant))


def fitting(said: QuestionInput, here: Sequence[TrackedKeyword]) -> list[TrackedKeyword]:
    """Return the keywords that match what was typed; options that were not typed match anything."""
    return [one for one in here if said.fits(one.question)]


def _closest(keyword: str, here: Sequence[TrackedKeyword]) -> tuple[str, ...]:
    names = {one.question.keyword.casefold(): one.question.keyword for one in here}
    found = get_close_matches(keyword.casefold(), list(names), _CLOSEST, _CUTOFF)
    return tuple(names[name] for name in found)
