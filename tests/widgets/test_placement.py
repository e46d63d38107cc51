import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QRegion

from widgets.wall.arrangement.placement import placement
from widgets.wall.viewport import Viewport

AREA = QRect(320, 180, 318, 179)
FRAME = QSizeF(640, 360)


def placed(image: QSize, ratio: float = 1.0, zoom: float = 1.0):
    return placement(Viewport(zoom).picture_rect(QRectF(AREA), FRAME), FRAME, image, AREA, ratio)


def test_picture_of_nearly_the_wanted_size_lies_pixel_on_pixel_between_bars():
    found = placed(QSize(316, 178))
    assert found.corner == QPoint(321, 180)
    assert found.seen == QRectF(321, 180, 316, 178)
    covered = QRegion(QRect(found.corner, QSize(316, 178)))
    bars = QRegion()
    for bar in found.bars:
        bars += bar
    assert covered + bars == QRegion(AREA) and (covered & bars).isEmpty()


@pytest.mark.parametrize(("image", "ratio"), [(QSize(160, 90), 1.0), (QSize(640, 360), 1.0), (QSize(636, 358), 2.0)])
def test_other_sizes_are_scaled_into_the_same_place(image, ratio):
    found = placed(image, ratio)
    assert found.corner is None
    assert found.source == QRectF(0, 0, image.width(), image.height())
    assert abs(found.seen.width() - 318) <= 2 and abs(found.seen.center().x() - QRectF(AREA).center().x()) <= 1


def test_zoomed_picture_shows_a_part_and_leaves_no_bar():
    found = placed(QSize(316, 178), zoom=4.0)
    assert found.bars == () and found.seen == QRectF(AREA)
    assert found.source.width() == pytest.approx(79, abs=1) and found.source.center().x() == pytest.approx(158, abs=1)


@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_boxes_lie_on_the_picture(zoom):
    found = placed(QSize(316, 178), zoom=zoom)
    assert found.to_tile.map(QPointF(0, 0)) == found.whole.topLeft()
    corner = found.to_tile.map(QPointF(640, 360)) - QPointF(found.whole.right(), found.whole.bottom())
    assert corner.manhattanLength() < 1e-6
