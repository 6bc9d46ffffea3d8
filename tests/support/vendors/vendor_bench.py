"""A vendor configured by its contract cases and asked through the real gateway.

Its server is scripted: the first requests get the script's answers, all later ones the default.
"""

import os
import runpy
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.clock import FakeClock
from support.vendors.contract_cases import ContractCases, Reply, Said
from support.wallet import MemoryWallet

from bot.providers.base import Answer, Call, Capability, NotConfigured, Vendor
from bot.providers.gateway import Gateway, Wallet
from bot.providers.registry import GROUP, discover
from bot.settings.environment import Settings, load

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES: dict[str, ContractCases] = {
    path.parent.name: runpy.run_path(str(path))["CONTRACT_CASES"]
    for path in sorted(FIXTURES.glob("*/contract_cases.py"))
}
REGISTERED = {entry.name: entry for entry in entry_points(group=GROUP)}
EVERY_CASE = pytest.mark.parametrize(
    ("name", "capability"),
    [
        pytest.param(name, capability, id=f"{name}-{capability}")
        for name, contract in CASES.items()
        for capability in contract.cases
    ],
)

Step = Said | type[httpx.TransportError]


def built(
    name: str, monkeypatch: pytest.MonkeyPatch, folder: Path, *, configured: bool = True
) -> Vendor | NotConfigured:
    """Build a vendor through the registry, from the environment of its contract cases only.

    A vendor that is not registered is treated as a built-in one.
    """
    env = CASES[name].env if configured else {}
    name = (name in CASES and CASES[name].vendor) or name
    entry = REGISTERED.get(name) or EntryPoint(name, f"bot.providers.{name}.vendor:build", GROUP)
    monkeypatch.chdir(folder)
    for variable in [one for one in os.environ if one.startswith("LINKGAP_")]:
        monkeypatch.delenv(variable)
    for variable, value in env.items():
        monkeypatch.setenv(variable, value)
    registry = discover(load(Settings, None), FakeClock(), [entry])
    return (*registry.vendors, *registry.not_configured)[0]


@dataclass
class Bench:
    """One vendor, its contract cases, and what was sent to it."""

    vendor: Vendor
    contract: ContractCases
    clock: FakeClock = field(default_factory=FakeClock)
    wallet: Wallet = field(default_factory=MemoryWallet)
    sent: list[httpx.Request] = field(default_factory=list)

    def planned(self, capability: Capability) -> tuple[Call, ...]:
        """Return the first requests that the case's question takes."""
        adapter: Any = self.vendor.capabilities[capability]
        calls: tuple[Call, ...] = adapter.plan(self.contract.cases[capability].query)
        return calls

    async def ask(
        self,
        capability: Capability,
        then: Said,
        *first: Step,
        query: object = None,
        fresh: bool = False,
    ) -> Answer[Any]:
        """Ask the case's question, or `query`, while the server answers `first` and then `then`."""
        script = list(first)

        async def answer(request: httpx.Request) -> httpx.Response:
            self.sent.append(request)
            step = script.pop(0) if script else then
            if isinstance(step, type):
                raise step("the line broke", request=request)
            reply = step if isinstance(step, Reply) else step(request)
            return reply.response()

        question = self.contract.cases[capability].query if query is None else query
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            gateway = Gateway(client, self.clock)
            return await gateway.ask(self.vendor, capability, question, self.wallet, fresh=fresh)
