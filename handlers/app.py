"""The Bolt app, ready to be served over HTTP (ASGI) or Socket Mode."""

import logging

from slack_bolt.async_app import AsyncApp

import handlers
from handlers import whose
from handlers.services import Services
from handlers.slack.prompt_ack import PromptApp
from handlers.transport.signature import signing_secret

LONGEST_LINE = 200
_AT_EVERY_START = (
    "As `installation_store` or `authorize` has been",
    "As you gave `client` as well",
)


def make_app(services: Services) -> AsyncApp:
    """Return the app with every handler registered; the caller starts `services.jobs`."""
    app = PromptApp(
        name="linkgap",
        logger=_bolt_log(),
        client=services.slack_api.client,
        signing_secret=signing_secret(services.settings),
        before_authorize=whose.Door(services),
        authorize=whose.FromMemory(services),
    )
    handlers.register(app, services)
    return app


class _ShortMessages(logging.Filter):
    """Passes only warnings from Bolt's log, each as one short line cut off before a request body.

    Bolt quotes whole request bodies, and user text must not get into the log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record in place. Returns False to drop it."""
        said = record.getMessage()
        # Our client has the token; Bolt also finds it and warns at every start.
        if record.levelno < logging.WARNING or said.startswith(_AT_EVERY_START):
            return False
        line = said.partition("\n")[0].partition("{")[0].partition("body:")[0]
        record.msg, record.args = line[:LONGEST_LINE].rstrip(" ("), ()
        return True


_SHORT = _ShortMessages()


def _bolt_log() -> logging.Logger:
    """Return the logger to build a Bolt app with; Bolt derives all its other loggers from it.

    Setting a level on `slack_bolt` is not enough: Bolt gives each of its loggers the root's level.
    """
    log = logging.getLogger("slack_bolt")
    log.setLevel(logging.WARNING)
    log.addFilter(_SHORT)
    return log
