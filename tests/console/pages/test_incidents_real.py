"""The Incidents page over a real engine: reports are filed, shown, split, merged, kept apart, validated, imported."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.incidents.import_reports import ImportReportsDialog
from console.pages.incidents.incidents import IncidentsPage
from console.pages.page import PageContext
from console.session.remembered import Remembered
from engine.model.alerts.commands import KeepApart, MergeIncidents, ValidateIncident
from engine.model.command import ChangeSettings
from engine.model.incidents.incident import IncidentCategory, IncidentStatus, Report
from engine.model.question import GetIncident
from engine.model.site import SiteAnchor
from engine.model.time import SECOND, SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.incidents.reports import new_report_id
from engine.runtime.local import LocalPort, demo_port
from engine.vision.models import ModelStore
from widgets.marks.toast import ToastArea

C = IncidentCategory
LONG_MS = 20_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        engine.start()
        yield engine
        engine.stop()


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


@pytest.fixture
def page(port: LocalPort, remembered: Remembered, qtbot: QtBot) -> Iterator[IncidentsPage]:
    port.command(ChangeSettings(anchor=SiteAnchor(59.33, 18.06)))
    bridge, holder = EngineBridge(port), QWidget()
    qtbot.addWidget(holder)
    made = IncidentsPage(PageContext(bridge, SystemClock(), remembered, ToastArea(holder)), holder)
    QVBoxLayout(holder).addWidget(made)
    bridge.snapshot_changed.connect(made.show_snapshot)
    holder.resize(1400, 860)
    holder.show()
    bridge.start()
    yield made
    made.shutdown()
    bridge.close()


def said(engine: Engine, who: str, category: IncidentCategory, text: str, north_m: float = 0.0) -> str:
    """The incident that the report is in."""
    now_ns = engine.clock.now_ns()
    place = 59.33 + north_m / 111_400, 18.06
    return engine.reports.file(
        Report(new_report_id(), category, text, *place, now_ns - 20 * SECOND, now_ns, reporter=f"user:{who}")
    ).incident.id


def test_reports_are_worked_through_on_the_page(page: IncidentsPage, engine: Engine, port: LocalPort, qtbot: QtBot) -> None:
    first = said(engine, "anna", C.THEFT, "Somebody took a bicycle from the rack")
    assert said(engine, "bo", C.THEFT, "A bicycle was stolen just now", 8) == first
    other = said(engine, "cleo", C.SUSPICIOUS_ACTIVITY, "Two people with a bolt cutter at the rack", 5)
    qtbot.waitUntil(lambda: set(page.table.shown_keys()) == {first, other}, timeout=LONG_MS)
    page.table.select_row(first)
    qtbot.waitUntil(lambda: len(page.side.card.reports.panels()) == 2, timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(page.side.card.related.panels()) == 1 and page.side.card.related.panels()[0].another.isEnabled())
    qtbot.waitUntil(lambda: "Unavailable. Atlas is switched off" in page.side.card.patterns.state.text(), timeout=LONG_MS)
    page.side.show_tab(1)
    page.side.card.reports.panels()[1].box.setChecked(True)
    page.side.split.click()
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 3, timeout=LONG_MS)
    (apart,) = set(page.table.shown_keys()) - {first, other}
    port.command(MergeIncidents(first, apart))
    qtbot.waitUntil(lambda: set(page.table.shown_keys()) == {first, other}, timeout=LONG_MS)
    port.command(KeepApart(first, other))
    port.command(ValidateIncident(first, C.VEHICLE_CRIME))
    page.table.select_row(first)
    qtbot.waitUntil(lambda: page.side.card.title.text() == "Vehicle crime" and not page.side.card.related.panels(), timeout=LONG_MS)
    kept = port.ask(GetIncident(first)).incident
    assert kept.related_ids == () and kept.reporter_count == 2 and kept.status is IncidentStatus.CORROBORATED


def test_a_file_is_imported_and_shown(page: IncidentsPage, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "reports.csv"
    rows = ("fire,Smoke over the roof of the school,59.331,18.061", "fire,Smoke seen from far away,95,18.061", "fire,Smoke,59.331,18.061")
    header = "incident_type,description,latitude,longitude,occurred_at\n"
    file.write_text(header + "".join(f"{row},2026-01-01T12:00:0{number}Z\n" for number, row in enumerate(rows)), "utf-8")
    page.actions_of.import_reports()
    dialog = next(one for one in page.findChildren(ImportReportsDialog))
    dialog.file.edit().setText(str(file))
    dialog.start()
    qtbot.waitUntil(lambda: dialog.outcome.text() == "1 filed: one new incident, 0 joined; 2 rejected", timeout=LONG_MS)
    assert dialog.rows.count() == 2
    assert dialog.rows.item(0).text().startswith("Line 3, latitude")
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 1, timeout=LONG_MS)
    dialog.close()
