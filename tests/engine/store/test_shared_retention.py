"""What is old leaves the shared record by the hub's own rules: in small batches, counts with it, and nothing that somebody still needs."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import text

from engine.gateway.hub import retention as runner
from engine.gateway.hub.retention import Retention
from engine.model.accounts.audit import AuditRow
from engine.model.alerts.alert import AlertState
from engine.model.errors import EnvironmentFault
from engine.model.question import ListAlerts, ListClips, ListDecisions, ListEvents
from engine.model.time import SECOND, ManualClock
from engine.store.shared import retention
from engine.store.shared.record import SharedRecord
from engine.store.shared.retention import KeepAges
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_shared_record import ITEM, NORTH, at, batch
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.waiting import until
from tests.fakes.whole_hub import empty_record

DAY = 86_400 * SECOND
NOW_NS = 10_000 * DAY
ALL = KeepAges(DAY, DAY, DAY)
MADE = AuditRow(1, "", "create_code")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    with empty_record(server) as record:
        record.add_site(NORTH, "North")
        record.begin_stream(NORTH, "s1")
        yield record


def asked(record: SharedRecord, statement: str) -> list[Any]:
    with record._read() as connection:
        return list(connection.execute(text(statement)))


def done(record: SharedRecord, statement: str) -> None:
    with record._write() as connection:
        connection.execute(text(statement))


def removed(record: SharedRecord, keep: KeepAges = ALL) -> Counter[str]:
    found: Counter[str] = Counter()
    while step := record.remove_past(keep, NOW_NS):
        found.update(step)
    return found


def put_incident(record: SharedRecord, id_: str, state: str, into: str = "", changed_ns: int = SECOND) -> None:
    done(
        record,
        "INSERT INTO incidents (id, category, severity, status, state, latitude, longitude, occurred_ns, updated_ns, body, simulated)"
        f" VALUES ('{id_}', 'x', 1, 'created', '{state}', 0, 0, 1, {changed_ns}, '{{\"merged_into\": \"{into}\"}}', false)",
    )


def test_without_rules_everything_stays_but_codes_that_are_over(record: SharedRecord) -> None:
    record.keep(NORTH, batch(0, *(at(NORTH, each) for each in (event(1), ALERT, ITEM, clip(1), decision(1)))), 1)
    record.put_code("over", "south", "South", NOW_NS, MADE)
    record.put_code("good", "west", "West", NOW_NS + 1, MADE)
    assert not removed(record, KeepAges())
    assert len(record.answer(ListEvents())) == len(record.answer(ListClips())) == len(record.answer(ListDecisions())) == 1
    assert asked(record, "SELECT digest FROM site_codes") == [("good",)]


def test_what_is_old_goes_and_the_audit_stays(record: SharedRecord) -> None:
    closed = replace(ALERT, state=AlertState.CLOSED)
    audit = AuditRow(SECOND, "ada", "view_clip", seq=1, hash="x")
    record.keep(NORTH, batch(0, *(at(NORTH, each) for each in (event(1), closed, ITEM, clip(1), decision(1))), audit), 1)
    for state in ("open", "closed"):
        put_incident(record, f"{NORTH}/{state}", state)
    assert removed(record) == {"events": 1, "decisions": 1, "review_items": 1, "clips": 1, "alerts": 1, "incidents": 1}
    assert record.answer(ListEvents()) == record.answer(ListClips()) == record.answer(ListDecisions()) == ()
    assert asked(record, "SELECT id FROM incidents") == [(f"{NORTH}/open",)]
    assert len(asked(record, "SELECT 1 FROM shared_audit")) == 1


def test_each_rule_is_for_its_own_kind(record: SharedRecord) -> None:
    closed = at(NORTH, replace(ALERT, state=AlertState.CLOSED))
    record.keep(NORTH, batch(0, at(NORTH, event(1)), closed), 1)
    put_incident(record, f"{NORTH}/in-1", "closed")
    assert removed(record, KeepAges(incidents=DAY)) == {"incidents": 1}
    assert removed(record, KeepAges(alerts=DAY)) == {"alerts": 1}
    assert removed(record, KeepAges(events=DAY)) == {"events": 1}


def test_what_is_young_or_of_an_open_alert_stays(record: SharedRecord) -> None:
    def at_ns(number: int, started_ns: int, ended_ns: int | None) -> Any:
        return at(NORTH, replace(event(number), started_ns=started_ns, ended_ns=ended_ns))

    border_ns = NOW_NS - DAY
    values = [
        at_ns(1, border_ns - 1, None),
        at_ns(2, border_ns - 1, border_ns - 1),
        at_ns(3, border_ns - 1, border_ns),
        at_ns(4, border_ns, None),
        at_ns(5, SECOND, None),
    ]
    alert = at(NORTH, replace(ALERT, event_id=event(5).id, incident_id="", changed_ns=SECOND))
    record.keep(NORTH, batch(0, *values, replace(alert, incident_id=f"{NORTH}/in-1"), at(NORTH, decision(5))), 1)
    done(record, f"UPDATE decisions SET event_id = '{NORTH}/{event(5).id}'")
    put_incident(record, f"{NORTH}/in-1", "closed")
    assert removed(record) == {"events": 2}
    assert {each.id for each in record.answer(ListEvents())} == {f"{NORTH}/{event(number).id}" for number in (3, 4, 5)}
    assert len(record.answer(ListAlerts()).alerts) == len(record.answer(ListDecisions())) == 1, "and what led to it"
    record.keep(NORTH, batch(7, replace(alert, state=AlertState.CLOSED)), 1)
    assert removed(record) == {"events": 1, "decisions": 1, "alerts": 1, "incidents": 1}, "when it is closed"


def test_an_incident_that_lives_on_in_another_goes_after_it(record: SharedRecord) -> None:
    put_incident(record, "north/a", "closed", changed_ns=NOW_NS)
    put_incident(record, "north/b", "merged", "north/a")
    assert not removed(record)
    done(record, "UPDATE incidents SET updated_ns = 1")
    assert removed(record) == {"incidents": 2}


def test_batches_are_small_and_the_counts_are_those_of_what_is_there(record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST_ROWS", 10)
    record.keep(NORTH, batch(0, *(at(NORTH, event(number)) for number in range(25))), 1)
    record.keep(NORTH, batch(25, at(NORTH, replace(event(30), started_ns=NOW_NS))), 1)
    sizes = []
    while step := record.remove_past(ALL, NOW_NS):
        sizes.append(step["events"])
    assert sizes == [10, 10, 5]
    counts = "SELECT camera_id, kind, sum(n)::int FROM event_counts, unnest(counts) AS n GROUP BY 1, 2 ORDER BY 1, 2"
    assert asked(record, counts) == [("*", "", 1), ("north/yard", "", 1), ("north/yard", "person", 1)]


def test_of_several_hubs_one_removes(record: SharedRecord) -> None:
    record.keep(NORTH, batch(0, at(NORTH, event(1))), 1)
    with record._write() as other:
        other.execute(text(f"SELECT pg_advisory_xact_lock({retention._AT_IT})"))
        found: list[Any] = []
        thread = threading.Thread(target=lambda: found.append(record.remove_past(ALL, NOW_NS)))
        thread.start()
        thread.join(30)
        assert found == [{}]
    assert removed(record) == {"events": 1}


def test_a_hub_removes_by_itself_and_goes_on_after_a_fault(record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LOOK_S", 0.05)
    record.keep(NORTH, batch(0, at(NORTH, event(1))), 1)
    faults = [EnvironmentFault("database_unreachable", "away")]

    class Shaky:
        def remove_past(self, keep: KeepAges, now_ns: int) -> Mapping[str, int]:
            if faults:
                raise faults.pop()
            return record.remove_past(keep, now_ns)

    working = Retention(cast("SharedRecord", Shaky()), ALL, ManualClock(NOW_NS))
    working.start()
    try:
        until(lambda: record.answer(ListEvents()) == (), "it is gone")
    finally:
        working.stop()
    assert not faults
