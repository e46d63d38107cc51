"""Boxes over time of what an event is about: from the record and from what is still in view."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Scope, Session, User
from engine.model.cameras.trail import EventTrails, GetEventTrails, ListTrails, TrackTrail, Trail
from engine.model.errors import InputError, NotFound
from engine.model.event import EventKind
from engine.model.time import SECOND, ManualClock
from engine.runtime.cameras.trail_questions import QUESTIONS
from engine.runtime.cameras.trail_side import TrailSide
from engine.store import Store, open_store
from tests.engine.runtime.test_trail_side import FRAME, StepResult, Tick, at
from tests.engine.store.records import event

HANDLERS: dict[type, Any] = {spec.kind: spec.handler for spec in QUESTIONS}
SESSION = Session("s", User("u-1", "ada", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])


@dataclass
class Host:
    clock: ManualClock
    record: Any
    trails: TrailSide

    def ask(self, event_id: str, scope: Scope | None = None) -> EventTrails:
        return HANDLERS[GetEventTrails](self, GetEventTrails(event_id), SESSION, scope)

    def ask_camera(self, camera_id: str, since_s: float, until_s: float, scope: Scope | None = None) -> tuple[TrackTrail, ...]:
        question = ListTrails(camera_id, round(since_s * SECOND), round(until_s * SECOND))
        return HANDLERS[ListTrails](self, question, SESSION, scope)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "watchroom.db", ManualClock(2_000 * SECOND))
    yield opened
    opened.close()


@pytest.fixture
def host(store: Store) -> Host:
    return Host(ManualClock(1_012 * SECOND), SimpleNamespace(store=store), TrailSide(store.trails.put))


def trail(track_id: str, *seconds: float, camera: str = "yard", category: str = "person") -> Trail:
    times = np.array([round(second * SECOND) for second in seconds], np.int64)
    return Trail(camera, track_id, category, times, np.linspace((0.1, 0.2, 0.2, 0.6), (0.5, 0.2, 0.6, 0.6), len(times), dtype=np.float32))


def spans(answer: EventTrails) -> list[tuple[str, float, float]]:
    return [(each.track_id, each.times_ns[0] / SECOND, each.times_ns[-1] / SECOND) for each in answer.trails]


def test_trails_of_the_subject_alone_pieces_in_order(host: Host, store: Store) -> None:
    seen = replace(event(1_000, ended=1_010 * SECOND), subject_id="t-1")
    store.save([seen])
    store.trails.put([trail("t-1", 1_004, 1_005), trail("t-1", 1_000, 1_000.5, 1_001), trail("t-2", 1_000, 1_003), trail("t-1", 10, 20)])
    answer = host.ask(seen.id)
    assert answer.camera_id == "yard" and answer.by_subject
    assert spans(answer) == [("t-1", 1_000, 1_001), ("t-1", 1_004, 1_005)]
    assert answer.trails[0].boxes[0] == pytest.approx((0.1, 0.2, 0.2, 0.6), abs=1e-4)


def test_what_is_still_in_view_is_part_of_it(host: Host, store: Store) -> None:
    seen = replace(event(1_000), subject_id="t-1")
    store.save([seen])
    store.trails.put([trail("t-1", 1_000, 1_008)])
    host.trails.on_step(StepResult(0), FRAME)
    for second in (1_010.0, 1_011.0):
        host.trails.on_step(StepResult(1, tracks=(("yard", (at(second, 40),)),)), Tick(0))
    assert spans(host.ask(seen.id)) == [("t-1", 1_000, 1_008), ("t-1", 1_010, 1_011)]


@pytest.mark.parametrize(("kind", "subject"), [(EventKind.CROWD, "zone-1"), (EventKind.FIGHT, "t-1")])
def test_of_a_crowd_and_a_fight_everybody_in_view_is_told(host: Host, store: Store, kind: EventKind, subject: str) -> None:
    seen = replace(event(1_000, kind=kind, ended=1_005 * SECOND), subject_id=subject)
    store.save([seen])
    store.trails.put(
        [
            trail("t-1", 1_000, 1_003),
            trail("t-2", 990, 1_001),
            trail("t-3", 1_000, 1_001, camera="gate"),
            trail("", 1_000, 1_001, category="motion"),
            trail("t-4", 2_000, 2_001),
        ]
    )
    answer = host.ask(seen.id)
    assert not answer.by_subject and {each.track_id for each in answer.trails} == {"t-1", "t-2"}


def test_whoever_is_in_view_is_not_taken_for_a_person_whose_track_is_gone(host: Host, store: Store) -> None:
    seen = replace(event(1_000, ended=1_005 * SECOND), subject_id="t-9")
    store.save([seen])
    store.trails.put([trail("t-1", 1_000, 1_003)])
    answer = host.ask(seen.id)
    assert answer.by_subject and answer.trails == ()


def test_a_lost_camera_and_an_event_without_camera_are_about_nobody(host: Host, store: Store) -> None:
    lost = replace(event(1_000, kind=EventKind.CAMERA_LOST), subject_id="yard")
    radio = replace(event(1_001, camera="", kind=EventKind.FALL), subject_id="bl-1")
    store.save([lost, radio])
    store.trails.put([trail("t-1", 1_000, 1_003)])
    assert host.ask(lost.id).trails == () == host.ask(radio.id).trails


def test_a_limited_account_hears_of_no_event_that_it_does_not_see(host: Host, store: Store) -> None:
    seen = event(1_000)
    store.save([seen])
    assert host.ask(seen.id, Scope(frozenset({"yard"}))).camera_id == "yard"
    with pytest.raises(NotFound):
        host.ask(seen.id, Scope(frozenset({"gate"})))
    with pytest.raises(NotFound):
        host.ask("ev-nowhere")


def test_all_tracks_of_a_camera_are_listed_from_the_record_and_from_what_is_in_view(host: Host, store: Store) -> None:
    store.trails.put(
        [trail("t-1", 990, 1_003), trail("t-2", 970, 980), trail("t-3", 1_020, 1_030), trail("t-4", 1_000, 1_001, camera="gate")]
    )
    host.trails.on_step(StepResult(0), FRAME)
    for second in (1_010.0, 1_011.0):
        host.trails.on_step(StepResult(1, tracks=(("yard", (at(second, 40),)),)), Tick(0))
    found = host.ask_camera("yard", 1_000, 1_015)
    assert [(each.times_ns[0] // SECOND, each.times_ns[-1] // SECOND) for each in found] == [(990, 1_003), (1_010, 1_011)]
    assert host.ask_camera("yard", 1_005, 1_009) == ()
    assert host.ask_camera("yard", 1_000, 1_015, Scope(frozenset({"yard"}))) == found


def test_a_limited_account_lists_no_tracks_of_other_cameras(host: Host) -> None:
    with pytest.raises(NotFound):
        host.ask_camera("yard", 1_000, 1_015, Scope(frozenset({"gate"})))
    with pytest.raises(InputError):
        ListTrails("yard", 10, 10)
