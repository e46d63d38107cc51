"""Closer looks: which tracks are looked at, where on the frame, and how often."""

import threading
from dataclasses import dataclass, field

import numpy as np
import pytest

from engine.model.cameras.detection import Category
from engine.model.cameras.face import Faces
from engine.model.cameras.pose import LANDMARKS, Poses
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import EnvironmentFault
from engine.model.observation import FacesSeen, LooksSeen, PosesSeen
from engine.model.time import SECOND
from engine.runtime.closer.closer import CloserLooks, Focus, Lookers
from tests.fakes.ports import InboxOf

START_NS = 1_000 * SECOND


@dataclass(frozen=True)
class MadeFrame:
    index: int
    captured_ns: int
    width: int = 640
    height: int = 360

    def bgr(self, width: int, height: int) -> np.ndarray:
        return np.full((height, width, 3), self.index % 256, np.uint8)


def track(name: str, box=(100.0, 100.0, 150.0, 250.0), at_ns: int = START_NS, velocity=(0.0, 0.0), status=TrackStatus.CONFIRMED) -> Track:
    return Track(name, 1, "c", Category.PERSON, status, box, 0.9, 0.9, START_NS, at_ns, velocity)


@dataclass
class MadeFaces:
    model: str = "faces"
    threshold: float = 0.4
    asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    boxes: list[np.ndarray] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def due(self, unnamed, named, now_ns, at_most):
        self.asked.append((tuple(unnamed), tuple(named)))
        return tuple(unnamed)[:at_most]

    def look(self, picture, boxes):
        self.boxes.append(boxes)
        found = Faces(
            boxes[:1], np.zeros((1, 5, 2), np.float32), np.ones(1, np.float32), np.ones((1, 4), np.float32), np.ones(1, np.float32)
        )
        return found, [0]

    def forget(self, track_id):
        self.forgotten.append(track_id)


@dataclass
class MadePoses:
    model: str = "poses"
    asked: list[tuple[str, ...]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def look(self, picture, track_ids, boxes):
        self.asked.append(tuple(track_ids))
        count = len(track_ids)
        return Poses(
            tuple(track_ids),
            np.zeros((count, LANDMARKS, 3), np.float32),
            np.ones((count, LANDMARKS), np.float32),
            np.ones(count, np.float32),
        )

    def forget(self, track_id):
        self.forgotten.append(track_id)


class MadeLooks:
    model = "looks"

    def look(self, picture, box):
        return np.ones(4, np.float32) / 2


class Bench:
    def __init__(self, lookers: Lookers | None = None) -> None:
        self.faces, self.poses = MadeFaces(), MadePoses()
        self.seen: list[object] = []
        self.arrived = threading.Condition()
        given = lookers or Lookers(self.faces, self.poses, MadeLooks())
        self.closer = CloserLooks(lambda: given, InboxOf(self._take))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.closer.work, args=(self._stopping,))

    def _take(self, observation: object) -> None:
        with self.arrived:
            self.seen.append(observation)
            self.arrived.notify_all()

    def __enter__(self) -> "Bench":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def offer(self, tracks: tuple[Track, ...], index: int = 0, captured_ns: int = START_NS, tracks_ns: int = START_NS) -> None:
        self.closer.tracks("c", tracks, tracks_ns)
        self.closer.offer("c", MadeFrame(index, captured_ns))

    def wait(self, kind: type, count: int = 1) -> list:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.of(kind)) >= count, 10), f"{kind.__name__} never came"
        return self.of(kind)

    def of(self, kind: type) -> list:
        return [each for each in self.seen if isinstance(each, kind)]


def test_a_frame_with_somebody_is_looked_at_for_all_that_is_wanted():
    with Bench() as bench:
        bench.offer((track("t"),))
        (faces,), (poses,), (looks,) = bench.wait(FacesSeen), bench.wait(PosesSeen), bench.wait(LooksSeen)
    assert (faces.camera_id, faces.occurred_ns, faces.looked_at, faces.track_ids) == ("c", START_NS, ("t",), ("t",))
    assert (faces.model, faces.threshold) == ("faces", 0.4)
    assert poses.looked_at == ("t",) and looks.track_ids == ("t",) and looks.embeddings.shape == (1, 4)


