"""Live holds still: the video keeps its least size, whatever opens beside or below it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from console.pages.live.live import LivePage
from console.pages.live.wall_and_clip import LEAST_WALL
from console.window import MainWindow
from tests.fakes.engine import FakeEngine

Opener = Callable[..., MainWindow]


def wall_size(live: LivePage) -> tuple[int, int]:
    return live._stack.width(), live._stack.height()


@pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (1920, 1080)])
def test_ask_and_a_clip_never_squeeze_the_video(
    open_window: Opener, engine: FakeEngine, clip_file: Path, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = open_window()
    live = window.page("live")
    assert isinstance(live, LivePage)
    window.resize(*size)
    event = engine.add_event("yard")
    engine.add_clip(event, clip_file)
    qtbot.waitUntil(lambda: live.feed.count() == 1)
    qtbot.wait(50)
    assert live.side.isVisible()
    window.chat.button.setChecked(True)
    live.open_event(event.id)
    qtbot.waitUntil(lambda: window.chat.dock.isVisible() and live.clip.isVisible())
    qtbot.wait(100)
    assert (window.width(), window.height()) == size, "the window does not grow for it"
    low = size[1] < 800  # neither would be whole if the video kept its height
    assert wall_size(live)[0] >= LEAST_WALL[0] and wall_size(live)[1] >= (100 if low else LEAST_WALL[1])
    assert live._stack.geometry().bottom() < live.clip.geometry().top() and live.clip.height() >= live.clip.minimumSizeHint().height()
    button = live.toolbar.side_button
    assert live.side.isVisible() == button.isEnabled() == (size[0] == 1920)
    assert button.isEnabled() or "No room beside the video" in button.toolTip()
    window.chat.button.setChecked(False)
    qtbot.waitUntil(live.side.isVisible)


def test_in_a_small_window_a_clip_stands_beside_the_video_and_in_place_of_the_events(
    open_window: Opener, engine: FakeEngine, clip_file: Path, qtbot: QtBot
) -> None:
    window = open_window()
    live = window.page("live")
    assert isinstance(live, LivePage)
    window.resize(853, 533)
    event = engine.add_event("yard")
    engine.add_clip(event, clip_file)
    qtbot.waitUntil(lambda: live.feed.count() == 1 and not live.side.isVisible())
    live.open_event(event.id)
    qtbot.waitUntil(lambda: live._down.is_beside() and live.clip.width() >= 340)
    assert wall_size(live)[0] >= 340 and wall_size(live)[1] >= 300 and live.clip.height() >= live.clip.minimumSizeHint().height()
    window.chat.button.setChecked(True)
    qtbot.waitUntil(lambda: window.chat.dock.isVisible() and not live._down.is_beside())
    qtbot.waitUntil(lambda: wall_size(live)[1] >= 160 and live.clip.height() >= 160)
    assert live.clip.geometry().bottom() <= live._down.height() and live.clip.height() >= live.clip.minimumSizeHint().height()
    window.chat.button.setChecked(False)
    qtbot.waitUntil(live._down.is_beside)
    live.toolbar.side_button.click()
    assert live.side.isVisible() and not live.clip.isVisible(), "the column takes its place back"
    qtbot.waitUntil(lambda: wall_size(live)[0] >= 400)
    live.open_event(event.id)
    assert live.clip.isVisible() and not live.side.isVisible()
    live.clip.close_clip()
    assert live.side.isVisible() and window.size() == QSize(853, 533)


def test_the_side_column_is_folded_by_its_button_and_stays_folded(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    live = window.page("live")
    assert isinstance(live, LivePage)
    live.toolbar.side_button.click()
    assert not live.side.isVisible()
    window.close()
    again = open_window().page("live")
    assert isinstance(again, LivePage)
    assert not again.side.isVisible() and not again.toolbar.side_button.isChecked()
    again.toolbar.side_button.click()
    assert again.side.isVisible()


def test_the_side_column_grows_with_the_window_until_it_is_moved(open_window: Opener, qtbot: QtBot) -> None:
    window = open_window()
    live = window.page("live")
    assert isinstance(live, LivePage)

    def side_at(width: int) -> int:
        window.resize(width, 800)
        qtbot.waitUntil(lambda: window.width() == width and live._across.width() > width - 160)
        return live._across.sizes()[1]

    assert side_at(1280) < side_at(1600) < side_at(1900) <= 430
    live._across.setSizes([1200, 360])
    live._across.splitterMoved.emit(1200, 1)
    moved = live._across.sizes()[1]
    assert side_at(1280) == moved
