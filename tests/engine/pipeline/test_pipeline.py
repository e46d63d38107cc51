import itertools
import json
from dataclasses import replace

import numpy as np

from engine.model import wire
from engine.model.alerts.decision import CandidateKind, Outcome, Stage
from engine.model.cameras.detection import Detections
from engine.model.event import Event, EventKind
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, DetectionsMade, EngineStarted, FrameSeen, Motion, Numbered, SettingsChanged, Tick
from engine.model.settings import GateSettings, Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker
from tests.fakes.observations import SIZE, START_NS, Walk, camera, numbered, scene

SETTINGS = Settings(cameras=(camera(),))


def run(observations, pipeline=None):
    pipeline = pipeline or Pipeline(Tracker)
    return [pipeline.step(item) for item in observations]


def last_of_each(results):
    events = {event.id: event for result in results for event in result.events}
    return sorted(events.values(), key=lambda event: event.id)


def people(results):
    return [event for event in last_of_each(results) if event.kind is EventKind.PERSON]


def test_one_person_is_one_event_with_a_span():
    results = run(numbered(scene([Walk(1, 6)], 14), SETTINGS))
    (event,) = people(results)
    assert event.started_ns == START_NS + SECOND
    assert event.ended_ns is not None and abs(event.ended_ns - (START_NS + 6 * SECOND)) <= SECOND // 5
    assert event.confidence == np.float32(0.8)
    opened = [e for r in results for e in r.events if e.id == event.id and e.ended_ns is None]
    assert len(opened) == 1


def test_each_event_names_the_decision_that_raised_it():
    results = run(numbered(scene([Walk(1, 6)], 14), SETTINGS))
    (event,) = people(results)
    decisions = {decision.id: decision for result in results for decision in result.decisions}
    decision = decisions[event.decision_id]
    assert decision.outcome is Outcome.RAISED and decision.event_id == event.id
    assert all(gate.passed for gate in decision.gates) and decision.flip


def test_a_person_lost_for_a_moment_carries_the_same_event_on():
    before, after = Walk(1, 5), Walk(7.2, 11, x=50 + 60 * 6.2)
    results = run(numbered(scene([before, after], 20), SETTINGS))
    (event,) = people(results)
    assert event.ended_ns is not None and event.ended_ns > START_NS + 10 * SECOND
    about = [d for r in results for d in r.decisions if d.candidate is CandidateKind.SEQUENCE and d.stage is Stage.EVENT]
    carried = [d for d in about if d.outcome is not Outcome.RAISED]
    assert [d.event_id for d in carried] in ([event.id], [])


def test_a_minute_in_view_is_one_track_and_one_event():
    stroll = Walk(1, 62, x=60, speed=8)
    results = run(numbered(scene([stroll], 66), SETTINGS))
    assert len(people(results)) == 1
    assert len({track.id for result in results for _, tracks in result.tracks for track in tracks}) == 1


def test_two_people_apart_are_two_events():
    results = run(numbered(scene([Walk(1, 8), Walk(1, 8, x=560, speed=-30, y=180, height=80)], 16), SETTINGS))
    assert len(people(results)) == 2


def test_somebody_seen_badly_leaves_a_decision_and_no_event():
    results = run(numbered(scene([Walk(1, 6, confidence=0.40)], 14), SETTINGS))
    assert people(results) == []
    sequences = [d for r in results for d in r.decisions if d.candidate is CandidateKind.SEQUENCE]
    for decision in sequences:
        assert decision.outcome is Outcome.HELD and "confidence" in decision.flip


def test_a_person_in_a_mask_is_followed_but_not_raised():
    everything = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)
    results = run(numbered(scene([Walk(1, 6)], 14), Settings(cameras=(camera(masks=everything),))))
    assert people(results) == []
    (decision,) = [d for r in results for d in r.decisions if d.candidate is CandidateKind.SEQUENCE]
    assert decision.outcome is Outcome.REJECTED
    assert [gate.gate for gate in decision.gates if not gate.passed] == ["mask"]


