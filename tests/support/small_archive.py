"""A little web archive in the format of Common Crawl: records, blocks of captures, cluster.idx."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CRAWL = "CC-MAIN-2026-30"
INDEXES = f"cc-index/collections/{CRAWL}/indexes"
WARC = f"crawl-data/{CRAWL}/segments/1/warc/CC-MAIN-20260701-00000.warc.gz"
WORDS = "This page says a few things about crews, tools and the weather of the week. " * 4


def page(*links: str) -> bytes:
    """Return a page with these links."""
    anchors = "".join(f'<p><a href="{one}">here</a></p>' for one in links)
    return f"<html><title>t</title><body><p>{WORDS}</p>{anchors}</body></html>".encode()


def surt(url: str) -> str:
    """Return an address as the index writes it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}){parts.path or '/'}{query}".lower()


def record(url: str, body: bytes, *, headers: str = "", status: str = "200 OK") -> bytes:
    """Return one packed record."""
    answer = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{headers}\r\n".encode()
    )
    answer += body
    about = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2026-07-01T00:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(about.encode() + answer + b"\r\n\r\n", 1, mtime=0)


@dataclass
class SmallArchive:
    """Pages by address; `records` replace those of some; `lines` change what the index says."""

    pages: Mapping[str, bytes]
    records: Mapping[str, bytes] = field(default_factory=dict)
    lies: Mapping[str, dict[str, object]] = field(default_factory=dict)
    a_block: int = 5

    def files(self) -> dict[str, bytes]:
        """Return the archive's files by path."""
        warc, lines = bytearray(), []
        for url, body in self.pages.items():
            packed = self.records.get(url) or record(url, body)
            said = {
                "url": url,
                "mime": "text/html",
                "mime-detected": "text/html",
                "status": "200",
                "digest": "X",
                "length": str(len(packed)),
                "offset": str(len(warc)),
                "filename": WARC,
            }
            said.update(self.lies.get(url, {}))
            lines.append(f"{surt(url)} 20260701000000 {json.dumps(said)}")
            warc += packed
        lines.sort()
        blocks, cluster = bytearray(), []
        for number, at in enumerate(range(0, len(lines), self.a_block)):
            packed = gzip.compress(
                ("\n".join(lines[at : at + self.a_block]) + "\n").encode(), 1, mtime=0
            )
            key = " ".join(lines[at].split(" ")[:2])
            cluster.append(f"{key}\tcdx-00000.gz\t{len(blocks)}\t{len(packed)}\t{number + 1}\n")
            blocks += packed
        return {
            WARC: bytes(warc),
            f"{INDEXES}/cdx-00000.gz": bytes(blocks),
            f"{INDEXES}/cluster.idx": "".join(cluster).encode(),
        }
