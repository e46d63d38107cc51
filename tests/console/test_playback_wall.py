"""The wall of recorded video on screen: what is painted carries its number, and nothing looks live."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.playback.playback import PlaybackController
from engine.model.cameras.picture_zone import PictureLine, PictureZone
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from tests.console.recorded import RecordedCameras
from tests.engine.recording.streams import seen
from tests.fakes.engine import FakeEngine
from widgets.drawing.shape_looks import place_color
from widgets.playback.playback import RecordedTile, TileKind
from widgets.playback.playback_painter import bounds_words, tile_words
from widgets.playback.playback_wall import PlaybackWall
from widgets.playback.transport_bar import TransportBar
from widgets.playback.transport_keys import TransportKeys

NINE = tuple(f"camera{number}" for number in range(9))


class Stage(QWidget):
    """A wall with its bar and keys, and a field to type into."""

    def __init__(self, playback: PlaybackController) -> None:
        super().__init__()
        self.wall, self.bar, self.field = PlaybackWall(playback), TransportBar(playback), QLineEdit()
        self.keys = TransportKeys(playback, self)
        column = QVBoxLayout(self)
        for widget in (self.field, self.wall, self.bar):
            column.addWidget(widget)
        self.resize(1280, 800)


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> RecordedCameras:
    recorded = RecordedCameras(tmp_path_factory.mktemp("nine"), NINE)
    recorded.make(FakeEngine())
    return recorded


@pytest.fixture
def playback(bridge: EngineBridge, engine: FakeEngine, nine: RecordedCameras) -> Iterator[PlaybackController]:
    nine.enter(engine)
    made = PlaybackController(bridge, SystemClock())
    made.set_cameras(NINE)
    yield made
    made.shutdown()


@pytest.fixture
def stage(playback: PlaybackController, nine: RecordedCameras, qtbot: QtBot) -> Iterator[Stage]:
    made = Stage(playback)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.wall.setFocus()
    playback.seek(nine.at(NINE[0], 30.5))
    settled(playback, qtbot)
    yield made
    made.close()


def settled(playback: PlaybackController, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: not playback.state.busy and all(playback.tile(each).kind is not TileKind.LOADING for each in playback.cameras),
        timeout=120_000,
    )


def painted(wall: PlaybackWall, camera_id: str) -> tuple[int, int]:
    """(camera, picture) of the picture that is on the screen in a camera's tile."""
    area = wall.area(camera_id)
    image = wall.grab(area).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]
    height = round(area.width() * 96 / 160)
    width = area.width()
    if height > area.height():
        width, height = round(area.height() * 160 / 96), area.height()
    left, top = (area.width() - width) // 2, (area.height() - height) // 2
    return seen(np.ascontiguousarray(pixels[top : top + height, left : left + width, :3]))


def test_all_nine_show_the_picture_of_their_time(stage: Stage, playback: PlaybackController, nine: RecordedCameras, qtbot: QtBot) -> None:
    for picture in (30.5, 31.9, 8.2, 93.3):
        at_ns = nine.at(NINE[0], picture)
        playback.seek(at_ns)
        settled(playback, qtbot)
        assert [painted(stage.wall, each) for each in NINE] == [(n, nine.picture_at(each, at_ns)) for n, each in enumerate(NINE)]


def test_zones_and_lines_are_drawn_over_pictures_where_they_are_wanted(stage: Stage, playback: PlaybackController) -> None:
    door = PictureZone("pz-1", "Door", ((0.2, 0.3), (0.8, 0.3), (0.8, 0.9), (0.2, 0.9)))
    gate = PictureLine("pl-1", "Gate", (0.1, 0.6), (0.9, 0.6))
    stage.wall.set_camera_settings([CameraSettings("camera4", "Yard", "rtsp://yard.test/1", zones=(door,), lines=(gate,))])

    def tile(camera_id: str) -> QImage:
        return stage.wall.grab(stage.wall.area(camera_id)).toImage()

    plain, other = tile("camera4"), tile("camera3")
    stage.wall.show_zones(True)
    drawn = tile("camera4")
    edge, whole = stage.wall.area("camera4"), stage.wall.picture_area("camera4")
    corner = QPointF(whole.x() + 0.2 * whole.width() - edge.x(), whole.y() + 0.45 * whole.height() - edge.y()).toPoint()
    assert drawn.pixelColor(corner) == place_color(0) != plain.pixelColor(corner)
    assert tile("camera3") == other, "another camera's"
    playback._sides["camera4"].tile = RecordedTile("camera4", "Camera 4", TileKind.GAP)
    playback.tile_changed.emit("camera4")
    gap = tile("camera4")
    stage.wall.show_zones(False)
    assert tile("camera4") == gap, "nothing is drawn where there is no picture"


def test_one_camera_fills_the_wall_and_the_others_are_not_decoded(stage: Stage, playback: PlaybackController, qtbot: QtBot) -> None:
    centre = stage.wall.area("camera4").center()
    qtbot.mouseDClick(stage.wall, Qt.MouseButton.LeftButton, pos=centre)
    assert stage.wall.maximised() == "camera4" and stage.wall.area("camera4") == stage.wall.rect()
    qtbot.waitUntil(lambda: playback._sizes["camera3"] == (0, 0))
    qtbot.keyClick(stage.wall, Qt.Key.Key_Escape)
    assert stage.wall.maximised() == ""
    settled(playback, qtbot)


