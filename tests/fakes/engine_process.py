"""`watchroom engine` as a process of its own, for tests that kill it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

START_S = 60.0


class EngineProcess:
    """Started by the constructor, which returns when it serves. Logs go to `<data>.log`."""

    def __init__(self, data: Path, *arguments: str, models: Path | None = None) -> None:
        self.data = data
        self._token_file = data.parent / f"{data.name}.token"
        environment = {**os.environ, "WATCHROOM_MODELS": str(models or data.parent / "no-models")}
        command = [sys.executable, "-m", "console", "engine", "--data", str(data), "--bind", "127.0.0.1:0"]
        command += ["--token-file", str(self._token_file), *arguments]
        with (data.parent / f"{data.name}.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(START_S)
            self._process.stdout.close()
            raise AssertionError((data.parent / f"{data.name}.log").read_text()[-3000:])
        self.url = json.loads(line)["http"]
        self.token = self._token_file.read_text().strip()
        self._client = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=10, trust_env=False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def kill(self) -> None:
        """As a power cut: no goodbye."""
        self._process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        code = self._process.wait(30)
        self._client.close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code
