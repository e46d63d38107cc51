"""The small lanes of radio: who is there is one event; a node that stays away is one; every candidate leaves a decision."""

from dataclasses import replace

import pytest

from engine.model.alerts.decision import Outcome
from engine.model.event import Event, EventKind, Severity
from engine.model.radio.blob import Blob, BlobStatus
from engine.model.radio.fused import AssertionKind, FusedPicture, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.radio.radio import NodeChanged, NodeState
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.site import Floor, NodeSettings, Zone
from engine.model.time import SECOND
from engine.pipeline.alerts.candidates import candidate_of
from engine.pipeline.identities.event_identity import NOBODY, EventIdentity
from engine.pipeline.output import StepOutput
from engine.pipeline.radio.nodes import SILENT_S, NodeLane
from engine.pipeline.radio.places import PlacesLane
from engine.pipeline.radio.presence import PresenceLane

MAC = "AA:BB:CC:00:00:01"
NO_SETTINGS = Settings()
FLAT = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.3))
INES, MARA = EventIdentity("pe-1", "Ines", AssertionKind.BLE), EventIdentity("pe-2", "Mara", AssertionKind.FACE)
BLOB = Blob("bl-1", 1, BlobStatus.CONFIRMED, (1.0, 2.0, 1.2), FLAT, (0.0, 0.0, 0.0), 0.9, 12.0, 0, 0)


class Steps:
    """Steps one lane tick by tick and remembers what it said."""

    def __init__(self) -> None:
        self.number = 0
        self.results: list[StepResult] = []

    def output(self, at_ns: int) -> StepOutput:
        self.number += 1
        return StepOutput(self.number, at_ns)

    def events(self) -> dict[str, Event]:
        return {event.id: event for result in self.results for event in result.events}

    def outcomes(self) -> list[Outcome]:
        return [decision.outcome for result in self.results for decision in result.decisions]


@pytest.fixture
def steps() -> Steps:
    return Steps()


