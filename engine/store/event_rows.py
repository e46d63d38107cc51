"""Events as rows, the quick way: of nothing else there are tens of thousands at once."""

import json
import sqlite3
from collections.abc import Iterator
from collections.abc import Sequence as Several
from operator import add, attrgetter
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from engine.model.event import Event
from engine.store.tables import events
from engine.store.upsert import AT_ONCE, insert_rows

_json = json.JSONEncoder(separators=(",", ":")).encode
_LISTS = ("box_xyxy", "position", "candidates")
_PLAIN = [column.name for column in events.columns if column.name not in (*_LISTS, "named_by")]
_NAMES = [*_PLAIN, *_LISTS, "named_by"]
# Straight to the field of an enum that `value` gives: `value` itself takes five times as long.
_plain = attrgetter(*(f"{name}._value_" if name in ("kind", "severity") else name for name in _PLAIN))
_box, _position = attrgetter("box_xyxy"), attrgetter("position")
_candidates, _named_by = attrgetter("candidates"), attrgetter("named_by")
_INSERT = f"INSERT INTO events ({', '.join(_NAMES)})"
_AGAIN = ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name != "id")
_REPLACE = f"{_INSERT} VALUES ({', '.join('?' * len(_NAMES))}) ON CONFLICT (id) DO UPDATE SET {_AGAIN}"


def insert_events(driver: sqlite3.Connection, several: Several[Event]) -> None:
    """None of them is there yet. Where a row might be replaced instead, SQLite keeps a journal for each, since triggers may follow."""
    for begin in range(0, len(several), AT_ONCE):
        insert_rows(driver, _INSERT, list(_rows(several[begin : begin + AT_ONCE])))


def replace_events(driver: sqlite3.Connection, several: Several[Event]) -> None:
    """By id; triggers tell of it."""
    if several:
        driver.executemany(_REPLACE, _rows(several))


def _rows(several: Several[Event]) -> Iterator[tuple[Any, ...]]:
    """In the order of `_NAMES`."""
    positions = [None if each is None else _numbers(each) for each in map(_position, several)]
    candidates = [_json(each) if each else "[]" for each in map(_candidates, several)]
    named_by = [None if each is None else each.value for each in map(_named_by, several)]
    return map(add, map(_plain, several), zip(_boxes(several), positions, candidates, named_by, strict=True))


def _boxes(several: Several[Event]) -> list[str | None]:
    """All in one go: writing numbers of 17 digits is half of making a row."""
    boxes = list(map(_box, several))
    try:
        written = to_json(boxes).decode()
    except PydanticSerializationError:  # numbers of numpy
        return [None if box is None else _numbers(box) for box in boxes]
    if None in boxes:
        written = written.replace("null", "[null]")
    return [None if each == "null" else f"[{each}]" for each in written[2:-2].split("],[")]


def _numbers(values: tuple[float, ...]) -> str:
    """As JSON writes them: for finite numbers that is how Python does, which takes a fifth of the time."""
    text = ",".join([repr(float(value)) for value in values])
    return _json(values) if "n" in text else f"[{text}]"
