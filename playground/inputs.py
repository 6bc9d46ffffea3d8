"""Convert what a person filled in to Slack's view state and action payloads."""

from collections.abc import Iterator, Mapping
from typing import Any

from playground.blocks.check import elements

Value = Any
_TEXT = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
_ONE = ("static_select", "radio_buttons", "overflow")
_SEVERAL = ("checkboxes", "multi_static_select")
_PICKED = {
    "conversations_select": "conversation",
    "channels_select": "channel",
    "users_select": "user",
    "timepicker": "time",
    "datepicker": "date",
}
_PICKED_SEVERAL = {
    "multi_conversations_select": "conversations",
    "multi_channels_select": "channels",
    "multi_users_select": "users",
}
_KEEPS_STATE = (
    *_TEXT,
    *_SEVERAL,
    *_PICKED,
    *_PICKED_SEVERAL,
    "datetimepicker",
    "static_select",
    "radio_buttons",
)


def label_of(element: Mapping[str, Any]) -> str:
    """Return the text on a button or an option."""
    text = element.get("text")
    return str(text.get("text")) if isinstance(text, Mapping) else ""


def options_of(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all options of a menu, without groups."""
    grouped = [group.get("options", []) for group in element.get("option_groups", [])]
    return [*element.get("options", []), *(option for group in grouped for option in group)]


def button_of(element: Mapping[str, Any], value: Value) -> Mapping[str, Any] | None:
    """Return the button that was pressed, None for a menu or an input; `value` chooses of two."""
    if element["type"] == "feedback_buttons":
        no: Mapping[str, Any] = element["negative_button"]
        yes: Mapping[str, Any] = element["positive_button"]
        return no if value in (no.get("value"), label_of(no)) else yes
    return element if element["type"] in ("button", "icon_button") else None


def choose(element: Mapping[str, Any], wanted: str) -> dict[str, Any] | None:
    """Return the option with that value or that text."""
    for option in options_of(element):
        if wanted in (option.get("value"), label_of(option)):
            return option
    return None


def placed(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Yield every element with the block it is in: the innermost, where blocks hold blocks."""
    for block in blocks:
        inner = [*block.get("child_blocks", ()), *_cards(block)]
        yield from placed(inner)
        within = {id(element) for one in inner for element in elements(one)}
        yield from ((block, one) for one in elements(block) if id(one) not in within)


def _cards(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [one for one in block.get("elements", ()) if one.get("type") == "card"]


def _listed(value: Value) -> list[str]:
    """Return what was picked as a list; one option alone may come as its text."""
    return [value] if isinstance(value, str) else [str(item) for item in value or ()]


def typed(element: Mapping[str, Any], value: Value) -> dict[str, Any]:
    """Return the state of one input as Slack sends it; None is an untouched input."""
    kind = element["type"]
    key: str
    chosen: object
    if kind in _TEXT:
        key, chosen = "value", element.get("initial_value") if value is None else str(value)
    elif kind in _SEVERAL:
        picked = [choose(element, item) for item in _listed(value)]
        initial = element.get("initial_options", [])
        key = "selected_options"
        chosen = initial if value is None else [option for option in picked if option]
    elif kind in _ONE:
        initial = element.get("initial_option")
        key, chosen = "selected_option", initial if value is None else choose(element, str(value))
    elif kind in _PICKED_SEVERAL:
        word = _PICKED_SEVERAL[kind]
        key = f"selected_{word}"
        chosen = element.get(f"initial_{word}", []) if value is None else _listed(value)
    elif kind == "datetimepicker":
        key, start = "selected_date_time", element.get("initial_date_time")
        chosen = start if value is None else int(value) if value else None
    else:
        word = _PICKED[kind]
        key = f"selected_{word}"
        chosen = element.get(f"initial_{word}") if value is None else value
    return {"type": kind, key: chosen if isinstance(chosen, list) else chosen or None}


def _is_empty(state: Mapping[str, Any]) -> bool:
    return all(not part for key, part in state.items() if key != "type")


def gather(
    blocks: list[dict[str, Any]], filled: Mapping[str, Value]
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return view state by block and action, and the inputs that the client refuses to send.

    `filled` names an input by its block_id and action_id with a space between, by either of them,
    or by its label.
    """
    values: dict[str, dict[str, Any]] = {}
    missing: dict[str, str] = {}
    for block, element in placed(blocks):
        if element["type"] not in _KEEPS_STATE:
            continue
        action, place = element["action_id"], block["block_id"]
        names = (f"{place} {action}", action, place, _label(block))
        value = next((filled[name] for name in names if name in filled), None)
        state = typed(element, value)
        values.setdefault(place, {})[action] = state
        if block["type"] == "input" and not block.get("optional") and _is_empty(state):
            missing[place] = "Please complete this required field."
    return values, missing


def _label(block: Mapping[str, Any]) -> str:
    label = block.get("label")
    return str(label["text"]) if isinstance(label, Mapping) else ""
