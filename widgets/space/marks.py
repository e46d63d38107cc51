"""What lies over the floor in both views: links, trails, uncertainty, nodes, people and names, painted crisply over any projection."""

from dataclasses import field

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from engine.model.site import Position
from engine.model.value_class import dataclass
from widgets.look import by_look
from widgets.marks.status_chip import LEVELS
from widgets.plates import Plates, PlateSpec, plate_width
from widgets.shapes import draw_shape
from widgets.space.labels import Label, PlacedLabel, place_labels
from widgets.space.projection import Projection
from widgets.space.ramps import cividis, link_strength
from widgets.space.scene import Highlight, Layers, NodeMark, PersonMark, SenseMark, SpaceScene
from widgets.space.shapes import Points, ellipse_outline
from widgets.space.words import percent_text
from widgets.space.zone_counts import people_text
from widgets.theme import color, edge_color, shape_color
from widgets.translation import tr

HEAD_M = 1.75
LYING_M = 0.35
_NAME_WIDTH = 190
_STATE_WIDTH = 60  # more, where a state stands behind the name
_NODE = 5.5
_BODY_PX = 10.0
_CAMERA = 7.0
_LOSS = 3.5


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything that decides how the marks look."""

    scene: SpaceScene
    layers: Layers
    highlight: Highlight
    selected: str = ""
    hovered: str = ""
    chosen_node: str = ""
    solid: bool = False  # people already stand there as pillars; otherwise they are drawn as discs


@dataclass
class MarkPainter:
    """Keeps drawn name plates. Main thread only."""

    plates: Plates = field(default_factory=Plates)

    def paint(
        self, painter: QPainter, marks: Marks, projection: Projection, screen: QRectF, ratio: float, kept_free: tuple[QRectF, ...] = ()
    ) -> None:
        """`kept_free`: where no name stands."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if marks.layers.links:
            _paint_links(painter, marks, projection)
        if marks.layers.trails:
            for person in marks.scene.people_with_place:
                _paint_trail(painter, person, marks.scene.bounds.z0, projection)
        for person in marks.scene.people:
            if marks.layers.uncertainty or not person.has_place:
                _paint_spread(painter, person, person.blob_id == marks.selected, marks.scene.bounds.z0, projection)
        if marks.layers.blobs:
            for blob in marks.scene.blobs:
                _paint_blob(painter, blob, marks.scene.bounds.z0, projection)
        if marks.layers.nodes:
            for node in marks.scene.nodes:
                _paint_node(painter, node, node.mac == marks.chosen_node, marks.scene.bounds.z0, projection)
        if marks.layers.performance:
            _paint_losses(painter, marks.scene, projection)
            for sense in marks.scene.senses:
                _paint_sense(painter, sense, projection)
        for person in marks.scene.people_with_place:
            _paint_person(painter, person, marks, projection)
        self._paint_names(painter, marks, projection, screen, ratio, kept_free)

    def _paint_names(
        self, painter: QPainter, marks: Marks, projection: Projection, screen: QRectF, ratio: float, kept_free: tuple[QRectF, ...]
    ) -> None:
        specs: dict[str, PlateSpec] = {}
        labels: list[Label] = []
        for key, place, spec, must in _name_plates(marks):
            anchor = _point(projection, place)
            if anchor is not None:
                plate = self.plates.get(spec, ratio)
                specs[key] = spec
                size = QSizeF(plate_width(plate), spec.height)
                labels.append(Label(key, anchor, size, must, 8.0 if must else _NODE + 3, led=key.startswith("z")))
        bodies = tuple(
            body for person in marks.scene.people_with_place if (body := _body(person, marks.scene.bounds.z0, projection)) is not None
        )
        cameras = _cameras(marks, projection)
        shown = place_labels(labels, screen.adjusted(4, 4, -4, -4), (*kept_free, *bodies, *cameras))
        for placed in shown:
            _paint_leader(painter, placed)
        for placed in shown:  # above all lines, so that none runs through a name
            painter.drawPixmap(placed.area.topLeft(), self.plates.get(specs[placed.key], ratio))


def head_of(person: PersonMark, floor_z: float) -> Position:
    """The top of somebody's pillar; of whoever has no place the middle of where they may be."""
    height = 0.0 if not person.has_place else LYING_M if person.fallen else HEAD_M
    return person.position[0], person.position[1], floor_z + height


