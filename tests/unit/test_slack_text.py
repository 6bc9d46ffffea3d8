"""Slack's markup is removed before the grammar reads what was typed."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.errors import BadQuestion
from handlers.slack.text import after_mention, unwrapped


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("best crm", "best crm"),
        ("crm site:&lt;http://x.com|x.com&gt;", "crm site:x.com"),
        ("  best   crm ", "best   crm"),
        ("crm site:<http://x.com|x.com>", "crm site:x.com"),
        ("crm site:<http://x.com/|x.com>", "crm site:x.com"),
        ("crm page:<https://x.com/a?b=1&amp;c=2>", "crm page:https://x.com/a?b=1&c=2"),
        ("crm page:<https://x.com/a|x.com/a>", "crm page:x.com/a"),
        ("crm page:<https://x.com/a|click here>", "crm page:https://x.com/a"),
        ("crm <mailto:a@x.com|a@x.com>", "crm a@x.com"),
        ("call <tel:+4930|+4930>", "call +4930"),
        ("<#C123|general> tips", "#general tips"),
        ("<@U123|ben> tips", "@ben tips"),
        ("<!channel> tips", "@channel tips"),
        ("<!subteam^S1|@seo> tips", "@seo tips"),
        ("<!date^1700000000^{date}|today>", "today"),
        ("R&amp;D tools", "R&D tools"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("&amp;lt;", "&lt;"),
        ("&copy; notice", "&copy; notice"),
        ("a < b > c", "a  b  c"),
    ],
)
def test_text_wrapped_by_slack_reads_as_it_was_typed(sent, typed):
    assert unwrapped(sent) == typed


@pytest.mark.parametrize("sent", ["<@U123> crm", "<#C123>"])
def test_a_name_that_slack_hides_is_asked_for_in_words(sent):
    with pytest.raises(BadQuestion, match="plain words"):
        unwrapped(sent)


@given(st.text().map(lambda text: " ".join(text.split())).filter(lambda text: "<http" not in text))
def test_whatever_is_typed_survives_slacks_escaping(typed):
    assert unwrapped(html.escape(typed, quote=False)) == typed


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("<@UBOT> best crm", " best crm"),
        ("<@UBOT|linkgap> best crm", " best crm"),
        ("hello <@UBOT> best crm", " best crm"),
        ("<@UBOT>", ""),
        ("*<@UBOT> best crm*", " best crm"),
        ("hello *_<@UBOT> best crm_*", " best crm"),
        ("*<@UBOT>* best *crm*", " best *crm*"),
        ("2*<@UBOT> crm*", " crm*"),
        ("<@UBOT> ask <@UBOT>", " ask <@UBOT>"),
    ],
)
def test_the_question_is_what_follows_the_bots_name(text, rest):
    assert after_mention(text, "UBOT") == rest
