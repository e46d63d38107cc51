"""Activities through the whole pipeline: events, decisions, names, settings, restarts, and falls that radio tells too."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.commands import ChangeAlert
from engine.model.alerts.decision import CandidateKind, GateReading, Outcome
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.track import Track, TrackStatus
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import AlertsEdited, DetectionsMade, EngineStarted, FrameSeen, Motion, Numbered, SettingsChanged, Tick
from engine.model.people.settings import ActivitySettings
from engine.model.people.traces import Traces
from engine.model.radio.blob import Blob, BlobStatus, Posture, RadioPicture
from engine.model.radio.fused import FusedIdentity, FusedPicture, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.settings import Settings
from engine.model.site import RadioSettings, Zone
from engine.model.time import SECOND
from engine.pipeline.cameras.activities import AGREES, DISAGREES, SEES_LYING, SEES_UPRIGHT, ActivityLane
from engine.pipeline.output import CameraView, StepOutput
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.radio.falls import FallLane
from engine.pipeline.radio.one_fall import LastKnownTrack
from engine.radio.falls.falls import FallChange, FallStage
from engine.vision.known_still import KnownStill
from engine.vision.tracking import Tracker
from tests.fakes.actors import SIZE, STANDING, START_NS, acting, falling, walking
from tests.fakes.observations import camera

SETTINGS = Settings(cameras=(camera(),))


def filmed(scripts, seconds, fps=10.0, from_s=0.0, confidence=0.85, camera_id="door"):
    """Frames, what a detector finds on them, and ticks."""
    for index in range(round(from_s * fps), round(seconds * fps)):
        at_ns = START_NS + round(index / fps * SECOND)
        boxes = [box for script in scripts if (box := script(index / fps)) is not None]
        yield FrameSeen(camera_id, at_ns, index, *SIZE, Motion.none())
        yield DetectionsMade(camera_id, at_ns, index, *SIZE, Detections.people(boxes, [confidence] * len(boxes)), "test")
        yield Tick(at_ns)


def entered(pipeline, observations, first=1000):
    results = []
    for observation in observations:
        number = max(pipeline.number + 1, first)
        results.append(pipeline.step(Numbered(number, observation.occurred_ns, observation)))
    return results


def played(observations, settings=SETTINGS):
    pipeline = Pipeline(Tracker)
    return pipeline, entered(pipeline, [SettingsChanged(START_NS, settings), *observations])


def of_kind(results, kind):
    events = {event.id: event for result in results for event in result.events}
    return [event for event in events.values() if event.kind is kind]


def test_a_fall_is_an_event_with_its_decision():
    _, results = played(filmed([falling()], 8))
    (event,) = of_kind(results, EventKind.FALL)
    assert event.camera_id == "door" and event.severity is Severity.CRITICAL and event.ended_ns is None
    assert abs(event.started_ns - START_NS - 2.4 * SECOND) < 0.5 * SECOND and event.received_ns - event.started_ns < 4 * SECOND
    (decision,) = [d for r in results for d in r.decisions if d.id == event.decision_id]
    assert decision.candidate is CandidateKind.ACTIVITY and decision.outcome is Outcome.RAISED and decision.event_id == event.id
    assert {gate.gate for gate in decision.gates} >= {"drop", "sudden", "likelihood", "still"} and decision.flip


@pytest.mark.parametrize("confidence", [0.85, 0.3])
def test_a_drop_of_150_pixels_in_five_frames_is_found_by_a_real_tracker(confidence):
    """Lying people are found less surely: below 0.6 the tracker starts nobody, and loses them after 1.5 s."""
    script = acting(320, 400, 250, (0, STANDING), (2, STANDING), (2 + 5 / 30, (1.1, 0.4)))
    observations = [*filmed([script], 2.2, fps=30), *filmed([script], 8, fps=30, from_s=2.2, confidence=confidence)]
    _, results = played(observations)
    (event,) = of_kind(results, EventKind.FALL)
    assert event.received_ns - START_NS - 2 * SECOND <= 4 * SECOND


def test_it_ends_when_they_are_up():
    _, results = played(filmed([falling(up_s=8)], 14))
    (event,) = of_kind(results, EventKind.FALL)
    assert event.ended_ns is not None and 8 < (event.ended_ns - START_NS) / SECOND < 11


def test_two_falls_are_two_events_and_one_is_escalated_not_repeated():
    _, results = played(filmed([falling(x=150), falling(x=480, at_s=3)], 40, fps=10))
    events = of_kind(results, EventKind.FALL)
    assert len(events) == 2 and [event.level for event in events] == [1, 1]
    assert all("Still down" in event.reason for event in events)


def test_closing_the_alert_of_a_fall_ends_it_and_it_is_not_told_again():
    pipeline, results = played(filmed([falling()], 8))
    (alert,) = [alert for alert in pipeline.alerts.alerts if alert.kind is EventKind.FALL]
    assert alert.rule_id == "urgent" and alert.severity is Severity.CRITICAL
    closed = AlertsEdited(START_NS + 8 * SECOND, ChangeAlert((alert.id,), AlertState.CLOSED, Disposition.TRUE), "rita")
    results += entered(pipeline, [closed, *filmed([falling()], 30, from_s=8)])
    (event,) = of_kind(results, EventKind.FALL)
    assert event.ended_ns == START_NS + 8 * SECOND and event.id not in pipeline.open_event_ids()
    assert not [alert for alert in pipeline.alerts.alerts if alert.kind is EventKind.FALL]


def test_two_falls_before_one_camera_are_two_alerts():
    pipeline, _ = played(filmed([falling(x=150), falling(x=480, at_s=3)], 12))
    assert len([alert for alert in pipeline.alerts.alerts if alert.kind is EventKind.FALL]) == 2


def test_two_walkers_side_by_side_are_neither_fight_nor_fall():
    _, results = played(filmed([walking(30, 0.8, height=60), walking(60, 0.8, height=60)], 10))
    assert of_kind(results, EventKind.FIGHT) == of_kind(results, EventKind.FALL) == []


def test_switched_off_nothing_is_told_and_what_is_open_ends():
    off = replace(SETTINGS, activities=ActivitySettings(enabled=False))
    assert of_kind(played(filmed([falling()], 8), off)[1], EventKind.FALL) == []
    pipeline, results = played(filmed([falling()], 8))
    at_ns = START_NS + 8 * SECOND
    results += entered(pipeline, [SettingsChanged(at_ns, off), *filmed([falling()], 12, from_s=8)])
    (event,) = of_kind(results, EventKind.FALL)
    assert event.ended_ns == at_ns
    assert event.id not in pipeline.open_event_ids()


def test_a_camera_that_is_removed_ends_its_events():
    pipeline, results = played(filmed([falling()], 8))
    results += entered(pipeline, [SettingsChanged(START_NS + 9 * SECOND, Settings())])
    (event,) = of_kind(results, EventKind.FALL)
    assert event.ended_ns == START_NS + 9 * SECOND


@pytest.mark.parametrize(
    "told",
    [
        [SettingsChanged(START_NS + 9 * SECOND, Settings())],
        [SettingsChanged(START_NS + 9 * SECOND, replace(SETTINGS, activities=ActivitySettings(enabled=False)))],
        [EngineStarted(START_NS + 20 * SECOND, "test"), SettingsChanged(START_NS + 20 * SECOND, SETTINGS)],
    ],
    ids=["camera removed", "switched off", "engine stopped"],
)
def test_a_candidate_that_nobody_watches_to_the_end_leaves_a_decision(told):
    slow = replace(SETTINGS, activities=ActivitySettings(fall_still_s=8.0))
    pipeline, results = played(filmed([falling()], 6), slow)
    assert not of_kind(results, EventKind.FALL) and not decisions_of_falls(results)
    results = entered(pipeline, told)
    (decision,) = decisions_of_falls(results)
    assert decision.outcome is Outcome.REJECTED and decision.camera_id == "door"
    assert [gate.gate for gate in decision.gates if not gate.passed][-1] == "watched"
    assert not of_kind(results, EventKind.FALL)
    assert not decisions_of_falls(entered(pipeline, [Tick(START_NS + 60 * SECOND)])), "once"


def decisions_of_falls(results):
    found = [each for result in results for each in result.decisions if each.candidate is CandidateKind.ACTIVITY]
    return [each for each in found if {"lying", "likelihood"} & {gate.gate for gate in each.gates}]


def test_a_masked_place_is_not_watched():
    everything = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)
    _, results = played(filmed([falling()], 8), Settings(cameras=(camera(masks=everything),)))
    assert of_kind(results, EventKind.FALL) == []


def test_a_simulated_camera_says_so():
    _, results = played(filmed([falling()], 8), Settings(cameras=(replace(camera(), url="simulated:door"),)))
    assert [event.simulated for event in of_kind(results, EventKind.FALL)] == [True]


def test_a_restart_ends_no_fall():
    pipeline, results = played(filmed([falling()], 8))
    at_ns = START_NS + 20 * SECOND
    restart = [EngineStarted(at_ns, "test"), SettingsChanged(at_ns, SETTINGS)]
    results += entered(pipeline, [*restart, *filmed([falling()], 30, from_s=21)])
    (event,) = of_kind(results, EventKind.FALL)
    assert event.ended_ns is None
    results += entered(pipeline, filmed([falling(up_s=31)], 36, from_s=30))
    (event,) = of_kind(results, EventKind.FALL)
    assert event.ended_ns is not None


def test_a_clock_that_was_set_back_ends_it():
    pipeline, results = played(filmed([falling()], 8))
    results += entered(pipeline, [EngineStarted(START_NS - SECOND, "test")])
    (event,) = of_kind(results, EventKind.FALL)
    assert event.ended_ns is not None and event.ended_ns >= event.started_ns


@pytest.mark.parametrize("cut", [70, 110, 250])
def test_continued_from_its_state_the_pipeline_says_the_same(cut):
    story = [*filmed([falling(x=150), falling(x=480, at_s=3, up_s=8)], 12)]
    whole, results = played(story)
    first, before = played(story[:cut])
    state = json.loads(json.dumps(first.state()))
    second = Pipeline(Tracker)
    second.restore(state)
    assert json.dumps(second.state()) == json.dumps(state)
    after = entered(second, story[cut:])
    assert [r.events + r.decisions for r in before + after] == [r.events + r.decisions for r in results]
    assert json.dumps(second.state()) == json.dumps(whole.state())


class Radio:
    """The falls of radio, as far as the lane sees them."""

    def __init__(self):
        self.falls = {}
        self.said = []

    def open_falls(self):
        return self.falls

    def witnessed(self, fall_id, sentence, out):
        self.said.append((fall_id, sentence))


def radio_fall(blob_id="blob-1"):
    return Event("ev-radio", EventKind.FALL, "", blob_id, Severity.HIGH, START_NS, None, START_NS, 1.0, "de-radio")


def both(track_id, posture, at_ns):
    """A fused track of that camera track and a blob, and the radio's picture."""
    sources = tuple(FusedSource(kind, id, "s", at_ns, 0.3) for kind, id in ((SourceKind.CAMERA, track_id), (SourceKind.RADIO, "blob-1")))
    square = ((0.1, 0, 0), (0, 0.1, 0), (0, 0, 0.1))
    fused = FusedTrack("fu", 1, FusedStatus.CONFIRMED, (2.0, 3.0, 0.0), square, (0.0, 0.0, 0.0), START_NS, at_ns, sources)
    blob = Blob("blob-1", 1, BlobStatus.CONFIRMED, (2.0, 3.0, 0.2), square, (0.0, 0.0, 0.0), 0.9, 1.0, START_NS, at_ns, posture=posture)
    return FusedPicture(at_ns, (fused,)), RadioPicture(at_ns, blobs=(blob,))


