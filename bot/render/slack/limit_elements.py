"""Slack's limits on parts of a block: buttons, inputs, options, texts (see limits.py)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Fault = tuple[str, str]
Found = Iterator[Fault]
Check = Callable[[Mapping[str, Any], str], Found]


def element(item: Mapping[str, Any], at: str) -> Found:
    """Check one interactive element."""
    kind = item.get("type")
    if kind not in _ELEMENTS:
        yield at, f"“{kind}” is not an element LinkGap knows"
        return
    yield from string(item.get("action_id", ""), f"{at}/action_id", 255, least=0)
    if "placeholder" in item:
        yield from plain(item["placeholder"], f"{at}/placeholder", 150)
    if "confirm" in item:
        yield from _confirm(item["confirm"], f"{at}/confirm")
    yield from _ELEMENTS[kind](item, at)


def _button(element: Mapping[str, Any], at: str) -> Found:
    yield from plain(element.get("text"), f"{at}/text", 75)
    for name, most in (("value", 2_000), ("url", 3_000), ("accessibility_label", 75)):
        yield from string(element.get(name, ""), f"{at}/{name}", most, least=0)
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"{at}/style", "a button's style is primary or danger"


def _select(element: Mapping[str, Any], at: str) -> Found:
    groups = element.get("option_groups")
    if groups is None:
        yield from _options(element, at, 1, 100)
        return
    yield from count(groups, f"{at}/option_groups", 1, 100)
    for index, group in enumerate(groups):
        yield from _options(group, f"{at}/option_groups/{index}", 1, 100)


def _overflow(element: Mapping[str, Any], at: str) -> Found:
    yield from _options(element, at, 1, 5)


def _choices(element: Mapping[str, Any], at: str) -> Found:
    yield from _options(element, at, 1, 10)


def _options(holder: Mapping[str, Any], at: str, least: int, most: int) -> Found:
    yield from count(holder.get("options"), f"{at}/options", least, most)
    for index, option in enumerate(holder.get("options") or []):
        where = f"{at}/options/{index}"
        yield from text(option.get("text"), f"{where}/text", 75)
        yield from string(option.get("value"), f"{where}/value", 150)
        if "description" in option:
            yield from text(option["description"], f"{where}/description", 75)


def _text_input(element: Mapping[str, Any], at: str) -> Found:
    yield from string(element.get("initial_value", ""), f"{at}/initial_value", 3_000, least=0)
    longest = element.get("max_length", 3_000)
    if not 1 <= longest <= 3_000:
        yield f"{at}/max_length", "an input takes 1 to 3,000 characters"
    if len(element.get("initial_value", "")) > longest:
        yield f"{at}/initial_value", "the first value is longer than the input takes"


def _confirm(confirm: Mapping[str, Any], at: str) -> Found:
    yield from plain(confirm.get("title"), f"{at}/title", 100)
    yield from text(confirm.get("text"), f"{at}/text", 300)
    for name in ("confirm", "deny"):
        yield from plain(confirm.get(name), f"{at}/{name}", 30)


def plain(value: object, at: str, most: int) -> Found:
    """Check a plain_text object."""
    if isinstance(value, Mapping) and value.get("type") != "plain_text":
        yield at, "this text must be plain_text"
    yield from text(value, at, most)


def text(value: object, at: str, most: int) -> Found:
    """Check a text object of either kind."""
    if not isinstance(value, Mapping) or value.get("type") not in ("plain_text", "mrkdwn"):
        yield at, "a text object is missing here"
        return
    yield from string(value.get("text"), f"{at}/text", most)


def string(value: object, at: str, most: int, *, least: int = 1) -> Found:
    """Check the length of a string."""
    if not isinstance(value, str):
        yield at, "a text is missing here"
    elif len(value) < least:
        yield at, "a text may not be empty"
    elif len(value) > most:
        yield at, f"{len(value):,} characters; {most:,} is the most"


def count(value: object, at: str, least: int, most: int) -> Found:
    """Check the length of a list."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        yield at, f"{least} to {most} entries belong here"


def unique(names: Sequence[str], at: str, what: str) -> Found:
    """Check that no name is used twice."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield at, f"the {what} “{name}” is used twice"


def image(block: Mapping[str, Any], at: str) -> Found:
    """Check an image, as a block or as an element."""
    yield from string(block.get("alt_text"), f"{at}/alt_text", 2_000)
    if ("image_url" in block) == ("slack_file" in block):
        yield at, "an image has either image_url or slack_file"
    yield from string(block.get("image_url", ""), f"{at}/image_url", 3_000, least=0)
    if "title" in block:
        yield from plain(block["title"], f"{at}/title", 2_000)


def nothing(_item: Mapping[str, Any], _at: str) -> Found:
    """Accept anything."""
    yield from ()


_ELEMENTS: dict[object, Check] = {
    "button": _button,
    "image": image,
    "overflow": _overflow,
    "static_select": _select,
    "checkboxes": _choices,
    "radio_buttons": _choices,
    "plain_text_input": _text_input,
    "url_text_input": _text_input,
    "feedback_buttons": nothing,
    "icon_button": nothing,
}
