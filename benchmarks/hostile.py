"""Nineteen hostile pages of two megabytes each: how `linkgap page` and the bot cope with them.

`linkgap page FILE` reads each in a process of its own. Then the bot reads all of them while it is
asked. Limits: an answer per page within 8 s, 700 MB in all processes, an ack within 1 s.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from benchmarks.ack import SECRET, SPAWN, stub
from bot.common.clock import SystemClock
from bot.pages.reading.fetch import PageRead, Reader, ReadState
from bot.pages.understand import understood
from bot.settings.environment import Settings, load
from bot.wiring import core, http_app, slack_bot
from handlers.slack.manifest import EVENTS_PATH

SIZE = 2_000_000
SECONDS_BAR, MEMORY_BAR, ACK_BAR = 8.0, 700, 1.0
SLACK = 8905
HEAD, LD = "<html lang=en><title>A page</title>", '<script type="application/ld+json">'
ARTICLES = (
    '{{"@type":"Article","@id":"#a{0}","headline":"A {0}","author":{{"@id":"#p{0}"}}}},'
    '{{"@type":"Person","@id":"#p{0}","name":"Ada {0}"}}'
)


def _filled(piece: str, before: str = "<p>", after: str = "</p>") -> str:
    return HEAD + before + piece * (SIZE // len(piece.encode())) + after


def _authors() -> str:
    graph = ",".join(ARTICLES.format(number) for number in range(5_000))
    return f'{HEAD}{LD}{{"@graph":[{graph}]}}</script><p>' + "word " * 250_000


PAGES: dict[str, Callable[[], str]] = {
    "JSON-LD, an end of comment": lambda: _filled(" ", f"{LD}-->", "</script><p>text"),
    "JSON-LD, nested": lambda: _filled('{"@type":"A","a":[', LD, "</script><p>text"),
    "digits": lambda: _filled("1"),
    "commas": lambda: _filled("1,1,"),
    "dots": lambda: _filled("1.1."),
    "noscript, a long word": lambda: _filled("a", "<p>text<noscript>", "</noscript>"),
    "options": lambda: _filled("<option>word</option>", "<p>text<select>", "</select>"),
    "at signs": lambda: _filled("a@"),
    "dates": lambda: _filled("12 January 12.12.2012 "),
    "bylines": lambda: _filled("<p>By A a A de la Ada "),
    "authors": _authors,
    "nesting": lambda: _filled("<div>"),
    "attributes": lambda: _filled(" a=1", "<p", ">text"),
    "headings": lambda: _filled("<h2>A heading</h2>"),
    "links": lambda: _filled("<a href=/about>About us</a>"),
    "entities": lambda: _filled("&amp;&#x41;"),
    "blanks": lambda: _filled("<p> \u00a0 </p>"),
    "i<n in scripts": lambda: _filled("for(i=0;i<n;i++)", "<p>text<script>", "</script>"),
    "open SVG": lambda: _filled("<svg><path d=M0>", "<p>text", ""),
}


def main() -> None:
    sound = True
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'linkgap page FILE':28} {'seconds':>8} {'MB':>5}  answer")
        for number, (name, make) in enumerate(PAGES.items()):
            file = Path(folder, f"{number}.html")
            file.write_text(make(), "utf-8")
            sound &= _by_command(name, file)
        slack = SPAWN.Process(target=stub, args=(SLACK, None, None))
        slack.start()
        try:
            _wait_until_up()
            bodies = [each.read_bytes() for each in sorted(Path(folder).glob("*.html"))]
            sound &= asyncio.run(_by_the_bot(folder, bodies))
        finally:
            slack.kill()
    print("all bars are kept" if sound else "A BAR IS BROKEN")


def _wait_until_up() -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", SLACK)):
            return
        sleep(0.1)


def _by_command(name: str, file: Path) -> bool:
    started, peak = perf_counter(), 0
    with subprocess.Popen(  # noqa: S603 our own command
        [sys.executable, "-c", "from bot.cli import main; main()", "page", str(file), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_megabytes, _family(process.pid))))
            sleep(0.05)
        seconds = perf_counter() - started
        said, complaint = process.communicate()
    facts = json.loads(said or "{}")
    answer = facts.get("kind_evidence", ["NOTHING"]) if not facts.get("readable") else ["read"]
    print(f"{name:28} {seconds:8.1f} {peak:5}  {'; '.join(answer)} {complaint}".rstrip())
    good = bool(facts) and process.returncode == 0 and "Traceback" not in complaint
    return good and seconds <= SECONDS_BAR and peak <= MEMORY_BAR


async def _by_the_bot(folder: str, bodies: list[bytes]) -> bool:
    """Ask the bot every 50 ms while it reads all pages; nothing leaves this machine."""
    os.environ |= {
        "LINKGAP_DB": f"{folder}/bench.db",
        "LINKGAP_QUEUE": "100000",
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "LINKGAP_SLACK_BASE_URL": f"http://127.0.0.1:{SLACK}/api/",
    }
    clock = SystemClock()
    reader = Reader(clock)
    url, at = "https://hostile.example/", clock.now()
    reads = [PageRead(url, url, ReadState.READ, at, None, body, "utf-8") for body in bodies]
    waits: list[float] = []
    peak = 0
    async with (
        core(load(Settings, env_file=None), clock, reader=reader) as product,
        slack_bot(product) as services,
        _client(http_app(services)) as slack,
    ):
        await _ack(slack, 0)  # the first delivery asks Slack who we are
        reading = asyncio.create_task(understood(reader, reads))
        while not reading.done():
            waits.append(await _ack(slack, len(waits) + 1))
            peak = max(peak, sum(map(_megabytes, _family(os.getpid()))))
            await asyncio.sleep(0.05)
        facts = await reading
    unknown = sum(not each.readable for each in facts)
    print(f"The bot read {len(facts)} ({unknown} unknown) and was asked {len(waits)} times:")
    print(f"  slowest acknowledgement {max(waits):.3f} s (bar {ACK_BAR} s), {peak} MB in all")
    return max(waits) <= ACK_BAR and peak <= MEMORY_BAR


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bot")


async def _ack(slack: httpx.AsyncClient, number: int) -> float:
    body = urlencode(
        {
            "command": "/gap",
            "text": f"best crm {number} site:ledgerly.example via:sample",
            "team_id": "T1",
            "channel_id": "C1",
            "user_id": "U1",
            "trigger_id": f"{number}.1",
            "response_url": "http://127.0.0.1:8905/response",
        }
    )
    stamp = str(int(SystemClock().now().timestamp()))
    sign = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Signature": sign or "",
        "X-Slack-Request-Timestamp": stamp,
    }
    begun = perf_counter()
    answer = await slack.post(EVENTS_PATH, content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return perf_counter() - begun


def _family(parent: int) -> Iterator[int]:
    yield parent
    with suppress(OSError):
        for thread in Path(f"/proc/{parent}/task").iterdir():
            for child in (thread / "children").read_text("ascii").split():
                yield from _family(int(child))


def _megabytes(process: int) -> int:
    """Return the memory of a process now; 0 where the system does not say, or it is gone."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") >> 20
    return 0


if __name__ == "__main__":
    main()
