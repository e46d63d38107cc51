"""Review items: which events become one row, how long it lasts, and that a replay gives the same ones."""

import json
from dataclasses import replace

import pytest

from engine.model import wire
from engine.model.alerts.alert import Alert
from engine.model.event import Event, EventKind, Severity
from engine.model.ids import derived_id
from engine.model.observation import EngineStarted, Numbered, Tick
from engine.model.people.traces import Traces
from engine.model.radio.fused import FusedPicture, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.review.review import ReviewCause, ReviewSettings
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.pipeline.output import StepOutput
from engine.pipeline.pipeline import Pipeline
from engine.pipeline.review.review import ReviewLane
from engine.vision.tracking import Tracker
from tests.fakes.observations import START_NS, Walk, camera, numbered, scene

SETTINGS = Settings(cameras=(camera(),))
TESTED = replace(SETTINGS, review=ReviewSettings(gap_s=30, longest_min=5))


class Steps:
    """A lane that is told events second by second, with a tick after each."""

    def __init__(self, lane: ReviewLane | None = None) -> None:
        self.lane, self.number, self.items = lane or ReviewLane(), 0, {}
        self.open: dict[str, Event] = {}
        self.fused: FusedPicture | None = None
        self.lane.configure(TESTED, 0, StepOutput(0, 0))

    def at(self, second: float, *events: Event, alerts: tuple[Alert, ...] = ()) -> None:
        self.number += 1
        out = StepOutput(self.number, int(second * SECOND))
        out.fused = self.fused
        for event in events:
            out.event(event)
        for alert in alerts:
            out.alert(alert)
        self.lane.conclude(Tick(int(second * SECOND)), out)
        self.items.update((item.id, item) for item in out.result().reviews)

    def begin(self, second: float, kind: EventKind = EventKind.PERSON, camera_id: str = "door", **more) -> str:
        fields = {"subject_id": f"tr-{self.number}", "severity": Severity.MINIMAL, "ended_ns": None, "confidence": 0.5, "decision_id": "de"}
        at_ns = int(second * SECOND)
        fields |= {"started_ns": at_ns} | more
        event = Event(derived_id("ev", self.number + 1), kind, camera_id, received_ns=at_ns, **fields)
        self.open[event.id] = event
        self.at(second, event)
        return event.id

    def end(self, second: float, event_id: str) -> None:
        self.at(second, replace(self.open.pop(event_id), ended_ns=int(second * SECOND)))

    def visit(self, since: float, until: float, **more) -> str:
        event_id = self.begin(since, **more)
        self.end(until, event_id)
        return event_id

    @property
    def rows(self):
        return sorted(self.items.values(), key=lambda item: item.started_ns)


def test_people_who_overlap_or_come_back_within_the_gap_are_one_item_with_how_many_were_there_at_once():
    steps = Steps()
    first, second = steps.begin(10), steps.begin(12)
    steps.end(15, first)
    steps.end(20, second)
    third = steps.visit(45, 50)
    steps.at(96)
    (item,) = steps.rows
    assert item.event_ids == (first, second, third) and item.people == 2
    assert (item.started_ns, item.ended_ns) == (10 * SECOND, 50 * SECOND)


def test_what_is_told_late_still_joins_by_when_it_began():
    steps = Steps()
    steps.visit(10, 15)
    steps.at(48)
    late = steps.begin(49, started_ns=44 * SECOND)
    assert late in steps.rows[0].event_ids and len(steps.rows) == 1


