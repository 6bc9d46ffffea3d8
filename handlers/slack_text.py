"""Slack's own wrapping undone: what people typed, before a grammar reads it.

Slack turns addresses into `<url|label>`, names into `<@U…>` and `<#C…|name>`, and escapes `& < >`.
"""

import re

from bot.errors import BadQuestion

_WRAPPED = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r"<(https?://[^<>]*)>")
_OPEN_MARKS = re.compile(r"(?:(?<=^)|(?<=\s))[*_~`]+\Z")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # ampersand last, or it unescapes twice


def unwrapped(text: str) -> str:
    """Return the text as it was typed; raises `BadQuestion` for a person who has no name here."""
    text = _WRAPPED.sub(_typed, text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    # Pasted from somewhere that shows Slack's wrapping, a link arrives wrapped and escaped.
    return _LINK.sub(_typed, text).strip()


def after_mention(text: str, bot_user: str) -> str:
    """Return the raw words that follow the bot's name, without a mark around both."""
    *before, after = re.split(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>", text, maxsplit=1)
    opened = _OPEN_MARKS.search(before[0]) if before else None
    closed = opened[0][::-1] if opened else ""
    if closed and after.startswith(closed):
        return after.removeprefix(closed)
    return after.rstrip().removesuffix(closed) if closed else after


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
    bare = re.sub(r"^https?://", "", address)
    # A bare domain was linked by Slack: the label is what was typed. Any other label is a disguise.
    return label if label in (bare, bare.removesuffix("/")) else address
