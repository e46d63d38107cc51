"""The risk map as its user has it: what a click does, layers, an area that is drawn, tiles."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from engine.model.event import Severity
from engine.model.fire.smoke import Crossing
from engine.risk.grid import Grid
from widgets.maps.heat.heat_raster import rasterised
from widgets.maps.incident_layer import MapMark
from widgets.maps.map_labels import MapLabel
from widgets.maps.map_tiles import TileName
from widgets.maps.map_view import MapView
from widgets.maps.risk_layers import CameraOnMap, Outline, PatternOnMap, PlumeOnMap, Sightline, destination
from widgets.maps.site_map import Layer, SiteMap
from widgets.theme import color

MIDDLE = (59.33, 18.07)


@pytest.fixture
def town(qtbot: QtBot) -> SiteMap:
    made = SiteMap()
    qtbot.addWidget(made)
    made.resize(800, 500)
    made.set_middle(MIDDLE[1])
    grid = Grid(250.0)
    cells, away = grid.around(*MIDDLE, 3000.0)
    made.set_heat(rasterised(*grid.centres(cells), np.exp(-away / 1000), 250.0))
    made.show()
    return made


def at(town: SiteMap, latitude: float, longitude: float) -> QPoint:
    return town.point(*town.plane().to_plane(latitude, longitude)).toPoint()


def shown(town: SiteMap, where: QPoint) -> QColor:
    return town.grab().toImage().pixelColor(where)


def test_all_is_on_screen_until_somebody_moves_it(town: SiteMap) -> None:
    town.set_cameras((CameraOnMap("a", "Far", 59.5, 18.5),))
    assert town.rect().contains(at(town, 59.5, 18.5)) and town.rect().contains(at(town, *MIDDLE))
    town.pan(10, 0)
    before = town.view
    town.set_cameras((CameraOnMap("a", "Farther", 60.5, 19.5),))
    assert town.view == before


def test_a_click_chooses_the_place_and_a_mark_its_incident(town: SiteMap, qtbot: QtBot) -> None:
    town.set_incidents([MapMark("in-1", 59.335, 18.08, Severity.HIGH, "Theft")])
    with qtbot.waitSignal(town.incident_chosen) as chosen:
        qtbot.mouseClick(town, Qt.MouseButton.LeftButton, pos=at(town, 59.335, 18.08))
    assert chosen.args == ["in-1"]
    with qtbot.waitSignal(town.place_chosen) as place:
        qtbot.mouseClick(town, Qt.MouseButton.LeftButton, pos=at(town, 59.32, 18.05))
    assert place.args == pytest.approx([59.32, 18.05], abs=2e-3)
    town.set_layers(frozenset(Layer) - {Layer.INCIDENTS})
    with qtbot.waitSignal(town.place_chosen):
        qtbot.mouseClick(town, Qt.MouseButton.LeftButton, pos=at(town, 59.335, 18.08))


def test_the_risk_layer_can_be_switched_off(town: SiteMap) -> None:
    where = at(town, *MIDDLE) + QPoint(3, 3)
    with_risk = shown(town, where)
    town.set_layers(frozenset())
    assert shown(town, where) != with_risk
    town.set_layers(frozenset({Layer.RISK}))
    assert shown(town, where) == with_risk


def test_an_area_is_drawn_by_clicks_and_closed_by_enter(town: SiteMap, qtbot: QtBot) -> None:
    town.begin_area()
    corners = [(59.32, 18.05), (59.34, 18.05), (59.34, 18.09)]
    for corner in corners:
        qtbot.mouseClick(town, Qt.MouseButton.LeftButton, pos=at(town, *corner))
    with qtbot.waitSignal(town.area_drawn) as drawn:
        qtbot.keyClick(town, Qt.Key.Key_Return)
    assert [pytest.approx(corner, abs=2e-3) for corner in corners] == list(drawn.args[0])
    assert not town.is_drawing()


def test_escape_gives_up_an_area_and_two_corners_are_none(town: SiteMap, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        town.begin_area()
        for corner in ((59.32, 18.05), (59.34, 18.05)):
            qtbot.mouseClick(town, Qt.MouseButton.LeftButton, pos=at(town, *corner))
        with qtbot.assertNotEmitted(town.area_drawn):
            qtbot.keyClick(town, key)
        assert not town.is_drawing()


class Tiles:
    """Red ones, of one zoom only."""

    attribution, most_zoom, themed = "© somebody", 19, False

    def __init__(self, there: bool) -> None:
        self.there, self.asked = there, set()

    def covers(self, view: MapView) -> bool:
        return self.there

    def names(self, view: MapView) -> tuple[TileName, ...]:
        return ()

    def picture(self, zoom: int, column: int, row: int) -> QImage | None:
        self.asked.add((zoom, column, row))
        if not self.there:
            return None
        image = QImage(256, 256, QImage.Format.Format_RGB32)
        image.fill(QColor("#ff0000"))
        return image


def test_tiles_lie_under_it_and_without_them_it_is_plain(town: SiteMap) -> None:
    corner = QPoint(795, 250)
    plain = shown(town, corner)
    missing = Tiles(there=False)
    town.set_tiles(missing)
    assert shown(town, corner) == plain and missing.asked
    town.set_tiles(Tiles(there=True))
    assert shown(town, corner).red() > 100 > shown(town, corner).green()


def test_smoke_cameras_and_areas_are_drawn(town: SiteMap) -> None:
    bare = town.grab().toImage()
    line = Sightline(59.34, 18.02, 110.0, 4.0)
    for give in (
        lambda: town.set_plumes((PlumeOnMap("p", (line,), Crossing(59.331, 18.07, 70, 600, 200, 45, 300, False)),)),
        lambda: town.set_outlines((Outline("South", (((59.32, 18.05), (59.33, 18.05), (59.33, 18.09)),)),)),
        lambda: town.set_cameras((CameraOnMap("r", "Ridge", 59.34, 18.03, ((110.0, 60.0),), "FWI 23.4, high", "high"),)),
        lambda: town.set_chosen(*MIDDLE, 250.0),
    ):
        give()
        now = town.grab().toImage()
        assert now != bare
        bare = now


def test_names_of_areas_may_have_a_second_line(town: SiteMap, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[MapLabel] = []
    monkeypatch.setattr("widgets.maps.site_map.draw_labels", lambda painter, labels, *_: drawn.extend(labels))
    town.set_outlines((Outline("Mill Park\n1.7 expected in 24 h", (((59.31, 18.03), (59.35, 18.03), (59.35, 18.11)),)),))
    town.grab()
    assert ["Mill Park", "1.7 expected in 24 h"] in [[text for text, _ in label.lines] for label in drawn]


def test_rings_stand_out_of_the_brightest_cells(town: SiteMap) -> None:
    """By a line of the ground's colour along them: theirs alone is that of the cells."""
    for radius_m in (200.0, 400.0, 600.0):
        town.set_patterns((PatternOnMap("Again and again", *MIDDLE, radius_m),))
        picture, middle = town.grab().toImage(), at(town, *MIDDLE)
        across = [picture.pixelColor(x, middle.y()) for x in range(middle.x(), middle.x() + 120)]
        assert min(abs(each.green() - color("panel").green()) for each in across) <= 16, radius_m


def test_a_destination_is_as_far_as_said() -> None:
    assert destination(0.0, 0.0, 90.0, 111_195.08) == pytest.approx((0.0, 1.0), abs=1e-5)
