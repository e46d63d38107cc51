import dataclasses
from pathlib import Path

import numpy as np
import pytest

from console.mot_files import MotRows, by_frame, calibrated, detections_by_frame, mot_lines, read_rows, read_sequence
from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import EnvironmentFault, InputError


def written(folder: Path, text: str) -> Path:
    path = folder / "det.txt"
    path.write_text(text, encoding="utf-8")
    return path


def track(name: str, status: TrackStatus, seen_ns: int = 0) -> Track:
    return Track(name, 0, "c", Category.PERSON, status, (10.0, 20.0, 40.0, 90.0), 0.75, 0.9, 0, seen_ns)


def test_rows_are_sorted_by_frame_and_keep_their_order(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "2,-1,5,6,7,8,0.5,-1,-1,-1\n\n1,-1,1,2,3,4,0.9\n2 -1 9 9 9 9 0.1\n"))
    assert rows[:, 0].tolist() == [1, 2, 2]
    assert rows[:, 2].tolist() == [1, 5, 9]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,-1,1,2,3,4", "got 6"),
        ("1,-1,1,2,x,4,1", "no number"),
        ("1,-1,1,2,nan,4,1", "not finite"),
        ("0,-1,1,2,3,4,1", "from 1"),
        ("1.5,-1,1,2,3,4,1", "from 1"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        read_rows(written(tmp_path, f"1,-1,1,2,3,4,1\n{line}\n"))
    assert error.value.field.endswith("det.txt:2")


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be read"):
        read_rows(tmp_path / "none.txt")
    (tmp_path / "picture.txt").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(InputError, match="not text"):
        read_rows(tmp_path / "picture.txt")


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, ""))
    assert rows.shape == (0, 7)
    assert list(detections_by_frame(rows)) == []


def test_a_sequence_description_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "seqinfo.ini").write_text("[Sequence]\nframeRate=fast\n", encoding="utf-8")
    with pytest.raises(InputError, match="sequence description"):
        read_sequence(tmp_path)


def test_confidences_pass_unchanged() -> None:
    assert calibrated(np.array([0.5, 0.99, 0.0])).tolist() == pytest.approx([0.5, 0.99, 0.0])


def test_margins_are_ranked_and_keep_their_order() -> None:
    assert calibrated(np.array([-0.8, 3.1, -0.1, 40.0])).tolist() == pytest.approx([0.625, 0.875, 0.75, 1.0])
    assert calibrated(np.array([-1.0, 2.0, 2.0, 5.0])).tolist() == pytest.approx([0.625, 0.875, 0.875, 1.0])


def test_a_file_without_scores_is_certain() -> None:
    assert calibrated(np.array([-1.0, -1.0])).tolist() == [1.0, 1.0]
    assert calibrated(np.zeros(0)).shape == (0,)


def test_every_frame_has_its_detections_even_if_none() -> None:
    rows = np.array([[2, -1, 10, 20, 30, 40, 0.9], [4, -1, 0, 0, 5, 5, 0.8]], float)
    found = list(detections_by_frame(rows, 5))
    assert [len(part) for part in found] == [0, 1, 0, 1, 0]
    assert found[1].boxes_xyxy.tolist() == [[10, 20, 40, 60]]
    assert [len(part) for part in by_frame(rows)] == [0, 1, 0, 1]


def test_first_rows_of_a_track_wait_until_it_is_confirmed() -> None:
    rows = MotRows()
    rows.add(1, 0, [track("a", TrackStatus.TENTATIVE), track("b", TrackStatus.TENTATIVE)])
    assert len(rows.table()) == 0
    rows.add(2, 1, [track("a", TrackStatus.CONFIRMED, 1)])
    assert rows.table()[:, :2].tolist() == [[1, 1], [2, 1]]


def test_no_row_without_a_detection_in_that_frame() -> None:
    rows = MotRows()
    rows.add(1, 0, [track("a", TrackStatus.CONFIRMED, 0)])
    rows.add(2, 5, [track("a", TrackStatus.COASTING, 0), track("b", TrackStatus.CONFIRMED, 0)])
    assert rows.table()[:, 0].tolist() == [1]


def test_only_people_are_written() -> None:
    rows = MotRows()
    rows.add(1, 0, [dataclasses.replace(track("v", TrackStatus.CONFIRMED), category=Category.VEHICLE)])
    assert len(rows.table()) == 0


def test_the_text_is_that_of_the_benchmark(tmp_path: Path) -> None:
    rows = MotRows()
    rows.add(3, 0, [track("tk-1", TrackStatus.CONFIRMED)])
    rows.write(tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "3,1,10.00,20.00,30.00,70.00,0.7500,-1,-1,-1\n"
    assert mot_lines(read_rows(tmp_path / "out.txt")) == ["3,1,10.00,20.00,30.00,70.00,0.7500,-1,-1,-1"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        MotRows().write(tmp_path / "no" / "out.txt")
