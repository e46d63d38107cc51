"""The one name of each kind of event: in rows, filters, rules, search, answers, messages and the manual."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.model.event import EventKind

EVENT_NAMES: Mapping[EventKind, str] = MappingProxyType(
    {
        EventKind.PERSON: "Person detected",
        EventKind.MOTION: "Motion",
        EventKind.CAMERA_LOST: "Camera offline",
        EventKind.PRESENCE: "Presence detected",
        EventKind.ZONE_VISIT: "Zone entered",
        EventKind.ZONE_OCCUPIED: "Zone occupied",
        EventKind.CROSSING: "Line or door crossed",
        EventKind.FALL: "Fall detected",
        EventKind.NODE_LOST: "Node offline",
        EventKind.GESTURE: "Gesture",
        EventKind.FIGHT: "Fight",
        EventKind.LOITERING: "Loitering",
        EventKind.RUNNING: "Running",
        EventKind.CROWD: "Crowd",
        EventKind.NAMED: "Person identified",
        EventKind.WHO_IS_IT: "Identity uncertain",
        EventKind.BADGE_WITHOUT_OWNER: "Badge without owner",
        EventKind.TWO_PLACES: "Person in two places",
        EventKind.PHONE_LEFT: "Phone left behind",
        EventKind.INCIDENT: "Incident reported",
        EventKind.SMOKE: "Smoke detected",
        EventKind.FORECAST_FAILED: "Risk forecast failed",
    }
)


def event_name(kind: EventKind | str) -> str:
    """Of a kind that a newer engine knows, its value in words."""
    try:
        return EVENT_NAMES[EventKind(kind)]
    except ValueError:
        return kind.replace("_", " ").capitalize()
