"""The strip at the foot of the window: what is said anew has room at once, and what is least wanted gives way to it."""

import pytest
from PySide6.QtGui import Qt
from pytestqt.qtbot import QtBot

from console.shell.status_bar import SILENT_AFTER_NS, StatusBar
from engine.model.health import CameraState
from engine.model.time import SECOND, ManualClock
from tests.fakes.engine import FakeEngine
from widgets.marks.status_chip import StatusChip


@pytest.fixture
def clock(engine: FakeEngine) -> ManualClock:
    return ManualClock(engine.port().snapshot().at_ns)


@pytest.fixture
def bar(engine: FakeEngine, clock: ManualClock, qtbot: QtBot) -> StatusBar:
    port = engine.port()
    made = StatusBar(port.session, clock)
    qtbot.addWidget(made)
    made.resize(900, 36)
    made.show()
    made.show_snapshot(port.snapshot())
    return made


def test_every_part_says_what_it_is(bar: StatusBar, engine: FakeEngine) -> None:
    parts = (bar._rate, bar._cameras, bar._events, bar._disk, bar._time)
    assert all(len(part.toolTip()) > 15 for part in parts)
    assert "Offline" not in bar._cameras.toolTip()
    engine.add_camera("odd", "<b>Odd</b>")
    engine.set_state("odd", CameraState.LOST, "No answer.")
    bar.show_snapshot(engine.port().snapshot())
    tip = bar._cameras.toolTip()
    assert tip.endswith("Offline: <b>Odd</b>") and not Qt.mightBeRichText(tip)  # shown as it is, never as HTML
    for number in range(12):
        engine.add_camera(f"more-{number}", f"More {number}", state=CameraState.LOST)
    bar.show_snapshot(engine.port().snapshot())
    assert "3 more" in bar._cameras.toolTip() and "More 11" not in bar._cameras.toolTip()


def chip_of(bar: StatusBar) -> StatusChip:
    return bar.findChild(StatusChip)


def test_the_chip_is_never_cut(bar: StatusBar, clock: ManualClock) -> None:
    """Nothing of the event loop runs between what is said and what is measured here."""
    chip = chip_of(bar)
    widths = []
    for silent_ns in (SILENT_AFTER_NS + SECOND, 90 * SECOND, 3725 * SECOND, 40 * 3600 * SECOND):
        clock.advance_to(clock.now_ns() + silent_ns)
        bar._show_time()
        assert chip.isVisible() and chip.width() == chip.sizeHint().width(), chip.text()
        assert chip.geometry().right() < bar.user_button.x()
        widths.append(chip.width())
        assert chip.text().startswith("No data from the engine for ")
    assert max(widths) > widths[0]


def test_the_chip_is_short_where_the_bar_is(bar: StatusBar, clock: ManualClock) -> None:
    """It stays so while the seconds pass, and says all of it again once there is room; its tip always does."""
    chip = chip_of(bar)
    clock.advance_to(clock.now_ns() + 2 * SILENT_AFTER_NS)
    bar._show_time()
    bar.setMinimumWidth(1)  # as in a window, which does not ask its layout
    bar.resize(200, 36)  # all that can give way has
    told = bar.layout().sizeHint().width()
    assert chip.text() == "No data for 10 s"
    for width, words in ((told, "No data for {0} s"), (900, "No data from the engine for {0} s"), (told, "No data for {0} s")):
        bar.resize(width, 36)
        for _ in range(2):
            clock.advance_to(clock.now_ns() + SECOND)
            bar._show_time()
            lasted = (clock.now_ns() - (bar._heard_ns or 0)) // SECOND
            assert chip.text() == words.format(lasted) and chip.width() == chip.sizeHint().width()
            assert chip.toolTip() == f"No data from the engine for {lasted} s"
            assert chip.geometry().right() < bar.user_button.x()
