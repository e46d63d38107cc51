"""The engine is killed in the midst of a storm of reports: each that was acknowledged is there afterwards, once, with what was noted in the
audit and what has to be sent; and the pipeline knows."""

import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from engine.model.event import EventKind
from engine.model.incidents.incident import IncidentState
from engine.model.question import ListEvents, ListIncidents
from engine.model.time import SystemClock
from engine.runtime.audit.audit_verify import verify_audit
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.vision.models import ModelStore
from tests.conftest import ROOT
from tests.fakes.waiting import until

THREADS = 12


def storm_until_killed(data: Path, first: int, acknowledged: int) -> list[str]:
    """What was acknowledged before the end: ids of reports, and `audit N` at least once."""
    command = [sys.executable, "-m", "tests.fakes.report_storm", str(data), str(first), str(THREADS)]
    told: list[str] = []
    audited = False
    with (data.parent / "storm.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            told.append(line.strip())
            audited = audited or line.startswith("audit ")
            if len(told) >= acknowledged and audited:
                process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(told) >= acknowledged, (data.parent / "storm.log").read_text()[-2000:]
    return told


def check_rows(data: Path, told: list[str]) -> None:
    with closing(sqlite3.connect(data / "watchroom.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        kept = Counter(row[0] for row in connection.execute("SELECT id FROM reports"))
        lost = connection.execute("SELECT count(*) FROM reports r LEFT JOIN incidents i ON i.id = r.incident_id WHERE i.id IS NULL")
        places = connection.execute("SELECT count(*) FROM incident_places").fetchone()[0]
        assert places == connection.execute("SELECT count(*) FROM incidents").fetchone()[0]
        assert lost.fetchone()[0] == 0
        noted = Counter(row[0] for row in connection.execute("SELECT detail FROM audit WHERE detail LIKE 'turn %'"))
        sent = Counter(row[0] for row in connection.execute("SELECT key FROM deliveries"))
    reports, audited = ({line for line in told if line.startswith("audit ") is of} for of in (False, True))
    assert reports <= kept.keys() and set(kept.values()) == {1}
    assert {line.replace("audit", "turn") for line in audited} <= noted.keys() and set(noted.values()) == {1}
    assert set(sent.values()) <= {1}


def check_engine(data: Path) -> None:
    """Started again, its pipeline has an event for every incident, and its journal all that is news."""
    folder = DataFolder(data)
    with folder.lock():
        engine = Engine(folder, SystemClock(), ModelStore(data.parent / "no-models"))
        engine.start()
        try:
            incidents = engine.record.store.answer(ListIncidents(limit=10_000)).incidents
            until(lambda: engine.record.store.incidents.news() == (), "the journal has all news")
            assert engine.record.writer.flush(30)
            events = engine.record.store.answer(ListEvents(limit=10_000, kinds=(EventKind.INCIDENT,)))
        finally:
            engine.stop()
    by_incident = Counter(event.subject_id for event in events)
    with closing(sqlite3.connect(data / "watchroom.db")) as connection:
        told_of = {row[0] for row in connection.execute("SELECT event_id FROM deliveries")}
    assert {event.id for event in events} <= told_of
    verdict = verify_audit(data)
    assert verdict.fault is None, verdict
    assert by_incident.keys() == {each.id for each in incidents if each.state is IncidentState.OPEN}
    assert set(by_incident.values()) == {1}
    with closing(sqlite3.connect(data / "watchroom.db")) as connection:
        reporters = connection.execute("SELECT count(*) FROM reports").fetchone()[0]
    assert sum(each.reporter_count for each in incidents) == reporters


def test_what_was_acknowledged_outlives_the_engine(tmp_path: Path) -> None:
    data = tmp_path / "site"
    told = storm_until_killed(data, 0, 150)
    check_rows(data, told)
    check_engine(data)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    data = tmp_path / "site"
    told: list[str] = []
    for turn in range(50):
        told += storm_until_killed(data, turn * 100_000, 50 + 13 * turn % 200)
        check_rows(data, told)
    check_engine(data)
