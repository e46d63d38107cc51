"""Rows an hour that an operator goes through: each event by itself, and grouped into review items with several gaps and longest spans."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.report import Case, at_most, case
from engine.model.errors import InputError
from engine.model.event import Event, EventKind
from engine.model.ids import derived_id
from engine.model.observation import Tick
from engine.model.question import ListEvents
from engine.model.review.review import ReviewSettings
from engine.model.settings import Settings
from engine.model.time import SECOND, SystemClock
from engine.pipeline.output import StepOutput
from engine.pipeline.review.review import ReviewLane
from engine.store.store import open_store

GAPS_S, LONGEST_MIN = (10.0, 30.0, 45.0, 60.0, 120.0), (1.0, 5.0, 10.0, 15.0)
MOST_AN_HOUR = 60  # of a busy camera; "tens" of two
_HOUR_NS = 3_600 * SECOND
_PAGE = 10_000
_SITE = (EventKind.INCIDENT, EventKind.SMOKE)  # of a demo they began long before it was started


def run(record: Path) -> dict[str, Any]:
    """`record`: the database of a site that ran. Raises InputError, EnvironmentFault."""
    if not record.is_file():
        raise InputError("record", f"{record} is no database")
    events = _events(record)
    if len(events) < 2:
        raise InputError("record", "holds fewer than two events")
    hours = (max(event.ended_ns or event.started_ns for event in events) - events[0].started_ns) / _HOUR_NS
    cameras = {event.camera_id for event in events if event.camera_id}
    alone = case("each event", {"cameras": len(cameras)}, {"events": len(events), "hours": hours, "rows_per_hour": len(events) / hours})
    grouped = [_grouped(events, hours, gap_s, longest) for gap_s in GAPS_S for longest in LONGEST_MIN]
    default = ReviewSettings()
    chosen = next(each for each in grouped if each["params"] == {"gap_s": default.gap_s, "longest_min": default.longest_min})
    target = at_most("rows_per_hour_and_camera", MOST_AN_HOUR, chosen["metrics"]["rows_per_hour"] / max(1, len(cameras)))
    return {"bench": "review", "cases": [alone, *grouped], "targets": [target]}


def _events(record: Path) -> list[Event]:
    store = open_store(record, SystemClock())
    try:
        found: list[Event] = []
        while page := store.answer(ListEvents(limit=_PAGE, before_id=found[-1].id if found else None)):
            found += page
    finally:
        store.close()
    return [event for event in reversed(found) if event.kind not in _SITE]


def _grouped(events: list[Event], hours: float, gap_s: float, longest_min: float) -> Case:
    lane, seen = ReviewLane(), set[str]()
    lane.configure(Settings(review=ReviewSettings(gap_s, longest_min)), 0, StepOutput(0, 0))
    for number, (at_ns, event) in enumerate(_steps(events), 1):
        out = StepOutput(number, at_ns)
        out.event(event)
        lane.conclude(Tick(at_ns), out)
        seen.update(item.id for item in out.result().reviews)
    metrics = {"items": len(seen), "rows_per_hour": len(seen) / hours, "events_per_item": len(events) / len(seen)}
    name = f"review items, gap {gap_s:g} s, longest {longest_min:g} min"
    return case(name, {"gap_s": gap_s, "longest_min": longest_min}, metrics)


def _steps(events: list[Event]) -> Iterator[tuple[int, Event]]:
    """Each as it began and as it ended, in the order of time, under ids of the steps that began them."""
    changes = [(event.started_ns, 0, event.id, replace(event, ended_ns=None)) for event in events]
    changes += [(event.ended_ns, 1, event.id, event) for event in events if event.ended_ns is not None]
    ids: dict[str, str] = {}
    for number, (at_ns, ended, event_id, event) in enumerate(sorted(changes, key=lambda each: each[:3]), 1):
        if not ended:
            ids[event_id] = derived_id("ev", number)
        yield at_ns, replace(event, id=ids[event_id])
