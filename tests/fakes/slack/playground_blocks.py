"""Short ways to write blocks, good and bad."""

from fakes.slack.playground_scene import button


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text}


def actions(*elements: dict) -> dict:
    return {"type": "actions", "elements": list(elements)}


def button_of(**more: object) -> dict:
    return actions(button("Go", "go", **more))


def option(text: str = "One", value: str = "1", **more: object) -> dict:
    return {"text": plain(text), "value": value, **more}


def select(*options: dict, **more: object) -> dict:
    return {"type": "static_select", "action_id": "s", "options": list(options), **more}


def field(element: dict, **more: object) -> dict:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def table(*rows: list[dict], **more: object) -> dict:
    return {"type": "table", "rows": list(rows), **more}


def data_table(*rows: list[dict], **more: object) -> dict:
    return {"type": "data_table", "caption": "Caption", "rows": list(rows), **more}


def chart(kind: str = "line", **more: object) -> dict:
    body = {
        "type": kind,
        "series": [{"name": "we", "data": [{"label": "Jun", "value": 1}]}],
        "axis_config": {"categories": ["Jun"]},
        **more,
    }
    return {"type": "data_visualization", "title": "Pace", "chart": body}


def pie(*segments: dict) -> dict:
    return {
        "type": "data_visualization",
        "title": "Pie",
        "chart": {"type": "pie", "segments": list(segments)},
    }


def modal(*blocks: dict, **more: object) -> dict:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


TEXT_INPUT = {"type": "plain_text_input", "action_id": "t"}
