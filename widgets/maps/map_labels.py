"""Words on a map: on plates, and beside what they name, where they lie over no other and over no mark."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from widgets.theme import color, font

_PAD_X, _PAD_Y, _GAP = 5.0, 2.0, 2.0


@dataclass(frozen=True, slots=True)
class MapLabel:
    """`around`: what it names. `lines`: words, and the role of their colour. `above`: rather than below, where both are free."""

    around: QRectF
    lines: tuple[tuple[str, str], ...]
    above: bool = False


def draw_labels(painter: QPainter, labels: Iterable[MapLabel], taken: Iterable[QRectF], area: QRectF) -> tuple[QRectF, ...]:
    """The first labels choose first. `taken`: marks and other things that are not to be covered. Gives where they stand."""
    lying = [box for box in taken if box.intersects(area)]
    metrics, made = QFontMetricsF(_letters()), list[QRectF]()
    for label in labels:
        plate = _free_place(label, _size_of(label, metrics), lying, area)
        if plate is not None:
            lying.append(plate)
            made.append(plate)
            _draw_label(painter, label, plate, metrics)
    return tuple(made)


def draw_label(painter: QPainter, at: QPointF, text: str, centred: bool = False, right: bool = False, role: str = "secondary") -> None:
    """On a plate, its baseline at `at`, whatever lies there."""
    letters = _letters()
    metrics = QFontMetricsF(letters)
    wide = metrics.horizontalAdvance(text)
    left = at.x() - (wide / 2 if centred else wide if right else 0)
    _draw_plate(painter, QRectF(left - _PAD_X, at.y() - metrics.ascent() - _PAD_Y, wide + 2 * _PAD_X, metrics.height() + 2 * _PAD_Y))
    painter.setFont(letters)
    painter.setPen(color(role))
    painter.drawText(QPointF(left, at.y()), text)


def draw_figure(painter: QPainter, at: QPointF, text: str) -> None:
    """The number of a line of the grid, its baseline at `at`: on the ground of the map, so that no other line goes through it."""
    painter.setFont(font("secondary"))
    metrics = QFontMetricsF(painter.font())
    _draw_plate(painter, QRectF(at.x() - 2, at.y() - metrics.ascent(), metrics.horizontalAdvance(text) + 4, metrics.height()))
    painter.setPen(color("secondary"))
    painter.drawText(at, text)


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
    """The first where it covers nothing, otherwise where it covers least; None where what it names is off the screen."""
    if not label.around.intersects(area):
        return None
    places = list(_label_rects(label, *size))
    inside = [place for place in places if area.contains(place)] or places
    free = next((place for place in inside if not any(place.intersects(box) for box in lying)), None)
    return free or min(inside, key=lambda place: sum(_shared(place, box) for box in lying))


def _label_rects(label: MapLabel, wide: float, high: float) -> Iterator[QRectF]:
    box, middle = label.around, label.around.center()
    below = QRectF(middle.x() - wide / 2, box.bottom() + _GAP, wide, high)
    above = QRectF(middle.x() - wide / 2, box.top() - _GAP - high, wide, high)
    yield from (above, below) if label.above else (below, above)
    for top in (middle.y() - high / 2, box.top() - high, box.bottom()):
        yield QRectF(box.right() + _GAP, top, wide, high)
        yield QRectF(box.left() - _GAP - wide, top, wide, high)


def _shared(one: QRectF, other: QRectF) -> float:
    both = one.intersected(other)
    return max(0.0, both.width()) * max(0.0, both.height())


def _draw_label(painter: QPainter, label: MapLabel, plate: QRectF, metrics: QFontMetricsF) -> None:
    _draw_plate(painter, plate)
    painter.setFont(_letters())
    line = QRectF(plate.left(), plate.top() + _PAD_Y, plate.width(), metrics.height())
    for text, role in label.lines:
        painter.setPen(color(role))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
        line.translate(0, metrics.height())


def _draw_plate(painter: QPainter, plate: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(see_through())
    painter.drawRoundedRect(plate, 4, 4)
