"""The solid part of the 3D view, with pyqtgraph's OpenGL items: floor, coverage, zones, walls, glow, pillars, ellipsoids, view cones."""

from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from OpenGL import GL
from pyqtgraph.opengl import GLLinePlotItem, GLMeshItem, GLScatterPlotItem, MeshData
from pyqtgraph.opengl.GLViewWidget import GLViewMixin
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QColor, QImage, QMatrix4x4, QOpenGLContext

from engine.model.geometry import Floats
from widgets.look import look_number
from widgets.space.gl_target import GlContext, GlPicture
from widgets.space.marks import HEAD_M, LYING_M, Marks
from widgets.space.projection import Orbit, OrbitProjection
from widgets.space.ramps import CLASS_ALPHA, CLASS_COLORS, accuracy_class, glow_shares, viridis
from widgets.space.scene import CoverageMap, Highlight, Layers, PersonMark, SpaceScene
from widgets.space.shapes import Points, box_edges, cylinder, ellipsoid_wires, grid_lines, rectangle, upright, view_cone
from widgets.theme import color, edge_color
from widgets.tokens import load_tokens

_GLOW_SIZE = 2.1  # of a cell: neighbours melt together
_GLOW_MOST = 0.08  # alpha of the strongest voxel
_GLOW_SUM = 1.6  # of all that lie behind each other
_PILLAR_M = 0.16
_FAR_SHARE = 20.0
_SOLID = {GL.GL_DEPTH_TEST: True, GL.GL_BLEND: False, GL.GL_CULL_FACE: False, "glDepthMask": (True,)}
_BLENDED = {
    GL.GL_DEPTH_TEST: True,
    GL.GL_BLEND: True,
    GL.GL_CULL_FACE: False,
    "glDepthMask": (False,),
    "glBlendFuncSeparate": (GL.GL_SRC_ALPHA, GL.GL_ONE_MINUS_SRC_ALPHA, GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA),
}
_STANDING = {**_BLENDED, "glDepthMask": (True,)}
_GLOWING = {
    GL.GL_DEPTH_TEST: False,
    GL.GL_BLEND: True,
    GL.GL_CULL_FACE: False,
    "glDepthMask": (False,),
    "glBlendFuncSeparate": (GL.GL_SRC_ALPHA, GL.GL_ONE, GL.GL_ZERO, GL.GL_ONE),
}
_SEEN_THROUGH = {**_BLENDED, GL.GL_DEPTH_TEST: False}
Rgba = tuple[float, float, float, float]

T = TypeVar("T", GLMeshItem, GLLinePlotItem)


class GlDrawing(GLViewMixin, QObject):
    """Draws one scene into images. Not a widget: pyqtgraph's view asks for a size, a context and a redraw only. Main thread."""

    def __init__(self, context: GlContext, parent: QObject | None = None) -> None:
        self._context = context
        self._size = QSize(1, 1)
        self._projection = OrbitProjection(Orbit(), 1, 1)
        super().__init__(parent)
        self._picture = GlPicture(context)
        self._shown: tuple[object, ...] = ()
        self._items = _Items(self)
        self.setBackgroundColor(color("window"))
        if context.make_current():
            self.initializeGL()
            context.release()

    # what pyqtgraph's mixin asks of a widget

    def width(self) -> int:
        return self._size.width()

    def height(self) -> int:
        return self._size.height()

    def isValid(self) -> bool:
        return False  # items are initialised together, in a current context

    def context(self) -> QOpenGLContext:
        return self._context.context

    def update(self) -> None:
        """The widget around it decides when to draw."""

    def viewMatrix(self) -> QMatrix4x4:
        return QMatrix4x4(*self._projection._view.reshape(-1).tolist())

    def projectionMatrix(self, region: object, viewport: object) -> QMatrix4x4:
        orbit, matrix = self._projection.orbit, QMatrix4x4()
        near = self._projection.near_m
        right = near * np.tan(np.radians(orbit.fov) / 2)
        top = right * self._size.height() / max(1, self._size.width())
        matrix.frustum(-right, right, -top, top, near, orbit.distance_m * _FAR_SHARE)
        return matrix

    # drawing

    def begin_drawing(self, marks: Marks, orbit: Orbit, pixels: QSize) -> bool:
        """Have the scene drawn as the camera sees it, in device pixels, without waiting for it; False where OpenGL was lost."""
        self._size, self._projection = pixels, OrbitProjection(orbit, pixels.width(), pixels.height())
        self.opts["fov"] = orbit.fov  # pyright: ignore[reportArgumentType]  # pyqtgraph is not typed: its first values are taken for the types
        self.setBackgroundColor(color("window"))
        self._items.show(marks)
        return self._picture.begin_drawing(pixels, self._paint_all)

    def image(self) -> QImage:
        """What was begun last, as soon as it is done; null where OpenGL was lost."""
        return self._picture.image()

    def _paint_all(self) -> None:
        GL.glDepthMask(True)
        self.paintGL()
        GL.glDepthMask(True)

    def close(self) -> None:
        self._picture.close()


