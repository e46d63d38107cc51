"""Checkpoints come as often as work is done, so that a start is short however much nodes send; and few of them are kept."""

from pathlib import Path
from typing import Any

import pytest

from engine.model.observation import Numbered, Tick
from engine.model.result import StepResult
from engine.model.time import SECOND, ManualClock
from engine.runtime import core as core_module
from engine.runtime.core import Core
from engine.runtime.data_folder import DataFolder
from engine.runtime.mailbox import Mailbox
from engine.runtime.recorder.record import Record
from engine.runtime.supervisor import ErrorBook
from tests.fakes.ports import NO_TROUBLE
from tests.fakes.radio_runs import new_pipeline


class AtOnce:
    """A writer that has written before it is asked to."""

    troubled = False

    def submit(self, numbered, values) -> None:
        pass

    def run_in_order(self, action) -> None:
        action()


class Laborious:
    """A pipeline whose steps take a quarter of a second by the clock that work is measured with."""

    def __init__(self, worked_s: list[float]) -> None:
        self._worked_s, self.number = worked_s, 0

    def step(self, numbered: Numbered) -> StepResult:
        self._worked_s[0] += 0.25
        self.number = numbered.number
        return StepResult(numbered.number)

    def state(self) -> dict[str, Any]:
        return {"number": self.number}


def test_a_checkpoint_is_made_whenever_a_replay_would_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_s, saved, clock = [0.0], [], ManualClock(1_000 * SECOND)
    monkeypatch.setattr(core_module.time, "perf_counter", lambda: worked_s[0])
    pipeline = Laborious(worked_s)
    errors = ErrorBook(clock)
    core = Core(
        clock, Mailbox(), pipeline, 1, AtOnce(), lambda number, _, passing: saved.append((number, passing)), lambda *_: None, errors
    )  # type: ignore[arg-type]
    for _ in range(25):
        clock.advance_to(clock.now_ns() + SECOND // 10)
        core._keep_time()
    assert saved == [(1, False), (11, True), (21, True)]  # the first at once, then after two and a half seconds of work each
    clock.advance_to(clock.now_ns() + 60 * SECOND)
    core._keep_time()
    assert saved[-1] == (26, False)


def test_a_passing_checkpoint_goes_when_the_next_one_is_there(tmp_path: Path) -> None:
    data, at_ns = DataFolder(tmp_path / "site"), 1_790_000_000 * SECOND
    with data.lock():
        record = Record(data, ManualClock(at_ns), new_pipeline, NO_TROUBLE)
        first = record.next_number
        kept: list[list[int]] = []
        for step, passing in enumerate((False, True, True, False, True)):
            record.pipeline.step(Numbered(first + step, at_ns, Tick(at_ns + step * SECOND)))
            record.save_checkpoint(record.pipeline.number, record.pipeline.state(), passing)
            kept.append([number - first for number in record.checkpoints.newest(100)])
        assert kept == [[0], [1, 0], [2, 0], [3, 0], [4, 3, 0]]
        record.close()
