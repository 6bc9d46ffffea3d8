"""Reads tracked keywords for the command line: prints the price, then the results or errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import click

from bot.cli._question import described
from bot.cli._shared import PERSON
from bot.cli._terminal import Terminal, say
from bot.common.errors import LinkGapError
from bot.model.costs import Quote
from bot.model.report import CostLine
from bot.model.tracking import Snapshot, TrackedKeyword
from bot.render.money import at_most, warnings
from bot.render.report import sentences
from bot.render.tracking.tracked_words import quoted, seen_at, standing
from bot.render.words import shown
from bot.store import ledger
from bot.store.ledger import Payer
from bot.store.workspace import CLI_TEAM
from bot.tracking.digest import read_run
from bot.tracking.refresh import Outcome
from bot.wiring import Core


class NothingRead(LinkGapError):
    """Raised when there were keywords to read and none could be read."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Read:
    """The outcome of each keyword, and the total cost."""

    outcomes: tuple[Outcome, ...] = ()
    cost: tuple[CostLine, ...] = ()
    sample: bool = False

    @property
    def found(self) -> bool:
        """Say whether anything was read."""
        return any(one.snapshot for one in self.outcomes)


def tell_price(quote: Quote) -> None:
    """Say on stderr what it may cost at most."""
    Terminal(stderr=True).print(at_most(quote), style="dim", soft_wrap=True)


def agree(product: Core, quote: Quote, *, yes: bool) -> None:
    """Print the price, and ask for confirmation if it is above the owner's limit."""
    tell_price(quote)
    if not yes and product.spending.must_be_confirmed(quote):
        click.confirm("Spend that?", abort=True, err=True)


async def read_now(product: Core, keywords: Sequence[TrackedKeyword], channel: str) -> Read:
    """Read keywords of one channel; the week's digest includes the cost."""
    run_id = read_run(channel, uuid4().hex)
    outcomes = await product.tracking.refresh(keywords, run_id=run_id, person=PERSON)
    until = product.clock.now()
    cost = await product.database.read(
        lambda db: ledger.spent_in(db, CLI_TEAM, channel, run_id, since=None, until=until)
    )
    for site in dict.fromkeys(one.question.site for one in keywords):
        payer = Payer(PERSON, site, channel)
        near = await product.spending.near(CLI_TEAM, payer, [line.provider for line in cost])
        for warning in warnings(*near):
            say(warning, err=True)
    return Read(outcomes, cost, sample=any(one.snapshot.sample for one in outcomes if one.snapshot))


def print_read(read: Read) -> None:
    """Print a line a keyword, and the cost."""
    console = Terminal()
    for one in read.outcomes:
        console.print(sentence_of(one.tracked, one.snapshot, one.fault), soft_wrap=True)
    if read.outcomes:
        console.print(sentences.cost(read.cost), soft_wrap=True)
    if read.sample:
        console.print(sentences.SAMPLE, soft_wrap=True)


def sentence_of(keyword: TrackedKeyword, snapshot: Snapshot | None, fault: str | None) -> str:
    """Return what was found for a keyword, or why nothing was."""
    who = f"{quoted(keyword.question.keyword)} ({described(keyword.question)})"
    if snapshot is None:
        return f"{who} was not read. {shown(fault, 300) if fault else ''}".rstrip()
    return f"{who}: {standing(snapshot)}; {seen_at(snapshot)}."
