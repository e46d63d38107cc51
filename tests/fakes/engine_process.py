"""`watchroom engine` as a process of its own, for tests that kill it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.fakes.forked import Forked
from tests.fakes.networks import VARIABLE

START_S = 60.0


class EngineProcess:
    """Started by the constructor, which returns when it serves. Logs go to `<data>.log`.

    Args:
        bind: where it serves. network: name of the network namespace that it runs in.
    """

    def __init__(self, data: Path, *arguments: str, models: Path | None = None, bind: str = "127.0.0.1:0", network: str = "") -> None:
        self.data = data
        self._token_file = data.parent / f"{data.name}.token"
        environment = {**os.environ, "WATCHROOM_MODELS": str(models or data.parent / "no-models"), VARIABLE: network}
        command = ["engine", "--data", str(data), "--bind", bind, "--token-file", str(self._token_file), *arguments]
        reading, writing = os.pipe()
        self._output = os.fdopen(reading)
        with (data.parent / f"{data.name}.log").open("ab") as log, os.fdopen(writing, "wb") as output:
            self._process = self._started(command, environment, output.fileno(), log.fileno())
        line = self._output.readline()
        if not line:
            self._process.wait(START_S)
            self._output.close()
            raise AssertionError((data.parent / f"{data.name}.log").read_text()[-3000:])
        self.url = json.loads(line)["http"]
        self.token = self._token_file.read_text().strip()
        self._client = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60, trust_env=False)

    def _started(self, command: list[str], environment: dict[str, str], output: int, log: int) -> subprocess.Popen[bytes] | Forked:
        network = environment[VARIABLE]
        there = ["ip", "netns", "exec", network] if network else []
        return subprocess.Popen([*there, sys.executable, "-m", "console", *command], stdout=output, stderr=log, env=environment)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def setup_code(self) -> str:
        """For the first account, while there is none."""
        found = re.findall(r"The code for the first set-up is (\S+)", (self.data.parent / f"{self.data.name}.log").read_text())
        return found[-1] if found else ""

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
        code = self._process.wait(120)
        self._client.close()
        self._output.close()
        return code


class ForkedEngine(EngineProcess):
    """Where it is not about the start, and there are many: without the seconds that loading takes."""

    def _started(self, command: list[str], environment: dict[str, str], output: int, log: int) -> Forked:
        return Forked(command, environment, output, log)
