"""Both views of the floor: what they draw, when they draw, choosing, following, keys; and a display without OpenGL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.model.radio.place import PLACE_M
from engine.model.radio.radio import no_voxels
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene
from widgets.space.build import scene_of
from widgets.space.canvas import SpaceCanvas
from widgets.space.floor3d import Floor3D
from widgets.space.gl_target import gl_context
from widgets.space.labels import Label, PlacedLabel, place_labels
from widgets.space.marks import person_label
from widgets.space.plan.nodes import NodePlan
from widgets.space.plan.plan import FloorPlan
from widgets.space.ramps import class_tints
from widgets.space.scene import CoverageMap, Highlight, Layers, SenseMark, SpaceScene
from widgets.space.views import solid_view
from widgets.theme import color

ROOT = Path(__file__).resolve().parents[2]
NOTHING = Layers(floor=False, zones=False, nodes=False, links=False, glow=False, trails=False, uncertainty=False)


@pytest.fixture
def engine() -> RadioEngine:
    return RadioEngine(radio_scene=RadioScene(walkers=WALKERS[:3]))


@pytest.fixture
def scene(engine: RadioEngine) -> SpaceScene:
    return scene_of(engine.snapshot)


def make_3d() -> SpaceCanvas:
    context = gl_context()
    if context is None:
        pytest.skip("this display has no OpenGL")
    return Floor3D(context)


@pytest.fixture(params=[make_3d, FloorPlan], ids=["3d", "plan"])
def view(request: pytest.FixtureRequest, scene: SpaceScene, qtbot: QtBot) -> SpaceCanvas:
    return shown(request.param(), scene, qtbot)


@pytest.fixture
def solid(scene: SpaceScene, qtbot: QtBot) -> Floor3D:
    made = make_3d()
    assert isinstance(made, Floor3D)
    shown(made, scene, qtbot)
    return made


def shown(view: SpaceCanvas, scene: SpaceScene, qtbot: QtBot) -> SpaceCanvas:
    qtbot.addWidget(view)
    view.resize(700, 520)
    view.set_scene(scene)
    view.show()
    qtbot.waitUntil(lambda: view.frames > 0)
    return view


def drawn(view: SpaceCanvas) -> np.ndarray:
    """What is on it, as (H, W, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, : image.width(), 2::-1].astype(int)


def foot_of(view: SpaceCanvas, blob_id: str) -> QPoint:
    person = view.scene.person_mark(blob_id)
    assert person is not None
    pixels, _ = view.projection().points(np.array([(person.position[0], person.position[1], 0.5)]))
    return QPoint(round(float(pixels[0, 0])), round(float(pixels[0, 1])))


def differs(one: np.ndarray, other: np.ndarray) -> int:
    return int((np.abs(one - other).max(axis=2) > 6).sum())


# what is drawn


@pytest.mark.parametrize(
    "layer", ["floor", "zones", "nodes", "links", "glow", "trails", "uncertainty", "coverage", "performance", "cameras"]
)
def test_every_layer_shows_and_hides(view: SpaceCanvas, scene: SpaceScene, layer: str) -> None:
    covered = CoverageMap(0, 0, 0.5, np.tile([0.2, 0.8, 1.5, np.inf], (16, 6)))
    sense = SenseMark("yard", "Yard", (1.0, 1.0, 2.4), "92 %", "good")
    view.set_scene(replace(scene, coverage=covered, senses=(sense,), losses=((3.0, 3.0), (5.0, 4.0))))
    view.has_legend = False
    view.set_layers(replace(NOTHING, cameras=False))
    without = drawn(view)
    view.set_layers(replace(NOTHING, **{layer: True}))
    assert differs(drawn(view), without) > 40
    view.set_layers(NOTHING)
    assert differs(drawn(view), without) == 0


