"""Reads one record of a web archive: does the page in it link to a given page?

A record is a gzip member: the archive's headers, the answer's HTTP headers, and the page. All of it
was written by strangers, so this runs in the killable process only. Nothing here follows anything.
"""

import re
import zlib

from bot.model.page import PageFacts
from bot.model.page_key import page_key
from bot.pages.facts import opened
from bot.pages.reading.charset import LIKELY, decode, told
from bot.pages.reading.fetch import MAX_BYTES, Unusable, check_html

_HEADS = 64 * 1024
_MOST = MAX_BYTES + 2 * _HEADS
_STATUS = re.compile(rb"HTTP/[0-9.]{1,4} ([0-9]{3})\b")
_CHARSET = re.compile(r"charset=[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_SIZE = re.compile(rb"[0-9a-fA-F]{1,8}")
_BREAK = b"\r\n\r\n"


class Damaged(Exception):
    """The record cannot be read; the message completes "a page in the archive"."""


def links_to(record: bytes, url: str, page: str) -> bool:
    """Say whether an archived page at `url` has an `<a>` to `page`, a key of `page_key`.

    Raises `Damaged` if it is no such page, or cannot be read.
    """
    body, declared = _page_in(_unpacked(record, 31, _MOST), url)
    try:
        check_html(body)
    except Unusable as reason:
        raise Damaged(f"cannot be read: {reason}") from None
    found = opened(decode(body, told(body, declared) or LIKELY), url)
    if isinstance(found, PageFacts):
        raise Damaged(f"cannot be read: {' '.join(found.kind_evidence)}")
    return any(page_key(anchor.url) == page for anchor in found[0].anchors if anchor.url)


def _unpacked(packed: bytes, wbits: int, most: int) -> bytes:
    inflate = zlib.decompressobj(wbits=wbits)
    try:
        found = inflate.decompress(packed, most)
    except zlib.error:
        raise Damaged("is damaged") from None
    if not inflate.eof:
        raise Damaged("is too large" if len(found) >= most else "is cut short")
    return found


def _page_in(record: bytes, url: str) -> tuple[bytes, str | None]:
    """Return the page of a record and the encoding that its HTTP header names."""
    if not record.startswith(b"WARC/1."):
        raise Damaged("is not where the index says")
    about, rest = _parted(record)
    if about.get("warc-type", "").lower() != "response":
        raise Damaged("is not where the index says")
    if page_key(about.get("warc-target-uri", "").strip("<>")) != page_key(url):
        raise Damaged("is another one than the index says")
    length = about.get("content-length", "")
    if not length.isdecimal() or len(length) > 12 or int(length) > len(rest):
        raise Damaged("is cut short")
    answer = rest[: int(length)]
    status = _STATUS.match(answer)
    if status is None or status[1] != b"200":
        raise Damaged("is not an answer with a page")
    said, body = _parted(answer)
    if "chunked" in said.get("transfer-encoding", "").lower():
        body = _joined(body)
    charset = _CHARSET.search(said.get("content-type", "")[:300])
    return _decoded(body, said.get("content-encoding", "")), charset[1] if charset else None


def _parted(text: bytes) -> tuple[dict[str, str], bytes]:
    """Return the headers of a record or an answer, and what follows them."""
    head, gap, _ = text[:_HEADS].partition(_BREAK)
    if not gap:
        raise Damaged("has no end of its headers")
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return headers, text[len(head) + len(gap) :]


def _joined(body: bytes) -> bytes:
    """Return a body without the marks of its chunks; as it is if it has none, as in most archives.

    Crawlers keep the header and write the body joined.
    """
    joined, at = bytearray(), 0
    while True:
        stop = body.find(b"\r\n", at, at + 200)
        size = _SIZE.match(body[at : at + 9]) if stop >= 0 else None
        if size is None:
            if at == 0:
                return body
            raise Damaged("has chunks that do not fit")
        length = int(size[0], 16)
        if length == 0:
            return bytes(joined)
        piece = body[stop + 2 : stop + 2 + length]
        if len(piece) < length:
            raise Damaged("has chunks that do not fit")
        joined += piece
        at = stop + 2 + length + 2


def _decoded(body: bytes, coding: str) -> bytes:
    """Return the body unpacked; as it is if it is not packed, whatever its header says."""
    if "gzip" in coding.lower() and body.startswith(b"\x1f\x8b"):
        return _unpacked(body, 31, _MOST)
    if "br" in coding.lower().split(",") and not body.lstrip().startswith(b"<"):
        raise Damaged("is packed in a way that is not read here")
    return body
