"""Templates into Block Kit: each `templates/slack/*.blocks.j2` is a list of JSON objects.

A template looks like the message that it makes. Every `{{ value }}` stands *inside* JSON quotes and
is escaped for JSON and for mrkdwn; the marked exceptions are `|plain` (plain_text: JSON only),
`|url` (the address in `<…|…>`), `|date` (a moment in the reader's own time zone), `|day` (its day
alone) and `|json` (a raw JSON value, the only one that stands outside quotes). None and undefined
names raise: put an unknown value into words first.
"""

import json
import traceback
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, Undefined

from bot.common.errors import LinkGapError
from bot.render.words import Calendar

Block = dict[str, object]


class BrokenTemplate(LinkGapError):
    """A template and its values do not make valid blocks; the error names template and line."""


class _Ready(str):
    """Text that a marked filter has already escaped."""

    __slots__ = ()


def mrkdwn(text: str) -> str:
    """Escape the three characters that are special in Slack's mrkdwn, ampersand first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _inside_quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _finalize(value: object) -> object:
    if isinstance(value, Undefined | _Ready):
        return value
    if value is None:
        raise TypeError("None has no words: say “unknown” before it reaches a template")
    return _Ready(_inside_quotes(mrkdwn(str(value))))


def _plain(value: str) -> _Ready:
    return _Ready(_inside_quotes(value))


def _url(value: str) -> _Ready:
    encoded = "".join(quote(c) if c in '|<>"\\' or c <= " " else c for c in value)
    return _Ready(_inside_quotes(encoded.replace("&", "&amp;")))


def _date(moment: datetime) -> _Ready:
    format_, otherwise = "{date_short_pretty} at {time}", Calendar().moment(moment)
    return _Ready(f"<!date^{int(moment.timestamp())}^{format_}|{otherwise}>")


def _bold(value: str) -> str:
    """Keep an asterisk in somebody's words from ending the bold text around them."""
    return value.replace("*", "\N{ASTERISK OPERATOR}")


def _day(moment: datetime) -> _Ready:
    day = Calendar().day(moment)
    return _Ready(f"<!date^{int(moment.timestamp())}^{{date_short_pretty}}|{day}>")


def _json(value: object) -> _Ready:
    if value is None or isinstance(value, Undefined):
        raise TypeError("None has no words: leave the field out instead")
    return _Ready(json.dumps(value, ensure_ascii=False, allow_nan=False))


def templates_folder() -> Path:
    """Return the folder of the templates: at the top of a checkout, or in the installed wheel."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "_templates"
    return inside if inside.is_dir() else package.parent / "templates"


def environment(folder: Path) -> Environment:
    """Return a Jinja environment that escapes as this module's docstring says."""
    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        finalize=_finalize,
        autoescape=False,  # noqa: S701 - this is JSON and mrkdwn, not HTML; finalize escapes
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(bold=_bold, plain=_plain, url=_url, date=_date, day=_day, json=_json)
    return made


@cache
def _slack() -> Environment:
    return environment(templates_folder() / "slack")


def render(name: str, env: Environment | None = None, /, **values: object) -> list[Block]:
    """Return the blocks of `templates/slack/{name}.blocks.j2`; raises `BrokenTemplate`."""
    file = f"{name}.blocks.j2"
    try:
        text = (env or _slack()).get_template(file).render(**values)
    except (TemplateError, TypeError, ValueError) as fault:
        raise BrokenTemplate(f"{file}, line {_line(file, fault)}: {fault}") from fault
    return _read(file, text)


def _line(file: str, fault: Exception) -> object:
    frames = [
        f.lineno for f in traceback.extract_tb(fault.__traceback__) if f.filename.endswith(file)
    ]
    return getattr(fault, "lineno", None) or (frames[-1] if frames else "unknown")


def _read(file: str, text: str) -> list[Block]:
    decoder, blocks, at = json.JSONDecoder(), list[Block](), 0
    text = text.strip()
    while at < len(text):
        try:
            block, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as fault:
            said = text.splitlines()[fault.lineno - 1].strip()
            raise BrokenTemplate(
                f"{file}, line {fault.lineno} of what it makes: {fault.msg}: {said}"
            ) from fault
        if not isinstance(block, dict) or "type" not in block:
            raise BrokenTemplate(f"{file}: {json.dumps(block)[:80]} is not a block with a type")
        blocks.append(block)
        at += len(text[at:]) - len(text[at:].lstrip())
    _keep_verbatim(blocks)
    return blocks


def _keep_verbatim(node: object) -> None:
    """Disarm a stranger's words, so that none becomes a mention, channel or link by itself."""
    if isinstance(node, list):
        for child in node:
            _keep_verbatim(child)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            node["verbatim"] = True
        for child in node.values():
            _keep_verbatim(child)
