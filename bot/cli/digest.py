"""`linkgap digest`: prints a channel's weekly digest from stored data. It spends nothing."""

import asyncio
from datetime import datetime

import click

from bot.cli._shared import (
    PERSON,
    as_of_option,
    channel_option,
    clock_at,
    settings_in,
    team_option,
)
from bot.cli._terminal import Terminal, say_json
from bot.model.tracking import Digest
from bot.render.tracking.digest_terminal import digest_text
from bot.settings.environment import Settings, load
from bot.store import posts, proposals
from bot.store.workspace import CLI_TEAM
from bot.tracking.digest import digest_slot, to_json
from bot.tracking.last_week import Untold, why_untold
from bot.tracking.remembered import remember_digest
from bot.wiring import core


@click.command("digest")
@channel_option
@team_option
@as_of_option
@click.option(
    "--dry-run", is_flag=True, help="Do not count it as told: next week compares with the last one."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/digest.schema.json).")
def command(
    *, channel: str, team: str, as_of: datetime | None, dry_run: bool, as_json: bool
) -> None:
    """Print the channel's weekly digest. Nothing is sent or spent.

    Changes are since the last digest. For the command line's own team, this one counts as told:
    next week's is compared with it, and it is built again if you run this again in the same week.
    A workspace's digests are only shown.
    """
    digest, quiet = asyncio.run(_digest(load(Settings), team, channel, as_of, dry_run=dry_run))
    if as_json:
        say_json(to_json(digest, indent=2))
        return
    console = Terminal()
    console.print(digest_text(digest))
    why = why_untold(digest, quiet=quiet)
    if why is not None:
        said = f"{_in_words(why, digest)}, so nothing would be posted."
        console.print(said, soft_wrap=True)


def _in_words(why: Untold, digest: Digest) -> str:
    if why is Untold.UNCHANGED:
        return f"Nothing changed since {'the last digest' if digest.since else 'the first read'}"
    return {
        Untold.PAUSED: "Every keyword that is tracked here is paused",
        Untold.NOTHING_READ: "Nothing tracked here was read up to then",
        Untold.QUIET: "Quiet is on and nothing of yours changed",
    }[why]


async def _digest(
    settings: Settings, team: str, channel: str, as_of: datetime | None, *, dry_run: bool
) -> tuple[Digest, bool]:
    async with core(settings, clock_at(as_of)) as product:
        at = product.clock.now() if as_of is None else as_of
        channel_settings = await settings_in(product, team, channel)
        slot = digest_slot(team, channel, channel_settings, at)
        digest = await product.digests.build(slot, as_of=at)
        if team == CLI_TEAM and digest.keywords and not dry_run:
            await product.database.run(lambda db: posts.note_told(db, slot, PERSON, at))
            await product.database.run(lambda db: proposals.note(db, slot, digest.to_do, at))
            await product.database.run(lambda db: remember_digest(db, team, digest))
        return digest, channel_settings.quiet
