"""Commands that are refused, each in a process of its own that is forked where everything is imported already: that takes seconds."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVER = """
import importlib, json, os, sys, traceback
from console.__main__ import main
importlib.import_module(sys.argv[1])

def run(out, errors, arguments):
    for path, number in ((out, 1), (errors, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

for line in sys.stdin:
    child = os.fork() or run(*json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Warm:
    """Where commands are run. `folder`: for what they print."""

    process: subprocess.Popen[str]
    folder: Path

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        assert self.process.stdin is not None and self.process.stdout is not None
        out, errors = self.folder / "out", self.folder / "errors"
        given = [str(argument) for argument in arguments]
        print(json.dumps([str(out), str(errors), given]), file=self.process.stdin, flush=True)
        return subprocess.CompletedProcess(given, int(self.process.stdout.readline()), out.read_text(), errors.read_text())


@contextmanager
def warm(module: str, folder: Path) -> Iterator[Warm]:
    """With `module` imported, and no models anywhere."""
    environment = {**os.environ, "WATCHROOM_MODELS": str(folder / "no-models")}
    command = [sys.executable, "-c", SERVER, module]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield Warm(process, folder)
        finally:
            process.kill()
