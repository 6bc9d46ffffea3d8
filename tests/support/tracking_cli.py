"""The command line of an installation that tracks, with an index whose web a test changes."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from fakes.servers.ahrefs_server import KEY, AhrefsServer
from fakes.worlds.ahrefs_world import OWN_SITE, Backlink
from fakes.worlds.tracked import keyword, our_page, tracked_world
from support.forks import run_command
from support.iso_dates import iso_dates

from bot.cli import main

FIRST = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class TrackingCli:
    """Runs commands in `folder` with Ahrefs connected; `now` is their current time."""

    server: AhrefsServer
    folder: Path
    now: datetime = FIRST
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server.world = tracked_world(3)
        self.environment |= {
            "LINKGAP_DB": str(self.folder / "linkgap.db"),
            "LINKGAP_AHREFS_API_KEY": KEY,
            "LINKGAP_AHREFS_BASE_URL": self.server.base_url,
            "COLUMNS": "140",
        }

    @property
    def as_of(self) -> tuple[str, str]:
        return ("--as-of", self.now.isoformat())

    def run(self, *arguments: str, code: int = 0, answer: str | None = None) -> Result:
        """Run a command in this process, and check its exit code."""
        result = CliRunner(env=self.environment).invoke(main, arguments, input=answer)
        assert result.exit_code == code, result.output
        if not {"--json", "--csv"}.intersection(arguments):
            assert iso_dates(result.stdout) == []
        return result

    def process(self, *arguments: str) -> str:
        """Run a command in a separate process; return its output."""
        code, out, err = run_command(arguments, folder=self.folder, env=self.environment)
        assert code == 0, err
        return out

    def track(self, number: int = 0, *more: str, code: int = 0) -> Result:
        """Track one of the world's keywords with our page."""
        ours = ("--site", OWN_SITE, "--page", our_page(number))
        return self.run("track", keyword(number), *ours, *self.as_of, *more, code=code)

    def refresh(self, *more: str, code: int = 0) -> Any:
        """Refresh what is due; return the JSON."""
        return json.loads(self.run("refresh", *self.as_of, "--json", *more, code=code).stdout)

    def digest(self, *more: str) -> Any:
        """Return the week's digest as JSON."""
        return json.loads(self.run("digest", *self.as_of, "--json", *more).stdout)

    def next_week(self, *links: Backlink) -> None:
        """Go seven days ahead, during which some links appear."""
        world = self.server.world
        today = world.today + timedelta(days=7)
        self.server.world = replace(world, links=(*world.links, *links), today=today)
        self.now += timedelta(days=7)


def link(url: str, domain: str, day: date) -> Backlink:
    """Return a link that was made on a day."""
    return Backlink(f"https://{domain}/best", url, "The best trackers", "tracked keyword", day)
