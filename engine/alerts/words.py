"""What happened, in words for operators."""

from engine.model.alerts.decision import CandidateKind
from engine.model.event import EventKind, Severity
from engine.model.history.event_names import EVENT_NAMES

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
    """A sentence, such as “Fall detected, Hall. Went down at 2 m/s.”"""
    if kind is EventKind.INCIDENT and detail:
        return detail
    return f"{EVENT_NAMES[kind]}{f', {place}' if place else ''}.{f' {detail}' if detail else ''}"


def candidate_kind(kind: EventKind) -> CandidateKind:
    """Activities are whatever people do that has no kind of its own."""
    return _CANDIDATES.get(kind, CandidateKind.ACTIVITY)


def span_words(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
