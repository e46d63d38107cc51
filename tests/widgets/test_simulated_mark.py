from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.look import Look, set_look
from widgets.marks.simulated_mark import SimulatedMark


def test_it_stands_in_the_lower_corner_of_what_it_is_over_and_clicks_go_through(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(400, 300)
    over.show()
    mark = SimulatedMark(over)
    assert not mark.isVisible()
    mark.set_wanted(True)
    assert mark.isVisible() and not mark.isWindow() and over.childAt(mark.geometry().center()) is None
    assert over.rect().contains(mark.geometry()) and mark.geometry().bottom() > 270 and mark.geometry().right() > 380
    over.resize(400, 500)
    qtbot.waitUntil(lambda: mark.geometry().bottom() > 470)
    mark.set_wanted(False)
    assert not mark.isVisible()


def test_it_grows_with_the_text(qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    mark = SimulatedMark(over)
    mark.set_wanted(True)
    before = mark.width()
    set_look(Look(text_percent=200))
    try:
        over.resize(500, 400)
        over.show()
        qtbot.waitUntil(lambda: mark.width() > before)
    finally:
        set_look(Look())
