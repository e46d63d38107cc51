"""`watchroom`, forked from a process that has loaded an engine and started nothing: most of an engine's start is loading.

Every fork is a process of its own, with its own output, environment and end; whoever kills it kills nothing else. Tests of the start itself
and of the command line start the program. POSIX only.
"""

import atexit
import gc
import importlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import psutil

from tests.fakes.networks import VARIABLE, enter_network

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("console.commands.engine", "engine.gateway.server", "scipy.optimize", "scipy.ndimage", "argon2", "alembic.command")


class Forked:
    """Runs from the start on, like a `Popen`. `output`, `log`: files for its standard output and standard error."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], output: int, log: int) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(_loaded(), [b"!"], [theirs.fileno(), output, log])
        self._heard = self._line.makefile("r")
        self._line.sendall(json.dumps([[*arguments], dict(environment)]).encode() + b"\n")
        self.pid = int(self._heard.readline())
        self._code: int | None = None

    def send_signal(self, number: int) -> None:
        if self._code is None:
            os.kill(self.pid, number)

    def wait(self, longest_s: float) -> int:
        """Its exit code, negative for a signal. Raises TimeoutError."""
        if self._code is None:
            self._line.settimeout(longest_s)
            self._code = int(self._heard.readline())
            self._heard.close()
            self._line.close()
        return self._code


def printed(arguments: Sequence[str], longest_s: float = 60.0) -> str:
    """What a command prints that ends by itself, and well."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as log:
        code = Forked(arguments, os.environ, output.fileno(), log.fileno()).wait(longest_s)
        for file in (output, log):
            file.seek(0)
        assert code == 0, log.read().decode()
        return output.read().decode()


@cache
def _loaded() -> socket.socket:
    """Where forks are asked for. It ends with this process."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", "tests.fakes.forked", str(theirs.fileno())]
        alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as the program has it: no thread is started by loading
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=alone)

    def end() -> None:
        ours.close()
        process.wait(60)

    atexit.register(end)
    return ours


def _serve(asked: socket.socket) -> None:
    for name in NEEDED:
        importlib.import_module(name)
    assert len(psutil.Process().threads()) == 1, "a process with threads, of libraries too, is not forked"
    gc.collect()
    gc.freeze()
    while True:
        word, files, _, _ = socket.recv_fds(asked, 1, 3)
        if not word:
            return
        if os.fork() == 0:
            asked.close()
            _keep(*files)
            return
        for each in files:
            os.close(each)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _keep(line: int, output: int, log: int) -> None:
    """Starts the program, and tells its number and its end; returns only in the program, once it has ended."""
    with socket.socket(fileno=line) as told, told.makefile("r") as heard:
        arguments, environment = json.loads(heard.readline())
        child = os.fork()
        if child:
            told.sendall(b"%d\n" % child)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            with suppress(OSError):
                told.sendall(b"%d\n" % code)
            os._exit(0)
    for file, place in ((output, 1), (log, 2)):
        os.dup2(file, place)
        os.close(file)
    _run(arguments, environment)


def _run(arguments: list[str], environment: dict[str, str]) -> NoReturn:
    os.environ.clear()
    os.environ.update(environment)
    if network := environment.get(VARIABLE):
        enter_network(network)
    sys.argv = ["watchroom", *arguments]
    program: Any = importlib.import_module("console.__main__")
    sys.modules["__main__"] = program  # what processes of its own load first
    sys.exit(program.main())


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as asking:
        _serve(asking)
