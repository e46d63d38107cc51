"""The one door to the assignment problem."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from engine._assignment import _clear_pairs, best_pairs, cheapest_pairs


def test_the_sum_decides_not_the_single_best_pair():
    worth = np.array([[10.0, 9.0], [9.0, 1.0]])
    rows, columns = best_pairs(worth)
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0])
    assert cheapest_pairs(-worth)[1].tolist() == [1, 0]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 5), (5, 2)])
def test_there_are_as_many_pairs_as_the_shorter_side_has(shape: tuple[int, int]):
    rows, columns = cheapest_pairs(np.arange(float(np.prod(shape))).reshape(shape))
    assert len(rows) == len(columns) == min(shape) and len(set(columns.tolist())) == len(columns)


def test_what_is_clear_is_what_the_solver_says():
    """Whole numbers, so that some are as good as others: then there may be several answers, of the same sum."""
    chance = np.random.default_rng(1)
    for _ in range(300):
        worth = chance.integers(0, chance.integers(2, 60), chance.integers(1, 5, 2)).astype(float)
        rows, columns = best_pairs(worth)
        solved = linear_sum_assignment(worth, maximize=True)
        assert worth[rows, columns].sum() == worth[solved].sum() and rows.tolist() == sorted(rows.tolist())
        clear = _clear_pairs(worth)
        assert clear is None or [each.tolist() for each in clear] == [each.tolist() for each in solved]


def test_who_goes_with_whom_is_mostly_clear():
    for worth in ([[5.0]], [[1.0, 9.0], [8.0, 2.0]], [[1.0, 2.0, 9.0]], [[1.0], [3.0]], [[9.0, 1.0], [8.0, 2.0]]):
        assert _clear_pairs(np.array(worth)) is not None
    for worth in ([[9.0, 1.0], [8.0, 0.0]], [[0.0, 0.0]], [[np.inf]], [[np.nan, 1.0]]):
        assert _clear_pairs(np.array(worth)) is None