class Site:
    """The lane alone with one camera track `a` that is also blob-1; postures by time."""

    def __init__(self, script, posture=lambda t_s: Posture.UNKNOWN, together=True):
        self.radio, self.script, self.posture, self.together = Radio(), script, posture, together
        self.lane = ActivityLane(self.radio)
        self.lane.configure(SETTINGS, START_NS, StepOutput(0, START_NS))
        self.events, self.decisions, self.number = {}, [], 0

    def play(self, to_s, from_s=0.0, before=lambda t_s: None):
        for index in range(round(from_s * 10), round(to_s * 10)):
            t_s, at_ns = index / 10, START_NS + index * SECOND // 10
            before(t_s)
            self.number += 1
            out = StepOutput(self.number, at_ns)
            box = self.script(t_s)
            track = Track("a", 1, "door", Category.PERSON, TrackStatus.CONFIRMED, box, 0.8, 0.8, START_NS, at_ns)
            seen = DetectionsMade("door", at_ns, index, *SIZE, Detections.people([box], [0.8]), "test")
            out.views["door"] = CameraView((track,), (), KnownStill())
            self.lane.take(seen, out)
            fused, radio = both("a", self.posture(t_s), at_ns) if self.together else (FusedPicture(at_ns), RadioPicture(at_ns))
            anna = FusedIdentity("pe-1", "Anna", "#123456", 3.0, 0.9, (), ())
            out.names, out.fused, out.radio = (("a", anna),), fused, radio
            self.lane.tick(at_ns, out)
            result = out.result()
            self.fused = result.fused
            self.events |= {event.id: event for event in result.events}
            self.decisions += result.decisions
        return list(self.events.values())