def test_steps_follow_the_selected_camera(stage: Stage, playback: PlaybackController, qtbot: QtBot) -> None:
    qtbot.mouseClick(stage.wall, Qt.MouseButton.LeftButton, pos=stage.wall.area("camera5").center())
    assert stage.wall.selected() == "camera5"
    first = painted(stage.wall, "camera5")[1]
    for key, expected in [(Qt.Key.Key_Period, first + 1), (Qt.Key.Key_Period, first + 2), (Qt.Key.Key_Comma, first + 1)]:
        qtbot.keyClick(stage.wall, key)
        settled(playback, qtbot)
        assert painted(stage.wall, "camera5") == (5, expected)
    qtbot.keyClick(stage.wall, Qt.Key.Key_Right)
    assert stage.wall.selected() == "camera5", "there is nothing right of the last column"
    qtbot.keyClick(stage.wall, Qt.Key.Key_Down)
    assert stage.wall.selected() == "camera8"


def test_the_keys_are_those_of_editing_programs(stage: Stage, playback: PlaybackController, qtbot: QtBot) -> None:
    def speed_after(key: Qt.Key) -> float:
        qtbot.keyClick(stage.wall, key)
        return playback.state.speed if playback.state.playing else 0.0

    assert [speed_after(key) for key in (Qt.Key.Key_L, Qt.Key.Key_L, Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_K)] == [1, 2, 1, -1, 0]
    playback.seek(playback.position_ns)
    settled(playback, qtbot)
    first = painted(stage.wall, NINE[0])[1]
    qtbot.keyPress(stage.wall, Qt.Key.Key_K)
    qtbot.keyClick(stage.wall, Qt.Key.Key_L)
    settled(playback, qtbot)
    assert not playback.state.playing and painted(stage.wall, NINE[0]) == (0, first + 1)
    qtbot.keyClick(stage.wall, Qt.Key.Key_J)
    settled(playback, qtbot)
    assert painted(stage.wall, NINE[0]) == (0, first)
    qtbot.keyRelease(stage.wall, Qt.Key.Key_K)
    assert speed_after(Qt.Key.Key_J) == -1
    assert speed_after(Qt.Key.Key_Space) == 0


def test_what_is_typed_into_a_field_is_not_for_the_video(stage: Stage, playback: PlaybackController, qtbot: QtBot) -> None:
    stage.field.setFocus()
    qtbot.keyClicks(stage.field, "jkl, ")
    assert stage.field.text() == "jkl, " and not playback.state.playing


def test_the_wheel_zooms_where_it_points_and_larger_pictures_are_asked_for(
    stage: Stage, playback: PlaybackController, qtbot: QtBot
) -> None:
    centre = stage.wall.area("camera2").center()
    before = playback._sizes["camera2"]
    wheel = QWheelEvent(
        QPointF(centre),
        QPointF(stage.wall.mapToGlobal(centre)),
        QPoint(),
        QPoint(0, 480),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(stage.wall, wheel)
    assert stage.wall.zoom("camera2") == pytest.approx(1.25**4)
    qtbot.waitUntil(lambda: playback._sizes["camera2"][0] > 2 * before[0])
    qtbot.mouseClick(stage.wall, Qt.MouseButton.LeftButton, pos=centre)
    qtbot.keyClick(stage.wall, Qt.Key.Key_0)
    assert stage.wall.zoom("camera2") == 1


def test_the_bar_says_time_with_zone_speed_and_way(stage: Stage, playback: PlaybackController, qtbot: QtBot) -> None:
    assert stage.bar._clock.text().count(":") == 2 and stage.bar._clock.text().split(" ")[1]
    assert stage.bar._date.text().startswith("20")
    stage.bar._reverse.click()
    assert playback.state.playing and playback.state.speed == -1
    assert stage.bar._note.text() == "backwards" and "Pause" in stage.bar._play.toolTip()
    stage.bar._play.click()
    stage.bar._on.click()
    settled(playback, qtbot)
    assert not playback.state.playing
    playback.set_speed(3.0)
    assert stage.bar._speeds.currentText() == "3×"
    stage.bar._speeds.setCurrentIndex(0)
    stage.bar._speeds.activated.emit(0)
    assert playback.state.speed == 0.1 and stage.bar._speeds.currentText() == "0.1×"


def test_a_wall_that_is_not_seen_decodes_nothing(stage: Stage, playback: PlaybackController) -> None:
    stage.hide()
    assert set(playback._sizes.values()) == {(0, 0)}


def test_tiles_without_a_picture_say_what_is_the_matter(tmp_path: Path) -> None:
    words = {kind: tile_words(RecordedTile("yard", kind=kind)) for kind in TileKind}
    assert words.pop(TileKind.PICTURE) == "" and len(set(words.values())) == len(words) and all(words.values())
    hour_ns = 3600 * 10**9
    assert "1 h 00 min" in bounds_words(RecordedTile("yard", since_ns=0, until_ns=hour_ns))
    assert bounds_words(RecordedTile("yard", since_ns=0)).startswith("Since ")
    assert bounds_words(RecordedTile("yard", until_ns=0)).startswith("Until ")
    assert bounds_words(RecordedTile("yard")) == ""


def test_gaps_and_blindness_look_different(stage: Stage, playback: PlaybackController) -> None:
    pictures = set[bytes]()
    for kind in (TileKind.GAP, TileKind.BLIND, TileKind.DAMAGED, TileKind.FAILED, TileKind.LOADING):
        playback._sides["camera0"].tile = RecordedTile("camera0", "Camera 0", kind)
        playback.tile_changed.emit("camera0")
        image = stage.wall.grab(QRect(stage.wall.area("camera0"))).toImage()
        pictures.add(bytes(image.constBits()))
    assert len(pictures) == 5
