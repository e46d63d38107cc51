"""The Risk page and its dialogs, for the gallery."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QWidget

from console.dialogs.risk_settings import MapServiceDialog, RiskSettingsDialog
from console.pages.risk import RiskPage
from console.window import MainWindow
from engine.model.fire import FireClass, FireRisk, FireView
from engine.model.smoke import Lookout, LookoutView
from engine.model.time import SystemClock
from tests.console.gallery_incidents import wait
from tests.fakes.engine import FakeEngine
from tests.fakes.risky_town import risky_site
from tests.fakes.town import HERE


class RiskGallery:
    _scratch: Path

    def save(self, widget: QWidget, name: str) -> None: ...
    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def risk(self, engine: FakeEngine) -> tuple[MainWindow, RiskPage]:
        window = self.window(engine)
        window.show_page("risk")
        page = window.page("risk")
        assert isinstance(page, RiskPage)
        wait(page.has_content)
        return window, page

    def show_risk(self) -> None:
        engine = risky_site()
        lookout = Lookout("yard", HERE.latitude + 0.02, HERE.longitude - 0.05, 60.0, (LookoutView(azimuth_deg=120.0),))
        engine.settings = replace(engine.settings, lookouts=(lookout,))
        engine.fire = FireView((FireRisk("yard", date(2026, 7, 1), FireClass.HIGH, 23.4),))
        with engine.running():
            self._show_risk(engine)

    def _show_risk(self, engine: FakeEngine) -> None:
        window, page = self.risk(engine)
        window.resize(1600, 960)
        engine.now_ns = SystemClock().now_ns()
        page.choose(HERE.latitude + 0.0004, HERE.longitude - 0.0037)
        wait(lambda: page.card.parts() != ())
        self.save(window, "risk")
        page.show_area(((59.325, 18.055), (59.335, 18.055), (59.335, 18.085), (59.325, 18.085)))
        wait(lambda: page.area.count.isVisible())
        self.save(window, "risk-area")
        for dialog, name in (
            (RiskSettingsDialog(page._bridge, page), "risk-weights"),
            (MapServiceDialog(page._bridge, page), "risk-map-service"),
        ):
            dialog.open()
            wait(dialog.isVisible)
            self.save(dialog, name)
            dialog.close()
        window.close()
        nothing = FakeEngine()
        window, _ = self.risk(nothing)
        self.save(window, "risk-empty")
        window.close()
