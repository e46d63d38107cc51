"""`watchroom spare run` as a process of its own, which belongs to a hub as `spare-1`, and is allowed by a site."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from engine.gateway.hub.joining import join_spare
from engine.model.time import SystemClock
from engine.runtime.hub.membership import read_membership
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.spares.allowed_spares import allow_spare
from engine.runtime.hub.spares.spare_folder import SpareFolder
from tests.fakes.whole_hub import WholeHub


class SpareProcess:
    """`key`: at the hub. Its log goes to `<data>.log`."""

    def __init__(self, data: Path, hub: WholeHub, key: str = "spare-1", models: Path | None = None) -> None:
        self.data, self.key = data, key
        self._models = models or data.parent / "no-models"
        data.mkdir(mode=0o700)
        self.folder = SpareFolder(data)
        code = hub.hub.enrolment.new_code(key, key.title(), spare=True)
        join_spare(data, hub.url, code, self.folder.key.public)
        self._process: subprocess.Popen[bytes] | None = None

    def allow_by(self, site: Path) -> None:
        """At both sides, as their administrators would."""
        membership = read_membership(site)
        assert membership is not None
        allow_spare(site, self.folder.key.public, SystemClock().now_ns())
        self.folder.accept(NKey(KeyKind.USER, bytes.fromhex(membership.secret)).public)

    def start(self) -> None:
        environment = {**os.environ, "WATCHROOM_MODELS": str(self._models)}
        command = [sys.executable, "-m", "console", "spare", "run", "--data", str(self.data)]
        with self.data.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    @property
    def log(self) -> str:
        return self.data.with_suffix(".log").read_text()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(120)
            self._process = None