def present(lane: PresenceLane, steps: Steps, seconds: range, blob: Blob | None) -> None:
    for tenth in range(10 * seconds.start, 10 * seconds.stop):
        out = steps.output(tenth * SECOND // 10)
        lane.step(tenth * SECOND // 10, [] if blob is None else [replace(blob, updated_ns=tenth)], {}, out)
        steps.results.append(out.result())


def test_a_presence_is_one_event_with_a_span(steps: Steps) -> None:
    lane = PresenceLane()
    present(lane, steps, range(0, 5), BLOB)
    assert len(lane.open_event_ids()) == 1
    present(lane, steps, range(5, 6), None)
    (event,) = steps.events().values()
    assert event.kind is EventKind.PRESENCE and event.started_ns == 0 and event.ended_ns == 49 * SECOND // 10
    assert event.subject_id == "bl-1" and event.position == BLOB.position and steps.outcomes() == [Outcome.RAISED]


def test_a_presence_without_a_place_is_told_without_a_position(steps: Steps) -> None:
    wide = ((1.5, 0.0, 0.0), (0.0, 1.5, 0.0), (0.0, 0.0, 0.3))
    present(PresenceLane(), steps, range(0, 2), replace(BLOB, covariance=wide))
    (event,) = steps.events().values()
    assert event.kind is EventKind.PRESENCE and event.position is None


def test_too_little_evidence_is_a_decision_without_an_event(steps: Steps) -> None:
    lane = PresenceLane()
    present(lane, steps, range(0, 2), replace(BLOB, confidence=0.2))
    present(lane, steps, range(2, 3), None)
    assert steps.events() == {} and steps.outcomes() == [Outcome.REJECTED]


def test_presence_goes_on_in_another_process(steps: Steps) -> None:
    first, second = PresenceLane(), PresenceLane()
    present(first, steps, range(0, 2), BLOB)
    second.restore(first.state())
    present(second, steps, range(2, 4), BLOB)
    present(second, steps, range(4, 5), None)
    (event,) = steps.events().values()
    assert event.ended_ns == 39 * SECOND // 10 and second.state() == PresenceLane().state()


def present_as(lane: PresenceLane | PlacesLane, steps: Steps, seconds: range, who: EventIdentity) -> None:
    for tenth in range(10 * seconds.start, 10 * seconds.stop):
        at_ns, out = tenth * SECOND // 10, steps.output(tenth * SECOND // 10)
        blob = replace(BLOB, position=(1.0 + seconds.start / 10, 2.0, 1.2))
        if isinstance(lane, PlacesLane):
            lane.step(at_ns, [blob], {BLOB.id: who}, True, out)
        else:
            lane.step(at_ns, [blob], {BLOB.id: who}, out)
        steps.results.append(out.result())


def lane_of(kind: EventKind) -> PresenceLane | PlacesLane:
    lane = PresenceLane() if kind is EventKind.PRESENCE else PlacesLane()
    if isinstance(lane, PlacesLane):
        lane.configure(Floor(zones=(Zone("z-hall", "Hall", 0.0, 0.0, 4.0, 4.0),)))
    lane.know({INES.person: INES.person_id, MARA.person: MARA.person_id})
    return lane


@pytest.mark.parametrize("kind", [EventKind.PRESENCE, EventKind.ZONE_VISIT])
def test_who_is_taken_for_another_person_is_told_by_each_name_for_its_own_time(kind: EventKind, steps: Steps) -> None:
    lane = lane_of(kind)
    for seconds, who in ((range(0, 3), NOBODY), (range(3, 8), INES), (range(8, 12), NOBODY), (range(12, 15), MARA)):
        present_as(lane, steps, seconds, who)
    ines, mara = (event for event in steps.events().values() if event.kind is kind)
    assert (ines.person, ines.person_id, ines.ended_ns) == ("Ines", "pe-1", 12 * SECOND)
    assert (mara.person, mara.started_ns, mara.ended_ns, mara.named_by) == ("Mara", 12 * SECOND, None, AssertionKind.FACE)
    assert mara.subject_id == ines.subject_id and mara.position == (2.2, 2.0, 1.2) and mara.id in lane.open_event_ids()
    decided = {decision.event_id: decision for result in steps.results for decision in result.decisions}
    assert decided[mara.id].outcome is Outcome.RAISED and decided[mara.id].id == mara.decision_id


@pytest.mark.parametrize("kind", [EventKind.PRESENCE, EventKind.ZONE_VISIT])
def test_a_person_who_was_merged_into_another_is_no_other_person(kind: EventKind, steps: Steps) -> None:
    lane = lane_of(kind)
    present_as(lane, steps, range(0, 3), INES)
    lane.know({MARA.person: MARA.person_id})
    present_as(lane, steps, range(3, 5), MARA)
    (event,) = (event for event in steps.events().values() if event.kind is kind)
    assert event.person == "Mara" and event.ended_ns is None


def change(lane: NodeLane, steps: Steps, at_s: float, state: NodeState) -> None:
    out = steps.output(round(at_s * SECOND))
    lane.changed(NodeChanged(round(at_s * SECOND), MAC, state, (0.0, 1.0, 2.0), 6, "" if state is NodeState.ONLINE else "It left."), out)
    steps.results.append(out.result())


def tick(lane: NodeLane, steps: Steps, at_s: float, settings: Settings = NO_SETTINGS) -> None:
    out = steps.output(round(at_s * SECOND))
    lane.tick(round(at_s * SECOND), settings, out)
    steps.results.append(out.result())


def test_a_node_that_stays_away_is_an_event_until_it_is_back(steps: Steps) -> None:
    lane = NodeLane()
    change(lane, steps, 0, NodeState.ONLINE)
    change(lane, steps, 10, NodeState.OFFLINE)
    for second in range(11, 60):
        tick(lane, steps, second)
    change(lane, steps, 60, NodeState.ONLINE)
    (event,) = steps.events().values()
    assert (event.started_ns, event.ended_ns, event.reason) == (10 * SECOND, 60 * SECOND, "It left.")


def test_a_node_that_comes_straight_back_is_a_decision_only(steps: Steps) -> None:
    lane = NodeLane()
    change(lane, steps, 0, NodeState.ONLINE)
    change(lane, steps, 10, NodeState.OFFLINE)
    tick(lane, steps, 12)
    change(lane, steps, 13, NodeState.ONLINE)
    assert steps.events() == {} and steps.outcomes() == [Outcome.REJECTED]


def test_a_node_that_is_switched_off_is_not_missed(steps: Steps) -> None:
    lane = NodeLane()
    change(lane, steps, 0, NodeState.ONLINE)
    change(lane, steps, 1, NodeState.OFFLINE)
    tick(lane, steps, 1 + 2 * SILENT_S, Settings(nodes=(NodeSettings(MAC, enabled=False),)))
    assert steps.events() == {}


def test_the_operators_position_goes_before_the_announced_one(steps: Steps) -> None:
    lane = NodeLane()
    change(lane, steps, 0, NodeState.ONLINE)
    assert lane.positions(Settings()) == {MAC: (0.0, 1.0, 2.0)}
    assert lane.positions(Settings(nodes=(NodeSettings(MAC, position=(3.0, 3.0, 1.0)),))) == {MAC: (3.0, 3.0, 1.0)}
    assert lane.positions(Settings(nodes=(NodeSettings(MAC, position=(3.0, 3.0, 1.0), enabled=False),))) == {}


def test_a_stranger_that_leaves_is_forgotten_and_not_missed(steps: Steps) -> None:
    lane = NodeLane()
    change(lane, steps, 0, NodeState.UNPAIRED)
    change(lane, steps, 10, NodeState.OFFLINE)
    for second in range(11, 60):
        tick(lane, steps, second)
    assert steps.events() == {} and not lane.anybody


def test_an_alert_is_in_the_zone_of_whom_it_is_about_only_where_they_have_a_place() -> None:
    zone = Zone("hall", "Hall", 0.0, 0.0, 5.0, 5.0)
    settings = Settings(floor=Floor((0, 0, 9, 9), zones=(zone,)))
    event = Event("ev-1", EventKind.PRESENCE, "", "bl-1", Severity.LOW, 0, None, 0, 0.9, "de-1")
    near, wide = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.0)), ((2.0, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.0))
    for covariance, zone_ids in ((near, ("hall",)), (wide, ())):
        source = FusedSource(SourceKind.RADIO, "bl-1", "radio", 0, 0.3)
        track = FusedTrack("ft-1", 1, FusedStatus.CONFIRMED, (2.0, 2.0, 0.0), covariance, (0.0, 0.0, 0.0), 0, 0, (source,))
        found = candidate_of(event, 0, FusedPicture(0, (track,)), lambda _: (), lambda *_: (), settings, 0, 0, 0)
        assert found.facts.zone_ids == zone_ids and (found.position is not None) is bool(zone_ids)
