"""`linkgap settings`: shows and changes the settings of a team, a client's site or a channel."""

import asyncio
import json
from collections.abc import Iterable, Mapping

import click
from rich.table import Table

from bot.cli._shared import PERSON
from bot.cli._terminal import Terminal, say, say_json
from bot.common.errors import BadSetting
from bot.render.words import listed
from bot.settings import levels
from bot.settings.catalogue import Level
from bot.settings.environment import RENAMED, Settings, load
from bot.settings.levels import EffectiveValue, TeamSettings
from bot.settings.overrides import TEAM, Overrides, Place, save
from bot.store.workspace import CLI_TEAM
from bot.wiring import Core, core


@click.command("settings")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--site", help="Show or set what holds for this client's site.")
@click.option("--channel", help="Show or set what holds in this channel: its Slack id, or cli.")
@click.option("--team", default=CLI_TEAM, show_default=True, help="The team: its Slack id, or cli.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *, values: tuple[str, ...], site: str | None, channel: str | None, team: str, as_json: bool
) -> None:
    """Show every setting and the level it comes from, or set some.

    The nearest level wins: environment, team, site, channel, then the command itself.

    \b
    linkgap settings authority_floor=20 blocklist=a.com,b.com    for the whole team
    linkgap settings --site client.com aliases=old.com country=germany lang=german
    linkgap settings --channel C012AB3CD site=client.com digest_day=tue
    linkgap settings --channel C012AB3CD digest_day=             use the level above again
    """  # noqa: D301 - click's mark for lines that stay as they are
    wanted = _read(values)
    if wanted and site and channel:
        raise click.UsageError("Set it for the --site or for the --channel, not for both at once.")
    place = Place.site(site) if site else Place(Level.CHANNEL, channel) if channel else TEAM
    settings = load(Settings)
    domain = place.of if site else None
    held = asyncio.run(_apply(settings, team, place, wanted))
    told, overrides = list(held.explain(domain, channel)), held.overrides
    if as_json:
        about = {"team": team, "site": domain, "channel": channel}
        say_json(json.dumps({**about, **_json(told, overrides)}, indent=2))
        return
    console = Terminal()
    if wanted:
        console.print(f"{_saved(told, wanted)}\n", soft_wrap=True)
    console.print(_table(told, domain, channel))
    if overrides.sites:
        console.print(f"Clients: {', '.join(sorted(overrides.sites))}.", soft_wrap=True)


def _read(values: Iterable[str]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for given in values:
        name, equals, text = given.partition("=")
        if not equals:
            raise BadSetting({given: "Write it as name=value, and name= to reset it."})
        wanted[name.strip().lower()] = text
    for old in RENAMED.keys() & wanted.keys():
        said = f"{old} is called {RENAMED[old]} now. The old name ends with the next release."
        say(said, err=True)
    return wanted


async def _apply(
    settings: Settings,
    team: str,
    place: Place,
    wanted: Mapping[str, str],
) -> TeamSettings:
    async with core(settings) as product:
        if wanted:
            await _save(product, team, place, wanted)
        return await product.database.read(lambda db: levels.read(db, settings, team))


async def _save(product: Core, team: str, place: Place, wanted: Mapping[str, str]) -> None:
    values = levels.checked(product.settings, place, wanted, product.registry.names)
    at = product.clock.now()
    await product.database.run(lambda db: save(db, team, place, values, by=PERSON, at=at))


def _saved(told: Iterable[EffectiveValue], wanted: Mapping[str, str]) -> str:
    """Return `Saved: country is now de.`"""
    given = {RENAMED.get(name, name) for name in wanted}
    said = [f"{one.setting.name} is now {_shown(one)}" for one in told if one.setting.name in given]
    return f"Saved: {listed(said)}."


def _shown(one: EffectiveValue) -> str:
    return one.value.replace(",", ", ") or one.setting.nothing


def _source(one: EffectiveValue) -> str:
    return "default" if one.is_default else " + ".join(one.levels)


def _table(told: Iterable[EffectiveValue], site: str | None, channel: str | None) -> Table:
    where = " and ".join(filter(None, (site, channel and f"channel {channel}")))
    table = Table(
        "Setting",
        "Value",
        "From",
        title=f"What holds for {where or 'the team'}",
        title_justify="left",
    )
    for one in told:
        table.add_row(one.setting.name, _shown(one), _source(one))
    return table


def _json(told: Iterable[EffectiveValue], overrides: Overrides) -> dict[str, object]:
    return {
        "clients": sorted(overrides.sites),
        "settings": [
            {
                "name": name,
                "value": one.value or None,
                "from": _source(one),
                "levels": [str(level) for level in one.setting.levels],
            }
            for one in told
            for name in _names(one.setting.name)
        ],
    }


def _names(name: str) -> list[str]:
    """Return a setting's name and, for one release, its old name."""
    return [name, *(old for old, new in RENAMED.items() if new == name)]
