import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from engine.model.cameras.detection import Detections
from engine.model.errors import EnvironmentFault
from engine.model.health import DetectorHealth
from engine.model.observation import DetectionsMade
from engine.model.settings import CameraSettings
from engine.runtime.cameras import inference
from engine.runtime.cameras.inference import InferencePool, PoolDetector, Slot, Waiting
from tests.fakes.frames import FlatFrame
from tests.fakes.ports import InboxOf, TroubleOf
from tests.fakes.waiting import until

NOWHERE = np.zeros((0, 4), np.float32)
SOMEWHERE = np.array([[10, 10, 50, 90]], np.float32)


class Bench:
    """A pool over a scripted detector."""

    def __init__(self, shared: bool = True, rate_hz: float = 50.0, fails: int = 0) -> None:
        self.made: list[DetectionsMade] = []
        self.asked: list[object] = []
        self.troubles: list[str | None] = []
        self.loads = 0
        self.fails = fails
        self.shared = shared
        self.pool = InferencePool(self._load, InboxOf(self.made.append), TroubleOf(self.troubles.append), 1, rate_hz)

    def _load(self, camera: CameraSettings) -> PoolDetector:
        self.loads += 1
        if self.loads <= self.fails:
            raise EnvironmentFault("model_damaged", "The model is damaged.")
        return PoolDetector("fake", self._detect, self.shared, DetectorHealth("fake"), lambda: "OpenVINO CPU")

    def _detect(self, frame, regions):
        self.asked.append(regions)
        return Detections.people([[0, 0, 10, 20]], [0.9])

    @contextmanager
    def working(self) -> Iterator[None]:
        stopping = threading.Event()
        thread = threading.Thread(target=self.pool.work, args=(stopping,))
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join(60)

    def add(self, *names: str) -> None:
        for name in names:
            self.pool.put_camera(CameraSettings(name, name, f"rtsp://192.0.2.1/{name}"))


def test_the_newest_frame_is_looked_at_with_its_own_time_and_size():
    bench = Bench()
    bench.add("door")
    bench.pool.offer("door", FlatFrame(1, 100), True, NOWHERE)
    bench.pool.offer("door", FlatFrame(2, 200, 320, 240), True, NOWHERE)
    with bench.working():
        until(lambda: bool(bench.made), "a look")
    seen = bench.made[0]
    assert (seen.camera_id, seen.index, seen.occurred_ns, seen.width, seen.height) == ("door", 2, 200, 320, 240)
    assert (seen.detector, seen.provider) == ("fake", "OpenVINO CPU") and len(seen.detections) == 1
    looked_at = bench.pool.looked_at("door")
    assert looked_at is not None and looked_at.index == 2


def test_busy_cameras_take_turns():
    bench = Bench()
    names = ["a", "b", "c", "d"]
    bench.add(*names)
    stop = threading.Event()

    def feed() -> None:
        index = 0
        while not stop.wait(0.002):
            index += 1
            for name in names:
                bench.pool.offer(name, FlatFrame(index, index), True, NOWHERE)

    feeder = threading.Thread(target=feed)
    feeder.start()
    with bench.working():
        until(lambda: len(bench.made) >= 80, "many looks")
    stop.set()
    feeder.join(60)
    counts = Counter(seen.camera_id for seen in bench.made[:80])
    assert set(counts) == set(names) and max(counts.values()) - min(counts.values()) <= 3


def test_a_camera_where_nothing_moves_waits_for_those_where_something_does():
    bench = Bench()
    bench.add("quiet", "busy")
    with bench.working():
        bench.pool.offer("quiet", FlatFrame(0, 1), False, NOWHERE)
        until(lambda: bool(bench.made), "the first look at a quiet camera")
        for index in range(1, 20):
            bench.pool.offer("quiet", FlatFrame(index, 10 * index), False, NOWHERE)
            bench.pool.offer("busy", FlatFrame(index, 10 * index), True, NOWHERE)
            until(lambda wanted=index: sum(seen.camera_id == "busy" for seen in bench.made) >= wanted, "another look at the busy one")
    assert sum(seen.camera_id == "quiet" for seen in bench.made) < 10


def test_the_basic_detector_looks_at_parts_but_at_the_whole_now_and_then():
    bench = Bench(shared=False)
    bench.add("door")
    with bench.working():
        for index in range(5):
            bench.pool.offer("door", FlatFrame(index, index), True, SOMEWHERE)
            until(lambda wanted=index: len(bench.made) > wanted, "a look")
    assert bench.asked[0] is None
    assert any(regions is not None for regions in bench.asked[1:])


def test_a_detector_that_cannot_be_loaded_is_told_tried_again_and_told_when_it_works(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inference, "RETRY_S", 0.0)
    bench = Bench(fails=1)
    bench.add("door")
    with bench.working():
        bench.pool.offer("door", FlatFrame(0, 1), True, NOWHERE)
        until(lambda: bool(bench.troubles), "the trouble is told")
        bench.pool.offer("door", FlatFrame(1, 2), True, NOWHERE)
        until(lambda: bool(bench.made), "a look after all")
    assert bench.troubles == ["People are not found: The model is damaged.", None]


