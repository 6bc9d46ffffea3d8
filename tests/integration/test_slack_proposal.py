"""The page that an answer proposes as ours: use this, another, we have none."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from fakes.slack.gap_bot import Bot, gap_bot, words
from fakes.worlds.reports import EXAMPLE

CLOSEST = "https://own.com/crm"
PROPOSED = replace(
    EXAMPLE,
    site="own.com",
    page=None,
    need=replace(EXAMPLE.need, have=None, gap=None),
    proposed_page=CLOSEST,
)


@pytest.fixture
async def bot(tmp_path) -> AsyncIterator[Bot]:
    async with gap_bot(tmp_path) as it:
        it.join("seo")
        it.analysis.report = PROPOSED
        yield it


async def asked(bot: Bot):
    await bot.gap("best crm site:own.com in:gb")
    return bot.by_bot()[-1]


@pytest.mark.parametrize(("button", "page"), [("Use this", CLOSEST), ("We have none", "none")])
async def test_an_answer_runs_the_same_question_again_with_the_page(bot, button, page):
    answer = await asked(bot)
    await bot.click(answer, button, user="ben")
    assert "Asked again with" in words(answer)
    assert not any(name in str(answer.blocks) for name in ("use_page", "name_page", "no_page"))
    first, second = bot.analysis.asked
    assert first.page is None
    assert second == replace(first, page=page, fresh=False)


async def test_another_opens_the_form_that_names_a_page(bot):
    await bot.click(await asked(bot), "Another")
    await bot.playground.submit_view("ana", {"page": "own.com/other"})
    await bot.settle()
    assert bot.analysis.asked[-1].page == "https://own.com/other"


async def test_a_missing_proposal_is_reported_and_nothing_runs(bot):
    parent = await asked(bot)
    await bot.database.run(lambda db: db.execute("DELETE FROM reports"))
    await bot.click(parent, "Use this")
    assert "proposed is gone" in bot.seen()[-1].text
    assert len(bot.analysis.asked) == 1
