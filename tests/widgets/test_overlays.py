import random
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from engine.model.cameras.track import TrackStatus
from engine.model.time import SECOND
from tests.widgets.values_for_widgets import NOW_NS, camera, track
from widgets.plates import Plates
from widgets.theme import person_color
from widgets.wall.overlay_painter import LABEL_HEIGHT, OverlayPainter, box_on_pixels, free_place, label_corner, shown_boxes, track_label
from widgets.wall.overlays import Overlays
from widgets.wall.trail_layer import TrailLayers
from widgets.wall.trails import KEPT_NS, Trails

TILE = QRectF(0, 0, 400, 300)


def test_labels_follow_the_toggles():
    assert track_label(track(12), Overlays()) == "Person 12"
    assert track_label(track(12), Overlays(ids=False)) == "Person"
    assert track_label(track(12), Overlays(labels=False)) == "12"


def test_box_is_carried_along_its_velocity_to_the_time_of_the_picture():
    moving = replace(track(1, (100, 100, 160, 260)), velocity_xy=(100.0, -40.0))
    view = camera(0, tracks=(moving,))
    [(_, box)] = shown_boxes(view, NOW_NS + SECOND // 10)
    assert (box.left(), box.top(), box.width(), box.height()) == pytest.approx((110, 96, 60, 160))
    [(_, box)] = shown_boxes(view, NOW_NS + SECOND)
    assert box.left() == pytest.approx(125), "no further than a quarter of a second"


def test_boxes_that_are_too_old_for_the_picture_are_not_drawn():
    view = camera(0, tracks=(track(1),))
    assert shown_boxes(view, NOW_NS + 2 * SECOND) == []
    assert shown_boxes(view, NOW_NS - 2 * SECOND) == []


def test_tentative_and_lost_tracks_are_not_drawn():
    tracks = tuple(track(number, status=status) for number, status in enumerate(TrackStatus))
    shown = shown_boxes(camera(0, tracks=tracks), NOW_NS)
    assert {each.status for each, _ in shown} == {TrackStatus.CONFIRMED, TrackStatus.COASTING}


@pytest.mark.parametrize("box", [(10, 100, 60, 200), (10, 0, 60, 100), (380, 100, 500, 200), (-50, -90, 500, 900), (10, 299, 20, 310)])
def test_label_stays_inside_the_tile(box):
    at = QPointF(*label_corner(box, 80, TILE.getCoords()))
    assert TILE.contains(QRectF(at.x(), at.y(), 80, LABEL_HEIGHT).adjusted(1, 1, -1, -1))


def test_labels_of_people_who_walk_together_stand_above_each_other():
    taken: list[QRectF] = []
    for _ in range(3):
        taken.append(free_place(QRectF(100, 100, 80, LABEL_HEIGHT), taken, TILE))
    assert taken[0].top() == 100 and all(TILE.contains(place) for place in taken)
    assert not any(a.intersects(b) for a, b in pairwise(taken)) and not taken[0].intersects(taken[2])
    high = QRectF(100, 4, 80, LABEL_HEIGHT)
    assert free_place(high, [high], TILE).top() > high.bottom(), "below it where there is no room above"
    low_tile = QRectF(0, 0, 400, 30)
    assert free_place(high, [high], low_tile) == high, "never out of the tile"


def test_boxes_lie_on_the_pixels_that_qt_rounds_them_to():
    chance = random.Random(4)
    for _ in range(2000):
        left, top = chance.uniform(-300, 900), chance.uniform(-300, 900)
        if chance.random() < 0.3:
            left, top = round(left * 2) / 2, round(top * 2) / 2
        right, bottom = left + chance.uniform(0, 500), top + chance.uniform(0, 500)
        assert box_on_pixels((left, top, right, bottom)) == QRectF(QPointF(left, top), QPointF(right, bottom)).toRect().getRect()


@pytest.mark.parametrize("foot", [90, 260, 299])
def test_label_leaves_the_face_free_where_there_is_no_room_above(foot):
    box = QRectF(100, 10, 40, foot - 10)
    at = QPointF(*label_corner(box.getCoords(), 80, TILE.getCoords()))
    assert at.y() >= box.center().y() and at.y() + LABEL_HEIGHT <= TILE.bottom()


def walk(trails: Trails, seconds: float, rate: int = 25) -> None:
    for step in range(int(seconds * rate)):
        trails.update((track(1, (step, 0, step + 10, 50)),), NOW_NS + step * SECOND // rate)


@pytest.mark.parametrize("seconds", [0.0, 0.04, 3.0])
def test_tracks_are_painted_whatever_is_known_of_their_trails(seconds, qapp):
    """None at all, a point, a full trail: an exception while painting would take the whole console down."""
    trails = Trails()
    walk(trails, seconds)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    boxes = [(track(1), QRectF(100, 100, 40, 100))]
    OverlayPainter(Plates()).paint(painter, boxes, trails, QTransform(), TILE, Overlays())
    painter.end()
    assert image.pixelColor(100, 150) == person_color(1)


def test_trail_keeps_three_seconds_in_few_points():
    trails = Trails()
    walk(trails, 10)
    assert 25 <= trails.lengths()["t1"] <= KEPT_NS / SECOND * 10 + 1


def test_trail_ends_at_the_feet_now_and_its_parts_join():
    trails = Trails()
    walk(trails, 4)
    parts = trails.parts("t1")
    assert len(parts) == 3, "two faded lines and the way to the feet"
    assert all(a.at(a.size() - 1) == b.at(0) for a, b in pairwise(parts))
    assert parts[-1].at(parts[-1].size() - 1).y() == 50


def test_trail_goes_with_its_track_and_starts_anew_when_time_goes_back():
    trails = Trails()
    walk(trails, 2)
    trails.update((track(1),), NOW_NS)
    assert trails.lengths() == {"t1": 1}
    trails.update((), NOW_NS + SECOND)
    assert trails.lengths() == {}
    assert trails.parts("t1") == []


class CountedTrails(Trails):
    drawn = 0

    def parts(self, track_id):
        self.drawn += 1
        return super().parts(track_id)


def test_trails_are_drawn_once_until_tracks_or_their_place_are_others(qapp):
    layers, trails = TrailLayers(), CountedTrails()
    walk(trails, 1)

    def pixels(tint="#ff0000", area=TILE.toRect(), to_tile=QTransform()):  # noqa: B008
        image = QImage(400, 300, QImage.Format.Format_RGB32)
        image.fill(0)
        with QPainter(image) as painter:
            layers.paint(painter, trails, {track(1).id: tint}, to_tile, area, 1.0)
        return bytes(image.constBits())

    first = pixels()
    assert first.strip(b"\x00\xff"), "something was drawn"
    assert pixels() == first
    assert trails.drawn == 1
    others = [pixels("#00ff00"), pixels(area=QRect(0, 0, 15, 300)), pixels(to_tile=QTransform.fromScale(0.5, 0.5))]
    walk(trails, 2)
    assert len({first, *others, pixels()}) == 5
    assert trails.drawn == 5
