"""Socket Mode: the same bot over its own connection to Slack."""

from fakes.slack.gap_bot import gap_bot
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from handlers.app import make_app


async def test_over_socket_mode_the_same_command_is_answered_the_same_way(tmp_path):
    async with gap_bot(tmp_path) as bot:
        bot.join("seo")
        bot.app.request_url = None
        link = AsyncSocketModeHandler(make_app(bot.services), bot.app.app_token)
        await link.connect_async()
        try:
            ack = await bot.gap("best crm")
            bad = await bot.gap("best crm in:zz")
        finally:
            await link.close_async()
        assert ack.ok
        assert bad.ok
        parent, note = bot.by_bot()
        assert "18 to go" in parent.text
        assert len(bot.thread(parent)) == 4
        assert "do not know the country" in note.text
