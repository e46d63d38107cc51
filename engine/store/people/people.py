"""Who is known and what was taught, in full: small tables that are read at a start and kept in memory from then on."""

from typing import Any

from sqlalchemy import Connection, Text, delete, func, literal_column, select

from engine.model.people.gesture import Gesture
from engine.model.people.person import FaceSample, Person, Roster
from engine.model.wire import read_as, to_plain
from engine.store.tables import events, faces, gestures, persons
from engine.store.upsert import upsert

_COUNTED = ("fired", "shadow_fired", "last_seen_ns")  # of the record's events, not columns
_NOTHING = literal_column("''", Text)  # as it is: the index of events with a label serves a statement only where it says so


def read_roster(connection: Connection) -> Roster:
    known = connection.execute(select(persons).order_by(persons.c.id)).mappings()
    seen = connection.execute(select(faces).order_by(faces.c.id)).mappings()
    return Roster(tuple(read_as(Person, dict(row)) for row in known), tuple(read_as(FaceSample, dict(row)) for row in seen))


def read_gestures(connection: Connection) -> tuple[Gesture, ...]:
    """Oldest first."""
    rows = connection.execute(select(gestures).order_by(gestures.c.created_ns, gestures.c.id)).mappings()
    return tuple(read_as(Gesture, {**row, **_gesture_statistics(connection, row["label"])}) for row in rows)


def save_gesture(connection: Connection, gesture: Gesture) -> None:
    row = to_plain(gesture)
    upsert(connection, gestures, [{name: value for name, value in row.items() if name not in _COUNTED}])


def remove_gesture(connection: Connection, gesture_id: str) -> None:
    connection.execute(delete(gestures).where(gestures.c.id == gesture_id))


def _gesture_statistics(connection: Connection, label: str) -> dict[str, Any]:
    """How often events tell of a gesture, live and in shadow mode, and of its last performance."""
    of = (events.c.label == label, events.c.label != _NOTHING)
    counts = select(events.c.shadow, func.count(), func.max(events.c.started_ns)).where(*of).group_by(events.c.shadow)
    found = {bool(shadow): (count, last_ns) for shadow, count, last_ns in connection.execute(counts)}
    fired, last_ns = found.get(False, (0, None))
    return {"fired": fired, "shadow_fired": found.get(True, (0, None))[0], "last_seen_ns": last_ns}
