"""The Investigate page holds still: whatever is opened, the pictures keep their place and at least 480 × 270 pixels."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QSplitter
from pytestqt.qtbot import QtBot

from console.pages.investigate.investigate import InvestigatePage
from console.pages.investigate.layout import LEAST_VIDEO
from console.session.remembered import Remembered
from console.window import MainWindow
from engine.model.history.timeline import HitKind, SearchHit
from engine.model.time import SECOND
from tests.console.pages.investigate_stage import opening
from tests.fakes.engine import FakeEngine
from widgets.plates import Plates

Opener = Callable[..., MainWindow]
SCREENS = (QSize(1280, 800), QSize(1920, 1080))


@pytest.fixture
def page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[InvestigatePage]:
    for open_page in opening(engine, remembered, qtbot):
        yield open_page()


def pictures(page: InvestigatePage) -> QRect:
    """Where they are in the window."""
    QApplication.processEvents()
    assert page.wall.isVisible()
    return QRect(page.wall.mapTo(page.window(), QPoint(0, 0)), page.wall.size())


def shown(open_window: Opener, size: QSize, qtbot: QtBot) -> tuple[MainWindow, InvestigatePage]:
    window = open_window()
    window.resize(size)
    window.show_page("investigate")
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    qtbot.waitUntil(page.has_content)
    assert window.size() == size
    return window, page


@pytest.mark.parametrize("size", SCREENS, ids=lambda size: f"{size.width()}x{size.height()}")
def test_the_pictures_stay_whatever_is_opened(open_window: Opener, size: QSize, qtbot: QtBot) -> None:
    window, page = shown(open_window, size, qtbot)
    page.floor_button.setChecked(False)
    begun = pictures(page)
    opened: list[tuple[str, QRect]] = []
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("Ask", window.chat.focus_question),
        ("replay", page.start_replay),
        ("panel", lambda: page.panel_button.setChecked(True)),
        ("other settings", page.try_settings),
        ("search", lambda: page.show_tab(page.found)),
    )
    for name, do in steps:
        do()
        qtbot.wait(120)
        opened.append((name, pictures(page)))
    for name, rect in opened:
        assert rect.topLeft() == begun.topLeft(), f"{name} moved them"
        assert rect.width() >= LEAST_VIDEO.width() and rect.height() >= LEAST_VIDEO.height(), f"{name} left {rect.size()}"
        assert rect.height() == begun.height(), f"{name} changed their height"
    window.chat.button.setChecked(False)
    page.panel_button.setChecked(False)
    page.floor_button.setChecked(False)
    qtbot.waitUntil(lambda: pictures(page) == begun)
    assert window.size() == size


@pytest.mark.parametrize("cameras", [2, 4, 9])
def test_tiles_have_names_and_a_useful_size_at_1280_by_800(
    open_window: Opener, engine: FakeEngine, cameras: int, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    for number in range(cameras - 2):
        engine.add_camera(f"cam-{number}", f"Camera {number}")
    window, page = shown(open_window, SCREENS[0], qtbot)
    window.chat.focus_question()
    QApplication.processEvents()
    least = {2: QSize(360, 200), 4: QSize(360, 160), 9: QSize(240, 100)}[cameras]
    drawn: set[str] = set()
    plates = Plates.get
    monkeypatch.setattr(Plates, "get", lambda kept, spec, ratio: (drawn.add(spec.text), plates(kept, spec, ratio))[1])
    page.wall.grab()
    for camera in engine.settings.cameras:
        area = page.wall.area(camera.id)
        assert area.width() >= least.width() and area.height() >= least.height(), f"{camera.name}: {area.size()}"
        assert camera.name in drawn


def test_nothing_is_found_so_the_panel_gives_its_room_back(page: InvestigatePage, qtbot: QtBot) -> None:
    assert not page.side.isVisible() and not page.panel_button.isChecked()
    page.question.setText("yard")
    page.ask()
    assert page.side.isVisible() and page.panel_button.isChecked()


def test_in_a_narrow_window_the_panel_is_in_the_place_of_the_timeline(page: InvestigatePage, qtbot: QtBot) -> None:
    page.panel_button.setChecked(True)
    assert page.side.isVisible() and page.timeline.isVisible() and not page._arrangement.narrow
    page.window().resize(600, 700)
    qtbot.waitUntil(lambda: page._arrangement.narrow)
    assert page.width() <= 600 and page.side.isVisible() and page.stage.isVisible() and not page.timeline.isVisible()
    page.panel_button.setChecked(False)
    qtbot.waitUntil(page.timeline.isVisible)
    assert not page.side.isVisible()
    page.panel_button.setChecked(True)
    page.window().resize(1480, 860)
    qtbot.waitUntil(lambda: not page._arrangement.narrow)
    assert page.side.isVisible() and page.timeline.isVisible()


def test_why_stands_beside_the_panel_under_the_pictures(page: InvestigatePage, qtbot: QtBot) -> None:
    page.panel_button.setChecked(True)
    page.window().resize(760, 640)
    qtbot.waitUntil(lambda: page._arrangement.narrow)
    qtbot.waitUntil(lambda: page.side.orientation() is Qt.Orientation.Horizontal)
    page.window().resize(600, 640)
    qtbot.waitUntil(lambda: page.side.orientation() is Qt.Orientation.Vertical)
    page.window().resize(1480, 860)
    qtbot.waitUntil(lambda: not page._arrangement.narrow)
    assert page.side.orientation() is Qt.Orientation.Vertical


def test_tools_without_room_stand_in_a_menu_with_their_words(open_window: Opener, qtbot: QtBot) -> None:
    window, page = shown(open_window, SCREENS[0], qtbot)
    window.chat.focus_question()
    QApplication.processEvents()
    for row in (page.head.tools, page.acts):
        assert row.more.isVisible() and row.folded_buttons()
        menu = row.more.menu()
        menu.aboutToShow.emit()
        assert [action.text() for action in menu.actions()] == [button.text() for button in row.folded_buttons()]
        assert all(button.text() and button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon for button in row._buttons)
    menu = page.acts.more.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == page.tools.tries.text()).trigger()
    assert page.side.isVisible() and page.panel.currentWidget() is page.trying


def test_widths_are_kept_for_each_user(remembered: Remembered, qtbot: QtBot) -> None:
    def splitter(sizes: list[int]) -> QSplitter:
        made = QSplitter()
        qtbot.addWidget(made)
        for _ in range(2):
            made.addWidget(QSplitter())
        made.resize(1000, 100)
        made.setSizes(sizes)
        return made

    shared = splitter([500, 500])
    remembered.keep_splitter("chat", shared)
    remembered.of_user("ada").keep_splitter("chat", splitter([700, 300]))
    for user, left in (("ada", 0.7), ("bo", 0.5)):
        restored = splitter([100, 900])
        remembered.of_user(user).restore_splitter("chat", restored)
        first, second = restored.sizes()
        assert first / (first + second) == pytest.approx(left, abs=0.02)


def test_in_a_small_window_three_rows_of_results_are_whole_and_nothing_is_pushed_out(
    open_window: Opener, engine: FakeEngine, qtbot: QtBot
) -> None:
    at_ns = engine.now_ns
    engine.past.hits = [
        SearchHit(HitKind.EVENT, f"ev-{n}", at_ns - n * SECOND, "Person at the gate", None, "gate", "", 3) for n in range(9)
    ]
    window, page = shown(open_window, QSize(853, 533), qtbot)
    page.question.setText("gate")
    page.ask()
    rows = page.found.list
    qtbot.waitUntil(lambda: rows.isVisible() and rows.model().rowCount() == 9)
    qtbot.waitUntil(lambda: rows.visualRect(rows.model().index(2, 0)).bottom() <= rows.viewport().height())
    window.chat.focus_question()
    qtbot.waitUntil(lambda: page.width() < 480)
    for part in (page.transport, page.acts, page.side, page.stage):
        qtbot.waitUntil(lambda part=part: part.mapTo(page, QPoint(part.width(), 0)).x() <= page.width())
    assert window.size() == QSize(853, 533)
