"""Alerts of before names had ids: whoever had the name then is meant, also where they are gone and somebody else has it now."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from engine.model.accounts.audit import AuditRow
from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import Alert
from engine.model.question import ListAlerts, ListAudit
from engine.model.time import SystemClock
from engine.store import Store, schema
from engine.store.people.audit_check import check_chain
from engine.store.store import open_store

CLOCK = SystemClock()
ADA, OLD_BOB, NEW_BOB = NamedUser("ada", "us-ada"), NamedUser("bob", "us-bob-1"), NamedUser("bob", "us-bob-2")
ACTS = (
    (1, "admin", "create_user", "us-ada"),
    (1, "admin", "create_user", "us-bob-1"),
    (2, "ada", "sign_in", "us-ada"),
    (3, "bob", "sign_in", "us-bob-1"),
    (50, "admin", "remove_user", "us-bob-1"),
    (60, "admin", "create_user", "us-bob-2"),
    (61, "bob", "sign_in", "us-bob-2"),
    (80, "bob", "change_alert", "al-through"),
)
ALERTS = {  # raised, changed, assignee, seen by, notes
    "al-old": (10, 20, "bob", ["bob", "ada"], [(15, "bob"), (18, "ada"), (19, "cyn")]),
    "al-new": (70, 75, "bob", ["bob"], [(72, "bob")]),
    "al-through": (40, 90, "bob", ["bob"], [(45, "bob"), (85, "bob")]),
    "al-nobody": (10, 20, "", [], []),
}


@pytest.fixture
def before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "watchroom.db"
    monkeypatch.setattr(schema, "NEWEST", "0030")
    open_store(path, CLOCK).close()
    monkeypatch.undo()
    engine = create_engine(f"sqlite:///{path}")
    with closing(engine.raw_connection()) as raw:
        driver = raw.driver_connection
        for user in (ADA, NEW_BOB):
            row = (user.id, user.name, user.name)
            driver.execute("INSERT INTO users (id, name, name_key, role, password_hash) VALUES (?, ?, ?, 'operator', '')", row)
        _chain(driver)
        for alert_id, (raised, changed, assignee, seen_by, notes) in ALERTS.items():
            said = json.dumps([{"at_ns": at_ns, "by": by, "text": f"of {by}"} for at_ns, by in notes])
            values = (alert_id, raised, changed, assignee, json.dumps(seen_by), said)
            driver.execute(_ALERT, values)
        raw.commit()
    engine.dispose()
    return path


_ALERT = """
INSERT INTO alerts (id, raised_ns, changed_ns, assignee, seen_by, notes, decision_id, rule_id, kind, severity, state, event_id, event_ids,
    incident_id, "group", camera_id, subject_id, zone_id, person, person_id, reason, procedure, steps_done, shelved_reason, level, ended,
    promoted, simulated)
VALUES (?, ?, ?, ?, ?, ?, 'de', '', 'person', 3, 'acknowledged', 'ev', '[]', '', '', '', '', '', '', '', 'x', '[]', '[]', '', 0, 0, 0, 0)
"""


def _chain(driver: object) -> None:
    from engine.store.people.audit import chained

    last = None
    for at_ns, by, verb, subject in ACTS:
        last = chained(AuditRow(at_ns, by, verb, subject), last)
        values = (last.seq, last.at_ns, last.by, last.verb, last.subject, last.detail, last.hash)
        insert = 'INSERT INTO audit (seq, at_ns, "by", verb, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)'
        driver.execute(insert, values)  # type: ignore[attr-defined]


@pytest.fixture
def store(before: Path) -> Iterator[Store]:
    opened = open_store(before, CLOCK)
    yield opened
    opened.close()


def alerts(store: Store, ask: ListAlerts = ListAlerts()) -> dict[str, Alert]:  # noqa: B008 (a frozen value)
    return {alert.id: alert for alert in store.answer(ask).alerts}


def test_whoever_had_the_name_then_is_meant(store: Store) -> None:
    found = alerts(store)
    assert {each.id: each.assignee_id for each in found.values()} == {
        "al-old": OLD_BOB.id,
        "al-new": NEW_BOB.id,
        "al-through": NEW_BOB.id,
        "al-nobody": "",
    }
    assert [note.by_id for note in found["al-old"].notes] == [OLD_BOB.id, ADA.id, ""]
    assert [note.by_id for note in found["al-through"].notes] == [OLD_BOB.id, NEW_BOB.id]
    assert found["al-old"].seen_by_ids == ("", ADA.id) and found["al-new"].seen_by_ids == (NEW_BOB.id,)


def test_what_is_shown_stays(store: Store) -> None:
    for alert_id, (_, _, assignee, seen_by, notes) in ALERTS.items():
        alert = alerts(store)[alert_id]
        assert (alert.assignee, list(alert.seen_by), [(note.at_ns, note.by) for note in alert.notes]) == (assignee, seen_by, notes)


def test_a_new_user_with_an_old_name_inherits_nothing(store: Store) -> None:
    old = alerts(store)["al-old"]
    assert old.is_with(OLD_BOB) and not old.is_with(NEW_BOB) and old.is_seen_by(ADA)
    assert set(alerts(store, ListAlerts(assignee="bob", assignee_id=NEW_BOB.id))) == {"al-new", "al-through"}
    assert set(alerts(store, ListAlerts(assignee_id=OLD_BOB.id))) == {"al-old"}
    assert set(alerts(store, ListAlerts(assignee="bob"))) == {"al-old", "al-new", "al-through"}, "as older consoles ask"


def test_the_audit_of_before_stays_as_it_is_and_goes_on_with_ids(store: Store, before: Path) -> None:
    store.add_audit(AuditRow.of(100, ADA, "note_alert", "al-new"), AuditRow(101, "engine", "lost_rows"))
    newest, last, *old = store.answer(ListAudit())
    assert (last.by, last.by_id, newest.by_id) == ("ada", ADA.id, "")
    assert [(row.at_ns, row.by, row.verb, row.subject, row.by_id) for row in reversed(old)] == [(*act, "") for act in ACTS]
    assert check_chain(before, {}).fault is None


def test_a_changed_id_in_the_audit_is_found(store: Store, before: Path) -> None:
    store.add_audit(AuditRow.of(100, ADA, "note_alert", "al-new"))
    store.close()
    changes = {9: ("''", "0", "'us-bob-2'", "NULL"), 3: ("'us-ada'", "0", "X''")}
    for seq, values in changes.items():
        for value in values:
            engine = create_engine(f"sqlite:///{before}")
            with engine.begin() as connection:
                known = connection.exec_driver_sql("SELECT by_id FROM audit WHERE seq = ?", (seq,)).scalar()
                try:
                    connection.exec_driver_sql(f"UPDATE audit SET by_id = {value} WHERE seq = ?", (seq,))
                except Exception:  # noqa: BLE001 - the table itself refuses it
                    continue
            changed = check_chain(before, {})
            stored = _read(engine, seq)
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE audit SET by_id = ? WHERE seq = ?", (known, seq))
            engine.dispose()
            assert (changed.fault is not None and changed.seq == seq) or stored == known, (seq, value)
    assert check_chain(before, {}).fault is None


def _read(engine: object, seq: int) -> object:
    with engine.connect() as connection:  # type: ignore[attr-defined]
        return connection.exec_driver_sql("SELECT by_id FROM audit WHERE seq = ?", (seq,)).scalar()
