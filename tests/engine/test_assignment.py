"""The one door to the assignment problem."""

import numpy as np
import pytest

from engine._assignment import best_pairs, cheapest_pairs


def test_the_sum_decides_not_the_single_best_pair():
    worth = np.array([[10.0, 9.0], [9.0, 1.0]])
    rows, columns = best_pairs(worth)
    assert (rows.tolist(), columns.tolist()) == ([0, 1], [1, 0])
    assert cheapest_pairs(-worth)[1].tolist() == [1, 0]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 5), (5, 2)])
def test_there_are_as_many_pairs_as_the_shorter_side_has(shape: tuple[int, int]):
    rows, columns = cheapest_pairs(np.arange(float(np.prod(shape))).reshape(shape))
    assert len(rows) == len(columns) == min(shape) and len(set(columns.tolist())) == len(columns)
