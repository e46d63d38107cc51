"""The built-in people detector: geometry decides what it sees."""

import numpy as np
import pytest

from engine.model.geometry import iou_matrix
from engine.sources.simulated import DEMO, SimulatedCamera, World
from engine.vision.hog import HogDetector, least_person_share
from tests.engine.vision.conftest import Filmed
from tests.engine.vision.pictures import ArrayFrame, average_precision

SMALLEST_SHARE = 0.105  # one person in twenty of the clip is smaller


@pytest.fixture(scope="module")
def some(pedestrians: Filmed) -> Filmed:
    return Filmed(pedestrians.frames[::3], pedestrians.truth)


def test_small_people_are_found_when_the_geometry_says_so(some: Filmed) -> None:
    sized = average_precision(HogDetector(SMALLEST_SHARE).detect, some.frames, some.truth)
    unsized = average_precision(HogDetector(0.27).detect, some.frames, some.truth)
    assert sized >= 0.7
    assert unsized <= 0.15


def test_looking_only_where_something_moves_finds_the_same_there(some: Filmed) -> None:
    frame = some.frames[4]
    truth = some.truth[frame.index]
    chosen = truth[truth[:, 2] < 240]
    region = np.array([[*chosen[:, :2].min(axis=0), *chosen[:, 2:].max(axis=0)]], np.float32)
    near = {frame.index: chosen}
    assert average_precision(lambda f: HogDetector(SMALLEST_SHARE).detect(f, region), [frame], near) >= 0.4
    nowhere = HogDetector(SMALLEST_SHARE).detect(frame, np.zeros((0, 4), np.float32))
    assert len(nowhere) <= 1


def test_a_person_as_tall_as_the_picture(bus: ArrayFrame) -> None:
    left, top, right, bottom = 20, 390, 290, 915
    found = HogDetector(0.8).detect(ArrayFrame(np.ascontiguousarray(bus.pixels[top:bottom, left:right])))
    assert len(found) >= 1
    heights = found.boxes_xyxy[:, 3] - found.boxes_xyxy[:, 1]
    assert heights.max() > 0.75 * (bottom - top)


def test_who_is_smaller_than_is_said_is_missed(some: Filmed) -> None:
    """The sentence that the console shows has to be true: from the share on they are found, clearly below it they are not."""
    assert least_person_share(0.12) == 0.12
    assert least_person_share(0.02) == pytest.approx(0.112, abs=0.001)
    assert least_person_share(0.02, 4 / 3) == pytest.approx(0.097, abs=0.001)
    tall, small = _found_shares(some, 0.16)
    assert tall >= 0.6
    assert small <= tall / 2


def _found_shares(filmed: Filmed, share: float) -> tuple[float, float]:
    """Of those who are at least so tall, and of those who are a fifth smaller or more, how many are found."""
    detector = HogDetector(share)
    hits: dict[bool, list[bool]] = {True: [], False: []}
    for frame in filmed.frames[::2]:
        found = detector.detect(frame)
        sure = found.boxes_xyxy[found.confidences >= 0.35]
        for box in filmed.truth[frame.index]:
            height = (box[3] - box[1]) / frame.height
            if height >= share or height <= 0.8 * share:
                hits[bool(height >= share)].append(bool((iou_matrix(box[None], sure) >= 0.5).any()))
    return float(np.mean(hits[True])), float(np.mean(hits[False]))


def test_an_empty_street_holds_few_people() -> None:
    rng = np.random.default_rng(5)
    street = rng.normal(120, 6, (360, 640, 3)).clip(0, 255).astype(np.uint8)
    assert len(HogDetector(0.12).detect(ArrayFrame(street))) == 0


@pytest.mark.parametrize("size", [(1, 1), (8, 300), (2000, 30), (1920, 1080), (101, 77)])
@pytest.mark.parametrize("share", [0.01, 1.0])
def test_any_shape_and_geometry(size: tuple[int, int], share: float) -> None:
    width, height = size
    grey = np.full((height, width, 3), 90, np.uint8)
    regions = np.array([[0, 0, width / 2, height / 2]], np.float32)
    for found in (HogDetector(share).detect(ArrayFrame(grey)), HogDetector(share).detect(ArrayFrame(grey), regions)):
        assert (found.boxes_xyxy[:, 2:] <= [width, height]).all()


def test_the_picture_never_grows_beyond_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[tuple[int, ...]] = []
    detector = HogDetector(0.01, max_pixels=200_000)
    search = detector._search
    monkeypatch.setattr(detector, "_search", lambda grey: (searched.append(grey.shape), search(grey))[1])
    detector.detect(ArrayFrame(np.zeros((720, 1280, 3), np.uint8)))
    assert max(height * width for height, width in searched) <= 201_000


def test_confidences_are_shares(some: Filmed) -> None:
    found = HogDetector(SMALLEST_SHARE).detect(some.frames[0])
    assert len(found) >= 3
    assert ((found.confidences >= 0.1) & (found.confidences <= 1)).all()


def test_the_edge_of_the_picture_is_nobody() -> None:
    """The border that the close-up search adds continues a wall's edge as a bar, which must not pass for a person."""
    hall = DEMO.camera("hall")
    assert hall is not None
    camera = SimulatedCamera(World(), hall)
    walkers = np.array([walker.box_xyxy for walker in camera.truth(48.0)], np.float32).reshape(-1, 4)
    found = HogDetector(0.22).detect(ArrayFrame(camera.render(48.0)))
    sure = found.where(found.confidences >= 0.3)
    assert len(sure) >= 1
    assert (iou_matrix(sure.boxes_xyxy, walkers).max(axis=1) > 0.3).all()


def test_close_up_keeps_who_stands_inside_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    half_in_the_border, inside = [4, 40, 60, 180], [80, 40, 136, 180]
    detector = HogDetector(0.8)
    answer = np.array([half_in_the_border, inside], np.float32), np.array([2.0, 2.0], np.float32)
    monkeypatch.setattr(detector, "_search", lambda grey: answer)
    found = detector.detect(ArrayFrame(np.zeros((360, 640, 3), np.uint8)))
    border, scale = 32, 160 / 360
    assert found.boxes_xyxy.tolist() == [pytest.approx([(edge - border) / scale for edge in inside], abs=0.01)]
