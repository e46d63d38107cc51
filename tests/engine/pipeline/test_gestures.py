"""Gestures through the pipeline: from poses to events."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from engine.model.alerts.decision import CandidateKind, Decision, Outcome
from engine.model.cameras.pose import Poses
from engine.model.event import Event, EventKind
from engine.model.observation import EngineStarted, GesturesChanged, Numbered, Observation, PosesSeen, SettingsChanged, Tick
from engine.model.people.gesture import Gesture, GestureMode
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.pipeline.identities.identities import IdentityLane
from engine.pipeline.pipeline import Pipeline
from engine.vision.gestures.learning import learn
from engine.vision.tracking import Tracker
from tests.engine.vision.gestures.performances import push_both, raise_right, rest, spread, stream, take
from tests.fakes.observations import START_NS, Walk, camera, scene

VISIBLE = np.ones((1, 33), np.float32)
WALK = Walk(0, 60, speed=0.0, x=300)


def taught(label: str, shape, mode: GestureMode = GestureMode.ARMED, others=()) -> Gesture:
    takes = tuple(take(shape, seed, lasts_s=1.0) for seed in (1, 2, 3))
    return Gesture(f"ge-{label}", label, takes, learn(takes, others), START_NS, mode=mode)


HELP, PUSH = taught("help", raise_right), taught("push", push_both)
SETTINGS = Settings(cameras=(replace(camera(), url="simulated:yard"),))


@dataclass
class Run:
    """One person stands before the camera; their poses are what a test says."""

    gestures: tuple[Gesture, ...] = (HELP, PUSH)
    settings: Settings = SETTINGS
    pipeline: Pipeline = field(default_factory=lambda: Pipeline(Tracker))
    number: int = 1000
    events: dict[str, Event] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    track: str = ""

    def begin(self) -> "Run":
        self.enter(SettingsChanged(START_NS, self.settings))
        self.enter(GesturesChanged(START_NS, self.gestures))
        return self

    def enter(self, observation: Observation):
        result = self.pipeline.step(Numbered(self.number, observation.occurred_ns, observation))
        self.number += 1
        self.events.update((event.id, event) for event in result.events if event.kind is EventKind.GESTURE)
        self.decisions += [decision for decision in result.decisions if decision.candidate is CandidateKind.GESTURE]
        for _, tracks in result.tracks:
            self.track = tracks[0].id if tracks else self.track
        return result

    def steps(self, parts, walk: Walk = WALK, lasts_s: float = 0.0, fps: float = 10, begins_s: float = 2.0, **view):
        """Everything that happens, in order: the scene ten times a second, poses as often as the camera looks at them."""
        poses = [(begins_s + at_s, landmarks) for at_s, landmarks in stream(parts, fps, **view)]
        lasts_s = lasts_s or poses[-1][0] + 1.5
        for observation in scene([walk], lasts_s):
            until_s = (observation.occurred_ns - START_NS) / SECOND
            while poses and poses[0][0] <= until_s:
                at_s, landmarks = poses.pop(0)
                yield at_s, landmarks
            yield observation

    def perform(self, parts, **how) -> list[Event]:
        for step in self.steps(parts, **how):
            self.enter(self.pose(*step) if isinstance(step, tuple) else step)
        return sorted(self.events.values(), key=lambda event: event.started_ns)

    def pose(self, at_s: float, landmarks, camera_id: str = "door") -> PosesSeen:
        poses = Poses((self.track,), landmarks[None].astype(np.float32), VISIBLE, np.ones(1, np.float32))
        return PosesSeen(camera_id, START_NS + round(at_s * SECOND), (self.track,), poses, "made")


HELPED = [(rest, 1.0), (raise_right, 1.0), (rest, 1.5)]


@pytest.mark.parametrize(("fps", "lasts_s"), [(10, 1.0), (12, 0.9), (12, 1.1), (30, 1.0)])
def test_one_performance_is_one_event_at_any_rate_and_pace(fps: float, lasts_s: float):
    (event,) = Run().begin().perform([(rest, 1.0), (raise_right, lasts_s), (rest, 1.5)], fps=fps, seed=9)
    assert event.label == "help" and event.confidence >= 0.70 and event.camera_id == "door" and event.simulated and not event.shadow
    assert event.ended_ns is not None and 0.5 * SECOND < event.ended_ns - event.started_ns < 1.6 * SECOND
    began_ns = START_NS + 3 * SECOND
    assert abs(event.started_ns - began_ns) < 0.5 * SECOND and event.ended_ns >= began_ns + 0.6 * SECOND


def test_the_confidence_is_that_of_the_distance_in_the_decision():
    run = Run().begin()
    (event,) = run.perform(HELPED, seed=9)
    (decision,) = [each for each in run.decisions if each.outcome is Outcome.RAISED]
    distance, duration = decision.gates
    assert decision.id == event.decision_id and decision.event_id == event.id and decision.subject_id == event.subject_id == run.track
    assert distance.threshold == HELP.threshold and distance.passed and duration.passed
    assert event.confidence == pytest.approx(0.70 ** (distance.value / distance.threshold))
    x1, y1, x2, y2 = event.box_xyxy
    assert x1 < 320 < x2 and y1 < 240 < y2


def test_two_gestures_two_seconds_apart_are_two_events():
    events = Run().begin().perform([(rest, 1.0), (raise_right, 1.0), (rest, 1.0), (push_both, 1.0), (rest, 1.5)], seed=3)
    assert [event.label for event in events] == ["help", "push"]


def test_stillness_noise_and_other_movement_are_no_gestures():
    assert Run().begin().perform([(rest, 10.0)], noise=0.05) == []
    assert Run().begin().perform([(rest, 1.0), (spread, 1.0), (rest, 1.0), (spread, 1.4), (rest, 1.0)]) == []


def test_a_gesture_that_is_off_is_not_looked_for_and_one_on_trial_raises_nothing():
    off, trial = replace(HELP, mode=GestureMode.OFF), replace(HELP, mode=GestureMode.SHADOW)
    assert Run((off,)).begin().perform(HELPED) == []
    (event,) = Run((trial,)).begin().perform(HELPED)
    assert event.shadow and event.label == "help"


def test_a_gesture_on_trial_takes_nothing_away_from_an_armed_one():
    twin = replace(HELP, id="ge-twin", label="twin", mode=GestureMode.SHADOW)
    events = Run((HELP, twin)).begin().perform(HELPED, seed=9)
    assert "help" in [event.label for event in events if not event.shadow]


def test_who_made_it_is_told_when_it_is_known(monkeypatch):
    from engine.model.radio.fused import FusedIdentity

    run = Run().begin()
    anna = FusedIdentity("pe-anna", "Anna", "#e69f00", 3.0, 0.95, (), ())
    lane = run.pipeline.lane(IdentityLane)
    monkeypatch.setattr(lane, "tick", lambda _, out: setattr(out, "names", ((run.track, anna),) if run.track else ()))
    (event,) = run.perform(HELPED, seed=9)
    assert (event.person_id, event.person) == ("pe-anna", "Anna") and "Anna" in event.reason


def test_a_performance_that_came_near_leaves_a_decision_and_no_event():
    wide = Run().begin()
    wide.perform(HELPED, seed=9)
    distance = next(decision.gates[0].value for decision in wide.decisions if decision.outcome is Outcome.RAISED)
    run = Run((replace(HELP, threshold=distance / 1.2),)).begin()
    assert run.perform([(rest, 1.0), (raise_right, 1.0), (rest, 0.3)] * 6, seed=9) == []
    near = [decision for decision in run.decisions if decision.outcome is Outcome.REJECTED]
    assert 1 <= len(near) <= 3 and all(not decision.gates[0].passed and decision.event_id is None for decision in near)
    assert near[0].flip == f"Missing: {-near[0].gates[0].margin:.2f} more likeness to “help”."


def test_who_walks_out_right_after_a_gesture_has_made_it():
    run = Run().begin()
    events = run.perform([(rest, 1.0), (raise_right, 1.0)], walk=replace(WALK, end_s=4.0), lasts_s=20.0, seed=9)
    assert [event.label for event in events] == ["help"]
    assert run.pipeline.state()["gestures"]["watched"] == {}


def test_watches_of_ended_tracks_and_of_a_start_go():
    run = Run().begin()
    run.perform([(rest, 2.0)])
    assert list(run.pipeline.state()["gestures"]["watched"]) == [run.track]
    run.enter(EngineStarted(START_NS + 100 * SECOND, "1"))
    assert run.pipeline.state()["gestures"]["watched"] == {}


def test_poses_of_unknown_cameras_and_tracks_change_nothing():
    run = Run().begin()
    run.track = "tr-nobody"
    for at_s, landmarks in stream(HELPED, 10):
        run.enter(run.pose(at_s, landmarks, "elsewhere"))
    assert run.events == {} and run.pipeline.state()["gestures"]["watched"] == {}
    run.enter(run.pose(5, landmarks))
    run.enter(Tick(START_NS + 6 * SECOND))
    assert run.pipeline.state()["gestures"]["watched"] == {}


@pytest.mark.parametrize("cut", [20, 57, 91, 110])
def test_a_restored_pipeline_goes_on_bit_for_bit(cut: int):
    run, whole = Run().begin(), []
    steps = list(run.steps([(rest, 1.0), (raise_right, 1.0), (rest, 1.0), (push_both, 1.0), (rest, 1.5)], fps=12, seed=4))
    again: Run | None = None
    for index, step in enumerate(steps):
        if index == cut:
            state = json.loads(json.dumps(run.pipeline.state()))
            other = Pipeline(Tracker)
            other.restore(state)
            assert other.state() == run.pipeline.state()
            again = Run(pipeline=other, number=run.number, track=run.track)
        for each in (run, again):
            if each is not None:
                whole.append((each is run, each.enter(each.pose(*step) if isinstance(step, tuple) else step)))
    assert again is not None and again.pipeline.state() == run.pipeline.state()
    told = set(again.events.values())
    assert told == {event for event in run.events.values() if event.id in again.events} and run.events


def test_gestures_taught_meanwhile_are_found_without_losing_what_was_seen():
    run = Run(()).begin()
    steps = list(run.steps(HELPED, seed=9))
    for index, step in enumerate(steps):
        if index == len(steps) // 4:
            run.enter(GesturesChanged(START_NS, (HELP,)))
        run.enter(run.pose(*step) if isinstance(step, tuple) else step)
    assert [event.label for event in run.events.values()] == ["help"]
