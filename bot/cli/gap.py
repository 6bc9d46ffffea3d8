"""`linkgap gap KEYWORD`: the main job in the terminal."""

import asyncio
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import click
from rich.console import Console

from bot import preferences
from bot.analysis import NothingToSay, Progress
from bot.question import Defaults, Question, make
from bot.render.money import at_most, usually, warnings
from bot.render.terminal import text_report
from bot.report import Report, to_json
from bot.settings import Settings, load
from bot.store.ledger import Payer
from bot.store.workspace import CLI_TEAM
from bot.wiring import Core, core

PERSON = "command line"
"""Who asks here, for caps and in the ledger."""


@click.command(name="gap")
@click.argument("keyword")
@click.option("--site", help="Our domain, like example.com. Default: as `linkgap settings` says.")
@click.option(
    "--page", help="Our page for this keyword: its URL, or none if there is no such page."
)
@click.option("--in", "country", help="Country of the search, two letters. Default: the site's.")
@click.option("--lang", help="Language of the search, two letters. Default: the site's.")
@click.option("--vs", multiple=True, help="Compare with this page; repeat it. No search is bought.")
@click.option(
    "--via",
    default="",
    help="Just these vendors, comma separated. Default: the first in order.",
)
@click.option("--serp", help="Vendor of search results. Default: the first of --via that has them.")
@click.option("--fresh", is_flag=True, help="Ask vendors again even if a recent answer is kept.")
@click.option("--gates/--no-gates", default=True, help="Check our page before the links.")
@click.option(
    "--first-page", "top10", is_flag=True, help="Read ten ranking pages to tell their kind."
)
@click.option("--light", is_flag=True, help="The cheaper plan: page linkers only, no enrichment.")
@click.option("--yes", is_flag=True, help="Do not ask back, whatever it may cost.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/report.schema.json).")
def command(
    *,
    keyword: str,
    site: str | None,
    page: str | None,
    country: str | None,
    lang: str | None,
    vs: tuple[str, ...],
    via: str,
    serp: str | None,
    fresh: bool,
    gates: bool,
    top10: bool,
    light: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Say how many referring domains KEYWORD takes, and who links to the top 3 and not to us."""
    settings = load(Settings)
    asked = partial(
        make,
        keyword,
        site=site,
        page=page,
        country=country,
        language=lang,
        vs=vs,
        via=tuple(name.strip() for name in via.split(",") if name.strip()),
        serp=serp,
        fresh=fresh,
        gates=gates,
        top10=top10,
        light=light,
    )
    asked(Defaults())  # a fault is told before anything is opened
    try:
        _print(asyncio.run(_answer(settings, asked, yes=yes)), as_json=as_json)
    except NothingToSay as error:
        _print(error.report, as_json=as_json)
        raise


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(report, indent=2))
    else:
        Console().print(text_report(report))


async def _question(product: Core, asked: Callable[[Defaults], Question]) -> Question:
    """Return the question with what holds here where nothing was said."""
    wishes = await product.database.read(lambda db: preferences.wishes_of(db, CLI_TEAM))
    here = preferences.in_channel(product.settings, wishes, None)
    question = asked(preferences.defaults(here, wishes))
    return asked(preferences.defaults(here, wishes, question.site))


async def _answer(
    settings: Settings, asked: Callable[[Defaults], Question], *, yes: bool
) -> Report:
    said = Console(stderr=True, highlight=False)

    async def progress(so_far: Progress) -> None:
        need = so_far.report.need.needed
        known = f"The number is {need}. " if need is not None else ""
        said.print(f"{known}Reading {' and '.join(so_far.waiting)} …", style="dim")

    async with core(settings) as product:
        question = await _question(product, asked)
        quote = await product.books.quote(question, CLI_TEAM)
        said.print(" ".join(filter(None, (at_most(quote), usually(quote)))), style="dim")
        if not yes and product.books.must_be_confirmed(quote):
            click.confirm("Spend that?", abort=True, err=True)
        report = await product.analysis.run(
            question, run_id=uuid4().hex, team=CLI_TEAM, person=PERSON, progress=progress
        )
        payer = Payer(PERSON, question.site)
        vendors = [line.vendor for line in quote.lines]
        for warning in warnings(*await product.books.near(CLI_TEAM, payer, vendors)):
            said.print(warning)
        return report
