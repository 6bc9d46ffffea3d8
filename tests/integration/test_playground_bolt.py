"""A real Bolt app, installed from a manifest, understands what the playground sends."""

from aiohttp import web
from fakes.slack.playground_scene import button, section
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from support.clock import FakeClock

from playground.sample import sample_workspace
from playground.server import Playground

MANIFEST = {
    "display_information": {"name": "LinkGap"},
    "features": {
        "bot_user": {"display_name": "linkgap"},
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [{"command": "/gap", "description": "Ask", "should_escape": True}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "chat:write.public"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "interactivity": {"is_enabled": True},
    },
}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "kw",
            "label": {"type": "plain_text", "text": "Keyword"},
            "element": {"type": "plain_text_input", "action_id": "keyword"},
        }
    ],
}


def bolt_app(base_url: str, token: str, secret: str) -> AsyncApp:
    client = AsyncWebClient(token, base_url=base_url)
    app = AsyncApp(client=client, signing_secret=secret)

    @app.command("/gap")
    async def gap(ack, respond, client, command):
        await ack(f"Running {command['text']}")
        await client.chat_postMessage(
            channel=command["channel_id"],
            text="Result",
            blocks=[section("Result"), {"type": "actions", "elements": [button("Form", "form")]}],
        )
        await respond("Only for you")

    @app.action("form")
    async def form(ack, client, body):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    async def submitted(ack, view):
        value = view["state"]["values"]["kw"]["keyword"]["value"]
        if len(value) < 3:
            await ack(response_action="errors", errors={"kw": "Too short"})
        else:
            await ack()

    @app.event("app_home_opened")
    async def home(client, event):
        view = {"type": "home", "blocks": [section("Welcome")]}
        await client.views_publish(user_id=event["user"], view=view)

    return app


async def test_a_bolt_app_answers_commands_buttons_forms_and_events():
    workspace = sample_workspace(clock=FakeClock())
    installed = workspace.install(MANIFEST)
    ana = workspace.user("ana").id
    async with Playground(workspace) as playground:
        bolt = bolt_app(playground.api_url, installed.bot_token, installed.signing_secret)
        runner = web.AppRunner(bolt.web_app("/slack/events"))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        installed.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            ack = await playground.slash("ana", "seo", "/gap", "best crm")
            assert ack.ok
            await playground.until(lambda: len(workspace.conversation("seo")) == 3)
            told = [one.text for one in workspace.conversation("seo", viewer=ana)]
            assert sorted(told) == ["Only for you", "Result", "Running best crm"]

            result = next(one for one in workspace.conversation("seo") if one.text == "Result")
            assert (await playground.click("ana", result, "Form")).ok
            await playground.until(lambda: workspace.modals.get(ana))
            await playground.submit_view("ana", {"Keyword": "x"})
            assert playground.modal("ana").errors == {"kw": "Too short"}
            await playground.submit_view("ana", {"Keyword": "best crm"})
            assert workspace.modals[ana] == []

            await playground.open_home("ana")
            await playground.until(lambda: (installed.id, ana) in workspace.homes)
        finally:
            await runner.cleanup()
