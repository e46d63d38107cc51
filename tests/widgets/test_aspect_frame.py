import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from widgets.layout.aspect_frame import AspectFrame, fitted


@pytest.mark.parametrize(
    ("room", "aspect", "expected"),
    [
        (QSize(1600, 900), 16 / 9, QRect(0, 0, 1600, 900)),
        (QSize(1600, 1100), 16 / 9, QRect(0, 100, 1600, 900)),
        (QSize(2000, 900), 16 / 9, QRect(200, 0, 1600, 900)),
        (QSize(800, 800), 4 / 3, QRect(0, 100, 800, 600)),
        (QSize(0, 0), 4 / 3, QRect(0, 0, 0, 0)),
    ],
)
def test_the_largest_room_of_the_shape(room, aspect, expected):
    assert fitted(room, aspect) == expected


def test_the_held_widget_follows_size_and_shape(qtbot):
    held = QWidget()
    frame = AspectFrame(held)
    qtbot.addWidget(frame)
    frame.resize(800, 800)
    frame.show()
    assert held.geometry() == QRect(0, 175, 800, 450)
    frame.set_aspect(4 / 3)
    assert held.geometry() == QRect(0, 100, 800, 600)
    frame.resize(400, 800)
    assert held.geometry() == QRect(0, 250, 400, 300)
