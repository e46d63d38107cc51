"""The Gestures page as an administrator and as an operator work with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.people.take_from_clip import TakeFromClipDialog
from console.pages.page import PageContext
from console.pages.teach.teach import TeachPage
from console.session.remembered import Remembered
from engine.model.accounts.access import Role
from engine.model.command import CreateUser, InstallModels
from engine.model.health import CameraState
from engine.model.people.commands import DropTake, RecordTake, RemoveGesture, SetGestureMode, ShowPoses, TakeFromClip, TeachGesture
from engine.model.people.gesture import GestureMode
from engine.model.people.view import GestureScore, TakeState
from engine.model.snapshot import ModelEntry, Picture
from engine.model.time import SECOND, SystemClock
from tests.engine.vision.gestures.performances import spread
from tests.fakes.gestures import GestureEngine
from tests.fakes.media import write_mp4
from widgets.gestures.gesture_range import RangeBar
from widgets.gestures.gesture_view import GestureView
from widgets.marks.toast import ToastArea

Opener = Callable[..., TeachPage]


@pytest.fixture
def engine() -> GestureEngine:
    fake = GestureEngine()
    fake.add_camera("yard", "Yard")
    fake.add_camera("gate", "North gate")
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


class Host(QWidget):
    """A window with the page alone."""

    def __init__(self, bridge: EngineBridge, remembered: Remembered) -> None:
        super().__init__()
        self.toasts = ToastArea(self)
        self.page = TeachPage(PageContext(bridge, SystemClock(), remembered, self.toasts))
        self.page.setParent(self)
        self.page.recorder._timer.setInterval(1)
        self.bridge = bridge
        bridge.snapshot_changed.connect(self.page.show_snapshot)
        self.resize(1300, 860)
        self.page.resize(1300, 860)


@pytest.fixture
def opened(engine: GestureEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Opener]:
    hosts: list[Host] = []

    def open_for(user: str = "ada") -> TeachPage:
        host = Host(EngineBridge(engine.port(user)), remembered)
        hosts.append(host)
        host.show()
        qtbot.waitExposed(host)
        host.bridge.start()
        return host.page

    yield open_for
    for host in hosts:
        host.page.shutdown()
        host.bridge.close()
        host.close()
        host.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def sent(engine: GestureEngine, kind: type) -> list:
    return [command for command in engine.commands if isinstance(command, kind)]


def dialog(page: TeachPage, kind: type[QDialog]):
    return next((each for each in page.findChildren(kind) if each.isVisible()), None)


def test_an_admin_who_comes_is_shown_poses_and_pictures_and_nobody_else_is(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    page = opened()
    qtbot.waitUntil(lambda: len(sent(engine, ShowPoses)) == 1 and bool(engine.feeds))
    assert engine.feeds[0].camera_id == "yard" == page.camera_id()
    page.hide()
    page.leave()
    qtbot.waitUntil(lambda: not engine.feeds)


def test_an_operators_page_asks_for_nothing(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    page = opened("bo")
    qtbot.waitUntil(lambda: page.cameras.count() == 2)
    assert not (page.record.isVisible() or page.view.isVisible()) and page.list.isVisible()
    assert not page.test.isEnabled() and "Ask an administrator" in page.test.toolTip()
    assert sent(engine, ShowPoses) == [] and engine.feeds == []


def test_where_faces_are_blurred_only_skeletons_are_shown(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, blur_faces=True))
    engine.show_body("yard")
    page = opened()
    qtbot.waitUntil(lambda: page.view._masked and page.view.words().startswith("Faces are blurred"))
    engine._people(unmasked_until_ns=engine.now_ns + SECOND)
    qtbot.waitUntil(lambda: not page.view._masked and page.view.words() == "")
    view = page.view
    view.show_picture(Picture("yard", 0, 1, 1280, 720, np.full((360, 640, 4), 220, np.uint8)))
    seen = _bright(view)
    view.set_masked(True)
    assert _bright(view) < seen / 10


def test_two_takes_a_name_and_teach(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    page = opened()
    qtbot.waitUntil(page.record.isEnabled)
    assert not page.teach.isEnabled() and page.missing.text() == "No takes yet. At least two are needed."
    assert not page.shelf.isVisible()
    alone = page.view.height()
    for number in (1, 2):
        page.record.click()
        assert not page.record.isEnabled()
        qtbot.waitUntil(lambda number=number: len(sent(engine, RecordTake)) == number)
        qtbot.waitUntil(lambda number=number: page.shelf.cards() == number)
        engine.finish(engine.people.takes[-1].id)
        qtbot.waitUntil(page.record.isEnabled)
    assert page.missing.text() == "Enter a name." and page.shelf.isVisible()
    qtbot.waitUntil(lambda: page.view.height() < alone - 100)  # the room of the takes that were not there
    page.name.setText("Wave")
    qtbot.waitUntil(page.teach.isEnabled)
    page.teach.click()
    qtbot.waitUntil(lambda: [gesture.label for gesture in engine.people.gestures] == ["Wave"])
    (command,) = sent(engine, TeachGesture)
    assert command.takes == ("ta-1", "ta-2") and command.mode is GestureMode.SHADOW
    qtbot.waitUntil(lambda: page.shelf.cards() == 0 and page.name.text() == "")
    assert sent(engine, RecordTake)[0].camera_id == "yard"


def test_the_countdown_is_shown_and_then_how_much_is_recorded(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    page = opened()
    qtbot.waitUntil(page.record.isEnabled)
    shown: list[tuple[str, float]] = []
    page.recorder.counted.connect(lambda text, share: shown.append((text, share)))
    page.record.click()
    qtbot.waitUntil(lambda: bool(engine.people.takes))
    engine.finish(engine.people.takes[-1].id)
    qtbot.waitUntil(page.record.isEnabled)
    assert [text for text, _ in shown][:3] == ["3", "2", "1"] and shown[3] == ("", 0.0) and shown[-1] == ("", -1.0)


def test_the_words_over_the_picture_are_drawn_beside_a_skeleton_too(engine: GestureEngine, qtbot: QtBot):
    engine.show_body("yard")
    view = GestureView()
    qtbot.addWidget(view)
    view.resize(640, 360)
    picture = Picture("yard", 0, 1, 1280, 720, np.zeros((360, 640, 4), np.uint8))
    view.show_picture(picture)
    view.show_poses(engine.people.poses)
    without = _bright(view)
    view.show_words("Nobody in view")
    assert _bright(view) > without + 100
    view.show_count("3")
    counted = _bright(view)
    view.show_count("", 0.5)
    assert counted > without and _bright(view) > without + 500


def _bright(view: GestureView) -> int:
    """Pixels that are about white, or coloured as the accents are."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return int((pixels[..., :3].max(axis=2) > 150).sum())


