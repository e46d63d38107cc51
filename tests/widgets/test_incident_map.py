"""The map of incidents: true lengths, everything on screen, marks that can be told apart, keys and mouse."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine._geodesic import distance_m
from engine.model.event import Severity
from engine.model.site import Floor, SiteAnchor
from engine.pipeline.reports.incident_events import place
from tests.engine.incidents.record import Record
from tests.fakes.reports import report
from widgets.maps.incident_layer import MapMark
from widgets.maps.map_clusters import clustered
from widgets.maps.map_ground import draw_simulated, on_plane, site_box, site_corners, turned
from widgets.maps.map_view import CLOSEST, FARTHEST, MapView, grid_step, lines_between, round_length
from widgets.maps.mercator import Mercator, stretch
from widgets.maps.site_map import Layer, SiteMap

ANCHOR = SiteAnchor(59.3293, 18.0686, 24.0)
FLOOR = Floor((0.0, 0.0, 30.0, 22.0))
NORTH_M, EAST_M = 111_415.0, 56_930.0  # of a degree there
degrees = st.floats(-0.05, 0.05)


def marks(*places: tuple[float, float], severity: Severity = Severity.MODERATE) -> tuple[MapMark, ...]:
    """Metres north and east of the anchor."""
    found = ((ANCHOR.latitude + north / NORTH_M, ANCHOR.longitude + east / EAST_M) for north, east in places)
    return tuple(MapMark(f"in-{n}", *at, severity, f"tip {n}") for n, at in enumerate(found))


@pytest.fixture
def town(qtbot: QtBot) -> SiteMap:
    made = SiteMap()
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.set_middle(ANCHOR.longitude)
    made.set_site(ANCHOR, FLOOR)
    return made


@given(degrees, degrees, st.floats(-70, 70))
def test_lengths_on_the_plane_are_those_on_earth_times_its_stretch(north: float, east: float, latitude: float) -> None:
    plane = Mercator(18.0)
    (x0, y0), (x, y) = plane.to_plane(latitude, 18.0), plane.to_plane(latitude + north, 18.0 + east)
    there = distance_m(latitude, 18.0, latitude + north, 18.0 + east)
    assert math.hypot(x - x0, y - y0) / stretch(latitude + north / 2) == pytest.approx(there, rel=8e-3, abs=0.01)


@given(st.floats(-84, 84), st.floats(-180, 179.99), degrees, degrees)
def test_a_place_is_the_same_after_both_ways_also_across_the_date_line(latitude: float, longitude: float, up: float, right: float) -> None:
    plane = Mercator(longitude)
    there = latitude + up, (longitude + right + 540) % 360 - 180
    (x0, _), (x, y) = plane.to_plane(latitude, longitude), plane.to_plane(*there)
    back = plane.to_earth(x, y)
    assert abs(x - x0) < 10_000 and distance_m(*there, *back) < 1e-2


def test_the_floor_lies_as_the_engine_places_reports_on_it() -> None:
    """What the engine calls (20, 5) of the floor is drawn where the report was."""
    record = Record()
    record.file(report(1, north_deg=0.0002, east_deg=0.0003))
    anchor = SiteAnchor(59.33, 18.06, 24.0)
    incident = record.incidents["in-1"]
    x, y, _ = place(incident, anchor)
    drawn = turned((x, y), anchor.heading_deg)
    plane = Mercator(anchor.longitude)
    expected = plane.to_plane(incident.latitude, incident.longitude)
    assert on_plane((x, y), anchor, plane) == pytest.approx(expected, abs=0.5)
    assert math.hypot(*drawn) == pytest.approx(
        distance_m(anchor.latitude, anchor.longitude, incident.latitude, incident.longitude), abs=0.1
    )
    assert len(site_corners(FLOOR, anchor, plane)) == 4
    assert site_corners(Floor(), anchor, plane) == [plane.to_plane(anchor.latitude, anchor.longitude)]


@given(st.floats(0.0001, 1e7))
def test_scales_and_grids_are_in_round_numbers(length: float) -> None:
    fits = round_length(length)
    assert fits <= length * 1.0001 < fits * 2.51
    step, digits = grid_step(min(length, 40))
    assert step >= min(length, 40) * 0.999 and float(f"{step:.{digits}f}") == pytest.approx(step)
    assert lines_between(-1.0, 1.05, 0.5) == (-1.0, -0.5, 0.0, 0.5, 1.0)


@given(st.floats(0.1, 10), st.floats(0, 800), st.floats(0, 400))
def test_zooming_keeps_what_is_under_the_mouse(factor: float, left: float, top: float) -> None:
    view = MapView(120.0, -40.0, 3.0, 800, 400)
    before, after = view.to_plane(left, top), view.zoomed(factor, left, top)
    assert after.to_plane(left, top) == pytest.approx(before, abs=1e-6)
    assert CLOSEST <= after.zoomed(1e9, 0, 0).scale <= FARTHEST and after.zoomed(1e-9, 0, 0).scale == FARTHEST


@given(st.lists(st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)), max_size=40), st.floats(1, 500))
def test_every_mark_is_in_one_cluster_and_none_lies_on_another(places: list[tuple[float, float]], radius: float) -> None:
    points = np.array(places, np.float64).reshape(-1, 2)
    made = clustered(points, np.arange(len(points)), radius)
    assert sorted(number for each in made for number in each.members) == list(range(len(points)))
    leaders = [points[each.members[0]] for each in made]
    assert all(math.dist(a, b) > radius for n, a in enumerate(leaders) for b in leaders[:n])
    middles = [(each.x, each.y) for each in made]
    assert all(math.dist(a, b) > radius * (1 - 1e-9) for n, a in enumerate(middles) for b in middles[:n])
    assert all(each.severity == max(each.members) for each in made)


def test_everything_is_on_the_map_until_somebody_moves_it(town: SiteMap) -> None:
    town.set_incidents(marks((300, 200), (-500, -700)))
    assert all(town.view.holds(*town.place_of(f"in-{n}")) for n in range(2))
    town.set_incidents(marks((300, 200), (-500, -700), (9000, 9000)))
    assert town.view.holds(*town.place_of("in-2"))
    town.pan(10, 0)
    before = town.view
    town.set_incidents(marks((300, 200)))
    assert town.view == before
    town.fit()
    assert town.view.holds(*town.place_of("in-0")) and town.view.holds(*town.plane().to_plane(ANCHOR.latitude, ANCHOR.longitude))


def test_the_keyboard_moves_and_zooms(town: SiteMap, qtbot: QtBot) -> None:
    town.set_incidents(marks((300, 200), (-500, -700)))
    start = town.view
    qtbot.keyClick(town, Qt.Key.Key_Right)
    assert town.view.x > start.x and town.view.y == start.y
    qtbot.keyClick(town, Qt.Key.Key_Up)
    assert town.view.y > start.y
    qtbot.keyClick(town, Qt.Key.Key_Plus)
    assert town.view.scale < start.scale
    qtbot.keyClick(town, Qt.Key.Key_Minus)
    assert town.view.scale == pytest.approx(start.scale)
    qtbot.keyClick(town, Qt.Key.Key_F)
    assert town.view == start


def test_zooming_by_key_keeps_the_selected_one_in_its_place(town: SiteMap, qtbot: QtBot) -> None:
    town.set_incidents(marks((300, 200), (-500, -700)))
    town.pick("in-0")
    before = town.view.to_screen(*town.place_of("in-0"))
    for _ in range(5):
        qtbot.keyClick(town, Qt.Key.Key_Plus)
    assert town.view.to_screen(*town.place_of("in-0")) == pytest.approx(before, abs=0.01)


def click(qtbot: QtBot, town: SiteMap, x: float, y: float) -> None:
    left, top = town.view.to_screen(x, y)
    qtbot.mouseClick(town, Qt.MouseButton.LeftButton, pos=QPoint(round(left), round(top)))


def test_a_click_chooses_a_mark_and_dragging_does_not(town: SiteMap, qtbot: QtBot) -> None:
    town.set_incidents(marks((300, 200), (-500, -700)))
    chosen: list[str] = []
    town.incident_chosen.connect(chosen.append)
    click(qtbot, town, *town.place_of("in-1"))
    assert chosen == ["in-1"]
    at = QPoint(*(round(v) for v in town.view.to_screen(*town.place_of("in-0"))))
    before = town.view
    qtbot.mousePress(town, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(town, at + QPoint(60, 10))
    qtbot.mouseRelease(town, Qt.MouseButton.LeftButton, pos=at + QPoint(60, 10))
    assert chosen == ["in-1"] and town.view.x < before.x


def test_a_cluster_opens_until_its_marks_can_be_told_apart(town: SiteMap, qtbot: QtBot) -> None:
    town.set_incidents(marks((300, 200), (300, 206), (-500, -700)))
    chosen: list[str] = []
    town.incident_chosen.connect(chosen.append)
    (pair,) = (each for each in town.clusters() if len(each.members) == 2)
    click(qtbot, town, pair.x, pair.y)
    assert not chosen and all(len(each.members) == 1 for each in town.clusters())


def test_marks_at_one_place_are_chosen_one_after_the_other(town: SiteMap, qtbot: QtBot) -> None:
    town.set_incidents(marks((300, 200), (300, 200), (300, 200)))
    chosen: list[str] = []
    town.incident_chosen.connect(lambda it: (chosen.append(it), town.pick(it)))
    for _ in range(4):
        click(qtbot, town, *town.place_of("in-0"))
    assert chosen == ["in-0", "in-1", "in-2", "in-0"]


def test_the_selected_one_is_brought_on_screen(town: SiteMap) -> None:
    town.set_incidents(marks((300, 200), (-500, -700)))
    town.pick("in-0")
    for _ in range(6):
        town.zoom(2.0)
    assert not town.view.holds(*town.place_of("in-1"))
    town.pick("in-1")
    assert town.view.holds(*town.place_of("in-1"))


def test_a_thousand_marks_are_one_paint_and_clusters_are_made_once_for_a_zoom(town: SiteMap) -> None:
    chance = np.random.default_rng(3)
    town.set_incidents(marks(*((float(n), float(e)) for n, e in chance.normal(0, 800, (1000, 2)))))
    town.grab()
    known = town.clusters()
    town.pan(30, 10)
    town.grab()
    assert town.clusters() is known and sum(len(each.members) for each in known) == 1000
    assert {type(child) for child in town.findChildren(QWidget)} == {QToolButton}
    town.zoom(2.0)
    assert town.clusters() is not known


def test_the_circle_is_as_wide_as_reports_of_one_occurrence_lie_apart(town: SiteMap) -> None:
    """Drawn in the accent colour around the selected one, as far as the settings say, and nowhere without one."""
    town.set_incidents(marks((0, 0), (200, 200)))
    town.set_site(ANCHOR, Floor())
    town.set_radius(50.0)
    town.pick("in-1")
    town.set_view(town.view.centred(*town.place_of("in-1")))
    x, y = town.place_of("in-1")
    longer = stretch(ANCHOR.latitude)
    inside, outside = town.view.to_screen(x, y + 40 * longer), town.view.to_screen(x, y + 60 * longer)
    image = town.grab().toImage()
    assert image.pixelColor(*map(round, inside)).blue() > image.pixelColor(*map(round, outside)).blue()
    town.set_radius(70.0)
    wider = town.grab().toImage()
    assert wider.pixelColor(*map(round, outside)).blue() > image.pixelColor(*map(round, outside)).blue()


def test_without_a_site_the_map_is_around_what_was_reported(qtbot: QtBot) -> None:
    made = SiteMap()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.grab()
    made.set_incidents((MapMark("in-1", -33.86, 151.2, Severity.HIGH), MapMark("in-2", -33.87, 151.22, Severity.LOW)))
    made.grab()
    assert made.view.holds(*made.place_of("in-1")) and made.view.holds(*made.place_of("in-2"))


def test_that_it_is_simulated_stands_beside_the_scale_or_below_it(qapp: QApplication) -> None:
    painter = QPainter(image := QImage(800, 400, QImage.Format.Format_RGB32))
    scale = QRectF(6, 6, 162, 28)
    wide, narrow = (draw_simulated(painter, MapView(width=width, height=300), scale) for width in (800, 300))
    painter.end()
    assert image.rect() and wide.top() < scale.bottom() and not wide.intersects(scale)
    assert narrow.top() >= scale.bottom() and narrow.left() >= 0


def test_no_name_lies_on_the_mark_of_the_site(town: SiteMap) -> None:
    town.set_view(town.view.zoomed(0.05, 400, 200))
    mark = site_box(town.view, FLOOR, ANCHOR, town.plane())
    assert max(mark.width(), mark.height()) < 20 and mark in town._occupied_rects()
    town.set_layers(frozenset(Layer) - {Layer.SITE})
    assert mark not in town._occupied_rects()
