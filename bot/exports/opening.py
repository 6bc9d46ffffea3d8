"""From bytes to lines: what the file is, how it is encoded, and its text as a stream.

Export tools use few encodings (UTF-16 with a byte order mark, UTF-8 with and without), so these are
recognised by their marks and by strict decoding. A file that a spreadsheet saved again in an old
code page is recognised by its letters (code_pages.py), or rejected.
"""

import codecs
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Protocol

from bot.common.errors import BadQuestion
from bot.exports.code_pages import code_page

CHUNK = 1 << 20
HEAD = 4096
# A longer line is cut and its parts fail as rows, so that it cannot fill the memory.
LONGEST_LINE = 1 << 17
# Bytes of cells used to detect a code page: enough for any, read in a tenth of a second.
SAMPLE = 6_000
# In every code page, a delimiter byte is never part of another character.
_BETWEEN = re.compile(rb"""[,;\t\r\n"]+""")

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_SAVE_AGAIN = "Open it and save it as .xlsx or CSV UTF-8, or download the CSV instead."
_EXCEL = ("an Excel workbook that is damaged, old, binary or locked", _SAVE_AGAIN)
_NOT_TEXT = (
    (b"%PDF", "a PDF", "Choose CSV instead of PDF when you export."),
    (b"\xd0\xcf\x11\xe0", *_EXCEL),
    (b"\x89PNG", "a picture", "Import the CSV file of the export."),
    (b"\xff\xd8\xff", "a picture", "Import the CSV file of the export."),
    (b"SQLite format 3", "a database", "Import the CSV file of the export."),
)


class Text(Protocol):
    """Lines that can be read several times, and what is known about their file."""

    @property
    def path(self) -> Path:
        """Return the path of the file."""

    @property
    def sha256(self) -> str:
        """Return the hash of its content."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the notes on how it was read that the user must see."""

    def lines(self) -> Iterator[str]:
        """Yield its lines with their line ends."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that was read once to its end. `sha256` is of its unpacked content."""

    path: Path
    sha256: str
    encoding: str

    @property
    def notes(self) -> tuple[str, ...]:
        """Name the code page that was detected, if the file does not say it itself."""
        if self.encoding.startswith("utf"):
            return ()
        said = f"It is not in UTF-8; by its letters it was read as {self.encoding}."
        return (f"{said} If titles look wrong, save it as CSV UTF-8 and import it again.",)

    def lines(self) -> Iterator[str]:
        """Yield its lines with their line ends, at most `LONGEST_LINE` characters each."""
        with (
            _readable(self.path),
            _unpacked(self.path) as raw,
            TextIOWrapper(raw, encoding=self.encoding, errors="replace", newline="") as text,
        ):
            while line := text.readline(LONGEST_LINE):
                yield line


def open_text(path: Path) -> TextFile:
    """Read the whole file once for its hash and encoding; raises `BadQuestion` if it is not text.

    A packed file that is cut short is rejected here, before anything of it is stored.
    """
    with _readable(path), _unpacked(path) as raw:
        head = raw.read(HEAD)
        _refuse_foreign(path, head)
        digest = hashlib.sha256(head)
        tally = _Tally()
        tally.add(head)
        while chunk := raw.read(CHUNK):
            digest.update(chunk)
            tally.add(chunk)
    encoding = _marked(head) or tally.encoding()
    if encoding is None:
        raise BadQuestion(
            f"{path.name} is not in UTF-8, and which of the old code pages it is in cannot be told "
            "for certain. Nothing of it was imported: save it as “CSV UTF-8” in your spreadsheet, "
            "or download it again."
        )
    _refuse_markup(path, head.decode(encoding, errors="replace").strip("\ufeff \t\r\n"))
    return TextFile(path, digest.hexdigest(), encoding)


class _Tally:
    """Tells UTF-8 with a few damaged bytes from a code page, whose accents are invalid UTF-8."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._spoilt = self._good = 0
        self._rest = b""
        self._cells: dict[bytes, None] = {}
        self._room = SAMPLE

    def add(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk)
        if not text.isascii():
            spoilt = text.count("\ufffd")
            self._spoilt += spoilt
            self._good += len(text) - len(text.encode("ascii", "ignore")) - spoilt
        if self._room > 0:
            self._remember(chunk)

    def _remember(self, chunk: bytes) -> None:
        """Collect the first cells with letters beyond ASCII, each once and whole."""
        whole, mark, rest = chunk.rpartition(b"\n")
        whole, self._rest = (self._rest + whole, rest) if mark else (b"", self._rest + rest)
        self._rest = self._rest[-LONGEST_LINE:]
        for cell in () if whole.isascii() else _BETWEEN.split(whole):
            if self._room > 0 and not cell.isascii() and cell not in self._cells:
                self._cells[cell] = None
                self._room -= len(cell)

    def encoding(self) -> str | None:
        """Return the codec; None if it is a code page and not certain which."""
        if self._spoilt <= self._good:
            return "utf-8"
        if self._room > 0:
            self._remember(b"\n")
        return code_page(b"\n".join(self._cells))


def _marked(head: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    # Mostly Latin text in UTF-16 without its mark: every other byte is zero.
    half = len(head) // 2
    if head[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half * 0.7 else None


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BadQuestion(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise BadQuestion(f"{path} is a folder. Name the files in it: {path}/*.csv.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise BadQuestion(
            f"{path.name} is packed and cut short or damaged. Nothing of it was imported; "
            "download it again."
        ) from None
    except OSError as error:
        raise BadQuestion(f"{path} cannot be read: {error.strerror or error}.") from None


def _unpacked(path: Path) -> BufferedReader | gzip.GzipFile:
    raw = path.open("rb")
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    if not packed:
        return raw
    raw.close()
    return gzip.open(path, "rb")


def _refuse_foreign(path: Path, head: bytes) -> None:
    if not head:
        raise BadQuestion(f"{path.name} is empty. Download it again and check its size.")
    for start, looks_like, cure in _NOT_TEXT:
        if head.startswith(start):
            raise _foreign(path, looks_like, cure)
    if head.startswith(b"PK\x03\x04"):
        if b"opendocument.spreadsheet" in head:
            raise _foreign(path, "an OpenDocument spreadsheet", _SAVE_AGAIN)
        if b"xl/" in head or b"[Content_Types].xml" in head:
            raise _foreign(path, *_EXCEL)
        raise _foreign(path, "a ZIP archive", "Unpack it and import the CSV files inside.")


def _refuse_markup(path: Path, text: str) -> None:
    if not text:
        raise BadQuestion(f"{path.name} is empty. Download it again and check its size.")
    if text.startswith("<"):
        raise _foreign(
            path,
            "a web page, perhaps a login or error page saved as CSV",
            "Log in to the tool and download the export again.",
        )
    if text.startswith(("{", "[")):
        raise _foreign(path, "JSON", "Choose CSV when you export.")


def _foreign(path: Path, looks_like: str, cure: str) -> BadQuestion:
    return BadQuestion(f"{path.name} is no CSV export: it looks like {looks_like}. {cure}")
