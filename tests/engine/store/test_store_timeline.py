"""The timeline of a record: what falls into which column of which lane, and what comes next."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.model.accounts.audit import AuditRow
from engine.model.alerts.decision import Outcome, Stage
from engine.model.cameras.segment import Segment
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
    NeighbourKind,
    SavedSearch,
    SearchFilter,
    SpanState,
    Timeline,
    TimelineLane,
)
from engine.model.time import SECOND
from engine.store import Store
from tests.engine.store.records import clip, decision, event


def timeline(store: Store, since_s: int, until_s: int, columns: int, **more: object) -> Timeline:
    found = store.answer(GetTimeline(since_s * SECOND, until_s * SECOND, columns, **more))  # type: ignore[arg-type]
    assert found is not None
    return found


def lane(found: Timeline, kind: LaneKind, of: str = "") -> TimelineLane:
    return next(each for each in found.lanes if (each.kind, each.id) == (kind, of))


def counts(lane: TimelineLane) -> dict[str, tuple[int, ...]]:
    return {marks.kind: marks.counts for marks in lane.marks}


def test_events_fall_into_the_column_of_their_start_with_the_worst_severity(store: Store) -> None:
    store.save([event(0), event(9), replace(event(10), severity=Severity.CRITICAL), event(39), event(40), event(12, camera="gate")])
    found = timeline(store, 0, 40, 4)
    yard = lane(found, LaneKind.CAMERA, "yard")
    assert counts(yard) == {"person": (2, 1, 0, 1)}
    assert yard.marks[0].worst == (3, 5, 0, 3)
    assert counts(lane(found, LaneKind.CAMERA, "gate")) == {"person": (0, 1, 0, 0)}
    assert found.coarse_ns == 0


def test_what_no_camera_saw_has_lanes_of_its_own(store: Store) -> None:
    kinds = (EventKind.PRESENCE, EventKind.PHONE_LEFT, EventKind.INCIDENT)
    store.save([event(number, camera="", kind=kind) for number, kind in enumerate(kinds)])
    store.save([replace(event(8), person_id="pe-1"), replace(event(9), person="Ada"), replace(event(7), shadow=True)])
    store.save([decision(1, outcome=Outcome.HELD), decision(2), replace(decision(3), stage=Stage.ALERT)])
    store.add_audit(AuditRow(5 * SECOND, "ada", "view_clip"))
    found = timeline(store, 0, 10, 1)
    assert counts(lane(found, LaneKind.RADIO)) == {"presence": (1,)}
    assert counts(lane(found, LaneKind.BLE)) == {"phone_left": (1,)}
    assert counts(lane(found, LaneKind.INCIDENTS)) == {"incident": (1,)}
    assert counts(lane(found, LaneKind.PEOPLE, "pe-1")) == counts(lane(found, LaneKind.PEOPLE, "Ada")) == {"person": (1,)}
    assert counts(lane(found, LaneKind.DECISIONS)) == {"held": (1,), "raised": (1,)}
    assert counts(lane(found, LaneKind.ACTS)) == {"act": (1,)}
    assert counts(lane(found, LaneKind.CAMERA, "yard")) == {"person": (2,)}


def test_only_the_lanes_and_cameras_asked_for(store: Store) -> None:
    store.save([event(1), event(2, camera="gate"), event(3, camera="", kind=EventKind.PRESENCE)])
    found = timeline(store, 0, 10, 2, lanes=(LaneKind.CAMERA,), camera_ids=("gate", "roof"))
    assert [(each.kind, each.id) for each in found.lanes] == [(LaneKind.CAMERA, "gate"), (LaneKind.CAMERA, "roof")]
    assert lane(found, LaneKind.CAMERA, "roof").marks == ()


def test_an_event_that_is_told_again_counts_once(store: Store) -> None:
    store.save([event(1)])
    store.save([replace(event(1), ended_ns=9 * SECOND, severity=Severity.HIGH)])
    (marks,) = lane(timeline(store, 0, 10, 1), LaneKind.CAMERA, "yard").marks
    assert (marks.counts, marks.worst) == ((1,), (4,))


def test_clips_are_spans_of_their_cameras(store: Store) -> None:
    store.save([clip(5), clip(50)])
    (span,) = lane(timeline(store, 10, 20, 1), LaneKind.CAMERA, "yard").spans
    assert (span.since_ns, span.until_ns, span.state) == (5 * SECOND, 15 * SECOND, SpanState.CLIP)


@pytest.mark.parametrize(
    ("forward", "at_s", "next_s"), [(True, 5, 9), (True, 4, 5), (True, 9, None), (False, 5, 2), (False, 2, None), (False, 99, 9)]
)
def test_the_next_event_is_strictly_beyond(store: Store, forward: bool, at_s: int, next_s: int | None) -> None:
    store.save([event(2), event(5, camera="gate"), event(9)])
    found = store.answer(FindNeighbour(at_s * SECOND, forward))
    assert found == (None if next_s is None else next_s * SECOND)


def test_the_next_event_of_some_cameras(store: Store) -> None:
    store.save([event(2), event(5, camera="gate"), event(9, camera="roof")])
    assert store.answer(FindNeighbour(0, True, camera_ids=("gate", "roof"))) == 5 * SECOND
    assert store.answer(FindNeighbour(99 * SECOND, False, NeighbourKind.ALERT)) is None


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def event_at(number: int, text: str) -> Event:
    return replace(event(number), started_ns=at(text))


def test_days_are_those_of_the_time_zone_also_where_one_has_23_hours(store: Store) -> None:
    store.save([event_at(1, "2026-03-28T22:59"), event_at(2, "2026-03-28T23:00"), event_at(3, "2026-03-29T21:59")])
    store.save([event_at(4, "2026-03-29T22:00"), replace(clip(4), started_ns=at("2026-03-29T22:00"))])
    days = store.answer(CountDays(2026, 3, "Europe/Berlin"))
    assert len(days) == 31
    assert [(each.day, each.events, each.video) for each in days if each.events] == [(28, 1, False), (29, 2, False), (30, 1, True)]


@pytest.mark.parametrize(
    ("month", "zone", "field"), [(0, "UTC", "month"), (13, "UTC", "month"), (1, "Mars/Base", "time_zone"), (1, "../x", "time_zone")]
)
def test_what_is_no_month_or_zone_is_refused(store: Store, month: int, zone: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        store.answer(CountDays(2026, month, zone))
    assert refused.value.field == field


def note(number: int, at_s: int, until_s: int | None = None, camera: str = "") -> Bookmark:
    until_ns = None if until_s is None else until_s * SECOND
    return Bookmark(f"bm-{number}", at_s * SECOND, f"note {number}", "ada", 1, until_ns, camera)


def test_bookmarks_are_put_changed_listed_and_removed(store: Store) -> None:
    for each in (note(1, 5), note(2, 9), note(3, 1, 6, "gate")):
        store.bookmarks.put(each)
    store.bookmarks.put(replace(note(2, 9), note="changed"))
    assert [each.id for each in store.answer(ListBookmarks())] == ["bm-2", "bm-1", "bm-3"]
    assert store.bookmarks.get("bm-2").note == "changed"
    assert [each.id for each in timeline(store, 4, 8, 1).bookmarks] == ["bm-3", "bm-1"]
    assert [each.id for each in timeline(store, 4, 8, 1, camera_ids=("yard",)).bookmarks] == ["bm-1"]
    store.bookmarks.remove("bm-2")
    with pytest.raises(NotFound):
        store.bookmarks.remove("bm-2")


def test_a_search_of_the_same_name_is_replaced_and_keeps_its_id(store: Store) -> None:
    first = SavedSearch("se-1", "Night", "ada", SearchFilter("fall", min_severity=3))
    assert store.bookmarks.save_search(first) == "se-1"
    assert store.bookmarks.save_search(replace(first, id="se-2", by="ben", filter=SearchFilter("fire", region=((0.0, 0.5),)))) == "se-1"
    assert store.bookmarks.save_search(replace(first, id="se-3", by_id="us-3")) == "se-3", "somebody else's of that name"
    store.bookmarks.remove_search("se-3")
    (kept,) = store.answer(ListSearches())
    assert (kept.id, kept.by, kept.filter) == ("se-1", "ben", SearchFilter("fire", region=((0.0, 0.5),)))
    store.bookmarks.save_search(replace(first, filter=SearchFilter(), question="Who was here last night?"))
    assert [(each.id, each.question) for each in store.answer(ListSearches())] == [("se-1", "Who was here last night?")]
    store.bookmarks.remove_search("se-1")
    assert store.answer(ListSearches()) == ()


def every_kind(number: int) -> list[Event]:
    """Events over a year, many of them in the same minute."""
    return [
        replace(
            event(each, camera=("yard", "gate", "")[each % 3], kind=list(EventKind)[each % 7]),
            started_ns=(each // 4) * 86_400 * SECOND // 2 + each % 4 * 7 * SECOND,
            severity=list(Severity)[each % 5],
            person_id=f"pe-{each % 3}" if each % 2 else "",
        )
        for each in range(number)
    ]


@pytest.mark.parametrize(("days", "width_s"), [(2, 60), (12, 360), (60, 1_800), (370, 10_800), (3_650, 86_400)])
def test_from_afar_the_same_is_counted(store: Store, days: int, width_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(every_kind(400))
    store.save([replace(decision(number), stage=Stage.ALERT, decided_ns=number * 3_600 * SECOND) for number in range(90)])
    near = timeline(store, 0, days * 86_400, days)
    monkeypatch.setattr("engine.store.timeline.lanes.MOST_ROWS", 0)
    far = timeline(store, 0, days * 86_400, days)
    assert (near.coarse_ns, far.coarse_ns) == (0, width_s * SECOND)
    assert near.lanes == far.lanes


def test_from_afar_only_what_is_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.timeline.lanes.MOST_ROWS", 0)
    store.save(
        [
            event(1),
            event(2, camera="gate"),
            event(3, camera="", kind=EventKind.PRESENCE),
            replace(decision(4, camera="gate"), stage=Stage.ALERT),
        ]
    )
    found = timeline(store, 0, 86_400, 2, camera_ids=("gate",))
    assert [(each.kind, each.id) for each in found.lanes] == [
        (LaneKind.CAMERA, "gate"),
        (LaneKind.RADIO, ""),
        (LaneKind.DECISIONS, ""),
        (LaneKind.OBSERVED, "gate"),
    ]
    assert [each.kind for each in timeline(store, 0, 86_400, 2, lanes=(LaneKind.RADIO,)).lanes] == [LaneKind.RADIO]


def test_of_very_many_people_those_seen_most_have_lanes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.timeline.lanes.MOST_PEOPLE", 2)
    store.save([replace(event(number), person_id=f"pe-{whose}") for number, whose in enumerate((1, 2, 2, 3, 3, 4))])
    assert [each.id for each in timeline(store, 0, 10, 1).lanes if each.kind is LaneKind.PEOPLE] == ["pe-2", "pe-3"]


def segment(number: int, since_s: int, until_s: int, camera: str = "yard") -> Segment:
    return Segment(f"sg-{number}", camera, since_s * SECOND, until_s * SECOND, f"{number}.mp4", 1, "h264", 640, 480)


def test_segments_that_follow_one_another_are_one_span_and_gaps_stay(store: Store) -> None:
    store.save([segment(1, 0, 60), segment(2, 60, 120), segment(3, 200, 260), segment(4, 0, 60, "gate"), clip(100)])
    spans = lane(timeline(store, 30, 300, 10), LaneKind.CAMERA, "yard").spans
    assert [(each.since_ns // SECOND, each.until_ns // SECOND, each.state.value) for each in spans] == [
        (0, 120, "video"),
        (100, 110, "clip"),
        (200, 260, "video"),
    ]


def test_of_very_many_segments_each_part_is_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.timeline.video.MOST_ROWS", 10)
    store.save([segment(number, 60 * number, 60 * number + 60) for number in range(100) if not 40 <= number < 60])
    spans = lane(timeline(store, 0, 6_000, 10), LaneKind.CAMERA, "yard").spans
    assert [(each.since_ns, each.until_ns) for each in spans] == [
        (0, pytest.approx(2_400 * SECOND, abs=12 * SECOND)),
        (pytest.approx(3_600 * SECOND, abs=12 * SECOND), 6_000 * SECOND),
    ]
