"""Takes, gestures that are taught from them, and what is shown of both."""

import base64
import io
import pickle
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.pose import Poses
from engine.model.errors import InputError, NotFound
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import GesturesChanged, PosesSeen, Tick
from engine.model.people.commands import RecordTake, SetGestureMode, TeachGesture
from engine.model.people.gesture import Gesture, GestureMode
from engine.model.people.view import TakeState, TakeView
from engine.model.result import StepResult
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.runtime.closer.closer import Focus
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.gestures.gestures_side import GesturesSide
from engine.runtime.local import demo_port
from engine.vision.models import ModelStore
from tests.engine.vision.gestures.performances import Gesture as Shape
from tests.engine.vision.gestures.performances import push_both, raise_right, rest, spread, stream, take
from tests.fakes.ports import InboxOf
from tests.fakes.waiting import until

START_NS = 1_000 * SECOND


@dataclass
class Kept:
    """A record in memory."""

    known: dict[str, Gesture] = field(default_factory=dict)

    def gestures(self) -> tuple[Gesture, ...]:
        return tuple(self.known.values())

    def save_gesture(self, gesture: Gesture) -> None:
        self.known[gesture.id] = gesture

    def remove_gesture(self, gesture_id: str) -> None:
        del self.known[gesture_id]


class Site:
    """A side, somebody in front of its camera, and the clock."""

    def __init__(self, known: tuple[Gesture, ...] = ()) -> None:
        self.clock = ManualClock(START_NS)
        self.record = Kept({gesture.id: gesture for gesture in known})
        self.posted: list[object] = []
        self.wanted: list[bool] = []
        self.side = GesturesSide(self.record, self.clock, InboxOf(self.posted.append), lambda: self.wanted.append(self.side.wants_poses))
        self.side.start(START_NS)

    def later(self, seconds: float) -> None:
        self.clock.advance_to(self.clock.now_ns() + round(seconds * SECOND))

    def see(self, *bodies: tuple[str, np.ndarray], visible: float = 1.0) -> None:
        count = len(bodies)
        poses = Poses(
            tuple(track for track, _ in bodies),
            np.array([body for _, body in bodies], np.float32).reshape(count, 33, 3),
            np.full((count, 33), visible, np.float32),
            np.ones(count, np.float32),
        )
        now_ns = self.clock.now_ns()
        self.side.take(StepResult(1), PosesSeen("door", now_ns, poses.track_ids or ("tr-1",), poses, "made"), now_ns, "")

    def tick(self, pose_trouble: str = "") -> None:
        self.side.take(StepResult(1), Tick(self.clock.now_ns()), self.clock.now_ns(), pose_trouble)

    def moves(self, parts, seed: int = 0, fps: float = 15, track: str = "tr-1", visible=lambda at_s: 1.0, **view) -> None:
        began_ns = self.clock.now_ns()
        for at_s, body in stream(parts, fps, seed, **view):
            self.clock.advance_to(began_ns + round(at_s * SECOND))
            self.see((track, body), visible=visible(at_s))
            self.tick()

    def take_of(self, shape: Shape, seed: int = 0, **how) -> TakeView:
        take_id = self.side.record_take(RecordTake("door", seconds=2.0))
        self.moves([(rest, 0.4), (shape, 1.0), (rest, 0.8)], seed, **how)
        return self.shown(take_id)

    def shown(self, take_id: str) -> TakeView:
        return next(view for view in self.side.takes() if view.id == take_id)

    def teach(self, label: str, shape: Shape, **changes) -> str:
        takes = tuple(self.take_of(shape, seed).id for seed in (1, 2, 3))
        return self.side.teach(TeachGesture(label, takes, **changes), "ada")


def test_a_take_is_recorded_at_the_rate_the_camera_has_and_rest_is_cut_away():
    for fps in (9, 15, 30):
        view = Site().take_of(raise_right, fps=fps)
        assert view.state is TakeState.READY and 0.7 < view.lasts_s < 1.5 and view.landmarks.shape == (view.frames, 33, 3)


