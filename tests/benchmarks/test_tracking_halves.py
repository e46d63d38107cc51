"""What is held out from tuning, made-up streets, and how sure a difference is."""

import numpy as np
import pytest

from benchmarks.tracking.halves import ALL, HELD_OUT, TUNING, half_of
from benchmarks.tracking.made_street import HELD_OUT_SEEDS, TUNING_SEEDS, MadeDetector, made_street
from console.mot_files import MotSequence


def sequence(name: str) -> MotSequence:
    frames = np.arange(1.0, 8.0)
    rows = np.stack([frames, *[np.full(7, value) for value in (1.0, 10.0, 10.0, 20.0, 50.0, 1.0)]], axis=1)
    return MotSequence(name, 7.0, 7, (100, 100), rows, rows.copy())


def test_no_frame_is_in_both_halves() -> None:
    tuning, held_out = half_of(sequence("PETS09-S2L1"), TUNING), half_of(sequence("PETS09-S2L1"), HELD_OUT)
    assert tuning is not None and held_out is not None
    assert (tuning.frames, held_out.frames) == (3, 4)
    assert tuning.truth[:, 0].tolist() == [1, 2, 3]
    assert held_out.truth[:, 0].tolist() == held_out.detections[:, 0].tolist() == [1, 2, 3, 4]
    for name in ("ADL-Rundle-6", "KITTI-17", "Elsewhere"):
        whole = sequence(name)
        assert [half_of(whole, half) is not None for half in (TUNING, HELD_OUT)].count(True) == 1
        assert half_of(whole, ALL) is whole
    assert not set(TUNING_SEEDS) & set(HELD_OUT_SEEDS)


def test_a_made_street_is_that_of_its_seed() -> None:
    one, again, other = made_street(3), made_street(3), made_street(4)
    assert np.array_equal(one.truth, again.truth) and np.array_equal(one.detections, again.detections)
    assert not np.array_equal(one.truth[:50], other.truth[:50])
    people = len(one.truth) / one.frames
    assert 3 <= people <= 20
    assert (one.detections[:, 6] >= 0.1).all() and (one.detections[:, 6] <= 1).all()


def test_who_is_hidden_is_found_less() -> None:
    """One stands alone, and one behind another, of whom a fifth is to be seen."""
    boxes = np.array([(20.0, 50, 70, 200), (200, 55, 250, 205), (210, 50, 260, 200)])
    detector = MadeDetector(np.random.default_rng(1), np.zeros(3))
    found = [detector.detect(frame, boxes, np.ones(3, np.bool_)) for frame in range(1, 201)]
    alone, pair = (
        [np.count_nonzero((np.abs(rows[:, 2:4] - place).max(axis=1) < 25) & (rows[:, 6] > 0.5)) for rows in found]
        for place in ((20, 50), (205, 52))
    )
    assert np.mean(np.array(alone) >= 1) > 0.75
    assert np.mean(np.array(pair) >= 1) > 0.75
    assert np.mean(np.array(pair) >= 2) < 0.3


def test_an_interval_holds_the_difference() -> None:
    pytest.importorskip("trackeval", reason="TrackEval is in the extra `bench`")
    from benchmarks.tracking.interval import Followed, difference
    from benchmarks.tracking.mot_score import Scorer

    street = made_street(5)
    every_other = street.truth[street.truth[:, 0] % 2 == 0]
    ends = difference(Scorer(), [Followed(street, street.truth, every_other)], 50)
    assert 40 < ends["mota_low"] <= 50 <= ends["mota_high"]
    assert set(ends) == {"mota_low", "mota_high"}, "identities over a cut are not those of the whole"
    same = difference(Scorer(), [Followed(street, every_other, every_other)], street.frames)
    assert same == dict.fromkeys(("mota_low", "mota_high", "idf1_low", "idf1_high"), 0.0)