def _name_plates(marks: Marks) -> list[tuple[str, Position, PlateSpec, bool]]:
    """Key, place, plate, whether it must be shown; the most important first."""
    scene, found = marks.scene, []
    for person in sorted(scene.people, key=lambda p: (p.blob_id != marks.selected, not p.fallen, -p.confidence)):
        chosen = person.blob_id == marks.selected
        spec = PlateSpec(
            person_label(person, chosen),
            "triangle" if person.fallen else "disc",
            person.color if not person.fallen else color("critical").name(),
            weight=QFont.Weight.DemiBold if chosen else QFont.Weight.Normal,
            outlined=chosen,
            max_width=_NAME_WIDTH + (40 if chosen else 0),
        )
        found.append((f"p{person.blob_id}", head_of(person, scene.bounds.z0), spec, True))
    if marks.layers.zones:
        for mark in scene.zones:
            zone = mark.zone
            name = f"{zone.name} · {people_text(mark)}" if mark.counted else zone.name
            spec = PlateSpec(name, "square", mark.color, "secondary", max_width=_NAME_WIDTH + _STATE_WIDTH, height=20)
            found.append((f"z{zone.id}", ((zone.x0 + zone.x1) / 2, zone.y0 + 0.25, scene.bounds.z0), spec, False))
    if marks.layers.nodes:
        for node in sorted(scene.nodes, key=lambda n: n.mac != marks.chosen_node):
            found.append((f"n{node.mac}", node.position, _node_plate(node), node.mac == marks.chosen_node))
    if marks.layers.performance:
        found += [(f"s{each.sensor_id}", each.position, _sense_plate(each), False) for each in scene.senses]
    if marks.layers.cameras and not (marks.layers.performance and scene.senses):
        found += [
            (f"c{c.pose.camera_id}", c.pose.position, PlateSpec(c.name, max_width=_NAME_WIDTH, text_color="secondary", height=20), False)
            for c in scene.cameras
        ]
    return found


def _cameras(marks: Marks, projection: Projection) -> tuple[QRectF, ...]:
    """Where their symbols are, which no name covers."""
    middles = [_point(projection, each.pose.position) for each in marks.scene.cameras] if marks.layers.cameras else []
    return tuple(QRectF(at.x() - _CAMERA, at.y() - _CAMERA, 2 * _CAMERA, 2 * _CAMERA) for at in middles if at is not None)


def person_label(person: PersonMark, chosen: bool) -> str:
    words = [person.name]
    if person.fallen:
        words.append(tr("fallen"))
    if not person.has_place:
        words.append(tr("in the ring"))
    elif person.coasting:
        words.append(tr("last seen here"))
    if chosen and person.confidence > 0:
        words.append(percent_text(person.confidence))
    return " · ".join(words)


def _node_plate(node: NodeMark) -> PlateSpec:
    if node.planned:
        return PlateSpec(tr("{0} · planned").format(node.name), max_width=_NAME_WIDTH, text_color="accent", height=20)
    text = node.name if node.online else tr("{0} · offline").format(node.name)
    return PlateSpec(text, max_width=_NAME_WIDTH + (0 if node.online else _STATE_WIDTH), text_color="secondary", height=20)


def _sense_plate(sense: SenseMark) -> PlateSpec:
    shape, role = LEVELS[sense.level]
    return PlateSpec(f"{sense.name} · {sense.text}", shape, shape_color(role).name(), max_width=_NAME_WIDTH + _STATE_WIDTH, height=20)


def _point(projection: Projection, place: Position) -> QPointF | None:
    pixels, before = projection.points(np.array([place], np.float64))
    return QPointF(float(pixels[0, 0]), float(pixels[0, 1])) if before[0] else None


def _path(pixels: Points) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in pixels.tolist()])


def _lines(segments: Points) -> list[QLineF]:
    return [QLineF(x0, y0, x1, y1) for x0, y0, x1, y1 in segments.tolist()]