def test_two_takes_teach_and_the_gesture_is_kept_entered_and_shown():
    site = Site()
    gesture_id = site.teach("Help", raise_right)
    (view,) = site.side.views()
    assert (view.id, view.label, view.takes, view.created_by, view.mode) == (gesture_id, "Help", 3, "ada", GestureMode.ARMED)
    assert 0 < view.threshold < 1 and site.record.known[gesture_id].threshold == view.threshold
    entered = site.posted[-1]
    assert isinstance(entered, GesturesChanged) and [gesture.id for gesture in entered.gestures] == [gesture_id]
    assert site.side.takes() == ()


def test_doing_it_again_shows_how_like_it_is():
    site = Site()
    site.teach("Help", raise_right)
    site.teach("Push", push_both)
    again, other = site.take_of(raise_right, 7), site.take_of(spread, 8)
    assert again.scores[0].label == "Help" and again.scores[0].confidence >= 0.70
    assert all(score.confidence < 0.70 for score in other.scores)
    assert {view.label: [score.label for score in view.confused_with] for view in site.side.views()}["Help"] in ([], ["Push"])


def test_why_a_take_failed_is_told():
    site = Site()
    nobody = site.side.record_take(RecordTake("door"))
    site.later(5)
    site.tick()
    assert site.shown(nobody).state is TakeState.FAILED and "No person" in site.shown(nobody).trouble
    assert "Hardly anything moved" in Site().take_of(rest).trouble
    assert "out of sight" in Site().take_of(raise_right, visible=lambda at_s: 0.0 if 0.6 < at_s < 1.2 else 1.0).trouble
    assert "no picture of the body could be looked at" in Site().take_of(raise_right, fps=2).trouble


def test_a_take_without_a_model_says_so_at_once():
    site = Site()
    take_id = site.side.record_take(RecordTake("door"))
    site.tick("The model is not installed.")
    assert site.shown(take_id).trouble == "The model is not installed." and site.side.drawer.recording is False


def test_who_leaves_in_the_middle_ends_the_take():
    site = Site()
    take_id = site.side.record_take(RecordTake("door", seconds=2.0))
    site.moves([(raise_right, 0.8)])
    site.later(3)
    site.tick()
    assert site.shown(take_id).state is TakeState.FAILED and "too busy" in site.shown(take_id).trouble


def test_who_left_the_view_is_told_so_and_not_that_the_machine_is_busy():
    site = Site()
    take_id = site.side.record_take(RecordTake("door", seconds=2.0))
    assert site.side.focus() == Focus("door")
    site.moves([(raise_right, 0.8)])
    assert site.side.focus() == Focus("door", "tr-1")
    site.later(0.4)
    site.side.take(StepResult(1, tracks=(("door", ()),)), Tick(site.clock.now_ns()), site.clock.now_ns(), "")
    site.later(3)
    site.tick()
    assert "out of sight" in site.shown(take_id).trouble and site.side.focus() is None


def test_the_nearest_is_recorded_unless_somebody_is_chosen():
    for chosen, expected in (("", "near"), ("far", "far")):
        site = Site()
        take_id = site.side.record_take(RecordTake("door", chosen, 2.0))
        began_ns = site.clock.now_ns()
        near, far = (list(stream([(shape, 1.2), (rest, 1.0)], 15, scale=scale)) for shape, scale in ((spread, 150.0), (raise_right, 50.0)))
        for (at_s, body), (_, small) in zip(near, far, strict=True):
            site.clock.advance_to(began_ns + round(at_s * SECOND))
            site.see(("far", small), ("near", body))
        landmarks = site.shown(take_id).landmarks
        height = float(np.ptp(landmarks[0, :, 1]))
        assert (height > 300) is (expected == "near")


def test_one_take_at_a_time_of_a_camera_and_sensible_lengths():
    site = Site()
    site.side.record_take(RecordTake("door"))
    with pytest.raises(InputError, match="being recorded"):
        site.side.record_take(RecordTake("door"))
    for seconds in (0.1, 60.0, float("nan")):
        with pytest.raises(InputError) as refused:
            site.side.record_take(RecordTake("yard", seconds=seconds))
        assert refused.value.field == "seconds"


