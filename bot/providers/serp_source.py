"""What the sources of search results share: settings, price, refusals and our organic ranks."""

import textwrap
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
from pydantic import SecretStr, field_validator

from bot.domains import registrable
from bot.model import SerpRow
from bot.providers.base import Cost, Page, SerpQuery
from bot.providers.http_errors import LONGEST_DETAIL, vendor_words
from bot.settings import Settings, VendorOptions, load

POOL = "searches"
DAY = 24 * 60 * 60
FIRST_PAGE = 10  # results on a page of Google since 2025-09, whatever is asked for

Options = TypeVar("Options", bound=VendorOptions)


def options(kind: type[Options], settings: Settings) -> Options:
    """Read a source's own settings from where the process reads its own; raises `ConfigError`."""
    env_file = settings.model_config.get("env_file")
    return load(kind, Path(str(env_file)) if env_file else None)


class KeyOptions(VendorOptions):
    """Settings of a source with an API key; the subclass sets `env_prefix`."""

    api_key: SecretStr | None = None

    @field_validator("api_key")
    @classmethod
    def _sendable(cls, key: SecretStr | None) -> SecretStr | None:
        """Refuse what no header can carry before an HTTP library quotes it in an error."""
        value = key.get_secret_value().strip() if key else ""
        if not all("!" <= character <= "~" for character in value):
            raise ValueError("holds a space or a character no API key has; copy it again")
        return SecretStr(value) if value else None


class HeaderKey(httpx.Auth):
    """Adds the key in a header as the request leaves; nothing before that knows it."""

    def __init__(self, header: str, key: SecretStr) -> None:
        self._header, self._key = header, key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header."""
        request.headers[self._header] = self._key.get_secret_value()
        yield request


def said(response: httpx.Response) -> str:
    """Return status and words of a refusal, cut between words: half a key would slip through."""
    return textwrap.shorten(
        f"HTTP {response.status_code} {vendor_words(response)}",
        LONGEST_DETAIL,
        placeholder=" …",
        break_on_hyphens=False,
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """One organic result as a source tells it, in its order."""

    url: str | None
    title: str | None


def organic(
    query: SerpQuery,
    hits: Iterable[Hit],
    *,
    billed: Cost | None,
    notes: Iterable[str | None] = (),
    most: int = FIRST_PAGE,
) -> Page[SerpRow]:
    """Rank results 1, 2, … in their order; `most` is how many one request can bring.

    A page that is named twice counts once. A result without a domain name keeps its rank and is
    left out.
    """
    titles: dict[str, str] = {}
    for hit in hits:
        if hit.url:
            titles.setdefault(hit.url, hit.title or "")
    ranked = list(titles.items())[: query.top]
    rows = tuple(
        SerpRow(position, url, title, domain)
        for position, (url, title) in enumerate(ranked, start=1)
        if (domain := registrable(url))
    )
    complete = query.top <= most or len(ranked) == query.top
    spoken = [*notes]
    if not ranked:
        market = f"“{query.market.country}” in “{query.market.language}”"
        spoken.append(f"No page was found for this keyword in {market}.")
    if not complete:
        spoken.append(f"Only the first {most} results can be read.")
    if len(rows) < len(ranked):
        spoken.append(f"{len(ranked) - len(rows)} results without a domain name were left out.")
    return Page(rows, complete, billed, note=" ".join(filter(None, spoken)) or None)