class _Items:
    """One item for each layer; each is filled again only when what it shows has changed."""

    def __init__(self, view: GlDrawing) -> None:
        self._view = view
        self._last: dict[str, tuple[object, ...]] = {}
        self.ground = self._mesh(_SOLID, 0)
        self.grid = self._lines(_BLENDED, 1)
        self.coverage = self._mesh(_BLENDED, 2)
        self.zones = self._mesh(_BLENDED, 3)
        self.edges = self._lines(_BLENDED, 4)
        self.walls = self._mesh(_BLENDED, 5)
        self.cones = self._lines(_BLENDED, 6)
        self.glow = GLScatterPlotItem(pxMode=False, pos=np.zeros((0, 3)))
        self.glow.setGLOptions(_GLOWING)
        self.glow.setDepthValue(7)
        view.addItem(self.glow)
        self.pillars = self._mesh(_STANDING, 8)  # after the glow, which would wash their colour out
        self.zones_of_links = self._lines(_SEEN_THROUGH, 9)
        self.pointed = self._lines(_SEEN_THROUGH, 10)

    def _mesh(self, options: dict[object, object], order: int) -> GLMeshItem:
        item = GLMeshItem(meshdata=MeshData(vertexes=np.zeros((0, 3, 3))), computeNormals=False)
        return self._add_item(item, options, order)

    def _lines(self, options: dict[object, object], order: int) -> GLLinePlotItem:
        return self._add_item(GLLinePlotItem(mode="lines", antialias=False, pos=np.zeros((0, 3))), options, order)

    def _add_item(self, item: T, options: dict[object, object], order: int) -> T:
        item.setGLOptions(options)
        item.setDepthValue(order)
        self._view.addItem(item)
        return item

    def show(self, marks: Marks) -> None:
        scene, layers = marks.scene, marks.layers
        if self._has_changed("ground", scene.bounds):
            _fill_mesh(self.ground, *_ground(scene))
        if self._has_changed("grid", scene.bounds, layers.floor):
            _draw_lines(self.grid, *_grid(scene, layers))
        if self._has_changed("coverage", scene.coverage, layers.coverage, scene.bounds.z0):
            _fill_mesh(self.coverage, *_coverage(scene.coverage if layers.coverage else None, scene.bounds.z0))
        if self._has_changed("zones", scene.zones, scene.bounds.z0, layers.zones, layers.coverage, scene.coverage is None):
            _fill_mesh(self.zones, *_zones(scene, layers))
        if self._has_changed("edges", scene.zones, scene.walls, scene.portals, scene.bounds, layers.zones, layers.floor):
            _draw_lines(self.edges, *_edges(scene, layers))
        if self._has_changed("walls", scene.walls, scene.bounds.z0, layers.floor):
            _fill_mesh(self.walls, *_walls(scene, layers))
        if self._has_changed("pillars", scene.people, scene.bounds.z0):
            _fill_mesh(self.pillars, *_pillars(scene.people_with_place, scene.bounds.z0))
        if self._has_changed("cones", scene.cameras, layers.cameras):
            _draw_lines(self.cones, *_cones(scene, layers))
        if self._has_changed("glow", scene.voxels, layers.glow):
            self._show_glow(scene.voxels if layers.glow else scene.voxels[:0], scene.cell_m)
        if self._has_changed("highlight", marks.highlight):
            _draw_lines(self.zones_of_links, *_ellipsoids(marks.highlight, pointed=False))
            _draw_lines(self.pointed, *_ellipsoids(marks.highlight, pointed=True))

    def _has_changed(self, part: str, *values: object) -> bool:
        """Compared by identity first: values of one settings version are the same objects."""
        values = (*values, look_number())
        before = self._last.get(part)
        if before is not None and all(a is b or (not isinstance(a, np.ndarray) and a == b) for a, b in zip(before, values, strict=True)):
            return False
        self._last[part] = values
        return True

    def _show_glow(self, voxels: Floats, cell_m: float) -> None:
        share = glow_shares(voxels[:, 3])
        self.glow.setGLOptions(_SEEN_THROUGH if load_tokens().light else _GLOWING)
        layers = _GLOW_SIZE**2 * max(1.0, float(share.sum())) ** (1 / 3)  # about so many lie behind each other
        alpha = min(_GLOW_MOST, _GLOW_SUM / layers)
        tint = np.column_stack([viridis(0.2 + 0.8 * share), alpha * share])
        self.glow.setData(pos=voxels[:, :3], color=tint.astype(np.float32), size=_GLOW_SIZE * cell_m)
        self.glow.setVisible(len(voxels) > 0)


