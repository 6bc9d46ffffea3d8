"""Any report becomes a message that Slack accepts and people can read."""

import json
import re
from unittest import TestCase

from fakes.worlds.reports import reports
from hypothesis import given
from support.drawn import DATE, mrkdwn_of

from bot.model.question import Question
from bot.render.notes import failed, interrupted, placeholder, progress
from bot.render.report.method import method
from bot.render.report.prospects import all_prospects, prospects
from bot.render.report.result import result
from bot.render.slack.limits import message_faults

_LINK = re.compile(r"<https?://[^\s|<>]+\|[^<>]*>")


def _strings(node):
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _strings(child) if name not in ("type", "style") else ()
    elif isinstance(node, list):
        for child in node:
            yield from _strings(child)
    else:
        yield str(node)


def _drawn(report):
    return [
        result(report, "run-1"),
        prospects(report),
        *all_prospects(report),
        method(report),
        placeholder(_question(report), sample=report.sample),
        progress(report, _words(report)),
        failed(_question(report), report.keyword, report.cost, "run-1", sample=report.sample),
        interrupted(_question(report), report.cost, "run-1", sample=report.sample),
    ]


def _question(report):
    return Question(keyword=report.keyword, market=report.market, site=report.site)


def _words(report):
    return [source.what for source in report.sources]


@given(report=reports)
def test_every_message_fits_and_is_harmless(report):
    with TestCase().assertNoLogs("bot.render", level="WARNING"):
        messages = _drawn(report)
    for drawn in messages:
        assert drawn.text_only.blocks == [] != drawn.blocks
        for message in (drawn, drawn.plain, drawn.text_only):
            assert message_faults(message.text, message.blocks) == []
            assert not re.search(r"\b(None|null|nan|inf)\b", " ".join(_strings(message.blocks)))
            for text in [message.text, *mrkdwn_of(message.blocks)]:
                assert not re.search("[<>]", _LINK.sub("", DATE.sub("", text)))
                assert text.count("\u2068") == text.count("\u2069")
                assert not re.search("[\u202a-\u202e]", text)
            assert "Sample data" in message.text or not report.sample
            json.dumps(message.blocks, allow_nan=False, ensure_ascii=False).encode("utf-8")
