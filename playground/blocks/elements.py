"""Rules of Slack's text objects, options and interactive elements."""

from collections.abc import Callable

from playground.blocks import limits
from playground.blocks.node import Node

INPUT_ELEMENTS = frozenset(
    {
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "checkboxes",
        "radio_buttons",
        "static_select",
        "multi_static_select",
        "conversations_select",
        "multi_conversations_select",
        "channels_select",
        "multi_channels_select",
        "users_select",
        "multi_users_select",
    }
)
ACTION_ELEMENTS = (
    INPUT_ELEMENTS - {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
) | {"button", "overflow"}


def text(node: Node, most: int, *, plain: bool = False) -> None:
    """Check a text object of at most `most` characters; `plain` refuses mrkdwn."""
    if not node.is_object():
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    kind = node.one_of("type", kinds, required=True)
    node.string("text", most, required=True)
    if kind == "plain_text":
        node.flag("emoji")
        node.only("type", "text", "emoji")
    elif kind == "mrkdwn":
        node.flag("verbatim")
        node.only("type", "text", "verbatim")


def required_text(node: Node, key: str, most: int, *, plain: bool = False) -> None:
    """Check a required text object."""
    if node.require(key):
        text(node.child(key), most, plain=plain)


def plain_text(most: int) -> Callable[[Node], None]:
    """Return a check for an optional plain text of at most `most` characters."""
    return lambda node: text(node, most, plain=True)


def any_text(most: int) -> Callable[[Node], None]:
    """Return a check for an optional text object of at most `most` characters."""
    return lambda node: text(node, most)


def image(node: Node) -> None:
    """Check an image element: alt text, and one source."""
    if not node.is_object():
        return
    node.string("alt_text", limits.ALT_TEXT, required=True)
    image_source(node)
    node.only("type", "alt_text", "image_url", "slack_file")


def image_source(node: Node) -> None:
    """Check that there is exactly one of image_url and slack_file."""
    node.string("image_url", limits.IMAGE_URL)
    if node.has("image_url") == node.has("slack_file"):
        node.fault("exactly one of image_url and slack_file is required")


def confirm(node: Node) -> None:
    """Check a confirmation dialog."""
    if not node.is_object():
        return
    required_text(node, "title", limits.CONFIRM_TITLE, plain=True)
    required_text(node, "text", limits.CONFIRM_TEXT)
    required_text(node, "confirm", limits.CONFIRM_BUTTON, plain=True)
    required_text(node, "deny", limits.CONFIRM_BUTTON, plain=True)
    node.one_of("style", ("primary", "danger"))
    node.only("title", "text", "confirm", "deny", "style")


def _option(node: Node, *, plain: bool) -> None:
    """Check one option; only checkboxes and radio buttons may use mrkdwn."""
    if not node.is_object():
        return
    required_text(node, "text", limits.OPTION_TEXT, plain=plain)
    node.string("value", limits.OPTION_VALUE, required=True)
    if node.has("description"):
        text(node.child("description"), limits.OPTION_DESCRIPTION, plain=plain)
    node.string("url", limits.BUTTON_URL)
    node.only("text", "value", "description", "url")


def _options(node: Node, most: int, *, plain: bool = True) -> None:
    for item in node.items("options", 1, most):
        _option(item, plain=plain)


def button(node: Node) -> None:
    """Check a button."""
    required_text(node, "text", limits.BUTTON_TEXT, plain=True)
    node.string("value", limits.BUTTON_VALUE)
    node.string("url", limits.BUTTON_URL)
    node.string("accessibility_label", limits.ACCESSIBILITY_LABEL)
    node.one_of("style", ("primary", "danger"))
    node.optional("confirm", confirm)
    node.only(
        "type", "action_id", "text", "value", "url", "accessibility_label", "style", "confirm"
    )


def _overflow(node: Node) -> None:
    _options(node, limits.OVERFLOW_OPTIONS)
    node.optional("confirm", confirm)
    node.only("type", "action_id", "options", "confirm")


def _select(node: Node) -> None:
    node.optional("placeholder", plain_text(limits.PLACEHOLDER))
    node.optional("confirm", confirm)
    if not str(node.get("type")).endswith("static_select"):
        return
    if node.has("options") == node.has("option_groups"):
        node.fault("exactly one of options and option_groups is required")
    elif node.has("options"):
        _options(node, limits.SELECT_OPTIONS)
    else:
        for group in node.items("option_groups", 1, limits.SELECT_OPTIONS):
            if group.is_object():
                required_text(group, "label", limits.OPTION_TEXT, plain=True)
                _options(group, limits.SELECT_OPTIONS)
    _initial_option(node)


def _initial_option(node: Node) -> None:
    """Check the initial option: Slack requires it to equal one of the options, field for field."""
    if not node.has("initial_option"):
        return
    groups = node.get("option_groups") or [node.value]
    if not any(node.get("initial_option") in (group.get("options") or ()) for group in groups):
        node.child("initial_option").fault("must match one of the options")


def _choices(node: Node) -> None:
    _options(node, limits.CHOICES, plain=False)
    node.optional("confirm", confirm)
    if node.get("type") == "radio_buttons":
        _initial_option(node)
    else:
        for chosen in node.get("initial_options") or ():
            if chosen not in (node.get("options") or ()):
                node.child("initial_options").fault("must match the options")


def _typed(node: Node) -> None:
    node.optional("placeholder", plain_text(limits.PLACEHOLDER))
    if node.get("type") == "plain_text_input":
        node.flag("multiline")
        node.whole("min_length", 0, limits.INPUT_LENGTH)
        node.whole("max_length", 1, limits.INPUT_LENGTH)
    if node.get("type") == "number_input" and not isinstance(node.get("is_decimal_allowed"), bool):
        node.fault("missing required field: is_decimal_allowed")


_SPECIAL = {
    "button": button,
    "overflow": _overflow,
    "checkboxes": _choices,
    "radio_buttons": _choices,
}


def interactive(node: Node, allowed: frozenset[str]) -> None:
    """Check one interactive element that is allowed here."""
    if not node.is_object():
        return
    kind = node.string("type", required=True)
    if kind is None:
        return
    if kind not in allowed:
        node.child("type").fault(f"unsupported type: {kind}")
        return
    node.string("action_id", limits.ACTION_ID)
    if kind in _SPECIAL:
        _SPECIAL[kind](node)
    elif kind.endswith("_select"):
        _select(node)
    else:
        _typed(node)
