"""`linkgap gap KEYWORD`: how many links it takes, and who could give them, in the terminal."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import click

from bot.analysis.run import NothingToSay, Progress
from bot.cli._question import question_options, read_question, typed
from bot.cli._shared import CHANNEL, PERSON, settings_in
from bot.cli._terminal import Terminal, say, say_json
from bot.model.question import Defaults, QuestionInput
from bot.model.report import Report, to_json
from bot.render.csv_file import csv_of
from bot.render.money import at_most, usually, warnings
from bot.render.report.headline import unnamed
from bot.render.report.terminal import text_report
from bot.settings.environment import Settings, load
from bot.store.ledger import Payer
from bot.store.workspace import CLI_TEAM
from bot.wiring import core


@dataclass(frozen=True, slots=True)
class _Answer:
    """The report, the time zone it is read in, and why it says nothing if so."""

    report: Report
    zone: ZoneInfo
    fault: NothingToSay | None = None


@click.command(name="gap")
@click.argument("keyword")
@question_options
@click.option(
    "--fresh", is_flag=True, help="Ask the vendors again even if a recent answer is stored."
)
@click.option("--gates/--no-gates", default=None, help="Check first what comes before links.")
@click.option(
    "--first-page",
    "top10",
    is_flag=True,
    help="Read ten ranking pages, not three, for these checks.",
)
@click.option(
    "--light", is_flag=True, help="Cheaper: only who links to the pages, no details of prospects."
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation, whatever it costs.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all prospects as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/report.schema.json).")
def command(
    *,
    keyword: str,
    fresh: bool,
    gates: bool | None,
    top10: bool,
    light: bool,
    yes: bool,
    as_csv: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Count the links that KEYWORD takes, and list who could give them.

    KEYWORD is read like the words after /gap: "best crm site:example.com in:de" is the same as
    "best crm" --site example.com --in de. Giving an option both ways is an error.
    """
    if as_csv and as_json:
        raise click.UsageError("Ask for --json or for --csv, not for both.")
    settings = load(Settings)
    flags = {"fresh": fresh or None, "top10": top10 or None, "light": light or None}
    asked = typed(keyword, gates=gates, **flags, **options)
    asked.question(Defaults())  # report an invalid question before anything is opened
    found = asyncio.run(_answer(settings, asked, yes=yes))
    if as_json:
        say_json(to_json(found.report, indent=2))
    elif as_csv:
        say(csv_of(found.report).decode("utf-8"), nl=False)
    else:
        Terminal().print(text_report(found.report, found.zone))
        if unnamed(found.report) and not found.report.is_empty:
            site = "" if found.report.site else "your site with `--site`, and "
            Terminal(stderr=True).print(f"\nName {site}your page with `--page`.")
    if found.fault is not None:
        raise found.fault
    if found.report.is_empty:
        raise NothingToSay("No answer: none of the counts could be read.", found.report)


async def _answer(settings: Settings, asked: QuestionInput, *, yes: bool) -> _Answer:
    said = Terminal(stderr=True)

    async def progress(so_far: Progress) -> None:
        need = so_far.report.need.needed
        known = f"The number is {need}. " if need is not None else ""
        said.print(f"{known}Reading {' and '.join(so_far.waiting)} …", style="dim")

    async with core(settings) as product:
        question = await read_question(product, asked, None)
        quote = await product.spending.quote(question, CLI_TEAM)
        said.print(" ".join(filter(None, (at_most(quote), usually(quote)))), style="dim")
        if not yes and product.spending.must_be_confirmed(quote):
            click.confirm("Spend that?", abort=True, err=True)
        zone = ZoneInfo((await settings_in(product, CLI_TEAM, CHANNEL)).time_zone)
        try:
            report = await product.analysis.run(
                question, run_id=uuid4().hex, team=CLI_TEAM, person=PERSON, progress=progress
            )
        except NothingToSay as fault:
            return _Answer(fault.report, zone, fault)
        payer = Payer(PERSON, question.site)
        vendors = [line.vendor for line in quote.lines]
        for warning in warnings(*await product.spending.near(CLI_TEAM, payer, vendors)):
            said.print(warning)
        return _Answer(report, zone)
