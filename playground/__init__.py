"""A strict local Slack workspace in the browser. It does not depend on the bot.

    workspace = sample_workspace()
    app = workspace.install(manifest, request_url="http://127.0.0.1:3000/slack/events")
    async with Playground(workspace, port=8765) as playground:   # the page is at playground.url
        ack = await playground.slash("ana", "seo", "/gap", "best crm")
        await playground.until(lambda: workspace.conversation("seo"))

Slack may be slow, fail, or not know a kind of block: `limit_next`, `fail_next`, `refuse_types`.

The app under test gets `playground.api_url` as its base URL and `app.bot_token` as its token.
"""
