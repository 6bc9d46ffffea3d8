"""A started playground with a fake app in it and a client that talks to its Web API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from fakes.slack.slack_app import SlackApp, slack_app
from slack_sdk.web.async_client import AsyncWebClient
from support.clock import FakeClock

from playground.model import App, Channel, Command, Message
from playground.sample import sample_workspace
from playground.server import Playground

EVENTS = frozenset({"app_mention", "app_home_opened"})


@dataclass
class World:
    playground: Playground
    endpoint: SlackApp
    app: App
    client: AsyncWebClient
    clock: FakeClock

    def channel(self, name: str) -> Channel:
        return self.playground.workspace.channel(name)

    def latest(self, channel: str) -> Message:
        return self.playground.workspace.messages[self.channel(channel).id][-1]

    def bot_joins(self, channel: str) -> None:
        self.channel(channel).members.add(self.app.bot_user)


@asynccontextmanager
async def world(
    *, should_escape: bool = True, **playground_options: object
) -> AsyncIterator[World]:
    clock = FakeClock()
    workspace = sample_workspace(clock=clock)
    async with slack_app() as endpoint, aiohttp.ClientSession() as session:
        app = workspace.add_app(
            "LinkGap",
            commands=(Command("/gap", should_escape=should_escape),),
            events=EVENTS,
            request_url=endpoint.url,
        )
        async with Playground(workspace, **playground_options) as playground:
            client = AsyncWebClient(app.bot_token, base_url=playground.api_url, session=session)
            yield World(playground, endpoint, app, client, clock)
