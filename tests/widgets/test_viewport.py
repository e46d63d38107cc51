import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from widgets.wall.viewport import MAX_ZOOM, Viewport

TILE = QRectF(10, 20, 400, 300)
WIDE = QSizeF(1280, 720)


def share_under(view: Viewport, point: QPointF) -> tuple[float, float]:
    placed = view.picture_rect(TILE, WIDE)
    return (point.x() - placed.x()) / placed.width(), (point.y() - placed.y()) / placed.height()


def test_whole_picture_keeps_its_aspect_and_is_centred():
    assert Viewport().picture_rect(TILE, WIDE) == QRectF(10, 20 + (300 - 225) / 2, 400, 225)


def test_tall_picture_is_fitted_by_height():
    placed = Viewport().picture_rect(TILE, QSizeF(720, 1280))
    assert (placed.height(), placed.top()) == (300, 20)
    assert placed.center().x() == pytest.approx(TILE.center().x())


def test_point_under_the_cursor_stays_there_while_zooming():
    point = QPointF(300, 170)
    before = share_under(Viewport(), point)
    zoomed = Viewport().zoomed(2.0, point, TILE, WIDE).zoomed(2.0, point, TILE, WIDE)
    assert share_under(zoomed, point) == pytest.approx(before)
    assert zoomed.zoom == 4


def test_zoom_stops_at_eight_and_at_the_whole_picture():
    point = TILE.center()
    assert Viewport().zoomed(1000, point, TILE, WIDE).zoom == MAX_ZOOM == 8
    assert Viewport().zoomed(8, point, TILE, WIDE).zoomed(1 / 1000, point, TILE, WIDE).picture_rect(TILE, WIDE) == Viewport().picture_rect(
        TILE, WIDE
    )


def test_picture_follows_the_mouse_until_its_edge():
    view = Viewport().zoomed(4, TILE.center(), TILE, WIDE)
    before = view.picture_rect(TILE, WIDE)
    assert view.panned(QPointF(30, -20), TILE, WIDE).picture_rect(TILE, WIDE).topLeft() == before.topLeft() + QPointF(30, -20)
    far = view.panned(QPointF(9999, 9999), TILE, WIDE)
    assert far.picture_rect(TILE, WIDE).topLeft() == TILE.topLeft()
    assert far.panned(QPointF(-30, 0), TILE, WIDE).picture_rect(TILE, WIDE).left() == pytest.approx(TILE.left() - 30)


@given(
    steps=st.lists(st.tuples(st.floats(0.3, 3), st.floats(-50, 500), st.floats(-50, 400)), max_size=8),
    width=st.integers(16, 4000),
    height=st.integers(16, 4000),
)
def test_no_gap_beside_a_picture_that_is_larger_than_its_tile(steps, width, height):
    size, view = QSizeF(width, height), Viewport()
    for factor, x, y in steps:
        view = view.zoomed(factor, QPointF(x, y), TILE, size).panned(QPointF(x - 200, y - 100), TILE, size)
    placed = view.picture_rect(TILE, size)
    for start, end, low, high in (
        (placed.left(), placed.right(), TILE.left(), TILE.right()),
        (placed.top(), placed.bottom(), TILE.top(), TILE.bottom()),
    ):
        if end - start > high - low:
            assert start <= low + 1e-6
            assert end >= high - 1e-6
        else:
            assert start - low == pytest.approx(high - end, abs=1e-6)
