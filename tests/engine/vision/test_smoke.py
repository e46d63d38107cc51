"""The candidate detector of smoke on drawn smoke and what looks like it over real pictures, and on real films without any."""

from pathlib import Path

import numpy as np
import pytest

from engine._opencv import cv2
from engine.fire.smoke.validation import PersistenceScorer, do
from engine.fire.smoke.watch import SmokeWatch
from engine.model.cameras.frame import Bytes2D
from engine.model.fire.smoke import SmokeBox, ValidationState
from engine.vision.smoke import SmokeDetector
from tests.fakes.smoke import lookout
from tests.fakes.smoke_pictures import STEAM, Column, Drawn, TimedFrame, cloud, cloud_shadow, exposure, fog, fog_bank, grainy, nothing

ENOUGH = 0.45  # what the validation of sequences wants


@pytest.fixture(scope="module")
def scene(shared: Path) -> Bytes2D:
    """A photograph of a valley."""
    return photograph(shared, "neutral_2.jpg")


def photograph(shared: Path, name: str) -> Bytes2D:
    picture = cv2.imread(str(shared / "data" / "smoke" / "deepquest" / name))
    return np.asarray(cv2.resize(picture, (288, 216), interpolation=cv2.INTER_AREA))


def seen(picture: Bytes2D, drawn: Drawn, every_s: float = 2.5, until_s: float = 70.0) -> list[tuple[float, SmokeBox]]:
    """The surest box of each picture that has one, and when."""
    detector, draw = SmokeDetector(), np.random.default_rng(1)
    found = [
        (after_s, detector.look(TimedFrame(grainy(drawn(picture, after_s), draw), after_s))) for after_s in np.arange(0, until_s, every_s)
    ]
    return [(float(after_s), boxes[0]) for after_s, boxes in found if boxes]


SMOKES = Column(), Column(bright=70.0), Column(thick=0.35), Column(speed=0.006, x=0.3)
NO_SMOKES = STEAM, fog, fog_bank, cloud, cloud_shadow, exposure, nothing


@pytest.mark.parametrize("smoke", SMOKES)
def test_smoke_is_found_within_a_minute_where_it_rises(scene: Bytes2D, smoke: Column) -> None:
    sure = [(after_s, box) for after_s, box in seen(scene, smoke) if box.confidence > ENOUGH]
    first_s, first = sure[0]
    assert smoke.begins_s < first_s < smoke.begins_s + 45
    assert first.box[0] - 0.03 < smoke.x < first.box[2] + 0.03
    assert abs(first.box[3] - smoke.y) < 0.08
    assert len(sure) >= 4


@pytest.mark.parametrize("drawn", NO_SMOKES)
def test_what_looks_like_it_is_none(scene: Bytes2D, drawn: Drawn) -> None:
    assert [found for found in seen(scene, drawn) if found[1].confidence > ENOUGH] == []


def test_a_picture_every_ten_seconds_is_enough(scene: Bytes2D) -> None:
    assert any(box.confidence > ENOUGH for _, box in seen(scene, Column(begins_s=60.0), every_s=10.0, until_s=150.0))


def test_smoke_that_was_there_all_along_is_no_news(shared: Path) -> None:
    """A photograph of smoke that does not move."""
    assert seen(photograph(shared, "smoke_1.jpg"), nothing, until_s=60.0) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", ["neutral_1.jpg", "neutral_2.jpg", "fire_1.jpg"])
def test_all_of_it_on_other_scenes(shared: Path, name: str) -> None:
    scene = photograph(shared, name)
    for smoke in SMOKES:
        assert any(box.confidence > ENOUGH for _, box in seen(scene, smoke, 1.0, 90.0)), smoke
    for drawn in NO_SMOKES:
        assert not any(box.confidence > ENOUGH for _, box in seen(scene, drawn, 1.0, 150.0)), drawn


@pytest.mark.parametrize("film", ["vtest_480x360.avi", "one-by-one-person-detection.mp4"])
def test_people_in_the_street_are_no_smoke(shared: Path, film: str) -> None:
    video, detector, sure, read = cv2.VideoCapture(str(shared / "data" / "video" / film)), SmokeDetector(), [], 0
    while video.grab():
        read += 1
        if read % 20 == 0:
            found = detector.look(TimedFrame(np.asarray(video.retrieve()[1]), read / 10))
            sure += [box for box in found if box.confidence > ENOUGH]
    video.release()
    assert read > 300
    assert sure == []


def test_a_camera_that_is_turned_or_changed_learns_anew(scene: Bytes2D) -> None:
    detector = SmokeDetector()
    for after_s in range(0, 20, 2):
        detector.look(TimedFrame(scene, after_s))
    turned = np.ascontiguousarray(scene[:, ::-1])
    assert [detector.look(TimedFrame(turned, after_s)) for after_s in range(20, 60, 2)] == [()] * 20
    assert detector.look(TimedFrame(np.ascontiguousarray(scene[::2, ::2]), 62)) == ()


def test_from_pictures_to_a_sequence_that_is_validated_and_marked_experimental(scene: Bytes2D) -> None:
    detector, watch, at, news = SmokeDetector(), SmokeWatch(), lookout("c1", azimuth=90.0), []
    for after_s in np.arange(0, 80, 2.5):
        picture = TimedFrame(Column()(scene, float(after_s)), float(after_s))
        watch.take_frame(detector.frame("c1", "0", picture), at)
        for job, about in watch.due_jobs(picture.captured_ns):
            news += watch.scored(do(job, about, PersistenceScorer()), picture.captured_ns).news
    (found,) = news
    assert (found.experimental, found.validation, found.detector) == (True, ValidationState.VALIDATED, "veil-1")
    assert found.azimuth_deg == pytest.approx(90.0, abs=5.0)


def test_tiny_and_black_pictures_are_taken() -> None:
    detector = SmokeDetector()
    for after_s in range(0, 30, 2):
        assert detector.look(TimedFrame(np.zeros((8, 8, 3), np.uint8), after_s)) == ()
        assert detector.look(TimedFrame(np.full((120, 160, 3), after_s, np.uint8), after_s)) == ()
