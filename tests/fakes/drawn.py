"""What a reader finds in a message, and whether both validators take it."""

from bot.render.limits import message_faults
from playground.blocks import check_message, too_long


def takes(*drawn):
    for one in drawn:
        assert one.blocks
        for message in (one, one.plain):
            assert message_faults(message.text, message.blocks) == []
            assert check_message(message.blocks) == []
            assert not too_long(message.blocks)


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
