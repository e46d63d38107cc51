"""Events as rows, the quick way: of nothing else there are tens of thousands at once."""

import json
from collections.abc import Sequence as Several
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from engine.model.event import Event
from engine.store.tables import events

_value = attrgetter("_value_")  # of an enum, what `value` gives, which takes five times as long
_json = json.JSONEncoder(separators=(",", ":")).encode
_NAMES = [column.name for column in events.columns]
_INSERT = f"INSERT INTO events ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
_REPLACE = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES if name != 'id')}"


def insert_events(connection: Connection, several: Several[Event]) -> None:
    """None of them is there yet. Where a row might be replaced instead, SQLite keeps a journal for each, since triggers may follow."""
    if several:
        connection.exec_driver_sql(_INSERT, [_row(event) for event in several])


def replace_events(connection: Connection, several: Several[Event]) -> None:
    """By id; triggers tell of it."""
    if several:
        connection.exec_driver_sql(_REPLACE, [_row(event) for event in several])


def _row(event: Event) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return (
        event.id,
        _value(event.kind),
        event.camera_id,
        event.subject_id,
        _value(event.severity),
        event.started_ns,
        event.ended_ns,
        event.received_ns,
        event.confidence,
        event.decision_id,
        None if event.box_xyxy is None else _numbers(event.box_xyxy),
        event.reason,
        event.simulated,
        None if event.position is None else _numbers(event.position),
        event.zone_id,
        event.person,
        event.level,
        event.person_id,
        event.label,
        event.shadow,
        _json(event.candidates) if event.candidates else "[]",
    )


def _numbers(values: tuple[float, ...]) -> str:
    """As JSON writes them: for finite numbers that is how Python does, which takes a fifth of the time."""
    text = ",".join([repr(float(value)) for value in values])
    return _json(values) if "n" in text else f"[{text}]"
