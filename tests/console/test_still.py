"""One picture to work on: faces hidden from who may not see them, none shown where faces may be anywhere, and the feed let go."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.playback.still import Still
from engine.model.command import ChangeSettings
from engine.model.snapshot import CameraView, Picture
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine


@pytest.fixture
def still(bridge: EngineBridge) -> Iterator[Still]:
    made = Still(bridge, "yard")
    yield made
    made.close()


@pytest.fixture
def view(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> CameraView:
    """The yard, with people in it, for a session that may not see faces."""
    engine.execute(ChangeSettings(recognition=replace(engine.settings.recognition, blur_faces=True)))
    engine.tick()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.recognition.blur_faces)
    assert bridge.snapshot is not None
    return next(view for view in bridge.snapshot.cameras if view.settings.id == "yard")


def noise(view: CameraView, later_ns: int = 0) -> Picture:
    pixels = np.random.default_rng(1).integers(0, 255, (360, 640, 4), np.uint8)
    return Picture("yard", view.tracks_ns + later_ns, 1, 640, 360, pixels)


def pixels_of(image: QImage) -> npt.NDArray[np.uint8]:
    assert image.bytesPerLine() == 4 * image.width()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].copy()


def test_the_next_picture_and_no_more(still: Still, engine: FakeEngine, qtbot: QtBot) -> None:
    for _ in range(2):
        with qtbot.waitSignal(still.taken) as caught, engine.running():
            still.take()
            qtbot.waitUntil(lambda caught=caught: caught.signal_triggered)
        image: QImage = caught.args[0]
        assert (image.width(), image.height()) == (640, 360)
        qtbot.waitUntil(lambda: not engine.feeds)


def test_heads_are_hidden_and_all_else_is_as_it_was(still: Still, view: CameraView, qtbot: QtBot) -> None:
    assert view.tracks
    picture = noise(view)
    still._wanted = True
    with qtbot.waitSignal(still.taken) as caught:
        still._show_still(picture)
    shown = pixels_of(caught.args[0])
    left, top, right, bottom = (round(value) for value in view.tracks[0].box_xyxy)
    head = shown[max(top, 0) + 1 : top + (bottom - top) // 4, max(left, 0) + 1 : right - 1].reshape(-1, 3)
    assert len(head) > 300 and len(np.unique(head, axis=0)) <= 30
    assert (shown[:4] == picture.pixels[:4, :, :3]).all(), "far from anybody nothing is changed"


def test_where_faces_may_be_anywhere_nothing_is_shown(still: Still, view: CameraView, qtbot: QtBot) -> None:
    still._wanted = True
    still.taken.connect(lambda *_: pytest.fail("a picture with faces was shown"))
    with qtbot.waitSignal(still.failed) as caught:
        still._show_still(noise(view, later_ns=30 * SECOND))
    assert "Faces cannot be blurred" in caught.args[0]
