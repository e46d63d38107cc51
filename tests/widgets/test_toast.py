import pytest
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from widgets.marks.empty_state import EmptyState
from widgets.marks.toast import ToastArea


@pytest.fixture
def area(qtbot):
    page = QWidget()
    page.resize(900, 600)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    yield ToastArea(page)


def test_undo_is_asked_for_once_and_the_toast_goes(area, qtbot):
    toast = area.show_message("Camera removed", action="Undo")
    button = next(each for each in toast.findChildren(QPushButton) if each.text() == "Undo")
    with qtbot.waitSignals([toast.action_requested, toast.dismissed]):
        button.click()
    assert area.toasts() == []
    assert area.isHidden()


def test_toast_goes_by_itself_but_not_under_the_mouse(area, qtbot):
    held = area.show_message("held", seconds=0.01)
    point = QPointF(5, 5)
    QApplication.sendEvent(held, QEnterEvent(point, point, point))
    short = area.show_message("short", seconds=0.01)
    with qtbot.waitSignal(short.dismissed):
        pass
    assert [toast.text() for toast in area.toasts()] == ["held"]
    with qtbot.waitSignal(held.dismissed):
        QApplication.sendEvent(held, QEvent(QEvent.Type.Leave))


def test_lasting_toast_stays_and_the_stack_keeps_to_the_corner(area):
    first = area.show_message("The disk is full. Free some space and try again.", "critical", seconds=0)
    assert not first._timer.isActive()
    area.show_message("second", seconds=0)
    page = area.parentWidget()
    page.resize(700, 500)
    QApplication.processEvents()
    assert area.geometry().right() == 700 - 16 - 1
    assert area.geometry().bottom() == 500 - 16 - 1
    assert [toast.text() for toast in area.toasts()][1] == "second"


def test_empty_state_asks_for_its_action(qtbot):
    state = EmptyState("video", "No cameras yet", "Add one, or open the demo site.", "Add a camera…")
    qtbot.addWidget(state)
    with qtbot.waitSignal(state.action_requested):
        state.findChild(QPushButton).click()
    state.set_action_visible(False)
    assert state.findChild(QPushButton).isHidden()


def test_many_come_and_go_without_a_crash(area):
    """Asked for by `itemAt`, a layout's items crashed the program within some 50 messages, when a widget came to lie where one had lain."""
    for number in range(300):
        toasts = [area.show_message(f"message {number}", action="Undo"), area.show_message("another")]
        assert area.toasts() == toasts
        for toast in toasts:
            toast.dismiss()
        del toasts, toast  # only Qt has them now
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert area.toasts() == []
