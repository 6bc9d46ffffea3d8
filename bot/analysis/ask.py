"""Asks the questions of one run through the gateway, and records how each ended."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.common.errors import BudgetExceeded, LinkGapError, ProviderError, Unavailable
from bot.model.report import Source, SourceState
from bot.planning.asks import Ask
from bot.providers.base import Answer
from bot.providers.gateway import Gateway
from bot.spending.budget import RunBudget


@dataclass
class Asker:
    """The questions asked so far; `fresh` ignores cached answers."""

    gateway: Gateway
    budget: RunBudget
    fresh: bool
    _noted: list[Source | None] = field(default_factory=list)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return how each question ended, in the order in which they were asked."""
        return tuple(source for source in self._noted if source)

    async def all(self, asks: Sequence[Ask]) -> list[Answer[object] | None]:
        """Ask questions in parallel; the result is None where there is no answer.

        Costs are reserved one by one in this order, so that under a tight cap the first questions
        are paid for. Questions that the cap is expected to refuse come last, after all others are
        answered.
        """
        fitting = [ask for ask in asks if not ask.beyond_the_cap]
        beyond = [ask for ask in asks if ask.beyond_the_cap]
        first = iter(await self._in_turn(fitting))
        last = iter(await self._in_turn(beyond))
        return [next(last if ask.beyond_the_cap else first) for ask in asks]

    def left_out(self, provider: str, what: str, why: str) -> None:
        """Record a question that was left out on purpose."""
        self._noted.append(Source(provider, what, SourceState.NOT_ASKED, None, None, None, why))

    def looked(self, source: Source) -> None:
        """Record what was read besides the vendors' answers."""
        self._noted.append(source)

    async def _in_turn(self, asks: Sequence[Ask]) -> list[Answer[object] | None]:
        """Start each question once the previous one is reserved, and wait for all answers."""
        in_progress: list[asyncio.Task[Answer[object] | None]] = []
        try:
            for ask in asks:
                reserved = asyncio.Event()
                in_progress.append(asyncio.create_task(self._one(ask, reserved)))
                await reserved.wait()
            return await asyncio.gather(*in_progress)
        except BaseException:
            for task in in_progress:
                task.cancel()
            await asyncio.gather(*in_progress, return_exceptions=True)
            raise

    async def _one(self, ask: Ask, reserved: asyncio.Event) -> Answer[object] | None:
        try:
            return await self._asked(ask, reserved)
        finally:
            reserved.set()

    async def _asked(self, ask: Ask, reserved: asyncio.Event) -> Answer[object] | None:
        place = len(self._noted)
        self._noted.append(None)
        try:
            answer = await self.gateway.ask(
                ask.vendor,
                ask.capability,
                ask.query,
                self.budget,
                fresh=self.fresh,
                reserved=reserved,
            )
        except BudgetExceeded as error:
            self._noted[place] = _unanswered(ask, SourceState.NOT_ASKED, error)
            return None
        except ProviderError as error:
            if ask.on_the_off_chance and isinstance(error, Unavailable):
                return None
            self._noted[place] = _unanswered(ask, SourceState.UNAVAILABLE, error)
            return None
        self._noted[place] = Source(
            provider=ask.vendor.name,
            what=ask.what,
            state=SourceState.OK if answer.complete else SourceState.PARTIAL,
            rows=len(answer.rows),
            complete=answer.complete,
            as_of=answer.as_of,
            note=" ".join(answer.notes) or None,
            capability=ask.capability,
        )
        return answer


def _unanswered(ask: Ask, state: SourceState, error: LinkGapError) -> Source:
    return Source(
        ask.vendor.name, ask.what, state, None, None, None, str(error), capability=ask.capability
    )
