"""A headless Chromium, driven through a pipe by its own debugging protocol: JSON messages that end with a zero byte.

As little of it as these tests need: open an address, run a line of script, press keys, click, take a picture. No port
is opened, and nothing is installed.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-pipe
    --disable-renderer-backgrounding --disable-backgrounding-occluded-windows
""".split()
_MOVE = """
import os, sys
for number, end in zip((3, 4), [os.dup(int(end)) for end in sys.argv[1:3]]):
    os.dup2(end, number)
    os.set_inheritable(number, True)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Moves the ends of two pipes to 3 and 4, where the browser looks for them, and becomes the browser."""
_CODES = {"ArrowDown": 40, "ArrowUp": 38, "Enter": 13, " ": 32}
_SHIFT = 8
_PATIENCE = 30  # seconds


class Tab:
    """The one tab of a browser. `events` are the messages that nobody asked for: requests, errors, violations."""

    def __init__(self, out: Any, back: Any) -> None:
        self._out = out
        self._in = back
        self._come = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser something, and wait for the answer."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters, **self._session}
        self._out.write(json.dumps(asked).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return dict(answer["result"])
            self.events.append(answer)
            if answer.get("method") == "Page.javascriptDialogOpening":  # "leave this page?" Yes
                leave = {"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                self._out.write(json.dumps(leave | self._session).encode() + b"\0")

    def _message(self) -> dict[str, Any]:
        """The next message of the browser."""
        while b"\0" not in self._come:
            ready, _, _ = select.select([self._in], [], [], _PATIENCE)
            assert ready, "the browser says nothing"
            piece = os.read(self._in.fileno(), 1 << 16)
            assert piece, "the browser has gone"
            self._come += piece
        message, _, self._come = self._come.partition(b"\0")
        return dict(json.loads(message))

    def open(self, url: str) -> None:
        """Go to an address."""
        self.send("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """The value of an expression, in the page."""
        told = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, script: str, seconds: float = 20) -> None:
        """Wait until an expression is true, asking again and again."""
        end = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < end, f"never true: {script}; the page says: {self.run('document.body.innerText')}"

    def press(self, *keys: str, shift: bool = False) -> None:
        """Press and release keys, as a person does."""
        for key in keys:
            text = {} if len(key) > 1 and key != "Enter" else {"text": "\r" if key == "Enter" else key}
            code = _CODES.get(key, ord(key[0].upper()))
            told = {"key": key, "windowsVirtualKeyCode": code, "modifiers": _SHIFT if shift else 0}
            self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **told, **text)
            self.send("Input.dispatchKeyEvent", type="keyUp", **told)

    def click(self, selector: str, *, shift: bool = False) -> None:
        """Click the first element that fits. A mouse of the protocol would wait for a frame to be drawn."""
        told = {"bubbles": True, "cancelable": True, "detail": 1, "shiftKey": shift}
        event = f"new MouseEvent('click', {json.dumps(told)})"
        self.run(f"document.querySelector({json.dumps(selector)}).dispatchEvent({event}) && true")

    def screen(self, width: int, height: int, *, dark: bool = False) -> None:
        """Set the size of the window, and whether it is dark."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.send("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, file: Path) -> None:
        """What the window shows, as PNG."""
        file.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))

    def asked_for(self) -> set[str]:
        """Every address that the tab asked for."""
        return {e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"}

    def complaints(self) -> list[Any]:
        """What the browser complained about: errors of scripts, and what the policy kept from loading."""
        wrong = ("Runtime.exceptionThrown", "Log.entryAdded")
        return [event["params"] for event in self.events if event.get("method") in wrong]


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A fresh browser, ended with the block."""
    assert CHROMIUM is not None
    asks, said = os.pipe()
    heard, answers = os.pipe()
    ends = (str(asks), str(answers))
    command = [sys.executable, "-c", _MOVE, *ends, CHROMIUM, *_FLAGS, f"--user-data-dir={profile}"]
    quiet = subprocess.DEVNULL
    with (
        os.fdopen(said, "wb", buffering=0) as out,
        os.fdopen(heard, "rb", buffering=0) as back,
        subprocess.Popen(command, pass_fds=(asks, answers), stdin=quiet, stdout=quiet, stderr=quiet) as process,
    ):
        os.close(asks)
        os.close(answers)
        try:
            yield Tab(out, back)
        finally:
            out.close()  # which ends the browser
            process.wait(30)
