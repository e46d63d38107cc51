"""Vector tiles as pictures in the colours of the screen: land use, water, buildings, roads, borders; and their names."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from engine.model.value_class import dataclass
from engine.runtime.maps.ground import STREET_NAMES, Ground, ground_of, road_of
from engine.runtime.maps.vector_tile import Feature, Points, Shape
from widgets.maps.base.world_drawing import coast_color, land_color, mixed, water_color
from widgets.theme import color

EDGE = 512  # pixels of a tile's picture
MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class NameInTile:
    """`x`, `y`: in shares of the tile."""

    text: str
    x: float
    y: float
    rank: int


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of the screen; taken on the UI thread, used on the thread that draws tiles."""

    fills: dict[Ground, QColor]
    lines: dict[Ground, tuple[QColor, float]]


_PLACES = {"place", "places", "place_labels"}
_PLACE_RANKS = {"country": 0, "state": 1, "region": 1, "city": 2, "locality": 2, "town": 3, "village": 4, "suburb": 5, "neighbourhood": 6}


def current_inks() -> Inks:
    """UI thread."""
    green = mixed(color("panel"), color("good"), 0.12)
    road, quiet = coast_color(), mixed(color("panel"), coast_color(), 0.55)
    fills = {
        Ground.LAND: land_color(),
        Ground.GREEN: green,
        Ground.WATER: water_color(),
        Ground.BUILDING: mixed(color("panel"), color("line"), 0.7),
    }
    lines = {
        Ground.STREAM: (mixed(water_color(), color("low"), 0.2), 1.5),
        Ground.PATH: (quiet, 1.0),
        Ground.STREET: (quiet, 2.0),
        Ground.MAIN_ROAD: (road, 3.0),
        Ground.MOTORWAY: (mixed(road, color("text"), 0.25), 4.0),
        Ground.RAIL: (mixed(quiet, color("secondary"), 0.4), 1.5),
        Ground.BORDER: (color("secondary"), 1.5),
    }
    return Inks(fills, lines)


def drawn_tile(found: Iterable[Feature], inks: Inks, part: tuple[float, float, float]) -> tuple[QImage, tuple[NameInTile, ...]]:
    """Any thread. `part`: the left and upper edge and the size of what is drawn, in shares of the tile; beyond the file's last zoom less
    than all of it."""
    known = [(ground_of(each), each) for each in found]
    picture = QImage(EDGE, EDGE, QImage.Format.Format_RGB32)
    picture.fill(inks.fills[Ground.LAND])
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for ground in Ground:
        _draw_ground(painter, ground, [each for is_of, each in known if is_of is ground], inks, part)
    painter.end()
    names = sorted((name for _, each in known if (name := _name(each, part)) is not None), key=lambda name: name.rank)
    return picture, tuple(names[:MOST_NAMES])


def _draw_ground(painter: QPainter, ground: Ground, shapes: list[Feature], inks: Inks, part: tuple[float, float, float]) -> None:
    fill, line = inks.fills.get(ground), inks.lines.get(ground)
    path = QPainterPath()
    for shape in shapes:
        for points in shape.parts:
            if len(points) > 1:
                path.addPolygon(_polygon(points, part))
                if shape.shape is Shape.POLYGON:
                    path.closeSubpath()
    if fill is not None:
        painter.fillPath(path, fill)
    elif line is not None:
        style = Qt.PenStyle.DashLine if ground in (Ground.RAIL, Ground.BORDER) else Qt.PenStyle.SolidLine
        painter.strokePath(path, QPen(line[0], line[1], style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))


def _polygon(points: Points, part: tuple[float, float, float]) -> QPolygonF:
    left, top, size = part
    x, y = ((points[:, 0] - left) / size * EDGE).tolist(), ((points[:, 1] - top) / size * EDGE).tolist()
    return QPolygonF([QPointF(across, down) for across, down in zip(x, y, strict=True)])


def _name(feature: Feature, part: tuple[float, float, float]) -> NameInTile | None:
    text = feature.tags.get("name")
    if not isinstance(text, str) or not text.strip():
        return None
    kind = str(feature.tags.get("class") or feature.tags.get("kind") or "")
    if feature.layer in _PLACES and feature.shape is Shape.POINT:
        return _within(text, feature.parts[0][0], _PLACE_RANKS.get(kind, 7), part)
    if feature.layer in STREET_NAMES and feature.shape is Shape.LINE:
        longest = max(feature.parts, key=len)
        rank = 10 if road_of(feature) in (Ground.MOTORWAY, Ground.MAIN_ROAD) else 11
        return _within(text, longest[len(longest) // 2], rank, part)
    return None


def _within(text: str, place: Points, rank: int, part: tuple[float, float, float]) -> NameInTile | None:
    """Names of what lies in the margin of a tile are those of its neighbour."""
    left, top, size = part
    x, y = (float(place[0]) - left) / size, (float(place[1]) - top) / size
    return NameInTile(" ".join(text.split())[:60], x, y, rank) if 0 <= x < 1 and 0 <= y < 1 else None
