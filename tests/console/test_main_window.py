"""The frame: pages, keys, status bar, what is remembered, and the way in and out."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console import bootstrap
from console.app import Console, make_application, run_console
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.upkeep.unreachable import UnreachableDialog
from console.pages.devices.devices import DevicesPage
from console.pages.live.live import LivePage
from console.pages.registry import PAGES
from console.palette.shortcuts import ShortcutsDialog
from console.session.remembered import Remembered
from console.shell.screenshots import ScreenshotTour
from console.start import application
from console.window import MainWindow
from engine.model.capability import Capability
from engine.model.errors import EnvironmentFault, NotSignedIn
from engine.model.health import CameraState
from engine.model.time import SECOND, ManualClock, SystemClock
from tests.fakes.engine import FakeDoor, FakeEngine

Opener = Callable[..., MainWindow]


def test_keys_turn_pages_and_list_themselves(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    qtbot.keyClick(window.status.user_button, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page_id() == window.page_ids()[1]
    window.rail.buttons()["live"].click()
    assert window.current_page_id() == "live"
    qtbot.keyClick(window.status.user_button, Qt.Key.Key_Question)
    dialog = window.findChild(ShortcutsDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.close()


def test_what_the_engine_does_without_has_no_page_and_no_tab(open_window: Opener) -> None:
    whole, partly, bare = open_window(), open_window(left_out={Capability.RADIO}), open_window(left_out=frozenset(Capability))
    assert set(whole.page_ids()) - set(bare.page_ids()) == {"incidents", "risk", "gestures"}
    assert set(bare.rail.buttons()) == set(bare.page_ids()) and partly.page_ids() == whole.page_ids()
    devices = partly.page("devices")
    assert isinstance(devices, DevicesPage) and [devices.tabs.tabText(index) for index in range(devices.tabs.count())] == [
        "Cameras",
        "Microphones",
    ]
    partly.show_page("devices")
    devices.tabs.setCurrentIndex(1)
    assert devices.settings_button.isHidden() and devices.nodes.isHidden()
    assert devices.headline.text() == "Microphones" and devices.summary.isHidden() and devices.mark.isHidden()
    for page_id in bare.page_ids():
        bare.show_page(page_id)
        assert bare.current_page_id() == page_id


def test_messages_stay_above_a_page_that_is_turned_to(open_window: Opener) -> None:
    window = open_window()
    toast = window.toasts.show_message("North gate is removed.", action="Undo", seconds=0)
    for page_id in window.page_ids()[1:]:
        window.show_page(page_id)
        at = toast.mapTo(window, toast.rect().center())
        found = window.childAt(at)
        assert found is toast or toast.isAncestorOf(found), page_id


def test_the_status_bar_counts(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    engine.add_event("yard")
    engine.set_state("gate", CameraState.LOST, "No answer.")
    qtbot.waitUntil(lambda: "1/2 live" in window.status._cameras.text())
    assert "Events 1 in" in window.status._events.text() and "free" in window.status._disk.text()
    assert window.status._site.text() == "Harbour office"


def test_a_silent_engine_is_noticed(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    engine.now_ns = SystemClock().now_ns()  # to open a window may take long
    engine.tick()
    qtbot.waitUntil(lambda: not window.status._silence.isVisible())
    engine.now_ns -= 60 * SECOND
    engine.tick()
    qtbot.waitUntil(window.status._silence.isVisible)
    engine.set_state("gate", CameraState.LOST, "No answer.")
    qtbot.waitUntil(lambda: window.status._troubled)
    assert not window.status.trouble_button.isVisible()


def test_window_and_page_are_remembered(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    window.resize(1111, 777)
    window.show_page("system")
    window.close()
    again = open_window()
    assert again.size() == QSize(1111, 777) and again.current_page_id() == "system"


@pytest.mark.parametrize("text", ["", "[window]\ngeometry=rubbish\n", "\x00\x01\x02", "[General]\npage=gone\n[live]\ntiles=seven\n"])
def test_a_damaged_memory_costs_nothing(tmp_path: Path, text: str, engine: FakeEngine, open_window: Opener) -> None:
    (tmp_path / "console.ini").write_text(text)
    assert open_window().current_page_id() == "live"


def test_remembered_values(tmp_path: Path) -> None:
    first = Remembered.in_folder(tmp_path)
    first.put("a", 9)
    first.put("b", False)
    first.flush()
    second = Remembered.in_folder(tmp_path)
    assert second.number("a", 4) == 9 and second.flag("b", True) is False and second.text("c", "x") == "x"


# The way in and out


@pytest.fixture
def console(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Console]:
    made = Console(FakeDoor(engine), remembered, SystemClock(), lambda: None)
    yield made
    made.close()


def test_sign_in_opens_the_window_and_sign_out_closes_it(console: Console, engine: FakeEngine, qtbot: QtBot) -> None:
    console.enter()
    qtbot.waitUntil(lambda: isinstance(console.dialog, SignInDialog))
    console.dialog.fields.field("name").edit().setText("ada")
    console.dialog.fields.field("password").edit().setText("correct horse")
    console.dialog.submit()
    qtbot.waitUntil(lambda: console.window is not None and console.window.isVisible())
    assert console.dialog is None
    console.window.status.sign_out_requested.emit()
    assert console.window is None
    qtbot.waitUntil(lambda: isinstance(console.dialog, SignInDialog))
    qtbot.waitUntil(lambda: engine.feeds == [])


def test_a_session_that_ends_leads_back_to_the_door(console: Console, engine: FakeEngine, qtbot: QtBot) -> None:
    console.open_window(engine.port())
    engine.fail("snapshot", NotSignedIn("Your account was removed."))
    qtbot.waitUntil(lambda: isinstance(console.dialog, SignInDialog))
    assert console.window is None


def test_an_engine_that_does_not_answer_can_be_tried_again(console: Console, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("needs_setup", EnvironmentFault("unreachable", "The engine at 10.0.0.2 does not answer. Check that it runs."))
    console.enter()
    qtbot.waitUntil(lambda: isinstance(console.dialog, UnreachableDialog))
    console.dialog.retry.click()
    qtbot.waitUntil(lambda: isinstance(console.dialog, SignInDialog))


def test_a_bug_in_a_slot_is_logged_and_the_console_goes_on(
    engine: FakeEngine, tmp_path: Path, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    QTimer.singleShot(20, lambda: 1 // 0)
    assert run_console(FakeDoor(engine), data_folder=tmp_path, seconds=0.3) == 0
    assert "ZeroDivisionError" in caplog.text


def test_a_console_on_an_engine_elsewhere_keeps_its_log(tmp_path: Path, qapp: QApplication) -> None:
    QTimer.singleShot(20, lambda: 1 // 0)
    assert bootstrap.remote("http://127.0.0.1:1", True, tmp_path, bootstrap.StartView(seconds=0.3)) == 0
    assert "ZeroDivisionError" in (tmp_path / "logs" / "console.log").read_text("utf-8")


def test_sigterm_ends_the_console_cleanly(engine: FakeEngine, tmp_path: Path, qapp: QApplication) -> None:
    QTimer.singleShot(50, lambda: os.kill(os.getpid(), signal.SIGTERM))
    before = signal.getsignal(signal.SIGTERM)
    assert run_console(FakeDoor(engine), data_folder=tmp_path, demo_port=engine.port(), seconds=30) == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_application_that_is_there_does_not_end_with_its_last_window(qapp: QApplication) -> None:
    qapp.setQuitOnLastWindowClosed(True)
    assert make_application() is qapp and not qapp.quitOnLastWindowClosed()


def test_the_first_start_sets_up(remembered: Remembered, qtbot: QtBot) -> None:
    console = Console(FakeDoor(FakeEngine(users=())), remembered, SystemClock(), lambda: None)
    console.enter()
    qtbot.waitUntil(lambda: isinstance(console.dialog, SetupDialog))
    console.close()


def test_closing_the_last_window_quits(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> None:
    quits: list[int] = []
    console = Console(FakeDoor(engine), remembered, SystemClock(), lambda: quits.append(1))
    console.enter()
    qtbot.waitUntil(lambda: console.dialog is not None)
    console.dialog.reject()
    console.open_window(engine.port())
    console.window.close()
    assert quits == [1, 1]
    console.close()


def test_no_display_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application.QApplication, "instance", lambda: None)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(EnvironmentFault) as caught:
        application.make_application()
    assert caught.value.reason == "no_display" and "\n" not in str(caught.value)


# Screenshots and the whole run


def test_the_tour_saves_every_page(open_window: Opener, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    engine.add_event("yard")
    window = open_window()
    tour = ScreenshotTour(window, tmp_path / "shots", settle_s=0.05)
    with engine.running(), qtbot.waitSignal(tour.finished, timeout=120_000):
        tour.start()
    assert sorted(path.name for path in (tmp_path / "shots").iterdir()) == [
        f"{number:02d}-{page_id}.png" for number, page_id in enumerate(window.page_ids(), start=1)
    ]
    picture = QImage(str(tmp_path / "shots" / "01-live.png"))
    assert picture.width() >= 960 and len({picture.pixel(x, 300) for x in range(0, picture.width(), 7)}) > 10


def test_the_tour_gives_each_page_its_time(open_window: Opener, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    """Pages that have content at once are looked at for as long as was asked, the first one apart from the others."""
    engine.add_event("yard")
    tour = ScreenshotTour(open_window(), tmp_path, settle_s=0.0, first_s=0.4, page_s=0.2)
    started_s = time.monotonic()
    with engine.running(), qtbot.waitSignal(tour.finished, timeout=120_000):
        tour.start()
    times = [path.stat().st_mtime for path in sorted(tmp_path.glob("??-*.png"))]
    assert time.monotonic() - started_s >= 0.4 + 0.2 * (len(PAGES) - 1)
    assert all(later - earlier >= 0.15 for earlier, later in pairwise(times))


def test_the_tour_does_not_wait_for_ever(open_window: Opener, tmp_path: Path, qtbot: QtBot) -> None:
    """No picture ever comes: the page is saved as it is."""
    tour = ScreenshotTour(open_window(), tmp_path, page_wait_s=0.2, settle_s=0.0)
    with qtbot.waitSignal(tour.finished, timeout=120_000) as done:
        tour.start()
    assert len(done.args[0]) == len(PAGES)


def test_screenshots_that_cannot_be_written(open_window: Opener, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("")
    tour = ScreenshotTour(open_window(), tmp_path / "file" / "shots", page_wait_s=0.1, settle_s=0.0)
    with qtbot.waitSignal(tour.failed, timeout=120_000) as failed:
        tour.start()
    assert failed.args[0].reason == "screenshot"


def test_a_whole_run_with_pictures(engine: FakeEngine, tmp_path: Path, qapp: QApplication) -> None:
    engine.add_event("yard")
    with engine.running():
        code = run_console(FakeDoor(engine), data_folder=tmp_path, demo_port=engine.port(), screenshots=tmp_path / "shots", seconds=1.0)
    assert code == 0 and len(list((tmp_path / "shots").glob("??-*.png"))) == len(PAGES)
    assert engine.feeds == []


def test_a_run_ends_after_its_seconds(engine: FakeEngine, tmp_path: Path, qapp: QApplication) -> None:
    assert run_console(FakeDoor(engine), data_folder=tmp_path, seconds=0.1) == 0


def test_the_clock_is_injected(qtbot: QtBot, engine: FakeEngine) -> None:
    from console.shell.status_bar import StatusBar

    bar = StatusBar(engine.port().session, ManualClock(0))
    qtbot.addWidget(bar)
    assert bar._time.text().startswith(("00:00:00", "1970", "01:00:00")) or ":00:00" in bar._time.text()


def test_a_session_that_ends_takes_its_dialogs_with_it(console: Console, engine: FakeEngine, qtbot: QtBot) -> None:
    console.open_window(engine.port())
    page = console.window.page("live")
    assert isinstance(page, LivePage)
    page.camera_actions.add()
    assert QApplication.activeModalWidget() is not None
    engine.fail("snapshot", NotSignedIn("Your account was removed."))
    qtbot.waitUntil(lambda: isinstance(console.dialog, SignInDialog))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not any(isinstance(widget, CameraDialog) and widget.isVisible() for widget in QApplication.topLevelWidgets())
