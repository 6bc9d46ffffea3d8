"""The page on tracking matches the code: the keys of the JSON, and what a week costs."""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.worlds.ahrefs_world import OWN_SITE
from fakes.worlds.tracked import competitor, keyword, our_page, tracked_world
from support.tracking_cli import TrackingCli, link

from bot.common.clock import FixedClock
from bot.tracking.keywords import MOST_TRACKED

HASTE = 1_000
DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "tracking.md").read_text("utf-8")
SCHEMA = json.loads((DOCS / "digest.schema.json").read_text("utf-8"))


async def hastily(_clock: FixedClock, seconds: float) -> None:
    await asyncio.sleep(max(0.0, seconds) / HASTE)


@pytest.fixture
def cli(monkeypatch, tmp_path) -> Iterator[TrackingCli]:
    monkeypatch.chdir(tmp_path)
    # Sixty requests a minute stay sixty, but in a minute that is a thousand times as short.
    monkeypatch.setattr(FixedClock, "monotonic", lambda _clock: monotonic() * HASTE)
    monkeypatch.setattr(FixedClock, "sleep", hastily)
    with in_thread(AhrefsServer()) as server:
        yield TrackingCli(server, tmp_path)


def test_the_keys_of_the_digest_are_those_of_the_schema():
    described = {"Digest": SCHEMA, **SCHEMA["$defs"]}
    expected = {
        name: set(one["properties"]) for name, one in described.items() if "enum" not in one
    }
    tables = re.split(r"^### (.*)$\n", PAGE, flags=re.MULTILINE)[1:]
    told = {
        name: set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
        for name, table in zip(tables[::2], tables[1::2], strict=True)
    }
    assert told == expected


@pytest.mark.parametrize("command", ["list", "refresh", "history"])
def test_the_keys_of_the_other_json_are_those_that_are_printed(cli, command):
    cli.track()
    cli.next_week()
    read = cli.run("refresh", *cli.as_of, "--json").stdout
    more = (keyword(0),) if command == "history" else ()
    said = json.loads(read if command == "refresh" else cli.run(command, *more, "--json").stdout)
    [paragraph] = re.findall(rf"^`linkgap {command}[^`]* --json` prints .*", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", paragraph)) == keys_of(said) - {"country", "language"} - (
        {"provider", "pool", "units", "micro_usd", "estimated_units"}
    )


def keys_of(value: object) -> set[str]:
    """Return every key, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def told_costs() -> list[tuple[int, int]]:
    lines = re.findall(r"^\| Ahrefs: .*\| (\d+) units \| (\d+) units \|$", PAGE, re.MULTILINE)
    return [(int(alone), int(together)) for alone, together in lines]


@pytest.mark.parametrize(("column", "keywords"), [(0, 1), (1, 30)])
def test_the_costs_are_those_of_the_ledger(cli, column, keywords):
    cli.server.world = tracked_world(keywords)
    rows = "".join(f"{keyword(n)},{our_page(n)}\n" for n in range(keywords))
    (cli.folder / "all.csv").write_text(f"keyword,page\n{rows}", "utf-8")
    cli.run("track", "--csv", "all.csv", "--site", OWN_SITE, *cli.as_of)
    charged = [cli.server.spent]
    cli.next_week()
    charged.append(cli.refresh()["cost"][0]["units"])
    day = (cli.now + timedelta(days=2)).date()
    cli.next_week(
        *(
            link(competitor(number, place), f"new{which}.example", day)
            for number in range(keywords)
            for place in (1, 2, 3)
            for which in range(3)
        )
    )
    charged.append(cli.refresh()["cost"][0]["units"])
    assert [round(units / keywords) for units in charged] == [one[column] for one in told_costs()]


def test_the_limit_of_tracked_keywords_is_named():
    assert f"It tracks {MOST_TRACKED} at most." in PAGE
