"""Check a response_url, which comes in a request body: it must be Slack's."""

from types import SimpleNamespace
from typing import NoReturn
from urllib.parse import urlsplit

import aiohttp

from handlers.slack.bounded import opened
from handlers.slack.refusals import FOREIGN_ADDRESS, SlackRefused

SLACKS = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")
"""Where Slack and GovSlack take private answers; the slash ends the host for every URL parser."""


def checked(url: object, base_url: str) -> str:
    """Return the address if it is Slack's or the configured base's; else raise `SlackRefused`."""
    base = urlsplit(base_url)
    own = f"{base.scheme}://{base.netloc}/".lower()
    if not isinstance(url, str) or not url.startswith((*SLACKS, own)):
        raise SlackRefused(FOREIGN_ADDRESS)
    return url


def session() -> aiohttp.ClientSession:
    """Return a session that refuses every redirect before it is followed."""
    watch = aiohttp.TraceConfig()
    watch.on_request_redirect.append(_refuse)
    return opened(watches=[watch])


async def _refuse(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _redirect: aiohttp.TraceRequestRedirectParams,
) -> NoReturn:
    raise SlackRefused(FOREIGN_ADDRESS)