def _rgba(tint: QColor | str, alpha: float) -> Rgba:
    known = QColor(tint)
    return known.redF(), known.greenF(), known.blueF(), alpha


Mesh = tuple[Points, npt.NDArray[np.floating]]


def _combined_mesh(parts: list[tuple[Points, Rgba]], corners: int) -> Mesh:
    """Triangles (T, 3, 3) or line ends (N, 3) with one colour for each part, given for every corner."""
    if not parts:
        return np.zeros((0, 3, 3) if corners == 3 else (0, 3)), np.zeros((0, 4))
    places = np.concatenate([part for part, _ in parts])
    tints = np.concatenate([np.tile(np.array(tint), (len(part) * (3 if corners == 3 else 1), 1)) for part, tint in parts])
    return places, tints


def _fill_mesh(item: GLMeshItem, triangles: Points, tints: npt.NDArray[np.floating]) -> None:
    item.setVisible(len(triangles) > 0)
    if len(triangles):
        colors = tints.reshape(-1, 3, 4).astype(np.float32)
        item.setMeshData(meshdata=MeshData(vertexes=triangles.astype(np.float32), vertexColors=colors))


def _draw_lines(item: GLLinePlotItem, ends: Points, tints: npt.NDArray[np.floating]) -> None:
    item.setVisible(len(ends) > 0)
    if len(ends):
        item.setData(pos=ends, color=tints.astype(np.float32))


def _ground(scene: SpaceScene) -> Mesh:
    b = scene.bounds
    return _combined_mesh([(rectangle(b.x0, b.y0, b.x1, b.y1, b.z0 - 0.02), _rgba(color("panel"), 1.0))], 3)


def _grid(scene: SpaceScene, layers: Layers) -> Mesh:
    b = scene.bounds
    step = 1.0 if max(b.width, b.depth) <= 40 else 5.0
    parts = [(grid_lines(b.x0, b.y0, b.x1, b.y1, b.z0 - 0.01, step), _rgba(color("line"), 0.75))] if layers.floor else []
    parts.append((box_edges(b.x0, b.y0, b.z0, b.x1, b.y1, b.z0)[:8], _rgba(color("line_strong"), 0.9)))
    return _combined_mesh(parts, 1)


def _coverage(coverage: CoverageMap | None, z: float) -> Mesh:
    if coverage is None:
        return _combined_mesh([], 3)
    classes = accuracy_class(coverage.accuracy_m)
    parts: list[tuple[Points, Rgba]] = []
    for number, tint in enumerate(CLASS_COLORS):
        rows, columns = np.nonzero(classes == number)
        if len(rows):
            unit = rectangle(0.0, 0.0, coverage.cell_m, coverage.cell_m, z)
            corner = np.column_stack([coverage.x0 + columns * coverage.cell_m, coverage.y0 + rows * coverage.cell_m, np.zeros(len(rows))])
            parts.append(((unit[None] + corner[:, None, None, :]).reshape(-1, 3, 3), _rgba(tint, CLASS_ALPHA[number])))
    return _combined_mesh(parts, 3)


