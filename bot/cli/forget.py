"""`linkgap forget`: deletes the personal data of a person, a domain or a team, on request."""

import asyncio

import click

from bot.cli._outreach import board_of
from bot.cli._terminal import say
from bot.common.errors import BadQuestion
from bot.model.outreach import read_domain
from bot.store import forget


@click.command("forget")
@click.option("--person", metavar="USER", help="A Slack user id; their claims stay as anybody's.")
@click.option("--team", metavar="TEAM", help="A Slack workspace: everything that it has goes.")
@click.option("--domain", metavar="DOMAIN", help="Contacts, drafts and notes about a domain.")
@click.option("--yes", is_flag=True, help="Delete it. Without this, it is only counted.")
def command(*, person: str | None, team: str | None, domain: str | None, yes: bool) -> None:
    """Delete personal data. Without --yes, only say what would go.

    Claims and decisions of a person stay as those of a former colleague, and a domain keeps its
    status and its place on the list Never contact, so that nobody writes to anybody twice. Backups
    are files of your own: delete those too.
    """
    named = [one for one in (person, team, domain) if one]
    if len(named) != 1:
        raise click.UsageError("Name one of --person, --team and --domain.")
    found = asyncio.run(_forget(person, team, read_name(domain), yes=yes))
    counts = [f"{count:,} {what}" for what, count in found.items() if count]
    if not counts:
        say(f"Nothing is kept about {named[0]}.")
        return
    say(f"{'Deleted' if yes else 'Would go'}: {', '.join(counts)}.")
    if not yes:
        say("Nothing was changed. Add --yes to delete it; it cannot be brought back.")


def read_name(domain: str | None) -> str | None:
    """Return the domain that was named; raises `BadQuestion` for what is none."""
    if domain is None:
        return None
    found = read_domain(domain)
    if found is None:
        raise BadQuestion(f"“{domain[:60]}” is no domain. Write it like example.com.")
    return found


async def _forget(
    person: str | None, team: str | None, domain: str | None, *, yes: bool
) -> forget.Found:
    async with board_of() as (_, database):
        if person:
            found = await database.read(lambda db: forget.of_person(db, person))
            if yes:
                await database.run(lambda db: forget.forget_person(db, person))
        elif team:
            found = await database.read(lambda db: forget.of_team(db, team))
            if yes and found:
                await forget.forget_team(database, team)
        else:
            name = domain or ""
            found = await database.read(lambda db: forget.of_domain(db, name))
            if yes:
                await database.run(lambda db: forget.forget_domain(db, name))
        return found
