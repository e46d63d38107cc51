"""Predicted coverage: one definition, and it says what geometry says."""

import numpy as np

from engine.radio.coverage import coverage

EXTENT = (0.0, 0.0, 5.0, 5.0)
FOUR = [(0.0, 0.0, 2.0), (5.0, 0.0, 1.2), (5.0, 5.0, 2.0), (0.0, 5.0, 1.2)]


def test_accuracy_is_gdop_times_one_error():
    seen = coverage(FOUR, EXTENT)
    known = np.isfinite(seen.gdop) & (seen.accuracy_m < 9)
    ratio = seen.accuracy_m[known] / seen.gdop[known]
    assert seen.gdop.shape == (20, 20) and np.ptp(ratio) < 1e-9


def test_more_nodes_are_never_worse():
    four, six = coverage(FOUR, EXTENT), coverage([*FOUR, (2.5, 0.0, 2.0), (2.5, 5.0, 1.2)], EXTENT)
    assert (six.gdop <= four.gdop + 1e-9).all()
    assert np.median(six.accuracy_m) < np.median(four.accuracy_m) < 1.0


def test_two_nodes_do_not_locate():
    assert np.median(coverage(FOUR[:2], EXTENT).accuracy_m) > 2.0


def test_one_node_or_none_knows_nothing():
    for nodes in ([], FOUR[:1], [FOUR[0], FOUR[0]]):
        assert np.isinf(coverage(nodes, EXTENT).accuracy_m).all()