def _zones(scene: SpaceScene, layers: Layers) -> Mesh:
    marks = scene.zones if layers.zones else ()
    covered, z = layers.coverage and scene.coverage is not None, scene.bounds.z0 + 0.005
    return _combined_mesh([(rectangle(m.zone.x0, m.zone.y0, m.zone.x1, m.zone.y1, z), _rgba(m.color, m.fill(covered))) for m in marks], 3)


def _edges(scene: SpaceScene, layers: Layers) -> Mesh:
    z, parts = scene.bounds.z0, []
    for mark in scene.zones if layers.zones else ():
        zone = mark.zone
        parts.append((box_edges(zone.x0, zone.y0, z, zone.x1, zone.y1, z)[:8], _rgba(edge_color(mark.color), 0.9)))
    for wall in scene.walls if layers.floor else ():
        top = z + wall.height_m
        ring = [(*wall.a, z), (*wall.b, z), (*wall.b, top), (*wall.a, top)]
        parts.append((np.array([p for i in range(4) for p in (ring[i], ring[(i + 1) % 4])], np.float64), _rgba(color("line_strong"), 0.6)))
    for portal in scene.portals if layers.zones else ():
        top = z + portal.height_m
        frame = [(*portal.a, z), (*portal.a, top), (*portal.b, top), (*portal.b, z), (*portal.a, z)]
        parts.append((np.array([p for i in range(4) for p in (frame[i], frame[i + 1])], np.float64), _rgba(color("text"), 0.7)))
    return _combined_mesh(parts, 1)


def _walls(scene: SpaceScene, layers: Layers) -> Mesh:
    walls = scene.walls if layers.floor else ()
    tint = _rgba(color("line_strong"), 0.16)
    return _combined_mesh([(upright(wall.a, wall.b, scene.bounds.z0, scene.bounds.z0 + wall.height_m), tint) for wall in walls], 3)


@cache
def _pillar() -> tuple[Points, npt.NDArray[np.float64]]:
    """A pillar of radius and height 1 as triangles (T, 3, 3), and how bright each is (T, 1): lit from one side."""
    mantle = cylinder((0.0, 0.0, 0.0), 1.0, 1.0)
    third = len(mantle) // 3
    side = 0.62 + 0.30 * (0.5 + 0.5 * np.cos(np.linspace(0, 2 * np.pi, third, endpoint=False) + 0.9))
    return mantle, np.concatenate([side, side, np.full(third, 1.05)])[:, None]


def _pillars(people: tuple[PersonMark, ...], z: float) -> Mesh:
    mantle, bright = _pillar()
    places: list[Points] = []
    tints: list[npt.NDArray[np.floating]] = []
    for person in people:
        height, radius = (LYING_M, 2.6 * _PILLAR_M) if person.fallen else (HEAD_M, _PILLAR_M)
        tint = color("critical") if person.fallen else QColor(person.color)
        shaded = np.clip(np.array([tint.redF(), tint.greenF(), tint.blueF()]) * bright, 0, 1)
        places.append(mantle * (radius, radius, height) + (person.position[0], person.position[1], z))
        tints.append(np.column_stack([shaded, np.full(len(shaded), 0.5 if person.coasting else 0.92)]))
    if not places:
        return _combined_mesh([], 3)
    return np.concatenate(places), np.repeat(np.concatenate(tints), 3, axis=0)


def _cones(scene: SpaceScene, layers: Layers) -> Mesh:
    cameras = scene.cameras if layers.cameras else ()
    return _combined_mesh([(view_cone(mark.pose), _rgba(color("accent"), 0.5)) for mark in cameras], 1)


def _ellipsoids(highlight: Highlight, pointed: bool) -> Mesh:
    zones = [zone for zone in highlight.zones if (zone.link == highlight.link) == pointed]
    alpha = 0.9 if pointed else (0.06 if highlight.link else 0.16)
    return _combined_mesh([(ellipsoid_wires(zone), _rgba(color("accent"), alpha)) for zone in zones], 1)
