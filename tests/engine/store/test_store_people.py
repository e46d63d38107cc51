"""Persons, faces and gestures in the record."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.event import EventKind
from engine.model.people.gesture import Gesture, GestureMode, Take
from engine.model.people.person import FaceGone, FaceSample, NameSource, Person, PersonGone
from engine.model.question import ListEvents
from engine.model.time import ManualClock
from engine.store import open_store
from engine.store.changes import driver_of
from engine.store.people.people import _gesture_statistics
from engine.store.store import Store
from tests.engine.store.records import event

ANNA = Person("pe-1", "Anna", name_source=NameSource.VOICE, created_ns=1, first_seen_ns=2, last_seen_ns=3, last_camera_id="yard", visits=4)


def face(number: int, person: str = "pe-1") -> FaceSample:
    turned = np.roll(np.eye(4, dtype=np.float32)[0], number)
    return FaceSample(f"fa-{number}", person, turned, "sface", 0.8, number, "yard", negative=True)


@pytest.fixture
def store(path: Path):
    opened = open_store(path, ManualClock(0))
    yield opened
    opened.close()


def test_persons_and_faces_come_back_as_they_were(store: Store) -> None:
    store.save((ANNA, face(1), face(2)))
    store.save((replace(ANNA, name="Anna Meyer", name_source=NameSource.OPERATOR, locked=True),))
    roster = store.roster()
    assert roster.persons == (replace(ANNA, name="Anna Meyer", name_source=NameSource.OPERATOR, locked=True),)
    assert [sample.id for sample in roster.faces] == ["fa-1", "fa-2"]
    assert np.array_equal(roster.faces[1].embedding, face(2).embedding) and roster.faces[1].embedding.dtype == np.float32


def test_who_is_gone_is_gone_also_when_saved_again_in_the_same_batch(store: Store) -> None:
    store.save((ANNA, face(1), face(2)))
    store.save((ANNA, face(1), PersonGone("pe-1"), FaceGone("fa-1")))
    assert store.roster().persons == () and [sample.id for sample in store.roster().faces] == ["fa-2"]


def test_events_of_a_person_are_found(store: Store) -> None:
    store.save((replace(event(1), person_id="pe-1"), event(2), replace(event(3), person_id="pe-1")))
    assert [found.id for found in store.answer(ListEvents(person_id="pe-1"))] == [event(3).id, event(1).id]


def test_gestures_tell_how_often_they_were_seen(store: Store) -> None:
    take = Take(np.linspace(0, 1, 5, dtype=np.float32), np.ones((5, 33, 3), np.float32))
    wave = Gesture("ge-1", "Wave", (take, take), 0.4, 10, "Ada")
    store.save_gesture(wave)
    store.save_gesture(replace(wave, id="ge-2", label="Clap", created_ns=11))
    seen = replace(event(5), kind=EventKind.GESTURE, label="Wave")
    store.save((seen, replace(event(6), kind=EventKind.GESTURE, label="Wave"), replace(event(9), label="Wave", shadow=True)))
    store.save_gesture(replace(wave, mode=GestureMode.SHADOW, fired=99))
    first, second = store.gestures()
    assert (first.fired, first.shadow_fired, first.last_seen_ns) == (2, 1, 6_000_000_000)
    assert (first.mode, second.label, second.fired, second.last_seen_ns) == (GestureMode.SHADOW, "Clap", 0, None)
    assert np.array_equal(first.takes[1].landmarks, take.landmarks)
    store.remove_gesture("ge-1")
    assert [gesture.id for gesture in store.gestures()] == ["ge-2"]


def test_what_gestures_did_is_counted_without_looking_at_all_events(store: Store) -> None:
    said: list[str] = []
    with store._read() as connection:
        driver = driver_of(connection)
        driver.set_trace_callback(said.append)
        _gesture_statistics(connection, "wave")
        driver.set_trace_callback(None)
        plan = " ".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {said[-1]}"))
    assert "ix_events_label (label=?)" in plan
