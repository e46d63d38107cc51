"""Debian's Chromium without a screen, told over its debugging protocol what to do."""

import json
import re
import shutil
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from types import TracebackType
from typing import Any

import pytest
from websockets.sync.client import connect

_BEGIN_S = 60.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--no-proxy-server",
    "--disable-gpu",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)


class Chromium:
    """One page. Skips the test where the program is not there."""

    def __init__(self, folder: Path) -> None:
        """`folder`: empty, for its profile."""
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            pytest.skip(
                "Chromium is not installed, so nothing is played in a browser; what the file says of itself is tested all the same."
            )
        self._command = [program, *_FLAGS, "--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
        self._numbers = count(1)
        self._session = ""
        self._open = ExitStack()

    def __enter__(self) -> "Chromium":
        with ExitStack() as opened:
            process = opened.enter_context(Popen(self._command, stdout=DEVNULL, stderr=PIPE, text=True))
            opened.callback(process.terminate)
            assert process.stderr is not None
            address = next(found for line in process.stderr if (found := re.search(r"ws://\S+", line)))
            self._socket = opened.enter_context(connect(address[0], open_timeout=_BEGIN_S, max_size=None, proxy=None))
            self._attach()
            self._open = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.close()

    def _attach(self) -> None:
        target = next(each for each in self._do("Target.getTargets")["targetInfos"] if each["type"] == "page")["targetId"]
        self._session = self._do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def open(self, address: str, headers: dict[str, str]) -> None:
        """`headers`: of this and all later requests of the page."""
        self._do("Network.enable")
        self._do("Network.setExtraHTTPHeaders", headers=headers)
        self._do("Page.navigate", url=address)

    def run(self, script: str) -> Any:
        """What a function's body returns, as JSON can say it; it may await."""
        body = f"(async () => {{ {script} }})()"
        told = self._do("Runtime.evaluate", expression=body, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def _do(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        session = {"sessionId": self._session} if self._session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params} | session))
        while (told := json.loads(self._socket.recv(timeout=_BEGIN_S))).get("id") != number:
            pass
        assert "error" not in told, told
        return told["result"]
