"""Somebody who is erased in the middle of a run is in nothing that goes on."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from engine.model.event import Event
from engine.model.observation import RosterEdited, SettingsChanged, Tick
from engine.model.people.person import Person, PersonErased, PersonPut
from engine.model.people.traces import ERASED_NAME
from engine.pipeline.pipeline import Pipeline
from tests.fakes.radio_runs import ANNA, BEN, SETTINGS, in_order, new_pipeline, played, room_run

SECONDS = 30.0


@dataclass(frozen=True)
class Walked:
    """Two people with phones, long enough to be named. `named`: open events that tell of Anna; `persons`: as told on the way."""

    state: dict[str, Any]
    named: dict[str, Event]
    persons: dict[str, Person]
    number: int

    def pipeline(self) -> Pipeline:
        pipeline = new_pipeline()
        pipeline.restore(json.loads(json.dumps(self.state)))
        return pipeline


@pytest.fixture(scope="module")
def walked() -> Walked:
    pipeline, observed = new_pipeline(), in_order(room_run(7, SECONDS))
    results = played(pipeline, observed)
    events = {event.id: event for result in results for event in result.events}
    persons = {value.id: value for result in results for value in result.people if isinstance(value, Person)}
    named = {event_id: event for event_id, event in events.items() if event.person == ANNA.name and event.ended_ns is None}
    return Walked(pipeline.state(), named, persons, observed[-1].number + 1)


def test_who_is_surely_named_by_their_phone_was_seen(walked: Walked) -> None:
    seen = walked.persons[BEN.id]
    assert seen.last_seen_ns is not None and seen.visits == 1 and seen.last_camera_id == ""


def test_once_erased_nothing_is_left_of_them(walked: Walked) -> None:
    pipeline, number = walked.pipeline(), walked.number
    assert walked.named and ANNA.id in json.dumps(pipeline.state())
    now_ns = pipeline.state()["now_ns"]
    freed = replace(SETTINGS, ble_devices=(replace(SETTINGS.ble_devices[0], person_id="", label="Phone"), *SETTINGS.ble_devices[1:]))
    after = [RosterEdited(now_ns, PersonErased(ANNA.id, "gone-1")), SettingsChanged(now_ns, freed)]
    results = played(pipeline, in_order(after, number))
    told = {event.id: event.person for event in results[0].events}
    assert told == dict.fromkeys(walked.named, ERASED_NAME)
    state = json.dumps(pipeline.state())
    assert ANNA.id not in state and "Anna" not in state
    (later,) = played(pipeline, in_order([Tick(now_ns + 100_000_000)], number + 2))
    assert all(event.person != ANNA.name for event in later.events)
    assert later.radio is not None and all(blob.identity is None or blob.identity.person_id != ANNA.id for blob in later.radio.blobs)


def test_who_is_locked_stays_named(walked: Walked) -> None:
    pipeline, number = walked.pipeline(), walked.number
    now_ns = pipeline.state()["now_ns"]
    edits = (PersonPut(replace(ANNA, locked=True)), PersonErased(ANNA.id, "gone-1"))
    results = played(pipeline, in_order([RosterEdited(now_ns, edit) for edit in edits], number))
    assert walked.named and results[1].events == () and results[1].people == ()
