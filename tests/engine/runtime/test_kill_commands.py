"""An engine that is killed in the microsecond after it answered: what the answered command did is there, whatever its kind."""

import json
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

from engine.model.access_command import ConfirmPassword
from engine.model.command import Command
from engine.runtime.commands import OF_THE_MOMENT
from tests.conftest import ROOT
from tests.fakes.command_kills import TABLE

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL is tested on POSIX systems only.")
ROUNDS = 100


def kinds(union: Any) -> set[type]:
    parts = typing.get_args(union)
    return {kind for part in parts for kind in kinds(part)} if parts else {union}


def killed(data: Path, limit_s: float = 280) -> list[dict[str, Any]]:
    """What became of each kind, on a data folder of its own."""
    command = [sys.executable, "-m", "tests.fakes.command_kills", str(data)]
    with (data.parent / "kills.log").open("w") as log:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, timeout=limit_s, check=False)
    assert done.returncode == 0, (data.parent / "kills.log").read_text()[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(told: list[dict[str, Any]]) -> None:
    lost = [each for each in told if each["became"] not in ("kept", "of the moment")]
    assert lost == [], "\n".join(f"{each['kind']}: {each['became']}: {each['why']}" for each in lost)
    assert Counter(each["kind"] for each in told) == Counter(kind.__name__ for kind in TABLE)


def test_every_kind_of_command_is_in_the_table() -> None:
    """Whoever adds a kind says what it leaves behind, or why it leaves nothing."""
    assert set(TABLE) == kinds(Command)
    of_the_moment = {kind for kind, case in TABLE.items() if case.kept is None}
    assert set(OF_THE_MOMENT) - {ConfirmPassword} == of_the_moment, "nobody waits for what leaves nothing, and for nothing else"
    assert [kind.__name__ for kind, case in TABLE.items() if (case.kept is None) is (case.why == "")] == []


@pytest.mark.timeout(400)
def test_what_was_answered_outlives_the_engine_whatever_its_kind(tmp_path: Path) -> None:
    check(killed(tmp_path / "site", 390))


@pytest.mark.soak
@pytest.mark.timeout(6 * 3600)
def test_a_hundred_kills_of_each_kind_lose_nothing(tmp_path: Path) -> None:
    lasted: list[float] = []
    began_s = time.monotonic()
    for turn in range(ROUNDS):
        data = tmp_path / f"round-{turn}" / "site"
        data.parent.mkdir()
        told = killed(data, 900)
        check(told)
        lasted += [each["ms"] for each in told if "ms" in each]
        print(f"{turn + 1} kills of each kind, {time.monotonic() - began_s:.0f} s, answers in {median(lasted):.1f} ms", flush=True)
