"""A workspace removes the app: Slack says so once, and its data is deleted a while later."""

from fakes.slack.gap_bot import gap_bot

from handlers.upkeep import LEFT_FOR


async def test_data_of_a_workspace_that_removed_the_app_is_deleted_after_thirty_days(tmp_path):
    async with gap_bot(tmp_path) as bot:
        bot.join("seo")
        await bot.gap("best crm site:own.com")
        await bot.playground.uninstall()
        await bot.handled()
        services = bot.services
        await services.upkeep.prune()
        count = "SELECT count(*) FROM reports"
        assert await services.database.read(lambda db: db.execute(count).fetchone()) == (1,)
        services.clock.advance(LEFT_FOR.total_seconds() + 60)
        await services.upkeep.prune()
        assert await services.database.read(lambda db: db.execute(count).fetchone()) == (0,)
