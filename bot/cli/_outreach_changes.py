"""`linkgap outreach set`, `import` and `suppress`: decisions, typed or from files."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli._outreach import (
    DOOR,
    as_option,
    board_of,
    person_named,
    site_meant,
    site_option,
    team_option,
    told,
)
from bot.cli._terminal import say
from bot.common.errors import BadQuestion, LinkGapError
from bot.common.harmless import one_line
from bot.exports.opening import open_text
from bot.model.outreach import By, Method, Outcome, Whom, read_domain, read_suppressed
from bot.outreach.decisions_file import TheirDecision, read_decisions, read_list, read_status
from bot.render.csv_file import written
from bot.render.words import Calendar, counted
from bot.settings.environment import Settings, load

_FILES = frozenset({".csv", ".tsv", ".txt", ".json", ".xls", ".xlsx", ".ods", ".lst", ".list"})
"""A word with such an ending that is no file is a misspelt one: no domain ends so."""


class LeftAsItIs(LinkGapError):
    """Raised when a change was refused; nothing was changed."""


@click.command("set")
@click.argument("domain")
@click.argument("status")
@as_option
@site_option
@click.option("--note", help="A note beside it.")
@click.option(
    "--method",
    type=click.Choice([one.value for one in Method]),
    help="How the link is acquired; search engines treat exchange and purchase differently.",
)
@team_option
def set_status(
    *,
    domain: str,
    status: str,
    person: str | None,
    site: str | None,
    note: str | None,
    method: str | None,
    team: str,
) -> None:
    """Say how things stand with DOMAIN: claimed, contacted, replied, declined, not_for_us or new.

    `won` is never typed: LinkGap sets it after it has seen the link on the page.
    """
    by, kind = By(person_named(person), DOOR), Method(method) if method else None
    wanted = TheirDecision(1, _domain(domain), read_status(status), note, kind)
    [outcome] = asyncio.run(_decide(team, site, [wanted], by))
    if outcome.refused is not None:
        raise LeftAsItIs(told(outcome))
    say(told(outcome))


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@as_option
@site_option
@team_option
def import_decisions(*, file: Path, person: str | None, site: str | None, team: str) -> None:
    """Take decisions that were made elsewhere from a CSV file with the columns domain and status.

    A file with a line that cannot be read is refused as a whole. What somebody else holds, or was
    written to already, stays as it is and is named.
    """
    by = By(person_named(person), DOOR)
    decisions = read_decisions("".join(open_text(file).lines()), file.name)
    outcomes = asyncio.run(_decide(team, site, decisions, by))
    changed = sum(one.changed for one in outcomes)
    for one in outcomes:
        if one.refused is not None:
            say(told(one))
    refused = sum(one.refused is not None for one in outcomes)
    same = len(outcomes) - changed - refused
    say(f"{counted(changed, 'decision')} taken, {same:,} known already, {refused:,} left out.")


@click.command("suppress")
@click.argument("what", nargs=-1, metavar="[FILE|DOMAIN|ADDRESS]…")
@click.option("--export", "as_csv", is_flag=True, help="Print the list as CSV.")
@click.option("--lift", metavar="DOMAIN", help="Take a domain or an address off the list.")
@click.option("--reason", help="Why; with --lift it is needed and kept.")
@as_option
@team_option
def suppress(
    *,
    what: tuple[str, ...],
    as_csv: bool,
    lift: str | None,
    reason: str | None,
    person: str | None,
    team: str,
) -> None:
    """Never contact a domain or an e-mail address again: for the whole team, and for good.

    Without words it prints the list. FILE has one a line, such as --export writes. Only somebody
    in LINKGAP_OWNERS takes one off, with --lift, --as and --reason.
    """
    if sum((bool(what), as_csv, lift is not None)) > 1:
        raise click.UsageError("Name whom to suppress, or --export, or --lift; one at a time.")
    if lift is not None:
        by = By(person_named(person), DOOR)
        gone = asyncio.run(_lift(team, lift, by, reason or ""))
        say(f"{lift} may be contacted again." if gone else f"{lift} is not on the list.")
    elif what:
        by = By(person_named(person or "command line"), DOOR)
        names = _named(what)
        new = asyncio.run(_suppress(team, names, by, reason or ""))
        say(f"{new:,} added, {len(names) - new:,} on the list already.")
    else:
        asyncio.run(_show(team, as_csv=as_csv))


async def _decide(
    team: str, site: str | None, decisions: Sequence[TheirDecision], by: By
) -> list[Outcome]:
    settings, outcomes = load(Settings), []
    async with board_of(settings) as (board, database):
        meant = await site_meant(database, settings, team, site)
        for one in decisions:
            whom = Whom(team, meant, one.domain)
            outcome = await board.change(whom, one.status, by)
            if outcome.refused is None:
                await board.annotate(whom, by, note=one.note, method=one.method)
            outcomes.append(outcome)
    return outcomes


async def _suppress(team: str, names: Sequence[str], by: By, reason: str) -> int:
    async with board_of() as (board, _):
        return sum([await board.suppress(team, name, by, reason=reason) for name in names])


async def _lift(team: str, what: str, by: By, reason: str) -> bool:
    async with board_of() as (board, _):
        return await board.lift(team, what, by, reason=reason)


async def _show(team: str, *, as_csv: bool) -> None:
    async with board_of() as (board, _):
        found = await board.suppressed(team)
    if as_csv:
        rows = ([one.what, one.by, f"{one.at:%Y-%m-%d}", one.reason] for one in found)
        say(written(("domain", "by", "since", "reason"), rows).decode("utf-8"), nl=False)
        return
    for one in found:
        why = f": {one_line(one.reason)}" if one.reason else ""
        say(f"{one.what}  by {one.by} on {Calendar().day(one.at)}{why}")
    say(f"{counted(len(found), 'name')} on the list Never contact.")


def _domain(text: str) -> str:
    found = read_domain(text)
    if found is None:
        raise BadQuestion(f"“{text[:60]}” is no domain. Write it like example.com.")
    return found


def _named(words: Sequence[str]) -> list[str]:
    """Return what words and the lines of files name, each once; raises `BadQuestion` for others."""
    found: list[str] = []
    for word in words:
        path = Path(word)
        names = [word]
        if path.is_file():
            names = [*read_list("".join(open_text(path).lines()))]
        elif path.suffix.lower() in _FILES:
            raise BadQuestion(
                f"There is no file “{word[:80]}”. Nothing was changed. Check folder and name."
            )
        odd = [name for name in names if read_suppressed(name) is None]
        if odd:
            raise BadQuestion(
                f"“{odd[0][:60]}” is neither a domain, an e-mail address nor a file. Nothing was "
                "changed. Write example.com or name@example.com, one a line."
            )
        found += [name for one in names if (name := read_suppressed(one))]
    return list(dict.fromkeys(found))
