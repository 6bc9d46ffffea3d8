"""A private answer goes to Slack's own address and nowhere else."""

import logging
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from support.clock import FakeClock

from bot.render.slack.message import Message
from bot.settings.environment import Settings
from handlers.slack.client import slack_client
from handlers.slack.refusals import SlackRefused
from handlers.slack.reply_address import checked
from handlers.slack.web_api import SlackApi

SLACK = "https://slack.com/api/"
HELLO = Message("hello", [])


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/commands/T1/2/3",
        "https://hooks.slack-gov.com/actions/T1/2/3",
        "https://slack.com/hooks/1",
    ],
)
def test_slacks_addresses_are_answered(url):
    assert checked(url, SLACK) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/T1",
        "https://hooks.slack.com",
        "https://hooks.slack.com.evil.example/",
        "https://hooks.slack.com@evil.example/",
        "https://hooks.slack.com:x@evil.example/",
        "https://hooks.slack.com\\@evil.example/",
        "https://evil.example/https://hooks.slack.com/",
        "https://evilhooks.slack.com/",
        " https://hooks.slack.com/",
        "//hooks.slack.com/",
        "http://127.0.0.1/latest/meta-data",
        "file:///etc/passwd",
        "",
        None,
        5,
        ["https://hooks.slack.com/"],
    ],
)
def test_any_other_address_is_not(url):
    with pytest.raises(SlackRefused, match="not Slack's, so nothing was sent") as caught:
        checked(url, SLACK)
    assert caught.value.certain


@given(st.text(alphabet=st.sampled_from("htps:/@\\#?.%hookslackcomevil\t\n\r "), max_size=60))
def test_whatever_is_added_the_host_stays_slacks(more):
    assert urlsplit(checked(f"https://hooks.slack.com/{more}", SLACK)).hostname == "hooks.slack.com"


def test_the_base_that_was_set_may_answer_too_on_its_own_port_only():
    base = "http://127.0.0.1:8901/api/"
    assert checked("http://127.0.0.1:8901/response/1", base)
    for other in ("http://127.0.0.1:89012/", "http://127.0.0.1/", "https://127.0.0.1:8901/"):
        with pytest.raises(SlackRefused):
            checked(other, base)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status, caplog):
    caplog.set_level(logging.WARNING)
    seen = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=status, headers={"Location": "/internal"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here = f"http://127.0.0.1:{runner.addresses[0][1]}"
    clock = FakeClock()
    slack_api = SlackApi(
        slack_client(Settings(_env_file=None, slack_base_url=f"{here}/api/"), clock), clock
    )
    try:
        with pytest.raises(SlackRefused, match="not Slack's"):
            await slack_api.respond(f"{here}/response/1", HELLO)
        with pytest.raises(SlackRefused, match="not Slack's"):
            await slack_api.respond("http://localhost:1/response/1", HELLO)
    finally:
        await runner.cleanup()
    assert seen == ["/response/1"]
