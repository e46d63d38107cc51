"""The Incidents page and its dialogs, for the gallery."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from console.dialogs.floor.site_anchor import SiteAnchorDialog
from console.dialogs.incidents.atlas import AtlasDialog
from console.dialogs.incidents.import_reports import ImportReportsDialog
from console.dialogs.incidents.incident_settings import IncidentSettingsDialog
from console.dialogs.incidents.merge_incidents import MergeIncidentsDialog
from console.dialogs.incidents.report_link import ReportLinkDialog
from console.dialogs.incidents.report_page import ReportPageDialog
from console.dialogs.incidents.validate_incident import EditIncidentDialog, ValidateDialog
from console.pages.incidents.incidents import IncidentsPage
from console.window import MainWindow
from engine.model.incidents.imported import ImportResult, RefusedRow
from engine.model.incidents.report_page import CreateReportLink, ReportPageSettings
from engine.model.snapshot import Job, JobState
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine
from tests.fakes.town import crowded_site, reported_site


def wait(until: Callable[[], bool], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


class IncidentsGallery:
    _scratch: Path

    def save(self, widget: QWidget, name: str) -> None: ...
    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def incidents(self, engine: FakeEngine, user: str = "ada") -> tuple[MainWindow, IncidentsPage]:
        window = self.window(engine, user)
        window.show_page("incidents")
        page = window.page("incidents")
        assert isinstance(page, IncidentsPage)
        wait(lambda: page.has_content() and page.side.looks.patterns is not None)
        return window, page

    def show_incidents(self) -> None:
        engine = reported_site()
        with engine.running():
            self._show_incidents(engine)

    def _show_incidents(self, engine: FakeEngine) -> None:
        window, page = self.incidents(engine)
        page.table.select_row("in-1")
        wait(lambda: page.side.looks.patterns is not None and bool(page.side.looks.reports))
        engine.now_ns = SystemClock().now_ns()  # a busy machine ticks too slowly
        self.save(window, "incidents")
        page.side.show_tab(1)
        self.save(window, "incidents-reports")
        for panel in page.side.card.reports.panels()[1:3]:
            panel.box.setChecked(True)
        self.save(window, "incidents-split")
        page.side.show_tab(2)
        self.save(window, "incidents-related")
        page.table.select_row("in-11")
        page.side.show_tab(2)
        self.save(window, "incidents-review")
        page.table.select_row("in-8")
        page.side.show_tab(0)
        self.save(window, "incidents-degraded")
        page.map.zoom(6)
        page.map.setFocus()
        self.save(window, "incidents-close")
        page.side.setCurrentIndex(1)
        self.save(window, "incidents-atlas")
        page.filter.text.setText("nothing like this")
        self.save(window, "incidents-nothing-fits")
        page.filter.clear()
        page.side.setCurrentIndex(0)
        window.resize(1024, 640)
        self.save(window, "incidents-small")
        window.close()

    def show_incidents_many(self) -> None:
        engine = crowded_site()
        window, page = self.incidents(engine)
        while page.feed.more:
            page.feed.load_older()
            wait(lambda: self_idle(page))
        self.save(window, "incidents-many")
        window.close()
        window, page = self.incidents(FakeEngine())
        self.save(window, "incidents-none")
        window.close()

    def show_incident_dialogs(self) -> None:
        engine = reported_site()
        window, page = self.incidents(engine)
        page.table.select_row("in-1")
        wait(lambda: bool(page.side.looks.others))
        it = page.side.incident()
        assert it is not None
        bridge = page._bridge
        others = tuple(engine.incidents.record.incidents.values())
        bad = self._scratch / "reports.csv"
        bad.write_text(CSV, "utf-8")
        for name, dialog in (
            ("validate", ValidateDialog(bridge, it, True)),
            ("edit", EditIncidentDialog(bridge, it)),
            ("merge", MergeIncidentsDialog(bridge, it, tuple(each for each in others if each.id != it.id), "in-5")),
            ("atlas", AtlasDialog(bridge)),
            ("correlation", IncidentSettingsDialog(bridge)),
            ("anchor", SiteAnchorDialog(bridge)),
        ):
            dialog.show()
            self.save(dialog, f"incident-dialog-{name}")
            dialog.close()
        importing = ImportReportsDialog(bridge)
        importing.show()
        self.save(importing, "incident-dialog-import")
        importing.file.edit().setText(str(bad))
        importing.start()
        wait(lambda: importing.rows.count() > 0)
        self.save(importing, "incident-dialog-imported")
        importing.close()
        refused = RefusedRow("line 3", "latitude", "159.3301 is outside ±90")
        result = ImportResult(began=5210, joined=804, left_out=1, refused=(refused,))
        engine.jobs["job-9"] = Job("job-9", "import_reports", "Import reports", JobState.RUNNING, 6100, 20_000, "", result)
        engine.publish()
        wait(lambda: bridge.snapshot is not None and any(job.id == "job-9" for job in bridge.snapshot.jobs))
        importing = ImportReportsDialog(bridge)
        importing.show()
        self.save(importing, "incident-dialog-importing")
        importing.close()
        window.close()

    def show_reporting(self) -> None:
        """Filing a report, its pictures on the card, and the page for phones with its links."""
        engine = reported_site()
        engine.settings = replace(engine.settings, report_page=ReportPageSettings(True, "https://report.harbour.example"))
        for label, days in (("Notice board, east gate", 90.0), ("Summer fair", 3.0)):
            engine.execute(CreateReportLink(label, days))
        engine.incidents.links = tuple(replace(each, filed=12, refused=1, last_used_ns=engine.now_ns) for each in engine.incidents.links)
        with engine.running():
            window, page = self.incidents(engine)
            self._file_one(window, page)
            settings = ReportPageDialog(page.actions_of._bridge, window)
            settings.show()
            wait(lambda: bool(settings.links))
            self.save(settings, "report-page")
            settings.create_link()
            link = settings.findChild(ReportLinkDialog)
            assert isinstance(link, ReportLinkDialog)
            link.fields.field("label").set_value("Car park, ticket machine")
            self.save(link, "report-link-new")
            link.submit()
            wait(lambda: bool(link.link.text()))
            self.save(link, "report-link")
            link.reject()
            settings.reject()
            window.close()

    def _file_one(self, window: MainWindow, page: IncidentsPage) -> None:
        dialog = page.actions_of.file_report()
        assert dialog is not None
        self.save(dialog, "report-empty")
        dialog.description.setPlainText("Two people climbed over the fence at the east gate and ran towards the cranes.")
        for number, hue in enumerate((210, 30)):
            picture = QImage(1200, 800, QImage.Format.Format_RGB32)
            picture.fill(QColor.fromHsv(hue, 120, 170))
            path = self._scratch / f"{number}.jpg"
            picture.save(str(path))
            dialog.add_file(path)
        wait(lambda: len(dialog.pictures.buttons) == 2)
        dialog.map.choose_hit(QPointF(120, 90))
        self.save(dialog, "report-filled")
        dialog.submit()
        wait(lambda: not dialog.isVisible())
        wait(lambda: bool(page.side.card.pictures.buttons))
        self.save(window, "report-filed")
        page.side.show_tab(1)
        self.save(window, "report-filed-reports")


CSV = """incident_type,description,latitude,longitude,occurred_at
theft,A bag was taken from a table,59.3301,18.0699,2026-01-01T12:00:00Z
theft,A bag was taken from a table,159.3301,18.0699,2026-01-01T12:00:00Z
murder mystery,A play in the park for everybody,59.3301,18.0699,2026-01-01T12:00:00Z
fire,short,59.3301,18.0699,2026-01-01T12:00:00Z
"""


def self_idle(page: IncidentsPage) -> bool:
    return page.has_content()
