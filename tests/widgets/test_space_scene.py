"""From a snapshot to what is drawn, and the geometry of it. Nothing here draws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.model.radio.blob import FresnelZone
from engine.model.radio.place import TWO_OF_THREE
from engine.model.radio.radio import LinkState, NodeState, NodeView
from engine.model.settings import Settings
from engine.model.site import CameraPose, Floor, NodeSettings
from tests.fakes.radio_scene import ADA, FLOOR, WALKERS, RadioEngine, RadioScene, mac
from widgets.space.build import bounds_of, node_marks, scene_of
from widgets.space.compass import nice_length_m
from widgets.space.coverage_legend import class_shares
from widgets.space.labels import Label, place_labels
from widgets.space.plan.plan import glow_image
from widgets.space.projection import Orbit, OrbitProjection, PlanProjection
from widgets.space.ramps import accuracy_class, cividis, link_strength, viridis
from widgets.space.scene import EMPTY_ROOM, Bounds, CoverageMap
from widgets.space.shapes import cylinder, ellipse_outline, ellipsoid_shadow, ellipsoid_wires, floor_ellipse, grid_lines, view_cone
from widgets.space.words import confidence_word, spread_text


def engine(**scene: object) -> RadioEngine:
    return RadioEngine(radio_scene=RadioScene(**scene))  # type: ignore[arg-type]


# scene


def test_a_scene_has_everything_that_has_a_place() -> None:
    scene = scene_of(engine(walkers=WALKERS).snapshot)
    assert len(scene.nodes) == 12 and len(scene.links) == 55 and len(scene.people) == 6 and len(scene.voxels) > 500
    assert scene.bounds == Bounds(0, 0, 0, 12, 8, 2.6) and len(scene.zones) == 4 and len(scene.walls) == 8
    ada, grace = scene.people[0], scene.people[2]
    assert (ada.name, ada.named, ada.color) == (ADA.name, True, ADA.color) and grace.color == "#CC79A7"
    assert scene.people[1].name == "Person 2" and not scene.people[1].named
    assert scene.people[3].coasting and scene.people[4].fallen
    assert [node.mac for node in scene.nodes if not node.online] == [mac(5)]


def test_zones_that_nothing_watches_are_not_empty() -> None:
    zones = {mark.zone.id: mark.people for mark in scene_of(engine().snapshot).zones}
    assert zones["store"] is None and zones["lab"] == 1 and zones["meeting"] == 1


def test_links_of_nodes_without_a_place_are_left_out() -> None:
    fake = engine(placed=False)
    fake.settings = Settings(floor=FLOOR)
    fake.publish()
    scene = scene_of(fake.snapshot)
    assert scene.nodes == () and scene.links == () and scene.people == ()


def test_without_radio_there_is_still_a_floor() -> None:
    scene = scene_of(RadioEngine().snapshot)
    assert scene.bounds == EMPTY_ROOM and scene.people == () and scene.voxels.shape == (0, 4)


def test_bounds_come_from_the_plan_then_the_grid_then_the_nodes() -> None:
    views = (NodeView("24:6F:28:A1:00:00", "", NodeState.ONLINE, position=(1.0, 2.0, 0.5)),)
    nodes = node_marks(Settings(), views)
    assert bounds_of(Floor(extent=(0, 0, 5, 4), height_m=3), (1, 1, 0, 2, 2, 2), nodes) == Bounds(0, 0, 0, 5, 4, 3)
    assert bounds_of(Floor(), (1, 1, 0, 2, 2, 2), nodes) == Bounds(1, 1, 0, 2, 2, 2)
    assert bounds_of(Floor(), None, nodes) == Bounds(0, 1, -0.5, 2, 3, 2.5)


def test_a_node_that_only_the_settings_know_is_offline_and_nameless_ones_get_their_number() -> None:
    settings = Settings(nodes=(NodeSettings("24:6F:28:A1:00:09", position=(1, 1, 1)), NodeSettings("24:6F:28:A1:00:08", "Attic")))
    (node,) = node_marks(settings, ())
    assert (node.name, node.online) == ("00:09", False)


def test_links_to_unknown_nodes_do_not_break_the_scene() -> None:
    fake = engine(nodes=2)
    picture = fake.radio_scene.picture(fake.now_ns) if fake.radio_scene else None
    assert picture is not None
    stranger = LinkState("FF:FF:FF:FF:FF:FE:FF:FF:FF:FF:FF:FF", 5.0, 0.1, True, 1.0, 20.0)
    object.__setattr__(picture, "links", (*picture.links, stranger))
    snapshot = fake.snapshot
    object.__setattr__(snapshot.radio, "picture", picture)
    assert len(scene_of(snapshot).links) == 1


# shapes


def test_the_floor_ellipse_holds_68_percent() -> None:
    covariance = ((0.5, 0.2, 0.0), (0.2, 0.3, 0.0), (0.0, 0.0, 1.0))
    ellipse = floor_ellipse((1.0, 2.0, 1.0), covariance)
    drawn = np.random.default_rng(7).multivariate_normal((1.0, 2.0), np.array(covariance)[:2, :2], 40_000)
    dx, dy = drawn[:, 0] - ellipse.x, drawn[:, 1] - ellipse.y
    along = (dx * math.cos(ellipse.turn) + dy * math.sin(ellipse.turn)) / ellipse.long_m
    across = (-dx * math.sin(ellipse.turn) + dy * math.cos(ellipse.turn)) / ellipse.short_m
    assert ((along**2 + across**2) <= 1).mean() == pytest.approx(0.68, abs=0.01)


def test_an_ellipse_of_nonsense_is_still_drawn() -> None:
    nan = float("nan")
    ellipse = floor_ellipse((0, 0, 0), ((nan, 0, 0), (0, nan, 0), (0, 0, 1)))
    assert ellipse.long_m == pytest.approx(TWO_OF_THREE)
    assert np.isfinite(ellipse_outline(ellipse)).all()


def zone(tx: tuple[float, float, float], rx: tuple[float, float, float], number: int = 2) -> FresnelZone:
    wavelength, apart = 0.123, math.dist(tx, rx)
    along = (apart + number * wavelength / 2) / 2
    across = math.sqrt(along**2 - apart**2 / 4)
    center = tuple((a + b) / 2 for a, b in zip(tx, rx, strict=True))
    return FresnelZone("x", center, (across, across, along), number, tx, rx, wavelength)  # type: ignore[arg-type]


coordinate = st.floats(-5, 5).map(lambda v: round(v, 3))
place = st.tuples(coordinate, coordinate, coordinate)


@given(place, place, st.integers(1, 5))
def test_every_point_of_an_ellipsoid_has_the_same_detour(
    tx: tuple[float, float, float], rx: tuple[float, float, float], number: int
) -> None:
    """What makes a Fresnel zone: the way over its edge is nλ/2 longer than the straight one."""
    drawn = ellipsoid_wires(zone(tx, rx, number))
    detour = np.linalg.norm(drawn - tx, axis=1) + np.linalg.norm(drawn - rx, axis=1) - math.dist(tx, rx)
    assert np.allclose(detour, number * 0.123 / 2, atol=1e-6)


@given(place, place)
def test_the_shadow_holds_the_ellipsoid_and_touches_it(tx: tuple[float, float, float], rx: tuple[float, float, float]) -> None:
    link = zone(tx, rx)
    shadow, drawn = ellipsoid_shadow(link), ellipsoid_wires(link, rings=25, ribs=24, corners=48)
    dx, dy = drawn[:, 0] - shadow.x, drawn[:, 1] - shadow.y
    along = (dx * math.cos(shadow.turn) + dy * math.sin(shadow.turn)) / shadow.long_m
    across = (-dx * math.sin(shadow.turn) + dy * math.cos(shadow.turn)) / shadow.short_m
    reach = np.hypot(along, across).max()
    assert 0.97 <= reach <= 1.0 + 1e-6


def test_other_shapes() -> None:
    pillar = cylinder((1.0, 2.0, 0.0), 0.2, 1.7)
    assert pillar[:, :, 2].max() == pytest.approx(1.7) and np.hypot(*(pillar[:, :, :2] - (1, 2)).reshape(-1, 2).T).max() < 0.2001
    cone = view_cone(CameraPose("a", (0, 0, 2), (3, 0, 2), 90.0), reach_m=2.0)
    assert np.allclose(np.unique(np.round(np.abs(cone[cone[:, 0] > 1][:, 1]), 6)), 2.0)  # half of 90° at 2 m
    assert len(grid_lines(0, 0, 3, 2, 0, 1.0)) == 2 * (4 + 3)
    assert grid_lines(0.2, 0.2, 0.8, 0.8, 0, 1.0).shape == (0, 3)
    straight_down = view_cone(CameraPose("a", (0, 0, 2), (0, 0, 0)))
    assert np.isfinite(straight_down).all()


# projection


def test_the_middle_is_in_the_middle_and_north_is_up_from_above() -> None:
    orbit = Orbit((3, 4, 1)).from_above()
    pixels, before = OrbitProjection(orbit, 800, 600).points(np.array([(3, 4, 1), (3, 5, 1), (4, 4, 1)], float))
    assert before.all() and np.allclose(pixels[0], (400, 300))
    assert pixels[1, 1] < 300 and pixels[1, 0] == pytest.approx(400) and pixels[2, 0] > 400


@pytest.mark.parametrize("size", [(900, 700), (300, 800), (1600, 300)])
@pytest.mark.parametrize("bounds", [Bounds(0, 0, 0, 12, 8, 2.6), Bounds(-3, 5, 0, 60, 9, 4), Bounds(0, 0, 0, 1, 1, 2.5)])
def test_fitting_shows_all_of_the_floor(size: tuple[int, int], bounds: Bounds) -> None:
    for orbit in (Orbit(), Orbit().from_above()):
        fitted = orbit.fitted(bounds, *size)
        corners = np.array([(x, y, z) for x in (bounds.x0, bounds.x1) for y in (bounds.y0, bounds.y1) for z in (bounds.z0, bounds.z1)])
        assert OrbitProjection(fitted, *size).holds(corners, 1.0)
        nearer = OrbitProjection(fitted.zoomed(1.3), *size)
        assert not nearer.holds(corners, 0.93) or fitted.distance_m <= 1.6


def test_lines_through_the_eye_are_cut_off() -> None:
    view = OrbitProjection(Orbit((0, 0, 0), 5.0, azimuth=0.0, elevation=10.0), 800, 600)
    behind_and_before = np.array([(40, 0, 1), (-3, 0, 0)], float)
    (line,) = view.segments(behind_and_before)
    assert np.isfinite(line).all()
    assert view.segments(np.array([(40, 0, 1), (50, 0, 1)], float)).shape == (0, 4)


@given(st.floats(-180, 180), st.floats(10, 90), coordinate, coordinate)
def test_what_is_seen_on_the_floor_is_found_on_the_floor(azimuth: float, elevation: float, x: float, y: float) -> None:
    view = OrbitProjection(Orbit((0, 0, 0), 12.0, azimuth, elevation), 800, 600)
    pixels, before = view.points(np.array([(x, y, 0.0)]))
    if before[0]:
        found = view.floor_point(float(pixels[0, 0]), float(pixels[0, 1]))
        assert found is not None and np.allclose(found, (x, y), atol=1e-4)


def test_moving_right_moves_right_on_screen() -> None:
    for azimuth in (-90.0, 0.0, 135.0):
        orbit = Orbit((0, 0, 0), 10.0, azimuth, 45.0)
        view = OrbitProjection(orbit, 800, 600)
        right, ahead = orbit.panned(1, 0).center, orbit.panned(0, 1).center
        pixels, _ = view.points(np.array([right, ahead], float))
        assert pixels[0, 0] > 400 and abs(pixels[0, 1] - 300) < 1
        assert pixels[1, 1] < 300 and abs(pixels[1, 0] - 400) < 1


def test_the_plan_keeps_what_is_under_the_mouse() -> None:
    plan = PlanProjection.fitted(Bounds(0, 0, 0, 10, 5, 3), 800, 600)
    before = plan.floor_point(123, 45)
    assert np.allclose(plan.zoomed(1.7, 123, 45).floor_point(123, 45), before)
    assert np.allclose(plan.points(np.array([(*before, 0.0)]))[0], (123, 45))


# amounts and words


def test_ramps_and_classes() -> None:
    assert accuracy_class(np.array([0.2, 0.5, 0.7, 1.5, 9.0, np.inf, np.nan])).tolist() == [0, 0, 1, 2, 3, 3, 3]
    assert 0 == link_strength(0.0) == link_strength(-1.0) < link_strength(1.0) < link_strength(9.0) <= link_strength(1e9) == 1
    assert link_strength(float("nan")) == 0
    for ramp in (viridis, cividis):
        colors = ramp(np.array([-1.0, 0.0, 0.5, 1.0, 2.0, np.nan]))
        bright = colors[:5] @ (0.2126, 0.7152, 0.0722)
        assert (np.diff(bright) >= 0).all() and colors.min() >= 0 and colors.max() <= 1
    shares = class_shares(CoverageMap(0, 0, 1, np.array([[0.1, 0.6], [0.3, np.inf]])))
    assert shares == (0.5, 0.25, 0.0, 0.25)


def test_the_glow_on_the_plan_is_the_strongest_of_each_column() -> None:
    voxels = np.array([(1.1, 2.1, 0.5, 27.0), (1.1, 2.1, 1.5, 6.0), (3.1, 2.1, 0.5, 9.0)], np.float32)
    image, floor = glow_image(voxels, 0.2)
    assert (image.width(), image.height()) == (round(floor.width() / 0.2), round(floor.height() / 0.2))

    def alpha(x: float, y: float) -> int:
        row = image.height() - 1 - int((y - floor.top()) / 0.2)
        return image.pixelColor(int((x - floor.left()) / 0.2), row).alpha()

    assert alpha(1.1, 2.1) == 190 and 0 < alpha(3.1, 2.1) < 190 and alpha(2.1, 2.1) == 0


def test_words() -> None:
    assert [confidence_word(c) for c in (0.95, 0.8, 0.5, 0.1)] == ["very sure", "sure", "fairly sure", "unsure"]
    assert spread_text(floor_ellipse((0, 0, 0), ((0.04, 0, 0), (0, 0.04, 0), (0, 0, 1)))) == "± 0.3 m"
    assert spread_text(floor_ellipse((0, 0, 0), ((1.0, 0, 0), (0, 0.04, 0), (0, 0, 1)))) == "± 0.3 × 1.5 m"
    assert nice_length_m(50) == 1 and nice_length_m(5) == 10 and nice_length_m(400) == 0.2


# names


def label(key: str, x: float, y: float, must: bool = True) -> Label:
    return Label(key, QPointF(x, y), QSizeF(80, 20), must)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300), st.booleans()), max_size=12))
def test_names_never_cover_each_other_unless_there_is_no_room(places: list[tuple[float, float, bool]]) -> None:
    screen = QRectF(0, 0, 2000, 2000)
    labels = [label(str(n), x + 800, y + 800, must) for n, (x, y, must) in enumerate(places)]
    placed = place_labels(labels, screen)
    shown = {each.key for each in placed}
    assert all(each.key in shown for each in labels if each.must)
    optional = {each.key for each in labels if not each.must}
    for n, one in enumerate(placed):
        for other in placed[n + 1 :]:
            if one.key in optional or other.key in optional or len(places) <= 6:
                assert not one.area.intersects(other.area)


def test_names_stay_on_the_screen_and_what_is_off_it_has_none() -> None:
    placed = place_labels([label("a", 2, 2), label("b", 900, 5)], QRectF(0, 0, 300, 200))
    assert [each.key for each in placed] == ["a"] and QRectF(0, 0, 300, 200).contains(placed[0].area)


def test_names_leave_free_what_has_to_be_read() -> None:
    legend = QRectF(0, 120, 200, 80)
    placed = place_labels([label("a", 60, 112, must=False), label("b", 60, 130, must=False)], QRectF(0, 0, 300, 200), (legend,))
    assert placed and not any(each.area.intersects(legend) for each in placed)
