"""Names, bodies and hidden faces on the tiles of a wall."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QImage, QTransform
from pytestqt.qtbot import QtBot

from engine.model.cameras.detection import Category
from engine.model.cameras.track import TrackStatus
from engine.model.health import CameraState
from engine.model.people.person import Person
from engine.model.people.view import PeopleView, TrackFace
from engine.model.radio.fused import FusedIdentity
from engine.model.snapshot import Picture
from engine.model.time import MILLISECOND, SECOND, ManualClock
from tests.fakes.people import identity, standing_pose
from tests.widgets.values_for_widgets import NOW_NS, camera, picture, track
from widgets.gestures.skeleton import BONES, bone_lines
from widgets.people.identity_words import conflict_text, evidence_rows, identity_tip, name_text
from widgets.wall.arrangement.layouts import LAYOUTS
from widgets.wall.overlay_painter import track_color, track_label
from widgets.wall.overlays import Overlays
from widgets.wall.video_wall import VideoWall
from widgets.wall.wall_people import WallPeople, fresh_pose, hidden_regions, wall_people

BOX = (100.0, 100.0, 160.0, 260.0)
ADA = Person("ada", "Ada Lovelace", "#E69F00")
BLURRED = WallPeople(blurred=True)


def who(conflict: str = "", confidence: float | None = None) -> FusedIdentity:
    made = identity(ADA, NOW_NS, "c0", conflict)
    return made if confidence is None else replace(made, confidence=confidence)


def striped() -> Picture:
    """Black and white lines of one pixel: any average of them is grey."""
    plain = picture(size=(1280, 720))
    pixels = np.zeros((720, 1280, 4), np.uint8)
    pixels[::2] = 255
    pixels[:, :, 3] = 255
    return replace(plain, pixels=pixels)


@pytest.fixture
def wall(qtbot: QtBot, clock: ManualClock) -> Iterator[VideoWall]:
    made = VideoWall(clock)
    qtbot.addWidget(made)
    made.set_layout(LAYOUTS["1"])
    made.set_overlays(Overlays(False, False, False, False, names=False))
    made.resize(1280, 720)
    made.show()
    yield made


def contrast(wall: VideoWall, x: int, y: int, width: int, height: int) -> float:
    """How strongly neighbouring rows differ on screen, 0–255."""
    image = wall.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    part = pixels[y : y + height, x : x + width].astype(np.float64)
    return float(np.abs(np.diff(part, axis=0)).mean())


def test_a_name_stands_instead_of_what_it_is() -> None:
    assert track_label(track(12), Overlays(), who()) == "Ada Lovelace 12"
    assert track_label(track(12), Overlays(ids=False), who()) == "Ada Lovelace"
    assert track_label(track(12), Overlays(names=False), who()) == "Person 12"
    assert track_label(track(12), Overlays(), None) == "Person 12"


@pytest.mark.parametrize("unsure", [who("the phone says it is somebody else"), who(confidence=0.69)])
def test_a_name_that_may_be_wrong_has_a_question_mark(unsure: FusedIdentity) -> None:
    assert name_text(unsure) == "Ada Lovelace ?" and name_text(who(confidence=0.7)) == "Ada Lovelace"


def test_somebody_has_their_own_colour() -> None:
    assert track_color(track(3), who()).name() == "#e69f00"
    assert track_color(track(3), None) == track_color(track(3), replace(who(), color=""))


def test_evidence_adds_up_to_the_sum_also_with_what_was_there_before() -> None:
    rows = evidence_rows(who(), {"c0": "Gate"}, NOW_NS)
    assert [row.title for row in rows] == ["Starting value", "Face, Gate", "Phone or badge, aa:bb:cc:00:00:04", "Sum"]
    assert sum(row.value for row in rows[:-1]) == pytest.approx(rows[-1].value) == who().log_odds
    assert all(after.start == pytest.approx(before.end) for before, after in pairwise(rows[:-1]))
    exact = replace(who(), log_odds=6.5)
    assert evidence_rows(exact, {}, NOW_NS)[0].title.startswith("Face")


def test_the_tip_says_each_assertion_the_sum_and_the_conflict() -> None:
    lines = identity_tip(who("the phone says it is somebody else"), {"c0": "Gate"}, NOW_NS).splitlines()
    assert lines[0] == "Ada Lovelace, confidence 97 %" and lines[-1] == "The phone says it is somebody else."
    assert lines[1:5] == [
        "−3.0  Starting value, Unknown person more likely",
        "+4.2  Face, Gate, similarity 0.61 · 4 s ago",
        "+2.3  Phone or badge, aa:bb:cc:00:00:04, phone · just now",
        "+3.5  sum (points)",
    ]
    assert conflict_text(who()) == ""


def test_pointing_at_somebody_tells_why_and_beside_them_nothing(wall: VideoWall) -> None:
    wall.set_cameras((camera(0, tracks=(track(1, BOX),)),))
    wall.set_picture("c0", picture(size=(1280, 720)))
    wall.set_people(WallPeople(names={"t1": who()}))
    assert wall.tip_at(QPointF(130, 180)).startswith("Ada Lovelace") and "Camera 0" in wall.tip_at(QPointF(130, 180))
    assert wall.tip_at(QPointF(600, 180)) == "" and wall.track_at(QPointF(5000, 5000)) is None
    wall.set_people(WallPeople())
    assert wall.tip_at(QPointF(130, 180)) == ""


def test_of_two_who_overlap_the_nearer_is_pointed_at(wall: VideoWall) -> None:
    near = track(2, (100, 120, 200, 400))
    wall.set_cameras((camera(0, tracks=(track(1, BOX), near)),))
    wall.set_picture("c0", picture(size=(1280, 720)))
    found = wall.track_at(QPointF(130, 180))
    assert found is not None and found.id == "t2"


# Faces that are not shown


def test_a_face_is_hidden_with_room_around_it_and_moves_with_its_track() -> None:
    walking = replace(track(1, BOX), velocity_xy=(100.0, 0.0))
    face = TrackFace("c0", "t1", NOW_NS - 200 * MILLISECOND, (120, 105, 140, 130))
    found = hidden_regions(camera(0, tracks=(walking,)), WallPeople(faces={"t1": face}, blurred=True), NOW_NS)
    assert found == [QRectF(120 + 20 - 9, 105 - 11.25, 20 + 18, 25 + 22.5)]


def test_without_a_face_the_upper_part_is_hidden_and_all_of_one_who_lies() -> None:
    standing, lying = track(1, BOX), track(2, (300, 400, 500, 460))
    old = TrackFace("c0", "t1", NOW_NS - SECOND, (120, 105, 140, 130))
    regions = hidden_regions(camera(0, tracks=(standing, lying)), WallPeople(faces={"t1": old}, blurred=True), NOW_NS)
    assert regions is not None
    assert regions[0].contains(QRectF(100, 100, 60, 50)) and regions[0].bottom() < 180
    assert regions[1].contains(QRectF(300, 400, 200, 60))


def test_somebody_who_is_not_sure_yet_is_hidden_too_and_a_vehicle_is_not() -> None:
    tentative, lost = track(1, BOX, TrackStatus.TENTATIVE), track(2, BOX, TrackStatus.LOST)
    car = replace(track(3, BOX), category=Category.VEHICLE)
    regions = hidden_regions(camera(0, tracks=(tentative, lost, car)), BLURRED, NOW_NS)
    assert regions is not None and len(regions) == 1


def test_when_nobody_knows_where_faces_are_all_is_hidden() -> None:
    view = camera(0, tracks=(track(1, BOX),))
    assert hidden_regions(view, BLURRED, NOW_NS + 2 * SECOND) is None


def test_the_pixels_of_a_face_are_not_drawn(wall: VideoWall) -> None:
    wall.set_cameras((camera(0, tracks=(track(1, BOX),)),))
    wall.set_picture("c0", striped())
    assert contrast(wall, 110, 110, 40, 30) > 200
    wall.set_people(BLURRED)
    assert contrast(wall, 101, 101, 58, 48) < 12 and contrast(wall, 400, 400, 40, 30) > 200
    wall.set_people(WallPeople())
    assert contrast(wall, 110, 110, 40, 30) > 200


def test_a_face_at_the_edge_of_a_zoomed_picture_is_not_drawn_either(wall: VideoWall) -> None:
    wall.set_cameras((camera(0, tracks=(track(1, (-20, -30, 60, 200)),)),))
    wall.set_picture("c0", striped())
    wall.set_people(BLURRED)
    assert contrast(wall, 0, 40, 55, 6) < 12
    wall.zoom(0, 3.0, QPointF(0, 0))
    assert contrast(wall, 0, 40, 160, 60) < 12


@pytest.mark.parametrize("state", [CameraState.LOST, CameraState.LIVE])
def test_a_picture_of_which_nothing_is_known_is_not_drawn(wall: VideoWall, state: CameraState) -> None:
    apart = 2 * SECOND if state is CameraState.LIVE else 0
    wall.set_cameras((camera(0, state, tracks=(track(1, BOX),), at_ns=NOW_NS - apart),))
    wall.set_picture("c0", striped())
    wall.set_people(BLURRED)
    assert contrast(wall, 40, 500, 200, 150) < 12


def test_faces_are_shown_again_only_while_unmasked() -> None:
    assert wall_people(PeopleView(), True, NOW_NS).blurred
    assert not wall_people(PeopleView(), False, NOW_NS).blurred
    assert not wall_people(PeopleView(unmasked_until_ns=NOW_NS + 1), True, NOW_NS).blurred
    assert wall_people(PeopleView(unmasked_until_ns=NOW_NS), True, NOW_NS).blurred


# Bodies


def test_only_bones_of_which_both_ends_are_seen_are_drawn() -> None:
    pose = standing_pose(BOX, "c0", "t1", NOW_NS)
    lines = bone_lines(pose.landmarks, pose.visibility, QTransform())
    assert len(lines) == len(BONES) - 4, "hands' and feet's ends are not seen"
    assert QLineF(pose.landmarks[11][0], pose.landmarks[11][1], pose.landmarks[12][0], pose.landmarks[12][1]) in lines


def test_a_pose_moves_with_its_track_and_an_old_one_is_not_drawn() -> None:
    walking = replace(track(1, BOX), velocity_xy=(100.0, -40.0))
    people = WallPeople(poses={"t1": standing_pose(BOX, "c0", "t1", NOW_NS)})
    found = fresh_pose(walking, people, NOW_NS + 100 * MILLISECOND)
    assert found is not None and found[1] == pytest.approx((10.0, -4.0))
    assert fresh_pose(walking, people, NOW_NS + 2 * SECOND) is None and fresh_pose(track(2), people, NOW_NS) is None


def test_names_and_skeletons_change_the_picture(wall: VideoWall) -> None:
    wall.set_cameras((camera(0, tracks=(track(1, BOX),)),))
    wall.set_picture("c0", picture(size=(1280, 720)))
    wall.set_people(WallPeople({"t1": who()}, {"t1": standing_pose(BOX, "c0", "t1", NOW_NS)}))
    bare = wall.grab().toImage()
    for shown in (Overlays(False, False, False, False, names=True), Overlays(False, False, False, False, names=False, poses=True)):
        wall.set_overlays(shown)
        assert wall.grab().toImage() != bare
