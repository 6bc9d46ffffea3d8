"""The key of a vendor that wants it in a header."""

from collections.abc import Generator

import httpx
from pydantic import SecretStr


class HeaderKey(httpx.Auth):
    """Adds the key as the request leaves; nothing before that knows it."""

    def __init__(self, header: str, key: SecretStr, scheme: str = "") -> None:
        self._header, self._key, self._scheme = header, key, scheme

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header."""
        request.headers[self._header] = f"{self._scheme}{self._key.get_secret_value()}"
        yield request