def test_the_drawer_keeps_a_dozen_and_lets_go_of_any():
    site = Site()
    views = [site.take_of(raise_right, seed) for seed in range(14)]
    kept = [view.id for view in site.side.takes()]
    assert kept == [view.id for view in views[-12:]]
    site.side.drawer.drop(kept[0])
    with pytest.raises(NotFound):
        site.side.drawer.drop(kept[0])


def test_the_same_name_an_unknown_take_and_too_few_takes_are_refused():
    site = Site()
    site.teach("Help", raise_right)
    good = site.take_of(push_both).id
    for command, where in (
        (TeachGesture(" help ", (good, good)), "takes"),
        (TeachGesture("help", (good, site.take_of(push_both, 5).id)), "label"),
        (TeachGesture("Push", (good,)), "takes"),
        (TeachGesture("Push", ()), "takes"),
        (TeachGesture("Push", ("ta-none", good)), "takes"),
        (TeachGesture("x" * 101, (good, site.take_of(push_both, 6).id)), "label"),
    ):
        with pytest.raises(InputError) as refused:
            site.side.teach(command, "ada")
        assert refused.value.field == where, command
    assert len(site.record.known) == 1 and site.shown(good).state is TakeState.READY


def given(array: np.ndarray, label: str = "Help", frames: int | None = None) -> TeachGesture:
    file = io.BytesIO()
    np.save(file, array)
    return TeachGesture(label, data=base64.b64encode(file.getvalue()).decode(), num_frames=len(array) if frames is None else frames)


GOOD = take(raise_right, 1, lasts_s=1.0).landmarks


def test_data_made_elsewhere_teaches_as_npy_or_as_raw_float32():
    site = Site()
    site.side.teach(given(GOOD.reshape(-1, 99)), "machine")
    raw = base64.b64encode(push_take().astype("<f4").tobytes()).decode()
    site.side.teach(TeachGesture("Push", data=raw, num_frames=31, created_by="tool"), "machine")
    assert [(view.label, view.created_by) for view in site.side.views()] == [("Help", "machine"), ("Push", "tool")]


def push_take() -> np.ndarray:
    return take(push_both, 2, lasts_s=1.0).landmarks


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was executed",))


def _objects() -> str:
    file = io.BytesIO()
    np.save(file, np.array([Bomb()], dtype=object), allow_pickle=True)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("command", "where"),
    [
        (given(GOOD[:29]), "data"),
        (given(GOOD[:, :, :2]), "data"),
        (given(GOOD.reshape(-1, 99)[:, :98]), "data"),
        (given(np.where(np.arange(33)[None, :, None] == 4, np.nan, GOOD)), "data"),
        (given(GOOD, frames=30), "num_frames"),
        (given(np.repeat(GOOD[:1], 31, axis=0)), "data"),
        (given(np.concatenate([GOOD] * 20)), "data"),
        (TeachGesture("Help", data="A" * 10_000_000, num_frames=30), "data"),
        (TeachGesture("Help", data="no base64!", num_frames=30), "data"),
        (TeachGesture("Help", data=_objects(), num_frames=30), "data"),
        (TeachGesture("Help", data=base64.b64encode(pickle.dumps(Bomb())).decode(), num_frames=30), "data"),
        (replace(given(GOOD), takes=("ta-1",)), "data"),
        (replace(given(GOOD), label=" "), "label"),
    ],
)
def test_what_is_no_sequence_is_refused_by_its_field_and_nothing_is_kept(command: TeachGesture, where: str):
    site = Site()
    with pytest.raises(InputError) as refused:
        site.side.teach(command, "machine")
    assert refused.value.field == where and site.record.known == {} and len(site.posted) == 1


