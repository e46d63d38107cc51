"""What happened, in words for operators."""

from engine.model.alerts.decision import CandidateKind
from engine.model.event import EventKind, Severity

_SAID = {
    EventKind.PERSON: "A person",
    EventKind.MOTION: "Motion that nobody explains",
    EventKind.CAMERA_LOST: "No picture",
    EventKind.PRESENCE: "Somebody, found by radio",
    EventKind.ZONE_VISIT: "Somebody entered a zone",
    EventKind.ZONE_OCCUPIED: "A zone is occupied",
    EventKind.CROSSING: "Somebody went through a door or across a line",
    EventKind.FALL: "A fall",
    EventKind.NODE_LOST: "A radio node is lost",
    EventKind.GESTURE: "A gesture",
    EventKind.FIGHT: "A fight",
    EventKind.LOITERING: "Somebody stays in one spot",
    EventKind.RUNNING: "Somebody runs",
    EventKind.CROWD: "A crowd",
    EventKind.NAMED: "A name became known",
    EventKind.WHO_IS_IT: "A face that could be two persons",
    EventKind.BADGE_WITHOUT_OWNER: "A phone goes with somebody who is not its owner",
    EventKind.TWO_PLACES: "A person in two places at once",
    EventKind.PHONE_LEFT: "A phone where nobody is",
    EventKind.INCIDENT: "An incident that people report",
    EventKind.SMOKE: "Smoke",
    EventKind.FORECAST_FAILED: "The risk forecast was not learnt",
}
SEVERITY_WORDS = {
    Severity.MINIMAL: "1 (minimal)",
    Severity.LOW: "2 (low)",
    Severity.MODERATE: "3 (moderate)",
    Severity.HIGH: "4 (high)",
    Severity.CRITICAL: "5 (critical)",
}
_CANDIDATES = {
    EventKind.PERSON: CandidateKind.SEQUENCE,
    EventKind.MOTION: CandidateKind.MOTION,
    EventKind.CAMERA_LOST: CandidateKind.SENSOR_FAULT,
    EventKind.NODE_LOST: CandidateKind.SENSOR_FAULT,
    EventKind.PRESENCE: CandidateKind.BLOB,
    EventKind.ZONE_VISIT: CandidateKind.ZONE,
    EventKind.ZONE_OCCUPIED: CandidateKind.ZONE,
    EventKind.CROSSING: CandidateKind.ZONE,
    EventKind.FALL: CandidateKind.FALL,
    EventKind.GESTURE: CandidateKind.GESTURE,
    EventKind.INCIDENT: CandidateKind.INCIDENT,
    EventKind.SMOKE: CandidateKind.SMOKE,
    EventKind.FORECAST_FAILED: CandidateKind.ENGINE_FAULT,
    EventKind.NAMED: CandidateKind.IDENTITY,
    EventKind.WHO_IS_IT: CandidateKind.IDENTITY,
    EventKind.BADGE_WITHOUT_OWNER: CandidateKind.IDENTITY,
    EventKind.TWO_PLACES: CandidateKind.IDENTITY,
    EventKind.PHONE_LEFT: CandidateKind.IDENTITY,
}


def alert_sentence(kind: EventKind, place: str = "", detail: str = "") -> str:
    """A sentence, such as “A fall, Hall. Went down at 2 m/s.”"""
    if kind is EventKind.INCIDENT and detail:
        return detail
    return f"{_SAID[kind]}{f', {place}' if place else ''}.{f' {detail}' if detail else ''}"


def candidate_kind(kind: EventKind) -> CandidateKind:
    """Activities are whatever people do that has no kind of its own."""
    return _CANDIDATES.get(kind, CandidateKind.ACTIVITY)


def span_words(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
