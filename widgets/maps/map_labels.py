"""Words on a map: on plates, and beside what they name, where they lie over no other and over no mark."""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from engine.model.value_class import dataclass
from widgets.theme import color, font

_PAD_X, _PAD_Y, _GAP = 5.0, 2.0, 2.0


@dataclass(frozen=True, slots=True)
class MapLabel:
    """`around`: what it names. `lines`: words, and the role of their colour. `above`: rather than below, where both are free.

    `plain`: a name of the base map, without a plate. `dot`: where its town is marked, if the name finds a place.
    """

    around: QRectF
    lines: tuple[tuple[str, str], ...]
    above: bool = False
    plain: bool = False
    dot: QPointF | None = None


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    label: MapLabel
    plate: QRectF


def place_labels(labels: Iterable[MapLabel], taken: Iterable[QRectF], area: QRectF) -> tuple[PlacedLabel, ...]:
    """The first labels choose first; one that finds no free place is left out. `taken`: marks and all else that may not be covered."""
    lying = [box for box in taken if box.intersects(area)]
    metrics, made = QFontMetricsF(_letters()), list[PlacedLabel]()
    for label in labels:
        plate = _free_place(label, _size_of(label, metrics), lying, area)
        if plate is not None:
            lying.append(plate)
            made.append(PlacedLabel(label, plate))
    return tuple(made)


def draw_labels(painter: QPainter, labels: Iterable[MapLabel], taken: Iterable[QRectF], area: QRectF) -> tuple[QRectF, ...]:
    """Where they can stand without covering anything. Gives where they stand."""
    placed = place_labels(labels, taken, area)
    metrics = QFontMetricsF(_letters())
    for each in placed:
        _draw_label(painter, each.label, each.plate, metrics)
    return tuple(each.plate for each in placed)


def draw_label(painter: QPainter, at: QPointF, text: str, centred: bool = False, right: bool = False, role: str = "secondary") -> QRectF:
    """On a plate, its baseline at `at`, whatever lies there. Gives where it stands."""
    letters = _letters()
    metrics, size = QFontMetricsF(letters), label_size(text)
    wide = size.width() - 2 * _PAD_X
    left = at.x() - (wide / 2 if centred else wide if right else 0)
    plate = QRectF(QPointF(left - _PAD_X, at.y() - metrics.ascent() - _PAD_Y), size)
    _draw_plate(painter, plate)
    painter.setFont(letters)
    painter.setPen(color(role))
    painter.drawText(QPointF(left, at.y()), text)
    return plate


def label_size(text: str) -> QSizeF:
    """Of the plate that `draw_label` makes."""
    metrics = QFontMetricsF(_letters())
    return QSizeF(metrics.horizontalAdvance(text) + 2 * _PAD_X, metrics.height() + 2 * _PAD_Y)


def draw_figure(painter: QPainter, at: QPointF, text: str) -> QRectF:
    """The number of a line of the grid, its baseline at `at`: on a plate, so that no other line goes through it. Gives where it stands."""
    painter.setFont(font("secondary"))
    metrics = QFontMetricsF(painter.font())
    plate = QRectF(at.x() - 2, at.y() - metrics.ascent(), metrics.horizontalAdvance(text) + 4, metrics.height())
    _draw_plate(painter, plate)
    painter.setPen(color("secondary"))
    painter.drawText(at, text)
    return plate


def see_through() -> QColor:
    """The ground of words on a map."""
    plate = QColor(color("plate"))
    plate.setAlphaF(0.8)
    return plate


def _letters() -> QFont:
    return font("secondary", QFont.Weight.Medium)


def _size_of(label: MapLabel, metrics: QFontMetricsF) -> tuple[float, float]:
    wide = max(metrics.horizontalAdvance(text) for text, _ in label.lines)
    return wide + 2 * _PAD_X, metrics.height() * len(label.lines) + 2 * _PAD_Y


def _free_place(label: MapLabel, size: tuple[float, float], lying: list[QRectF], area: QRectF) -> QRectF | None:
    """The first on the map where it covers nothing; None where there is none, or what it names is off the screen."""
    if not label.around.intersects(area):
        return None
    inside = (place for place in _label_rects(label, *size) if area.contains(place))
    return next((place for place in inside if not any(place.intersects(box) for box in lying)), None)


def _label_rects(label: MapLabel, wide: float, high: float) -> Iterator[QRectF]:
    box, middle = label.around, label.around.center()
    below = QRectF(middle.x() - wide / 2, box.bottom() + _GAP, wide, high)
    above = QRectF(middle.x() - wide / 2, box.top() - _GAP - high, wide, high)
    yield from (above, below) if label.above else (below, above)
    for top in (middle.y() - high / 2, box.top() - high, box.bottom()):
        yield QRectF(box.right() + _GAP, top, wide, high)
        yield QRectF(box.left() - _GAP - wide, top, wide, high)


def _draw_label(painter: QPainter, label: MapLabel, plate: QRectF, metrics: QFontMetricsF) -> None:
    if not label.plain:
        _draw_plate(painter, plate)
    if label.dot is not None:
        painter.setPen(QPen(color("panel"), 1))
        painter.setBrush(color("secondary"))
        painter.drawEllipse(label.dot, 2.5, 2.5)
    painter.setFont(_letters())
    line = QRectF(plate.left(), plate.top() + _PAD_Y, plate.width(), metrics.height())
    for text, role in label.lines:
        if label.plain:
            _draw_halo(painter, line, text)
        painter.setPen(color(role))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
        line.translate(0, metrics.height())


def _draw_halo(painter: QPainter, line: QRectF, text: str) -> None:
    """So that a name without a plate stands out of lines and cells."""
    painter.setPen(color("panel"))
    for right, down in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(line.translated(right, down), Qt.AlignmentFlag.AlignCenter, text)


def _draw_plate(painter: QPainter, plate: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(see_through())
    painter.drawRoundedRect(plate, 4, 4)
