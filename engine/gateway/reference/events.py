"""`/api/events`: the record as a list of moments. One of our events with a span is up to two of theirs: an entry and an exit."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from engine.gateway.history.record import iso_query
from engine.gateway.reference.access import Reader
from engine.gateway.schemas import EventOut
from engine.model.errors import InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.ids import number_of, ordinal_of
from engine.model.places import place_names
from engine.model.question import ListEvents
from engine.model.settings import Settings
from engine.model.time import MILLISECOND
from engine.runtime.local import LocalPort

router = APIRouter(tags=["reference"])

# (what it is called when it begins, and when it ends)
NAMES: dict[EventKind, tuple[str, str | None]] = {
    EventKind.PRESENCE: ("detection", None),
    EventKind.PERSON: ("detection", None),
    EventKind.ZONE_VISIT: ("zone_entry", "zone_exit"),
    EventKind.CROSSING: ("portal_crossing", None),
    EventKind.FALL: ("fall_alert", None),
    EventKind.NODE_LOST: ("node_offline", "node_online"),
}
OTHERS = frozenset(
    {"trigger_fired", "anomaly", "anomaly_detected", "security_alert", "ota_update", "baseline_changed", "system", "node_update"}
    | {"learning_milestone", "sleep_session_end", "ota_rollback", "FallDetected"}
)  # known to clients, never made here
KNOWN = frozenset(name for pair in NAMES.values() for name in pair if name is not None)


@router.get("/api/events", summary="Moments of the record, newest first")
def events(
    port: Reader,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    type: Annotated[str | None, Query(max_length=40)] = None,
    before: Annotated[int | None, Query(description="timestamp_ms of the last one got", ge=0)] = None,
    since: str | None = None,
    until: str | None = None,
    zone: Annotated[str | None, Query(max_length=64)] = None,
    person: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    if type is not None and type not in KNOWN | OTHERS:
        raise InputError("type", f"{type!r} is not one of {', '.join(sorted(KNOWN))}")
    kinds = tuple(kind for kind, names in NAMES.items() if type is None or type in names)
    if not kinds:
        return {"events": [], "cursor": "", "has_more": False, "total_filtered": 0}
    since_ns, until_ns = iso_query("since", since), iso_query("until", until)
    if before is not None:
        until_ns = before * MILLISECOND if until_ns is None else min(until_ns, before * MILLISECOND)
    rows = port.ask(ListEvents(limit=1000, kinds=kinds, since_ns=since_ns, until_ns=until_ns))
    found = [moment for moment in moments(rows, port.snapshot().settings) if type is None or moment["type"] == type]
    found = [moment for moment in found if zone in (None, moment["zone"]) and person in (None, moment["person"])]
    found.sort(key=lambda moment: (moment["timestamp_ms"], moment["id"]), reverse=True)
    more = len(found) > limit
    shown = found[:limit]
    cursor = str(shown[-1]["timestamp_ms"]) if more else ""
    return {"events": shown, "cursor": cursor, "has_more": more, "total_filtered": len(found)}


def moments(rows: Iterable[Event], settings: Settings) -> Iterable[dict[str, Any]]:
    """The beginnings and the ends."""
    places = place_names(settings)
    for event in rows:
        begins, ends = NAMES[event.kind]
        yield moment(event, begins, event.started_ns, False, places)
        if ends is not None and event.ended_ns is not None:
            yield moment(event, ends, event.ended_ns, True, places)


def moment(event: Event, name: str, at_ns: int, end: bool, places: Mapping[str, str]) -> dict[str, Any]:
    """What is not of the reference's own stands in `detail_json`, as `/api/v1/events` has it."""
    told = EventOut.of(event, places).model_dump(mode="json")
    detail = {**told, "event_id": event.id, "ended_ms": None if event.ended_ns is None else event.ended_ns // MILLISECOND}
    return {
        "id": whole_id(event.id, end),
        "timestamp_ms": at_ns // MILLISECOND,
        "type": name,
        "zone": told["zone"],
        "person": told["person"],
        "blob_id": event.subject_id if event.subject_id.startswith("blob-") else None,
        "severity": "critical" if event.severity >= Severity.CRITICAL else "warning" if event.severity >= Severity.MODERATE else "info",
        "detail_json": json.dumps(detail, ensure_ascii=False),
    }


def whole_id(event_id: str, end: bool) -> int:
    """Their ids are whole numbers: number and ordinal of ours (`engine.model.ids.derived_id`) packed into 53 bits. Of one engine only."""
    return (number_of(event_id) << 9 | (ordinal_of(event_id) & 0xFF) << 1 | end) & ((1 << 53) - 1)


def newest(port: LocalPort, limit: int = 20) -> list[dict[str, Any]]:
    """For the dashboard's first message."""
    snapshot = port.snapshot()
    return list(moments([event for event in snapshot.events if event.kind in NAMES][:limit], snapshot.settings))
