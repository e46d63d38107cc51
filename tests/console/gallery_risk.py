"""The Risk page and its dialogs, for the gallery."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.dialogs.cameras.lookouts import LookoutsDialog
from console.dialogs.fire.fire_weather import FireWeatherDialog
from console.dialogs.incidents.base_map import BaseMapDialog
from console.dialogs.incidents.risk_settings import RiskSettingsDialog
from console.pages.risk.risk import RiskPage
from console.window import MainWindow
from engine.model.fire.fire import FireClass, FireRisk, FireSettings, FireView
from engine.model.fire.smoke import ListedPlume, Lookout, LookoutView, Plume, SmokeView
from engine.model.time import SECOND, SystemClock
from tests.console.gallery_incidents import wait
from tests.fakes.engine import FakeEngine
from tests.fakes.risky_town import risky_site
from tests.fakes.smoke import sequence
from tests.fakes.town import HERE
from widgets.drawing.shape_draft import ShapeKind


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
        engine.now_ns = SystemClock().now_ns()
        page.choose(HERE.latitude + 0.0004, HERE.longitude - 0.0037)
        wait(lambda: page.card.parts() != ())
        self.save(window, "risk")
        corners = ((59.325, 18.055), (59.335, 18.055), (59.335, 18.085), (59.325, 18.085))
        page.map.set_area(corners)
        page.show_area(corners)
        wait(lambda: page.area.count.isVisible())
        self.save(window, "risk-area")
        for dialog, name in (
            (RiskSettingsDialog(page._bridge, page), "risk-weights"),
            (BaseMapDialog(page._bridge, page), "risk-map-service"),
        ):
            dialog.open()
            wait(dialog.isVisible)
            self.save(dialog, name)
            dialog.close()
        self._show_smoke(window, page, engine)
        window.close()
        nothing = FakeEngine()
        window, _ = self.risk(nothing)
        self.save(window, "risk-empty")
        window.close()

    def _show_smoke(self, window: MainWindow, page: RiskPage, engine: FakeEngine) -> None:
        seen = [
            sequence(name, azimuth, camera=camera, started_ns=engine.now_ns - ago * SECOND, last_seen_ns=engine.now_ns - 5 * SECOND)
            for name, azimuth, camera, ago in (("1", 118.0, "yard", 240), ("2", 296.0, "gate", 200), ("3", 250.0, "door", 60))
        ]
        plumes = [ListedPlume(Plume(f"pl-{each.id}", (each.id,), each.started_ns, each.last_seen_ns), (each,)) for each in seen]
        engine.smoke = SmokeView(tuple(plumes))
        engine.risk.faded, engine.risk.state = True, replace(engine.risk.state, score=None, computed_ns=engine.now_ns)
        engine.publish()
        wait(lambda: len(page.smoke.panels) == 3 and page.trouble.isVisible())
        for panel in page.smoke.panels[:2]:
            panel.pick.setChecked(True)
        page.smoke.panels[1].pick.setFocus()
        page.card.hide()
        page.area.hide()
        self.save(window, "risk-smoke")

    def show_fire(self) -> None:
        engine = risky_site()
        now_ns = engine.now_ns
        fire = FireSettings("https://risk.example.org", "harbour", 7, service_ids=((engine.settings.cameras[0].id, 12), ("mast", 40)))
        engine.settings = replace(engine.settings, fire=fire)
        cameras = [camera.id for camera in engine.settings.cameras]
        risks = tuple(FireRisk(each, date(2026, 7, 1), FireClass.LOW, 7.4, fetched_ns=now_ns) for each in cameras)
        engine.fire = FireView(risks, now_ns - 3 * 3600 * SECOND, next_ns=now_ns + 3600 * SECOND, password_stored=True)
        engine.publish()
        with engine.running():
            self._show_fire(engine)

    def _show_fire(self, engine: FakeEngine) -> None:
        window, page = self.risk(engine)
        dialog = FireWeatherDialog(page._bridge, page)
        dialog.open()
        wait(dialog.isVisible)
        self.save(dialog, "fire-weather")
        dialog.classes.set_bounds((5.2, 11.2, 9.0, 38.0, 50.0))
        dialog.fields.field("service_url").edit().setText("http://elsewhere.example.org")
        self.save(dialog, "fire-weather-wrong")
        dialog.tabs.setCurrentIndex(1)
        dialog.details.ids.set_number(dialog.details.ids.pairs()[0][0], "12.5")
        dialog.details.fields.field("ffmc").edit().setText("105")
        self.save(dialog, "fire-weather-details")
        dialog.close()
        trouble = "risk.example.org did not answer within 5 s."
        unknown = tuple(replace(risk, fire_class=None, fwi=None, trouble=trouble) for risk in engine.fire.risks)
        since_ns, next_ns = engine.now_ns - 5000 * SECOND, engine.now_ns + 700 * SECOND
        engine.fire = FireView(unknown, 0, trouble, since_ns, next_ns, ("service_url", "login", "password", "refresh_hour_utc"), True)
        engine.publish()
        wait(lambda: page._bridge.snapshot.fire.trouble != "")
        dialog = FireWeatherDialog(page._bridge, page)
        dialog.open()
        wait(dialog.isVisible)
        self.save(dialog, "fire-weather-unknown")
        dialog.close()
        self.save(window, "risk-fire-unknown")
        window.close()

    def show_lookouts(self) -> None:
        engine = risky_site()
        for number in range(3):
            engine.add_camera(f"tower-{number}", f"Tower {number + 1}")
        views = (LookoutView("0", 120.0), LookoutView("1", 180.0), LookoutView("2", 240.5))
        engine.settings = replace(engine.settings, lookouts=(Lookout("tower-0", 59.3512, 18.0211, 54.0, views),))
        engine.publish()
        with engine.running():
            window, page = self.risk(engine)
            dialog = LookoutsDialog(page._bridge, page)
            dialog.open()
            wait(dialog.isVisible)
            self.save(dialog, "lookouts")
            dialog.views.table.setCurrentCell(1, 1)
            masks = dialog.edit_masks()
            assert masks is not None
            wait(lambda: masks.taken.text().startswith("Taken"))
            for corners in (((0.05, 0.7), (0.3, 0.62), (0.42, 0.95), (0.06, 0.95)), ((0.62, 0.2), (0.8, 0.18), (0.78, 0.42), (0.6, 0.4))):
                masks.picture.begin_shape(ShapeKind.MASK)
                for at in corners:
                    masks.draft.add_point(at)
                masks.draft.close()
            masks.picture.refresh()
            self.save(masks, "lookouts-masks")
            masks.accept()
            self.save(dialog, "lookouts-masked")
            dialog.list.item(2).setCheckState(Qt.CheckState.Checked)
            dialog.as_site.click()
            dialog.views.set_text(0, 1, "360")
            self.save(dialog, "lookouts-wrong")
            dialog.close()
            window.close()
