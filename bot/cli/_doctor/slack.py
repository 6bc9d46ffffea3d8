"""Checks Slack's tokens, their scopes, and the difference between the clocks."""

from collections.abc import Iterator

from pydantic import SecretStr

from bot.cli._doctor.diagnosis import Diagnosis, good, note, wrong
from bot.common.clock import Clock
from bot.settings.environment import Settings
from handlers.slack.manifest import read_manifest
from handlers.slack.refusals import NOT_REACHABLE, SlackRefused
from handlers.slack.token_check import APP_TOKEN, BOT_TOKEN, Accepted, check_token

_SLACK = "Slack"
_README = "(README, “Connect a workspace”)"
_WHERE = "api.slack.com/apps → your app"
_SKEW_S = 60  # Slack's signatures are rejected after 300
_KINDS = (
    ("slack_bot_token", "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions, “Bot User OAuth Token”"),
    ("slack_app_token", "SLACK_APP_TOKEN", "xapp-", "Basic Information, “App-Level Tokens”"),
)


def tokens(settings: Settings) -> Iterator[Diagnosis]:
    """Yield which tokens are missing or of the wrong type; sends nothing."""
    enters = settings.slack_signing_secret or settings.slack_app_token
    if settings.slack_bot_token is None and not enters:
        yield note(
            _SLACK,
            "SLACK_BOT_TOKEN is not set, and neither is SLACK_SIGNING_SECRET (HTTP) or "
            f"SLACK_APP_TOKEN (Socket Mode): Slack is not connected yet {_README}.",
        )
        return
    if settings.slack_bot_token is None:
        yield wrong(_SLACK, f"SLACK_BOT_TOKEN is not set, so the bot cannot answer {_README}.")
    if not enters:
        yield wrong(
            _SLACK,
            "SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode) is not set, so nothing "
            f"that Slack sends is heard {_README}.",
        )
    for field, variable, start, where in _KINDS:
        token: SecretStr | None = getattr(settings, field)
        if token is not None and not token.get_secret_value().startswith(start):
            yield wrong(
                _SLACK,
                f"{variable} should begin with {start}: copy it from {_WHERE} → {where}.",
            )


async def online(settings: Settings, clock: Clock) -> list[Diagnosis]:
    """Ask Slack about each token that is set."""
    found: list[Diagnosis] = []
    bot, app = settings.slack_bot_token, settings.slack_app_token
    try:
        if bot is not None:
            accepted = await check_token(settings, BOT_TOKEN, bot)
            found.append(good(_SLACK, f"the bot token works in the workspace {accepted.team}."))
            found += [*_scopes(accepted), *_skew(accepted, clock)]
    except SlackRefused as refusal:
        found.append(_refusal("SLACK_BOT_TOKEN", refusal))
    try:
        if app is not None:
            await check_token(settings, APP_TOKEN, app)
            found.append(good(_SLACK, "the app token opens a Socket Mode connection."))
    except SlackRefused as refusal:
        found.append(_refusal("SLACK_APP_TOKEN", refusal))
    return found


def _refusal(variable: str, refusal: SlackRefused) -> Diagnosis:
    if refusal.code == NOT_REACHABLE:
        cure = "Check the network, the proxy and LINKGAP_SLACK_BASE_URL"
        return wrong(_SLACK, f"{variable} could not be checked: Slack gave no answer. {cure}.")
    cure = f"Copy the token again from {_WHERE}, or reinstall the app there"
    return wrong(_SLACK, f"{variable} was refused with “{refusal.code}”. {cure}.")


def _scopes(accepted: Accepted) -> Iterator[Diagnosis]:
    """Compare the scopes of the token with the manifest's."""
    if not accepted.scopes:
        yield note(_SLACK, "the answer did not name the scopes of the bot token.")
        return
    missing = sorted({*read_manifest()["oauth_config"]["scopes"]["bot"]} - accepted.scopes)
    if missing:
        yield wrong(
            _SLACK,
            f"the bot token lacks {', '.join(missing)}: paste `linkgap manifest` into "
            f"{_WHERE} → App Manifest, then reinstall the app.",
        )
    else:
        yield good(_SLACK, "the bot token has every scope of the manifest.")


def _skew(accepted: Accepted, clock: Clock) -> Iterator[Diagnosis]:
    """Compare this machine's clock with Slack's: signatures are only good for five minutes."""
    if accepted.at is None:
        return
    ahead = (clock.now() - accepted.at).total_seconds()
    if abs(ahead) > _SKEW_S:
        where = "ahead of" if ahead > 0 else "behind"
        yield wrong(
            _SLACK,
            f"this machine's clock is {abs(ahead):,.0f} seconds {where} Slack's. Beyond 300 every "
            "command is refused: set the time by NTP.",
        )
