"""What is written while a site has joined waits to be told, once, as it is when it is told; nothing else costs anything."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.incidents.correlation import correlate
from engine.model.accounts.audit import AuditRow
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.decision import Decision, Outcome
from engine.model.cameras.clip import Clip
from engine.model.event import Event
from engine.model.incidents.incident import Incident
from engine.model.people.traces import ErasedPerson, Traces, digest_of
from engine.model.replication import ChangeKind, RecordChange, ReplicationState
from engine.model.review.review import ReviewItem
from engine.model.time import SECOND
from engine.model.wire import read_as, to_plain
from engine.store import Store
from engine.store.replication.sources import trigger_names
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.reports import report
from tests.fakes.review import review_items

MOST = 1_000
(ITEM,) = review_items([event(1)])
VALUES: dict[ChangeKind, type] = {
    ChangeKind.EVENT: Event,
    ChangeKind.DECISION: Decision,
    ChangeKind.ALERT: Alert,
    ChangeKind.REVIEW: ReviewItem,
    ChangeKind.CLIP: Clip,
    ChangeKind.INCIDENT: Incident,
    ChangeKind.AUDIT: AuditRow,
    ChangeKind.ERASURE: Traces,
    ChangeKind.ERASED: ErasedPerson,
}


def waiting(store: Store, after: int = 0) -> tuple[RecordChange, ...]:
    return store.replication.batch(after, MOST).changes


def ids(changes: tuple[RecordChange, ...]) -> list[str]:
    return [f"{change.kind} {change.id}" for change in changes]


def write_everything(store: Store) -> None:
    store.save([event(1), decision(1), decision(2, outcome=Outcome.REJECTED), ALERT, clip(1), ITEM, replace(event(3), shadow=True)])
    store.add_audit(AuditRow(5 * SECOND, "ada", "view_clip"))
    store.incidents.file([report(1)], correlate)
    store.begin_erasure(Traces("pe-1", ("Ada",), "erased-1"))


def fill(store: Store, most: int = MOST) -> int:
    """How many turns it took."""
    turns = 1
    while store.replication.fill(most):
        turns += 1
    return turns


def test_a_site_that_has_not_joined_keeps_nothing_for_it(store: Store, path: Path) -> None:
    write_everything(store)
    assert store.replication.state() is None
    assert waiting(store) == ()
    assert not store.replication.fill(MOST)
    with closing(sqlite3.connect(path)) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert not found & set(trigger_names())


def test_everything_that_is_written_is_told_in_its_plain_form(store: Store) -> None:
    store.replication.begin("s1")
    write_everything(store)
    told = waiting(store)
    assert {change.kind for change in told} == set(ChangeKind) - {ChangeKind.ERASED}, "which is told once it is done"
    assert [change.seq for change in told] == sorted({change.seq for change in told})
    of = {change.kind: read_as(VALUES[change.kind], dict(change.body)) for change in told}
    assert of[ChangeKind.EVENT] == event(1)
    assert of[ChangeKind.DECISION] == decision(1)
    assert of[ChangeKind.ALERT] == ALERT
    assert of[ChangeKind.CLIP] == clip(1)
    assert of[ChangeKind.REVIEW] == ITEM
    assert of[ChangeKind.AUDIT].verb == "view_clip"
    assert of[ChangeKind.INCIDENT].description == report(1).description
    assert of[ChangeKind.ERASURE] == Traces("pe-1", ("Ada",), "erased-1")
    assert len(told) == len(ChangeKind) - 1, "neither what was rejected nor what is in shadow"


def test_what_changes_again_is_told_once_as_it_is_now(store: Store) -> None:
    store.replication.begin("s1")
    store.save([event(1), event(2)])
    for second in range(5):
        store.save([replace(event(1), ended_ns=(10 + second) * SECOND)])
    told = waiting(store)
    assert ids(told) == [f"event {event(2).id}", f"event {event(1).id}"]
    assert told[-1].body == to_plain(replace(event(1), ended_ns=14 * SECOND))


def test_what_comes_out_of_the_shadow_is_told(store: Store) -> None:
    store.replication.begin("s1")
    store.save([replace(event(1), shadow=True)])
    assert waiting(store) == ()
    store.save([event(1)])
    assert ids(waiting(store)) == [f"event {event(1).id}"]


def test_a_hub_has_what_it_says_and_what_changed_meanwhile_is_told_again(store: Store) -> None:
    store.replication.begin("s1")
    store.save([event(1), event(2), event(3)])
    batch = store.replication.batch(0, 2)
    assert (batch.stream, batch.after, len(batch.changes)) == ("s1", 0, 2)
    store.replication.note(0, batch.through)
    store.save([replace(event(1), ended_ns=9 * SECOND)])  # while it was under way
    store.replication.note(batch.through, batch.through)
    rest = store.replication.batch(batch.through, MOST)
    assert ids(rest.changes) == [f"event {event(3).id}", f"event {event(1).id}"]
    store.replication.note(rest.through, rest.through)
    assert store.replication.batch(rest.through, MOST).through == rest.through
    assert store.replication.state() == ReplicationState("s1", rest.through, rest.through, 0, filled=False)


def test_numbers_are_never_given_twice(store: Store) -> None:
    store.replication.begin("s1")
    store.save([event(1)])
    first = store.replication.batch(0, MOST)
    store.replication.note(first.through, first.through)
    store.save([event(2)])
    assert waiting(store)[0].seq > first.through


def test_what_was_recorded_before_is_entered_a_part_at_a_time(store: Store) -> None:
    write_everything(store)
    store.save([event(number) for number in range(10, 40)])
    store.replication.begin("s1")
    store.save([replace(event(20), ended_ns=99 * SECOND)])  # waits already
    assert not store.replication.state().filled  # type: ignore[union-attr]
    assert fill(store, 7) > 5
    state = store.replication.state()
    assert state is not None
    assert state.filled
    told = waiting(store)
    assert len(ids(told)) == len(set(ids(told)))
    assert {change.kind for change in told} == set(ChangeKind) - {ChangeKind.ERASURE, ChangeKind.ERASED}
    events = [change.body["started_ns"] for change in told if change.kind is ChangeKind.EVENT]
    assert len(events) == 31
    assert events[1:] == sorted(events[1:])


def test_what_is_gone_before_it_was_told_is_not_told(store: Store, path: Path) -> None:
    store.replication.begin("s1")
    store.save([event(1), event(2)])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM events WHERE id = ?", (event(1).id,))
    assert ids(waiting(store)) == [f"event {event(2).id}"]


def test_an_erasure_waits_with_its_names_when_the_site_is_done_with_it(store: Store) -> None:
    store.replication.begin("s1")
    traces = Traces("pe-1", ("Ada",), "erased-1")
    store.begin_erasure(traces)
    store.forget_whom(traces)
    assert [change.kind for change in waiting(store)] == [ChangeKind.ERASURE], "it is not done yet"
    store.end_erasure("erased-1", 7)
    begun, done = waiting(store)
    assert read_as(Traces, dict(begun.body)) == traces
    assert read_as(ErasedPerson, dict(done.body)) == ErasedPerson("erased-1", digest_of("pe-1"), 7)
    assert store.was_erased("pe-1") and not store.was_erased("pe-2")


def test_one_who_was_locked_meanwhile_is_told_to_stay(store: Store) -> None:
    store.replication.begin("s1")
    store.begin_erasure(Traces("pe-1", ("Ada",), "erased-1"))
    store.end_erasure("erased-1", 7)
    assert read_as(ErasedPerson, dict(waiting(store)[-1].body)) == ErasedPerson("erased-1", "", 7)
    assert not store.was_erased("pe-1")


def test_who_was_erased_before_is_told_first_where_a_stream_begins(store: Store) -> None:
    """A hub that was put back from a backup forgets them before anything of theirs is told to anybody."""
    store.save([event(1)])
    traces = Traces("pe-1", ("Ada",), "erased-1")
    store.begin_erasure(traces)
    store.forget_whom(traces)
    store.end_erasure("erased-1", 7)
    store.replication.begin("s1")
    fill(store)
    assert ids(waiting(store)) == ["erased erased-1", f"event {event(1).id}"]


def test_the_newest_alerts_can_be_told_first(store: Store) -> None:
    store.replication.begin("s1")
    store.save([event(number) for number in range(5)])
    several = [replace(ALERT, id=f"al-{number}", raised_ns=number * SECOND) for number in range(4)]
    for alert in several:
        store.save([alert])
    store.save([replace(several[1], state=AlertState.CLOSED)])
    found = store.replication.newest_alerts(0, 2)
    assert [change.id for change in found] == ["al-1", "al-3"]
    assert found[0].body["state"] == "closed"
    assert store.replication.newest_alerts(found[0].seq, 2) == ()


def test_a_site_that_leaves_goes_on_as_if_nothing_had_been(store: Store) -> None:
    store.replication.begin("s1")
    write_everything(store)
    store.replication.end()
    store.save([event(50)])
    assert store.replication.state() is None
    assert waiting(store) == ()


def test_a_stream_that_begins_anew_tells_everything_anew(store: Store) -> None:
    store.replication.begin("s1")
    store.save([event(1)])
    store.replication.note(1, 1)
    store.replication.begin("s2")
    fill(store)
    state = store.replication.state()
    assert state is not None
    assert (state.stream, state.sent) == ("s2", 0)
    assert ids(waiting(store)) == [f"event {event(1).id}"]
    assert waiting(store)[0].seq > 1


def test_an_erasure_that_waits_is_told_also_where_the_stream_begins_anew(store: Store) -> None:
    """The record has forgotten the names by then; a hub that was put back from a backup has them."""
    store.replication.begin("s1")
    traces = Traces("pe-1", ("Ada",), "erased-1")
    store.begin_erasure(traces)
    store.forget_whom(traces)
    store.end_erasure("erased-1", 7)
    store.replication.begin("s2")
    fill(store)
    begun, done = waiting(store)
    assert (read_as(Traces, dict(begun.body)), done.kind) == (traces, ChangeKind.ERASED)
    store.replication.end()
    store.replication.begin("s3")
    assert waiting(store) == (), "of a hub that the site has left nothing waits"


def test_what_was_not_written_does_not_wait(store: Store) -> None:
    store.replication.begin("s1")
    with pytest.raises(OverflowError):
        store.save([event(1), replace(clip(1), size_bytes=1 << 70)])
    assert store.event(event(1).id) is None
    assert waiting(store) == ()
