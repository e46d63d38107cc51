"""Where a picture lies in its tile. Worked out once per layout, not once per picture."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QRegion, QTransform

from engine.model.value_class import dataclass

_SLIVER = 2  # pixels that a picture may leave beside it and yet fill its tile
_NEAR = 4  # pixels by which the engine's pictures may be smaller than asked for


@dataclass(frozen=True, slots=True)
class Placement:
    """One picture in one tile, in the tile's coordinates.

    Attributes:
        whole: where the whole picture lies; more than the tile when zoomed.
        corner: its top left corner where it lies pixel on pixel, else None.
        seen: the part of `whole` in the tile. source: the same in the picture's pixels.
        bars: what the picture leaves free. edged: so much that one sees it.
        to_tile: maps pixels of the frame that boxes refer to.
    """

    whole: QRectF
    corner: QPoint | None
    seen: QRectF
    source: QRectF
    bars: tuple[QRect, ...]
    edged: bool
    to_tile: QTransform


def placement(wanted: QRectF, frame: QSizeF, image: QSize, area: QRect, ratio: float) -> Placement:
    """A picture of `image` pixels in the place `wanted`; one of nearly that size lies pixel on pixel: scaling costs five times more.

    Args:
        frame: size that boxes refer to. ratio: device pixels per unit.
    """
    whole = _unscaled(wanted, QSizeF(image) / ratio)
    seen = whole.intersected(QRectF(area))
    scale_x, scale_y = image.width() / whole.width(), image.height() / whole.height()
    corner = whole.topLeft().toPoint()
    bars = tuple(QRegion(area) - QRegion(_covered_pixels(whole)))  # pyright: ignore[reportArgumentType]  # regions iterate; the stubs do not know
    return Placement(
        whole=whole,
        corner=corner if ratio == 1.0 and whole == QRectF(QRect(corner, image)) else None,
        seen=seen,
        source=QTransform.fromScale(scale_x, scale_y).mapRect(seen.translated(-whole.topLeft())),
        bars=bars,
        edged=any(min(bar.width(), bar.height()) > _SLIVER for bar in bars),
        to_tile=QTransform.fromTranslate(whole.x(), whole.y()).scale(whole.width() / frame.width(), whole.height() / frame.height()),
    )


def _unscaled(wanted: QRectF, size: QSizeF) -> QRectF:
    if abs(size.width() - wanted.width()) > _NEAR or abs(size.height() - wanted.height()) > _NEAR:
        return wanted
    middle = wanted.center()
    return QRectF(round(middle.x() - size.width() / 2), round(middle.y() - size.height() / 2), size.width(), size.height())


def _covered_pixels(whole: QRectF) -> QRect:
    """The pixels that it covers entirely."""
    around = whole.toAlignedRect()
    left, top = around.left() < whole.left(), around.top() < whole.top()
    right, bottom = around.left() + around.width() > whole.right(), around.top() + around.height() > whole.bottom()
    return around.adjusted(int(left), int(top), -int(right), -int(bottom))
