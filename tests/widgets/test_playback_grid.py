import pytest
from PySide6.QtCore import QRect, QSize, Qt

from widgets.playback.playback_grid import beside, cells, columns_for


@pytest.mark.parametrize(
    ("count", "size", "columns"),
    [
        (0, (1600, 900), 1),
        (1, (1600, 900), 1),
        (2, (1600, 500), 2),
        (2, (800, 900), 1),
        (4, (1600, 900), 2),
        (5, (1600, 900), 3),
        (9, (1600, 900), 3),
        (9, (300, 2000), 1),
    ],
)
def test_pictures_are_as_large_as_can_be(count: int, size: tuple[int, int], columns: int) -> None:
    assert columns_for(count, QSize(*size)) == columns


@pytest.mark.parametrize("count", range(10))
def test_cells_fill_the_area_and_do_not_overlap(count: int) -> None:
    area = QRect(3, 5, 1001, 701)
    found = cells(area, count, 2)
    assert len(found) >= max(1, count) and all(area.contains(cell) for cell in found)
    assert not any(one.intersects(other) for one in found for other in found if one is not other)
    assert found[0].topLeft() == area.topLeft() and found[-1].bottomRight() == area.bottomRight()


def test_arrows_stop_at_the_edge_and_at_the_last_tile() -> None:
    assert [beside(0, key, 3, 5) for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)] == [0, 1, 0, 3]
    assert beside(2, Qt.Key.Key_Down, 3, 5) == 2
    assert beside(4, Qt.Key.Key_Right, 3, 5) == 4