def test_boxes_are_moved_on_to_the_frame():
    with Bench() as bench:
        bench.offer((track("t", velocity=(100.0, -20.0)),), captured_ns=START_NS + SECOND // 2)
        bench.wait(FacesSeen)
    assert bench.faces.boxes[0].tolist() == [[150.0, 90.0, 200.0, 240.0]]


def test_poses_are_of_the_largest_and_named_faces_are_told_apart():
    tracks = tuple(track(f"t{n}", (0.0, 0.0, 50.0, 100.0 + n)) for n in range(4))
    with Bench() as bench:
        bench.closer.set_known_tracks(frozenset({"t3"}))
        bench.offer(tracks)
        bench.wait(LooksSeen)
    assert bench.poses.asked == [("t3", "t2")]
    assert bench.faces.asked == [(("t0", "t1", "t2"), ("t3",))]


def test_who_is_not_surely_there_is_not_looked_at():
    coasting, stale = track("a", status=TrackStatus.COASTING), track("b", at_ns=START_NS - 2 * SECOND)
    with Bench() as bench:
        bench.offer((coasting, stale))
        bench.offer((coasting, stale, track("t")), index=1)
        bench.wait(LooksSeen)
    assert {ids for seen in bench.of(PosesSeen) for ids in seen.looked_at} == {"t"}


def test_the_same_frame_is_not_looked_at_twice_and_an_empty_one_never():
    with Bench() as bench:
        bench.offer(())
        bench.offer((track("t"),), index=1)
        bench.wait(LooksSeen)
        bench.closer.tracks("c", (track("t"),), START_NS)
        bench.offer((track("t"),), index=2)
        bench.wait(PosesSeen, 2)
    assert len(bench.of(PosesSeen)) == 2 and len(bench.of(LooksSeen)) == 1


def test_ended_tracks_are_forgotten():
    with Bench() as bench:
        bench.offer((track("t"),))
        bench.wait(LooksSeen)
        bench.closer.tracks("c", (), START_NS)
    assert bench.faces.forgotten == bench.poses.forgotten == ["t"]


def test_without_models_nothing_is_seen_and_the_trouble_is_said():
    def broken() -> Lookers:
        tried.set()
        raise EnvironmentFault("model_damaged", "The file is damaged.")

    tried, stopping = threading.Event(), threading.Event()
    closer = CloserLooks(broken, InboxOf(lambda _: pytest.fail("nothing can be seen")))
    thread = threading.Thread(target=closer.work, args=(stopping,))
    thread.start()
    assert tried.wait(60)
    closer.tracks("c", (track("t"),), START_NS)
    closer.offer("c", MadeFrame(0, START_NS))
    stopping.set()
    thread.join(60)
    assert not thread.is_alive() and closer.lookers.face_trouble == "The file is damaged."


def test_a_removed_camera_is_not_served():
    with Bench() as bench:
        bench.offer((track("t"),))
        bench.wait(LooksSeen)
        bench.closer.remove_camera("c")
        assert bench.closer.posing_cameras() == 0
        bench.closer.offer("c", MadeFrame(5, START_NS))
        bench.closer.tracks("d", (track("u"),), START_NS)
        bench.closer.offer("d", MadeFrame(0, START_NS))
        bench.wait(PosesSeen, 2)
    assert {seen.camera_id for seen in bench.of(PosesSeen)} == {"c", "d"}


def test_while_a_gesture_is_recorded_only_its_camera_is_looked_at_and_only_for_poses():
    with Bench() as bench:
        bench.closer.focus = lambda: Focus("other")
        bench.offer((track("t"),))
        bench.closer.tracks("other", (track("u"),), START_NS)
        bench.closer.offer("other", MadeFrame(0, START_NS))
        bench.wait(PosesSeen)
        bench.closer.focus = lambda: None
        bench.closer.offer("c", MadeFrame(1, START_NS))
        bench.wait(FacesSeen)
    assert [each.camera_id for each in bench.seen][:2] == ["other", "c"] and bench.of(FacesSeen)[0].camera_id == "c"


def test_whose_gesture_is_recorded_has_all_poses_also_while_the_detector_misses_them():
    small, large = track("small", status=TrackStatus.COASTING), track("large", (200.0, 0.0, 400.0, 350.0))
    with Bench() as bench:
        bench.closer.focus = lambda: Focus("c", "small")
        bench.offer((large, small))
        assert [seen.poses.track_ids for seen in bench.wait(PosesSeen)] == [("small",)]
        bench.closer.focus = lambda: Focus("c")
        bench.offer((large, small), 1)
        assert bench.wait(PosesSeen, 2)[1].poses.track_ids == ("large",)
