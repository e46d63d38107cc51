"""Takes out of recorded clips."""

import threading
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.detection import Detections
from engine.model.cameras.frame import DecodedFrame
from engine.model.cameras.pose import Poses
from engine.model.cameras.privacy import Cover
from engine.model.errors import EnvironmentFault, InputError
from engine.model.geometry import Floats
from engine.runtime.gestures.clip_takes import BodyFollower, check_range, take_of_clip
from engine.runtime.jobs.jobs import Cancelled, Progress
from tests.engine.vision.gestures.performances import raise_right, rest, seen
from tests.fakes.media import write_mp4


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds; each picture is as bright as it is late."""
    pictures = [np.full((90, 160, 4), 20 + 2 * number, np.uint8) for number in range(80)]
    return write_mp4(tmp_path_factory.mktemp("clip") / "clip.mp4", pictures, fps=20)


def progress(told: list[tuple[int, int]] | None = None, cancelled: bool = False) -> Progress:
    event = threading.Event()
    if cancelled:
        event.set()
    return Progress(lambda done, total, _: told.append((done, total)) if told is not None else None, event)


def at(frame: DecodedFrame) -> float:
    return frame.captured_ns / 1e9


def help_at(frame: DecodedFrame, began_s: float = 1.5) -> Floats:
    phase = (at(frame) - began_s) / 1.0
    return seen(raise_right(phase) if 0 <= phase <= 1 else rest(0), np.random.default_rng(1))


def test_the_part_that_was_chosen_becomes_a_take_without_its_rest(clip: Path):
    looked: list[float] = []
    told: list[tuple[int, int]] = []

    def look(frame: DecodedFrame) -> Floats:
        looked.append(at(frame))
        return help_at(frame)

    take = take_of_clip(clip, 1.0, 3.2, look, progress(told))
    assert looked[0] == pytest.approx(1.0, abs=0.06) and looked[-1] <= 3.2 and 25 <= len(looked) <= 45
    assert 0.8 < take.lasts_s < 1.6 and take.at_s[0] == 0 and told[-1][0] <= told[-1][1]


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (lambda frame: None, "No person was seen"),
        (lambda frame: None if 1.5 < at(frame) < 2.2 else help_at(frame), "out of sight"),
        (lambda frame: help_at(frame, 99.0), "Hardly anything moved"),
    ],
)
def test_why_none_can_be_made_is_told(clip: Path, look, why: str):
    with pytest.raises(InputError, match=why):
        take_of_clip(clip, 1.0, 3.0, look, progress())


def test_a_part_behind_the_end_a_file_that_is_none_and_a_cancelled_job(clip: Path, tmp_path: Path):
    with pytest.raises(InputError):
        take_of_clip(clip, 30.0, 32.0, help_at, progress())
    (tmp_path / "none.mp4").write_bytes(b"no clip")
    with pytest.raises(EnvironmentFault):
        take_of_clip(tmp_path / "none.mp4", 0.0, 2.0, help_at, progress())
    with pytest.raises(Cancelled):
        take_of_clip(clip, 0.0, 2.0, help_at, progress(cancelled=True))


@pytest.mark.parametrize(("part", "field"), [((-0.1, 1), "from_s"), ((0, 0.1), "to_s"), ((0, 30), "to_s"), ((float("nan"), 1), "from_s")])
def test_parts_have_sensible_lengths(part: tuple[float, float], field: str):
    with pytest.raises(InputError) as refused:
        check_range(*part)
    assert refused.value.field == field


class MadeDetector:
    def __init__(self) -> None:
        self.found: list[tuple[float, float, float, float]] = []

    name, basic = "made", False

    def detect(self, frame: DecodedFrame, regions_xyxy: Floats | None = None) -> Detections:
        return Detections.people(np.array(self.found, np.float32), [0.9] * len(self.found))


class MadePoses:
    """A body in the middle of the box; none when told so."""

    def __init__(self) -> None:
        self.boxes: list[list[float]] = []
        self.blind = False

    def look(self, picture, track_ids, boxes, before):
        self.boxes.append(boxes[0].tolist())
        count = 0 if self.blind else 1
        middle = np.array([boxes[0, [0, 2]].mean(), boxes[0, [1, 3]].mean(), 0], np.float32)
        landmarks = np.tile(middle, (count, 33, 1)).astype(np.float32) + np.linspace(0, 5, 33, dtype=np.float32)[None, :, None]
        return Poses(tuple(track_ids)[:count], landmarks, np.ones((count, 33), np.float32), np.ones(count, np.float32))


class MadeFrame:
    captured_ns, index, width, height = 0, 0, 200, 100

    def bgr(self, width: int, height: int) -> np.ndarray:
        return np.zeros((height, width, 3), np.uint8)


def test_the_largest_is_followed_though_somebody_larger_comes():
    detector, poses = MadeDetector(), MadePoses()
    follower, frame = BodyFollower(detector, poses), MadeFrame()
    assert follower.look(frame) is not None and poses.boxes[-1] == [0, 0, 200, 100]  # nobody found: the whole picture
    follower = BodyFollower(detector, poses)
    detector.found = [(10, 10, 30, 60), (100, 10, 140, 90)]
    follower.look(frame)
    assert poses.boxes[-1] == [100, 10, 140, 90]
    detector.found = [(0, 0, 90, 100), (102, 12, 142, 92)]
    follower.look(frame)
    assert poses.boxes[-1] == [102, 12, 142, 92]
    detector.found = [(0, 0, 90, 100)]
    follower.look(frame)
    x1, _, x2, _ = poses.boxes[-1]
    assert 100 < x1 < x2 < 145
    poses.blind = True
    assert follower.look(frame) is None


def test_what_is_private_now_is_not_looked_at(clip: Path):
    cover = Cover((((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),))
    brightest: list[tuple[int, int]] = []

    def look(frame: DecodedFrame) -> Floats:
        picture = frame.bgr(frame.width, frame.height)
        brightest.append((int(picture[:, :70].max()), int(picture[:, 100:].max())))
        return help_at(frame)

    take_of_clip(clip, 1.0, 3.2, look, progress(), cover)
    assert brightest[-1][1] > 120 and all(left < 80 for left, _ in brightest)
