"""Incidents are found by the id that Atlas gave them, also in records from before it was indexed."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from engine.incidents.classification import classified
from engine.incidents.correlation import correlate
from engine.model.event import Severity
from engine.model.incidents.incident import Classification, Filed
from engine.model.question import ListIncidents
from engine.model.time import SystemClock
from engine.store.store import open_store
from tests.fakes.reports import report

CLOCK = SystemClock()


def filed(path: Path) -> dict[str, str]:
    """Three incidents far from each other, two of which Atlas classified: their ids by Atlas's."""
    store, ids = open_store(path, CLOCK), dict[str, str]()
    for number in range(3):
        [done] = store.incidents.file((replace(report(number + 1), latitude=50.0 + number),), correlate).filed
        assert isinstance(done, Filed)
        if number:
            said = Classification("weapons", Severity.HIGH, 0.9, "atlas", 5, threat_id=f"th-{number}")
            store.incidents.change(lambda load, id_=done.incident.id, said=said: classified(load, id_, said, 5))
            ids[said.threat_id] = done.incident.id
    store.close()
    return ids


def found(path: Path, threat_id: str) -> list[str]:
    store = open_store(path, CLOCK)
    try:
        return [each.id for each in store.incidents.answer(ListIncidents(threat_id=threat_id)).incidents]
    finally:
        store.close()


def test_by_index_whatever_is_in_the_record(tmp_path: Path) -> None:
    path = tmp_path / "watchroom.db"
    ids = filed(path)
    assert {each: found(path, each) for each in ids} == {each: [id_] for each, id_ in ids.items()} and found(path, "th-9") == []
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute("EXPLAIN QUERY PLAN SELECT id FROM incidents WHERE threat_id = 'th-1'").fetchall()
    assert "ix_incidents_threat" in str(plan)


def test_a_record_of_the_schema_before_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "watchroom.db"
    ids = filed(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "ALTER TABLE saved_searches DROP COLUMN question; "
            "DROP TABLE known_elsewhere; DROP TABLE purposes; DROP TABLE person_purposes; DROP TABLE erased_persons; "
            "DROP TABLE replication_queue; DROP TABLE kept_commands; "
            "DROP TABLE event_verdicts; DROP TABLE review_items; DROP TABLE review_marks; DROP TABLE report_links; "
            "ALTER TABLE events DROP COLUMN named_by; ALTER TABLE audit DROP COLUMN by_id; "
            "ALTER TABLE alerts DROP COLUMN assignee_id; ALTER TABLE alerts DROP COLUMN seen_by_ids; "
            "ALTER TABLE alerts DROP COLUMN hub_acts; "
            "DROP INDEX ix_incidents_threat; ALTER TABLE incidents DROP COLUMN threat_id; "
            "UPDATE alembic_version SET version_num = '0020'"
        )
    assert {each: found(path, each) for each in ids} == {each: [id_] for each, id_ in ids.items()}
