"""The demo's world in a process of its own shows and sounds as it does here, and comes back when it is killed."""

import os
import signal
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault
from engine.sources.simulated import DEMO, Fall, StageHere, StageProcess
from engine.sources.simulated.stage import Eye, Stage
from tests.fakes.waiting import until


@pytest.fixture
def stage() -> Iterator[StageProcess]:
    stage = StageProcess()
    yield stage
    stage.close()


def eyes(stage: Stage) -> list[Eye]:
    return [stage.eye(camera) for camera in DEMO.cameras]


def test_pictures_waves_and_phones_are_those_of_here_also_after_a_fall(stage: StageProcess) -> None:
    here = StageHere()
    for fall in (None, Fall("walker-3", 5.0, 20.0)):
        if fall is not None:
            stage.falls.add(fall)
            here.falls.add(fall)
        for far, near in zip(eyes(stage), eyes(here), strict=True):
            assert np.array_equal(far.render(7.0), near.render(7.0))
        rates, booted = [20.0] * len(DEMO.nodes), [0.0] * len(DEMO.nodes)
        frames = stage.air().frames(140, rates, booted)
        assert frames == here.air().frames(140, rates, booted) and len(frames) > 10
        assert stage.air().phones_heard_by(1, 2) == here.air().phones_heard_by(1, 2)


def test_a_picture_is_whoever_asked_for_its_own(stage: StageProcess) -> None:
    yard = stage.eye(DEMO.cameras[0])
    first = yard.render(7.0)
    kept = first.copy()
    yard.render(19.0)
    assert np.array_equal(first, kept)


def test_all_sensors_may_ask_at_once(stage: StageProcess) -> None:
    expected = [eye.render(7.0) for eye in eyes(StageHere())]
    right: list[bool] = []

    def look(eye: Eye, picture: object) -> None:
        right.append(all(np.array_equal(eye.render(7.0), picture) for _ in range(5)))

    threads = [threading.Thread(target=look, args=pair) for pair in zip(eyes(stage), expected, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * len(threads)


def test_killed_it_says_so_and_the_next_who_asks_gets_another(stage: StageProcess) -> None:
    yard, hall = stage.eye(DEMO.cameras[0]), stage.eye(DEMO.cameras[1])
    before = yard.render(7.0)
    first = stage._process.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: not stage._process.is_alive(), "it is dead")
    with pytest.raises(EnvironmentFault, match="has ended"):
        yard.render(7.0)
    assert np.array_equal(yard.render(7.0), before) and hall.render(7.0).any()
    assert stage._process.pid != first


def test_what_cannot_be_worked_out_is_said_and_the_process_goes_on(stage: StageProcess) -> None:
    yard = stage.eye(DEMO.cameras[0])
    yard.render(7.0)
    pid = stage._process.pid
    with pytest.raises(RuntimeError, match="Error"):
        yard.render("noon")  # type: ignore[arg-type]
    assert yard.render(7.0).any() and stage._process.pid == pid


def test_closed_it_leaves_nothing_and_is_not_started_again(stage: StageProcess) -> None:
    yard = stage.eye(DEMO.cameras[0])
    yard.render(7.0)
    process = stage._process
    stage.close()
    stage.close()
    assert stage._process is None
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()
    with pytest.raises(EnvironmentFault, match="closed"):
        yard.render(7.0)
