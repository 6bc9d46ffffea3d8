"""A Bolt app that answers Slack at the moment of an ack.

Bolt itself looks every ten milliseconds whether a listener has acknowledged. That rounds each
answer up to the next look, and in a crowd the looks alone keep the processor busy.
"""

import asyncio
from typing import Any, cast

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.listener.asyncio_runner import AsyncioListenerRunner


class PromptAck(AsyncAck):
    """An ack that wakes whoever waits for it; the first word counts."""

    def __init__(self) -> None:
        self.given: asyncio.Future[BoltResponse | None] = asyncio.get_running_loop().create_future()
        self.response: BoltResponse | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        """Take note of a response, which Bolt and error handlers set from outside."""
        super().__setattr__(name, value)
        if name == "response" and value is not None and not self.given.done():
            self.given.set_result(value)

    def give_up(self) -> None:
        """Wake whoever waits, with nothing: the time for an ack is over."""
        if not self.given.done():
            self.given.set_result(None)


class PromptRunner(AsyncioListenerRunner):
    """Runs a listener beside the request that it answers, and waits for nothing but its ack."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._at_work: set[asyncio.Task[None]] = set()

    async def run(
        self,
        request: AsyncBoltRequest,
        response: BoltResponse | None,
        listener_name: str,  # noqa: ARG002 - Bolt's signature
        listener: AsyncListener,
        starting_time: float | None = None,  # noqa: ARG002 - Bolt's signature
    ) -> BoltResponse:
        """Return what the listener acknowledged with, or an empty answer when it is late."""
        ack = PromptAck()
        request.context["ack"] = ack
        if listener.auto_acknowledgement:
            await ack()
        task = asyncio.create_task(self._run_ack_function(listener, ack, request, response))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        late = asyncio.get_running_loop().call_later(listener.ack_timeout, ack.give_up)
        acknowledged = await ack.given
        late.cancel()
        if acknowledged is None:
            # With nothing returned Bolt would ask the next listener, which knows nothing of it.
            self.logger.warning("A listener did not acknowledge in time")
            return response or BoltResponse(status=200)
        return acknowledged if response is None else response

    async def _run_ack_function(
        self,
        listener: AsyncListener,
        ack: PromptAck,
        request: AsyncBoltRequest,
        response: BoltResponse | None,
    ) -> None:
        try:
            await listener.run_ack_function(
                request=request, response=cast("BoltResponse", response)
            )
        except Exception as error:  # noqa: BLE001 - the boundary that `app.error` is given
            if ack.response is None:
                response = response or BoltResponse(status=500)
                response.status = 500
            else:
                response = None
            await self.listener_error_handler.handle(error, request, response)
            ack.response = response


class PromptApp(AsyncApp):
    """An `AsyncApp` in all else. It has no lazy listeners, and responds before listeners end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        bolts = self._async_listener_runner
        self._async_listener_runner = PromptRunner(
            bolts.logger,
            bolts.process_before_response,
            bolts.listener_error_handler,
            bolts.listener_start_handler,
            bolts.listener_completion_handler,
            bolts.lazy_listener_runner,
        )
