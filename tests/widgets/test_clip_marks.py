"""Boxes over a clip: interpolated between detections only, and dashed where nobody was detected."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from engine.model.cameras.trail import TrackTrail
from engine.model.time import SECOND
from widgets.playback.clip_marks import HOLD_NS, ClipMarks, MarkedPlace, StillMarks
from widgets.playback.clip_overlay import OVERLAY, MarkedPicture, OverlayParts, mark_color, paint_marks, paint_still
from widgets.theme import color


def at(second: float) -> int:
    return round(second * SECOND)


def trail(*points: tuple[float, float], track_id: str = "t-1") -> TrackTrail:
    """(second, left)"""
    return TrackTrail(track_id, "person", tuple(at(s) for s, _ in points), tuple((x, 0.2, x + 0.1, 0.6) for _, x in points))


def left(marks: ClipMarks, second: float) -> float | None:
    boxes = marks.boxes_at(at(second))
    return boxes[0].box[0] if boxes else None


def test_between_two_detections_the_box_is_interpolated_and_beyond_them_there_is_none() -> None:
    marks = ClipMarks((trail((10, 0.1), (11, 0.3)),))
    assert left(marks, 10) == pytest.approx(0.1) and left(marks, 10.5) == pytest.approx(0.2) and left(marks, 11) == pytest.approx(0.3)
    assert left(marks, 9) is None and left(marks, 12) is None
    assert left(marks, 11.2) == pytest.approx(0.3), "a moment longer, as detections are a moment apart"
    assert not marks.boxes_at(at(10.5))[0].predicted


def test_across_a_gap_the_box_is_predicted_and_across_a_long_one_there_is_none() -> None:
    marks = ClipMarks((trail((0, 0.1), (1, 0.1)), trail((4, 0.4), (5, 0.4)), trail((20, 0.5), (21, 0.5))))
    (gap,) = marks.boxes_at(at(2.5))
    assert gap.predicted and gap.box[0] == pytest.approx(0.25)
    assert not marks.boxes_at(at(4.5))[0].predicted
    assert marks.boxes_at(at(12)) == ()


def test_a_piece_that_continues_at_once_is_no_gap() -> None:
    marks = ClipMarks((trail((0, 0.1), (60, 0.1)), trail((60.2, 0.1), (61, 0.1))))
    assert not marks.boxes_at(at(60.1))[0].predicted


def test_who_stood_still_was_seen_and_who_jumped_in_an_old_record_was_not() -> None:
    still, jumped = ClipMarks((trail((0, 0.1), (9, 0.105)),)), ClipMarks((trail((0, 0.1), (2.5, 0.5)),))
    assert not still.boxes_at(at(5))[0].predicted and jumped.boxes_at(at(1))[0].predicted
    assert ClipMarks((trail((0, 0.1), (9, 0.5)),)).boxes_at(at(5)) == (), "where they went is anybody's guess"


def test_the_way_of_the_last_seconds_ends_at_the_feet() -> None:
    marks = ClipMarks((trail((0, 0.1), (1, 0.2), (2, 0.3)), trail((5, 0.6), (6, 0.7))))
    solid, dashed, after = marks.trail_parts(at(5.5))
    assert not solid.predicted and dashed.predicted and not after.predicted
    assert solid.points[0] == pytest.approx((0.15, 0.6)) and after.points[-1] == pytest.approx((0.7, 0.6))
    assert marks.trail_parts(at(30)) == ()
    apart = ClipMarks((trail((0, 0.1), (1, 0.2)), trail((5, 0.6), (6, 0.7)))).trail_parts(at(5.5))
    assert [part.predicted for part in apart] == [False, False], "no line across a long gap"


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8, unique=True), st.floats(-10, 120))
def test_a_box_never_leaves_the_hull_of_its_detections(seconds: list[float], asked: float) -> None:
    rising = sorted(seconds)
    marks = ClipMarks((trail(*((second, 0.01 * n) for n, second in enumerate(rising))),))
    for box in marks.boxes_at(at(asked)):
        assert -1e-9 <= box.box[0] <= 0.01 * (len(rising) - 1) + 1e-9
        assert at(rising[0]) - HOLD_NS <= at(asked) <= at(rising[-1]) + HOLD_NS


def test_several_tracks_have_boxes_of_their_own() -> None:
    marks = ClipMarks((trail((0, 0.1), (1, 0.1)), trail((0, 0.5), (1, 0.5), track_id="t-2")))
    assert [(each.number, round(each.box[0], 1)) for each in marks.boxes_at(at(0.5))] == [(0, 0.1), (1, 0.5)]


def test_among_everybody_the_subject_alone_is_amber_and_is_drawn_last() -> None:
    several = (trail((0, 0.1), (1, 0.1)), trail((0, 0.5), (1, 0.5), track_id="t-2"), trail((0, 0.7), (1, 0.7), track_id="t-3"))
    boxes = ClipMarks(several, (), "Person", frozenset({"t-2"}), everybody=True).boxes_at(at(0.5))
    assert (boxes[-1].number, boxes[-1].beside, round(boxes[-1].box[0], 1)) == (0, False, 0.5)
    assert all(each.beside and each.number for each in boxes[:-1]) and len(boxes) == 3
    fewer = ClipMarks(several[2:], everybody=True).boxes_at(at(0.5))
    assert fewer[0].number == next(each.number for each in boxes if round(each.box[0], 1) == 0.7), "a colour stays with its track"


def pixels(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_box_trail_and_zone_are_painted(qtbot) -> None:
    marks = ClipMarks((trail((0, 0.1), (2, 0.6)),), (MarkedPlace("Yard", ((0.05, 0.05), (0.9, 0.05), (0.9, 0.9))),))
    subject, zone = mark_color(0).name(), QColor(color("mark")).name()

    def painted(parts: OverlayParts) -> set[str]:
        image = QImage(320, 180, QImage.Format.Format_RGB32)
        image.fill(QColor("black"))
        painter = QPainter(image)
        paint_marks(painter, QRectF(0, 0, 320, 180), marks, at(1.5), None, parts)
        painter.end()
        return pixels(image) & {subject, zone}

    assert painted(OverlayParts()) == {subject, zone}
    assert painted(OverlayParts(places=False)) == {subject} and painted(OverlayParts(boxes=False, trails=False)) == {zone}
    assert painted(OverlayParts(boxes=False, places=False)) == {subject}, "the trail"


def test_the_mark_of_a_small_picture_stays_in_it(qtbot) -> None:
    image = QImage(96, 54, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint_still(painter, QRectF(10, 10, 40, 30), StillMarks((-1.0, -1.0, 3.0, 3.0)))
    paint_still(painter, QRectF(10, 10, 40, 30), StillMarks((0.2, 0.2, 0.8, 0.8)))
    painter.end()
    assert mark_color(0).name() in pixels(image)
    assert image.pixelColor(5, 5) == QColor("black") and image.pixelColor(60, 45) == QColor("black")


def test_hidden_marks_are_hidden_in_every_player(qtbot) -> None:
    views = MarkedPicture(), MarkedPicture()
    frame = np.zeros((180, 320, 4), np.uint8)
    for view in views:
        qtbot.addWidget(view)
        view.resize(320, 180)
        view.show_marks(ClipMarks((trail((0, 0.1), (2, 0.6)),)))
        view.show_moment(at(1))
        view.show_pixels(frame)

    def marked(view: MarkedPicture) -> bool:
        return mark_color(0).name() in pixels(view.grab().toImage())

    assert all(marked(view) for view in views)
    try:
        OVERLAY.show(False)
        assert not any(marked(view) for view in views)
    finally:
        OVERLAY.show(True)
