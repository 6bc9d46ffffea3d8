"""`linkgap outreach`: the prospects of all keywords in one list, and how each stands."""

import asyncio

import click
from rich.table import Table
from rich.text import Text

from bot.cli._outreach import board_of, site_option, team_option
from bot.cli._outreach_changes import import_decisions, set_status, suppress
from bot.cli._terminal import Terminal, say, say_json
from bot.model.outreach import Status
from bot.model.question import read_site
from bot.outreach.lists import Row, buzzstream_of, csv_of, json_of, rows_of
from bot.render.words import Calendar, counted, number, words_or_unknown
from bot.store.workspace import CLI_TEAM

_SHOWN = 50
_STATUSES = [one.value for one in Status]


@click.group("outreach", invoke_without_command=True)
@site_option
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice(_STATUSES),
    help="Only prospects that stand so; may be given several times.",
)
@click.option("--keyword", metavar="KEYWORD", help="Only prospects that were seen for it.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all of them as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print all of them as JSON.")
@click.option(
    "--for",
    "tool",
    type=click.Choice(["buzzstream"]),
    help="Print CSV in the order of columns that this tool imports.",
)
@team_option
@click.pass_context
def command(
    context: click.Context,
    *,
    site: str | None,
    statuses: tuple[str, ...],
    keyword: str | None,
    as_csv: bool,
    as_json: bool,
    tool: str | None,
    team: str,
) -> None:
    """List the prospects of all keywords, best first.

    Shows who holds each and how it stands. Whom nobody may contact (`linkgap outreach suppress`)
    is never among them. Nothing is asked or spent.
    """
    if context.invoked_subcommand is not None:
        if any((site, statuses, keyword, as_csv, as_json, tool)) or team != CLI_TEAM:
            raise click.UsageError(
                f"Write the options after the word {context.invoked_subcommand}."
            )
        return
    if as_json and (as_csv or tool):
        raise click.UsageError("Ask for --json or for CSV, not for both.")
    wanted = [Status(one) for one in statuses] or None
    rows = asyncio.run(_rows(team, read_site(site) if site else None, wanted, keyword))
    if as_json:
        say_json(json_of(rows))
    elif as_csv or tool:
        made = buzzstream_of(rows) if tool else csv_of(rows)
        say(made.decode("utf-8"), nl=False)
    else:
        _print(rows)


async def _rows(
    team: str, site: str | None, statuses: list[Status] | None, keyword: str | None
) -> tuple[Row, ...]:
    async with board_of() as (board, _):
        found = await board.entries(team, site=site, statuses=statuses, keyword=keyword)
        return rows_of(found, await board.readings(team), await board.withheld(team, site))


def _print(rows: tuple[Row, ...]) -> None:
    console = Terminal()
    if not rows:
        console.print(
            "No prospects here. Ask `linkgap gap KEYWORD --site DOMAIN` first: its prospects are "
            "remembered.",
            soft_wrap=True,
        )
        return
    sites = {row.site for row in rows}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("Domain and linking page", "Score", "Status", "Owner", "Since"):
        table.add_column(name, justify="right" if name == "Score" else "left", overflow="fold")
    for row in rows[:_SHOWN]:
        page = words_or_unknown(row.linking_page or "", 120)
        client = f" for {words_or_unknown(row.site, 60)}" if len(sites) > 1 and row.site else ""
        table.add_row(
            Text.assemble(words_or_unknown(row.domain, 60), client, "\n", (page, "dim")),
            Text(number(row.score)),
            Text(row.status.value),
            Text(words_or_unknown(row.owner, 40) if row.owner else ""),
            Text(Calendar().day(row.since)),
        )
    console.print(table)
    more = f"; the best {_SHOWN:,} are here, --csv has all" if len(rows) > _SHOWN else ""
    console.print(f"{counted(len(rows), 'prospect')}{more}.", soft_wrap=True)


for one in (set_status, import_decisions, suppress):
    command.add_command(one)