def test_coverage_looks_as_its_legend_says_and_within_zones_too(view: SpaceCanvas, scene: SpaceScene) -> None:
    covered = CoverageMap(0, 0, 0.5, np.full((20, 20), 0.2))
    view.set_scene(replace(scene, coverage=covered, people=(), cameras=(), voxels=no_voxels()))
    view.has_legend = False
    view.set_layers(replace(NOTHING, coverage=True, zones=True))
    picture = drawn(view)
    good = QColor(class_tints(color("panel").name())[0])
    places = [(zone.x0 + 0.3 * (zone.x1 - zone.x0), zone.y0 + 0.7 * (zone.y1 - zone.y0), 0.0) for zone in (m.zone for m in scene.zones)]
    pixels, _ = view.projection().points(np.array(places, np.float64))
    assert len(pixels)
    for x, y in pixels.round().astype(int).tolist():
        assert picture[y, x] == pytest.approx([good.red(), good.green(), good.blue()], abs=3)


def test_the_name_of_a_zone_without_room_stands_aside_on_a_line() -> None:
    anchor, size, screen = QPointF(200, 150), QSizeF(80, 20), QRectF(0, 0, 400, 300)
    taken = (QRectF(100, 100, 200, 80),)  # above, beside and below it
    assert place_labels([Label("n", anchor, size)], screen, taken) == []
    (placed,) = place_labels([Label("z", anchor, size, led=True)], screen, taken)
    assert placed.apart and screen.contains(placed.area) and not placed.area.intersects(taken[0])


def test_names_keep_off_cameras_the_legend_the_scale_and_the_compass(
    view: SpaceCanvas, scene: SpaceScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[QRectF, ...]] = []

    def placing(labels: list[Label], screen: QRectF, kept_free: tuple[QRectF, ...] = ()) -> list[PlacedLabel]:
        asked.append(kept_free)
        return place_labels(labels, screen, kept_free)

    monkeypatch.setattr("widgets.space.marks.place_labels", placing)
    covered = CoverageMap(0, 0, 0.5, np.tile([0.2, 0.8, 1.5, np.inf], (16, 6)))
    view.set_scene(replace(scene, coverage=covered))
    view.set_layers(Layers(coverage=True, cameras=True))
    drawn(view)
    corners = QPointF(20, view.height() - 20), QPointF(view.width() - 30, view.height() - 20), QPointF(view.width() - 40, 44)
    pixels, _ = view.projection().points(np.array([mark.pose.position for mark in scene.cameras]))
    cameras = [QPointF(x, y) for x, y in pixels.tolist()]
    assert cameras and all(any(kept.contains(spot) for kept in asked[-1]) for spot in (*corners, *cameras))


def test_people_have_their_colours(view: SpaceCanvas, scene: SpaceScene) -> None:
    view.set_layers(NOTHING)
    bare = replace(scene, voxels=no_voxels(), people=())
    view.set_scene(bare)
    empty = drawn(view)
    view.set_scene(replace(bare, people=tuple(replace(p, name="") for p in scene.people)))
    with_people = drawn(view)
    assert differs(empty, with_people) > 150
    spot = foot_of(view, "blob-0")
    red, green, blue = with_people[spot.y(), spot.x()] if not isinstance(view, FloorPlan) else with_people[_middle(view, "blob-0")]
    hue = QColor(int(red), int(green), int(blue)).hue()
    assert abs(hue - QColor("#E69F00").hue()) < 15


def _middle(view: SpaceCanvas, blob_id: str) -> tuple[int, int]:
    spot = foot_of(view, blob_id)
    return spot.y(), spot.x() - 3


def test_the_pointed_link_and_its_ellipsoid_are_drawn(view: SpaceCanvas, engine: RadioEngine) -> None:
    why = engine.explain("blob-0")
    view.set_layers(NOTHING)
    before = drawn(view)
    view.set_highlight(Highlight(why.zones))
    faint = drawn(view)
    assert differs(faint, before) > 100
    view.set_highlight(Highlight(why.zones, why.zones[0].link))
    strong = drawn(view)
    brighter, fainter = (strong - faint).max(axis=2), (faint - strong).max(axis=2)
    assert (brighter > 30).sum() > 500, "the pointed one stands out"
    assert (fainter > 30).sum() > 500, "the others step back"
    view.set_highlight(Highlight())
    assert differs(drawn(view), before) == 0