def test_a_detector_that_cannot_be_loaded_is_not_tried_at_every_frame():
    bench = Bench(fails=99)
    bench.add("door")
    with bench.working():
        for index in range(5):
            bench.pool.offer("door", FlatFrame(index, index), True, NOWHERE)
            until(lambda: bench.pool._slots["door"].waiting is None, "the frame is taken")
    assert bench.loads == 1


def test_cameras_of_one_geometry_share_a_basic_detector():
    bench = Bench(shared=False)
    bench.add("a", "b")
    with bench.working():
        for name in "ab":
            bench.pool.offer(name, FlatFrame(0, 1), True, NOWHERE)
        until(lambda: len(bench.made) == 2, "both looked at")
    assert bench.loads == 1


def test_a_camera_that_went_silent_takes_no_share_of_the_budget():
    bench = Bench(rate_hz=5.0)
    bench.add("a", "b")
    for name in "ab":
        bench.pool.offer(name, FlatFrame(0, 1), True, NOWHERE)
    for _ in range(200):
        bench.pool._cost_s.add(0.05)
    both = bench.pool.interval_s()
    bench.pool._slots["b"].offered_s -= 2 * inference.FRESH_S
    assert bench.pool.interval_s() < both


def test_a_look_that_begins_late_does_not_put_off_the_next():
    slot = Slot(CameraSettings("door", "Door", "rtsp://192.0.2.1/door"))
    slot.waiting, slot.active = Waiting(FlatFrame(0, 1), NOWHERE, 10.0), True
    slot.take(10.0, late_s=0.03)
    slot.busy, slot.waiting = False, Waiting(FlatFrame(1, 2), NOWHERE, 10.1)
    assert slot.due_in(10.1, 0.2) == pytest.approx(0.07)


def offered(slot: Slot, at_s: float, active: bool = True) -> bool:
    """Whether the look is late at this frame."""
    slot.offer(Waiting(FlatFrame(0, 1), NOWHERE, at_s), active)
    return slot.late_s == at_s


def test_a_look_is_late_where_something_moves_for_longer_than_somebody_takes_to_cross_the_picture():
    slot = Slot(CameraSettings("door", "Door", "rtsp://192.0.2.1/door"))
    assert not offered(slot, 100.0, active=False) and not offered(slot, 200.0, active=False)  # nothing moves: nothing is missed
    assert not offered(slot, 201.0) and not offered(slot, 203.9) and offered(slot, 204.1)
    slot.take(204.2, late_s=0.0)
    assert not offered(slot, 207.0) and offered(slot, 207.3)


def test_a_camera_is_behind_for_some_seconds_after_a_late_look(monkeypatch: pytest.MonkeyPatch):
    bench = Bench()
    bench.add("door")
    for at_s, active, behind in ((10.0, True, False), (14.0, True, True), (23.0, False, True), (24.5, False, False)):
        monkeypatch.setattr("engine.runtime.cameras.inference.time", SimpleNamespace(monotonic=lambda at_s=at_s: at_s))
        bench.pool.offer("door", FlatFrame(0, 1), active, NOWHERE)
        assert bench.pool.is_behind("door") is behind
    assert not bench.pool.is_behind("nowhere")


def test_a_camera_keeps_its_place_when_its_settings_change():
    bench = Bench()
    bench.add("door")
    bench.pool.offer("door", FlatFrame(3, 1), True, NOWHERE)
    bench.pool.put_camera(CameraSettings("door", "Front door", "rtsp://192.0.2.1/door"))
    frame = bench.pool.looked_at("door")
    assert frame is not None and frame.index == 3


def test_new_models_are_loaded_while_it_works():
    bench = Bench()
    bench.add("door")
    with bench.working():
        for turn in range(1, 3):
            bench.pool.offer("door", FlatFrame(turn, turn), True, NOWHERE)
            until(lambda wanted=turn: len(bench.made) >= wanted, "a look")
            bench.pool.reload()
    assert bench.loads == 2


def test_the_rate_follows_what_a_look_costs():
    bench = Bench(rate_hz=5.0)
    bench.add("a", "b", "c", "d")
    for name in "abcd":
        bench.pool.offer(name, FlatFrame(0, 1), True, NOWHERE)
    for _ in range(200):
        bench.pool._cost_s.add(0.001)
    assert bench.pool.interval_s() == 0.1  # cheap: twice the wanted rate, no more
    for _ in range(200):
        bench.pool._cost_s.add(0.5)
    assert bench.pool.interval_s() == 0.2  # dear: still the wanted rate is tried


def test_forgotten_cameras_are_not_looked_at():
    bench = Bench()
    bench.add("door")
    bench.pool.remove_camera("door")
    bench.pool.offer("door", FlatFrame(0, 1), True, NOWHERE)
    assert bench.pool.looked_at("door") is None and bench.pool.runs_hz("door") == 0.0