def test_the_camera_tells_first_and_radio_disagrees_then_agrees():
    site = Site(falling(), lambda t_s: Posture.UPRIGHT if t_s < 7 else Posture.FALLEN)
    (event,) = site.play(6)
    assert event.reason.endswith(DISAGREES) and event.person == "Anna" and event.person_id == "pe-1" and event.position == (2.0, 3.0, 0.0)
    assert site.lane.falls_by_blob() == {"blob-1": event.id}
    (event,) = site.play(10, from_s=6)
    assert event.reason.endswith(AGREES) and DISAGREES not in event.reason


def test_alone_on_the_floor_the_camera_says_nothing_of_radio():
    (event,) = Site(falling(), together=False).play(6)
    assert AGREES not in event.reason and DISAGREES not in event.reason


def test_what_radio_told_first_is_joined_and_not_told_again():
    site = Site(falling(), lambda t_s: Posture.FALLEN if t_s > 3 else Posture.UPRIGHT)

    def radio(t_s):
        site.radio.falls = {"blob-1": radio_fall()} if t_s > 3 else {}

    assert site.play(8, before=radio) == []
    raised = [decision for decision in site.decisions if decision.outcome is Outcome.RAISED]
    assert [decision.event_id for decision in raised] == ["ev-radio"]
    assert ("blob-1", SEES_LYING) in site.radio.said