def test_modes_change_and_gestures_go():
    site = Site()
    gesture_id = site.teach("Help", raise_right)
    assert site.side.wants_poses
    site.side.set_mode(SetGestureMode(gesture_id, GestureMode.OFF))
    assert site.record.known[gesture_id].mode is GestureMode.OFF and not site.side.wants_poses
    site.side.remove(gesture_id)
    assert site.record.known == {} and site.side.views() == ()
    for act in (lambda: site.side.remove(gesture_id), lambda: site.side.set_mode(SetGestureMode(gesture_id, GestureMode.ARMED))):
        with pytest.raises(NotFound):
            act()


def test_poses_are_wanted_only_for_a_gesture_a_take_or_a_teacher():
    site = Site()
    assert not site.side.wants_poses and site.wanted == []
    site.side.show_poses(10)
    assert site.side.wants_poses
    site.later(11)
    site.tick()
    assert not site.side.wants_poses
    site.side.record_take(RecordTake("door"))
    assert site.side.wants_poses
    site.later(5)
    site.tick()
    assert not site.side.wants_poses or site.side.drawer.recording
    site.tick()
    assert site.wanted == [True, False, True, False]


def test_each_performance_is_counted_after_those_of_the_record():
    known = Gesture("ge-1", "Help", (take(raise_right, 1),), 0.2, START_NS, fired=4, shadow_fired=1, last_seen_ns=START_NS - SECOND)
    site = Site((known,))
    event = Event(
        "ev-1", EventKind.GESTURE, "door", "tr-1", Severity.MODERATE, START_NS, START_NS + SECOND, START_NS, 0.8, "de-1", label="Help"
    )
    for each in (event, replace(event, shadow=True), event):
        site.side.take(StepResult(1, events=(each,)), Tick(START_NS), START_NS, "")
    (view,) = site.side.views()
    assert (view.fired, view.shadow_fired, view.last_seen_ns) == (6, 2, START_NS)


def test_everyday_movement_counts_only_while_nobody_is_taught():
    site = Site()
    site.side.show_poses(60)
    site.moves([(spread, 2.0)] * 4)
    assert site.side.everyday.seconds == 0
    site.later(60)
    site.moves([(spread, 2.0)] * 12, seed=3)
    seconds = site.side.everyday.seconds
    assert 15 < seconds < 25 and all(stretch.lasts_s <= 11 for stretch in site.side.everyday.stretches())
    site.moves([(rest, 10.0)] * 30, fps=12)
    assert site.side.everyday.seconds <= 180


def test_a_gesture_is_no_everyday_movement():
    site = Site()
    site.moves([(raise_right, 1.0)] * 24)
    assert site.side.everyday.seconds > 15
    event = Event(
        "ev-1", EventKind.GESTURE, "door", "tr-1", Severity.MODERATE, START_NS, START_NS + 30 * SECOND, START_NS, 0.8, "de-1", label="x"
    )
    site.side.take(StepResult(1, events=(event,)), Tick(START_NS), START_NS, "")
    assert site.side.everyday.seconds == 0


def test_what_was_seen_lately_makes_a_gesture_like_it_stricter():
    calm, lively = Site(), Site()
    lively.moves([(lambda phase: raise_right(0.8 * phase), 1.1)] * 20, seed=5)
    lively.moves([(rest, 11.0)], seed=6)
    for site in (calm, lively):
        try:
            site.teach("Help", raise_right)
        except InputError as error:
            assert site is lively and error.field == "takes"
            return
    assert lively.side.views()[0].threshold < calm.side.views()[0].threshold


def test_what_was_taught_is_there_after_a_restart(tmp_path: Path):
    data, models = DataFolder(tmp_path / "site"), ModelStore(tmp_path / "models")
    with data.lock():
        for run in range(2):
            engine = Engine(data, SystemClock(), models)
            engine.start()
            try:
                port = demo_port(engine)
                if run == 0:
                    port.command(given(GOOD, "Help"))
                (view,) = port.snapshot().people.gestures
                assert view.label == "Help" and view.created_by == "Demo" and view.fired == 0
                until(
                    lambda engine=engine: engine.people.closer.lookers.pose_trouble != "", "poses are looked for, and their networks missed"
                )
            finally:
                engine.stop()
        (kept,) = engine.record.pipeline.state()["gestures"]["gestures"]
        assert kept["label"] == "Help"
