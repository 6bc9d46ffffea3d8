"""Undo Slack's formatting of what people typed, before the grammar reads it.

Slack turns addresses into `<url|label>`, names into `<@U…>` and `<#C…|name>`, and escapes `& < >`.
"""

import re

from bot.common.errors import BadQuestion

_WRAPPED = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r"<(https?://[^<>]*)>")
_SCHEME = re.compile(r"\Ahttps?://")
_CALL = re.compile(r"<@([A-Z0-9]{1,40})(?:\|[^<>]*)?>")
_MARKS = "*_~`"
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # ampersand last, or it unescapes twice


def unwrapped(text: str) -> str:
    """Return the text as typed; raises `BadQuestion` for a person whose name is unknown here."""
    text = _WRAPPED.sub(_typed, text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    # A link pasted from a place that shows Slack's formatting arrives formatted and escaped.
    return _LINK.sub(_typed, text).strip()


def after_mention(text: str, bot_user: str) -> str:
    """Return the raw words after the bot's name, without a formatting mark around both."""
    calls = (call for call in _CALL.finditer(text) if call.group(1) == bot_user)
    called = next(calls, None)
    if called is None:
        return text
    after, closed = text[called.end() :], _opened(text[: called.start()])[::-1]
    if closed and after.startswith(closed):
        return after.removeprefix(closed)
    return after.rstrip().removesuffix(closed) if closed else after


def is_first(text: str, bot_user: str) -> bool:
    """Say whether a message begins with the bot's name, apart from spaces and formatting marks."""
    called = _CALL.search(text)
    if called is None or called.group(1) != bot_user:
        return False
    return not text[: called.start()].strip(f"{_MARKS} \t\n")


def _opened(before: str) -> str:
    """Return the marks (bold, italic, code, struck out) that open right before the bot's name."""
    words = before.rstrip(_MARKS)
    return before[len(words) :] if not words or words[-1].isspace() else ""


def _typed(match: re.Match[str]) -> str:
    what, _, label = match.group(1).partition("|")
    if what.startswith(("@", "#")):
        if not label:
            raise BadQuestion(
                "Slack sends me only an id for that person or channel. Write the name in plain "
                "words, without the @ or #."
            )
        return f"{what[0]}{label.removeprefix(what[0])}"
    if what.startswith("!"):
        return label or f"@{what[1:]}"
    address = what.removeprefix("mailto:").removeprefix("tel:")
    bare = _SCHEME.sub("", address)
    # Slack linked a bare domain: the label is what was typed. Any other label is a disguise.
    return label if label in (bare, bare.removesuffix("/")) else address
