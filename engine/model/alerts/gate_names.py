"""The one name of each gate of a decision: on the alert's card and in answers."""

from collections.abc import Mapping
from types import MappingProxyType

GATE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "evidence": "Evidence",
        "severity": "Severity",
        "camera": "Camera",
        "zone": "Zone",
        "armed zone": "Armed zone",
        "arming": "Exit delay",
        "unknown person": "Unidentified person",
        "site mode": "Site mode",
        "schedule": "Schedule",
        "duplicate": "Last alert of this cause",
        "shelved": "Not shelved",
        "fire risk": "Fire risk",
        "second scorer": "Second smoke check",
        "area risk": "Area risk",
        "alarm load": "Recent alerts",
        "on trial": "Rule armed",
        "rule": "A rule applies",
        "confidence": "Detection confidence",
        "seen": "Time in view",
        "mask": "Outside masked areas",
        "moving": "Time in motion",
        "unexplained": "No person explains it",
        "silent": "Time without data",
        "failed": "Failure",
        "inside": "Time in the zone",
        "still": "Not a static object",
        "watched": "Tracked to the end",
        "stayed": "Dwell time",
        "count": "Occupancy limit exceeded",
        "lasting": "Duration",
        "direction": "Direction",
    }
)
FACT_GATES = frozenset({"watched", "camera", "zone", "armed zone", "unknown person", "site mode", "on trial", "rule"})  # yes or no


def gate_name(gate: str) -> str:
    """Of a gate that a newer engine knows: its own word."""
    return GATE_NAMES.get(gate, gate[:1].upper() + gate[1:])
