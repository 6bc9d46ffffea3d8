"""Finds the character encoding of a page."""

import codecs
import re

import webencodings

_META = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,9}+=\s{0,9}+[\"']?\s{0,9}+([\w:.-]{1,40})", re.IGNORECASE
)
_PRESCAN = 4096
SAMPLE = 32 * 1024
LIKELY = "cp1252"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def sniff(body: bytes, declared: str | None = None) -> str:
    """Return a Python codec name for a page; `declared` comes from the HTTP header."""
    return told(body, declared) or detected(body)


def told(body: bytes, declared: str | None = None) -> str | None:
    """Return the codec that a page or its header names, or None if it can only be guessed.

    Order: byte-order mark, bytes that can only be UTF-8, header, meta element. Labels follow the
    WHATWG list, so `iso-8859-1` means windows-1252 as in browsers, and codecs that are no encodings
    (`zip`, `punycode`) are never used.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    if not body.isascii() and _is_utf8(body):
        return "utf-8"
    in_meta = _META.search(body[:_PRESCAN])
    for label in (declared, in_meta.group(1).decode("ascii") if in_meta else None):
        found = webencodings.lookup(label) if label else None
        if found is not None:
            # A meta element that could be read as single bytes cannot be in UTF-16.
            return "utf-8" if found.name.startswith("utf-16") else found.codec_info.name
    return "utf-8" if body.isascii() else None


def decode(body: bytes, charset: str) -> str:
    """Return the text; invalid bytes become U+FFFD instead of raising an error."""
    return body.decode(charset, errors="replace").removeprefix("\ufeff")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        # A page cut off in the middle of a character is still UTF-8.
        return fault.reason == "unexpected end of data"
    return True


def detected(body: bytes) -> str:
    """Return the codec that the bytes most likely have; slow, so not for the event loop."""
    # Imported here because nearly every page declares its encoding or is UTF-8, and never needs it.
    from charset_normalizer import from_bytes  # noqa: PLC0415 - see above

    best = from_bytes(body[:SAMPLE]).best()
    return best.encoding if best is not None else LIKELY
