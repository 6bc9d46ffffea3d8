"""Which encoding the bytes of a page are in."""

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
    """Return a Python codec name for a page; `declared` is what the HTTP header says."""
    return told(body, declared) or detected(body)


def told(body: bytes, declared: str | None = None) -> str | None:
    """Return the codec that a page or its header names, or None where only a guess is left.

    Order: byte-order mark, bytes that can only be UTF-8, header, meta element. Labels
    are read by the WHATWG list, so that `iso-8859-1` means windows-1252 as it does in browsers,
    and codecs that are no encodings (`zip`, `punycode`) are never reached.
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
            # A meta element that was read as single bytes cannot be in UTF-16.
            return "utf-8" if found.name.startswith("utf-16") else found.codec_info.name
    return "utf-8" if body.isascii() else None


def decode(body: bytes, charset: str) -> str:
    """Return the text; damaged bytes become U+FFFD rather than an error."""
    return body.decode(charset, errors="replace").removeprefix("\ufeff")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        # A page cut off in the middle of a character is still UTF-8.
        return fault.reason == "unexpected end of data"
    return True


def detected(body: bytes) -> str:
    """Return the codec that the bytes look most like; slow, so not for the event loop."""
    # Imported on need: a declared or UTF-8 page, nearly every one, never pays for it.
    from charset_normalizer import from_bytes  # noqa: PLC0415 - see above

    best = from_bytes(body[:SAMPLE]).best()
    return best.encoding if best is not None else LIKELY
