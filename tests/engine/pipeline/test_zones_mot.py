"""Lines across real scenes (MOT15 PETS09-S2L1): crossings against those of the ground truth, floors a little below what is reached."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.tracking.zones import LINES, Crossed, found_crossings, matched, true_boxes, true_crossings
from console.mot_files import MotSequence, detections_by_frame, read_sequence

FRAMES = 420


@pytest.fixture(scope="module")
def pets(shared: Path) -> MotSequence:
    """Its first minute."""
    whole = read_sequence(shared / "data" / "mot" / "PETS09-S2L1")
    truth, found = (rows[rows[:, 0] <= FRAMES] for rows in (whole.truth, whole.detections))
    return replace(whole, frames=FRAMES, truth=truth, detections=found)


def test_who_is_followed_well_is_counted_well(pets: MotSequence):
    line = LINES["PETS09-S2L1"][1]
    truth, found = true_crossings(pets, line), found_crossings(pets, line, true_boxes(pets))
    assert len(truth) == 11 and matched(truth, found) >= 10 and len(found) <= 12


def test_a_real_detector_finds_nearly_all_and_little_else(pets: MotSequence):
    line = LINES["PETS09-S2L1"][0]
    truth, found = true_crossings(pets, line), found_crossings(pets, line, detections_by_frame(pets.detections))
    assert len(truth) == 14 and matched(truth, found) >= 11 and len(found) <= 15


def test_crossings_are_matched_once_by_direction_and_time():
    truth = [Crossed("to_left", 1.0), Crossed("to_left", 2.0), Crossed("to_right", 9.0)]
    assert matched(truth, [Crossed("to_left", 1.5), Crossed("to_right", 1.0), Crossed("to_right", 9.5), Crossed("to_right", 8.5)]) == 2
