"""The same person looks alike, others do not."""

import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.errors import EnvironmentFault
from engine.vision.looks import DIMENSIONS, LookReader


@pytest.fixture(scope="module")
def reader(shared):
    return LookReader(shared / "data" / "models" / "osnet_x0_25_msmt17.onnx")


@pytest.fixture(scope="module")
def people(shared):
    """Frames of a street with the boxes of three people in each, 0.6 s apart (ground truth of PETS09-S2L1, scaled to the video)."""
    rows = np.loadtxt(shared / "data" / "mot" / "PETS09-S2L1" / "gt" / "gt.txt", delimiter=",")
    video = cv2.VideoCapture(str(shared / "data" / "video" / "vtest_480x360.avi"))
    frames = {}
    for number in range(1, 40):
        _, frames[number] = video.read()
    video.release()
    boxes = {}
    for number in (10, 25):
        for row in rows[rows[:, 0] == number]:
            x, y, width, height = row[2:6] * 0.625
            boxes[number, int(row[1])] = np.array([x, y, x + width, y + height], np.float32)
    return frames, boxes


def test_one_person_is_more_alike_over_time_than_two_people(reader, people):
    frames, boxes = people
    both = sorted({who for number, who in boxes if number == 10} & {who for number, who in boxes if number == 25})
    looks = {key: look for key in boxes if (look := reader.look(frames[key[0]], boxes[key])) is not None}
    who = [person for person in both if (10, person) in looks and (25, person) in looks]
    assert len(who) >= 3
    same = np.array([looks[10, person] @ looks[25, person] for person in who])
    other = np.array([looks[10, one] @ looks[25, two] for one in who for two in who if one != two])
    assert same.min() > 0.5 and same.mean() > other.mean() + 0.12


def test_looks_have_unit_length(reader, people):
    frames, boxes = people
    look = reader.look(frames[10], next(iter(boxes.values())))
    assert look is not None and look.shape == (DIMENSIONS,) and float(np.linalg.norm(look)) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("box", [(10, 10, 30, 40), (-200, 10, -100, 200), (100, 300, 200, 700), (50, 50, 50, 200)])
def test_too_little_of_somebody_has_no_look(reader, people, box):
    assert reader.look(people[0][10], np.array(box, np.float32)) is None


def test_a_file_that_is_no_such_network_is_refused(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a network")
    with pytest.raises(EnvironmentFault):
        LookReader(path)
