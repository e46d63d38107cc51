"""A picture of a clip as small as a row: it is cut to where the subject goes, and the subject is marked."""

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.model.cameras.trail import TrackTrail
from engine.model.time import SECOND
from widgets.playback.clip_marks import ClipMarks
from widgets.playback.clip_reader import ClipPicture
from widgets.playback.row_picture import WHOLE, row_picture, subject_part

SIZE = QSize(96, 54)
GRAY = ClipPicture(1.0, np.full((180, 320, 4), 128, np.uint8))


def walk(*boxes: tuple[float, float, float, float]) -> ClipMarks:
    return ClipMarks((TrackTrail("tr-1", "person", tuple(n * SECOND for n in range(len(boxes))), boxes),))


def drawn(marks: ClipMarks) -> QImage:
    return row_picture(GRAY, marks, SECOND, subject_part(marks), SIZE, 1.0).toImage()


def test_the_part_holds_all_of_the_way_is_never_too_close_and_stays_inside() -> None:
    assert subject_part(ClipMarks()) == WHOLE
    near = subject_part(walk((0.9, 0.8, 0.95, 0.95), (0.92, 0.8, 0.97, 0.95)))
    assert near.width() == near.height() == 0.5 and (near.right(), near.bottom()) == (1.0, 1.0)
    assert subject_part(walk((0.0, 0.4, 0.1, 0.6), (0.9, 0.4, 1.0, 0.6))) == WHOLE


def test_it_fills_the_row_and_marks_the_subject(qtbot: QtBot) -> None:
    plain, marked = drawn(ClipMarks()), drawn(walk((0.4, 0.4, 0.5, 0.6), (0.45, 0.4, 0.55, 0.6), (0.5, 0.4, 0.6, 0.6)))
    assert {plain.pixel(x, y) for x in (0, 48, 95) for y in (0, 27, 53)} == {0xFF808080}
    changed = [(x, y) for x in range(96) for y in range(54) if marked.pixel(x, y) != plain.pixel(x, y)]
    assert min(x for x, _ in changed) < 48 < max(x for x, _ in changed), "the box stands around the middle"
