"""Slack's message markup, interpreted as Slack does."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

_ENTITY = re.compile(r"<([^<>\s][^<>]*)>")
_EVERYONE = re.compile(r"<!(channel|here|everyone)(\|[^<>]*)?>")
_STYLE = re.compile(
    "(?<![\\w*_~`])(?:"
    + "|".join(rf"{sign}(?=\S)([^{sign}\n]+)(?<=\S){sign}" for sign in (r"\*", "_", "~", "`"))
    + ")(?![\\w*_~`])"
)


def calls_everyone(text: str, blocks: list[dict[str, Any]]) -> bool:
    """Say whether a message calls the whole channel, in its text or anywhere in its blocks.

    Escaped characters never do: `&lt;!channel&gt;` only shows the words.
    """
    return bool(_EVERYONE.search(text)) or any(_calls(block) for block in blocks)


def _calls(value: object) -> bool:
    if isinstance(value, list):
        return any(_calls(item) for item in value)
    if not isinstance(value, Mapping):
        return False
    if value.get("type") == "broadcast":
        return True
    if value.get("type") in ("mrkdwn", "markdown"):
        return bool(_EVERYONE.search(str(value.get("text"))))
    return any(_calls(item) for item in value.values())


def plain(text: str, name_of: Callable[[str], str]) -> str:
    """Return markup as plain words; `name_of` turns a user or channel id into a name."""

    def entity(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            return f"@{label or name_of(target[1:])}"
        if target.startswith("#"):
            return f"#{label or name_of(target[1:])}"
        if target.startswith("!date"):
            return label
        if target.startswith("!"):
            return f"@{label or target[1:]}"
        return f"{label} ({target})" if label and label != target else target

    words = _ENTITY.sub(entity, text)
    return html.unescape(_STYLE.sub(lambda styled: styled[styled.lastindex or 0], words))
