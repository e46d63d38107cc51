"""The Risk page, driven as an operator does: look, scrub the hours, ask why, draw an area, export, weigh."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.lookouts import LookoutsDialog
from console.dialogs.fire.fire_weather import FireWeatherDialog
from console.dialogs.incidents.base_map import BaseMapDialog
from console.dialogs.incidents.risk_settings import RiskSettingsDialog
from console.pages.page import PageContext
from console.pages.risk.risk import RiskPage
from console.session.remembered import Remembered
from engine.model.command import ChangeSettings
from engine.model.errors import EnvironmentFault
from engine.model.fire.fire import FireClass, FireRisk, FireView
from engine.model.fire.smoke import Crossing, ListedPlume, Lookout, LookoutView, Plume, SmokeLabel, SmokeView
from engine.model.fire.smoke_commands import LabelSmoke, MergeSmoke, UnmatchSmoke
from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.commands import ImportNeighbourhoods, RetrainRisk
from engine.model.risk.map_settings import MapSettings
from engine.model.risk.questions import ExplainRisk
from engine.model.risk.risk import DEFAULT_WEIGHTS, AreaOutline, NeighbourhoodRisk, Training, TrainingState
from engine.model.time import SECOND, SystemClock
from tests.fakes.engine import FakeEngine
from tests.fakes.map_files import red_png, write_mbtiles
from tests.fakes.risky_town import SCORE, risky_site
from tests.fakes.smoke import sequence
from tests.fakes.town import HERE
from widgets.maps.risk_words import score_text
from widgets.maps.site_map import Layer
from widgets.marks.toast import ToastArea


@pytest.fixture
def engine() -> FakeEngine:
    return risky_site()


@pytest.fixture
def open_page(bridge: EngineBridge, engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Callable[[], RiskPage]]:
    holder = QWidget()
    qtbot.addWidget(holder)
    pages: list[RiskPage] = []

    def make() -> RiskPage:
        page = RiskPage(PageContext(bridge, SystemClock(), remembered, ToastArea(holder)), holder)
        pages.append(page)
        QVBoxLayout(holder).addWidget(page)
        bridge.snapshot_changed.connect(page.show_snapshot)
        holder.resize(1440, 860)
        with qtbot.waitActive(holder):
            holder.show()
            holder.activateWindow()
        qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.number == engine.snapshot.number)
        assert bridge.snapshot is not None
        page.show_snapshot(bridge.snapshot)
        page.map.setFocus()
        qtbot.waitUntil(page.has_content)
        return page

    yield make
    for page in pages:
        page.shutdown()


@pytest.fixture
def page(open_page: Callable[[], RiskPage]) -> RiskPage:
    return open_page()


def click(page: RiskPage, latitude: float, longitude: float, qtbot: QtBot) -> None:
    at = page.map.point(*page.map.plane().to_plane(latitude, longitude)).toPoint()
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=at)


def hottest(page: RiskPage) -> tuple[float, float]:
    assert page.feed.heat is not None
    picture = page.feed.heat.picture
    index = int(picture.risks.argmax())
    return float(picture.latitudes[index]), float(picture.longitudes[index])


# Looking


def test_the_map_says_how_right_it_was_and_when_it_was_learnt(page: RiskPage) -> None:
    assert page.headline.text().startswith("Risk forecast, ")
    assert page.score.text() == "Forecast found 41 % of incidents in 5 % of the area; best simple method 39 %"
    methods = page.score.accessibleDescription().splitlines()
    assert "(30 days, 412 incidents)" in methods[0] and methods[1] == "41 %  Forecast, 95 % interval 37 % to 45 %"
    assert methods[2:5] == ["39 %  Kernel density, 500 m", "9 %  Incidents per cell, last 7 days", "5 %  Uniform risk"]
    assert "8,412 incidents" in page.training.text() and page.trouble.isHidden()
    assert page.shown.currentWidget() is page.map and page.scrubber.label.text().startswith("Now, ")


def test_why_a_cell_has_its_risk_adds_up(page: RiskPage, qtbot: QtBot) -> None:
    page.layer_actions[Layer.INCIDENTS].setChecked(False)
    where = hottest(page)
    click(page, *where, qtbot)
    qtbot.waitUntil(lambda: page.card.parts() != ())
    parts = [part.rsplit(" ", 1) for part in page.card.parts()]
    assert parts[0][0] == "Baseline at this hour" and parts[-1][0].startswith("Total")
    added = sum(float(value) for _, value in parts[:-1])
    assert float(parts[-1][1]) == pytest.approx(min(1.0, added), abs=0.02)
    assert page.card.figure.text() == parts[-1][1]


def test_the_highest_places_are_listed_and_one_click_from_their_reasons(page: RiskPage, qtbot: QtBot) -> None:
    places = page.highest.places
    assert len(places) == 6 and places[0].risk == max(place.risk for place in places)
    assert (places[0].latitude, places[0].longitude) == hottest(page)
    spots = [page.map.plane().to_plane(place.latitude, place.longitude) for place in places]
    assert len(set(spots)) == 6 and all(" of the site" in place.words or place.words == "At the site" for place in places)
    where, _, figure = page.highest.rows[0]
    assert where.shown_text() == places[0].words and figure.text() == f"{places[0].risk:.2f}"
    qtbot.mouseClick(where, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.card.parts() != ())


def test_an_incident_that_raised_it_is_one_click_away(page: RiskPage, qtbot: QtBot) -> None:
    page.layer_actions[Layer.INCIDENTS].setChecked(False)
    click(page, HERE.latitude + 40 / 111_400, HERE.longitude - 210 / 56_900, qtbot)
    qtbot.waitUntil(lambda: any(part.startswith("Fire") for part in page.card.parts()))
    button = next(row for row, _, _ in page.card._rows if getattr(row, "text", str)().startswith("Fire"))
    assert "weight 2" in button.toolTip()
    with qtbot.waitSignal(page.visit_requested) as visited:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert visited.args[0] == "incidents"


def test_no_data_is_not_no_risk(page: RiskPage, qtbot: QtBot) -> None:
    page.choose(HERE.latitude + 2, HERE.longitude)
    assert page.card.figure.isHidden() and "No data" in page.card.note.text()


def test_beyond_three_hours_what_was_reported_of_late_does_not_count(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    cells = engine.risk.surface.base.cells
    latitudes, longitudes = engine.risk.surface.grid.centres(cells)
    near = int(np.argmin(np.hypot(latitudes - HERE.latitude, (longitudes - HERE.longitude) / 2)))
    page.choose(float(latitudes[near]), float(longitudes[near]))
    qtbot.waitUntil(lambda: len(page.card.parts()) > 2)
    for _ in range(4):
        qtbot.keyClick(page.map, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert page.scrubber.hours_ahead() == 4 and page.scrubber.label.text().startswith("In 4 h, ")
    qtbot.waitUntil(lambda: len(page.card.parts()) == 2 and page.feed.heat.picture.hours_ahead == 4)


def test_the_keyboard_alone_asks_why_and_takes_an_area(page: RiskPage, qtbot: QtBot) -> None:
    page.map.set_view(page.map.view.centred(*page.map.plane().to_plane(*hottest(page))))
    qtbot.keyClick(page.map, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.card.parts() != ())
    qtbot.keyClick(page.map, Qt.Key.Key_F)
    qtbot.keyClick(page.map, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: page.area.count.isVisible())
    assert page.card.isHidden() and "incident" in page.area.count.text()
    qtbot.keyClick(page.map, Qt.Key.Key_Escape)
    assert page.area.isHidden() and page.card.isVisible()


def test_escape_gives_up_an_area_that_is_being_drawn(page: RiskPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.map, Qt.Key.Key_D)
    assert page.map.is_drawing()
    qtbot.keyClick(page.map, Qt.Key.Key_Escape)
    assert not page.map.is_drawing() and page.card.isVisible()


def test_the_history_of_an_area_is_of_what_is_inside(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    fire = next(it for it in engine.incidents.record.incidents.values() if it.category is IncidentCategory.FIRE)
    side = 0.0004
    page.show_area(tuple((fire.latitude + dy * side, fire.longitude + dx * 2 * side) for dy, dx in ((-1, -1), (1, -1), (1, 1), (-1, 1))))
    qtbot.waitUntil(lambda: page.area.count.isVisible())
    assert page.area.count.text() == "1 incident" and "Fire" in page.area.kinds.text()
    page.show_area(((10.0, 10.0), (10.1, 10.0), (10.1, 10.1)))
    qtbot.waitUntil(lambda: "No reports" in page.area.state.text())


def test_patterns_of_atlas_are_on_the_map_and_none_when_it_is_down(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(page.map.patterns()))
    known = engine.incidents.patterns
    assert [each.name for each in page.map.patterns()] == [each.name for each in known.patterns]
    engine.incidents.patterns = replace(known, available=False, patterns=(), reason="Atlas does not answer.")
    engine.now_ns += 600 * SECOND
    engine.publish()
    qtbot.waitUntil(lambda: page.map.patterns() == ())


def test_named_areas_are_drawn_with_what_they_expect(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    ring = ((59.32, 18.05), (59.33, 18.05), (59.33, 18.09), (59.32, 18.05))
    engine.risk.outlines = (AreaOutline("South", (ring,)), AreaOutline("Nowhere", (ring,)))
    engine.risk.expected = (NeighbourhoodRisk("South", 1.26, (0.0525,) * 24, 12),)
    page.feed.ask_areas()
    qtbot.waitUntil(lambda: bool(page.map.outlines()))
    assert [each.name for each in page.map.outlines()] == ["South\n1.3 expected in 24 h", "Nowhere"]
    assert page.map.outlines()[0].rings == (ring,)


# When it is not well


def test_a_map_that_beats_nothing_fades_and_says_so(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.risk.faded = True
    engine.risk.state = replace(engine.risk.state, computed_ns=engine.risk.state.computed_ns + 1)
    engine.publish()
    qtbot.waitUntil(lambda: page.trouble.isVisible())
    assert "no better than a plain baseline" in page.trouble.text()


def test_a_forecast_that_is_no_better_says_so() -> None:
    level, worse = replace(SCORE, beats=False), replace(SCORE, beats=False, hit=0.38)
    found = "Forecast found {0} % of incidents in 5 % of the area; "
    assert score_text(level) == found.format(41) + "no clear gain over simple methods (best 39 %)"
    assert score_text(worse) == found.format(38) + "a simple method found more (39 %)"


def test_a_forecast_that_is_not_scored_yet_is_faded_and_says_so(page: RiskPage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    engine.risk.faded = True
    engine.risk.state = replace(engine.risk.state, computed_ns=engine.risk.state.computed_ns + 1, score=None)
    engine.publish()
    qtbot.waitUntil(lambda: "not been scored yet" in page.trouble.text())
    assert page.trouble.isVisible() and page.score.text().startswith("Not scored yet") and "14 days" in page.score.text()
    assert page.save_cells(tmp_path / "risk.geojson")
    assert json.loads((tmp_path / "risk.geojson").read_text("utf-8"))["watchroom"]["beats_plain_forecasts"] is None


def test_a_map_of_simulated_incidents_says_so_and_so_does_what_is_saved(
    page: RiskPage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    assert page.simulated.isHidden()
    engine.risk.state = replace(engine.risk.state, computed_ns=engine.risk.state.computed_ns + 1, simulated=True)
    engine.publish()
    qtbot.waitUntil(lambda: page.feed.heat is not None and page.feed.heat.picture.simulated)
    assert page.simulated.isVisible()
    assert page.save_cells(tmp_path / "risk.geojson")
    assert json.loads((tmp_path / "risk.geojson").read_text("utf-8"))["watchroom"]["simulated"] is True
    shown = page.map.grab().toImage()
    page.map.set_heat(page.feed.heat.raster, page.feed.heat.picture.faded, simulated=False)  # type: ignore[union-attr]
    assert page.map.grab().toImage() != shown


def test_the_plain_map_is_no_forecast_and_claims_nothing(page: RiskPage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    plain = replace(engine.risk.state, computed_ns=engine.risk.state.computed_ns + 1, score=None, learnt=False, training=Training())
    engine.risk.state = plain
    engine.publish()
    qtbot.waitUntil(lambda: "the map shows the last 30 days" in page.training.text())
    assert page.trouble.isHidden()
    assert page.save_cells(tmp_path / "risk.geojson")
    assert json.loads((tmp_path / "risk.geojson").read_text("utf-8"))["watchroom"]["beats_plain_forecasts"] is None


def test_out_of_date_failed_skipped_and_off_are_said(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    before = engine.risk.state
    engine.risk.state = replace(before, stale=True)
    engine.publish()
    qtbot.waitUntil(lambda: "out of date" in page.trouble.text())
    failed = replace(before.training, state=TrainingState.FAILED, trouble="The record could not be read")
    engine.risk.state = replace(before, training=failed)
    engine.publish()
    qtbot.waitUntil(lambda: "Training failed" in page.training.text() and "could not be read." in page.training.text())
    engine.risk.state = replace(before, training=replace(failed, state=TrainingState.SKIPPED))
    engine.publish()
    qtbot.waitUntil(lambda: page.training.text().startswith("Not trained: no incidents"))
    engine.risk.state = replace(before, enabled=False)
    engine.publish()
    qtbot.waitUntil(lambda: page.headline.text() == "Risk map is off")


def test_what_cannot_be_asked_is_said(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("ask", EnvironmentFault("record", "The record does not answer."), ExplainRisk)
    page.choose(*hottest(page))
    qtbot.waitUntil(lambda: "does not answer" in page.card.note.text())


def test_with_nothing_reported_it_says_what_belongs_here(bridge: EngineBridge, engine: FakeEngine, open_page, qtbot: QtBot) -> None:
    engine.risk.surface = None
    engine.incidents.record.incidents.clear()
    engine.settings = replace(engine.settings, lookouts=())
    engine.publish()
    page = open_page()
    qtbot.waitUntil(lambda: page.shown.currentWidget() is page.empty)


# Fire weather


def test_cameras_stand_where_they_are_with_their_fire_weather(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    lookout = Lookout("yard", HERE.latitude + 0.01, HERE.longitude, 60.0, (LookoutView(azimuth_deg=90.0),))
    engine.settings = replace(engine.settings, lookouts=(lookout,))
    engine.fire = FireView((FireRisk("yard", date(2026, 7, 1), FireClass.VERY_HIGH, 41.2),))
    engine.publish()
    qtbot.waitUntil(lambda: bool(page.map.cameras()))
    (camera,) = page.map.cameras()
    assert (camera.name, camera.fire, camera.fire_role, camera.cones) == ("Yard", "FWI 41.2, very high", "critical", ((90.0, 60.0),))
    engine.fire = FireView()
    engine.publish()
    qtbot.waitUntil(lambda: page.map.cameras()[0].fire == "Fire risk unknown")


def test_unknown_fire_risk_is_said_on_the_map_where_cameras_are_shown(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.fire_trouble.isHidden()
    engine.fire = FireView((FireRisk("yard", date(2026, 7, 1), None),), 0, "The risk service did not answer", engine.now_ns)
    engine.publish()
    qtbot.waitUntil(lambda: page.fire_trouble.isVisible())
    said = page.fire_trouble.text()
    assert said.startswith("Fire risk unknown since ") and said.endswith("suppressed. The risk service did not answer.")
    assert page.map.rect().contains(page.fire_trouble.geometry())
    page.layer_actions[Layer.CAMERAS].setChecked(False)
    assert page.fire_trouble.isHidden()
    page.layer_actions[Layer.CAMERAS].setChecked(True)
    assert page.fire_trouble.isVisible()
    page.resize(700, 500)
    qtbot.waitUntil(lambda: page.map.rect().contains(page.fire_trouble.geometry()))
    engine.fire = FireView()
    engine.publish()
    qtbot.waitUntil(lambda: page.fire_trouble.isHidden())


# Smoke


def seen_smoke(engine: FakeEngine) -> ListedPlume:
    """Two cameras see it, and where their bearings cross."""
    ridge = Lookout("yard", HERE.latitude + 0.03, HERE.longitude - 0.06, 60.0, (LookoutView(azimuth_deg=120.0),))
    mast = Lookout("gate", HERE.latitude - 0.02, HERE.longitude + 0.08, 60.0, (LookoutView(azimuth_deg=300.0),))
    engine.settings = replace(engine.settings, lookouts=(ridge, mast))
    seen = tuple(
        sequence(name, azimuth, camera=camera, started_ns=engine.now_ns - 300 * SECOND, last_seen_ns=engine.now_ns - SECOND)
        for name, azimuth, camera in (("1", 118.0, "yard"), ("2", 296.0, "gate"))
    )
    place = Crossing(HERE.latitude + 0.005, HERE.longitude + 0.01, 60.0, 700.0, 300.0, 40.0, 350.0, True)
    listed = ListedPlume(Plume("pl-1", ("sq-1", "sq-2"), seen[0].started_ns, seen[0].last_seen_ns, place), seen)
    engine.smoke = SmokeView((listed,), left_out=2)
    engine.publish()
    return listed


def test_smoke_is_on_the_map_and_in_a_list_and_is_labelled_and_parted(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.smoke.isHidden()
    seen_smoke(engine)
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 1)
    (plume,) = page.map.plumes()
    assert plume.place is not None and [line.azimuth_deg for line in plume.sightlines] == [118.0, 296.0]
    panel = page.smoke.panels[0]
    assert "within 0.7 × 0.3 km" in panel.place.text() and page.smoke.title.text() == "Smoke (1)"
    assert "2 plumes hidden by the fire weather rule" in page.smoke.state.text()
    label = panel.labels["sq-1"]
    label.setCurrentIndex(label.findData("other_smoke"))
    label.activated.emit(label.currentIndex())
    qtbot.waitUntil(lambda: LabelSmoke("sq-1", SmokeLabel.OTHER_SMOKE) in engine.commands)
    panel.unmatched.emit("pl-1", "sq-2")
    qtbot.waitUntil(lambda: UnmatchSmoke("pl-1", "sq-2") in engine.commands)


def three_plumes(engine: FakeEngine) -> None:
    """Each of its own camera, newest first."""
    cameras = ("yard", "gate", "door")
    seen = [sequence(name, camera=name, started_ns=engine.now_ns, last_seen_ns=engine.now_ns) for name in cameras]
    plumes = (ListedPlume(Plume(f"pl-{each.camera_id}", (each.id,), each.started_ns, each.last_seen_ns), (each,)) for each in seen)
    engine.smoke = SmokeView(tuple(plumes))
    engine.publish()


def test_plumes_that_are_the_same_smoke_are_made_one_with_the_keyboard(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    three_plumes(engine)
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 3)
    one, first = page.smoke.one, page.smoke.panels[0].pick
    assert one.isVisible() and not one.isEnabled()
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Space)
    assert not one.isEnabled()
    qtbot.keyClick(page.smoke.panels[2].pick, Qt.Key.Key_Space)
    assert one.isEnabled() and one.text() == "&Merge 2 plumes"
    qtbot.keyClick(page.map, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 2)
    assert MergeSmoke("pl-yard", "pl-door") in engine.commands
    assert [panel.listed.plume.id for panel in page.smoke.panels] == ["pl-yard", "pl-gate"]
    qtbot.waitUntil(lambda: any(toast.text() == "Plumes merged." for toast in page._toasts.toasts()))
    assert page.smoke.picked() == () and not one.isEnabled()


def test_three_plumes_are_made_one_after_the_other(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    three_plumes(engine)
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 3)
    for panel in page.smoke.panels:
        panel.pick.setChecked(True)
    qtbot.mouseClick(page.smoke.one, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 1)
    assert [each for each in engine.commands if isinstance(each, MergeSmoke)] == [
        MergeSmoke("pl-yard", "pl-gate"),
        MergeSmoke("pl-yard", "pl-door"),
    ]
    assert page.smoke.panels[0].pick.isHidden() and page.smoke.one.isHidden()


def test_ticks_and_the_focus_stay_while_smoke_goes_on(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    three_plumes(engine)
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 3)
    before = page.smoke.panels[1]
    before.pick.setFocus()
    qtbot.keyClick(before.pick, Qt.Key.Key_Space)
    later = [replace(each, plume=replace(each.plume, last_seen_ns=each.plume.last_seen_ns + SECOND)) for each in engine.smoke.plumes]
    engine.smoke = SmokeView(tuple(later[:2]))
    engine.publish()
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 2)
    assert page.smoke.picked() == ("pl-gate",) and page.smoke.panels[1].pick.isChecked() and page.smoke.panels[1].pick.hasFocus()


def test_what_cannot_be_made_one_is_said_and_stays_ticked(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    three_plumes(engine)
    qtbot.waitUntil(lambda: len(page.smoke.panels) == 3)
    for panel in page.smoke.panels[:2]:
        panel.pick.setChecked(True)
    engine.fail("command", EnvironmentFault("database", "The record does not take it."))
    qtbot.mouseClick(page.smoke.one, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("does not take it" in toast.text() for toast in page._toasts.toasts()))
    assert page.smoke.picked() == ("pl-yard", "pl-gate") and page.smoke.one.isEnabled()


def test_a_plume_is_brought_on_the_map(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    listed = seen_smoke(engine)
    qtbot.waitUntil(lambda: bool(page.map.plumes()))
    page.map.set_view(page.map.view.centred(0.0, 0.0))
    page.show_plume("pl-1")
    assert listed.plume.place is not None
    at = page.map.point(*page.map.plane().to_plane(listed.plume.place.latitude, listed.plume.place.longitude))
    assert page.map.rect().contains(at.toPoint())


# Doing


def dialog(page: RiskPage, kind: type[QDialog], qtbot: QtBot) -> QDialog:
    qtbot.waitUntil(lambda: any(each.isVisible() for each in page.findChildren(kind)))
    return next(each for each in page.findChildren(kind) if each.isVisible())


def chosen(page: RiskPage, words: str) -> None:
    next(action for action in page.setup.menu().actions() if action.text().startswith(words)).trigger()


def test_weights_are_shown_and_changed(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    chosen(page, "Weights")
    shown = dialog(page, RiskSettingsDialog, qtbot)
    assert shown.weights[IncidentCategory.FIRE].value() == 2.0 and shown.weights[IncidentCategory.THEFT].value() == 1.0
    shown.fields.field("half_life_h").set_value("0")
    assert not shown.save.isEnabled()
    shown.fields.field("half_life_h").set_value("6")
    assert shown.weights[IncidentCategory.WEAPONS].value() == 1.5 and shown.weights[IncidentCategory.DISTURBANCE].value() == 0.67
    shown.default.click()
    assert {category: box.value() for category, box in shown.weights.items()} == DEFAULT_WEIGHTS
    shown.weights[IncidentCategory.THEFT].setValue(0.5)
    qtbot.mouseClick(shown.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(isinstance(each, ChangeSettings) for each in engine.commands))
    assert engine.settings.risk.weights == ((IncidentCategory.THEFT, 0.5),)
    assert engine.settings.risk.weight(IncidentCategory.FIRE) == 1.33 and engine.settings.risk.half_life_h == 6.0


def test_fire_weather_and_lookouts_are_set_up_from_here(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    chosen(page, "Fire weather")
    weather = dialog(page, FireWeatherDialog, qtbot)
    weather.everything.setChecked(True)
    qtbot.mouseClick(weather.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not engine.settings.fire.filtering)
    chosen(page, "Lookouts")
    lookouts = dialog(page, LookoutsDialog, qtbot)
    lookouts.list.item(0).setCheckState(Qt.CheckState.Checked)
    lookouts.as_site.click()
    lookouts.fields.field("angle_of_view_deg").edit().setText("60")
    lookouts.views.set_text(0, 1, "90")
    qtbot.mouseClick(lookouts.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [camera.cones for camera in page.map.cameras()] == [((90.0, 60.0),)])


def test_a_map_service_is_set_and_wrong_addresses_are_said(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    chosen(page, "Base map")
    shown = dialog(page, BaseMapDialog, qtbot)
    shown.fields.field("tile_url").set_value("https://tiles.example.org/{z}/{x}.png")
    assert not shown.save.isEnabled()
    shown.fields.field("tile_url").set_value("http://127.0.0.1:9/{z}/{x}/{y}.png")
    shown.fields.field("attribution").set_value("© nobody")
    qtbot.mouseClick(shown.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "leads to 127.0.0.1, in your own network" in shown.fields.field("tile_url").message())
    assert not shown.save.isEnabled() and engine.settings.map == MapSettings()
    shown.private.setChecked(True)
    qtbot.mouseClick(shown.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.map.base.tiles is not None)
    assert engine.settings.map == MapSettings("http://127.0.0.1:9/{z}/{x}/{y}.png", "© nobody", allow_private=True)
    qtbot.waitUntil(lambda: "No tiles from the map service" in page.trouble.text())


def test_a_map_file_is_read_before_it_is_saved(page: RiskPage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path) -> None:
    chosen(page, "Base map")
    shown = dialog(page, BaseMapDialog, qtbot)
    field = shown.fields.field("file")
    field.set_value("maps/town.mbtiles")
    assert not shown.save.isEnabled()
    field.set_value(str(tmp_path / "gone.mbtiles"))
    qtbot.mouseClick(shown.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "There is no file" in field.message())
    assert engine.settings.map == MapSettings()
    path = write_mbtiles(tmp_path / "town.mbtiles", {(12, 2253, 1205): red_png()}, attribution="© Town")
    field.set_value(str(path))
    qtbot.mouseClick(shown.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.map.base.tiles is not None and page.map.base.tiles.attribution == "© Town")
    assert engine.settings.map == MapSettings(file=str(path))


def test_a_map_service_of_before_in_the_own_network_is_said_beside_the_map(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, map=MapSettings("http://127.0.0.1:9/{z}/{x}/{y}.png"))
    engine.publish()
    qtbot.waitUntil(lambda: "select “Allow a map service in your own network”" in page.trouble.text())
    assert not page.trouble.isHidden()
    page.layer_actions[Layer.MAP].setChecked(False)
    assert page.trouble.isHidden()


def test_cells_are_exported_as_geojson_and_the_map_as_a_picture(page: RiskPage, tmp_path: Path) -> None:
    assert page.save_cells(tmp_path / "risk.geojson") and page.save_picture(tmp_path / "risk.png")
    told = json.loads((tmp_path / "risk.geojson").read_text("utf-8"))
    picture = page.feed.heat.picture
    assert len(told["features"]) == len(picture.cells) and told["watchroom"]["beats_plain_forecasts"] is True
    first = told["features"][0]
    ring = first["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] and len(ring) == 5 and first["properties"]["cell"] == int(picture.cells[0])
    assert min(x for x, _ in ring) < picture.longitudes[0] < max(x for x, _ in ring)


def test_it_is_learnt_now_when_told_to(page: RiskPage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.retrain, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: RetrainRisk() in engine.commands)
    engine.risk.state = replace(engine.risk.state, training=Training(TrainingState.RUNNING, progress=0.42))
    engine.publish()
    qtbot.waitUntil(lambda: page.training.text() == "Training, 42 %")
    assert not page.retrain.isEnabled()


def test_named_areas_come_from_a_file(page: RiskPage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "areas.geojson").write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    page.import_areas(tmp_path / "areas.geojson")
    qtbot.waitUntil(lambda: any(isinstance(each, ImportNeighbourhoods) for each in engine.commands))
    page.import_areas(tmp_path / "none.geojson")
    assert any("could not be read" in toast.text() for toast in page._toasts.toasts())


def test_layers_stay_as_they_were(page: RiskPage, remembered: Remembered, open_page: Callable[[], RiskPage]) -> None:
    page.layer_actions[Layer.SMOKE].setChecked(False)
    page.shutdown()
    assert Layer.SMOKE not in open_page().map.layers
