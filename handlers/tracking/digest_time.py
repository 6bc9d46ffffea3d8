"""A channel's digest time as settings: the day, the hour and the time zone."""

from collections.abc import Mapping

from bot.common.errors import BadSetting
from bot.settings import levels
from bot.settings.catalogue import Level
from bot.settings.environment import Settings
from bot.settings.overrides import Place as SettingPlace
from handlers.request import Place
from handlers.services import Services
from handlers.slack.people import ask_slack, zone_of


async def wanted(
    services: Services, place: Place, day: str | None = None, hour: int | None = None
) -> dict[str, str]:
    """Return the values to set: what was asked for, and the asker's time zone if none is set."""
    values: dict[str, str] = {}
    if day is not None:
        values["digest_day"] = day
    if hour is not None:
        values["digest_hour"] = str(hour)
    overrides = await services.channels.overrides(place.team)
    here = overrides.channels.get(place.channel, {})
    if "time_zone" not in here and "time_zone" not in overrides.team:
        zone = zone_of(await ask_slack(services.slack_api, place.user), services.settings)
        if zone is not None:
            values["time_zone"] = zone
    return values


async def with_them(services: Services, place: Place, values: Mapping[str, str]) -> Settings:
    """Return the channel's settings as they will be once those values are set."""
    channel_settings = await services.channels.settings(place.team, place.channel)
    return levels.effective(channel_settings, values)


async def keep(services: Services, place: Place, values: Mapping[str, str]) -> None:
    """Set the values for the channel, and schedule its digest."""
    if values:
        here = SettingPlace(Level.CHANNEL, place.channel)
        try:
            vendors = services.channels.registry.names
            checked = levels.checked(services.settings, here, values, vendors)
        except BadSetting:  # they come from a command, or from Slack's own data
            checked = {}
        await services.channels.save(place.team, here, checked, place.user)
    await services.schedule.set_alarm(place.team, place.channel)
