"""The HTTP client that asks all vendors, and what in the environment can keep it from existing."""

import os
import ssl
from collections.abc import Awaitable, Callable

import httpx

from bot.common.errors import ConfigError

BeforeRequest = Callable[[httpx.Request], Awaitable[None]]
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def vendor_client(before: BeforeRequest) -> httpx.AsyncClient:
    """Return the client; it follows the proxies and certificates that the environment names.

    `before` is awaited with each request before it leaves; what it raises keeps it here.

    Raises `ConfigError` that names the variables where it cannot.
    """
    # The gateway enforces the vendors' rate limits; the client must only not be the bottleneck.
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    try:
        return httpx.AsyncClient(
            limits=limits, follow_redirects=False, event_hooks={"request": [before]}
        )
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{_set(_CERTIFICATES)}: no certificates can be read there ({error}). Name a file or "
            "folder of PEM certificates, or unset it."
        ) from None
    except (httpx.InvalidURL, ValueError, ImportError) as error:
        raise ConfigError(
            f"{_set(_PROXIES)}: this is no proxy that can be used ({error}). A proxy is "
            "http://, https:// or socks5://host:port; NO_PROXY takes host names and single "
            "addresses with commas, and no IPv6 ranges."
        ) from None


def _set(names: tuple[str, ...]) -> str:
    """Return which of these variables are set, in either case: one of them is the fault's."""
    given = [name for name in names if os.environ.get(name) or os.environ.get(name.lower())]
    return ", ".join(given) or names[0]