def test_who_left_leaves_no_skeleton_behind(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    engine.show_body("yard")
    page = opened()
    qtbot.waitUntil(lambda: page.view.words() == "" and len(page.view._poses) == 1)
    engine.now_ns += 3 * SECOND
    engine.publish()
    qtbot.waitUntil(lambda: "pose" in page.view.words() and page.view._poses == ())


def test_another_camera_ends_the_countdown(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    page = opened()
    qtbot.waitUntil(page.record.isEnabled)
    page.recorder._timer.setInterval(60_000)
    page.record.click()
    assert page.recorder.busy
    page.cameras.setCurrentIndex(1)
    assert not page.recorder.busy and page.camera_id() == "gate"
    qtbot.waitUntil(lambda: [feed.camera_id for feed in engine.feeds] == ["gate"])


def test_a_name_that_is_taken_and_too_many_takes_are_told_before_teaching(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    engine.add_gesture("Help")
    for _ in range(6):
        engine.add_take("yard", TakeState.READY)
    page = opened()
    qtbot.waitUntil(lambda: page.missing.text() == "At most five takes: remove the worst.")
    [shelf] = [area for area in page.findChildren(QScrollArea) if area.widget() is page.shelf]
    qtbot.waitUntil(lambda: shelf.horizontalScrollBar().value() == shelf.horizontalScrollBar().maximum() > 0)  # the newest is in sight
    page.shelf.removed.emit(engine.people.takes[0].id)
    qtbot.waitUntil(lambda: len(sent(engine, DropTake)) == 1 and page.shelf.cards() == 5)
    page.name.setText("help")
    assert page.missing.text() == "There is already a gesture “help”." and not page.teach.isEnabled()
    page.name.setText("Wave")
    assert page.teach.isEnabled() and "1 other gesture" in page.apart.text()


def test_do_it_again_shows_how_sure_it_is_and_keeps_nothing(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    engine.add_gesture("Help")
    page = opened()
    qtbot.waitUntil(page.test.isEnabled)
    page.test.click()
    qtbot.waitUntil(lambda: bool(engine.people.takes))
    scores = (GestureScore("a", "Help", 0.86), GestureScore("b", "Come", 0.4))
    engine.finish(engine.people.takes[-1].id, scores=scores)
    qtbot.waitUntil(lambda: page.verdict.text() == "Recognised: Help, 86 %.")
    assert page.scores.isVisible() and page.shelf.cards() == 0
    qtbot.waitUntil(lambda: len(sent(engine, DropTake)) == 1)
    page.test.click()
    qtbot.waitUntil(lambda: bool(engine.people.takes))
    engine.finish(engine.people.takes[-1].id, spread, scores=(GestureScore("a", "Help", 0.41),))
    qtbot.waitUntil(lambda: page.verdict.text().startswith("Not recognised. Nearest is Help with 41 %"))
    qtbot.waitUntil(lambda: len(sent(engine, DropTake)) == 2)  # the take of before is gone: the next one is another
    page.test.click()
    qtbot.waitUntil(lambda: bool(engine.people.takes))
    engine.finish(engine.people.takes[-1].id, trouble="Nobody's body was seen.")
    qtbot.waitUntil(lambda: page.verdict.text() == "Nobody's body was seen.")
    assert not page.scores.isVisible()


def test_modes_arming_and_removing(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    first = engine.add_gesture("Help")
    second = engine.add_gesture("Come", GestureMode.SHADOW, shadow_fired=2, last_seen_ns=engine.now_ns)
    engine.would_have_raised("Come", 60)
    page = opened()
    card = page.list.card(second)
    qtbot.waitUntil(card.arm.isVisible)
    qtbot.waitUntil(lambda: "Yard, somebody, 80 %" in card._raised.text())
    page.list.card(first).modes.button(GestureMode.OFF).click()
    card.arm.click()
    qtbot.waitUntil(lambda: len(sent(engine, SetGestureMode)) == 2)
    assert [(command.gesture_id, command.mode) for command in sent(engine, SetGestureMode)] == [
        (first, GestureMode.OFF),
        (second, GestureMode.ARMED),
    ]
    qtbot.waitUntil(lambda: not card.arm.isVisible())
    page.list.card(first).remove.click()
    asked = dialog(page, ConfirmDialog)
    asked.keep.click()
    assert sent(engine, RemoveGesture) == []
    page.list.card(first).remove.click()
    dialog(page, ConfirmDialog).go.click()
    qtbot.waitUntil(lambda: sent(engine, RemoveGesture) == [RemoveGesture(first)])


def test_an_operator_sees_gestures_and_changes_none(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    gesture = engine.add_gesture("Help", GestureMode.SHADOW)
    page = opened("bo")
    card = page.list.card(gesture)
    qtbot.waitUntil(card.modes.isVisible)
    assert not (card.modes.isEnabled() or card.arm.isEnabled() or card.remove.isEnabled() or page.teach.isEnabled())


def test_why_nothing_can_be_recorded_is_said_over_the_picture(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    page = opened()
    qtbot.waitUntil(lambda: "pose" in page.view.words())
    engine.show_body("yard")
    qtbot.waitUntil(lambda: page.view.words() == "")
    engine.set_state("yard", CameraState.LOST, "No picture for 12 s.")
    qtbot.waitUntil(lambda: page.view.words() == "Yard has no picture now. No picture for 12 s.")


def test_without_a_camera_the_page_says_what_to_do(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    engine.settings = engine.settings.without_camera("yard").without_camera("gate")
    engine.publish()
    page = opened()
    qtbot.waitUntil(page.no_camera.isVisible)
    assert not page.record.isVisible() and page.has_content()


def test_missing_networks_are_told_with_the_way_to_install_them(engine: GestureEngine, opened: Opener, qtbot: QtBot):
    missing = ModelEntry("pose-landmarks", "pose_landmarks", "Bodies", "Apache-2.0", "https://example.org/p.onnx", 1, False)
    engine.models = (*engine.models, missing)
    engine._people(pose_trouble="The model pose-landmarks is not installed.")
    page = opened()
    qtbot.waitUntil(page.install.isVisible)
    assert "gestures cannot be taught or recognised. The model pose-landmarks is not installed." in page.trouble.text()
    for button in (page.record, page.from_clip, page.test):
        assert not button.isEnabled() and "is not installed" in button.toolTip()
    page.install.click()
    qtbot.waitUntil(lambda: sent(engine, InstallModels) == [InstallModels(("pose-landmarks",))])


def test_a_take_comes_from_a_part_of_a_clip(engine: GestureEngine, opened: Opener, qtbot: QtBot, tmp_path):
    event = engine.add_event("yard", age_s=30)
    clip = engine.add_clip(event, write_mp4(tmp_path / "a.mp4", [np.full((90, 160, 4), 40 + 3 * n, np.uint8) for n in range(40)]))
    page = opened()
    qtbot.waitUntil(page.from_clip.isEnabled)
    page.from_clip.click()
    chosen = dialog(page, TakeFromClipDialog)
    qtbot.waitUntil(chosen.go.isEnabled)
    chosen.part.choose_range(1.0, 2.5)
    assert "1.5 s" in chosen.says.text()
    chosen.go.click()
    qtbot.waitUntil(lambda: sent(engine, TakeFromClip) == [TakeFromClip(clip.id, 1.0, 2.5)])
    qtbot.waitUntil(lambda: page.shelf.cards() == 1)


def test_the_part_of_a_clip_is_dragged_within_its_limits(qtbot: QtBot):
    bar = RangeBar()
    qtbot.addWidget(bar)
    bar.resize(420, 36)
    bar.set_duration(20.0)
    assert bar.part() == (9.0, 11.0)
    drag = lambda x0, x1: (  # noqa: E731
        qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(x0, 18)),
        qtbot.mouseMove(bar, QPoint(x1, 18)),
        qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(x1, 18)),
    )
    drag(230, 270)
    assert bar.part()[0] == 9.0 and 12.5 < bar.part()[1] < 13.5
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert bar.part()[0] == pytest.approx(8.9)
    bar.choose_range(3.0, 20.0)
    assert bar.part() == (3.0, 9.0)
    bar.choose_range(19.9, 30.0)
    assert bar.part() == (19.5, 20.0) and bar.is_usable()
    bar.set_duration(0.3)
    assert not bar.is_usable()
