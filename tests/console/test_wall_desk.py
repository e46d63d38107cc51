"""The wall on Live and in further windows: kept by name, offered for shifts, hot tile, turning pages, tree, pictures saved, restarts."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.save_wall import SaveWallDialog
from console.pages.live.live import LivePage
from console.pages.page import PageContext
from console.session.remembered import Remembered
from console.wall.book import NamedWall, WallBook, WallWindow
from console.wall.picture import PictureSaving, file_name, marked_picture, picture_words
from console.wall.screens import Area, Place
from console.wall.shift import Shift
from console.wall.windows import screen_areas
from engine.model.alerts.alert import AlertState
from engine.model.cameras.segment import KeepStill
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind, Severity
from engine.model.health import CameraState
from engine.model.question import ListEvents
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, SystemClock
from tests.fakes.engine import FakeEngine
from widgets.look import Look, set_look
from widgets.marks.toast import ToastArea
from widgets.time_text import local_time
from widgets.wall.arrangement.layouts import FREE, LAYOUTS
from widgets.wall.corner_pictures import Corner, CornerPicture

Opener = Callable[..., "Shown"]


@pytest.fixture
def engine() -> FakeEngine:
    """Six cameras in groups, and an operator `bo`."""
    from engine.model.accounts.access import Role
    from engine.model.command import CreateUser

    fake = FakeEngine()
    for number, group in enumerate(("", "Yard", "Yard/North", "House", "House", "")):
        fake.add_camera(f"c{number}", f"Camera {number}", "rtsp://host/1")
        camera = fake.settings.camera(f"c{number}")
        assert camera is not None
        fake.settings = fake.settings.with_camera(replace(camera, group=group))
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    fake.publish()
    return fake


class Shown:
    """The Live page of one session, on screen alone: a whole main window takes longer to open than most of these tests."""

    def __init__(self, engine: FakeEngine, remembered: Remembered, user: str) -> None:
        self.bridge = EngineBridge(engine.port(user))
        self.holder = QWidget()
        self.holder.resize(1300, 800)
        self.toasts = ToastArea(self.holder)
        self.page = LivePage(PageContext(self.bridge, SystemClock(), remembered, self.toasts), self.holder)
        row = QVBoxLayout(self.holder)
        row.addWidget(self.page)
        self.bridge.snapshot_changed.connect(self.page.show_snapshot)
        self.bridge.start()
        self.holder.show()

    def close(self) -> None:
        if not self.bridge._closed:
            self.page.shutdown()
            self.bridge.close()
            self.holder.close()
            self.holder.deleteLater()


@pytest.fixture
def open_live(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Opener]:
    opened: list[Shown] = []

    def open_for(user: str = "ada") -> Shown:
        opened.append(Shown(engine, remembered, user))
        with qtbot.waitActive(opened[-1].holder):
            opened[-1].holder.activateWindow()
        return opened[-1]

    yield open_for
    for shown in opened:
        shown.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def shown(open_live: Opener) -> Shown:
    return open_live()


@pytest.fixture
def live(shown: Shown) -> LivePage:
    return shown.page


def on_page(live: LivePage) -> list[str]:
    return [live.wall.cells.camera(cell) for cell in range(len(live.wall.wall_layout().cells))]


# layouts and names


def test_keys_pick_layouts_and_cameras(live: LivePage) -> None:
    live.wall.setFocus()
    QTest.keyClick(live.wall, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    assert live.wall.wall_layout() == LAYOUTS["1+5"] and live.toolbar.layout_actions["1+5"].isChecked()
    QTest.keyClick(live.wall, Qt.Key.Key_4)
    assert live.wall.selected() == "c3"
    QTest.keyClick(live.wall, Qt.Key.Key_7, Qt.KeyboardModifier.AltModifier)
    assert live.wall.wall_layout().free and len(live.wall.wall_layout().cells) == 6


def test_the_automatic_layout_follows_room_and_cameras_and_the_operators_choice_stays(shown: Shown, live: LivePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(live.wall.visible_cameras()) == 6)
    live.wall.arranging.take_off("c2")
    assert on_page(live) == ["c0", "c1", "c3", "c4", "c5"], "no cell stays empty"
    live.desk.set_hot(True)
    assert len(live.wall.wall_layout().cells) == 6 and live.wall.hot() is not None
    assert min(live.wall.cells.rect(cell).width() for cell in range(6)) >= 255
    live.desk.choose_layout("9")
    shown.holder.resize(900, 900)
    assert live.wall.wall_layout() == LAYOUTS["9"]
    QTest.keyClick(live.wall, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    assert live.wall.wall_layout().automatic and live.toolbar.layout_actions["auto"].isChecked()
    assert live.desk.plan().layout.id == "auto"


def test_a_wall_is_kept_by_name_and_used_again(live: LivePage) -> None:
    live.desk.choose_layout("1+5")
    live.wall.arranging.swap_cells(0, 3)
    dialog = SaveWallDialog(live.book, live.desk, live)
    dialog.name.setText(" Night ")
    dialog.submit()
    dialog.deleteLater()
    live.desk.choose_layout("4")
    live.wall.arranging.swap_cells(0, 1)
    live.desk.use("Night")
    assert live.wall.wall_layout() == LAYOUTS["1+5"] and on_page(live)[:4] == ["c3", "c1", "c2", "c0"]
    live.wall_menu.delete("Night")
    assert live.book.named_walls == ()


def test_a_shift_without_length_is_refused_with_a_reason(live: LivePage) -> None:
    dialog = SaveWallDialog(live.book, live.desk, live)
    dialog.name.setText("Night")
    dialog.for_shift.setChecked(True)
    dialog.ends.setTime(dialog.begins.time())
    dialog.submit()
    assert "never run" in dialog.trouble.text() and live.book.named_walls == ()
    dialog.deleteLater()


def shift_around(now_ns: int) -> Shift:
    now = local_time(now_ns)
    minute = now.hour * 60 + now.minute
    return Shift((minute - 60) % 1440, (minute + 60) % 1440)


def test_the_wall_of_a_shift_is_offered_and_never_put_up_by_itself(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.book.put(NamedWall("Night", live.desk.plan(), shift_around(engine.now_ns)))
    live.desk.choose_layout("9")
    with engine.running():
        qtbot.waitUntil(lambda: live.desk.offer.offered() == "Night" and live.desk.offer.isVisible())
        assert live.wall.wall_layout() == LAYOUTS["9"]
        live.desk.offer.use_button.click()
        assert live.wall.wall_layout().automatic and not live.desk.offer.isVisible()


def test_an_offer_that_was_declined_is_not_made_again_in_that_shift(live: LivePage, engine: FakeEngine) -> None:
    live.book.put(NamedWall("Night", live.desk.plan(), shift_around(engine.now_ns)))
    offer, named = live.desk.offer, live.book.named_walls
    offer.show_time(named, "", engine.now_ns)
    offer.not_now_button.click()
    offer.show_time(named, "", engine.now_ns + 60 * SECOND)
    assert offer.offered() == ""
    offer.show_time(named, "", engine.now_ns + 3 * 3600 * SECOND)
    offer.show_time(named, "", engine.now_ns + 24 * 3600 * SECOND)
    assert offer.offered() == "Night"


# after a restart


def test_a_wall_comes_back_after_a_restart(open_live: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    first = open_live()
    live = first.page
    live.desk.choose_layout("1+5")
    live.desk.choose_layout(FREE)
    live.wall.arranging.swap_cells(1, 2)
    live.wall.arranging.take_off("c5")
    live.wall.arranging.set_hot_cell(0)
    live.toolbar.tree_button.setChecked(True)
    live.desk.set_carousel(20)
    kept = live.desk.plan()
    first.close()
    again = open_live().page
    qtbot.waitUntil(lambda: bool(again.wall.visible_cameras()))
    assert again.desk.plan() == kept and again.desk.tree.isVisibleTo(again) and again.wall.hot() is not None


def test_walls_belong_to_their_users(open_live: Opener) -> None:
    first = open_live("ada")
    first.page.desk.choose_layout("16")
    first.close()
    assert open_live("bo").page.wall.wall_layout().automatic


def test_a_second_wall_has_its_own_layout_and_pictures_and_comes_back(open_live: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    first = open_live()
    frame = first.page.walls.open_another()
    assert frame is not None
    frame.desk.choose_layout("1+7")
    frame.resize(700, 500)
    assert first.page.wall.wall_layout().automatic
    first.page.leave()
    qtbot.waitUntil(lambda: {feed.camera_id for feed in engine.feeds} == {f"c{n}" for n in range(6)})
    first.close()
    assert not frame.isVisible() and engine.feeds == []
    again = open_live().page
    qtbot.waitUntil(lambda: len(again.walls.frames()) == 1)
    second = again.walls.frames()[0]
    assert second.desk.wall.wall_layout() == LAYOUTS["1+7"] and second.size().width() == 700
    second.close()
    assert again.walls.frames() == () and list(again.book.windows) == ["live"]


def test_a_wall_whose_monitor_is_gone_is_on_one_that_is_there(open_live: Opener, remembered: object, tmp_path: Path, qtbot: QtBot) -> None:
    away = Place("HDMI-9 Long gone", Area(9000, 100, 800, 600))
    WallBook(tmp_path, "user-ada").keep_window("wall-2", WallWindow(place=away))
    first = open_live()
    live = first.page
    qtbot.waitUntil(lambda: len(live.walls.frames()) == 1)
    frame = live.walls.frames()[0]
    screens, primary = screen_areas()
    room = screens[primary]
    assert 0 <= frame.geometry().x() - room.x <= room.width - 800
    live.walls.settle()
    first.close()
    kept = WallBook(tmp_path, "user-ada").window("wall-2")
    assert kept is not None and kept.place == away


# the hot tile


def hot(live: LivePage) -> str:
    tile = live.wall.hot()
    return tile.camera_id if tile is not None else "none"


def test_the_hot_tile_takes_the_newest_alert_and_what_is_chosen(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.desk.choose_layout("1+5")
    live.desk.set_hot(True)
    assert hot(live) == "c0"
    with engine.running():
        engine.alerts.add(EventKind.PERSON, Severity.HIGH, "c4", age_s=20)
        qtbot.waitUntil(lambda: hot(live) == "c4")
        engine.alerts.add(EventKind.PERSON, Severity.HIGH, "c2", age_s=2)
        qtbot.waitUntil(lambda: hot(live) == "c2")
    live.desk.open_camera("c5")
    assert hot(live) == "c5" and live.wall.selected() == "c5"


def test_an_older_alert_that_is_left_does_not_take_the_hot_tile_back_from_a_choice(
    live: LivePage, engine: FakeEngine, qtbot: QtBot
) -> None:
    live.desk.choose_layout("1+5")
    live.desk.set_hot(True)
    with engine.running():
        engine.alerts.add(EventKind.PERSON, Severity.HIGH, "c4")
        qtbot.waitUntil(lambda: hot(live) == "c4")
        live.desk.open_camera("c1")
        before = engine.now_ns
        qtbot.waitUntil(lambda: engine.now_ns > before + SECOND)
    assert hot(live) == "c1"


def test_acknowledging_the_newest_alert_brings_no_older_one_back(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.desk.choose_layout("1+5")
    live.desk.set_hot(True)
    with engine.running():
        engine.alerts.add(EventKind.PERSON, Severity.HIGH, "c4", age_s=20)
        newest = engine.alerts.add(EventKind.PERSON, Severity.HIGH, "c2", age_s=2)
        qtbot.waitUntil(lambda: hot(live) == "c2")
        engine.alerts.change(newest.id, state=AlertState.ACKNOWLEDGED)
        engine.publish()
        qtbot.waitUntil(lambda: set(live.desk._alarms) == {"c4"})
    assert hot(live) == "c2"


def test_a_visit_shows_a_camera_alone_and_arranges_nothing(live: LivePage) -> None:
    live.wall.arranging.take_off("c3")
    before = live.desk.plan()
    live.visit("c3")
    assert live.wall.visible_cameras() == ("c3",) and live.desk.plan() == before
    live.wall.set_maximised("")
    assert "c3" not in live.wall.visible_cameras()


def test_a_locked_hot_tile_stays_whatever_happens(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.desk.choose_layout("1+5")
    live.desk.set_hot(True)
    live.wall.setFocus()
    QTest.keyClick(live.wall, Qt.Key.Key_H)
    with engine.running():
        engine.alerts.add(EventKind.PERSON, Severity.HIGH, "c4")
        qtbot.waitUntil(lambda: live.desk.alarmed())
    live.desk.heat("c2")
    assert hot(live) == "c0"


def test_what_is_chosen_on_one_wall_is_in_the_hot_tile_of_another(live: LivePage, engine: FakeEngine) -> None:
    frame = live.walls.open_another()
    assert frame is not None
    frame.desk.choose_layout("1+5")
    frame.desk.set_hot(True)
    live.wall.select_camera("c2")
    tile = frame.desk.wall.hot()
    assert tile is not None and tile.camera_id == "c2"


# picture in picture


def corner_part(live: LivePage, camera_id: str) -> QMenu:
    """Ends with the page, as the menu is its child."""
    part = next(action.menu() for action in live.menu_of(camera_id).actions() if action.text() == "Pict&ure in picture")
    assert isinstance(part, QMenu)
    return part


def test_a_tiles_menu_puts_another_camera_into_its_corner(live: LivePage) -> None:
    part = corner_part(live, "c0")
    assert [action.text() for action in part.actions() if not action.isSeparator()] == ["&None", *(f"Camera {n}" for n in range(1, 6))]
    assert part.actions()[0].isChecked()
    part.actions()[3].trigger()
    assert live.wall.corner_of("c0") == CornerPicture("c2")
    part = corner_part(live, "c0")
    assert [action.text() for action in part.actions() if action.isChecked()] == ["Camera 2"]
    corners = part.actions()[-1].menu()
    assert isinstance(corners, QMenu)
    corners.actions()[0].trigger()
    assert live.wall.corner_of("c0") == CornerPicture("c2", Corner.TOP_LEFT)
    part.actions()[-2].trigger()
    assert on_page(live)[:3] == ["c2", "c1", "c0"] and live.wall.corner_of("c2") == CornerPicture("c0", Corner.TOP_LEFT)
    corner_part(live, "c2").actions()[0].trigger()
    assert live.wall.corner_of("c2") is None


def test_keys_swap_the_small_picture_and_move_it(live: LivePage) -> None:
    swap = next(action for action in live.actions() if action.id == "live.small-swap")
    live.wall.setFocus()
    live.wall.select_camera("c0")
    assert swap.why_not is not None and swap.why_not()
    live.wall.arranging.put_in_corner("c0", "c2")
    assert swap.why_not() == ""
    QTest.keyClick(live.wall, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert live.wall.corner_of("c0") == CornerPicture("c2", Corner.BOTTOM_LEFT)
    QTest.keyClick(live.wall, Qt.Key.Key_P)
    assert on_page(live)[:3] == ["c2", "c1", "c0"] and live.wall.selected() == "c2"


def test_small_pictures_come_back_after_a_restart_and_are_watched(open_live: Opener, qtbot: QtBot) -> None:
    first = open_live()
    first.page.desk.choose_layout("1")
    first.page.wall.arranging.put_in_corner("c0", "c4")
    first.close()
    again = open_live().page
    qtbot.waitUntil(lambda: set(again.desk._wants) == {"c0", "c4"})
    assert again.wall.corner_of("c0") == CornerPicture("c4")
    assert again.desk._wants["c0"].main and not again.desk._wants["c4"].main


# numbers


@pytest.fixture
def many(engine: FakeEngine) -> FakeEngine:
    """Twenty of them, with the numbers that the engine gives."""
    for number in range(6, 20):
        engine.add_camera(f"c{number}", f"Camera {number}", "rtsp://host/1")
    engine.settings = engine.settings.numbered()
    engine.publish()
    return engine


def press(live: LivePage, keys: str) -> None:
    for key in keys:
        QTest.keyClick(live.wall, key)


def test_in_a_wall_of_nine_cells_one_digit_is_enough(many: FakeEngine, open_live: Opener) -> None:
    live = open_live().page
    live.desk.choose_layout("9")
    live.wall.setFocus()
    press(live, "9")
    assert live.wall.selected() == "c8" and live.desk.numbers.plate.isHidden()


def test_two_digits_pick_a_cell_of_sixteen(many: FakeEngine, open_live: Opener, qtbot: QtBot) -> None:
    live = open_live().page
    live.desk.choose_layout("16")
    live.wall.setFocus()
    plate = live.desk.numbers.plate
    press(live, "1")
    assert live.wall.selected() == "" and plate.isVisible() and plate.text() == "1 – Camera 0"
    press(live, "2")
    assert live.wall.selected() == "c11" and plate.isHidden()
    press(live, "7")
    assert live.wall.selected() == "c6", "no number of a cell goes on with 7"
    press(live, "1")
    qtbot.waitUntil(lambda: live.wall.selected() == "c0")
    assert plate.isHidden()


def test_enter_takes_what_is_typed_and_escape_takes_it_back(many: FakeEngine, open_live: Opener) -> None:
    live = open_live().page
    live.desk.choose_layout("16")
    live.wall.setFocus()
    plate = live.desk.numbers.plate
    press(live, "10")
    assert live.wall.selected() == "c9"
    press(live, "1")
    QTest.keyClick(live.wall, Qt.Key.Key_Escape)
    assert live.wall.selected() == "c9" and plate.isHidden() and live.wall.maximised() == ""
    press(live, "1")
    QTest.keyClick(live.wall, Qt.Key.Key_Return)
    assert live.wall.selected() == "c0" and live.wall.maximised() == ""
    QTest.keyClick(live.wall, Qt.Key.Key_Return)
    assert live.wall.maximised() == "c0", "Enter is the wall's own again"
    QTest.keyClick(live.wall, Qt.Key.Key_Escape)
    press(live, "18")
    assert plate.text() == "18 – this wall has 16 cells"
    QTest.keyClick(live.wall, Qt.Key.Key_Backspace)
    assert plate.text() == "1 – Camera 0"
    press(live, "0")
    assert live.wall.selected() == "c9"


def test_zero_shows_the_picture_whole_unless_a_number_is_typed(many: FakeEngine, open_live: Opener) -> None:
    live = open_live().page
    live.desk.choose_layout("16")
    live.wall.setFocus()
    live.wall.select_camera("c1")
    live.wall.zoom(1, 2.0, live.wall.cells.rect(1).center().toPointF())
    press(live, "0")
    tile = live.wall.cells.tile(1)
    assert tile is not None and tile.viewport.zoom == 1.0


def test_after_the_sign_the_number_of_a_camera_brings_it_from_another_page(many: FakeEngine, open_live: Opener) -> None:
    live = open_live().page
    live.desk.choose_layout("4")
    live.wall.setFocus()
    plate = live.desk.numbers.plate
    press(live, "#")
    assert plate.text() == "# – the number of a camera"
    press(live, "1")
    assert plate.text() == "#1 – Camera 0" and live.wall.selected() == ""
    press(live, "8")
    assert live.wall.selected() == "c17" and live.wall.page() == 4 and plate.isHidden()
    press(live, "*")
    press(live, "25")
    assert plate.text() == "#25 – no camera has this number"
    QTest.keyClick(live.wall, Qt.Key.Key_Return)
    assert live.wall.selected() == "c17" and plate.isHidden()


def test_numbers_stand_in_the_tree_and_on_the_tile_and_are_found(many: FakeEngine, open_live: Opener) -> None:
    live = open_live().page
    live.toolbar.tree_button.setChecked(True)
    live.desk.tree.search.setText("20")
    assert live.desk.tree.visible_cameras() == ("c19",)
    tile = live.wall.cells.tile(0)
    assert tile is not None and tile.chrome.called == "1 · Camera 0"
    assert corner_part(live, "c0").actions()[2].text() == "2 · Camera 1"


# pages that turn


def test_pages_turn_and_wait_for_hands_and_alerts(
    live: LivePage, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr("console.wall.desk.time", SimpleNamespace(monotonic=lambda: now[0]))
    live.desk.choose_layout("4")
    live.desk.set_carousel(10)
    live.desk._pulse.stop()

    def later(seconds: float) -> int:
        now[0] += seconds
        live.desk._beat()
        return live.wall.page()

    assert [later(30), later(9.5), later(0.6), later(10.1)] == [1, 1, 0, 1]
    QTest.keyClick(live.wall, Qt.Key.Key_PageUp)
    assert [later(9), later(0.5)] == [0, 0]
    assert later(21) == 1
    with engine.running():
        engine.alerts.add(EventKind.PERSON, Severity.HIGH, "c5")
        qtbot.waitUntil(live.desk.alarmed)
    assert later(60) == 1


def test_no_page_turns_by_itself_with_reduced_motion(live: LivePage, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.monotonic()]
    monkeypatch.setattr("console.wall.desk.time", SimpleNamespace(monotonic=lambda: now[0]))
    live.desk.choose_layout("4")
    live.desk.set_carousel(10)
    live.desk._pulse.stop()
    now[0] += 60
    set_look(Look(reduced_motion=True))
    try:
        live.desk._beat()
    finally:
        set_look(Look())
    assert live.wall.page() == 0
    live.desk._beat()
    assert live.wall.page() == 1


# the tree


def test_the_tree_finds_cameras_by_name_and_group(live: LivePage) -> None:
    tree = live.desk.tree
    live.toolbar.tree_button.click()
    assert tree.isVisible() and tree.visible_cameras() == ("c3", "c4", "c2", "c1", "c0", "c5")
    tree.search.setText("north")
    assert tree.visible_cameras() == ("c2",)
    tree.search.setText("house 4")
    assert tree.visible_cameras() == ("c4",)
    tree.search.setText("nothing like it")
    assert tree.visible_cameras() == () and tree.nothing.isVisible()


def test_enter_in_the_search_opens_the_first_found(live: LivePage) -> None:
    live.toolbar.tree_button.click()
    live.desk.choose_layout("1+5")
    live.desk.set_hot(True)
    live.desk.tree.search.setText("camera 3")
    QTest.keyClick(live.desk.tree.search, Qt.Key.Key_Return)
    assert hot(live) == "c3"


def test_the_tree_says_which_cameras_are_offline(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.toolbar.tree_button.click()
    engine.set_state("c1", CameraState.LOST, "No answer.")
    item = live.desk.tree._items["c1"]
    qtbot.waitUntil(lambda: item.accessibleText() == "Camera 1, Offline")
    assert item.toolTip() == "Offline: No answer."


def test_a_camera_that_was_taken_off_comes_back_from_the_tree(live: LivePage) -> None:
    live.wall.arranging.take_off("c3")
    live.wall.select_camera("c1")
    live.desk.open_camera("c3")
    assert "c3" in on_page(live) and live.wall.selected() == "c3"


# pictures saved


def test_a_picture_is_saved_with_its_time_once_the_audit_has_it(live: LivePage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "yard.png"
    live.desk.saving._choose = lambda proposed: str(file)
    live.wall.select_camera("c1")
    with engine.running():
        live.desk.save_picture()
        qtbot.waitUntil(file.exists)
    kept = [command for command in engine.commands if isinstance(command, KeepStill)]
    assert [command.camera_id for command in kept] == ["c1"] and kept[0].captured_ns > 0
    qtbot.waitUntil(lambda: not QImage(str(file)).isNull())
    saved = QImage(str(file))
    below = [saved.pixelColor(x, saved.height() - 12).lightness() for x in range(0, saved.width(), 2)]
    assert max(below) > 100, "words stand below the picture"


def test_what_the_audit_refuses_is_not_written(shown: Shown, live: LivePage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "yard.png"
    engine.fail("command", EnvironmentFault("disk_full", "The audit cannot be kept."), KeepStill)
    live.desk.saving._choose = lambda proposed: str(file)
    live.wall.select_camera("c1")
    with engine.running():
        live.desk.save_picture()
        toasts = shown.toasts
        qtbot.waitUntil(lambda: any("audit" in toast.text() for toast in toasts.toasts()))
    assert not file.exists()


def test_who_may_not_export_saves_no_picture(open_live: Opener, engine: FakeEngine) -> None:
    live = open_live("bo").page
    asked: list[str] = []
    live.desk.saving._choose = lambda proposed: asked.append(proposed) or ""
    live.wall.select_camera("c1")
    live.desk.save_picture()
    save = next(action for action in live.menu_of("c1").actions() if "picture" in action.text())
    assert not save.isEnabled() and asked == []


def test_a_folder_that_cannot_be_written_is_said(shown: Shown, live: LivePage, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    live.desk.saving._choose = lambda proposed: str(tmp_path / "missing" / "x.jpg")
    live.wall.select_camera("c1")
    with engine.running():
        live.desk.save_picture()
        toasts = shown.toasts
        qtbot.waitUntil(lambda: any("cannot be saved" in toast.text() for toast in toasts.toasts()))


def test_what_stands_below_a_picture() -> None:
    from datetime import UTC

    camera = CameraSettings("yard", "Yard", "simulated:yard")
    left, right = picture_words("Harbour", camera, 1_800_000_000 * SECOND + 320_000_000, UTC)
    assert (left, right) == ("Yard, simulated · Harbour", "2027-01-15 08:00:00.320 UTC")
    assert file_name("Gate/../7: *", 1_800_000_000 * SECOND, UTC) == "Gate7 2027-01-15 08.00.00.jpg"
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    marked = marked_picture(image, (left, right))
    assert marked.copy(0, 0, 640, 360) == image and marked.height() > 370
    narrow = marked_picture(image.scaled(160, 90), (left, right))
    assert narrow.height() > 90 + 2 * 13


def test_saving_asks_for_nothing_while_the_picture_has_not_come(live: LivePage, engine: FakeEngine) -> None:
    assert isinstance(live.desk.saving, PictureSaving)
    live.desk.saving.save("nowhere")
    assert not [command for command in engine.commands if isinstance(command, KeepStill)]


# streams


def test_growing_changes_the_feed_and_does_not_open_another(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.desk.choose_layout("4")
    qtbot.waitUntil(lambda: len(engine.feeds) == 4)
    feed = next(feed for feed in engine.feeds if feed.camera_id == "c1")
    with engine.running():
        qtbot.waitUntil(lambda: not live.desk.cameras_without_picture({"c1"}))
        live.wall.set_maximised("c1")
        qtbot.waitUntil(lambda: feed.want.main)
        tile = live.wall.cells.tile(0)
        assert tile is not None and tile.picture is not None, "the old picture stays until the first new one is there"
        live.wall.set_maximised("")
        qtbot.waitUntil(lambda: not feed.want.main)
    assert not feed.closed


def test_the_large_cell_of_one_and_five_has_the_main_stream(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    live.desk.choose_layout("1+5")
    qtbot.waitUntil(lambda: {feed.camera_id for feed in engine.feeds if feed.want.main} == {"c0"})


def test_menus_say_what_a_cell_can_do(live: LivePage) -> None:
    live.desk.choose_layout(FREE)
    live.wall._menu_cell = 1
    texts = [action.text().replace("&", "") for action in live.menu_of("c1").actions()]
    for wanted in (
        "Maximise",
        "Save picture…",
        "Make this the hot tile",
        "Remove from wall",
        "Fit the cell to the picture",
        "Remove the cell",
    ):
        assert wanted in texts
    live.toolbar.wall_button.menu().aboutToShow.emit()
    shown = [action.text().replace("&", "") for action in live.toolbar.wall_button.menu().actions()]
    assert "Open another wall" in shown and "Hot tile" in shown


def test_pictures_come_while_questions_wait_for_their_answers(live: LivePage, shown: Shown, engine: FakeEngine, qtbot: QtBot) -> None:
    live.desk.choose_layout("4")
    qtbot.waitUntil(lambda: len(engine.feeds) == 4)
    live.wall.set_maximised("c0")
    qtbot.waitUntil(lambda: len(engine.feeds) == 1)
    gate = engine.hold("ask")
    for _ in range(8):
        shown.bridge.ask(ListEvents(), lambda answer: None, lambda error: None)
    live.wall.set_maximised("")
    qtbot.waitUntil(lambda: len(engine.feeds) == 4)
    gate.set()
    qtbot.waitUntil(lambda: shown.bridge.idle)
