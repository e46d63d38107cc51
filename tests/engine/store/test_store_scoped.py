"""The record as somebody sees it who is limited to some cameras: full pages of what those saw, and nothing else."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.accounts.access import Scope
from engine.model.accounts.audit import AuditRow
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import EvidencePart, Outcome
from engine.model.cameras.segment import EvidenceLock, ListLocks, ListSegments, Segment
from engine.model.errors import InputError, NotFound
from engine.model.event import Event, EventKind, Severity
from engine.model.history.timeline import (
    Bookmark,
    CountDays,
    FindNeighbour,
    GetTimeline,
    LaneKind,
    ListBookmarks,
    ListSearches,
    SavedSearch,
    SearchFilter,
    SearchRecord,
    SpanState,
    TrackBack,
    Watched,
)
from engine.model.people.person import Person
from engine.model.question import GetDecision, ListAlerts, ListAudit, ListClips, ListDecisions, ListEvents, ListSequences, WhyNothing
from engine.model.repository import Storable
from engine.model.time import SECOND
from engine.store import Store
from engine.store.scoped import ROWS
from engine.store.tables import metadata
from tests.engine.store.records import clip, decision, event, sequence

YARD = Scope(frozenset({"yard"}), "us-ada")


def of_event(number: int, of: Event) -> Alert:
    at_ns = number * SECOND
    ids = (of.id, event(990).id)
    return Alert(
        f"al-{number}", of.decision_id, "r", of.kind, Severity.HIGH, at_ns, at_ns, event_id=of.id, event_ids=ids, camera_id=of.camera_id
    )


def fill(store: Store) -> None:
    """Of ten events one is the yard's, the others' are the gate's or nobody's."""
    values: list[Storable] = []
    for number in range(60):
        camera = "yard" if number % 10 == 0 else "gate" if number % 10 < 8 else ""
        said = replace(event(number, camera=camera), person_id="pe-1", person="Ada")
        told = replace(
            decision(number, camera=camera, outcome=Outcome.HELD if number % 20 else Outcome.RAISED),
            evidence=(EvidencePart("camera", "gate", "gate saw", 1.0), EvidencePart("camera", "yard", "yard saw", 1.0)),
        )
        values += [said, told, sequence(number, camera=camera), clip(number, camera=camera), of_event(number, said)]
        values += [segment(number, camera)] if camera else []
    store.save(values)
    both = (("yard",), ("gate", "yard"), ())
    for number, cameras in enumerate(both):
        store.segments.put_lock(EvidenceLock(f"lo-{number}", 0, 1, "why", "bo", number, cameras))
    for number, (camera, by) in enumerate((("yard", "bo"), ("gate", "ada"), ("", "ada"), ("", "bo"))):
        store.bookmarks.put(Bookmark(f"bk-{number}", number, f"note {number}", by, number, None, camera, f"us-{by}"))
    store.bookmarks.save_search(SavedSearch("se-1", "mine", "ada", SearchFilter(), "us-ada"))
    store.bookmarks.save_search(SavedSearch("se-2", "gate people", "bo", SearchFilter(camera_ids=("gate",))))
    store.watching.put([Watched(sensor, 0, SECOND, SpanState.OBSERVED) for sensor in ("yard", "gate", "aa:bb")])
    store.save(
        [Person("pe-1", "Ada", "#4cc2ff", created_ns=0, last_camera_id="gate", visits=9), Person("pe-2", "Bo", "#4cc2ff", created_ns=0)]
    )
    store.add_audit(AuditRow(5 * SECOND, "bo", "view_clip", "cl-gate"))


def segment(number: int, camera: str) -> Segment:
    at_ns = number * SECOND
    return Segment(f"sg-{number}", camera, at_ns, at_ns + SECOND, f"{number}.mp4", 1, "h264", 10, 10)


def test_pages_are_full_and_hold_nothing_of_other_cameras(store: Store) -> None:
    fill(store)
    seen = store.within(YARD)
    page = seen.answer(ListEvents(limit=4))
    assert [each.started_ns // SECOND for each in page] == [50, 40, 30, 20]
    rest = seen.answer(ListEvents(limit=4, before_id=page[-1].id))
    assert [each.started_ns // SECOND for each in rest] == [10, 0]
    assert len(seen.answer(ListDecisions(limit=6))) == len(seen.answer(ListClips(limit=6))) == 6
    for found in (seen.answer(ListSequences()), seen.answer(ListAlerts()).alerts, seen.answer(ListSegments(0, 1 << 60))):
        assert [each.camera_id for each in found] == ["yard"] * 6
    assert seen.answer(ListEvents(camera_id="gate")) == ()
    assert len(seen.answer(WhyNothing(30 * SECOND))) == 6
    with pytest.raises(InputError, match="before"):
        seen.answer(ListEvents(before_id=event(3).id))
    with pytest.raises(NotFound):
        seen.answer(GetDecision(decision(3).id))
    assert seen.event(event(3).id) is None and seen.clip(clip(3).id) is None and seen.event(event(10).id) is not None


def test_what_a_row_says_of_other_sensors_is_left_out(store: Store) -> None:
    fill(store)
    seen = store.within(YARD)
    told = seen.answer(ListDecisions(limit=1))[0]
    assert [part.sensor_id for part in told.evidence] == ["yard"] and told.evidence_ids == ()
    alert = seen.answer(ListAlerts(1)).alerts[0]
    assert alert.event_ids == (alert.event_id,)
    person = seen.asked.people()
    assert [(each.name, each.last_camera_id, each.visits) for each in person] == [("Ada", "", 0)]


def test_notes_locks_and_searches(store: Store) -> None:
    fill(store)
    seen = store.within(YARD)
    assert [each.id for each in seen.answer(ListBookmarks())] == ["bk-2", "bk-0"]
    assert [each.id for each in seen.answer(ListSearches())] == ["se-1"]
    assert [each.id for each in seen.answer(ListLocks())] == ["lo-0"]
    assert seen.answer(ListAudit()) == ()


def test_words_are_found_where_they_may_be_seen(store: Store) -> None:
    fill(store)
    seen = store.within(YARD)
    for sought in ("größer", ""):
        hits = seen.search(SearchRecord(SearchFilter(text=sought), limit=5), {}, None).hits
        assert len(hits) == 5 and {hit.camera_id for hit in hits} == {"yard"}
    assert store.search(SearchRecord(SearchFilter(text="größer"), limit=5), {}, None).hits[0].camera_id != "yard"
    square = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    with pytest.raises(InputError, match="size of the picture of 'gate' is not known"):
        seen.search(SearchRecord(SearchFilter(camera_ids=("gate",), region=square)), {}, None)
    assert {hit.camera_id for hit in seen.answer(TrackBack("pe-1"))} == {"yard"}


@pytest.mark.parametrize("seconds", [60, 500_000_000])
def test_the_timeline_counts_only_what_may_be_seen(store: Store, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    if seconds > 60:
        monkeypatch.setattr("engine.store.timeline.lanes.MOST_ROWS", 0)
    found = store.within(YARD).answer(GetTimeline(0, seconds * SECOND, 1))
    assert found is not None and (found.coarse_ns > 0) == (seconds > 60)
    assert {lane.id for lane in found.lanes if lane.kind in (LaneKind.CAMERA, LaneKind.OBSERVED)} == {"yard"}
    kinds = {lane.kind for lane in found.lanes if lane.marks}
    assert not kinds & {LaneKind.RADIO, LaneKind.ACTS, LaneKind.INCIDENTS}
    yard = next(lane for lane in found.lanes if lane.kind is LaneKind.CAMERA)
    assert {marks.kind: sum(marks.counts) for marks in yard.marks} == {"person": 6, "raised": 6}
    days = store.within(YARD).answer(CountDays(1970, 1, "UTC"))
    assert (days[0].events, days[0].alerts, days[0].video) == (6, 6, True)
    assert store.within(Scope(frozenset())).answer(CountDays(1970, 1, "UTC"))[0].video is False
    assert store.within(YARD).answer(FindNeighbour(11 * SECOND, True)) == 20 * SECOND


def test_conflicts_between_sensors_are_not_told(store: Store) -> None:
    store.save([event(1), event(2, kind=EventKind.TWO_PLACES)])
    assert [each.kind for each in store.within(YARD).answer(ListEvents())] == [EventKind.PERSON]


def test_one_connection_serves_one_scope_after_the_other(store: Store) -> None:
    fill(store)
    for scope, count in ((YARD, 6), (Scope(frozenset({"gate"})), 42), (Scope(frozenset()), 0), (YARD, 6)):
        assert len(store.within(scope).answer(ListEvents(limit=100))) == count
    assert len(store.answer(ListEvents(limit=100))) == 60


def test_a_table_that_nobody_thought_of_is_empty(store: Store, path: Path) -> None:
    """Every table of the record is named, or empty for limited sessions."""
    fill(store)
    seen = store.within(YARD)
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE tomorrow (camera_id TEXT)")
        raw.execute("INSERT INTO tomorrow VALUES ('gate')")
    raw.close()
    with seen.asked._reading.connect() as connection:  # pyright: ignore[reportPrivateUsage]
        for table in set(metadata.tables) - set(ROWS) | {"tomorrow"}:
            assert connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar() == 0, table
        with pytest.raises(Exception, match="readonly"):
            connection.exec_driver_sql("DELETE FROM main.events")
