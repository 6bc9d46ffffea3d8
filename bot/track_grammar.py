"""The words after `/gap track`: a question, and when the channel wants its digest."""

import re
from dataclasses import dataclass

from bot.errors import BadQuestion
from bot.model.question import Defaults, Question, end_of_quoted, parse, unmarked
from bot.settings.catalogue import WEEKDAYS

_DAY_NAMED = {name: day for day, full in WEEKDAYS.items() for name in (day, full.lower())}
_WHEN = re.compile(r"(?:^|(?<=\s))(on|at):(\S*)", re.IGNORECASE)
_WEEKLY = re.compile(r"(?<=\S)\s+weekly(?=\s*$|\s+[A-Za-z]+:\S)", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})(?::?(\d{2}))?")


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """A keyword to follow; `day` (`mon`) and `hour` (6..22) of its channel, None: as they are."""

    question: Question
    day: str | None = None
    hour: int | None = None


def parse_track(text: str, defaults: Defaults) -> TrackRequest:
    """Read `KEYWORD [site: in: lang: page: weekly on:mon at:09:00]`; raises `BadQuestion`.

    `weekly` may stand after the keyword and changes nothing: every keyword is read weekly.
    """
    text = unmarked(text.strip())
    end = end_of_quoted(text)
    quoted, words = text[:end], text[end:]  # what is in quotes belongs to the keyword
    given: dict[str, str] = {}
    for match in _WHEN.finditer(words):
        name = match.group(1).lower()
        if name in given:
            raise BadQuestion(f"`{name}:` is given twice; once is enough.")
        given[name] = match.group(2)
    rest = _WEEKLY.sub("", _WHEN.sub(" ", words).rstrip())
    return TrackRequest(
        question=parse(quoted + rest, defaults),
        day=_day(given["on"]) if "on" in given else None,
        hour=_hour(given["at"]) if "at" in given else None,
    )


def _day(text: str) -> str:
    day = _DAY_NAMED.get(text.lower())
    if day is None:
        raise BadQuestion(f"`on:` takes a day of the week: {', '.join(WEEKDAYS)}.")
    return day


def _hour(text: str) -> int:
    match = _TIME.fullmatch(text)
    hour = int(match.group(1)) if match else -1
    if match is None or not 6 <= hour <= 22 or match.group(2) not in (None, "00"):
        raise BadQuestion("`at:` takes a full hour from 06:00 to 22:00, such as at:09:00.")
    return hour
