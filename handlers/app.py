"""The Bolt app, ready to be served over HTTP (ASGI) or Socket Mode."""

from slack_bolt.async_app import AsyncApp

import handlers
from handlers.services import Services
from handlers.transport.bolt_log import bolt_log
from handlers.transport.signature import signing_secret


def make_app(services: Services) -> AsyncApp:
    """Return the app with every handler registered; the caller starts `services.jobs`."""
    app = AsyncApp(
        name="linkgap",
        logger=bolt_log(),
        client=services.slack_api.client,
        signing_secret=signing_secret(services.settings),
    )
    handlers.register(app, services)
    return app