@by_look
def link_pen(strength: float, moving: bool) -> QPen:
    """Quiet links are thin and faint, busy ones brighter; one that moves is thicker too, so that it is not told by colour alone."""
    red, green, blue = cividis(np.array([0.25 + 0.75 * strength]))[0].tolist()
    return QPen(QColor.fromRgbF(red, green, blue, 0.14 + 0.64 * strength), 2.0 if moving else 1.0)


def _paint_links(painter: QPainter, marks: Marks, projection: Projection) -> None:
    """Few pens for many links: the strength in steps of an eighth, the busiest on top."""
    groups: dict[tuple[bool, int], list[Position]] = {}
    for link in marks.scene.links:
        if link.link != marks.highlight.link:
            groups.setdefault((link.moving, round(8 * link_strength(link.activity))), []).extend((link.a, link.b))
    for (moving, eighths), ends in sorted(groups.items()):
        painter.setPen(link_pen(eighths / 8, moving))
        painter.drawLines(_lines(projection.segments(np.array(ends, np.float64))))
    pointed = [end for link in marks.scene.links if link.link == marks.highlight.link for end in (link.a, link.b)]
    if pointed:
        painter.setPen(QPen(color("accent"), 3.0))
        painter.drawLines(_lines(projection.segments(np.array(pointed, np.float64))))


