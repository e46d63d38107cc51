"""A site that is killed while it hears what was said at its hub: brought again, it is there once, wherever that was."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.fakes.intent_kills import AGAIN, POINTS


def run(folder: Path, point: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.fakes.intent_kills", str(folder), point]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def test_what_was_said_is_neither_lost_nor_doubled(tmp_path: Path) -> None:
    for point in POINTS:
        ended = run(tmp_path / "site", point)
        assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]
    for _ in range(2):
        told = run(tmp_path / "site", AGAIN)
        assert told.returncode == 0, told.stderr[-2000:]
        found = json.loads(told.stdout.splitlines()[-1])
        assert set(found["states"].values()) == {"done"}, found
        for point in POINTS:
            ids = [f"{point}-note", f"{point}-take"]
            assert found["alerts"][point] == {"notes": 2, "owner": "hub-7", "acts": ids, "rows": dict.fromkeys(ids, 1)}, found
