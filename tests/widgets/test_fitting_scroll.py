"""What scrolls only where it has to: in line with what stands below it, and never under its bar."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.layout.fitting_scroll import FittingScroll


def scroll(qtbot: QtBot, lines: int) -> tuple[FittingScroll, QLabel]:
    """So many lines of a label that fills the width, on a screen of 1200 pixels."""
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    label = QLabel("\n".join("line" for _ in range(lines)))
    column.addWidget(label)
    content.setMinimumWidth(400)
    made = FittingScroll(content, QSize(80, 260))
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    QApplication.processEvents()
    return made, label


def test_what_fits_ends_where_the_scroll_ends(qtbot: QtBot) -> None:
    made, label = scroll(qtbot, 5)
    assert not made.verticalScrollBar().isVisible()
    assert made.width() == label.width() == 400


def test_what_does_not_fit_keeps_its_width_beside_the_bar(qtbot: QtBot) -> None:
    made, label = scroll(qtbot, 500)
    bar = made.verticalScrollBar()
    assert bar.isVisible() and made.horizontalScrollBar().maximum() == 0
    assert label.width() >= 400
    assert bar.mapTo(made, bar.rect().topLeft()).x() - label.mapTo(made, label.rect().topRight()).x() > 8


def test_a_bar_that_goes_leaves_no_gap(qtbot: QtBot) -> None:
    made, label = scroll(qtbot, 500)
    label.setText("short")
    qtbot.waitUntil(lambda: not made.verticalScrollBar().isVisible())
    qtbot.waitUntil(lambda: label.width() == made.width())