def test_an_empty_floor_and_a_huge_one_are_drawn(view: SpaceCanvas) -> None:
    view.set_scene(SpaceScene())
    assert differs(drawn(view), np.zeros((520, 700, 3), int)) > 1000
    huge = SpaceScene()
    view.set_scene(replace(huge, bounds=replace(huge.bounds, x1=400.0, y1=300.0)))
    drawn(view)


def test_a_fallen_person_lies_and_says_so(view: SpaceCanvas, scene: SpaceScene) -> None:
    person = replace(scene.people[1], fallen=True)
    assert "fallen" in person_label(person, False)
    view.set_scene(replace(scene, people=(person,)))
    drawn(view)


def test_whoever_has_no_place_is_a_ring_and_no_point(view: SpaceCanvas, scene: SpaceScene) -> None:
    """As two nodes say it."""
    view.set_layers(NOTHING)
    bare = replace(scene, voxels=no_voxels(), people=())
    view.set_scene(bare)
    empty = drawn(view)
    person = replace(scene.people[0], name="", trail=(), velocity=(0.0, 0.0, 0.0))
    point = replace(person, ellipse=replace(person.ellipse, long_m=PLACE_M, short_m=1.0))
    ring = replace(person, ellipse=replace(person.ellipse, long_m=PLACE_M + 0.01, short_m=1.0))
    for shown, is_ring in ((point, False), (ring, True)):
        view.set_scene(replace(bare, people=(shown,)))
        changed = np.abs(empty - drawn(view)).max(axis=2) > 6
        assert ("in the ring" in person_label(shown, False)) is is_ring
        assert (int(changed.sum()) > 5000) is is_ring, "the ring is drawn although its layer is off"
    assert view.person_at(QPointF(foot_of(view, ring.blob_id))) == ring.blob_id, "and can be chosen"


# when it is drawn


def test_nothing_is_drawn_while_it_is_hidden(view: SpaceCanvas, scene: SpaceScene, qtbot: QtBot) -> None:
    view.hide()
    before = view.frames
    for _ in range(5):
        view.set_scene(replace(scene))
    assert not view._redraw_timer.isActive()
    qtbot.waitUntil(lambda: view.frames == before)
    view.show()
    qtbot.waitUntil(lambda: view.frames > before)


def test_many_scenes_make_few_pictures(view: SpaceCanvas, scene: SpaceScene, qtbot: QtBot) -> None:
    """However many scenes come before it is time to draw, one picture is drawn."""
    before = view.frames
    view.set_scene(scene)
    qtbot.waitUntil(lambda: view.frames > before)
    drawn_once = view.frames
    for _ in range(50):
        view.set_scene(replace(scene))
    assert view.frames == drawn_once and view._redraw_timer.isActive()
    qtbot.waitUntil(lambda: view.frames > drawn_once)
    assert view.frames == drawn_once + 1


# choosing, following


def test_a_click_chooses_and_beside_everybody_nobody(view: SpaceCanvas, qtbot: QtBot) -> None:
    chosen: list[str] = []
    view.person_chosen.connect(chosen.append)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=foot_of(view, "blob-1"))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(6, 6))
    assert chosen == ["blob-1", ""]


def test_a_drag_is_no_click_and_ends_following(view: SpaceCanvas, qtbot: QtBot) -> None:
    chosen: list[str] = []
    ended: list[bool] = []
    view.person_chosen.connect(chosen.append)
    view.following_ended.connect(lambda: ended.append(True))
    view.set_selected("blob-0")
    view.set_following(True)
    start = QPoint(350, 260)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, start)
    drag(view, start, start + QPoint(60, 30), Qt.KeyboardModifier.ShiftModifier)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, start + QPoint(60, 30))
    assert chosen == [] and ended == [True] and not view.following()


