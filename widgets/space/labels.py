"""Where names stand so that none covers another. Pure but for Qt's rectangles."""

from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.model.value_class import dataclass

_GAP = 3.0
_STEPS = 7


@dataclass(frozen=True, slots=True)
class Label:
    """A name of this size for what is at `anchor`. `must`: shown in any case, if need be further away; others give way.

    `led`: may stand further away too, at the end of a line, but gives way where even that has no room.
    """

    key: str
    anchor: QPointF
    size: QSizeF
    must: bool = False
    lift: float = 10.0  # pixels between the anchor and the name
    led: bool = False


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    key: str
    area: QRectF
    anchor: QPointF
    apart: bool  # so far off that a line should lead to it


def place_labels(labels: list[Label], screen: QRectF, kept_free: tuple[QRectF, ...] = ()) -> list[PlacedLabel]:
    """The first ones come first: order is importance. Names stay on the screen, off `kept_free`; what is not on it gets none."""
    taken = list(kept_free)
    placed: list[PlacedLabel] = []
    for label in labels:
        if not screen.contains(label.anchor):
            continue
        area = next((spot for spot in _spots(label) if _free(spot, screen, taken)), None)
        if area is None and label.must:
            area = _onto(_spots(label)[0], screen)
        if area is not None:
            taken.append(area.adjusted(-_GAP, -_GAP, _GAP, _GAP))
            placed.append(PlacedLabel(label.key, area, label.anchor, _distance(area, label.anchor) > label.lift + 12))
    return placed


def _spots(label: Label) -> list[QRectF]:
    """Above, right, left, below; a name that must be shown also further up and down."""
    x, y, w, h = label.anchor.x(), label.anchor.y(), label.size.width(), label.size.height()
    near = [
        QRectF(x - w / 2, y - label.lift - h, w, h),
        QRectF(x + label.lift, y - h / 2, w, h),
        QRectF(x - label.lift - w, y - h / 2, w, h),
        QRectF(x - w / 2, y + label.lift, w, h),
    ]
    if not label.must and not label.led:
        return near
    far = [near[0].translated(0, -(h + _GAP) * step) for step in range(1, _STEPS)]
    aside = [spot.translated(side * (w / 2 + 8), 0) for spot in far for side in (1, -1)]
    return [*near, *far, *aside, *(near[3].translated(0, (h + _GAP) * step) for step in range(1, _STEPS))]


def _free(spot: QRectF, screen: QRectF, taken: list[QRectF]) -> bool:
    return screen.contains(spot) and not any(spot.intersects(other) for other in taken)


def _onto(spot: QRectF, screen: QRectF) -> QRectF:
    x = min(max(spot.x(), screen.left()), max(screen.left(), screen.right() - spot.width()))
    y = min(max(spot.y(), screen.top()), max(screen.top(), screen.bottom() - spot.height()))
    return QRectF(x, y, spot.width(), spot.height())


def _distance(area: QRectF, point: QPointF) -> float:
    dx = max(area.left() - point.x(), 0.0, point.x() - area.right())
    dy = max(area.top() - point.y(), 0.0, point.y() - area.bottom())
    return (dx * dx + dy * dy) ** 0.5