def test_radio_that_takes_them_for_up_does_not_silence_the_camera():
    site = Site(falling(), lambda t_s: Posture.FALLEN if 3 < t_s < 8 else Posture.UPRIGHT)

    def radio(t_s):
        site.radio.falls = {"blob-1": radio_fall()} if 3 < t_s < 8 else {}

    (event,) = site.play(10, before=radio)
    assert event.camera_id == "door" and event.ended_ns is None and event.reason.endswith(DISAGREES)
    assert abs(event.received_ns - START_NS - 8 * SECOND) <= SECOND // 5


def test_a_fall_of_radio_that_an_operator_closed_is_not_told_by_the_camera_that_still_sees_them_lie():
    site = Site(falling(), lambda t_s: Posture.FALLEN if t_s > 3 else Posture.UPRIGHT)

    def radio(t_s):
        site.radio.falls = {"blob-1": radio_fall()} if 3 < t_s < 8 else {}

    assert site.play(8, before=radio) == []
    site.lane.close(radio_fall(), START_NS + 8 * SECOND, StepOutput(900, START_NS + 8 * SECOND))
    assert site.play(12, from_s=8, before=radio) == []


def test_closing_ends_the_fall_of_radio_and_what_comes_of_it_later_is_not_told():
    lane = FallLane()
    (event,) = radio_says(lane, change_of(FallStage.RAISED)).events
    out = StepOutput(7, START_NS + 9 * SECOND)
    lane.close(event, START_NS + 9 * SECOND, out)
    assert [each.ended_ns for each in out.events] == [START_NS + 9 * SECOND] and lane.open_event_ids() == frozenset()
    assert radio_says(lane, change_of(FallStage.ESCALATED, 1), change_of(FallStage.ENDED)).events == ()


