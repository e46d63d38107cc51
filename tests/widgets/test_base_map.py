"""The offline world: land where land is, water where water is, once drawn for a window, and names that cover nothing."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.model.base_map.clipping import clipped_line, clipped_ring, thinned
from engine.model.base_map.world import COARSE, FINE, countries, land, towns
from engine.model.event import Severity
from engine.model.site import Floor, SiteAnchor
from widgets.maps.base.base_map import COARSE_BELOW, BaseMap
from widgets.maps.base.world_drawing import WorldDrawing, land_color, water_color
from widgets.maps.incident_layer import MapMark
from widgets.maps.map_labels import MapLabel, place_labels
from widgets.maps.map_view import MapView
from widgets.maps.mercator import Mercator
from widgets.maps.risk_layers import CameraOnMap
from widgets.maps.site_map import SiteMap

AREA = QRectF(0, 0, 600, 400)
Spot = tuple[float, float]


def view_of(latitude: float, longitude: float, scale: float) -> MapView:
    x, y = Mercator(longitude).to_plane(latitude, longitude)
    return MapView(x, y, scale, 300, 200)


def middle_pixel(view: MapView) -> str:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    WorldDrawing().draw(painter, view)
    painter.end()
    return image.pixelColor(view.width // 2, view.height // 2).name()


@pytest.mark.parametrize("scale", [300.0, 4000.0])
@pytest.mark.parametrize(
    ("latitude", "longitude", "is_land"),
    [(48.2, 12.0, True), (50.0, -30.0, False), (67.0, 179.0, True), (66.5, -175.0, True), (-17.8, 178.0, True), (-80.0, 40.0, True),
     (42.0, 50.5, False), (0.0, 180.0, False), (39.0, 22.3, True), (37.5, 25.9, False)],
)  # fmt: skip
def test_land_is_land_and_water_is_water(qapp: QApplication, latitude: float, longitude: float, is_land: bool, scale: float) -> None:
    """Also on both sides of the date line, around the pole, and in the Caspian Sea."""
    assert middle_pixel(view_of(latitude, longitude, scale)) == (land_color() if is_land else water_color()).name()


def test_the_picture_of_a_window_is_drawn_once(qapp: QApplication) -> None:
    world, view = WorldDrawing(), view_of(50.0, 10.0, 2000.0)
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for step in range(20):
        world.draw(painter, view.panned(step, step))
    assert world.made == 1
    world.draw(painter, view.panned(200, 0))
    world.draw(painter, view.zoomed(1.5, 10, 10))
    assert world.made == 3
    painter.end()


def test_the_data_is_whole() -> None:
    for detail in (COARSE, FINE):
        lines = land(detail)
        assert np.isfinite(lines.points).all() and lines.begins[-1] == len(lines.points) and (np.diff(lines.begins) > 0).all()
    assert "Sweden" in countries().names and "Stockholm" in towns().names and len(towns().names) == 12_000


square = st.lists(st.tuples(st.floats(-50, 150), st.floats(-50, 150)), min_size=3, max_size=30)


@given(square)
def test_a_clipped_ring_lies_in_its_window_and_has_the_area_that_is_in_it(corners: list[tuple[float, float]]) -> None:
    ring = np.array(corners)
    cut = clipped_ring(ring, (0.0, 0.0, 100.0, 100.0))
    assert not len(cut) or (cut.min() >= -1e-6 and cut.max() <= 100 + 1e-6)
    inside = [(x, y) for x, y in np.random.default_rng(1).uniform(1, 99, (20, 2)) if _margin(ring, x, y) > 1e-3]
    assert all(_winding(ring, x, y) == _winding(cut, x, y) for x, y in inside)


def _winding(ring: np.ndarray, x: float, y: float) -> bool:
    """Odd-even, by a ray to the right."""
    found = False
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            found = not found
    return found


def _margin(ring: np.ndarray, x: float, y: float) -> float:
    """How far a point is from the ring: on it, both answers are right."""
    a, b = ring, np.roll(ring, -1, axis=0)
    along = b - a
    share = np.clip(((np.array([x, y]) - a) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1)
    return float(np.hypot(*(a + share[:, None] * along - [x, y]).T).min())


@given(st.lists(st.tuples(st.floats(-50, 150), st.floats(-50, 150)), min_size=2, max_size=40))
def test_clipping_a_line_drops_only_what_cannot_be_seen(points: list[tuple[float, float]]) -> None:
    line = np.array(points)
    runs = clipped_line(line, (0.0, 0.0, 100.0, 100.0))
    kept = {tuple(np.concatenate((a, b))) for run in runs for a, b in pairwise(run)}
    for a, b in pairwise(line):
        beside = max(a[0], b[0]) < 0 or min(a[0], b[0]) > 100 or max(a[1], b[1]) < 0 or min(a[1], b[1]) > 100
        assert (tuple(np.concatenate((a, b))) in kept) or beside


def test_thinning_keeps_the_ends_and_the_shape() -> None:
    line = np.stack((np.linspace(0, 100, 1001), np.zeros(1001)), axis=1)
    thin = thinned(line, 10.0)
    assert len(thin) <= 12 and thin[0].tolist() == [0, 0] and thin[-1].tolist() == [100, 0]


places = st.tuples(st.floats(0, 600), st.floats(0, 400))


@settings(max_examples=100, deadline=None)
@given(st.lists(places, max_size=40), st.lists(places, max_size=30))
def test_names_never_cover_marks_or_each_other(
    qapp: QApplication, marks: list[tuple[float, float]], named: list[tuple[float, float]]
) -> None:
    taken = [QRectF(x - 11, y - 11, 22, 22) for x, y in marks]
    labels = [
        MapLabel(QRectF(x - 3, y - 3, 6, 6), ((f"Town number {n}", "secondary"),), plain=bool(n % 2)) for n, (x, y) in enumerate(named)
    ]
    plates = [each.plate for each in place_labels(labels, taken, AREA)]
    assert all(AREA.contains(plate) for plate in plates)
    assert not any(one.intersects(other) for one, other in combinations(plates, 2))
    assert not any(plate.intersects(mark) for plate in plates for mark in taken)


def test_on_the_map_itself_names_keep_off_marks_cameras_buttons_and_the_margin(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    town = SiteMap()
    qtbot.addWidget(town)
    town.resize(640, 420)
    chance = np.random.default_rng(5)
    town.set_middle(18.07)
    town.set_site(SiteAnchor(59.33, 18.07, 0.0), Floor())
    town.set_incidents(
        MapMark(f"in-{n}", 59.33 + up, 18.07 + right, Severity(1 + n % 5)) for n, (up, right) in enumerate(chance.normal(0, 0.05, (60, 2)))
    )
    town.set_cameras(tuple(CameraOnMap(f"c{n}", f"Camera {n}", 59.3 + 0.01 * n, 18.0 + 0.02 * n) for n in range(8)))
    town.show()
    drawn: list[tuple[QRectF, ...]] = []
    real = place_labels

    def spy(labels: list[MapLabel], taken: list[QRectF], area: QRectF) -> object:
        held = list(taken)
        placed = real(labels, held, area)
        drawn.append((*(each.plate for each in placed), QRectF()))
        assert not any(each.plate.intersects(box) for each in placed for box in held)
        assert all(box in held for box in town.incidents.boxes(town.view)), "marks are among what is taken"
        assert len(held) > len(town.clusters()) + 8 + 3
        return placed

    monkeypatch.setattr("widgets.maps.map_labels.place_labels", spy)
    for _ in range(4):
        town.grab()
        town.zoom(0.6, QPointF(320, 210))
    assert len(drawn) >= 4 and any(len(each) > 3 for each in drawn)


def test_the_map_says_what_its_base_lacks(qapp: QApplication) -> None:
    base = BaseMap()
    assert base.notice(view_of(59.3, 18.0, COARSE_BELOW * 2)) == ""
    assert base.notice(view_of(59.3, 18.0, 100.0)) == "Base map: coast lines and borders only. Add a map file for streets."
    assert "towns only at this zoom" in base.notice(view_of(59.3, 18.0, 5.0))
    names = [label.lines[0][0] for label in base.names(view_of(59.33, 18.06, 100.0))]
    assert "Stockholm" in names and math.isfinite(len(names))
