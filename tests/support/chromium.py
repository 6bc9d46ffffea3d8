"""A headless Chromium, driven over its own DevTools protocol.

Why not Selenium: it adds two packages (the client and Debian's chromium-driver) for a websocket
with JSON, and aiohttp is already here.
"""

import asyncio
import base64
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

PROGRAM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
_KEYS = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}
_PATIENCE_S = 20


_SEE = """new Promise((resolve, reject) => {
  const look = () => {
    const value = (() => (%(condition)s))();
    if (!value) return;
    watch.disconnect();
    document.removeEventListener("focusin", look);
    resolve(String(value));
  };
  const watch = new MutationObserver(look);
  const all = {subtree: true, childList: true, attributes: true, characterData: true};
  watch.observe(document, all);
  document.addEventListener("focusin", look);
  setTimeout(() => {
    watch.disconnect();
    reject(new Error("not seen: " + %(name)s + " on: " + document.body.innerText));
  }, 15000);
  look();
})"""


class Tab:
    """One page. `complaints` collects console errors and exceptions."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []

    async def listen(self) -> None:
        async for message in self._socket:
            body = json.loads(message.data)
            if "id" in body:
                self._answers.pop(body["id"]).set_result(body)
            elif body["method"] == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(body["params"]["exceptionDetails"]))
            elif body["method"] == "Log.entryAdded" and body["params"]["entry"]["level"] == "error":
                self.complaints.append(json.dumps(body["params"]["entry"]))

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        body = await asyncio.wait_for(answer, _PATIENCE_S)
        if "error" in body:
            raise RuntimeError(f"{method}: {body['error']}")
        return body["result"]

    async def open(self, url: str, *, width: int = 1280, height: int = 860) -> None:
        for domain in ("Page", "Runtime", "Log"):
            await self.send(f"{domain}.enable")
        await self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        await self.send("Page.navigate", url=url)

    async def run(self, script: str) -> Any:
        """Evaluate an expression, awaited if it is a promise; return its value."""
        result = await self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"]))
        return result["result"].get("value")

    async def see(self, condition: str) -> Any:
        """Wait until an expression is true on the page; checked at every change of DOM or focus."""
        return await self.run(_SEE % {"condition": condition, "name": json.dumps(condition)})

    async def click(self, selector: str) -> None:
        await self.see(f"document.querySelector({json.dumps(selector)})")
        await self.run(f"document.querySelector({json.dumps(selector)}).click()")

    async def type(self, selector: str, text: str) -> None:
        """Focus a field, type into it and press Enter."""
        await self.see(f"document.querySelector({json.dumps(selector)})")
        await self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.send("Input.insertText", text=text)
        await self.press("Enter")

    async def press(self, name: str) -> None:
        """Press and release one of the keys in _KEYS, wherever the focus is."""
        key = {"key": name, "code": name, "windowsVirtualKeyCode": _KEYS[name]}
        more = {"text": "\r"} if name == "Enter" else {}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **key, **more)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **key)

    async def picture(self, path: Path) -> None:
        """Write what is on screen as a PNG."""
        shot = await self.send("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))


async def _debugger_url(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        if b"DevTools listening on" in line:
            return line.decode().rsplit(" ", 1)[-1].strip()
    raise RuntimeError("Chromium ended before it opened its DevTools port.")


@asynccontextmanager
async def chromium() -> AsyncIterator[Tab]:
    """Start a browser with an empty profile and yield its one tab."""
    assert PROGRAM is not None
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *_FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            url = await asyncio.wait_for(_debugger_url(process), _PATIENCE_S)
            host = url.split("/")[2]
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://{host}/json") as answer:
                    pages = [one for one in await answer.json() if one["type"] == "page"]
                socket_url = pages[0]["webSocketDebuggerUrl"]
                async with session.ws_connect(socket_url, max_msg_size=0) as socket:
                    tab = Tab(socket)
                    listening = asyncio.create_task(tab.listen())
                    try:
                        yield tab
                    finally:
                        listening.cancel()
                        await asyncio.gather(listening, return_exceptions=True)
        finally:
            process.kill()
            await process.wait()
