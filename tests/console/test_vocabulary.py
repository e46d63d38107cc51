"""X3: one word, one meaning: the same in HTTP, in the database and on screen."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from pytestqt.qtbot import QtBot

from engine.gateway.alerts.schemas import AlertOut
from engine.gateway.incidents.schemas import IncidentOut, ReportIn
from engine.gateway.schemas import CameraOut, DecisionOut, EventOut
from engine.incidents.correlation import correlate
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.decision import Outcome
from engine.model.event import EventKind, Severity
from engine.model.health import CameraHealth, CameraState
from engine.model.incidents.incident import Incident, IncidentCategory, IncidentState, IncidentStatus, SourceOfReport
from engine.model.settings import CameraSettings
from engine.model.snapshot import CameraView
from engine.model.time import ManualClock
from engine.store import open_store
from engine.store.store import Store
from tests.engine.store import records
from tests.fakes.reports import NOW_NS, report
from widgets.alerts import alert_words
from widgets.incidents import incident_words
from widgets.theme import severity_word
from widgets.wall.tile_status import tile_status

ALERT = Alert("al-0", "de-1", "r", EventKind.FALL, Severity.HIGH, NOW_NS, NOW_NS)
INCIDENT = Incident("in-0", IncidentCategory.FIRE, "Flames behind the shed", 59.0, 18.0, NOW_NS, NOW_NS, NOW_NS, Severity.HIGH)
YARD = CameraView(CameraSettings("yard", "Yard", "rtsp://host/x"), CameraHealth())


def camera_word(state: CameraState) -> str:
    return tile_status(replace(YARD.health, state=state, since_ns=NOW_NS), NOW_NS, NOW_NS).text.split(" ")[0]


SCREEN: dict[type[StrEnum], Callable[[Any], str]] = {
    IncidentCategory: incident_words.category_word,
    IncidentStatus: incident_words.status_word,
    IncidentState: incident_words.state_word,
    SourceOfReport: incident_words.source_word,
    AlertState: alert_words.state_word,
    Disposition: alert_words.disposition_word,
    Outcome: alert_words.outcome_word,
    CameraState: camera_word,
}
OTHER_WORDS: dict[StrEnum, str] = {
    Disposition.BENIGN: "Genuine, no threat",
    Disposition.UNKNOWN: "Undetermined",
    CameraState.LOST: "Offline",  # as the event of it
}  # as operators say, and no others
HTTP: dict[type[StrEnum], Callable[[Any], str]] = {
    IncidentCategory: lambda word: IncidentOut.of(replace(INCIDENT, category=word)).category,
    IncidentStatus: lambda word: IncidentOut.of(replace(INCIDENT, status=word)).status,
    IncidentState: lambda word: IncidentOut.of(replace(INCIDENT, state=word)).state,
    AlertState: lambda word: AlertOut.of(replace(ALERT, state=word)).state,
    Disposition: lambda word: AlertOut.of(replace(ALERT, disposition=word)).disposition or "",
    Outcome: lambda word: DecisionOut.of(records.decision(1, outcome=word)).outcome,
    CameraState: lambda word: CameraOut.of(replace(YARD, health=replace(YARD.health, state=word))).state,
}


@pytest.mark.parametrize(("kind", "word_of"), SCREEN.items(), ids=lambda kind: getattr(kind, "__name__", ""))
def test_x3_the_screen_says_the_words_of_the_model(qtbot: QtBot, kind: type[StrEnum], word_of: Callable[[Any], str]) -> None:
    """Sentence case, spaces for underscores; a noun may stand behind the word (“False alarm”)."""
    for word in kind:
        wanted = OTHER_WORDS.get(word) or word.value.replace("_", " ").capitalize()
        assert word_of(word).startswith(wanted), f"{word!r} is {word_of(word)!r} on screen"
    assert len({word_of(word) for word in kind}) == len(kind)


@pytest.mark.parametrize(("kind", "word_of"), HTTP.items(), ids=lambda kind: getattr(kind, "__name__", ""))
def test_x3_http_says_the_words_of_the_model(kind: type[StrEnum], word_of: Callable[[Any], str]) -> None:
    assert [str(word_of(word)) for word in kind] == [word.value for word in kind]


@pytest.mark.parametrize("kind", [IncidentCategory, IncidentStatus, IncidentState, AlertState, Disposition])
def test_x3_openapi_lists_them_all(kind: type[StrEnum]) -> None:
    listed = [TypeAdapter(body).json_schema()["$defs"].get(kind.__name__, {}).get("enum") for body in (IncidentOut, AlertOut)]
    assert [word.value for word in kind] in listed


def test_x3_severities_are_numbers_and_five_words_everywhere(qtbot: QtBot) -> None:
    assert [severity_word(severity).upper() for severity in Severity] == [severity.name for severity in Severity]
    for severity in Severity:
        said = EventOut.of(replace(records.event(1), severity=severity), {}), AlertOut.of(replace(ALERT, severity=severity))
        assert [each.severity for each in (*said, IncidentOut.of(replace(INCIDENT, severity=severity)))] == 3 * [int(severity)]
        assert {each.cap_severity for each in (*said, IncidentOut.of(replace(INCIDENT, severity=severity)))} == {said[0].cap_severity}
    bounds = TypeAdapter(ReportIn).json_schema()["properties"]["severity"]
    assert (bounds["minimum"], bounds["maximum"]) == (1, 5)


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[str], list[Any]]:
    """What is in the tables, read past the product: one row of each word."""
    store = open_store(tmp_path / "record.db", ManualClock(NOW_NS))
    try:
        fill(store)
    finally:
        store.close()

    def read(query: str) -> list[Any]:
        connection = sqlite3.connect(tmp_path / "record.db")
        try:
            return [value for (value,) in connection.execute(query)]
        finally:
            connection.close()

    return read


def fill(store: Store) -> None:
    store.save([records.decision(number, outcome=outcome) for number, outcome in enumerate(Outcome)])
    store.save([replace(records.event(int(severity)), severity=severity) for severity in Severity])
    store.save([replace(ALERT, id=f"al-{state.value}", state=state) for state in AlertState])
    reports = [report(number, north_deg=number / 100, category=word) for number, word in enumerate(IncidentCategory)]
    store.incidents.file((*reports, report(99, category=IncidentCategory.THEFT)), correlate)


def test_x3_tables_hold_the_words_of_the_model(kept: Callable[[str], list[Any]]) -> None:
    assert kept("SELECT outcome FROM decisions ORDER BY id") == [word.value for word in Outcome]
    assert kept("SELECT severity FROM events ORDER BY severity") == [int(severity) for severity in Severity]
    assert sorted(kept("SELECT state FROM alerts")) == sorted(word.value for word in AlertState)
    assert sorted(kept("SELECT category FROM incidents")) == sorted(word.value for word in IncidentCategory)
    assert set(kept("SELECT status FROM incidents")) == {IncidentStatus.CREATED.value, IncidentStatus.CORROBORATED.value}
    assert set(kept("SELECT state FROM incidents")) == {IncidentState.OPEN.value}
