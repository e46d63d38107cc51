from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from widgets.layout.row_pictures import RowPictures
from widgets.look import Look, set_look
from widgets.theme import color, font

ROW = QRect(3, 20, 180, 40)


class Row:
    """Draws a word, and counts how often."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def draw(self, rows: RowPictures, on: QImage, key: str, word: str, area: QRect = ROW) -> QImage:
        def paint(painter: QPainter, room: QRect) -> None:
            self.drawn.append(word)
            painter.setFont(font("body"))
            painter.setPen(color("text"))
            painter.drawText(room.adjusted(4, 4, -4, -4), 0, word)

        painter = QPainter(on)
        rows.draw(painter, area, key, word, paint)
        painter.end()
        return on


def ground(ratio: float = 1.0) -> QImage:
    image = QImage(round(200 * ratio), round(80 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(color("panel"))
    return image


def test_a_row_is_drawn_anew_only_where_it_would_look_otherwise(qtbot: QtBot) -> None:
    row, rows = Row(), RowPictures()
    first = row.draw(rows, ground(), "a", "Gate")
    assert row.draw(rows, ground(), "a", "Gate") == first and row.drawn == ["Gate"]
    row.draw(rows, ground(), "a", "Gate", ROW.translated(0, 20))
    assert row.drawn == ["Gate"]
    assert row.draw(rows, ground(), "a", "Kerb") != first
    row.draw(rows, ground(), "a", "Kerb", ROW.adjusted(0, 0, 5, 0))
    row.draw(rows, ground(2.0), "a", "Kerb")
    set_look(Look("light"))
    try:
        row.draw(rows, ground(), "a", "Kerb")
    finally:
        set_look(Look())
    assert row.drawn == ["Gate", "Kerb", "Kerb", "Kerb", "Kerb"]


def test_a_copy_looks_like_what_is_drawn_in_place(qtbot: QtBot) -> None:
    class InPlace(RowPictures):
        def draw(self, painter, area, key, shown, paint):  # type: ignore[no-untyped-def]
            paint(painter, area)

    for ratio in (1.0, 2.0):
        assert Row().draw(RowPictures(), ground(ratio), "a", "Gate") == Row().draw(InPlace(), ground(ratio), "a", "Gate")


def test_between_two_pixels_rows_are_drawn_in_place(qtbot: QtBot) -> None:
    row, rows = Row(), RowPictures()
    row.draw(rows, ground(1.25), "a", "Gate")
    row.draw(rows, ground(1.25), "a", "Gate")
    assert row.drawn == ["Gate", "Gate"]


def test_no_more_are_kept_than_a_screen_shows(qtbot: QtBot) -> None:
    row, rows = Row(), RowPictures(kept=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        row.draw(rows, ground(), key, key)
    assert row.drawn == ["a", "b", "c", "b"]
