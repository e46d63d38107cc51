"""A console that runs for weeks: nothing of what was closed stays in memory."""

import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console.app import Console
from console.bridge import EngineBridge
from console.pages.investigate.investigate import InvestigatePage
from console.pages.live.live import LivePage
from console.palette.palette import Palette
from console.session.remembered import Remembered
from engine.model.port import PictureWant
from engine.model.snapshot import Picture
from engine.model.time import SystemClock
from tests.console.every_dialog import MAKERS, Stage, wait_for
from tests.fakes.engine import FakeDoor, FakeEngine


def alive(watched: dict[str, Callable[[], object | None]]) -> list[str]:
    """What is still there once Qt has deleted what it was to delete, and garbage was collected."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    return [name for name, there in watched.items() if there() is not None]


def test_nothing_of_a_session_is_left_when_it_was_signed_out(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> None:
    console = Console(FakeDoor(engine), remembered, SystemClock(), lambda: None)
    console.open_window(engine.port())
    watched = _watched(console, qtbot)
    console._sign_out("")
    qtbot.waitUntil(lambda: console.dialog is not None)
    left = alive(watched)
    console.close()
    assert left == []


def test_a_bridge_that_was_closed_lets_go_of_who_watched_moves(bridge: EngineBridge) -> None:
    owner = QObject()
    bridge.watch_moves(owner, True)
    watched: dict[str, Callable[[], object | None]] = {"owner": weakref.ref(owner)}
    bridge.close()
    del owner
    assert alive(watched) == []


def test_a_wall_that_was_closed_is_let_go_of_while_the_session_goes_on(bridge: EngineBridge, qtbot: QtBot) -> None:
    class Owner(QObject):
        def take(self, picture: Picture) -> None:
            """Nothing is drawn here."""

    owner = Owner()
    feeds = bridge.wall(owner.take)
    feeds.want({"yard": PictureWant(320, 180)})
    qtbot.waitUntil(lambda: bridge.idle)
    watched: dict[str, Callable[[], object | None]] = {"owner": weakref.ref(owner), "feeds": weakref.ref(feeds)}
    feeds.close()
    del owner, feeds
    assert alive(watched) == []


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind is not Palette], ids=lambda kind: kind.__name__)
def test_a_dialog_that_was_closed_is_gone(kind: type[QDialog], stage: Stage, qtbot: QtBot) -> None:
    """What it hung on the bridge or on the window has let go of it. The palette is kept by its window, to be there at once."""
    dialog = MAKERS[kind](stage)
    dialog.show()
    wait_for(lambda: False, 0.05)
    watched = _parts(dialog)
    dialog.done(0)
    if isValid(dialog):
        dialog.deleteLater()
    del dialog
    qtbot.waitUntil(lambda: alive(watched) == [])


def _parts(dialog: QDialog) -> dict[str, Callable[[], object | None]]:
    """The dialog, and what of the console's own is in it."""
    own = [part for part in dialog.findChildren(QObject) if type(part).__module__.partition(".")[0] in ("console", "widgets")]
    return {f"{type(part).__name__} {number}": weakref.ref(part) for number, part in enumerate((dialog, *own))}


def _watched(console: Console, qtbot: QtBot) -> dict[str, Callable[[], object | None]]:
    """Of a window that has been on all its pages, with a further wall."""
    window = console.window
    assert window is not None
    for page_id in window.page_ids():
        window.show_page(page_id)
        QApplication.processEvents()
    live, investigate = window.page("live"), window.page("investigate")
    assert isinstance(live, LivePage) and isinstance(investigate, InvestigatePage)
    frame = live.walls.open_another()
    assert frame is not None
    qtbot.waitUntil(lambda: window._bridge.idle)
    parts: dict[str, QObject] = {page_id: window.page(page_id) for page_id in window.page_ids()}
    parts |= {"window": window, "bridge": window._bridge, "walls": live.walls, "wall": frame, "playback": investigate.playback}
    return {name: weakref.ref(part) for name, part in parts.items()}