def test_sequences_keep_their_highest_confidence():
    walks = [Walk(1, 6, confidence=0.9)]
    results = run(numbered(scene(walks, 14), SETTINGS))
    sequences = [s for r in results for s in r.sequences]
    assert sequences and sequences[-1].ended_ns is not None
    assert all(later.max_conf >= earlier.max_conf for earlier, later in itertools.pairwise(sequences))


def test_motion_without_a_person_is_an_event_that_ends():
    moving = [
        FrameSeen("door", START_NS + i * SECOND // 10, i, *SIZE, Motion(0.05, np.array([[1, 2, 30, 40]], np.float32))) for i in range(40)
    ]
    ticks = [Tick(START_NS + 4 * SECOND + i * SECOND) for i in range(5)]
    results = run(numbered(iter([*moving, *ticks]), SETTINGS))
    (event,) = last_of_each(results)
    assert event.kind is EventKind.MOTION and event.box_xyxy == (1, 2, 30, 40)
    assert event.ended_ns == START_NS + 39 * SECOND // 10


def test_motion_of_a_found_person_is_no_event_of_its_own():
    results = run(numbered(scene([Walk(0.5, 6)], 14), SETTINGS))
    assert [event.kind for event in last_of_each(results)] == [EventKind.PERSON]
    motion = [d for r in results for d in r.decisions if d.candidate is CandidateKind.MOTION]
    assert [d.outcome for d in motion] == [Outcome.REJECTED]


def test_motion_that_stays_when_the_person_has_left_begins_then():
    walk = Walk(0.5, 6)
    waving = [
        FrameSeen("door", START_NS + 6 * SECOND + i * SECOND // 10, 100 + i, *SIZE, Motion(0.05, np.array([[1, 2, 30, 40]], np.float32)))
        for i in range(1, 60)
    ]
    story = [*scene([walk], 6), *waving, Tick(START_NS + 20 * SECOND)]
    (motion,) = [event for event in last_of_each(run(numbered(iter(story), SETTINGS))) if event.kind is EventKind.MOTION]
    assert motion.started_ns >= START_NS + 7 * SECOND


def state(seconds, what, reason=""):
    return CameraStateChanged("door", START_NS + round(seconds * SECOND), what, reason)


def test_a_silent_camera_is_an_event_until_it_is_back():
    frame = FrameSeen("door", START_NS, 0, *SIZE, Motion.none())
    story = [frame, state(1, CameraState.LOST, "No picture for 2 s."), Tick(START_NS + 3 * SECOND), state(9, CameraState.LIVE)]
    (event,) = last_of_each(run(numbered(iter(story), SETTINGS)))
    assert event.kind is EventKind.CAMERA_LOST and event.reason == "No picture for 2 s."
    assert (event.started_ns, event.ended_ns) == (START_NS, START_NS + 9 * SECOND)


def test_silence_is_told_also_of_a_file_that_ran_ahead_of_time():
    ahead = FrameSeen("door", START_NS + 3600 * SECOND, 0, *SIZE, Motion.none())
    pipeline = Pipeline(Tracker)
    run(numbered(iter([]), SETTINGS), pipeline)
    pipeline.step(Numbered(2000, START_NS, ahead))
    pipeline.step(Numbered(2001, START_NS + SECOND, state(1, CameraState.LOST, "Gone.")))
    (event,) = pipeline.step(Numbered(2002, START_NS + 3 * SECOND, Tick(START_NS + 3 * SECOND))).events
    assert event.kind is EventKind.CAMERA_LOST and event.started_ns == START_NS


def test_a_short_break_leaves_only_a_decision():
    frame = FrameSeen("door", START_NS, 0, *SIZE, Motion.none())
    story = [frame, state(0.5, CameraState.LOST), Tick(START_NS + SECOND), state(1.2, CameraState.LIVE)]
    results = run(numbered(iter(story), SETTINGS))
    assert last_of_each(results) == []
    assert [d.candidate for r in results for d in r.decisions] == [CandidateKind.SENSOR_FAULT]


def test_same_journal_same_results_bit_for_bit():
    story = numbered(scene([Walk(1, 6), Walk(3, 9, x=600, speed=-50)], 20), SETTINGS)
    first, second = run(story), run(story)
    assert [json.dumps(wire.to_plain(r)) for r in first] == [json.dumps(wire.to_plain(r)) for r in second]


def test_a_checkpoint_anywhere_continues_exactly():
    story = numbered(scene([Walk(1, 6), Walk(3, 9, x=600, speed=-50)], 16), SETTINGS)
    whole = [json.dumps(wire.to_plain(result)) for result in run(story)]
    for cut in range(5, len(story), 37):
        pipeline = Pipeline(Tracker)
        run(story[:cut], pipeline)
        saved = json.loads(json.dumps(pipeline.state()))
        again = Pipeline(Tracker)
        again.restore(saved)
        rest = [json.dumps(wire.to_plain(result)) for result in run(story[cut:], again)]
        assert rest == whole[cut:], f"after a checkpoint at {cut}"


def test_a_restart_closes_what_was_open_when_it_was_last_seen():
    story = numbered(scene([Walk(1, 60)], 5), SETTINGS)
    pipeline = Pipeline(Tracker)
    run(story, pipeline)
    late = START_NS + 3600 * SECOND
    result = pipeline.step(Numbered(9000, late, EngineStarted(late, "test")))
    (event,) = [e for e in result.events if isinstance(e, Event)]
    assert event.ended_ns is not None and event.ended_ns < START_NS + 5 * SECOND
    after = pipeline.step(Numbered(9001, late, Tick(late)))
    assert after.events == () and dict(result.tracks)["door"] == ()


def test_a_removed_camera_closes_its_events_and_is_deaf_afterwards():
    pipeline = Pipeline(Tracker)
    run(numbered(scene([Walk(1, 60)], 5), SETTINGS), pipeline)
    result = pipeline.step(Numbered(9000, START_NS, SettingsChanged(START_NS, replace(SETTINGS, cameras=()))))
    assert [event.ended_ns is not None for event in result.events] == [True]
    frame = FrameSeen("door", START_NS + 99 * SECOND, 0, *SIZE, Motion.none())
    assert pipeline.step(Numbered(9001, START_NS, frame)).tracks == ()


def sequences_decided(results):
    return [d for r in results for d in r.decisions if d.candidate is CandidateKind.SEQUENCE]


def test_who_walks_out_of_a_mask_is_raised_soon_however_long_they_stood_in_it():
    left_part = (((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),)
    walk = Walk(1, 40, x=100, speed=8)  # leaves the mask at 320 pixels, after 27.5 s
    results = run(numbered(scene([walk], 35), Settings(cameras=(camera(masks=left_part),))))
    (event,) = people(results)
    assert START_NS + 28 * SECOND < event.received_ns < START_NS + 31 * SECOND


def test_masks_drawn_while_somebody_is_followed_count_from_then_on():
    everything = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)
    masked = Settings(cameras=(camera(masks=everything),))
    story = numbered(scene([Walk(1, 20)], 10), masked)
    opened = [Numbered(9000, START_NS + 10 * SECOND, SettingsChanged(START_NS + 10 * SECOND, SETTINGS))]
    later = [o for o in scene([Walk(1, 20)], 14) if o.occurred_ns >= START_NS + 10 * SECOND]
    pipeline = Pipeline(Tracker)
    assert people(run(story, pipeline)) == []
    rest = [Numbered(9001 + i, o.occurred_ns, o) for i, o in enumerate(later)]
    (event,) = people(run([*opened, *rest], pipeline))
    assert event.started_ns == START_NS + SECOND, "the track went on through the change"


def test_a_clock_set_back_over_a_restart_blinds_no_camera():
    pipeline = Pipeline(Tracker)
    story = numbered(scene([Walk(1, 60)], 5), SETTINGS)
    hour_ns = 3600 * SECOND
    run(
        [
            Numbered(n.number, n.received_ns + hour_ns, replace(n.observation, occurred_ns=n.observation.occurred_ns + hour_ns))
            for n in story
        ],
        pipeline,
    )
    pipeline.step(Numbered(8000, START_NS, EngineStarted(START_NS, "test")))
    again = [Numbered(n.number + 9000, n.received_ns, n.observation) for n in numbered(scene([Walk(1, 6)], 14), SETTINGS)]
    (event,) = people(run(again, pipeline))
    assert event.ended_ns is not None and event.ended_ns < START_NS + 7 * SECOND


def test_a_camera_that_shows_something_else_carries_nothing_on():
    pipeline = Pipeline(Tracker)
    run(numbered(scene([Walk(1, 60)], 5), SETTINGS), pipeline)
    elsewhere = replace(SETTINGS, cameras=(replace(camera(), url="rtsp://192.0.2.9/other"),))
    result = pipeline.step(Numbered(9000, START_NS + 5 * SECOND, SettingsChanged(START_NS + 5 * SECOND, elsewhere)))
    assert [event.ended_ns is not None for event in result.events] == [True]
    assert dict(result.tracks)["door"] == ()


def test_a_new_name_ends_nothing():
    pipeline = Pipeline(Tracker)
    run(numbered(scene([Walk(1, 60)], 5), SETTINGS), pipeline)
    renamed = replace(SETTINGS, cameras=(replace(camera(), name="Back door"),))
    assert pipeline.step(Numbered(9000, START_NS + 5 * SECOND, SettingsChanged(START_NS + 5 * SECOND, renamed))).events == ()


def test_a_camera_lost_until_the_engine_stopped_was_lost_until_then():
    pipeline = Pipeline(Tracker)
    story = [FrameSeen("door", START_NS, 0, *SIZE, Motion.none()), state(2, CameraState.LOST, "Gone."), Tick(START_NS + 600 * SECOND)]
    run(numbered(iter(story), SETTINGS), pipeline)
    late_ns = START_NS + 9000 * SECOND
    (event,) = pipeline.step(Numbered(9000, late_ns, EngineStarted(late_ns, "test"))).events
    assert (event.started_ns, event.ended_ns) == (START_NS, START_NS + 600 * SECOND)


def test_every_confirmed_track_leaves_a_decision_also_when_a_restart_cuts_it_off():
    pipeline = Pipeline(Tracker)
    before = run(numbered(scene([Walk(1, 60)], 3), Settings(cameras=(camera(),), gates=GateSettings(min_confidence=0.9))), pipeline)
    assert sequences_decided(before) == []
    result = pipeline.step(Numbered(9000, START_NS + 9 * SECOND, EngineStarted(START_NS + 9 * SECOND, "test")))
    (decision,) = sequences_decided([result])
    assert decision.outcome is Outcome.HELD and result.sequences[0].id == decision.subject_id


def test_a_late_look_does_not_take_the_boxes_back():
    story = [o for o in scene([Walk(0, 6)], 4)]
    pipeline = Pipeline(Tracker)
    results = run(numbered(iter(story), SETTINGS), pipeline)
    frame_ns = START_NS + 4200 * SECOND // 1000
    ahead = pipeline.step(Numbered(9000, frame_ns, FrameSeen("door", frame_ns, 42, *SIZE, Motion.none())))
    box = Walk(0, 6).box(4.0)
    late = DetectionsMade("door", START_NS + 4 * SECOND, 40, *SIZE, Detections.people([box], [0.8]), "test")
    after = pipeline.step(Numbered(9001, frame_ns, late))
    shown, then = dict(ahead.tracks)["door"][0], dict(after.tracks)["door"][0]
    assert results and then.id == shown.id
    assert abs(then.box_xyxy[0] - shown.box_xyxy[0]) < 3, "both are where the person is at the time of the newer frame"


def test_who_comes_back_in_time_is_awaited_until_they_are_seen_well_enough():
    """Seen again just before the time is over, and confirmed by the tracker after it: still one event."""
    before, after = Walk(1, 5), Walk(7.75, 12, x=50 + 60 * 4, speed=20)
    (event,) = people(run(numbered(scene([before, after], 22), SETTINGS)))
    assert event.ended_ns is not None and event.ended_ns > START_NS + 11 * SECOND


def test_motion_ends_as_an_event_of_its_own_when_a_person_is_found():
    moving = [
        FrameSeen("door", START_NS + i * SECOND // 10, i, *SIZE, Motion(0.05, np.array([[1, 2, 30, 40]], np.float32))) for i in range(40)
    ]
    walk = [o for o in scene([Walk(4, 9)], 9) if o.occurred_ns >= START_NS + 4 * SECOND]
    events = last_of_each(run(numbered(iter([*moving, *walk]), SETTINGS)))
    motion = next(event for event in events if event.kind is EventKind.MOTION)
    assert motion.ended_ns is not None and motion.ended_ns < START_NS + 5 * SECOND
    assert [event.kind for event in events].count(EventKind.MOTION) == 1


def test_it_names_what_it_holds_open():
    pipeline = Pipeline(Tracker)
    results = run(numbered(scene([Walk(1, 60)], 5), SETTINGS), pipeline)
    assert pipeline.open_event_ids() == {event.id for event in last_of_each(results) if event.ended_ns is None}
    pipeline.step(Numbered(9000, START_NS, EngineStarted(START_NS, "test")))
    assert pipeline.open_event_ids() == frozenset()


def test_a_checkpoint_of_another_version_is_refused():
    state = Pipeline(Tracker).state() | {"version": 99}
    try:
        Pipeline(Tracker).restore(state)
    except ValueError as error:
        assert "99" in str(error)
    else:
        raise AssertionError("restored")


class FailsWhenUnwatched(Tracker):
    """A bug with one camera: once its detector is silent, every tick raises."""

    def expire(self, at_ns):
        if self._camera_id == "door":
            raise ZeroDivisionError("a bug in a tracker")
        super().expire(at_ns)


def two_cameras():
    """Somebody at the door, whose detector falls silent after three seconds, and somebody in the yard all along."""
    door = [seen for seen in scene([Walk(1, 3)], 3) if not isinstance(seen, Tick)]
    both = sorted([*door, *scene([Walk(1, 6)], 14, "yard")], key=lambda seen: seen.occurred_ns)
    return numbered(both, Settings(cameras=(camera(), camera("yard"))))


def test_a_bug_with_one_camera_at_a_tick_blinds_no_other():
    told = []
    pipeline = Pipeline(FailsWhenUnwatched, lambda who, error: told.append((who, str(error))))
    events = people(run(two_cameras(), pipeline))
    assert told == [("camera Door", "a bug in a tracker")], "once: it begins anew and fails no more"
    assert {event.camera_id for event in events} == {"door", "yard"}
    assert all(event.ended_ns is not None for event in events), "also that of the broken one is closed"
    assert pipeline.open_event_ids() == frozenset()


def test_after_a_bug_a_replay_says_the_same_in_one_go_and_in_halves():
    story = two_cameras()
    whole = [json.dumps(wire.to_plain(result)) for result in run(story, Pipeline(FailsWhenUnwatched))]
    for cut in range(20, len(story), 23):
        pipeline = Pipeline(FailsWhenUnwatched)
        run(story[:cut], pipeline)
        again = Pipeline(FailsWhenUnwatched)
        again.restore(json.loads(json.dumps(pipeline.state())))
        assert [json.dumps(wire.to_plain(result)) for result in run(story[cut:], again)] == whole[cut:], f"after a checkpoint at {cut}"
