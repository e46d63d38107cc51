"""Values for the record, made from a number."""

from dataclasses import replace

from engine.model.alerts.decision import CandidateKind, Decision, GateReading, Outcome
from engine.model.cameras.clip import Clip
from engine.model.cameras.detection import Category
from engine.model.cameras.track import Sequence
from engine.model.event import Event, EventKind, Severity
from engine.model.ids import derived_id
from engine.model.time import SECOND

GATES = (GateReading("confidence", 0.62, 0.45, 0.17, True), GateReading("seen", 0.4, 0.6, -0.2, False, "s"))


def event(number: int, *, camera: str = "yard", kind: EventKind = EventKind.PERSON, ended: int | None = None) -> Event:
    return Event(
        id=derived_id("ev", number),
        kind=kind,
        camera_id=camera,
        subject_id=derived_id("tr", number),
        severity=Severity.MODERATE,
        started_ns=number * SECOND,
        ended_ns=ended,
        received_ns=number * SECOND + 1,
        confidence=0.1 + 0.2,
        decision_id=derived_id("de", number),
        box_xyxy=(0.1, 1 / 3, 7.5, 9.0),
        reason="Seen at the gate — «größer»",
        simulated=True,
    )


def decision(number: int, *, camera: str = "yard", outcome: Outcome = Outcome.RAISED, at_ns: int | None = None) -> Decision:
    raised = outcome is Outcome.RAISED
    return Decision(
        id=derived_id("de", number),
        candidate=CandidateKind.SEQUENCE,
        subject_id=derived_id("tr", number),
        camera_id=camera,
        decided_ns=number * SECOND if at_ns is None else at_ns,
        outcome=outcome,
        gates=GATES,
        flip="Seen 0.2 s longer",
        event_id=derived_id("ev", number) if raised else None,
        evidence_ids=(derived_id("tr", number), "x"),
    )


def sequence(number: int, *, camera: str = "yard", max_conf: float = 0.5) -> Sequence:
    return Sequence(
        id=derived_id("tr", number),
        number=number,
        camera_id=camera,
        category=Category.PERSON,
        started_ns=number * SECOND,
        last_seen_ns=(number + 4) * SECOND,
        ended_ns=None,
        max_conf=max_conf,
        detections=12,
        best_box=(1.0, 2.0, 3.0, 4.0),
    )


def clip(number: int, *, camera: str = "yard", of_event: int | None = None) -> Clip:
    return Clip(
        id=derived_id("cl", number),
        event_id=derived_id("ev", number if of_event is None else of_event),
        camera_id=camera,
        started_ns=number * SECOND,
        ended_ns=(number + 10) * SECOND,
        file=f"clips/{number}.mp4",
        thumbnail=f"thumbnails/{number}.jpg",
        sha256="ab" * 32,
        size_bytes=5_000_000_000,
        codec="h264",
        width=1280,
        height=720,
    )


def one_of_each(number: int) -> list[Event | Decision | Sequence | Clip]:
    bare = replace(event(number + 1), box_xyxy=None, simulated=False, reason="", ended_ns=5)
    return [event(number), bare, decision(number), decision(number + 1, outcome=Outcome.HELD), sequence(number), clip(number)]
