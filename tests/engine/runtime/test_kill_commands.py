"""An engine that is killed in the microsecond after it answered: what the answered command did is there, whatever its kind."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import typing
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from engine.model.accounts.commands import ConfirmPassword
from engine.model.command import Command
from engine.runtime.catalogue import COMMANDS, load
from tests.conftest import ROOT
from tests.fakes.command_kills import TABLE

load()

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL is tested on POSIX systems only.")
ROUNDS = int(os.environ.get("WATCHROOM_KILLS", "100"))

CALLS = "trace=write,pwrite64,fsync,fdatasync,kill"
WITHOUT_SYNC = {"engine.lock", "backup-site", "watchroom.db-shm"}  # made where they are missing; nothing that was answered is in them


def kinds(union: Any) -> set[type]:
    parts = typing.get_args(union)
    return {kind for part in parts for kind in kinds(part)} if parts else {union}


def killed(folder: Path, rounds: int, limit_s: float) -> list[dict[str, Any]]:
    """What became of each kind in each round. What is told is also in `told.jsonl` there, as it comes."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.fakes.command_kills", str(folder / "sites"), str(rounds)]
    with (folder / "kills.log").open("w") as log, (folder / "told.jsonl").open("w") as told:
        done = subprocess.run(command, cwd=ROOT, stdout=told, stderr=log, timeout=limit_s, check=False)
    assert done.returncode == 0, (folder / "kills.log").read_text()[-2000:]
    return [json.loads(line) for line in (folder / "told.jsonl").read_text().splitlines()]


def check(told: list[dict[str, Any]], rounds: int) -> None:
    lost = [each for each in told if each["became"] not in ("kept", "of the moment")]
    assert lost == [], "\n".join(f"{each['kind']}: {each['became']}: {each['why']}" for each in lost)
    assert Counter(each["kind"] for each in told) == {kind.__name__: rounds for kind in TABLE}


def test_every_kind_of_command_is_in_the_table() -> None:
    """Whoever adds a kind says what it leaves behind, or why it leaves nothing."""
    assert set(TABLE) == kinds(Command)
    of_the_moment = {kind for kind, case in TABLE.items() if case.kept is None}
    not_durable = {kind for kind, spec in COMMANDS.items() if not spec.durable}
    assert not_durable - {ConfirmPassword} == of_the_moment, "nobody waits for what leaves nothing, and for nothing else"
    assert [kind.__name__ for kind, case in TABLE.items() if (case.kept is None) is (case.why == "")] == []


@pytest.mark.timeout(1000)
def test_what_was_answered_outlives_the_engine_whatever_its_kind(tmp_path: Path) -> None:
    check(killed(tmp_path / "kills", 1, 990), 1)


def not_on_the_disk(trace: list[str]) -> set[str]:
    """Files of the site that were written after they were last synced, when the engine was killed."""
    pending: set[str] = set()
    for line in trace:
        if "SIGKILL" in line:
            return pending - WITHOUT_SYNC
        call = re.match(r"\d+ +(\w+)\(\d+<([^>]*/round-0/[^>]*)>", line)
        if call:
            name = call[2].split("/round-0/")[1]
            pending.discard(name) if "sync" in call[1] else pending.add(name)
    raise AssertionError("nothing was killed")


def traced(folder: Path, kind: str) -> list[str]:
    """What an engine wrote and synced before it answered a command of this kind and was killed."""
    folder.mkdir()
    trace, engine = folder / "trace", [sys.executable, "-m", "tests.fakes.command_kills", str(folder / "sites"), "1", kind]
    command = ["strace", "-f", "-y", "-qq", "-s", "0", "-e", "signal=none", "-e", CALLS, "-o", str(trace), *engine]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("this account may not watch what processes write")
    assert json.loads(done.stdout)["became"] == "kept", done.stderr[-2000:]
    return trace.read_text().splitlines()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace, which shows what an engine writes, is not installed.")
@pytest.mark.timeout(360)
@pytest.mark.parametrize("kind", ["NoteAlert", "PutCamera"])
def test_what_was_answered_is_on_the_disk_and_outlives_a_power_failure(tmp_path: Path, kind: str) -> None:
    """What a kill leaves in the system's memory is gone with the power: all of it is synced before the answer. Something else may be in the
    middle of being written at one kill, not at three."""
    left: list[set[str]] = []
    for turn in range(3):
        lines = traced(tmp_path / f"turn-{turn}", kind)
        assert any("sync" in line and "watchroom.db-wal" in line for line in lines)
        left.append(not_on_the_disk(lines))
        if not left[-1]:
            return
    raise AssertionError(f"not synced when it was answered: {left}")


@pytest.mark.soak
@pytest.mark.timeout(6 * 3600)
def test_a_hundred_kills_of_each_kind_lose_nothing(tmp_path: Path) -> None:
    """`WATCHROOM_KILLS`: how often. Each kind's kills and what was lost are printed."""
    began_s = time.monotonic()
    told = killed(tmp_path / "kills", ROUNDS, 6 * 3600)
    for kind, times in sorted(Counter(each["kind"] for each in told).items()):
        lost = sum(each["kind"] == kind and each["became"] not in ("kept", "of the moment") for each in told)
        print(f"{kind}: {times} kills, {lost} lost")
    lasted = [each["ms"] for each in told if "ms" in each]
    print(f"{len(told)} kills in {time.monotonic() - began_s:.0f} s, answers in {median(lasted):.1f} ms")
    check(told, ROUNDS)