def test_a_camera_that_sees_them_upright_says_so():
    site = Site(lambda t_s: (300.0, 140.0, 372.0, 340.0), lambda t_s: Posture.FALLEN if t_s > 3 else Posture.UPRIGHT)

    def radio(t_s):
        site.radio.falls = {"blob-1": radio_fall()} if t_s > 3 else {}

    assert site.play(6, before=radio) == []
    assert set(site.radio.said) == {("blob-1", SEES_UPRIGHT)}


def test_the_floor_says_what_they_do():
    site = Site(falling())
    site.play(6)
    assert [track.activity for track in site.fused.tracks] == ["down"]


def test_an_erased_person_is_named_no_more():
    site = Site(falling())
    (event,) = site.play(6)
    assert event.person == "Anna"
    out = StepOutput(9999, event.received_ns)
    site.lane.erase(Traces("pe-1", ("Anna",), "pe-x"), out)
    (after,) = out.result().events
    assert "Anna" not in str(after) and "pe-1" not in str(after) and "Anna" not in json.dumps(site.lane.state())


class Watched:
    """Stands in for the watch of radio: says what it is told to say."""

    fallen = frozenset()

    def __init__(self, *changes):
        self.changes = list(changes)

    def step(self, *_):
        return self.changes

    def state(self):
        return {}


def change_of(stage, level=0):
    gates = (GateReading("still", 3.0, 2.0, 1.0, True, "s"),)
    at_ns = START_NS + 5 * SECOND
    return FallChange(stage, "blob-1", "blob-1", at_ns, START_NS, (1.0, 1.0, 0.2), level, Severity.CRITICAL, True, 0.9, "Went down.", gates)


def radio_says(lane, *changes):
    lane._watch = Watched(*changes)
    out = StepOutput(7, START_NS)
    lane.step(START_NS, (), {}, None, out)
    return out.result()


def test_radio_joins_the_event_of_the_camera_that_was_first():
    lane = FallLane()
    lane.told_by_cameras({"blob-1": "ev-camera"})
    said = radio_says(lane, change_of(FallStage.RAISED))
    assert said.events == () and [decision.event_id for decision in said.decisions] == ["ev-camera"]
    assert radio_says(lane, change_of(FallStage.ESCALATED, 1), change_of(FallStage.ENDED)).events == ()


def test_a_fall_that_radio_found_is_in_the_zone_of_its_place():
    far, near = Zone("z-far", "Far", 4.0, 0.0, 6.0, 2.0), Zone("z-near", "Near", 0.0, 0.0, 2.0, 2.0)
    found: list[str] = []
    for zones in ((far, near), (far,)):
        lane = FallLane()
        lane.configure(RadioSettings(), zones)
        found += [event.zone_id for event in radio_says(lane, change_of(FallStage.RAISED)).events]
    assert found == ["z-near", ""]


def test_what_a_camera_says_stays_with_the_fall_of_radio():
    lane = FallLane()
    (event,) = radio_says(lane, change_of(FallStage.RAISED)).events
    assert set(lane.open_falls()) == {"blob-1"}
    out = StepOutput(8, START_NS)
    lane.witnessed("blob-1", SEES_UPRIGHT, out)
    lane.witnessed("blob-1", SEES_LYING, out)
    (told,) = out.result().events
    assert told.id == event.id and told.reason == event.reason + SEES_LYING
    (higher,) = radio_says(lane, change_of(FallStage.ESCALATED, 1)).events
    assert higher.level == 1 and higher.reason.endswith(SEES_LYING)


def test_names_are_of_one_and_not_of_two():
    def close(x):
        dice = np.random.default_rng(int(x))
        knots = dice.uniform(-70, 70, (200, 3))
        return lambda t: tuple(
            edge + np.interp(t * 5, np.arange(200), knots[:, i % 3]) * (i != 3) for i, edge in enumerate((x - 40, 170.0, x + 40, 340.0))
        )

    _, results = played(filmed([close(280), close(345)], 8))
    fights = of_kind(results, EventKind.FIGHT)
    assert all(event.person == "" for event in fights)


