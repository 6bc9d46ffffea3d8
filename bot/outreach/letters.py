"""Fills the templates of letters with facts, the built-in ones and a team's own.

A fact that is missing takes its sentence with it: nothing is guessed, and no letter says "None". A
template is text with Jinja in it, its first line is `Subject: …`, and a sentence does not go over
the end of a line. A team's own runs in a sandbox, in a process that can be killed.
"""

import re
from dataclasses import dataclass, fields
from functools import cache
from traceback import extract_tb

from jinja2 import (
    ChainableUndefined,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.common.errors import BadQuestion
from bot.common.harmless import harmless
from bot.common.killable import Killable, Stopped
from bot.model.approach import AngleKind, LetterFacts
from bot.render.slack.blocks import templates_folder

LONGEST_TEMPLATE = 10_000
LONGEST_LETTER = 5_000
_LONGEST_FACT, _LONGEST_URL, _LONGEST_SUBJECT = 300, 1_000, 150
# What a template writes for a fact, and for one that is missing. No fact contains such a letter.
_OPEN, _CLOSE, _GONE = "\x02", "\x03", "\x1a"
_FACT = re.compile(r"\x02[^\x03]*+\x03?")
_KEPT = re.compile(r"\x02(\d{1,6})\x03")
_SENTENCE_END = re.compile(r"(?<=[.!?]) +(?=\S)")
_BLANK_LINES = re.compile(r"\n{3,}")
_NO_ROOM = re.compile("[\u00ad\u200b-\u200f\u2028\u2029\u2060-\u2069\ufeff]")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SUBJECT = "subject:"
_FIELDS = tuple(each.name for each in fields(LetterFacts))


class BadTemplate(BadQuestion):
    """A template cannot be filled; the message names the line and the reason."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A filled template."""

    subject: str
    body: str


class _Missing(ChainableUndefined):
    """A fact that is not known: false in a condition, and a mark where it is written."""

    def __str__(self) -> str:
        return _GONE


def built_in(kind: AngleKind, facts: LetterFacts) -> Letter:
    """Return the letter that fits a kind of page."""
    template = _environment().get_template(f"{kind.value}.txt.j2")
    return _letter(template.render(_values(facts)))


def template_of(kind: AngleKind) -> str:
    """Return the text of a built-in template, for a team that wants to start from it."""
    return (templates_folder() / "outreach" / f"{kind.value}.txt.j2").read_text("utf-8")


async def own(process: Killable, template: str, facts: LetterFacts) -> Letter:
    """Return a letter from a team's own template. Raises `BadTemplate`."""
    if len(template) > LONGEST_TEMPLATE:
        raise BadTemplate(
            f"The template has more than {LONGEST_TEMPLATE:,} characters. Shorten it: "
            "people answer short mails."
        )
    try:
        found = await process.run(filled, template, facts)
    except Stopped as stopped:
        raise BadTemplate(f"Filling the template {stopped.why}. Take its loops out.") from None
    if isinstance(found, str):
        raise BadTemplate(found)
    return found


def filled(template: str, facts: LetterFacts) -> Letter | str:
    """Return the letter of a stranger's template, or a sentence about its fault.

    Only for a process that can be killed: a template may count to a billion.
    """
    try:
        made = _environment().from_string(_UNPRINTED.sub("", template)).render(_values(facts))
    except TemplateNotFound as error:
        return _fault(_line(error), f"there is no template “{error.name}” to include")
    except TemplateError as error:
        line = getattr(error, "lineno", None) or _line(error)
        return _fault(line, error.message or "it cannot be filled")
    except RecursionError as error:
        return _fault(_line(error), "it includes or calls itself")
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        return _fault(_line(error), str(error) or type(error).__name__)
    return _letter(made)


def _fault(line: int | None, reason: str) -> str:
    where = f"Line {line} of the template" if line else "The template"
    said = " ".join(harmless(reason).split())[:200].rstrip(".")
    return f"{where} cannot be filled: {said}. Its fields are {', '.join(_FIELDS)}."


def _line(error: BaseException) -> int | None:
    """Return the line of the template; Jinja puts its own frames into the traceback."""
    lines = [
        frame.lineno
        for frame in extract_tb(error.__traceback__)
        if frame.filename in ("<template>", "<unknown>")
    ]
    return lines[-1] if lines else None


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates_folder() / "outreach"),
        undefined=StrictUndefined,
        finalize=_marked,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # a mail is plain text
    )


def _marked(value: object) -> object:
    """Mark what is written, so that no sentence ends inside a fact."""
    if isinstance(value, StrictUndefined):
        return value
    text = _GONE if value is None or isinstance(value, _Missing) else str(value)
    return f"{_OPEN}{text}{_CLOSE}"


def _values(facts: LetterFacts) -> dict[str, object]:
    return {name: _value(name, getattr(facts, name)) for name in _FIELDS}


def _value(name: str, value: object) -> object:
    """Return a fact in one line, without letters that steer or that nobody sees."""
    if value is None:
        return _Missing(name=name)
    lines = (" ".join(line.split()) for line in _NO_ROOM.sub("", str(value)).splitlines())
    text = harmless((", " if name == "postal_address" else " ").join(filter(None, lines))).strip()
    is_url = "://" in text[:10]
    if is_url and len(text) > _LONGEST_URL:
        return _Missing(name=name)  # half an address leads nowhere
    if not is_url and len(text) > _LONGEST_FACT:
        text = f"{text[: _LONGEST_FACT - 1].rstrip()}…"
    return text or _Missing(name=name)


def _letter(made: str) -> Letter:
    """Drop each sentence with a missing fact; return subject and body."""
    facts: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        facts.append(found.group().strip(_OPEN + _CLOSE))
        return f"{_OPEN}{len(facts) - 1}{_CLOSE}"

    def whole(sentence: str) -> bool:
        used = (facts[int(number)] for number in _KEPT.findall(sentence))
        return _GONE not in sentence and not any(_GONE in fact for fact in used)

    lines = []
    for line in _FACT.sub(numbered, made).splitlines():
        said = [sentence for sentence in _SENTENCE_END.split(line) if whole(sentence)]
        if said or not line.strip():
            lines.append(" ".join(said).rstrip())
    text = _KEPT.sub(lambda found: facts[int(found.group(1))], "\n".join(lines))
    text = _UNPRINTED.sub("", text)
    first, _, rest = text.strip().partition("\n")
    if first[: len(_SUBJECT)].lower() != _SUBJECT:
        first, rest = "", text
    subject = " ".join(first[len(_SUBJECT) :].split())[:_LONGEST_SUBJECT]
    body = _BLANK_LINES.sub("\n\n", rest.strip())[:LONGEST_LETTER]
    return Letter(subject, body)