def _paint_trail(painter: QPainter, person: PersonMark, z: float, projection: Projection) -> None:
    """Fades with age."""
    if len(person.trail) < 2:
        return
    way = np.array([(x, y, z + 0.01) for x, y in person.trail], np.float64)
    segments = projection.segments(np.repeat(way, 2, axis=0)[1:-1])
    tint = QColor(edge_color(person.color))
    bands = np.array_split(segments, min(6, len(segments)))
    for number, band in enumerate(bands, start=1):
        tint.setAlphaF(0.15 + 0.65 * number / len(bands))
        painter.setPen(QPen(tint, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(_lines(band))


def _paint_spread(painter: QPainter, person: PersonMark, chosen: bool, z: float, projection: Projection) -> None:
    pixels, before = projection.points(ellipse_outline(person.ellipse, z + 0.01))
    if not before.all():
        return
    tint = QColor(person.color)
    edge = QPen(edge_color(person.color), 2.0 if chosen else 1.2, Qt.PenStyle.DashLine if person.coasting else Qt.PenStyle.SolidLine)
    tint.setAlphaF(0.20 if chosen else 0.12)
    painter.setPen(edge)
    painter.setBrush(tint)
    painter.drawPolygon(_path(pixels))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_blob(painter: QPainter, blob: PersonMark, z: float, projection: Projection) -> None:
    """What radio alone says: a dashed ring and a cross, without a name."""
    pixels, before = projection.points(ellipse_outline(blob.ellipse, z + 0.01))
    middle = _point(projection, (blob.position[0], blob.position[1], z))
    if not before.all() or middle is None:
        return
    painter.setPen(QPen(color("secondary"), 1.4, Qt.PenStyle.DotLine))
    painter.drawPolygon(_path(pixels))
    painter.setPen(QPen(color("text"), 1.6))
    painter.drawLines([QLineF(middle + QPointF(-5, 0), middle + QPointF(5, 0)), QLineF(middle + QPointF(0, -5), middle + QPointF(0, 5))])


def _paint_node(painter: QPainter, node: NodeMark, chosen: bool, z: float, projection: Projection) -> None:
    """A diamond; hollow while it is offline or only planned. A thin line shows where it stands over the floor."""
    middle = _point(projection, node.position)
    if middle is None:
        return
    x, y, _ = node.position
    painter.setPen(QPen(color("line_strong"), 1.0, Qt.PenStyle.DotLine))
    painter.drawLines(_lines(projection.segments(np.array([node.position, (x, y, z)], np.float64))))
    size = _NODE + (2.5 if chosen else 0)
    tint = color("accent") if node.planned or chosen else color("text" if node.online else "secondary")
    painter.setPen(QPen(tint, 1.6))
    painter.setBrush(color("window") if node.planned or not node.online else tint)
    corners = ((0, -size), (size, 0), (0, size), (-size, 0))
    painter.drawPolygon(QPolygonF([middle + QPointF(dx, dy) for dx, dy in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_losses(painter: QPainter, scene: SpaceScene, projection: Projection) -> None:
    """Small crosses on a dark rim, so that they show on every ground; many at one place add up."""
    spots = [_point(projection, (x, y, scene.bounds.z0)) for x, y in scene.losses]
    ends = ((-_LOSS, -_LOSS, _LOSS, _LOSS), (-_LOSS, _LOSS, _LOSS, -_LOSS))
    lines = [QLineF(at.x() + x0, at.y() + y0, at.x() + x1, at.y() + y1) for at in spots if at is not None for x0, y0, x1, y1 in ends]
    for tint, width in ((color("window"), 4.0), (shape_color("high"), 1.8)):
        painter.setPen(QPen(tint, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(lines)


def _paint_sense(painter: QPainter, sense: SenseMark, projection: Projection) -> None:
    middle = _point(projection, sense.position)
    if middle is not None:
        shape, role = LEVELS[sense.level]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("window"))
        painter.drawEllipse(middle, _CAMERA + 2, _CAMERA + 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_shape(painter, shape, QRectF(middle.x() - 6, middle.y() - 6, 12, 12), shape_color(role))


def _paint_person(painter: QPainter, person: PersonMark, marks: Marks, projection: Projection) -> None:
    foot = _point(projection, (person.position[0], person.position[1], marks.scene.bounds.z0))
    head = _point(projection, head_of(person, marks.scene.bounds.z0))
    if foot is None or head is None:
        return
    chosen, hovered = person.blob_id == marks.selected, person.blob_id == marks.hovered
    if not marks.solid:
        _paint_disc(painter, person, foot, projection)
    if chosen or hovered:
        painter.setPen(QPen(color("accent" if chosen else "text"), 2.0))
        painter.drawPath(_capsule(foot, head, 12.0 if not marks.solid else 0.26 * projection.pixels_per_metre(person.position) + 4))


def _body(person: PersonMark, z: float, projection: Projection) -> QRectF | None:
    """Where somebody stands or lies on the picture: no name covers that."""
    foot, head = _point(projection, (person.position[0], person.position[1], z)), _point(projection, head_of(person, z))
    if foot is None or head is None:
        return None
    return QRectF(foot, head).normalized().adjusted(-_BODY_PX, 0, _BODY_PX, _BODY_PX)


def _paint_disc(painter: QPainter, person: PersonMark, middle: QPointF, projection: Projection) -> None:
    """A disc with a short line the way somebody walks; a cross while lying."""
    tint = color("critical") if person.fallen else QColor(person.color)
    painter.setPen(QPen(color("window"), 4.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, 7.0, 7.0)
    painter.setPen(QPen(edge_color(tint.name()), 1.0))
    painter.setBrush(tint)
    painter.drawEllipse(middle, 7.0, 7.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if person.fallen:
        painter.setPen(QPen(color("window"), 2.0))
        painter.drawLines(
            [QLineF(middle + QPointF(-3, -3), middle + QPointF(3, 3)), QLineF(middle + QPointF(-3, 3), middle + QPointF(3, -3))]
        )
        return
    (x, y, z), (vx, vy, vz) = person.position, person.velocity
    ahead = _point(projection, (x + 0.6 * vx, y + 0.6 * vy, z + 0.6 * vz))
    if ahead is not None and QLineF(middle, ahead).length() > 9:
        painter.setPen(QPen(edge_color(person.color), 2.0))
        painter.drawLine(middle, ahead)


def _capsule(foot: QPointF, head: QPointF, radius: float) -> QPainterPath:
    path = QPainterPath()
    left, right = min(foot.x(), head.x()) - radius, max(foot.x(), head.x()) + radius
    top, bottom = min(foot.y(), head.y()) - radius * 0.6, max(foot.y(), head.y()) + radius * 0.6
    bottom = max(bottom, top + 2 * radius)
    path.addRoundedRect(QRectF(QPointF(left, top), QPointF(right, bottom)), radius, radius)
    return path


def _paint_leader(painter: QPainter, placed: PlacedLabel) -> None:
    if placed.apart:
        painter.setPen(QPen(color("secondary"), 1.0))
        edge = placed.area.bottom() if placed.area.bottom() < placed.anchor.y() else placed.area.top()
        painter.drawLine(placed.anchor, QPointF(placed.area.center().x(), edge))
