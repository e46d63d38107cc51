"""Tracks and events as the fields that stand beside a live picture: those of `TrackOut` and `EventOut`, which describe them for OpenAPI."""

from collections.abc import Mapping
from typing import Any

from engine.model.alerts.cap import cap_severity
from engine.model.cameras.track import Track
from engine.model.event import Event
from engine.model.time import to_iso


def optional_iso(time_ns: int | None) -> str | None:
    return None if time_ns is None else to_iso(time_ns)


def track_fields(track: Track) -> dict[str, Any]:
    """The box in pixels of the camera's frame."""
    return {
        "id": track.id,
        "number": track.number,
        "category": track.category.name.lower(),
        "status": track.status.value,
        "box": [round(v, 2) for v in track.box_xyxy],
        "confidence": round(track.confidence, 4),
        "max_conf": round(track.max_conf, 4),
        "first_seen": to_iso(track.first_seen_ns),
        "last_seen": to_iso(track.last_seen_ns),
    }


def event_fields(event: Event, places: Mapping[str, str]) -> dict[str, Any]:
    """`places`: names of zones, lines and portals, by id."""
    return {
        "id": event.id,
        "kind": event.kind.value,
        "camera_id": event.camera_id,
        "subject_id": event.subject_id,
        "severity": int(event.severity),
        "cap_severity": cap_severity(event.severity),
        "state": "open" if event.ended_ns is None else "closed",
        "started": to_iso(event.started_ns),
        "ended": optional_iso(event.ended_ns),
        "received": to_iso(event.received_ns),
        "confidence": round(event.confidence, 4),
        "decision_id": event.decision_id,
        "box": None if event.box_xyxy is None else [round(v, 2) for v in event.box_xyxy],
        "reason": event.reason,
        "simulated": event.simulated,
        "position": None if event.position is None else [round(v, 3) for v in event.position],
        "zone_id": event.zone_id,
        "zone": places.get(event.zone_id, event.zone_id),
        "person_id": event.person_id,
        "person": event.person,
        "named_by": event.named_by,
        "gesture": event.label,
        "shadow": event.shadow,
        "level": event.level,
    }