def drag(view: QWidget, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Move events with the left button held, as Qt would send them."""
    for share in (0.3, 0.7, 1.0):
        at = QPointF(start) + (QPointF(end) - QPointF(start)) * share
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(view.mapToGlobal(at.toPoint())), Qt.MouseButton.NoButton, left, modifiers)
        QApplication.sendEvent(view, event)


def test_following_keeps_the_person_in_the_middle(view: SpaceCanvas, engine: RadioEngine) -> None:
    view.set_selected("blob-0")
    view.set_following(True)
    for _ in range(30):
        engine.tick()
    view.set_scene(scene_of(engine.snapshot))
    person = view.scene.person_mark("blob-0")
    assert person is not None
    pixels, _ = view.projection().points(np.array([(person.position[0], person.position[1], 0.9)]))
    assert np.allclose(pixels[0], (350, 260), atol=1)


def test_following_somebody_who_goes_is_harmless(view: SpaceCanvas, scene: SpaceScene) -> None:
    view.set_selected("blob-0")
    view.set_following(True)
    view.set_scene(replace(scene, people=()))
    drawn(view)


def test_keys_zoom(view: SpaceCanvas, qtbot: QtBot) -> None:
    middle = (6.0, 4.0, 0.0)
    before = view.projection().pixels_per_metre(middle)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.projection().pixels_per_metre(middle) > before
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.projection().pixels_per_metre(middle) == pytest.approx(before, rel=1e-6)


def test_fit_shows_everything_again(view: SpaceCanvas, qtbot: QtBot) -> None:
    before = view.projection().pixels_per_metre((6.0, 4.0, 0.0))
    for _ in range(9):
        view.zoom_step(1)
    view.fit()
    frames = view.frames
    qtbot.waitUntil(lambda: view.frames > frames)
    assert view.projection().pixels_per_metre((6.0, 4.0, 0.0)) == pytest.approx(before, rel=1e-3)


def test_3d_turns_and_looks_from_above(solid: Floor3D, qtbot: QtBot) -> None:
    azimuth = solid.orbit.azimuth
    qtbot.keyClick(solid, Qt.Key.Key_Right)
    assert solid.orbit.azimuth > azimuth
    center = solid.orbit.center
    qtbot.keyClick(solid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert solid.orbit.center != center
    solid.top_view()
    assert (solid.orbit.azimuth, solid.orbit.elevation) == (-90, 90)
    qtbot.mousePress(solid, Qt.MouseButton.LeftButton, pos=QPoint(350, 260))
    drag(solid, QPoint(350, 260), QPoint(350, 160))
    assert solid.orbit.elevation < 90
    solid.orbit_view()
    assert solid.orbit.elevation == 44


def test_what_opengl_was_told_to_draw_is_fetched_later_and_names_belong_to_it(
    solid: Floor3D, engine: RadioEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    for what in ("begin_drawing", "image"):
        monkeypatch.setattr(
            solid._drawing, what, partial(lambda do, name, *a: (calls.append(name), do(*a))[1], getattr(solid._drawing, what), what)
        )
    solid.repaint()
    calls.clear()
    engine.publish()
    solid.set_scene(scene_of(engine.snapshot))
    solid._redraw()
    assert calls == ["begin_drawing"]
    told = solid.orbit
    solid.turn(40, 0)
    assert solid.orbit != told
    frames = solid.frames
    solid._fetch()
    assert calls == ["begin_drawing", "image"] and solid.frames == frames + 1 and solid._drawn[1] == told
    qtbot.waitUntil(lambda: solid._drawn[1] == solid.orbit)
    assert calls.count("begin_drawing") == calls.count("image") >= 2


def test_a_paint_between_shows_what_was_begun(solid: Floor3D) -> None:
    solid.repaint()
    before = drawn(solid)
    solid.turn(40, 0)
    solid._redraw()
    between = drawn(solid)
    solid.redraw_soon()
    assert differs(before, between) > 1000 and differs(drawn(solid), between) == 0


def test_two_views_and_one_after_them_share_the_context(scene: SpaceScene, qtbot: QtBot) -> None:
    """pyqtgraph keeps its shader programs per process: a second window must not be blank."""
    pictures = []
    for _ in range(3):
        view = shown(make_3d(), replace(scene, people=()), qtbot)
        pictures.append(drawn(view))
        view.close()
        view.deleteLater()
    assert differs(pictures[0], pictures[1]) == 0 == differs(pictures[0], pictures[2])
    assert len(np.unique(pictures[2].reshape(-1, 3), axis=0)) > 100


# nodes on the plan


@pytest.fixture
def node_plan(scene: SpaceScene, qtbot: QtBot) -> Iterator[NodePlan]:
    plan = NodePlan()
    shown(plan, replace(scene, people=()), qtbot)
    yield plan


def pixel(plan: NodePlan, x: float, y: float) -> QPoint:
    at = plan.projection().points(np.array([(x, y, 0.0)]))[0][0]
    return QPoint(round(float(at[0])), round(float(at[1])))


def test_nodes_are_chosen_dragged_and_set(node_plan: NodePlan, qtbot: QtBot) -> None:
    chosen: list[str] = []
    moved: list[tuple[str, float, float]] = []
    wanted: list[tuple[float, float]] = []
    node_plan.node_chosen.connect(chosen.append)
    node_plan.node_moved.connect(lambda *what: moved.append(what))
    node_plan.place_wanted.connect(lambda *where: wanted.append(where))
    ceiling = node_plan.scene.nodes[10]
    start = pixel(node_plan, *ceiling.position[:2])
    qtbot.mousePress(node_plan, Qt.MouseButton.LeftButton, pos=start)
    drag(node_plan, start, pixel(node_plan, 30.0, 5.0))
    assert chosen == [ceiling.mac]
    assert moved[-1] == (ceiling.mac, 12.0, pytest.approx(5.0, abs=0.05))  # not beyond the floor
    qtbot.mouseRelease(node_plan, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseDClick(node_plan, Qt.MouseButton.LeftButton, pos=pixel(node_plan, 6.0, 2.0))
    assert wanted == [(pytest.approx(6.0, abs=0.05), pytest.approx(2.0, abs=0.05))]


def test_nodes_by_keyboard(node_plan: NodePlan, qtbot: QtBot) -> None:
    moved: list[tuple[str, float, float]] = []
    removed: list[str] = []
    node_plan.node_moved.connect(lambda *what: moved.append(what))
    node_plan.removal_wanted.connect(removed.append)
    node = node_plan.scene.nodes[10]
    node_plan.set_chosen(node.mac)
    qtbot.keyClick(node_plan, Qt.Key.Key_Left)
    qtbot.keyClick(node_plan, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(node_plan, Qt.Key.Key_Delete)
    assert moved == [(node.mac, 4.5, 4.2), (node.mac, 4.6, 4.21)] and removed == [node.mac]


# no OpenGL


def test_no_opengl_is_no_3d_and_no_crash(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr("widgets.space.gl_target.gl_context", lambda: None)
    assert solid_view().view is None


def test_a_display_without_opengl_shows_the_plan() -> None:
    """In a process of its own, on Qt's platform without any display: asking for 3D gives None, and the plan is drawn."""
    script = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from widgets.space.views import solid_view
from widgets.space.plan.plan import FloorPlan
from tests.fakes.radio_scene import RadioEngine, RadioScene
from widgets.space.build import scene_of
print(app.platformName(), solid_view().view)
plan = FloorPlan()
plan.set_scene(scene_of(RadioEngine(radio_scene=RadioScene()).snapshot))
plan.resize(400, 300)
plan.show()
app.processEvents()
print(plan.grab().toImage().pixelColor(200, 150).name() != "#000000", plan.frames > 0)
"""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")} | {"QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.split() == ["offscreen", "None", "True", "True"]