def test_after_a_longer_pause_and_at_another_camera_it_is_another_item():
    steps = Steps()
    steps.visit(10, 15)
    steps.visit(14, 16, camera_id="yard")
    steps.visit(50, 55)
    steps.at(100)
    assert [(item.camera_id, item.started_ns // SECOND, item.ended_ns // SECOND) for item in steps.rows] == [
        ("door", 10, 15),
        ("yard", 14, 16),
        ("door", 50, 55),
    ]


def test_motion_belongs_to_the_people_who_are_there_and_does_not_hold_their_item_open():
    steps = Steps()
    leaves = steps.begin(5, EventKind.MOTION)
    who = steps.visit(10, 20)
    steps.at(56)
    (item,) = steps.rows
    assert item.cause is ReviewCause.ACTIVITY and item.event_ids == (leaves, who) and item.best_event_id == who
    assert item.ended_ns == 20 * SECOND
    steps.end(60, leaves)
    assert steps.rows == [item]


def test_motion_alone_is_an_item_of_its_own_kind():
    steps = Steps()
    steps.visit(5, 8, kind=EventKind.MOTION)
    steps.visit(20, 22, kind=EventKind.MOTION)
    steps.at(60)
    (item,) = steps.rows
    assert item.cause is ReviewCause.MOTION and item.people == 0 and len(item.event_ids) == 2


def test_in_a_busy_hour_items_end_at_the_longest_span_and_whoever_is_still_there_stays_in_theirs():
    steps = Steps()
    for second in range(0, 3_600, 10):
        steps.visit(second, second + 9)
    assert len(steps.rows) == 12
    assert {item.id for item in steps.rows if item.ended_ns is None} == {steps.rows[-1].id}
    assert sum(len(item.event_ids) for item in steps.rows) == 360


def test_what_a_track_does_at_a_camera_is_part_of_its_item_and_the_gravest_says_how_grave_it_is():
    steps = Steps()
    who = steps.begin(10)
    fall = steps.begin(12, EventKind.FALL, severity=Severity.CRITICAL)
    steps.end(14, fall)
    steps.end(20, who)
    (item,) = steps.rows
    assert item.kinds == (EventKind.PERSON, EventKind.FALL)
    assert item.severity is Severity.CRITICAL and item.best_event_id == fall


def test_an_outage_stands_apart_from_people_and_one_camera_that_comes_and_goes_is_one_outage_as_are_nodes_that_go_together():
    steps = Steps()
    who = steps.begin(10)
    steps.visit(12, 14, kind=EventKind.CAMERA_LOST)
    steps.visit(20, 24, kind=EventKind.CAMERA_LOST)
    for node in ("node-1", "node-2"):
        steps.begin(25, EventKind.NODE_LOST, camera_id="", subject_id=node)
    steps.end(26, who)
    causes = [(item.cause, item.camera_id, len(item.event_ids)) for item in steps.rows]
    assert causes == [(ReviewCause.ACTIVITY, "door", 1), (ReviewCause.OUTAGE, "door", 2), (ReviewCause.OUTAGE, "", 2)]


def test_zones_of_the_floor_are_joined_by_who_walks_through_them():
    steps = Steps()
    visit = {"kind": EventKind.ZONE_VISIT, "camera_id": "", "subject_id": "fu-1"}
    steps.visit(10, 15, zone_id="hall", **visit)
    steps.visit(15, 20, zone_id="office", **visit)
    steps.visit(21, 25, zone_id="garage", **(visit | {"subject_id": "fu-2"}))
    assert [item.zone_ids for item in steps.rows] == [("hall", "office"), ("garage",)]
    assert all(item.best_event_id == "" for item in steps.rows)


def person_on_floor(*cameras: str, blob: str = "bl-1") -> FusedPicture:
    """One person whom radio finds as this blob, and whom these cameras see."""
    seen = [FusedSource(SourceKind.CAMERA, f"tr-{each}", each, 0, 0.3) for each in cameras]
    sources = (FusedSource(SourceKind.RADIO, blob, "radio", 0, 0.5), *seen)
    spot, spread = (1.0, 1.0, 0.0), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    return FusedPicture(0, (FusedTrack("fu-1", 1, FusedStatus.CONFIRMED, spot, spread, spot, 0, 0, sources),))


VISIT = {"kind": EventKind.ZONE_VISIT, "camera_id": "", "subject_id": "bl-1", "zone_id": "hall", "severity": Severity.MODERATE}


def test_a_person_in_a_zone_of_the_floor_whom_a_camera_sees_is_one_item_with_what_the_camera_saw_kept_apart():
    steps = Steps()
    who = steps.begin(10)
    visit = steps.begin(11, **VISIT)
    assert [item.event_ids for item in steps.rows] == [(who,)], "the fusion has not found yet that they are one person"
    steps.fused = person_on_floor("door")
    steps.at(12)
    occupied = steps.begin(12.5, EventKind.ZONE_OCCUPIED, camera_id="", subject_id="hall", zone_id="hall")
    steps.end(14, visit)
    steps.end(20, who)
    steps.at(56)
    (item,) = steps.rows
    assert item.event_ids == (who, visit, occupied) and item.camera_id == "door" and item.best_event_id == who
    assert (item.people, item.zone_ids, item.severity, item.ended_ns) == (1, ("hall",), Severity.MODERATE, 20 * SECOND)
    alone = item.seen_by_camera()
    assert (alone.event_ids, alone.kinds, alone.zone_ids, alone.severity) == ((who,), (EventKind.PERSON,), (), Severity.MINIMAL)


@pytest.mark.parametrize("cameras", [(), ("yard",)])
def test_a_person_in_a_zone_whom_no_camera_with_an_item_sees_is_an_item_of_its_own_after_two_seconds(cameras):
    steps = Steps()
    steps.fused = person_on_floor(*cameras)
    steps.begin(10)
    steps.begin(11, **VISIT)
    steps.at(12.9)
    assert len(steps.rows) == 1
    steps.at(13)
    assert [(item.camera_id, item.started_ns // SECOND) for item in steps.rows] == [("door", 10), ("", 11)]


def test_an_alert_of_the_floor_waits_for_nobody_and_what_waits_is_in_a_checkpoint():
    steps = Steps()
    visit = steps.begin(11, **VISIT)
    again = Steps(ReviewLane())
    again.lane.restore(json.loads(json.dumps(steps.lane.state())), TESTED)
    again.number = steps.number
    raised = Alert("al-1", "de", "zone", EventKind.ZONE_VISIT, Severity.CRITICAL, 0, 0, event_id=visit, event_ids=(visit,))
    for each in (steps, again):
        each.at(11.5, alerts=(raised,))
    (item,) = steps.rows
    assert item.alert_ids == ("al-1",) and item.severity is Severity.CRITICAL and again.rows == [item]


def test_what_has_gone_on_for_long_may_pause_for_longer_than_what_was_a_moment():
    steps = Steps()
    steps.visit(10, 15)
    steps.visit(60, 160)  # a pause of 45 s after a moment
    steps.visit(205, 210)  # and the same after 100 s
    steps.at(400)
    assert [(item.started_ns // SECOND, len(item.event_ids)) for item in steps.rows] == [(10, 1), (60, 2)]


def test_a_name_is_told_once_and_nobody_who_was_erased_is_told_of():
    steps = Steps()
    steps.begin(10, person="Ada", person_id="pe-1")
    steps.begin(11, person="Ada", person_id="pe-1")
    (item,) = steps.rows
    assert (item.persons, item.person_ids) == (("Ada",), ("pe-1",))
    out = StepOutput(99, 0)
    steps.lane.erase(Traces("pe-1", ("Ada",), "px-9"), out)
    (erased,) = out.result().reviews
    assert (erased.persons, erased.person_ids) == (("Erased person",), ("px-9",))


def test_gestures_on_trial_are_in_no_item():
    steps = Steps()
    steps.visit(1, 2, kind=EventKind.GESTURE, shadow=True)
    assert steps.rows == []


def test_a_restart_ends_what_goes_on():
    pipeline = Pipeline(Tracker)
    observations = numbered(scene([Walk(1, 60)], 20), SETTINGS)
    results = [pipeline.step(each) for each in observations]
    assert len(pipeline.lane(ReviewLane).open_item_ids()) == 1
    end = pipeline.step(Numbered(observations[-1].number + 1, START_NS + 30 * SECOND, EngineStarted(START_NS + 30 * SECOND, "1")))
    (item,) = end.reviews
    assert item.ended_ns is not None and item.ended_ns >= START_NS + 19 * SECOND
    assert item.id == next(each.id for result in results for each in result.reviews)
    assert not pipeline.lane(ReviewLane).open_item_ids()


@pytest.mark.parametrize("cut", [30, 95, 160])
def test_a_replay_in_halves_gives_the_same_items(cut):
    observations = numbered(scene([Walk(1, 6), Walk(8, 12, x=300), Walk(60, 65)], 110), SETTINGS)

    def reviews(results):
        return [item for result in results for item in result.reviews]

    whole = Pipeline(Tracker)
    expected = reviews([whole.step(each) for each in observations])
    first, second = Pipeline(Tracker), Pipeline(Tracker)
    got = reviews([first.step(each) for each in observations[:cut]])
    second.restore(json.loads(json.dumps(first.state())))
    assert got + reviews([second.step(each) for each in observations[cut:]]) == expected
    assert len({item.id for item in expected}) == 2 and second.state() == whole.state()


def test_a_checkpoint_from_before_the_review_is_continued_and_open_events_get_an_item_when_they_change():
    observations = numbered(scene([Walk(1, 30)], 40), SETTINGS)
    first, second = Pipeline(Tracker), Pipeline(Tracker)
    for each in observations[:120]:
        first.step(each)
    state = first.state()
    del state["review"]
    second.restore(state)
    results = [second.step(each) for each in observations[120:]]
    assert results and second.lane(ReviewLane).state() == {"groups": [], "waiting": []}


def test_other_settings_group_otherwise():
    settings = replace(SETTINGS, review=ReviewSettings(gap_s=5, longest_min=1))
    observations = numbered(scene([Walk(1, 6), Walk(25, 30)], 60), settings)
    apart = Pipeline(Tracker)
    ids = {item.id for each in observations for item in apart.step(each).reviews}
    together = Pipeline(Tracker)
    joined = {item.id for each in numbered(scene([Walk(1, 6), Walk(25, 30)], 60), SETTINGS) for item in together.step(each).reviews}
    assert len(ids) == 2 and len(joined) == 1


def test_an_item_is_read_back_from_its_plain_form():
    steps = Steps()
    steps.visit(10, 12)
    assert wire.read_as(type(steps.rows[0]), wire.to_plain(steps.rows[0])) == steps.rows[0]
