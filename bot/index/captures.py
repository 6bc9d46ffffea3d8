"""Finds which pages of a site are in Common Crawl's archive, by ranges of its capture index.

`cluster.idx` has a line for about every 3,000 captures, sorted by address written backwards:
`com,example)/a 2026…<tab>cdx-00012.gz<tab>offset<tab>length<tab>number`. Each line names a block: a
gzip member with a line for each capture. The file has 100 to 200 MB, so a place in it is searched
for: each read is guessed from the names read so far, or halves what is left.
"""

import asyncio
import re
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot.common.killable import Killable, Stopped
from bot.index.ranges import RangeFault, Ranges
from bot.model.page_key import page_key

CHUNK = 64 * 1024
_TAIL = 8 * 1024
"""Bytes read beyond a chunk, for its last line."""
_MOST_BLOCKS = 2
"""Blocks read of one site; a larger site is known in part."""
MOST_BLOCK = 4_000_000
_MOST_UNPACKED = 16_000_000
MOST_RECORD = 2_000_000
"""Bytes of the largest packed page that is read."""
_LONGEST_FILE = 10**13
_A_BLOCK = 3_000
_BLOCK_FILE = re.compile(r"cdx-[0-9]{5}\.gz")
_WARC_FILE = re.compile(r"crawl-data/CC-MAIN-[0-9A-Za-z_./-]{1,400}\.warc\.gz")
_CRAWL = re.compile(r"CC-MAIN-[0-9]{4}-[0-9]{2}")
_HTML = ("text/html", "application/xhtml+xml")
_END = "~"


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as it was crawled: where its record lies."""

    url: str
    filename: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Captures:
    """Pages of a site in the archive, each once; `total` is how many there are, as far as known."""

    found: tuple[Capture, ...]
    total: int


class NoCaptureIndex(RangeFault):
    """The capture index itself cannot be read, so no site can be looked up."""


class _Listed(BaseModel):
    id: str
    crawls: list[str] = []


class _Line(BaseModel):
    """What a line of a block says of a capture; it says more."""

    url: str
    status: str = ""
    mime: str = ""
    detected: str = Field("", alias="mime-detected")
    filename: str
    offset: int
    length: int


_RELEASES = TypeAdapter(list[_Listed])


def newest_crawl(text: bytes, release: str) -> str | None:
    """Return the newest crawl of a release, by the list of releases; None if it does not say."""
    try:
        listed = _RELEASES.validate_json(text)
    except ValidationError:
        return None
    crawls = [name for one in listed if one.id == release for name in one.crawls]
    return max(filter(is_crawl, crawls), default=None)


def is_crawl(name: str) -> bool:
    """Say whether it is the name of a crawl, such as CC-MAIN-2026-30."""
    return bool(_CRAWL.fullmatch(name))


def span_of(domain: str) -> tuple[str, str]:
    """Return where the addresses of a domain and its subdomains begin in the index, and end."""
    name = ",".join(reversed(domain.split(".")))
    return f"{name})", f"{name}-"


@dataclass(frozen=True, slots=True)
class _Block:
    """A line of cluster.idx: the first address of a block, and where the block lies."""

    key: str
    file: str
    offset: int
    length: int


class CaptureIndex:
    """The capture index of one crawl. What was read of `cluster.idx` serves later look-ups."""

    def __init__(self, ranges: Ranges, folder: str, apart: Killable) -> None:
        self._ranges, self._folder, self._apart, self._size = ranges, folder, apart, CHUNK
        self._chunks: dict[int, list[_Block]] = {}
        self._total = 0
        self._one = asyncio.Lock()

    async def of(self, domain: str) -> Captures:
        """Return the web pages of a domain that were crawled, as far as two blocks tell.

        Raises `RangeFault` if its block cannot be read, `NoCaptureIndex`, and `UsedUp`.
        """
        start, end = span_of(domain)
        async with self._one:
            blocks = await self._blocks(start, end)
        found: dict[str, Capture] = {}
        for block in blocks[:_MOST_BLOCKS]:
            address = f"{self._folder}/{block.file}"
            part = await self._ranges.read(address, block.offset, block.length)
            try:
                listed = await self._apart.run(captures_in, part.body, start, end)
            except Stopped as stopped:
                raise RangeFault(f"a block of the capture index {stopped.why}") from None
            for one in listed:
                found.setdefault(page_key(one.url), one)
        unread = max(0, len(blocks) - _MOST_BLOCKS)
        return Captures(tuple(found.values()), len(found) + unread * _A_BLOCK)

    async def _blocks(self, start: str, end: str) -> list[_Block]:
        """Return the blocks that can hold addresses from `start` to before `end`."""
        at = await self._place(start)
        blocks = self._chunks[at]
        place = max(0, bisect_left([one.key for one in blocks], start) - 1)
        found = [one for one in blocks[place:] if one.key < end]
        if len(found) == len(blocks) - place and len(found) < _MOST_BLOCKS and self._has(at + 1):
            found += [one for one in await self._chunk(at + 1) if one.key < end]
        return found

    def _has(self, at: int) -> bool:
        return at * self._size < self._total

    async def _place(self, start: str) -> int:
        """Return the last chunk whose first address comes before `start`; else the first one."""
        await self._chunk(0)
        low, high = 0, -(-self._total // self._size)
        for at, blocks in self._chunks.items():
            if blocks[0].key < start:
                low = max(low, at)
            else:
                high = min(high, at) if at else high
        halve = False
        while high - low > 1 and self._chunks[low][-1].key < start:
            at = (low + high) // 2 if halve else self._guess(low, high, start)
            blocks = await self._chunk(at)
            top = self._chunks[high][0].key if high in self._chunks else _END
            if not self._chunks[low][-1].key <= blocks[0].key <= blocks[-1].key <= top:
                raise NoCaptureIndex("the capture index is not in order")
            low, high = (at, high) if blocks[0].key < start else (low, at)
            halve = not halve
        return low

    def _guess(self, low: int, high: int, start: str) -> int:
        """Return the chunk in which an address should lie, if names were spread evenly."""
        bottom = self._chunks[low][-1].key
        top = self._chunks[high][0].key if high in self._chunks else _END
        begin, wanted, end = _values((bottom, start, top))
        part = (wanted - begin) / (end - begin) if end > begin else 0.5
        return min(high - 1, max(low + 1, low + int(part * (high - low))))

    async def _chunk(self, at: int) -> list[_Block]:
        if at in self._chunks:
            return self._chunks[at]
        first = max(0, at * self._size - 1)
        wanted = (at + 1) * self._size + _TAIL - first
        if self._total:
            wanted = min(wanted, self._total - first)
        try:
            part = await self._ranges.read(f"{self._folder}/cluster.idx", first, wanted)
        except RangeFault as fault:
            raise NoCaptureIndex(str(fault)) from None
        if self._total not in (0, part.total):
            raise NoCaptureIndex("the capture index was replaced while it was read")
        self._total = part.total
        blocks = list(_lines(part.body, first, (at + 1) * self._size, ends=part.total))
        if not blocks or any(one.key > other.key for one, other in pairwise(blocks)):
            raise NoCaptureIndex("what should be the capture index is none")
        self._chunks[at] = blocks
        return blocks


def _lines(body: bytes, first: int, end: int, *, ends: int) -> Iterator[_Block]:
    """Yield the blocks whose lines begin in a chunk; `first` is where the bytes begin."""
    at = 0 if first == 0 else body.find(b"\n") + 1
    if first and not at:
        return
    while at < len(body) and first + at < end:
        stop = body.find(b"\n", at)
        if stop < 0:
            if first + len(body) < ends:
                return
            stop = len(body)
        if stop > at:
            yield _block(body[at:stop].decode("utf-8", "replace"))
        at = stop + 1


def _block(line: str) -> _Block:
    parts = line.split("\t")
    if len(parts) < 4 or not _BLOCK_FILE.fullmatch(parts[1]):
        raise NoCaptureIndex("what should be the capture index is none")
    offset, length = _number(parts[2], _LONGEST_FILE), _number(parts[3], MOST_BLOCK)
    if offset is None or not length:
        raise NoCaptureIndex("the capture index names a block that cannot be")
    return _Block(parts[0].partition(" ")[0], parts[1], offset, length)


def _number(said: str, most: int) -> int | None:
    good = said.isascii() and said.isdecimal() and len(said) < 16
    return int(said) if good and int(said) <= most else None


def _values(keys: Sequence[str]) -> list[float]:
    """Return addresses as numbers in their order, from where they begin to differ."""
    common = 0
    while all(common < len(key) and key[common] == keys[0][common] for key in keys):
        common += 1
    return [
        sum(
            max(0, min(95, ord(sign) - 32)) / 96 ** (place + 1)
            for place, sign in enumerate(key[common : common + 8])
        )
        for key in keys
    ]


def captures_in(block: bytes, start: str, end: str) -> list[Capture]:
    """Return the web pages of a block whose address is from `start` to before `end`.

    Lines that cannot be are left out. Raises `RangeFault` for a block that is damaged or a bomb.
    """
    inflate = zlib.decompressobj(wbits=31)
    try:
        text = inflate.decompress(block, _MOST_UNPACKED)
    except zlib.error:
        raise RangeFault("a block of the capture index is damaged") from None
    if not inflate.eof:
        why = "unpacks to far too much" if len(text) >= _MOST_UNPACKED else "is cut short"
        raise RangeFault(f"a block of the capture index {why}")
    found = []
    for line in text.decode("utf-8", "replace").split("\n"):
        key, _, rest = line.partition(" ")
        if start <= key < end and (one := _capture(rest.partition(" ")[2])):
            found.append(one)
    return found


def _capture(said: str) -> Capture | None:
    try:
        line = _Line.model_validate_json(said)
    except ValidationError:
        return None
    good = (
        line.status == "200"
        and (line.detected or line.mime) in _HTML
        and _WARC_FILE.fullmatch(line.filename)
        and ".." not in line.filename
        and 0 <= line.offset < _LONGEST_FILE
        and 0 < line.length <= MOST_RECORD
        and len(line.url) <= 2_000
    )
    return Capture(line.url, line.filename, line.offset, line.length) if good else None
