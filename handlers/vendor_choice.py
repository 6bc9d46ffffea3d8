"""Who may name vendors: where admins have chosen them, `via:` and `serp:` keep to their choice."""

from collections.abc import Iterable, Iterator

from bot.model.question import Question
from bot.providers.base import Capability
from bot.render import notes
from bot.render.slack.message import Message
from bot.render.words import listed
from handlers.channel_settings import ChannelSettings
from handlers.request import Place
from handlers.services import Services
from handlers.slack.people import ask_slack


async def refusal(
    services: Services, place: Place, questions: Iterable[Question]
) -> Message | None:
    """Return what the asker is told if only admins may name these vendors there, or None.

    Slack is asked who somebody is only where their words go beyond what is set.
    """
    here = await services.channels.of(place.team, place.channel)
    beyond = list(dict.fromkeys(fault for one in questions for fault in _beyond(here, one)))
    if not beyond:
        return None
    person = await ask_slack(services.slack_api, place.user)
    if person.may_change_money(services.settings):
        return None
    return notes.usage_error(
        f"{listed(beyond)}: which vendors are asked here is set by admins, and this goes beyond "
        "it. Nothing was spent. Leave `via:` and `serp:` out, or ask an admin to change "
        f"`/gap settings`. {person.why}".strip()
    )


def _beyond(here: ChannelSettings, question: Question) -> Iterator[str]:
    """Yield what a question names that the settings leave to admins; free vendors are anybody's."""
    settings = here.settings(question.site)
    paid = {vendor.name: vendor for vendor in here.registry.vendors if not vendor.is_local}
    chosen = {*settings.vendor_order, *filter(None, (settings.serp,))}
    if settings.vendor_order:
        yield from (f"`via:{name}`" for name in question.via if name in paid.keys() - chosen)
    serp = question.serp
    if serp and chosen and serp in paid.keys() - chosen:
        yield f"`serp:{serp}`"
    indexes = [
        name
        for name in question.via
        if name in paid and paid[name].can(Capability.REFERRING_DOMAINS)
    ]
    one_only = "compare_indexes" in settings.model_fields_set and not settings.compare_indexes
    if one_only and len(indexes) > 1:
        yield f"`via:{','.join(indexes)}` side by side"
