"""Turns an HTTP answer into a checked body or the right `ProviderError`, for all vendors.

Nothing here sees a key, except `HeaderKey`. The gateway removes keys from a vendor's words.
"""

import json
import textwrap
from collections.abc import Callable, Generator
from typing import Annotated, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError

from bot.common.errors import (
    BadAnswer,
    BadKey,
    OutOfUnits,
    PlanLacks,
    ProviderError,
    RateLimited,
    Unavailable,
)

Body = TypeVar("Body", bound=BaseModel)

Entry = TypeVar("Entry")
MOST_ROWS = 100_000
Rows = Annotated[list[Entry], Field(fail_fast=True, max_length=MOST_ROWS)]
"""A list in an answer. Reading ends at its first fault: a short packed answer of a million empty
entries would otherwise take a minute and gigabytes."""
MOST_NAMES = 1_000


def _few(value: object) -> object:
    if isinstance(value, dict) and len(value) > MOST_NAMES:
        raise ValueError(f"more than {MOST_NAMES:,} names came")
    return value


Named = Annotated[dict[str, Entry], BeforeValidator(_few)]
"""An object in an answer whose names are not known beforehand."""
MOST_COUNT = 10**12
"""No honest count is higher; the database could not add up much larger ones."""
_LONGEST = 300  # a Slack context line; more is a page, not a sentence
_LONGEST_REFUSAL = 1024 * 1024  # bytes; more would only take memory
_WORDS = ("error", "errors", "message", "error_message", "detail", "status_message")


def vendor_words(response: httpx.Response) -> str:
    """Return the words of a refusal; empty if it is a web page or has none."""
    if _is_web_page(response) or len(response.content) > _LONGEST_REFUSAL:
        return ""
    text = response.text.strip()
    try:
        body = json.loads(text)
    except ValueError:
        return text
    while isinstance(body, (dict, list)):
        if isinstance(body, list):
            body = body[0] if body else None
        else:
            body = next((body[key] for key in _WORDS if body.get(key)), None)
    return body.strip() if isinstance(body, str) else ""


def cut(words: str) -> str:
    """Shorten a vendor's words at a word boundary: half a key would not be recognised."""
    return textwrap.shorten(words, _LONGEST, placeholder=" …", break_on_hyphens=False)


def said(response: httpx.Response) -> str:
    """Return the status and words of a refusal, shortened."""
    return cut(f"HTTP {response.status_code} {vendor_words(response)}")


def refuse(
    vendor: str,
    response: httpx.Response,
    *,
    forbidden: Callable[[str], type[ProviderError]] = lambda _words: PlanLacks,
) -> None:
    """Raise the `ProviderError` for a status other than 2xx.

    `forbidden` chooses the error for a 403 by the vendor's words: at some vendors a 403 also means
    an empty balance.
    """
    if response.is_success:
        return
    status, detail = response.status_code, said(response)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise RateLimited(vendor, detail, retry_after=_seconds(response))
    if status == httpx.codes.FORBIDDEN:
        raise forbidden(vendor_words(response))(vendor, detail)
    if status == httpx.codes.UNAUTHORIZED:
        raise BadKey(vendor, detail)
    if status == httpx.codes.PAYMENT_REQUIRED:
        raise OutOfUnits(vendor, detail)
    if response.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
        raise Unavailable(vendor, detail)
    raise BadAnswer(vendor, detail)


def checked(vendor: str, response: httpx.Response, body: type[Body]) -> Body:
    """Return the body of a good answer as a model.

    Raises `BadAnswer` for a web page, truncated JSON, a missing field or a value out of range. The
    error names the field but never the value.
    """
    if _is_web_page(response):
        raise BadAnswer(vendor, "a web page came instead of data")
    try:
        return body.model_validate_json(response.content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise BadAnswer(vendor, f"{place or 'the answer'}: {fault['msg']}") from None


def _is_web_page(response: httpx.Response) -> bool:
    kind = response.headers.get("content-type", "")
    return "html" in kind.lower() or response.content.lstrip()[:1] == b"<"


def _seconds(response: httpx.Response) -> float | None:
    """Return a numeric Retry-After in seconds; None for its date form, which would need a clock."""
    value = response.headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdigit() else None


class HeaderKey(httpx.Auth):
    """Adds the key to a header as the request is sent."""

    def __init__(self, header: str, key: SecretStr, scheme: str = "") -> None:
        self._header, self._key, self._scheme = header, key, scheme

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header."""
        request.headers[self._header] = f"{self._scheme}{self._key.get_secret_value()}"
        yield request
