"""Widgets under test: themed, on a screen, leaving no timer and no thread behind; an unexpected Qt warning fails the test."""

import gc
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication

from engine.model.time import ManualClock
from tests.fakes.garbage import garbage_waits_for_the_end as garbage_waits_for_the_end
from tests.fakes.patient_screen import qtbot as qtbot
from tests.widgets.values_for_widgets import NOW_NS
from widgets.theme import apply_theme

IGNORED_QT = ["This plugin does not support", "XDG_RUNTIME_DIR"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "widgets":
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*IGNORED_QT, extend=True))


@pytest.fixture(scope="session", autouse=True)
def themed(qapp: QApplication) -> None:
    apply_theme(qapp)


@pytest.fixture(autouse=True)
def nothing_left_running(themed: None) -> Iterator[None]:
    yield
    left = [thing for thing in gc.get_objects() if isinstance(thing, (QTimer, QThread)) and shiboken6.isValid(thing) and _runs(thing)]
    assert not left, f"left running: {left}"


def _runs(thing: QTimer | QThread) -> bool:
    if isinstance(thing, QThread):
        return thing.isRunning() and thing is not QThread.currentThread()
    return thing.isActive() and not thing.isSingleShot()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_NS)