class TwoCameras:
    """The lane with one person before two cameras: track `a` of the door and track `b` of the yard, one fused track or two of one place."""

    def __init__(self, door, yard, apart_m=0.0, one=True):
        self.scripts, self.apart_m, self.one = {"door": ("a", door), "yard": ("b", yard)}, apart_m, one
        cameras = (camera(), replace(camera(), id="yard", name="Yard", url="rtsp://192.0.2.1/yard"))
        self.settings = Settings(cameras=cameras)
        self.lane = ActivityLane(Radio())
        self.lane.configure(self.settings, START_NS, StepOutput(0, START_NS))
        self.events, self.decisions, self.number = {}, [], 0

    def play(self, to_s, from_s=0.0):
        for index in range(round(from_s * 10), round(to_s * 10)):
            t_s, at_ns = index / 10, START_NS + index * SECOND // 10
            self.number += 1
            out = StepOutput(self.number, at_ns)
            for camera_id, (track_id, script) in self.scripts.items():
                box = script(t_s)
                track = Track(track_id, 1, camera_id, Category.PERSON, TrackStatus.CONFIRMED, box, 0.8, 0.8, START_NS, at_ns)
                seen = DetectionsMade(camera_id, at_ns, index, *SIZE, Detections.people([box], [0.8]), "test")
                out.views[camera_id] = CameraView((track,), (), KnownStill())
                self.lane.take(seen, out)
            out.fused = self._floor(at_ns)
            self.lane.tick(at_ns, out)
            result = out.result()
            self.events |= {event.id: event for event in result.events}
            self.decisions += result.decisions
        return list(self.events.values())

    def _floor(self, at_ns):
        square = ((0.1, 0, 0), (0, 0.1, 0), (0, 0, 0.1))
        sources = [FusedSource(SourceKind.CAMERA, id, "s", at_ns, 0.3) for id in ("a", "b")]
        parts = [tuple(sources)] if self.one else [(source,) for source in sources]
        tracks = [
            FusedTrack(f"fu-{n}", n, FusedStatus.CONFIRMED, (2.0 + n * self.apart_m, 3.0, 0.0), square, (0.0,) * 3, START_NS, at_ns, part)
            for n, part in enumerate(parts)
        ]
        return FusedPicture(at_ns, tuple(tracks))


@pytest.mark.parametrize(("one", "apart_m"), [(True, 0.0), (False, 1.0)])
def test_one_fall_before_two_cameras_is_one_event(one, apart_m):
    site = TwoCameras(falling(), falling(x=200, at_s=2.3), apart_m, one)
    (event,) = site.play(10)
    assert event.kind is EventKind.FALL and event.ended_ns is None
    raised = [decision.event_id for decision in site.decisions if decision.outcome is Outcome.RAISED]
    assert raised == [event.id, event.id], "both cameras' candidates leave a decision"
    restored = ActivityLane(Radio())
    restored.restore(json.loads(json.dumps(site.lane.state())), site.settings)
    assert restored.open_event_ids() == {event.id}


def test_two_falls_before_two_cameras_at_two_places_are_two_events():
    assert len(TwoCameras(falling(), falling(x=200, at_s=2.3), 4.0, one=False).play(10)) == 2


def test_a_fall_goes_on_as_one_event_while_one_camera_still_sees_them_lie():
    site = TwoCameras(falling(up_s=8), falling(x=200, at_s=2.3))
    (event,) = site.play(14)
    assert event.ended_ns is None
    site = TwoCameras(falling(up_s=8), falling(x=200, at_s=2.3, up_s=11))
    (event,) = site.play(17)
    assert event.ended_ns is not None and 11 < (event.ended_ns - START_NS) / SECOND < 14


def test_radio_joins_the_fall_that_a_camera_tells_at_the_same_place():
    lane = FallLane()
    seen = replace(radio_fall(), id="ev-camera", position=(1.5, 1.5, 0.0))
    lane.told_by_cameras({}, {seen.id: seen})
    said = radio_says(lane, change_of(FallStage.RAISED))
    assert said.events == () and [decision.event_id for decision in said.decisions] == ["ev-camera"]


def test_a_camera_joins_the_fall_that_radio_tells_at_the_same_place():
    site = Site(falling(), together=False)
    site.lane._known["a"] = LastKnownTrack(position=(2.0, 3.0, 0.0))
    site.radio.falls = {"blob-9": replace(radio_fall("blob-9"), position=(2.5, 3.5, 0.2))}
    assert site.play(8) == []
    assert [d.event_id for d in site.decisions if d.outcome is Outcome.RAISED] == ["ev-radio"]
