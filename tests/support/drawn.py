"""What a reader sees in a message; checks that it fits, is harmless and never says None."""

import re

from support.iso_dates import iso_dates

from bot.render.slack.limits import message_faults
from playground.blocks.check import check_message, too_long

DATE = re.compile(r"<!date\^-?\d+\^[^|<>]*\|[^<>]*>")
_CONTROL = re.compile("[\u202a-\u202e\x00-\x09\x0b-\x1f]")


def takes(*drawn):
    for one in drawn:
        assert one.blocks
        for message in (one, one.plain):
            assert message_faults(message.text, message.blocks) == []
            assert check_message(message.blocks) == []
            assert not too_long(message.blocks)
            assert iso_dates([message.text, message.blocks]) == []
            for text in [message.text, *mrkdwn_of(message.blocks)]:
                assert not re.search("[<>]", DATE.sub("", text))
                assert text.count("\u2068") == text.count("\u2069")
                assert not _CONTROL.search(text)
                assert not re.search(r"\b(None|nan|inf)\b", text)


def mrkdwn_of(node):
    if isinstance(node, list):
        return [text for child in node for text in mrkdwn_of(child)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if node.get("type") == "mrkdwn" else []
    return own + [text for child in node.values() for text in mrkdwn_of(child)]


def said_of(drawn):
    return [
        element["text"] if block["type"] == "context" else block["text"]["text"]
        for block in drawn.blocks
        if block["type"] in ("section", "context")
        for element in block.get("elements", [None])
    ]


def buttons(drawn):
    return [
        (element["text"]["text"], element["action_id"], element["value"])
        for block in drawn.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
