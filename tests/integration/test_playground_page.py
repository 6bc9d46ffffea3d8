"""The playground page in a browser."""

import aiohttp
import pytest
from fakes.slack.playground_scene import button, tell
from fakes.slack.playground_world import world
from support.chromium import PROGRAM, chromium

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Name our page"},
    "submit": {"type": "plain_text", "text": "Use it"},
    "blocks": [
        {
            "type": "input",
            "block_id": "page",
            "label": {"type": "plain_text", "text": "Address"},
            "element": {"type": "plain_text_input", "action_id": "url"},
        },
        *(
            {
                "type": "input",
                "block_id": block_id,
                "optional": True,
                "label": {"type": "plain_text", "text": "Another address"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": "url",
                    "initial_value": "https://ledgerly.example/",
                },
            }
            for block_id in ("kept", "emptied")
        ),
    ],
}


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium here; `apt-get install chromium` adds it")
async def test_a_reader_sees_the_answer_opens_its_thread_and_presses_buttons():
    async with world() as slack, chromium() as tab:
        await tell(slack)
        await tab.open(f"{slack.playground.url}/?user=ana#seo")
        await tab.see("document.querySelector('.message table')?.innerText.includes('finstack')")
        await tab.see("document.querySelector('.ephemeral')?.innerText.includes('Only visible')")

        await tab.click(".replies")
        await tab.see("document.querySelector('#thread .data-table')")
        await tab.see("document.querySelector('#thread .pager-place').innerText === '1–10 of 25'")
        await tab.click("#thread [aria-label='Next page']")
        await tab.see("document.querySelector('#thread .pager-place').innerText === '11–20 of 25'")
        await tab.see("document.querySelectorAll('#thread svg.chart').length === 2")
        await tab.see("document.querySelector('#thread .file a[download]')")

        await tab.click("#channel [data-action=all]")
        await slack.endpoint.deliveries(1)
        await tab.click("#channel [data-action=again]")
        await tab.click("#confirm .primary")
        got = await slack.endpoint.deliveries(2)
        pressed = [one.payload["actions"][0]["action_id"] for one in got]
        assert pressed == ["all", "again"]

        await slack.client.views_open(trigger_id=got[1].payload["trigger_id"], view=MODAL)
        await tab.see("document.querySelector('#field-emptied')")
        await tab.run("document.querySelector('#field-emptied').value = ''")
        await tab.type("#modal input", "https://ledgerly.example/page")
        got = await slack.endpoint.deliveries(3)
        values = got[2].payload["view"]["state"]["values"]
        assert {block: fields["url"]["value"] for block, fields in values.items()} == {
            "page": "https://ledgerly.example/page",
            "kept": "https://ledgerly.example/",
            "emptied": None,
        }
        await tab.see("!document.querySelector('#modal').open")

        await tab.type("#channel .composer textarea", "/gap best crm")
        got = await slack.endpoint.deliveries(4)
        assert got[3].payload["text"] == "best crm"
        assert tab.complaints == []


async def test_the_private_api_accepts_only_json_and_known_actions():
    async with world() as slack, aiohttp.ClientSession() as session:
        page = f"{slack.playground.url}/page"
        deed = {"user": slack.playground.workspace.user("ana").id, "channel": "seo", "text": "hi"}

        async def post(name: str, **body: object) -> int:
            async with session.post(f"{page}/{name}", **body) as answer:
                return answer.status

        assert await post("say", data=deed) == 404
        assert await post("shout", json=deed) == 404
        assert await post("say", json={}) == 400
        assert slack.playground.workspace.conversation("seo") == []
        assert await post("say", json=deed) == 200
        assert [one.text for one in slack.playground.workspace.conversation("seo")] == ["hi"]
        async with session.post(f"{page}/say", json={**deed, "channel": "C404"}) as answer:
            assert (await answer.json())["error"] == "channel_not_found"


async def test_actions_on_the_page_happen_in_the_workspace():
    async with world() as slack, aiohttp.ClientSession() as session:
        workspace = slack.playground.workspace
        ana, ben = workspace.user("ana").id, workspace.user("ben").id

        async def do(deed: str, **body: object) -> dict:
            url = f"{slack.playground.url}/page/{deed}"
            async with session.post(url, json={"user": ana, **body}) as answer:
                return await answer.json()

        direct = await do("direct", **{"with": ben})
        assert workspace.channel(direct["channel"]).members == {ana, ben}

        await do("home", app=slack.app.id)
        assert slack.endpoint.got[0].payload["event"]["type"] == "app_home_opened"
        blocks = [{"type": "actions", "elements": [button("Go", "go")]}]
        await slack.client.views_publish(user_id=ana, view={"type": "home", "blocks": blocks})
        assert await do("click", view="home", app=slack.app.id, action_id="go") == {
            "ok": True,
            "error": None,
        }

        trigger_id = slack.endpoint.got[1].payload["trigger_id"]
        opened = await slack.client.views_open(trigger_id=trigger_id, view=MODAL)
        await do("submit", filled={})
        assert workspace.modals[ana][0].errors
        answer = await do("click", view=opened["view"]["id"], action_id="no such thing")
        assert answer["error"] == "action_not_found"
        await do("close")
        assert workspace.modals[ana] == []


async def test_a_file_is_served_as_a_download_and_nothing_else_is():
    async with world() as slack, aiohttp.ClientSession() as session:
        slack.bot_joins("seo")
        await slack.client.files_upload_v2(
            channel=slack.channel("seo").id, filename="a.csv", content="a,b\n"
        )
        file = slack.latest("seo").files[0]
        async with session.get(f"{slack.playground.url}/files/{file}/a.csv") as answer:
            assert await answer.text() == "a,b\n"
            assert answer.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
        for path in ("/files/F404/a.csv", "/static/missing.js", "/static/..%2fserver.py"):
            async with session.get(f"{slack.playground.url}{path}") as answer:
                assert answer.status == 404


async def test_the_page_state_is_what_this_viewer_may_see():
    async with world() as slack, aiohttp.ClientSession() as session:
        await tell(slack)

        async def state(user: str) -> dict:
            where = {"user": user, "channel": "seo"}
            async with session.get(f"{slack.playground.url}/page/state", params=where) as answer:
                return await answer.json()

        ana, mei = await state("ana"), await state("mei")
        assert "leadership" in [one["name"] for one in ana["channels"]]
        assert "leadership" not in [one["name"] for one in mei["channels"]]
        assert [one["ephemeral"] for one in ana["messages"]].count(True) == 1
        assert [one["ephemeral"] for one in mei["messages"]].count(True) == 0
