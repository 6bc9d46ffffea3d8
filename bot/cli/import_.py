"""`linkgap import FILE… [--for TARGET] [--json]`: imports the user's own CSV downloads."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

import click
from rich.table import Table
from rich.text import Text

from bot.cli._terminal import Terminal, say_json
from bot.common.clock import SystemClock
from bot.common.errors import BadQuestion, LinkGapError
from bot.exports.limited import Part, Recognised, parts_of
from bot.model.links import Scope, Target
from bot.model.question import read_site, read_url
from bot.render.words import counted
from bot.settings.environment import Settings, load
from bot.store.connect import Database
from bot.store.imports import (
    Outcome,
    add_rows,
    begin_import,
    drop_import,
    finish_import,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """The result for one file: `error` if it was rejected, otherwise the other fields."""

    path: Path
    what: Recognised | None = None
    outcome: Outcome | None = None
    replaced: tuple[str, ...] = ()
    error: str | None = None


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--for",
    "about",
    metavar="TARGET",
    help="The page (its URL) or site (example.com) that the files are about. Needed only where a "
    "file does not say it: lists of referring domains, Search Console.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list instead of a table.")
def command(files: tuple[Path, ...], about: str | None, *, as_json: bool) -> None:
    """Import backlink exports of other tools.

    Of Ahrefs, Semrush, Majestic, Moz, Search Console or Bing: CSV in any of their encodings,
    .csv.gz or .xlsx. Importing a file again replaces it. A complete file also replaces older ones
    of the same tool and kind about the same targets, unless one command names both.

    Exit code: 0 if every file was imported (broken rows are counted and shown), 1 if one was
    rejected (the others are imported).
    """
    target = None if about is None else read_target(about)
    settings = load(Settings)
    taken = asyncio.run(_import_all(files, target, settings))
    if as_json:
        say_json(json.dumps([_as_json(one) for one in taken], indent=2, ensure_ascii=False))
    else:
        _print(taken)
    if any(one.error for one in taken):
        sys.exit(1)


def read_target(text: str) -> Target:
    """Read TARGET: a URL with a path is a page (`/` is the home page), a bare host is a site.

    Raises `BadQuestion`.
    """
    if "/" in text.split("://", 1)[-1]:
        return Target(Scope.PAGE, read_url(text))
    return Target(Scope.SITE, read_site(text))


async def _import_all(
    files: tuple[Path, ...], target: Target | None, settings: Settings
) -> list[Taken]:
    clock = SystemClock()
    database = await Database.open(settings.db, clock)
    try:
        now = clock.now()
        return [await _import(database, path, target, settings.site, now) for path in files]
    finally:
        await database.close()


async def _import(
    database: Database, path: Path, target: Target | None, site: str | None, now: datetime
) -> Taken:
    try:
        async with aclosing(parts_of(path, target, site)) as parts:
            return await _store(database, path, parts, now)
    except LinkGapError as error:
        return Taken(path, error=str(error))


async def _store(
    database: Database, path: Path, parts: AsyncIterator[Part], now: datetime
) -> Taken:
    what, outcome = None, None
    import_id = 0
    try:
        async for part in parts:
            if isinstance(part, Recognised):
                what = part
                import_id = await database.run(partial(begin_import, facts=part.facts, now=now))
            elif isinstance(part, Outcome):
                outcome = part
            else:
                await database.run(partial(add_rows, import_id=import_id, rows=part))
        if outcome is None:
            _refuse_half(path)
        replaced = await database.run(partial(finish_import, import_id=import_id, outcome=outcome))
    except BaseException:
        if what is not None:
            await database.run(lambda db: drop_import(db, import_id))
        raise
    return Taken(path, what, outcome, replaced)


def _refuse_half(path: Path) -> NoReturn:
    raise BadQuestion(f"{path.name} could not be read to its end. Nothing of it was imported.")


def _as_json(one: Taken) -> dict[str, object]:
    if one.what is None or one.outcome is None:
        return {"file": str(one.path), "state": "refused", "error": one.error}
    facts, outcome = one.what.facts, one.outcome
    return {
        "file": str(one.path),
        "state": "imported",
        "tool": facts.tool,
        "kind": facts.kind,
        "targets": [
            {
                "scope": covered.target.scope,
                "target": covered.target.value,
                "complete": covered.complete,
            }
            for covered in outcome.covers
        ],
        "rows": {
            "read": outcome.read,
            "kept": outcome.kept,
            "lost": outcome.lost,
            "broken": outcome.broken,
            "own": outcome.own,
            "salvaged": outcome.salvaged,
        },
        "sample": outcome.sample,
        "broken_examples": [{"line": line, "reason": reason} for line, reason in outcome.faults],
        "replaced": list(one.replaced),
        "notes": list(one.what.notes),
    }


def _print(taken: list[Taken]) -> None:
    console = Terminal()
    for one in taken:
        if one.what is None or one.outcome is None:
            continue
        console.print(_table(one.what, one.outcome))
        for note in _notes(one.what, one.outcome, one.replaced):
            console.print(Text(f"{one.path.name}: {note}"), soft_wrap=True)
    for refused in taken:
        if refused.error is not None:
            console.print(Text(f"Not imported: {refused.error}", "red"), soft_wrap=True)


def _table(what: Recognised, outcome: Outcome) -> Table:
    facts = what.facts
    table = Table(title=Text(facts.file_name), title_justify="left")
    table.add_column("What", no_wrap=True)
    table.add_column("Target", overflow="fold")
    for name in ("Read", "Kept", "Lost", "Broken", "Own"):
        table.add_column(name, justify="right", no_wrap=True)
    targets = ", ".join(
        f"{covered.target.scope} {covered.target.value}" for covered in outcome.covers
    )
    counts = (outcome.read, outcome.kept, outcome.lost, outcome.broken, outcome.own)
    kind = f"{facts.tool} {facts.kind.replace('_', ' ')}"
    table.add_row(Text(kind), Text(targets), *(f"{count:,}" for count in counts))
    return table


def _notes(what: Recognised, outcome: Outcome, replaced: tuple[str, ...]) -> Iterator[str]:
    yield from what.notes
    if outcome.sample:
        yield (
            "this is a sample, not all links: a domain that is missing here may still link, and "
            "counts are what the file shows."
        )
    if outcome.broken:
        first = "; ".join(f"line {line}: {reason}" for line, reason in outcome.faults)
        yield f"{counted(outcome.broken, 'broken row')} left out. The first: {first}."
        if any(covered.complete for covered in outcome.covers):
            yield "the file still counts as complete: these rows are few, or name no domain."
    if outcome.salvaged:
        yield f"of {counted(outcome.salvaged, 'odd row')} only the domain that links was taken."
    for name in replaced:
        yield f"it takes the place of {name}, imported before."
