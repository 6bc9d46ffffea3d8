"""An index in the tables of a ClickHouse server, asked over its HTTP interface.

Values leave as parameters and never as text of a statement; user and password leave in headers, so
that neither is in an address. Each question is for reading, for some seconds and for some rows.

Whoever replaces a release deletes its row of `releases` first and writes it last. That row
is read again behind every answer: an answer that had two states under it ends in an error.
"""

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import httpx
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from bot.common.errors import ConfigError
from bot.index.engine import IndexFault
from bot.index.place import Marker
from bot.index.questions import Reader
from bot.index.rows import ClickHouseRows, Parameter

PORTS = {"clickhouse": ("http", 8123), "clickhouses": ("https", 8443)}
SECONDS = 30
"""How long the server may work on one question; LinkGap waits a little longer."""
MOST_BYTES = 64 * 1024 * 1024
_ESCAPED = str.maketrans(
    {"\\": r"\\", "'": r"\'", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": r"\0"}
)
_NEWEST = (
    "SELECT release, toUnixTimestamp64Micro(built_at) AS at, domains, links "
    "FROM releases WHERE {release:String} IN ('', release) "
    "ORDER BY at DESC, release DESC LIMIT 1"
)
_RELEASES = TypeAdapter(list[tuple[str, int, int, int]])
_MEANINGS = {
    60: "has no tables of an open index. docs/open-index.md says how to make them",
    81: "has no such database. Is LINKGAP_INDEX right",
    158: "would have to read more than its own limits allow",
    159: f"needed more than {SECONDS} seconds. Ask again, or ask for fewer sites",
    160: f"would need more than {SECONDS} seconds. Ask again, or ask for fewer sites",
    164: "lets this user change no settings. Give it the profile setting readonly = 2",
    241: "has too little memory for this. Ask again, or ask for fewer sites",
    396: "found more rows than were asked for, which no open index has",
    452: "lets this user not set the bounds of a question. Give it a profile that does",
}
"""What the numbers of ClickHouse's own errors mean; its words are not passed on."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Server:
    """Where the tables are, and who asks."""

    address: str
    database: str
    user: str = "default"
    password: SecretStr | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return what says who asks."""
        said = {"X-ClickHouse-Database": self.database, "X-ClickHouse-User": self.user}
        if self.password is not None:
            said["X-ClickHouse-Key"] = self.password.get_secret_value()
        return said


def server_at(index: str, password: SecretStr | None) -> Server:
    """Return the server that LINKGAP_INDEX names; raises `ConfigError`, which repeats no key."""
    try:
        parts = urlsplit(index)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise _no_address() from None
    if parts.password is not None:
        raise ConfigError(
            "LINKGAP_INDEX has a password in it, where it could be shown. Put it into "
            "LINKGAP_COMMONCRAWL_CLICKHOUSE_PASSWORD."
        )
    database = parts.path.strip("/")
    if not host or "/" in database or parts.query or parts.fragment:
        raise _no_address()
    scheme, usual = PORTS[parts.scheme]
    named = f"[{host}]" if ":" in host else host
    user = unquote(parts.username or "") or "default"
    if not user.isascii() or not user.isprintable():
        raise _no_address()
    return Server(f"{scheme}://{named}:{port or usual}", database or "linkgap", user, password)


def _no_address() -> ConfigError:
    return ConfigError(
        "LINKGAP_INDEX names no ClickHouse. Write clickhouse://user@host:8123/database, or "
        "clickhouses://user@host:8443/database over TLS."
    )


class _Answer(BaseModel):
    """An answer in the format JSONCompact; one that is cut short is none."""

    data: list[Any]
    rows: int


@dataclass
class ClickHouse:
    """An index on a server; nothing is kept of it between two questions."""

    server: Server
    client: Callable[[], httpx.Client] = field(
        default=lambda: httpx.Client(
            timeout=httpx.Timeout(SECONDS + 5.0), headers={"Accept-Encoding": "identity"}
        )
    )
    _opened: httpx.Client | None = None

    def reader(self) -> Reader:
        """Return a reader of the release that was loaded last; raises `IndexFault`."""
        marker = self._marker()
        if marker is None:
            raise IndexFault(
                f"{self.server.address} has the tables and no release in releases. "
                "docs/open-index.md says how to load one."
            )
        return Reader(marker, ClickHouseRows(marker.release, _Held(self, marker)))

    def forget(self) -> None:
        """Do nothing: everything is asked anew each time."""

    def _marker(self, release: str = "") -> Marker | None:
        """Return the newest release, or the newest state of one."""
        found = self.ask(_NEWEST, {"release": release}, _RELEASES, 1)
        if not found:
            return None
        name, built, domains, links = found[0]
        built_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=built)
        return Marker(name, "full", built_at, domains, links, (), (), named=True)

    def check(self, marker: Marker) -> None:
        """Raise `IndexFault` if the release is not what it was."""
        if self._marker(marker.release) != marker:
            raise IndexFault(
                f"{marker.release} was replaced in ClickHouse while it was read. Nothing of the "
                "two versions was mixed; ask again."
            )

    def ask(
        self,
        statement: str,
        parameters: Mapping[str, Parameter],
        rows: TypeAdapter[list[Row]],
        most: int,
    ) -> list[Row]:
        """Return at most `most` rows; raises `IndexFault`."""
        said = self._send(statement, parameters, most)
        try:
            answer = _Answer.model_validate_json(said)
            found = rows.validate_python(answer.data)
        except ValidationError:
            raise IndexFault(
                f"{self.server.address} sent an answer that is cut short, or that is none of "
                "ClickHouse. Nothing of it was used; ask again."
            ) from None
        if answer.rows != len(found) or len(found) > most:
            raise IndexFault(
                f"{self.server.address} sent {len(found):,} rows, which are not those of its "
                "answer. Nothing of it was used; ask again."
            )
        return found

    def _send(self, statement: str, parameters: Mapping[str, Parameter], most: int) -> bytes:
        bounds = {
            "default_format": "JSONCompact",
            "output_format_json_quote_64bit_integers": "0",
            "wait_end_of_query": "1",
            "readonly": "2",
            "max_execution_time": str(SECONDS),
            "max_result_rows": str(max(1, most)),
            "max_result_bytes": str(MOST_BYTES),
            "result_overflow_mode": "throw",
        }
        values = {f"param_{name}": _written(value) for name, value in parameters.items()}
        try:
            with self._open().stream(
                "POST",
                f"{self.server.address}/",
                params=bounds | values,
                content=statement.encode(),
                headers=self.server.headers,
            ) as response:
                self._accept(response)
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise IndexFault(f"{self.server.address} sent more than was asked for.")
                return bytes(body)
        except httpx.TimeoutException:
            raise IndexFault(
                f"{self.server.address} did not answer in time. Ask again, or ask for fewer sites."
            ) from None
        except httpx.HTTPError as error:
            raise IndexFault(
                f"{self.server.address} cannot be reached or broke off: {type(error).__name__}. "
                "Ask again."
            ) from None

    def _accept(self, response: httpx.Response) -> None:
        """Raise `IndexFault` unless the server answers."""
        status, said = response.status_code, response.headers.get("X-ClickHouse-Exception-Code", "")
        number = int(said) if said.isascii() and said.isdigit() else 0
        if status == httpx.codes.OK and not said:
            return
        if number in _MEANINGS:
            raise IndexFault(f"{self.server.address} {_MEANINGS[number]} (error {number}).")
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise IndexFault(
                f"{self.server.address} refuses this user (status {status}). Are "
                "the user in LINKGAP_INDEX and LINKGAP_COMMONCRAWL_CLICKHOUSE_PASSWORD right, and "
                "may the user select from the tables?"
            )
        own = f", error {number} of ClickHouse" if number else ""
        raise IndexFault(
            f"{self.server.address} answered with status {status}{own}. Is LINKGAP_INDEX the "
            "address of a ClickHouse server's HTTP interface?"
        )

    def _open(self) -> httpx.Client:
        if self._opened is None:
            self._opened = self.client()
            weakref.finalize(self, self._opened.close)
        return self._opened


@dataclass(frozen=True, slots=True)
class _Held:
    """Asks about one state of one release."""

    index: ClickHouse
    marker: Marker

    def __call__(
        self,
        statement: str,
        parameters: Mapping[str, Parameter],
        rows: TypeAdapter[list[Row]],
        most: int,
    ) -> list[Row]:
        found = self.index.ask(statement, parameters, rows, most)
        self.index.check(self.marker)
        return found


def _written(value: Parameter) -> str:
    """Return a value as ClickHouse reads it of a parameter."""
    if isinstance(value, str):
        return value.translate(_ESCAPED)
    if isinstance(value, Sequence):
        inner = (
            f"'{one.translate(_ESCAPED)}'" if isinstance(one, str) else str(one) for one in value
        )
        return f"[{','.join(inner)}]"
    return str(value)
