"""Our words in those of the Common Alerting Protocol (OASIS CAP 1.2, 3.2.2): what control rooms and warning systems exchange."""

from enum import StrEnum

from engine.model.event import EventKind, Severity

CERTAIN, LIKELY = 0.9, 0.5  # of a confidence


class CapSeverity(StrEnum):
    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"


class CapCertainty(StrEnum):
    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNKNOWN = "Unknown"


class CapCategory(StrEnum):
    """Those of CAP's categories that occur here."""

    SAFETY = "Safety"
    SECURITY = "Security"
    FIRE = "Fire"
    HEALTH = "Health"
    INFRA = "Infra"
    OTHER = "Other"


_SEVERITIES = {
    Severity.CRITICAL: CapSeverity.EXTREME,
    Severity.HIGH: CapSeverity.SEVERE,
    Severity.MODERATE: CapSeverity.MODERATE,
    Severity.LOW: CapSeverity.MINOR,
    Severity.MINIMAL: CapSeverity.MINOR,
}
_CATEGORIES = {
    EventKind.FALL: CapCategory.HEALTH,
    EventKind.SMOKE: CapCategory.FIRE,
    EventKind.CROWD: CapCategory.SAFETY,
    EventKind.CAMERA_LOST: CapCategory.INFRA,
    EventKind.NODE_LOST: CapCategory.INFRA,
    EventKind.FORECAST_FAILED: CapCategory.INFRA,
}
_OF_INCIDENTS = {"fire": CapCategory.FIRE, "other": CapCategory.OTHER}


def cap_severity(severity: Severity) -> CapSeverity:
    """The same for whatever said it: a camera, radio, a person, Atlas, a file."""
    return _SEVERITIES[severity]


def cap_certainty(confidence: float | None, confirmed: bool) -> CapCertainty:
    """`confidence`: 0–1, None where nobody knows. `confirmed`: by a person or by at least two sensors; without that nothing is observed."""
    if confidence is None:
        return CapCertainty.UNKNOWN
    if confidence >= CERTAIN and confirmed:
        return CapCertainty.OBSERVED
    if confidence >= LIKELY:
        return CapCertainty.LIKELY
    return CapCertainty.POSSIBLE if confidence > 0 else CapCertainty.UNKNOWN


def cap_category(kind: EventKind, label: str = "") -> CapCategory:
    """`label`: the category of an incident."""
    if kind is EventKind.INCIDENT:
        return _OF_INCIDENTS.get(label, CapCategory.SECURITY)
    return _CATEGORIES.get(kind, CapCategory.SECURITY)
