"""What several commands need: what holds where nothing was said, moments, and one keyword."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from typing import Any

import click

from bot.clock import Clock, FixedClock, SystemClock
from bot.errors import BadQuestion
from bot.model.question import Defaults, Question, make, read_keyword, read_site
from bot.model.tracking import TrackedKeyword
from bot.render.tracking.tracked_words import quoted
from bot.render.words import listed
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import tracked_keywords
from bot.store.workspace import CLI_TEAM
from bot.tracking.keywords import spelled_so
from bot.wiring import Core

PERSON = "command line"
"""Who asks here, for caps and in the ledger."""
CHANNEL = "cli"
"""Where the command line tracks when no other channel is named."""

channel_option = click.option(
    "--channel", default=CHANNEL, show_default=True, help="The channel that tracks it."
)
team_option = click.option(
    "--team", default=CLI_TEAM, show_default=True, help="Look at this team: its Slack id, or cli."
)


def question_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a question; `asked_with` reads them."""
    options = (
        click.option(
            "--site", help="Our domain, like example.com. Default: as `linkgap settings` says."
        ),
        click.option(
            "--page", help="Our page for this keyword: its URL, or none if there is no such page."
        ),
        click.option(
            "--in", "country", help="Country of the search, two letters. Default: the site's."
        ),
        click.option("--lang", help="Language of the search, two letters. Default: the site's."),
        click.option(
            "--vs", multiple=True, help="Compare with this page; repeat it. No search is bought."
        ),
        click.option(
            "--via",
            default="",
            help="Just these vendors, comma separated. Default: the first in order.",
        ),
        click.option(
            "--serp", help="Vendor of search results. Default: the first of --via that has them."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def asked_with(
    *,
    site: str | None,
    page: str | None,
    country: str | None,
    lang: str | None,
    vs: tuple[str, ...],
    via: str,
    serp: str | None,
    **more: Any,
) -> Callable[..., Question]:
    """Return what makes a question of a keyword and what holds where nothing was said."""
    return partial(
        make,
        site=site,
        page=page,
        country=country,
        language=lang,
        vs=vs,
        via=tuple(name.strip() for name in via.split(",") if name.strip()),
        serp=serp,
        **more,
    )


def which_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what tells keywords of one name apart."""
    for name, variable, what in (
        ("--lang", "language", "The one of this language, two letters."),
        ("--in", "country", "The one of this country, two letters."),
        ("--site", "site", "The one of this site. Needed only where several have the name."),
    ):
        command = click.option(name, variable, help=what)(command)
    return command


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Return a moment in UTC, which is also meant where there is no offset."""
    del ctx, param
    if value is None:
        return None
    try:
        said = datetime.fromisoformat(value.strip())
        moment = (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"“{value[:40]}” is no moment. Write it like 2026-11-30T09:00:00Z; "
            "without an offset it is UTC."
        ) from None
    if not 2000 <= moment.year < 2200:
        raise click.BadParameter(f"“{value[:40]}” is not between the years 2000 and 2200.")
    return moment


as_of_option = click.option(
    "--as-of",
    callback=_moment,
    metavar="ISO-TIME",
    help="As if it were this moment now, such as 2026-11-30T09:00:00Z. Without an offset it is "
    "UTC. Default: now.",
)


def clock_at(moment: datetime | None) -> Clock:
    """Return the machine's time, or the time from another moment on."""
    return FixedClock(moment) if moment else SystemClock()


async def read_question(
    product: Core, asked: Callable[[Defaults], Question], channel: str | None
) -> Question:
    """Return the question with what holds in the channel where nothing was said."""
    held = await product.database.read(lambda db: levels.read(db, product.settings, CLI_TEAM))
    here = held.in_channel(channel)
    question = asked(held.defaults(here))
    return asked(held.defaults(here, question.site))


async def settings_in(product: Core, team: str, channel: str) -> Settings:
    """Return what holds in a channel where nobody names a site."""
    held = await product.database.read(lambda db: levels.read(db, product.settings, team))
    return held.in_channel(channel)


@dataclass(frozen=True, slots=True)
class Which:
    """Which tracked keyword is meant; site and market only where its name is not enough."""

    keyword: str
    site: str | None = None
    country: str | None = None
    language: str | None = None

    def fits(self, question: Question) -> bool:
        """Say whether it may be this one."""
        market = question.market
        return (
            question.keyword.casefold() == read_keyword(self.keyword).casefold()
            and (self.site is None or read_site(self.site) == question.site)
            and (self.country or market.country).lower() == market.country
            and (self.language or market.language).lower() == market.language
        )


async def tracked_here(product: Core, which: Which, *, team: str, channel: str) -> TrackedKeyword:
    """Return the one keyword in a channel that fits; raises `BadQuestion` for none or several."""
    wanted = read_keyword(which.keyword)
    here = await product.database.read(lambda db: tracked_keywords.of_channel(db, team, channel))
    found = spelled_so([one.tracked for one in here if which.fits(one.tracked.question)], wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise BadQuestion(
            f"{quoted(wanted)} is tracked {len(found)} times in {channel}: {_ways(found)}"
        )
    names = [one.tracked.question.keyword for one in here]
    close = get_close_matches(wanted, dict.fromkeys(names), n=3)
    hint = f" Did you mean {listed(map(quoted, close))}?" if close else ""
    whose = f" for {which.site}" if which.site else ""
    raise BadQuestion(
        f"{quoted(wanted)} is not tracked{whose} in {channel}.{hint} "
        "`linkgap list` shows everything that is."
    )


def _ways(found: Sequence[TrackedKeyword]) -> str:
    """Return what tells keywords of one name apart, their spelling where it differs."""
    if len({one.question.keyword for one in found}) == 1:
        ways = "; ".join(described(one.question) for one in found)
        return f"{ways}. Say which one with --site, --in or --lang."
    ways = "; ".join(f"{quoted(one.question.keyword)} {described(one.question)}" for one in found)
    return f"{ways}. Say which one by its spelling, or with --site, --in or --lang."


def described(question: Question) -> str:
    """Return `ledgerly.example, US (en)`."""
    market = question.market
    return f"{question.site}, {market.country.upper()} ({market.language})"
