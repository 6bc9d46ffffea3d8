"""The Bolt app, ready to be served over HTTP (ASGI) or Socket Mode."""

from slack_bolt.async_app import AsyncApp

import handlers
from bot.settings import Settings
from handlers.services import Services


def make_app(services: Services) -> AsyncApp:
    """Return the app with every handler registered; the caller starts `services.jobs`."""
    app = AsyncApp(
        name="linkgap",
        client=services.voice.client,
        signing_secret=_signing_secret(services.settings),
    )
    handlers.register(app, services)
    return app


def _signing_secret(settings: Settings) -> str:
    """Return the secret; Socket Mode needs none, because Slack signs nothing there."""
    secret = settings.slack_signing_secret
    return secret.get_secret_value() if secret else ""
