"""The shared record keeps what sites tell once, in their order, and answers as a site's own record does."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from engine.model.accounts.audit import AuditRow
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.decision import AlertFacts
from engine.model.alerts.settings import SiteMode
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Event, EventKind, Severity
from engine.model.people.traces import Traces
from engine.model.question import GetDecision, ListAlerts, ListClips, ListDecisions, ListEvents
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.time import SECOND
from engine.model.wire import to_plain
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.review import review_items

_NUMBERS = count()
NORTH, SOUTH = "north", "south"
(ITEM,) = review_items([event(1)])
KINDS = {Event: ChangeKind.EVENT, Alert: ChangeKind.ALERT, AuditRow: ChangeKind.AUDIT, Traces: ChangeKind.ERASURE}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    opened = SharedRecord(new_record(server, f"shared_{next(_NUMBERS)}"))
    opened.add_site(NORTH, "North")
    opened.add_site(SOUTH, "South")
    opened.begin_stream(NORTH, "s1")
    opened.begin_stream(SOUTH, "s1")
    yield opened
    opened.close()


def run(url: str, *statements: str) -> list[Any]:
    engine = postgres_engine(url, reading=True)
    try:
        with engine.connect() as connection:
            results = [connection.execute(text(statement)) for statement in statements]
            return list(results[-1]) if results[-1].returns_rows else []
    finally:
        engine.dispose()


def at(key: str, value: Any) -> Any:
    """As an intake gives it: ids below the key of the site."""
    fields = ("id", "camera_id", "subject_id", "decision_id", "event_id", "person_id", "zone_id", "best_event_id")
    changed = {name: f"{key}/{getattr(value, name)}" for name in fields if getattr(value, name, "")}
    return replace(value, **changed)


def batch(after: int, *values: Any, stream: str = "s1", through: int | None = None) -> ChangeBatch:
    changes = tuple(
        RecordChange(after + number, kind_of(value), getattr(value, "id", ""), to_plain(value)) for number, value in enumerate(values, 1)
    )
    return ChangeBatch(stream, after, after + len(values) if through is None else through, changes)


def kind_of(value: Any) -> ChangeKind:
    named = {"ReviewItem": ChangeKind.REVIEW, "Clip": ChangeKind.CLIP, "Decision": ChangeKind.DECISION}
    return KINDS.get(type(value)) or named[type(value).__name__]


def test_what_is_kept_is_found_as_it_was_told(record: SharedRecord) -> None:
    values = [at(NORTH, each) for each in (event(1), ALERT, ITEM, clip(1), decision(1))]
    site = record.keep(NORTH, batch(0, *values), 7)
    assert (site.seq, site.heard_ns) == (5, 7)
    assert record.answer(ListEvents()) == (values[0],)
    assert record.answer(ListAlerts()).alerts == (values[1],)
    assert record.answer(ListClips()) == (values[3],)
    assert record.answer(ListDecisions()) == (values[4],)
    assert record.answer(GetDecision(values[4].id)) == values[4]


def test_pages_go_by_time_and_id_over_all_sites(record: SharedRecord) -> None:
    record.keep(NORTH, batch(0, *(at(NORTH, event(number)) for number in range(1, 30, 2))), 1)
    record.keep(SOUTH, batch(0, *(at(SOUTH, event(number)) for number in range(0, 30, 2))), 1)
    record.keep(SOUTH, batch(15, at(SOUTH, event(29))), 1)
    found: list[Event] = []
    before = None
    while page := record.answer(ListEvents(limit=7, before_id=before)):
        found += page
        before = page[-1].id
    assert len(found) == 31
    assert [(each.started_ns, each.id) for each in found] == sorted(((each.started_ns, each.id) for each in found), reverse=True)
    assert len(record.answer(ListEvents(camera_id=f"{SOUTH}/yard"))) == 16


def test_what_is_told_again_or_out_of_turn_changes_nothing(record: SharedRecord) -> None:
    first, second = batch(0, at(NORTH, event(1))), batch(1, at(NORTH, event(2)))
    assert record.keep(NORTH, second, 1).seq == 0, "what lies before it is not there"
    assert record.answer(ListEvents()) == ()
    record.keep(NORTH, first, 1)
    changed = replace(at(NORTH, event(1)), ended_ns=9 * SECOND)
    assert record.keep(NORTH, batch(1, changed, at(NORTH, event(2))), 1).seq == 3
    assert record.keep(NORTH, first, 1).seq == 3
    assert record.answer(ListEvents())[-1] == changed
    assert record.keep(NORTH, batch(3, at(NORTH, event(9)), stream="of before"), 1).stream == "s1"
    assert len(record.answer(ListEvents())) == 2


def test_a_batch_that_overlaps_with_what_is_kept_goes_on_from_there(record: SharedRecord) -> None:
    record.keep(NORTH, batch(0, at(NORTH, event(1)), at(NORTH, event(2))), 1)
    assert record.keep(NORTH, batch(0, at(NORTH, event(1)), at(NORTH, event(3)), through=4), 1).seq == 4
    assert len(record.answer(ListEvents())) == 3


def test_all_of_a_batch_is_kept_or_none_and_how_far_it_is_with_it(record: SharedRecord) -> None:
    broken = RecordChange(2, ChangeKind.EVENT, "x", {"id": "north/x"})
    with pytest.raises(Exception, match="null"):
        record.keep(NORTH, replace(batch(0, at(NORTH, event(1))), through=2, changes=(*batch(0, at(NORTH, event(1))).changes, broken)), 1)
    assert record.answer(ListEvents()) == ()
    assert record.site(NORTH).seq == 0


def test_an_alert_that_was_told_ahead_is_not_undone_when_its_turn_comes(record: SharedRecord) -> None:
    alert = at(NORTH, ALERT)
    closed = replace(alert, state=AlertState.CLOSED, changed_ns=alert.changed_ns + SECOND)
    record.keep_ahead(NORTH, batch(0, closed, at(NORTH, event(1))).changes)
    assert record.site(NORTH).seq == 0
    assert record.answer(ListAlerts()).alerts == (closed,)
    assert record.answer(ListEvents()) == (), "alerts only"
    record.keep(NORTH, batch(0, alert), 1)
    assert record.answer(ListAlerts()).alerts == (closed,)


def test_a_stream_that_begins_anew_keeps_what_is_there(record: SharedRecord) -> None:
    record.keep(NORTH, batch(0, at(NORTH, event(1))), 1)
    record.begin_stream(NORTH, "s2")
    assert (record.site(NORTH).stream, record.site(NORTH).seq) == ("s2", 0)
    assert record.keep(NORTH, batch(0, at(NORTH, event(2)), stream="s2"), 1).seq == 1
    assert len(record.answer(ListEvents())) == 2


def test_a_site_that_has_left_is_taken_nothing_of(record: SharedRecord) -> None:
    record.keep(NORTH, batch(0, at(NORTH, event(1))), 1)
    record.retire_site(NORTH, 5)
    for call in (
        lambda: record.keep(NORTH, batch(1, at(NORTH, event(2))), 1),
        lambda: record.keep_ahead(NORTH, batch(0, at(NORTH, ALERT)).changes),
        lambda: record.begin_stream(NORTH, "s2"),
        lambda: record.site("nobody"),
    ):
        with pytest.raises(NotFound):
            call()
    assert len(record.answer(ListEvents())) == 1
    assert [site.retired_ns for site in record.sites()] == [5, None]


def test_a_key_is_one_sites(record: SharedRecord) -> None:
    with pytest.raises(InputError):
        record.add_site(NORTH, "Another")
    record.rename_site(NORTH, "Far north", 1)
    assert [site.name for site in record.sites()] == ["Far north", "South"]


def test_events_are_counted_as_they_are_now(record: SharedRecord, server: str) -> None:
    several = [at(NORTH, event(number)) for number in range(5)]
    record.keep(NORTH, batch(0, *several), 1)
    record.keep(NORTH, batch(5, replace(several[0], ended_ns=9), replace(several[1], camera_id="north/gate")), 1)
    record.keep(NORTH, batch(7, replace(several[2], shadow=True)), 1)
    with record._read() as connection:
        counts = "SELECT camera_id, kind, sum(n)::int FROM event_counts, unnest(counts) AS n GROUP BY 1, 2 HAVING sum(n) != 0 ORDER BY 1, 2"
        rows = connection.execute(text(counts)).all()
    each = {camera_id: n for camera_id, n in (("north/gate", 1), ("north/yard", 3))}
    assert [tuple(row) for row in rows] == [("*", "", 4), *((camera, kind, n) for camera, n in each.items() for kind in ("", "person"))]


def test_whom_a_site_erases_is_gone_also_from_what_it_keeps_no_longer(record: SharedRecord) -> None:
    seen = replace(at(NORTH, event(1)), person="Ada", person_id="north/pe-1", reason="Ada walked by")
    namesake = replace(at(SOUTH, event(1)), person="Ada", person_id="south/pe-1", reason="Ada walked by")
    alert = replace(at(NORTH, ALERT), person="Ada", person_id="north/pe-1", reason="Ada is here")
    record.keep(NORTH, batch(0, seen, alert), 1)
    record.keep(SOUTH, batch(0, namesake), 1)
    record.keep(NORTH, batch(2, Traces("north/pe-1", ("Ada",), "north/erased-1")), 1)
    assert "Ada" not in repr(record.answer(ListEvents(camera_id="north/yard"))) + repr(record.answer(ListAlerts()))
    assert record.answer(ListEvents(camera_id="north/yard"))[0].person_id == "north/erased-1"
    assert record.answer(ListEvents(camera_id="south/yard")) == (namesake,)


def test_video_of_whom_a_site_erases_goes_from_the_hub_too(record: SharedRecord) -> None:
    seen = replace(at(NORTH, event(1)), person="Ada", person_id="north/pe-1")
    record.keep(NORTH, batch(0, seen, at(NORTH, event(2)), *(at(NORTH, clip(number)) for number in (1, 2))), 1)
    for number in (1, 2):
        record.clip_files.begin(at(NORTH, clip(number)).id, 4, "00", 1)
        record.clip_files.add(at(NORTH, clip(number)).id, 0, 4, b"seal")
    record.keep(NORTH, batch(4, Traces("north/pe-1", ("Ada",), "north/erased-1")), 1)
    gone, left = (at(NORTH, clip(number)).id for number in (1, 2))
    assert record.clip_files.file(gone) is None and list(record.clip_files.pieces(gone)) == []
    assert list(record.clip_files.pieces(left)) == [b"seal"]
    assert [each.id for each in record.answer(ListClips())] == [left]


def test_an_alert_that_was_told_ahead_and_comes_late_names_nobody_again(record: SharedRecord) -> None:
    """A hub that was slow took the message after another one had heard that they are erased."""
    alert = replace(at(NORTH, ALERT), person="Ada", person_id="north/pe-1")
    record.keep(NORTH, batch(0, alert), 1)
    record.keep(NORTH, batch(1, Traces("north/pe-1", ("Ada",), "north/erased-1")), 1)
    record.keep_ahead(NORTH, batch(0, alert).changes)
    assert "Ada" not in repr(record.answer(ListAlerts()))


def test_erasing_somebody_who_is_called_as_a_kind_of_event_leaves_what_was_decided(record: SharedRecord) -> None:
    facts = AlertFacts(EventKind.PERSON, Severity.LOW, SiteMode.HOME, person_id="north/pe-1")
    record.keep(NORTH, batch(0, replace(at(NORTH, decision(1)), facts=facts)), 1)
    record.keep(NORTH, batch(1, Traces("north/pe-1", ("person",), "north/erased-1")), 1)
    (left,) = record.answer(ListDecisions())
    assert left.facts == replace(facts, person_id="north/erased-1")


def test_texts_that_no_database_holds_are_kept_as_far_as_they_can(record: SharedRecord) -> None:
    odd = replace(at(NORTH, event(1)), reason="a\0b\ud800c \\u0000 «größer»")
    record.keep(NORTH, batch(0, odd), 1)
    assert record.answer(ListEvents())[0].reason == "ab?c \\u0000 «größer»"


def test_the_audit_is_kept_by_site_and_never_changed(record: SharedRecord) -> None:
    row = AuditRow(5 * SECOND, "ada", "view_clip", seq=1, hash="h1")
    record.keep(NORTH, batch(0, row), 1)
    record.keep(SOUTH, batch(0, row), 1)
    record.keep(NORTH, batch(1, replace(row, by="eve")), 1)
    with record._read() as connection:
        rows = connection.execute(text('SELECT site, "by" FROM shared_audit ORDER BY site')).all()
    assert [tuple(each) for each in rows] == [(NORTH, "ada"), (SOUTH, "ada")]


def test_a_record_of_a_newer_version_or_of_others_is_left_alone(record: SharedRecord, server: str) -> None:
    run(server, "CREATE DATABASE newer", "CREATE DATABASE others")
    newer, others = (server.replace("/postgres", f"/{name}") for name in ("newer", "others"))
    SharedRecord(newer).close()
    SharedRecord(newer).close()  # again is no error
    run(newer, "UPDATE shared_record_version SET version_num = '9999'")
    run(others, "CREATE TABLE events (id int)")
    for url, reason in ((newer, "database_newer"), (others, "database_foreign")):
        with pytest.raises(EnvironmentFault) as fault:
            SharedRecord(url)
        assert fault.value.reason == reason
