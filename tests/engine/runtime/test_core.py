"""The engine thread's loop, with fakes around it."""

import threading

from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged
from engine.model.time import ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.runtime.core import Core
from engine.runtime.mailbox import Mailbox
from engine.runtime.supervisor import ErrorBook, Supervisor
from engine.vision.tracking import Tracker
from tests.fakes.waiting import until


class NoWriter:
    troubled = True

    def __init__(self) -> None:
        self.cameras: list[str] = []

    def submit(self, numbered, values) -> None:
        if numbered is not None and isinstance(numbered.observation, CameraStateChanged):
            self.cameras.append(numbered.observation.camera_id)

    def run_in_order(self, action) -> None:
        raise AssertionError("no checkpoints while the writer is in trouble")


def no_checkpoint(number, state, passing) -> None:
    raise AssertionError("nothing is saved")


def test_a_crash_of_the_thread_loses_no_observation_that_was_taken():
    clock, mailbox, writer = ManualClock(1), Mailbox(), NoWriter()
    supervisor = Supervisor(ErrorBook(clock))
    crashed = threading.Event()

    def on_result(result, observation) -> None:
        if not crashed.is_set():
            crashed.set()
            raise ZeroDivisionError("a bug behind the pipeline")

    core = Core(clock, mailbox, Pipeline(Tracker), 1, writer, no_checkpoint, on_result, supervisor.errors)
    names = [f"c{i}" for i in range(9)]
    for name in names:
        mailbox.post(CameraStateChanged(name, 1, CameraState.LIVE))
    supervisor.start("engine", core.run)
    until(lambda: len(writer.cameras) == len(names), "all are taken in")
    mailbox.close()
    assert supervisor.stop() == []
    assert writer.cameras == names and crashed.is_set()
